-- $1: JSON by model. The facts of these models and no others; rows that are the same stay as they are.
with given as (
    select g.key as model, g.value -> 'facts' as facts, g.value -> 'fields' as fields, g.value -> 'sources' as sources
      from pg_catalog.json_each($1::text::json) g
), gone as (
    delete from odoo_mcp_private.model_facts f where not exists (select from given g where g.model = f.model)
)
insert into odoo_mcp_private.model_facts as f (model, facts, fields, sources)
select g.model, g.facts, g.fields, g.sources from given g
on conflict (model) do update
   set facts = excluded.facts, fields = excluded.fields, sources = excluded.sources
 where (f.facts::text, f.fields::text, f.sources::text)
       is distinct from (excluded.facts::text, excluded.fields::text, excluded.sources::text)
