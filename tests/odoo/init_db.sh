#!/usr/bin/env bash
# Fills the cache with a seeded database: a stopped cluster, its file store and KEYS.txt. Modules with demo data, a
# second company, the users of the access tests. Every stack starts from a copy of it.
set -euo pipefail
. "$(dirname "$0")/env.sh"
home=$(pristine_home)
[ ! -e "$home" ] || exit 0
if [ "${1:-}" != locked ]; then
  one_at_a_time pristine "$0" locked
  exit
fi
mkdir -p "$CACHE/pristine"
rm -rf "$CACHE"/pristine/*.building   # of a run that was killed: we hold the lock
work=$home.building
log=$work/init.log
mkdir -p "$work"
: >"$log"

# in a folder that the server's user reaches, with a path short enough for a socket
STACK=$(mktemp -d "${TMPDIR:-/tmp}/pg_odoo_mcp.XXXXXX")
chmod 755 "$STACK"
. "$ODOO_SCRIPTS/cluster.sh"
trap 'pg_stop || true; rm -rf "$STACK"' EXIT
trap 'exit 130' INT TERM

relocate_postgres
secs "initdb" new_cluster
configure_cluster "$(free_port)" off
pg_start
password=$(secret)
sql -d postgres -c "create role \"$ODOO_ROLE\" login createdb password '$password'"
conf=$STACK/odoo.conf
( umask 077; cat >"$conf" <<EOT
[options]
addons_path = $(odoo_home)/usr/lib/python3/dist-packages/odoo/addons
data_dir = $work/data
db_host = $PG_SOCKET
db_port = $(pg_port)
db_user = $ODOO_ROLE
db_password = $password
workers = 0
max_cron_threads = 0
limit_time_cpu = 1200
limit_time_real = 1200
server_wide_modules = base,rpc,web
smtp_server = 127.0.0.1
smtp_port = 2525
EOT
)

add_modules() { odoo module install -c "$conf" -d "$ODOO_DB_TPL" ${ODOO_MODULES//,/ }; }
seed() { # `odoo shell` reads its script from stdin and exits 0 even where that raised
  SEED_URL="http://127.0.0.1:8069" SEED_KEYS="$work/KEYS.txt" odoo shell -c "$conf" -d "$ODOO_DB_TPL" --no-http <"$ODOO_SCRIPTS/seed.py"
}
secs "odoo's base with demo data" logged "$log" odoo db -c "$conf" init --with-demo --country "$ODOO_COUNTRY" "$ODOO_DB_TPL"
secs "modules with demo data" logged "$log" add_modules
left=$(sql -At -d "$ODOO_DB_TPL" -c "select count(*) from ir_module_module where name = any(string_to_array('$ODOO_MODULES', ',')) and state <> 'installed'")
[ "$left" = 0 ] || { tail -30 "$log" >&2; die "$left of the modules are not installed"; }
secs "users, keys, companies" logged "$log" seed
grep -q '^seeded ' "$log" || { tail -30 "$log" >&2; die "seed.py failed"; }
secs "vacuum analyze" sql -d "$ODOO_DB_TPL" -c "vacuum analyze"
pg_stop
rm -f "$PG_DATA/server.log"
cp -a "$PG_DATA" "$work/pgdata"
chmod 755 "$work"
sync -f "$work"   # the server did not
mv "$work" "$home"
