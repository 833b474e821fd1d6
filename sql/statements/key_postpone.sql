-- What can't be removed now is tried again later, not by every call.
update odoo_mcp_private.delegation_key
   set remove_after = pg_catalog.clock_timestamp() + interval '1 minute'
 where id in (select k.id from odoo_mcp_private.delegation_key k
               where k.remove_after <= pg_catalog.clock_timestamp() for update skip locked)
