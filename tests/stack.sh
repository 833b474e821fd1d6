# Sourced after odoo/env.sh, odoo/cluster.sh (STACK set) and build.sh: the extension in the stack's database, and the fronts.

FRONT_ROLE=mcp_front
OPERATOR_ROLE=mcp_operator   # who scans: granted the admin role that setup made, and nothing else
TOKENS=$STACK/tokens.json
FACTS=$STACK/facts.json      # what the scan found, for the copies that tests make

# ------------------------------------------------------------------ the extension
make_login() { # make_login ROLE FILE: the password into FILE; a role is the cluster's, so the next database has it
  local password
  [ ! -e "$STACK/$2" ] || return 0
  password=$(secret)
  ( umask 077; echo "$password" >"$STACK/$2" )
  echo "create role $1 login password '$password'" | sql -d postgres
}
set_up_extension() { # as a DBA would: see README
  make_login "$FRONT_ROLE" front.password
  sql -d "$ODOO_DB" -c "create extension pg_odoo_mcp" -c "select odoo_mcp.setup()" -c "select odoo_mcp.grant_front('$FRONT_ROLE')" >/dev/null
}
scan_facts() { # as an operator would: no superuser, the folders that Odoo's own settings name; the facts as a file, too
  make_login "$OPERATOR_ROLE" operator.password
  sql -d "$ODOO_DB" -c "grant odoo_mcp_${ODOO_DB}_admin to $OPERATOR_ROLE"
  : >"$STACK/scan.log"
  ODOO_MCP_ADMIN_DATABASE_URL=$(operator_url) logged "$STACK/scan.log" \
    "$STACK/odoo-mcp" scan-addons --odoo-conf "$STACK/odoo/odoo.conf" --output "$FACTS"
}
issue_tokens() { # {login: token} for the users; limits with room for tests and benches
  local logins
  logins=$(grep -v '^#' "$STACK/KEYS.txt" | cut -f1 | paste -sd, -)
  ( umask 077
    sql -At -d "$ODOO_DB" -v logins="$logins" >"$TOKENS" <<'EOT'
select json_object_agg(login, odoo_mcp.issue_token(login, 'stack') order by place)
from unnest(string_to_array(:'logins', ',')) with ordinality as u (login, place);
EOT
  )
}

# ------------------------------------------------------------------ processes of ours, by pid file
alive() { # alive PIDFILE WORD: prints the pid if it lives and is what it was
  local p; p=$(cat "$1" 2>/dev/null) || return 1
  [ -n "$p" ] && [ -r "/proc/$p/cmdline" ] && tr '\0' ' ' <"/proc/$p/cmdline" | grep -qF -- "$2" && echo "$p"
}
end() { # end PIDFILE WORD
  local p i
  p=$(alive "$1" "$2") || { rm -f "$1"; return 0; }
  kill -TERM "$p" 2>/dev/null || true
  for i in $(seq 100); do [ -d "/proc/$p" ] || break; sleep 0.1; done
  [ ! -d "/proc/$p" ] || kill -KILL "$p" 2>/dev/null || true
  rm -f "$1"
}

# ------------------------------------------------------------------ front, PgBouncer
operator_url() { echo "postgresql://$OPERATOR_ROLE:$(cat "$STACK/operator.password")@127.0.0.1:$(pg_port)/$ODOO_DB"; }
front_url() { echo "postgresql://$FRONT_ROLE:$(cat "$STACK/front.password")@127.0.0.1:$1/$ODOO_DB"; }
start_front() { # start_front NAME DATABASE_URL PORT
  local i odoo
  ! alive "$STACK/$1.pid" odoo-mcp >/dev/null || return 0
  odoo=http://127.0.0.1:$(sed -n 's/^http_port = //p' "$STACK/odoo/odoo.conf")
  ODOO_MCP_DATABASE_URL=$2 ODOO_MCP_ODOO_URL=$odoo ODOO_MCP_ODOO_DB=$ODOO_DB ODOO_MCP_LISTEN=127.0.0.1:$3 \
    setsid nohup "$STACK/odoo-mcp" serve >>"$STACK/$1.log" 2>&1 </dev/null &
  echo $! >"$STACK/$1.pid"
  for i in $(seq 100); do
    ! curl -fsS -m 2 -o /dev/null "http://127.0.0.1:$3/readyz" 2>/dev/null || return 0
    alive "$STACK/$1.pid" odoo-mcp >/dev/null || break
    sleep 0.1
  done
  curl -sS -m 2 "http://127.0.0.1:$3/readyz" >&2 || true
  tail -20 "$STACK/$1.log" >&2
  say "error: the front did not get ready"
  return 1
}
start_pgbouncer() { # start_pgbouncer PORT: transaction mode, as most who have one run it
  local program
  program=$(PATH=$PATH:/usr/sbin:$CACHE/pgbouncer/usr/sbin command -v pgbouncer)
  cat >"$STACK/pgbouncer.ini" <<EOT
[databases]
$ODOO_DB = host=127.0.0.1 port=$(pg_port) dbname=$ODOO_DB
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $1
unix_socket_dir =
pool_mode = transaction
default_pool_size = 4
max_client_conn = 200
auth_type = scram-sha-256
auth_file = $STACK/pgbouncer.users
pidfile = $PG_SOCKET/pgbouncer.pid
EOT
  ( umask 077; printf '"%s" "%s"\n' "$FRONT_ROLE" "$(cat "$STACK/front.password")" >"$STACK/pgbouncer.users" )
  chown "$PG_OS_USER" "$STACK/pgbouncer.ini" "$STACK/pgbouncer.users"
  as_pg setsid nohup "$program" "$STACK/pgbouncer.ini" >"$STACK/pgbouncer.log" 2>&1 </dev/null &
  local i
  for i in $(seq 100); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && alive "$PG_SOCKET/pgbouncer.pid" pgbouncer >/dev/null; then return 0; fi
    sleep 0.1
  done
  cat "$STACK/pgbouncer.log" >&2
  say "error: pgbouncer did not come up"
  return 1
}
