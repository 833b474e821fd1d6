-- $1: names of models, $2: the names their tables have if they have some, $3: Odoo's schema, $4: names
-- of modules: those that model_state.sql said, and those that it would say if they were installed.
-- The look-ups that lead to the rows which model_state.sql and the statements of a shape read for these models: schema and
-- name of a relation; where a key of one value comes first in the index, its column and value; the key's column, type and
-- values, and how many these are. What those statements read has to be here.
with recursive family (id, model) as (
    select i.id, i.model::text from :odoo.ir_model i where i.model = any ($1::text[] || 'base'::text)
    union
    select p.id, p.model::text
      from family k, :odoo.ir_model_inherit i, :odoo.ir_model p
     where i.model_id = k.id and p.id = i.parent_id
), wanted as (
    select m.id from :odoo.ir_model m where m.model = any ($1::text[])
), access as (
    select a.group_id from :odoo.ir_model_access a where a.model_id in (select w.id from wanted w)
), rule as (
    select r.id from :odoo.ir_rule r where r.model_id in (select w.id from wanted w)
), field as (
    select f.id, f.ttype, f.relation_table, f.store from :odoo.ir_model_fields f where f.model = any ($1::text[])
), link (relname) as (
    select f.relation_table::name from field f where f.ttype = 'many2many' and f.store and f.relation_table is not null
), named (relname) as (
    select l.relname from link l
    union
    select t.name from pg_catalog.unnest($2::name[]) as t (name)
), relation as (
    select c.oid, c.relname
      from pg_catalog.pg_namespace n, pg_catalog.pg_class c
     where n.nspname = $3::name and c.relnamespace = n.oid and c.relname in (select named.relname from named)
), present (relname) as (
    -- of the tables that some Odoos lack
    select c.relname
      from pg_catalog.pg_namespace n, pg_catalog.pg_class c
     where n.nspname = $3::name and c.relnamespace = n.oid and c.relname in ('ir_model_inherit', 'res_groups_privilege')
), shown_under (privilege_id, category_id) as (
    -- a column that is not there is found in `absent`
    select d.privilege_id, d.category_id
      from (select null::integer as privilege_id, null::integer as category_id) absent
     cross join lateral (select privilege_id, category_id
                           from :odoo.res_groups g where g.id in (select a.group_id from access a)) d
), link_table as (
    select r.oid from relation r where r.relname in (select l.relname from link l)
)
select l.schema_name, l.relation_name, l.first_column, l.first_value, l.key_column, l.key_type, l.keys::text,
       pg_catalog.cardinality(l.keys)::text
  from (values
        (1, $3::text, 'ir_model', null, null, 'model', 'text', $1::text[] || 'base'::text),
        (2, $3::text, 'ir_model', null, null, 'id', 'int4', array(select k.id::text from family k)),
        (3, $3::text, 'ir_model_inherit', null, null, 'model_id', 'int4', array(select k.id::text from family k)),
        (4, $3::text, 'ir_model_data', 'model', 'ir.model', 'res_id', 'int4', array(select k.id::text from family k)),
        (5, $3::text, 'ir_model_access', null, null, 'model_id', 'int4', array(select w.id::text from wanted w)),
        (6, $3::text, 'res_groups', null, null, 'id', 'int4',
            array(select distinct a.group_id::text from access a where a.group_id is not null)),
        (7, $3::text, 'res_groups_privilege', null, null, 'id', 'int4',
            array(select distinct s.privilege_id::text from shown_under s where s.privilege_id is not null)),
        (8, $3::text, 'ir_rule', null, null, 'model_id', 'int4', array(select w.id::text from wanted w)),
        (9, $3::text, 'rule_group_rel', null, null, 'rule_group_id', 'int4', array(select r.id::text from rule r)),
        (10, $3::text, 'ir_model_fields', null, null, 'model', 'text', $1::text[]),
        (11, $3::text, 'ir_model_fields_selection', null, null, 'field_id', 'int4',
            array(select f.id::text from field f where f.ttype = 'selection')),
        (12, 'pg_catalog', 'pg_namespace', null, null, 'nspname', 'name', array[$3::text]),
        (13, 'pg_catalog', 'pg_class', null, null, 'relname', 'name', array(select n.relname::text from named n)),
        (14, 'pg_catalog', 'pg_attribute', null, null, 'attrelid', 'oid', array(select r.oid::text from relation r)),
        (15, 'pg_catalog', 'pg_constraint', null, null, 'conrelid', 'oid', array(select k.oid::text from link_table k)),
        (16, 'pg_catalog', 'pg_class', null, null, 'oid', 'oid',
            array(select distinct c.confrelid::text from link_table k, pg_catalog.pg_constraint c
                   where c.conrelid = k.oid and c.contype = 'f')),
        -- by number, which is found faster; a name that has none may get one
        (17, $3::text, 'ir_module_module', null, null, 'id', 'int4', array(
            select i.id::text from :odoo.ir_module_module i where i.name = any ($4::text[]))),
        (18, $3::text, 'ir_module_module', null, null, 'name', 'text', array(
            select n.name from pg_catalog.unnest($4::text[]) n (name)
             where not exists (select from :odoo.ir_module_module i where i.name = n.name))),
        (19, $3::text, 'ir_module_category', null, null, 'id', 'int4',
            array(select distinct s.category_id::text from shown_under s where s.category_id is not null)),
        -- every module may have a say in every model
        (20, $3::text, 'ir_module_module', null, null, null, null, null)
       ) as l (place, schema_name, relation_name, first_column, first_value, key_column, key_type, keys)
 where case
           when l.place in (3, 17, 18) then exists (select from present p where p.relname = 'ir_model_inherit')
           when l.place = 20 then not exists (select from present p where p.relname = 'ir_model_inherit')
           when l.place = 7 then exists (select from present p where p.relname = 'res_groups_privilege')
           when l.place = 19 then not exists (select from present p where p.relname = 'res_groups_privilege')
           else true
       end
 order by l.place
