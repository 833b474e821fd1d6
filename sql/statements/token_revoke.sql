-- $1: token id. A row if it was live.
update odoo_mcp_private.token set revoked_at = pg_catalog.clock_timestamp()
 where id = $1 and revoked_at is null
returning id::text
