# Sourced after env.sh: one PostgreSQL of our own in the folder $STACK.
#
#   postgresql/  a relocated copy of the distribution's programs: the extension is installed there
#   pgdata/      the data directory                run/   the socket
# Superuser: the socket only, for root and the server's own OS user. Everybody else: a password.

PG_HOME=$STACK/postgresql/lib/postgresql/$PG_MAJOR
PG_BIN=$PG_HOME/bin
PG_DATA=$STACK/pgdata
PG_SOCKET=$STACK/run

relocate_postgres() { # the server finds its libraries and share folder beside its own path
  [ -x "$PG_BIN/postgres" ] && return 0
  rm -rf "$STACK/postgresql"
  mkdir -p "$STACK/postgresql/lib/postgresql" "$STACK/postgresql/share/postgresql" "$STACK/postgresql/include"
  cp -a "/usr/lib/postgresql/$PG_MAJOR" "$STACK/postgresql/lib/postgresql/"
  cp -a "/usr/share/postgresql/$PG_MAJOR" "$STACK/postgresql/share/postgresql/"
  ln -s /usr/include/postgresql "$STACK/postgresql/include/postgresql"
}

new_cluster() {
  install -d -o "$PG_OS_USER" -m 700 "$PG_DATA"
  as_pg "$PG_BIN/initdb" -D "$PG_DATA" -U postgres -A peer --encoding=UTF8 --locale=C.UTF-8 -N >/dev/null
}

configure_cluster() { # configure_cluster PORT on|off: off while the seed is made, for a crash may lose that
  [ ${#PG_SOCKET} -lt 90 ] || die "$PG_SOCKET is too long for a Unix socket: choose a shorter PG_ODOO_MCP_STATE or TMPDIR"
  install -d -o "$PG_OS_USER" -m 755 "$PG_SOCKET"
  cat >"$PG_DATA/postgresql.conf" <<EOT
listen_addresses = '127.0.0.1'
port = $1
unix_socket_directories = '$PG_SOCKET'
max_connections = 200
shared_buffers = ${PG_SHARED_BUFFERS:-512MB}
work_mem = 16MB
maintenance_work_mem = 256MB
random_page_cost = 1.1
jit = off
fsync = $2
synchronous_commit = $2
full_page_writes = $2
wal_level = minimal
max_wal_senders = 0
max_wal_size = 4GB
password_encryption = scram-sha-256
log_line_prefix = '%m [%p] %q%u@%d '
timezone = 'UTC'
log_timezone = 'UTC'
EOT
  cat >"$PG_DATA/pg_hba.conf" <<'EOT'
local all postgres peer map=stack
local all all scram-sha-256
host all postgres 127.0.0.1/32 reject
host all all 127.0.0.1/32 scram-sha-256
EOT
  printf 'stack root postgres\nstack %s postgres\nstack %s postgres\n' "$PG_OS_USER" "$(id -un)" >"$PG_DATA/pg_ident.conf"
  chown "$PG_OS_USER" "$PG_DATA"/*.conf
}

pg_up() { [ -d "$PG_DATA" ] && as_pg "$PG_BIN/pg_ctl" -D "$PG_DATA" status >/dev/null 2>&1; }
# setsid: Ctrl-C ends the script, and the script ends the server
pg_start() { pg_up || as_pg setsid "$PG_BIN/pg_ctl" -D "$PG_DATA" -l "$PG_DATA/server.log" -w -t 120 start >/dev/null || { tail -20 "$PG_DATA/server.log" >&2; return 1; }; }
pg_stop() { ! pg_up || as_pg "$PG_BIN/pg_ctl" -D "$PG_DATA" -m fast -w -t 120 stop >/dev/null; }
pg_port() { sed -n 's/^port = //p' "$PG_DATA/postgresql.conf"; }
sql() { "$PG_BIN/psql" -X -q -v ON_ERROR_STOP=1 -h "$PG_SOCKET" -p "$(pg_port)" -U postgres "$@"; }
