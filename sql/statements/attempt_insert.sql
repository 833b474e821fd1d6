-- No row where the call_id was used before. Also whether there is anything to sweep: two looks into indexes, in a statement that
-- every call makes anyway; of now(), as an index can't be asked for a time that is another in each row.
insert into odoo_mcp_private.audit_attempt
    (call_id, token_id, user_id, login, tool, model, arguments_hash, client_address, batch_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (call_id) do nothing
returning call_id::text,
    (exists (select from odoo_mcp_private.delegation_key k where k.remove_after <= pg_catalog.now())
     or exists (select from odoo_mcp_private.delegation d
                 where d.deadline <= pg_catalog.now() - interval '5 minutes'))::text
