-- $1: names of models, $2: a language. What Odoo tells people of them, as one JSON object.
-- A related field is followed to where it leads: there are the keys of a selection, and there is
-- the column, if many2one fields alone lead to it.
with recursive field as (
    select f.id, f.model::text as model, f.name::text as name, f.ttype::text as ttype, f.related::text as related,
           f.field_description, f.help, f.required, f.readonly, f.store
      from :odoo.ir_model_fields f
     where f.model = any ($1)
), step (origin, id, model, path, is_join, has_column, depth) as (
    select f.id, f.id, f.model, f.related, true, false, 0
      from field f
     where f.ttype = 'selection' or f.related <> '' and f.store is not true
    union all
    select s.origin, g.id,
           case when x.rest = '' then g.model::text else g.relation::text end,
           case when x.rest = '' then g.related::text else x.rest end,
           s.is_join and (x.rest = '' or g.ttype = 'many2one' and (g.store or g.related <> '')),
           x.rest = '' and g.store and g.ttype not in ('one2many', 'binary'),
           s.depth + 1
      from step s
     cross join lateral (
        select pg_catalog.split_part(s.path, '.', 1) as first,
               pg_catalog.substr(s.path, pg_catalog.length(pg_catalog.split_part(s.path, '.', 1)) + 2) as rest) x
      join :odoo.ir_model_fields g on g.model = s.model and g.name = x.first
     where s.depth < 12 and s.path <> ''
), chosen as (
    select distinct on (s.origin) s.origin, s.id
      from step s
     where exists (select from :odoo.ir_model_fields_selection o where o.field_id = s.id)
     order by s.origin, s.depth
), choice as materialized (
    select s.origin as field_id, pg_catalog.json_agg(pg_catalog.json_build_array(
               o.value, coalesce(o.name ->> $2, o.name ->> 'en_US', o.value)) order by o.sequence, o.id) as list
      from chosen s
      join :odoo.ir_model_fields_selection o on o.field_id = s.id
     group by s.origin
)
select coalesce(pg_catalog.json_object_agg(m.model, pg_catalog.json_build_object(
           'label', coalesce(m.name ->> $2, m.name ->> 'en_US', m.model),
           'fields', coalesce((
               select pg_catalog.json_object_agg(f.name, pg_catalog.json_strip_nulls(pg_catalog.json_build_object(
                          'label', coalesce(f.field_description ->> $2, f.field_description ->> 'en_US', f.name),
                          'help', nullif(coalesce(f.help ->> $2, f.help ->> 'en_US'), ''),
                          'required', coalesce(f.required, false),
                          'readonly', coalesce(f.readonly, false),
                          'has_related_column', exists (select from step s where s.origin = f.id and s.has_column and s.is_join),
                          'selection', c.list)))
                 from field f
                 left join choice c on c.field_id = f.id
                where f.model = m.model), '{}'))), '{}')::text
  from :odoo.ir_model m
 where m.model = any ($1)
