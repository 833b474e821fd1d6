#!/usr/bin/env bash
# start.sh create|start|stop|status STACK: PostgreSQL and Odoo of the stack in the folder STACK.
# create: from the cache's seeded cluster, PGPORT_WANTED, ODOO_PORT_WANTED if free (0: any port). WITH_BIG=1: with the
# big database in it, which Odoo serves to whoever names it (header X-Odoo-Database, or ?db= in a browser).
set -euo pipefail
. "$(dirname "$0")/env.sh"
verb=${1:?create, start, stop or status}
STACK=${2:?the stack folder}
. "$ODOO_SCRIPTS/cluster.sh"
CONF=$STACK/odoo/odoo.conf
LOG=$STACK/odoo/odoo.log
PID=$STACK/odoo/odoo.pid

setting() { sed -n "s/^$1 = //p" "$CONF"; }
odoo_pid() { # prints the pid of the server of this stack, if it lives
  local p; p=$(cat "$PID" 2>/dev/null) || return 1
  [ -n "$p" ] && [ -r "/proc/$p/cmdline" ] && tr '\0' ' ' <"/proc/$p/cmdline" | grep -qF -- "$CONF" && echo "$p"
}
odoo_url() { echo "http://127.0.0.1:$(setting http_port)"; }
odoo_up() { curl -fsS -m 5 -o /dev/null "$(odoo_url)/web/version" 2>/dev/null; }

create() {
  local pristine password cluster name names=("$ODOO_DB")
  pristine=$(pristine_home)
  cluster=$pristine
  [ -z "${WITH_BIG:-}" ] || { cluster=$(big_home); names+=("$ODOO_DB_BIG"); }
  [ -d "$pristine/pgdata" ] && [ -d "$cluster/pgdata" ] || die "the cache has no seeded cluster: run init_db.sh first (and init_big.sh)"
  mkdir -p "$STACK/odoo/data/filestore"
  relocate_postgres
  cp -a "$cluster/pgdata" "$PG_DATA"
  configure_cluster "$(if [ "${PGPORT_WANTED:-0}" = 0 ]; then free_port; else port_or_free "$PGPORT_WANTED"; fi)" on
  install -m 600 "$pristine/KEYS.txt" "$STACK/KEYS.txt"
  for name in "${names[@]}"; do cp -a "$pristine/data/filestore/$ODOO_DB_TPL" "$STACK/odoo/data/filestore/$name"; done
  pg_start
  password=$(secret)
  ( umask 077
    echo "alter role \"$ODOO_ROLE\" password '$password'" | sql -d postgres
    write_conf "$password" "$(IFS='|'; echo "${names[*]}")" )
  # wal_level is minimal: file_copy is the quick way to copy a database
  sql -d postgres -c "create database \"$ODOO_DB\" template \"$ODOO_DB_TPL\" owner \"$ODOO_ROLE\" strategy file_copy"
  for name in "${names[@]}"; do
    sql -d "$name" -c "update ir_config_parameter set value = '$(odoo_url)' where key = 'web.base.url'"
  done
  sed -i "s#http://127.0.0.1:8069#$(odoo_url)#; s# db $ODOO_DB_TPL# db $ODOO_DB#" "$STACK/KEYS.txt"
}
write_conf() { # write_conf PASSWORD DATABASE|DATABASE…
  cat >"$CONF" <<EOT
[options]
addons_path = $(odoo_home)/usr/lib/python3/dist-packages/odoo/addons
data_dir = $STACK/odoo/data
admin_passwd = $(secret)
db_host = 127.0.0.1
db_port = $(pg_port)
db_user = $ODOO_ROLE
db_password = $1
db_maxconn = 20
dbfilter = ^($2)\$
list_db = False
http_interface = 127.0.0.1
http_port = $(if [ "${ODOO_PORT_WANTED:-0}" = 0 ]; then free_port; else port_or_free "$ODOO_PORT_WANTED"; fi)
gevent_port = $(free_port)
proxy_mode = True
workers = $ODOO_WORKERS
max_cron_threads = 0
limit_time_cpu = 600
limit_time_real = 1200
limit_memory_soft = 4294967296
limit_memory_hard = 6442450944
server_wide_modules = base,rpc,web
log_level = info
log_handler = odoo.addons.rpc.controllers.jsonrpc:ERROR,odoo.addons.rpc.controllers.xmlrpc:ERROR
email_from = odoo@example.com
smtp_server = 127.0.0.1
smtp_port = 2525
EOT
}
start() {
  local i home
  pg_start
  if odoo_pid >/dev/null; then return 0; fi
  ! curl -s -m 2 -o /dev/null "$(odoo_url)/" || die "something else answers on $(odoo_url)"
  rm -f "$PID"
  home=$(odoo_home)
  # a session of its own: its process group is its pid
  PYTHONPATH="$home/usr/lib/python3/dist-packages" PYTHONDONTWRITEBYTECODE='' setsid nohup \
    "$home/venv/bin/python" "$home/usr/bin/odoo" -c "$CONF" --pidfile "$PID" >>"$LOG" 2>&1 </dev/null &
  for i in $(seq 600); do
    if odoo_up && odoo_pid >/dev/null; then return 0; fi
    sleep 0.2
  done
  tail -20 "$LOG" >&2
  die "odoo did not come up"
}
stop_odoo() {
  local p i
  p=$(odoo_pid) || return 0
  kill -TERM "$p"
  for i in $(seq 50); do [ -d "/proc/$p" ] || break; sleep 0.1; done
  if [ -d "/proc/$p" ]; then kill -KILL -- "-$p" 2>/dev/null || kill -KILL "$p"; fi
  rm -f "$PID"
}
case $verb in
  create) create ;;
  start) start ;;
  stop) stop_odoo; pg_stop ;;
  status)
    pg_up && echo "postgres: up, 127.0.0.1:$(pg_port), socket $PG_SOCKET" || echo "postgres: down"
    odoo_pid >/dev/null && echo "odoo: up, $(odoo_url)" || echo "odoo: down" ;;
  *) die "usage: $0 create|start|stop|status STACK" ;;
esac
