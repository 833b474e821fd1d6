-- $1: ids of groups, $2: a language, $3: names of models that are looked at closer, $4: Odoo's schema.
-- The models that an access list lets somebody in these groups read, without those that never have
-- records of their own, as a JSON list. A column that some versions lack is named without
-- qualification inside a subquery: where the table has it, it is found there first, and else in `absent`.
with recursive family (origin, id, model) as (
    select e.name, i.id, i.model::text
      from pg_catalog.unnest($3::text[]) e (name)
      join :odoo.ir_model i on i.model in (e.name, 'base')
    union
    select k.origin, p.id, p.model::text
      from family k
      join :odoo.ir_model_inherit i on i.model_id = k.id
      join :odoo.ir_model p on p.id = i.parent_id
), examined as (
    select k.origin, pg_catalog.json_agg(distinct d.module) as modules,
           (select c.relname from pg_catalog.pg_class c
                     join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                    where n.nspname = $4::name and c.relkind = 'r'
                      and c.relname = pg_catalog.replace(k.origin, '.', '_')::name) as "table"
      from family k
      join :odoo.ir_model_data d on d.model = 'ir.model' and d.res_id = k.id
       and d.name = 'model_' || pg_catalog.replace(k.model, '.', '_')
     group by k.origin
), declared as (
    select d.*
      from (select false as abstract, false as transient) absent
     cross join lateral (
        select m.id, m.model::text as model, m.name, abstract, transient
          from :odoo.ir_model m) d
)
select coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
           'name', m.model,
           'label', coalesce(m.name ->> $2, m.name ->> 'en_US', m.model),
           'english', coalesce(m.name ->> 'en_US', m.model),
           'modules', coalesce(e.modules, '[]'),
           'table', e."table") order by m.model), '[]')::text
  from declared m
  left join examined e on e.origin = m.model
 where m.abstract is not true and m.transient is not true
   and exists (select from :odoo.ir_model_access a
                where a.model_id = m.id and a.active and a.perm_read
                  and (a.group_id is null or a.group_id = any ($1)))
