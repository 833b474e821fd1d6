-- $1 hash, $2 user id, $3 login, $4 name, $5 scope, $6 lifetime or NULL for none. No row for a token that would be born dead.
insert into odoo_mcp_private.token (token_hash, user_id, login, name, scope, expires_at)
select $1, $2, $3, $4, $5, pg_catalog.now() + $6
 where $6 is null or pg_catalog.now() + $6 > pg_catalog.now()
returning id::text
