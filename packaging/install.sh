#!/bin/sh
# Places what is built: the library, its control file and SQL where a PostgreSQL looks for them, the program odoo-mcp, and
# the systemd units that start it from there.
# `make install` and the tar's install.sh are this file; nothing is compiled here.
#
#   install.sh install|uninstall [PG_CONFIG=/path/of/pg_config] [PREFIX=/usr/local] [DESTDIR=/elsewhere]
#
# Where there is no pg_config (a Debian server has it in postgresql-client-N): PKGLIBDIR=… SHAREDIR=… name the folders.
# PARTS (this folder) has lib/pg_odoo_mcp.so, extension/pg_odoo_mcp.control and *.sql, bin/odoo-mcp, odoo-mcp*.service and
# odoo-mcp-scan.timer.
set -eu
die() { echo "error: $*" >&2; exit 1; }

verb=${1:-}
[ $# = 0 ] || shift
for setting in "$@"; do
  case $setting in
    PG_CONFIG=*) PG_CONFIG=${setting#*=} ;;
    PREFIX=*) PREFIX=${setting#*=} ;;
    DESTDIR=*) DESTDIR=${setting#*=} ;;
    PKGLIBDIR=*) PKGLIBDIR=${setting#*=} ;;
    SHAREDIR=*) SHAREDIR=${setting#*=} ;;
    *) die "unknown setting $setting: PG_CONFIG, PREFIX, DESTDIR, PKGLIBDIR and SHAREDIR are known" ;;
  esac
done
PG_CONFIG=${PG_CONFIG:-} PREFIX=${PREFIX:-/usr/local} DESTDIR=${DESTDIR:-}
PARTS=${PARTS:-$(cd "$(dirname "$0")" && pwd)}
# where the folders are named, a pg_config that happens to be in the PATH may be of another server: it is not asked
[ -n "${PKGLIBDIR:-}" ] && [ -n "${SHAREDIR:-}" ] || PG_CONFIG=${PG_CONFIG:-pg_config}
if [ -n "$PG_CONFIG" ]; then
  command -v "$PG_CONFIG" >/dev/null || die "there is no $PG_CONFIG: say PG_CONFIG=/usr/lib/postgresql/15/bin/pg_config (or where yours is)"
  PKGLIBDIR=${PKGLIBDIR:-$("$PG_CONFIG" --pkglibdir)} SHAREDIR=${SHAREDIR:-$("$PG_CONFIG" --sharedir)}
fi
libraries=$DESTDIR$PKGLIBDIR extensions=$DESTDIR$SHAREDIR/extension programs=$DESTDIR$PREFIX/bin units=$DESTDIR$PREFIX/lib/systemd/system

# beside the old file, then renamed over it: sessions have the library mapped, and writing into it would crash them
place() { # place MODE FILE FOLDER
  mkdir -p "$3"
  cp "$2" "$3/.${2##*/}.new"
  chmod "$1" "$3/.${2##*/}.new"
  mv -f "$3/.${2##*/}.new" "$3/${2##*/}"
  echo "$3/${2##*/}"
}
place_unit() { # place_unit FILE: starts the program where it was placed; /usr/bin is the package's
  place 644 "$1" "$units"
  sed -i "s#^ExecStart=/usr/bin/#ExecStart=$PREFIX/bin/#" "$units/${1##*/}"
}
remove() { # remove FILE…
  for file in "$@"; do
    [ ! -e "$file" ] || { rm -f "$file"; echo "removed $file"; }
  done
}

case $verb in
  install)
    [ -e "$PARTS/lib/pg_odoo_mcp.so" ] || die "$PARTS has no lib/pg_odoo_mcp.so: is the archive whole?"
    built_for=$(cat "$PARTS/PG_MAJOR")
    if [ -n "$PG_CONFIG" ]; then
      case $("$PG_CONFIG" --version) in
        "PostgreSQL $built_for"[!0-9]*) ;;
        *) die "this is built for PostgreSQL $built_for, and $PG_CONFIG is of $("$PG_CONFIG" --version)" ;;
      esac
    fi
    place 755 "$PARTS/lib/pg_odoo_mcp.so" "$libraries"
    for file in "$PARTS"/extension/*; do place 644 "$file" "$extensions"; done
    place 755 "$PARTS/bin/odoo-mcp" "$programs"
    for file in "$PARTS"/odoo-mcp*.service "$PARTS"/odoo-mcp*.timer; do place_unit "$file"; done ;;
  uninstall)
    remove "$libraries/pg_odoo_mcp.so" "$extensions/pg_odoo_mcp.control" "$extensions"/pg_odoo_mcp--*.sql "$programs/odoo-mcp" \
      "$units/odoo-mcp.service" "$units/odoo-mcp@.service" "$units/odoo-mcp-scan.service" "$units/odoo-mcp-scan.timer" ;;
  *) die "usage: $0 install|uninstall [PG_CONFIG=…] [PREFIX=/usr/local] [DESTDIR=…]" ;;
esac
