#!/usr/bin/env bash
# Fills the cache with the seeded cluster and the big database in it (big.sql), stopped. Runs after init_db.sh, whose
# file store and keys are also the big database's.
set -euo pipefail
. "$(dirname "$0")/env.sh"
home=$(big_home)
[ ! -e "$home" ] || exit 0
if [ "${1:-}" != locked ]; then
  one_at_a_time pristine-big "$0" locked
  exit
fi
mkdir -p "$CACHE/pristine-big"
rm -rf "$CACHE"/pristine-big/*.building   # of a run that was killed: we hold the lock
work=$home.building
mkdir -p "$work"

# in a folder that the server's user reaches, with a path short enough for a socket
STACK=$(mktemp -d "${TMPDIR:-/tmp}/pg_odoo_mcp.XXXXXX")
chmod 755 "$STACK"
. "$ODOO_SCRIPTS/cluster.sh"
trap 'pg_stop || true; rm -rf "$STACK"' EXIT
trap 'exit 130' INT TERM

relocate_postgres
cp -a "$(pristine_home)/pgdata" "$PG_DATA"
configure_cluster "$(free_port)" off
sed -i 's/^max_wal_size = .*/max_wal_size = 512MB/' "$PG_DATA/postgresql.conf"   # segments are kept, and every demo copies them
pg_start
sql -d postgres -c "create database \"$ODOO_DB_BIG\" template \"$ODOO_DB_TPL\" owner \"$ODOO_ROLE\" strategy file_copy"
secs "big.sql, scale $BIG_SCALE" logged "$work/big.log" sql -d "$ODOO_DB_BIG" -v scale="$BIG_SCALE" -f "$ODOO_SCRIPTS/big.sql"
say "  $ODOO_DB_BIG: $(sql -At -d postgres -c "select pg_size_pretty(pg_database_size('$ODOO_DB_BIG'))")"
pg_stop
rm -f "$PG_DATA/server.log"
mv "$PG_DATA" "$work/pgdata"
chmod 755 "$work"
sync -f "$work"   # the server did not
mv "$work" "$home"
