-- $1: a token. A row if it lives.
select t.id::text
  from odoo_mcp_private.token t
 where t.id = $1 and t.revoked_at is null
   and (t.expires_at is null or t.expires_at > pg_catalog.clock_timestamp())
