-- No row where the call_id was used before.
insert into odoo_mcp_private.audit_attempt
    (call_id, token_id, user_id, login, tool, model, arguments_hash, client_address)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (call_id) do nothing
returning call_id::text
