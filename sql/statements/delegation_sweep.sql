-- Calls whose outcome nobody reported. One that is too late by less is still told so.
delete from odoo_mcp_private.delegation
 where call_id in (select d.call_id from odoo_mcp_private.delegation d
                    where d.deadline <= pg_catalog.clock_timestamp() - interval '5 minutes'
                    limit 100 for update skip locked)
