#!/usr/bin/env bash
# Fills the cache with the MCP clients that the tests run: the official SDKs and the inspector, the official
# conformance suite, and a Node for them where the machine's is too old. What is there is kept.
set -euo pipefail
. "$(dirname "$0")/../odoo/env.sh"
. "$(dirname "$0")/env.sh"

need_npm() {
  command -v npm >/dev/null || {
    [ "$(id -u)" = 0 ] || die "npm is missing: run as root once (apt-get)"
    DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 update
    DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 install -y --no-install-recommends npm >/dev/null
  }
}
packages() { # packages FOLDER: nothing of theirs runs while they are installed
  local leave_out=()
  ! new_enough node || leave_out=(--omit=optional)   # the machine's own will do
  cp "$CLIENTS"/package.json "$CLIENTS"/package-lock.json "$1"
  # a cache of its own: nothing is left in anybody's home
  npm --prefix "$1" --cache "$1/npm-cache" ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error \
    "${leave_out[@]}" >/dev/null
  rm -rf "$1/npm-cache"
}
libraries() { # libraries FOLDER; pip is called as a module: its script names the folder of the build
  "$(find_python)" -m venv "$1/venv"
  "$1/venv/bin/python" -m pip install -q --no-input --disable-pip-version-check --prefer-binary -r "$CLIENTS/requirements.txt"
}

home=$(clients_home)
[ ! -e "$home" ] || exit 0
if [ "${1:-}" != locked ]; then
  one_at_a_time clients "$0" locked
  exit
fi
need_npm
mkdir -p "$CACHE/clients"
rm -rf "$CACHE"/clients/*.building   # of a run that was killed: we hold the lock
work=$home.building
mkdir "$work"
secs "npm packages" packages "$work"
secs "python's MCP library" libraries "$work"
new_enough "$(clients_node "$work")" || { rm -rf "$work"; die "there is no Node $NODE_WANTED or newer for this machine"; }
mv "$work" "$home"
