-- $1: SHA-256 of the token. Only a live one.
select t.id::text, t.user_id::text, t.login, t.name, t.scope,
       pg_catalog.to_char(pg_catalog.timezone('UTC', t.expires_at), 'YYYY-MM-DD HH24:MI:SS')
  from odoo_mcp_private.token t
 where t.token_hash = $1 and t.revoked_at is null
   and (t.expires_at is null or t.expires_at > pg_catalog.clock_timestamp())
