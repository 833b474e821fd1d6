-- The modules that facts were read of, and the tables of models that have another one than their name says: one row.
select coalesce((select pg_catalog.json_object_agg(m.module, pg_catalog.json_build_object('version', m.version, 'written_at', m.written_at))
                   from odoo_mcp_private.module_facts m), '{}')::text,
       coalesce((select pg_catalog.json_object_agg(f.model, f.facts ->> 'table')
                   from odoo_mcp_private.model_facts f where f.facts ->> 'table' is not null), '{}')::text
