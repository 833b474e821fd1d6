#!/usr/bin/env bash
# machine.sh FOLDER SHARED HIDDEN…: a shell on a machine of its own, that reads its commands from standard input. It sees
# this machine's files, keeps what it writes in memory, and is gone with everything it started when the shell ends.
# FOLDER is an empty folder to put it in; SHARED is seen as /mnt; the HIDDEN folders are empty there. Called under
# `unshare --mount --pid --ipc --fork --kill-child`, as root.
set -euo pipefail
folder=$1 shared=$2
shift 2
mount -t tmpfs -o mode=755 machine "$folder"
mkdir "$folder/written" "$folder/work" "$folder/root"
mount -t overlay -o "lowerdir=/,upperdir=$folder/written,workdir=$folder/work" machine "$folder/root"
cd "$folder/root"
mount --rbind /dev dev
mount -t proc proc proc
mount --bind "$shared" mnt
mount -t tmpfs -o mode=1777 machine tmp
for hidden in "$@"; do
  [ ! -d "./$hidden" ] || mount -t tmpfs machine "./$hidden"
done
# no cargo, no python of a developer's own
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
  chroot . bash
