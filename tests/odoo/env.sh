# Sourced by the scripts of this folder, tests/run and tests/demo. Every value can be set from the environment.
#
# The cache (downloads, Odoo, cargo-pgrx, a seeded cluster) is shared by everything on this machine and never
# changed in place: a part is built under another name and renamed when it is whole.
# A stack is one running PostgreSQL with its Odoo, in a folder of its own.
CACHE=${PG_ODOO_MCP_CACHE:-/var/cache/pg_odoo_mcp}
STATE=${PG_ODOO_MCP_STATE:-/var/lib/pg_odoo_mcp}
PG_MAJOR=15
PG_SYSTEM=/usr/lib/postgresql/$PG_MAJOR              # the distribution's; only ever copied
PG_OS_USER=${PG_OS_USER:-postgres}                   # the server refuses to run as root
CARGO_PGRX=0.18.1                                    # the same as the crate's pin
ODOO_DB=odoo19
ODOO_DB_TPL=odoo19_tpl                               # as the seed left it: copied, never served
ODOO_DB_BIG=odoo19_big                               # a million orders on top: `make demo-big`
BIG_SCALE=${BIG_SCALE:-1}                            # 0.01: ten thousand
ODOO_ROLE=odoo
ODOO_MODULES=${ODOO_MODULES:-web,mail,crm,sale_management,purchase,stock,account,project,hr,hr_holidays,contacts,mrp,point_of_sale}
ODOO_COUNTRY=${ODOO_COUNTRY:-US}
ODOO_WORKERS=${ODOO_WORKERS:-2}

ODOO_SCRIPTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
DOWNLOADS=$CACHE/downloads
umask 022                                            # the server's user reads what root makes here
# a backtrace in the server's environment would be added to every error (pgrx 0.18)
unset RUST_BACKTRACE RUST_LIB_BACKTRACE PGHOST PGPORT PGUSER PGDATABASE PGPASSWORD PGSERVICE PGOPTIONS

say() { printf '%s %s\n' "$(date +%H:%M:%S)" "$*" >&2; }
die() { say "error: $*"; exit 1; }
now_ms() { echo $(($(date +%s%N) / 1000000)); }
tenths() { printf '%d.%d' $(($1 / 1000)) $(($1 % 1000 / 100)); }

secs() { # secs LABEL COMMAND…: runs it, says that it goes on, and how long it took
  local label=$1 start beat rc; shift
  start=$(now_ms)
  ( trap - EXIT INT TERM
    exec {never}<> <(:)   # a read that never gets anything: a sleep that leaves no process behind
    while ! read -rt 15 -u "$never"; do say "  … $label, $(tenths $(($(now_ms) - start))) s"; done ) &
  beat=$!
  # in a subshell with -e of its own: `"$@" || …` would switch -e off inside
  set +e
  ( set -e; "$@" )
  rc=$?
  set -e
  kill "$beat" 2>/dev/null || true
  wait "$beat" 2>/dev/null || true
  say "$(printf '  %-34s %8s s%s' "$label" "$(tenths $(($(now_ms) - start)))" "$([ $rc = 0 ] || echo "  FAILED ($rc)")")"
  return $rc
}

logged() { # logged FILE COMMAND…: its output into FILE; the end of it if it fails
  local file=$1; shift
  "$@" >>"$file" 2>&1 || { local rc=$?; tail -30 "$file" >&2; return $rc; }
}

one_at_a_time() { # one_at_a_time NAME COMMAND…: waits while another run on this machine does the same
  local lock=$CACHE/$1.lock; shift
  mkdir -p "$CACHE"
  # -o: a server started inside must not inherit the lock
  flock -n "$lock" true || say "waiting for another run that holds $lock"
  flock -o "$lock" "$@"
}

find_python() { # Odoo 19 wants 3.10 .. 3.13; the pinned wheels are for 3.11
  local p
  for p in ${PYTHON:-} python3.11 python3.12 python3.13 python3.10 python3; do
    if command -v "$p" >/dev/null && "$p" -c 'import sys, venv, ensurepip; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
      command -v "$p"; return 0
    fi
  done
  return 1
}
free_port() { "$(find_python)" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
port_or_free() { # port_or_free WANTED: WANTED if nobody listens there
  if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then free_port; else echo "$1"; fi
}
secret() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
as_pg() { if [ "$(id -un)" = "$PG_OS_USER" ]; then "$@"; else (cd /; runuser -u "$PG_OS_USER" -- "$@"); fi; }
hash_of() { # hash_of FILE|=TEXT…: the contents' hash, short
  local part
  for part in "$@"; do case $part in =*) echo "$part" ;; *) cat "$part" ;; esac; done | sha256sum | cut -c1-16
}

# ------------------------------------------------------------------ the parts of the cache
tested_version() { cat "$ODOO_SCRIPTS/VERSION"; }
odoo_deb() { # the package that is used: the tested version if it was kept, else the newest that was
  local deb=$DOWNLOADS/odoo-19_$(tested_version)_all.deb
  [ -e "$deb" ] || deb=$(ls -t "$DOWNLOADS"/odoo-19_*_all.deb 2>/dev/null | head -1) || true
  [ -n "$deb" ] && echo "$deb"
}
odoo_version() { local deb; deb=$(odoo_deb) && deb=${deb##*/odoo-19_} && echo "${deb%_all.deb}"; }
ODOO_LAYOUT=1   # raise it where install.sh unpacks something else
odoo_home() { echo "$CACHE/odoo/$(hash_of "=$(odoo_version)" "=$(find_python)" "=$ODOO_LAYOUT" "$ODOO_SCRIPTS/requirements.txt")"; }
pristine_home() {
  echo "$CACHE/pristine/$(hash_of "=$(odoo_home)" "=$("$PG_SYSTEM/bin/postgres" --version)" "=$ODOO_MODULES $ODOO_COUNTRY" \
    "$ODOO_SCRIPTS/init_db.sh" "$ODOO_SCRIPTS/seed.py")"
}
big_home() { # the seeded cluster with the big database beside
  echo "$CACHE/pristine-big/$(hash_of "=$(pristine_home)" "=$BIG_SCALE" "$ODOO_SCRIPTS/init_big.sh" "$ODOO_SCRIPTS/big.sql")"
}
odoo() { # odoo ARGUMENTS…: the cache's Odoo
  local home; home=$(odoo_home)
  PYTHONPATH="$home/usr/lib/python3/dist-packages" PYTHONDONTWRITEBYTECODE='' "$home/venv/bin/python" "$home/usr/bin/odoo" "$@"
}
version_notice() {
  [ "$(odoo_version)" = "$(tested_version)" ] || {
    say "################################################################"
    say "## This is Odoo $(odoo_version); the project was tested with $(tested_version)."
    say "## Debian's suite has moved on: a difference from what is expected may be Odoo's."
    say "################################################################"
  }
}
