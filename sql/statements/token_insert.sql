-- $1 hash, $2 user id, $3 login, $4 name, $5 scope, $6 lifetime or NULL for none
insert into odoo_mcp_private.token (token_hash, user_id, login, name, scope, expires_at)
values ($1, $2, $3, $4, $5, pg_catalog.now() + $6)
