-- What was loaded last, and what is forced: when, of what, the registry signal then, modules, models, names of forced models, origin.
select pg_catalog.to_char(s.loaded_at, 'YYYY-MM-DD HH24:MI TZ'), s.program, s.registry_signal,
       (select pg_catalog.count(*) from odoo_mcp_private.module_facts)::text,
       (select pg_catalog.count(*) from odoo_mcp_private.model_facts)::text,
       (select pg_catalog.string_agg(e.model, ', ' order by e.model) from odoo_mcp_private.model_engine e where e.is_forced),
       s.origin
  from odoo_mcp_private.scan s
