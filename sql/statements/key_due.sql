-- $1: how many at most. Minted keys that are to be removed, with their ids in Odoo's table; whoever is at one already does it.
select k.id::text, k.key_id::text
  from odoo_mcp_private.delegation_key k
 where k.remove_after <= pg_catalog.clock_timestamp()
 order by k.remove_after
 limit $1
   for update skip locked
