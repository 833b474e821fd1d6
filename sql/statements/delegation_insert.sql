-- $1 call_id, $2 token, $3 shape, $4 seconds until it is too late. The transaction began with the call.
insert into odoo_mcp_private.delegation (call_id, token_id, shape, started_at, deadline)
values ($1, $2, $3, pg_catalog.now(), pg_catalog.clock_timestamp() + pg_catalog.make_interval(secs => $4))
