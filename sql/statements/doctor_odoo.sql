-- Odoo's version, the modules that are another way into it for agents, and the ids of all groups: one row.
select coalesce(pg_catalog.max(m.latest_version::text) filter (where m.name::text = 'base'), ''),
       coalesce(pg_catalog.string_agg(m.name::text, ', ' order by m.name) filter (where m.name::text ~ 'mcp'), ''),
       (select coalesce(pg_catalog.json_agg(g.id), '[]')::text from :odoo.res_groups g)
  from :odoo.ir_module_module m
 where m.state::text in ('installed', 'to upgrade', 'to remove')
