-- No row where the call_id was used before. Also whether there is anything to sweep: two looks into indexes, in a statement that
-- every call makes anyway.
insert into odoo_mcp_private.audit_attempt
    (call_id, token_id, user_id, login, tool, model, arguments_hash, client_address)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (call_id) do nothing
returning call_id::text,
    (exists (select from odoo_mcp_private.delegation_key k where k.remove_after <= pg_catalog.clock_timestamp())
     or exists (select from odoo_mcp_private.delegation d
                 where d.deadline <= pg_catalog.clock_timestamp() - interval '5 minutes'))::text
