#!/usr/bin/env bash
# Fills the cache with Odoo 19: the Debian sid package, unpacked beside the system and not installed, with its
# python libraries in a venv. What is there is kept. Also installs the system packages that are missing.
set -euo pipefail
. "$(dirname "$0")/env.sh"

apt_get() { DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 "$@"; }
apt_lists() { # once: a machine may have none, or old ones that name packages which are gone
  [ -n "${APT_LISTS:-}" ] || secs "apt-get update" apt_get update
  APT_LISTS=1
}
apt_install() { # apt_install LABEL PACKAGE…
  local label=$1; shift
  apt_lists
  secs "$label" apt_packages "$@"
}
apt_packages() { apt_get install -y --no-install-recommends "$@" >/dev/null; }

tools() {
  local need=() pair
  for pair in curl:curl xz:xz-utils gcc:gcc g++:g++ make:make pkg-config:pkg-config clang:clang runuser:util-linux; do
    command -v "${pair%%:*}" >/dev/null || need+=("${pair#*:}")
  done
  [ -x /bin/kill ] || need+=(procps)   # the tests end processes with it
  [ -e /usr/include/openssl/ssl.h ] || need+=(libssl-dev)   # cargo-pgrx is built against it
  ls /etc/ssl/certs/ca-certificates.crt >/dev/null 2>&1 || need+=(ca-certificates)
  ls /usr/include/stdio.h >/dev/null 2>&1 || need+=(libc6-dev)
  ls /usr/lib/llvm-*/lib/libclang*.so* >/dev/null 2>&1 || need+=(libclang-dev)   # pgrx reads the server's headers with it
  [ ${#need[@]} = 0 ] || apt_install "apt-get install ${need[*]}" "${need[@]}"
  if ! find_python >/dev/null; then
    apt_install "python with venv" python3 python3-venv
    find_python >/dev/null || die "no python 3.10 .. 3.13 with venv: install one and name it in PYTHON"
  fi
}

server() { # PostgreSQL's programs and headers, without the cluster that Debian would start
  local conf=/etc/postgresql-common/createcluster.conf rc=0
  # a run that was killed below has left the machine's own setting here
  [ ! -e "$conf.pg_odoo_mcp" ] || mv "$conf.pg_odoo_mcp" "$conf"
  [ ! -x "$PG_SYSTEM/bin/postgres" ] || [ ! -e "/usr/include/postgresql/$PG_MAJOR/server/postgres.h" ] || return 0
  apt_install "postgresql-common" postgresql-common
  if [ -x "$PG_SYSTEM/bin/postgres" ]; then
    apt_install "postgresql-server-dev-$PG_MAJOR" "postgresql-server-dev-$PG_MAJOR"
    return
  fi
  mkdir -p "$(dirname "$conf")"
  [ ! -e "$conf" ] || cp -p "$conf" "$conf.pg_odoo_mcp"
  echo 'create_main_cluster = false' >>"$conf"
  apt_install "postgresql-$PG_MAJOR" "postgresql-$PG_MAJOR" "postgresql-server-dev-$PG_MAJOR" || rc=$?
  # the machine's own setting is put back
  if [ -e "$conf.pg_odoo_mcp" ]; then mv "$conf.pg_odoo_mcp" "$conf"; else rm -f "$conf"; fi
  return $rc
}

unpacked_pgbouncer() { # the distribution's, not installed: its package would start a service
  [ ! -x /usr/sbin/pgbouncer ] && [ ! -x "$CACHE/pgbouncer/usr/sbin/pgbouncer" ] || return 0
  local work=$CACHE/pgbouncer.$$
  apt_lists
  mkdir -p "$work/deb"
  ( cd "$work/deb" && apt_get -o APT::Sandbox::User=root download pgbouncer )
  dpkg-deb -x "$work"/deb/pgbouncer_*.deb "$work"
  # its libraries are ordinary packages; the service is what we leave out
  dpkg-deb -f "$work"/deb/pgbouncer_*.deb Depends | tr ',' '\n' | sed 's/|.*//; s/(.*//; s/ //g' | grep '^lib' \
    | { mapfile -t libraries; apt_install "pgbouncer's libraries" "${libraries[@]}"; }
  rm -rf "$work/deb" "$CACHE/pgbouncer"
  mv "$work" "$CACHE/pgbouncer"
}

get() { curl -fsSL --retry 3 -o "$2.part" "$1" && mv "$2.part" "$2"; }
archive() { # the Debian archive that apt uses already
  local found
  found=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep -v security | head -1) || true
  [ -n "$found" ] || die "apt names no archive to take Odoo's package from: this needs a Debian"
  echo "${found%/}"   # apt ends it with a slash, and a double one is answered 400
}
sid_index() { # sid moves: the version of the day is in its index; the suite is not added to apt
  [ -n "${SID_INDEX:-}" ] || secs "sid's index" get "$(archive)/dists/sid/main/binary-all/Packages.xz" "$DOWNLOADS/sid-Packages.xz"
  SID_INDEX=1
}
sid_download() { # sid_download PACKAGE: into the downloads, its checksum beside it
  local file sum path
  read -r file sum < <(xz -dc "$DOWNLOADS/sid-Packages.xz" | awk -v want="$1" '
    /^Package: / {p = $2} /^Filename: / {f = $2} /^SHA256: / {s = $2}
    /^$/ {if (p == want) print f, s; p = ""} END {if (p == want) print f, s}' | tail -1) || true
  [ -n "$file" ] || die "$1 is not in sid's index"
  path=$DOWNLOADS/$(basename "$file")
  get "$(archive)/$file" "$path.new"
  echo "$sum  $path.new" | sha256sum -c --status || die "$path: wrong checksum"
  echo "$sum  $(basename "$path")" >"$path.sha256"
  mv "$path.new" "$path"
}
odoo_package() {
  mkdir -p "$DOWNLOADS"
  if ! odoo_deb >/dev/null; then
    apt_lists; sid_index
    secs "the odoo package" sid_download odoo-19
  fi
  version_notice
}

# what the package links to (javascript, fonts): the links are relative (../../share/…), so the same prefix does
LINKED="libjs-jquery libjs-jquery-form libjs-underscore fonts-font-awesome fonts-inconsolata fonts-ocr-b fonts-roboto-unhinted"
unpack() { # unpack FOLDER
  local deb site p left stub
  deb=$(odoo_deb); site=$1/usr/lib/python3/dist-packages
  ( cd "$DOWNLOADS" && sha256sum -c --status "$(basename "$deb").sha256" ) || die "$deb is damaged: remove it and run again"
  dpkg-deb -x "$deb" "$1"
  mkdir -p "$DOWNLOADS/links"
  for p in $LINKED; do
    ls "$DOWNLOADS/links/${p}"_*.deb >/dev/null 2>&1 || { apt_lists; ( cd "$DOWNLOADS/links" && apt_get -o APT::Sandbox::User=root download "$p" ); }
    dpkg-deb -x "$DOWNLOADS/links/${p}"_*.deb "$1"
  done
  if [ -n "$(find "$site" -xtype l -print -quit)" ]; then   # fonts-montserrat is not in bookworm
    ls "$DOWNLOADS"/fonts-montserrat_*.deb >/dev/null 2>&1 || { apt_lists; sid_index; sid_download fonts-montserrat; }
    dpkg-deb -x "$(ls -t "$DOWNLOADS"/fonts-montserrat_*.deb | head -1)" "$1"
  fi
  # stripped by Debian and linked to nothing: only the blur behind a face in video calls uses it
  stub=$site/odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js
  [ -e "$stub" ] || { mkdir -p "${stub%/*}"; echo '/* not in the Debian package */' >"$stub"; }
  left=$(find "$site" -xtype l | wc -l)
  [ "$left" = 0 ] || { say "$left links lead nowhere:"; find "$site" -xtype l >&2; }
}
libraries() { # libraries FOLDER; pip is called as a module: its script names the folder of the build
  "$(find_python)" -m venv "$1/venv"
  "$1/venv/bin/python" -m pip install -q --no-input --disable-pip-version-check --prefer-binary -r "$ODOO_SCRIPTS/requirements.txt"
}
unpacked_odoo() {
  local home work; home=$(odoo_home)
  [ ! -e "$home" ] || return 0
  mkdir -p "$CACHE/odoo"
  rm -rf "$CACHE"/odoo/*.building   # of a run that was killed: we hold the lock
  work=$home.building
  secs "unpack odoo" unpack "$work"
  secs "its python libraries" libraries "$work"
  mv "$work" "$home"
  odoo --version >/dev/null 2>&1 || { rm -rf "$home"; die "odoo does not start: $(odoo --version 2>&1 | tail -3)"; }
}

if [ "${1:-}" != locked ]; then
  # without flock (util-linux) there is nothing to lock with: every Debian has it
  one_at_a_time install "$0" locked
  exit
fi
[ "$(id -u)" = 0 ] || {
  [ -x "$PG_SYSTEM/bin/postgres" ] && [ -d "$(odoo_home 2>/dev/null)" ] || die "run as root once (apt-get, and runuser to $PG_OS_USER)"
}
tools
server
unpacked_pgbouncer
odoo_package
unpacked_odoo
