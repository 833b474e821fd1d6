-- $1: ids of groups, $2: a language.
-- The models that an access list lets somebody in these groups read, without those that never have
-- records of their own, as a JSON list. A column that some versions lack is named without
-- qualification inside a subquery: where the table has it, it is found there first, and else in `absent`.
with declared as (
    select d.*
      from (select false as abstract, false as transient) absent
     cross join lateral (
        select m.id, m.model::text as model, m.name, abstract, transient
          from :odoo.ir_model m) d
)
select coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
           'name', m.model,
           'label', coalesce(m.name ->> $2, m.name ->> 'en_US', m.model),
           -- other people's words for it are as good
           'labels', (select coalesce(pg_catalog.json_agg(distinct l.value), '[]')
                        from pg_catalog.jsonb_each_text(m.name) l)) order by m.model), '[]')::text
  from declared m
 where m.abstract is not true and m.transient is not true
   and exists (select from :odoo.ir_model_access a
                where a.model_id = m.id and a.active and a.perm_read
                  and (a.group_id is null or a.group_id = any ($1)))
