-- Every model: its name, its label in English, its order, and the modules whose Python may have a say in it, as a JSON list.
with recursive base (id) as (
    select i.id from :odoo.ir_model i where i.model = 'base'
), touching as materialized (
    -- whatever has an external id of a model defines or extends it
    select i.id, d.module::text as module
      from :odoo.ir_model i
      join :odoo.ir_model_data d on d.model = 'ir.model' and d.res_id = i.id
       and d.name = 'model_' || pg_catalog.replace(i.model, '.', '_')
), family (root, id) as (
    select i.id, i.id from :odoo.ir_model i
    union
    select i.id, b.id from :odoo.ir_model i, base b
    union
    select k.root, i.parent_id from family k join :odoo.ir_model_inherit i on i.model_id = k.id
), modules as (
    select k.root, pg_catalog.json_agg(distinct t.module) as modules
      from family k join touching t on t.id = k.id
     group by k.root
)
select m.model::text, coalesce(m.name ->> 'en_US', m.model), coalesce(m."order", 'id')::text, coalesce(k.modules, '[]')::text
  from :odoo.ir_model m
  left join modules k on k.root = m.id
