-- $1: names of models. Their fields: the model, and column by column what catalog/shape.rs reads.
-- A column that some versions lack is named without qualification inside a subquery: where the
-- table has it, it is found there first, and else in `absent`.
select d.*
  from (select false as company_dependent, null::text as currency_field) absent
 cross join lateral (
    select f.model::text, f.name::text, f.ttype::text, nullif(f.relation, '')::text,
           case when f.ttype = 'one2many' then nullif(f.relation_field, '') end::text,
           coalesce(f.store, false)::text, nullif(f.related, '')::text,
           -- boolean up to 18, the kind of translation in 19
           (coalesce(f.translate::text, 'false') not in ('false', ''))::text,
           coalesce(company_dependent, false)::text, nullif(currency_field, '')::text,
           (f.state = 'manual')::text,
           case when f.ttype = 'many2many' and f.store then f.relation_table::name end::text,
           f.column1::name::text, f.column2::name::text
      from :odoo.ir_model_fields f
     where f.model = any ($1::text[])) d
