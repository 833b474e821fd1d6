-- $1: keys that are removed with this transaction. Odoo's workers are told once more after it: what they look up before its end
-- they would keep.
update odoo_mcp_private.delegation_key
   set key_id = null, remove_after = pg_catalog.clock_timestamp()
 where id = any ($1)
