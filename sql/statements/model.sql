-- $1: ir_model.model, $2: its table's name if it has one, $3: Odoo's schema. No row, or one with a
-- JSON object of the model and another of its columns: joining the two here costs more than there.
-- A column that some versions lack is named without qualification inside a subquery: where the
-- table has it, it is found there first, and else in `absent`.
with recursive family (id, model) as (
    select i.id, i.model::text from :odoo.ir_model i where i.model in ($1, 'base')
    union
    select p.id, p.model::text
      from family k
      join :odoo.ir_model_inherit i on i.model_id = k.id
      join :odoo.ir_model p on p.id = i.parent_id
), relation as (
    select c.oid from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $3::name and c.relname = $2::name and c.relkind = 'r'
), stored as (
    -- a column counts where its type is PostgreSQL's own and the reading role may read it
    select a.attname::text as name, a.attnotnull, t.typname::text as type_name
      from relation r
      join pg_catalog.pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
      join pg_catalog.pg_type t on t.oid = a.atttypid
     where t.typtype = 'b' and t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace
       and a.attgenerated <> 'v'
       and pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT')
), choice as (
    select o.field_id, pg_catalog.json_agg(
               pg_catalog.json_build_array(o.value, coalesce(o.name ->> 'en_US', o.value)) order by o.sequence, o.id) as list
      from :odoo.ir_model_fields_selection o
      join :odoo.ir_model_fields f on f.id = o.field_id
     where f.model = $1 and f.ttype = 'selection'
     group by o.field_id
), link as (
    -- the table of a many2many field, where it is an ordinary one that has both columns
    select f.id as field_id, pg_catalog.json_build_object(
               'table', pg_catalog.json_build_object('schema', $3::text, 'name', c.relname::text),
               'column', a.attname::text, 'column_to_comodel', b.attname::text) as body
      from :odoo.ir_model_fields f
      join pg_catalog.pg_namespace n on n.nspname = $3::name
      join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relkind = 'r'
       and c.relname = f.relation_table::name
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = f.column1::name
       and a.attnum > 0 and not a.attisdropped and a.atttypid = 'pg_catalog.int4'::pg_catalog.regtype
      join pg_catalog.pg_attribute b on b.attrelid = c.oid and b.attname = f.column2::name
       and b.attnum > 0 and not b.attisdropped and b.atttypid = 'pg_catalog.int4'::pg_catalog.regtype
     where f.model = $1 and f.ttype = 'many2many' and f.store
), declared as (
    select d.*
      from (select false as company_dependent, null::text as currency_field) absent
     cross join lateral (
        select f.id, f.name::text as name, f.field_description, f.ttype, f.relation, f.relation_field, f.store, f.related, f.state,
               -- boolean up to 18, the kind of translation in 19
               coalesce(f.translate::text, 'false') not in ('false', '') as translate,
               company_dependent, currency_field
          from :odoo.ir_model_fields f
         where f.model = $1) d
), field as (
    select f.name, pg_catalog.json_strip_nulls(pg_catalog.json_build_object(
        'name', f.name,
        'label', coalesce(f.field_description ->> 'en_US', f.name),
        'type', f.ttype,
        'relation', nullif(f.relation, ''),
        'inverse', case when f.ttype = 'one2many' then nullif(f.relation_field, '') end,
        'link', l.body,
        'store', coalesce(f.store, false),
        'related', nullif(f.related, ''),
        'translate', f.translate,
        'company_dependent', coalesce(f.company_dependent, false),
        'currency_field', nullif(f.currency_field, ''),
        'manual', f.state = 'manual',
        'selection', c.list)) as body
      from declared f
      left join choice c on c.field_id = f.id
      left join link l on l.field_id = f.id
), group_label as (
    select g.id, pg_catalog.concat_ws(' / ', p.name ->> 'en_US', g.name ->> 'en_US') as label
      from :odoo.res_groups g
      left join :odoo.res_groups_privilege p on p.id = g.privilege_id
)
select pg_catalog.json_build_object(
    'name', m.model,
    'label', coalesce(m.name ->> 'en_US', m.model),
    'table', (select pg_catalog.json_build_object('schema', $3::text, 'name', $2::text) from relation),
    'order', coalesce(m."order", 'id'),
    'modules', coalesce((
        -- whose Python may have a say: the model's, that of what it inherits from, and of the base of all
        select pg_catalog.json_agg(distinct d.module)
          from family k
          join :odoo.ir_model_data d on d.model = 'ir.model' and d.res_id = k.id
           and d.name = 'model_' || pg_catalog.replace(k.model, '.', '_')), '[]'),
    'fields', coalesce((select pg_catalog.json_object_agg(f.name, f.body) from field f), '{}'),
    'access_lists', coalesce((
        select pg_catalog.json_agg(pg_catalog.json_build_object('group_id', a.group_id, 'group', g.label) order by a.id)
          from :odoo.ir_model_access a
          left join group_label g on g.id = a.group_id
         where a.model_id = m.id and a.active and a.perm_read), '[]'),
    'rules', coalesce((
        select pg_catalog.json_agg(pg_catalog.json_build_object(
                   'id', r.id, 'name', coalesce(r.name, ''), 'domain', r.domain_force,
                   'is_global', coalesce(r.global, false),
                   'group_ids', coalesce((select pg_catalog.json_agg(x.group_id order by x.group_id)
                                            from :odoo.rule_group_rel x where x.rule_group_id = r.id), '[]'))
               order by r.id)
          from :odoo.ir_rule r
         where r.model_id = m.id and r.active and r.perm_read), '[]')
)::text,
       coalesce((select pg_catalog.json_object_agg(s.name, pg_catalog.json_build_array(s.type_name, s.attnotnull))
                   from stored s), '{}')::text
  from :odoo.ir_model m
 where m.model = $1
