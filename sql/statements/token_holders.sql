-- The user of each live token.
select k.user_id::text
  from odoo_mcp_private.token k
 where k.revoked_at is null and (k.expires_at is null or k.expires_at > pg_catalog.now())
