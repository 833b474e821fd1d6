-- The fields of every model: its name, and a JSON list of name and what the registry says that they are: manual, computed,
-- company_dependent or nothing. A column that some versions lack is named without qualification inside a subquery: where the
-- table has it, it is found there first, and else in `absent`.
select d.model, pg_catalog.json_agg(pg_catalog.json_build_array(d.name, d.kind) order by d.name)::text
  from (select false as company_dependent) absent
 cross join lateral (
    select f.model::text as model, f.name::text as name,
           case when not coalesce(f.store, false) and nullif(f.related, '') is null and f.name <> 'display_name' then 'computed'
                when coalesce(company_dependent, false) then 'company_dependent'
                when f.state = 'manual' then 'manual' end as kind
      from :odoo.ir_model_fields f) d
 group by d.model
 order by d.model
