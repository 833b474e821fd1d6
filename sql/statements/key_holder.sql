-- $1: a token. Its user and name, if it lives; whoever revokes it waits, or was first.
update odoo_mcp_private.token
   set key_minted_at = pg_catalog.clock_timestamp()
 where id = $1 and revoked_at is null and (expires_at is null or expires_at > pg_catalog.clock_timestamp())
returning user_id::text, name
