-- $1: names of models, $2: the names their tables have if they have some, in the same order, $3: Odoo's schema, $4: for each
-- the modules that its facts know, with blanks between.
-- For each model that there is: its name; what is small and read in every call, as JSON: order, modules, access lists,
-- rules; and a hash that changes with any row that the statements of its shape read, so that it is read again only then.
-- A row's version is its place and the transaction that wrote it (ctid, xmin): both stay until the row is written again,
-- but for a table that one transaction empties and fills twice, where the command that wrote it (cmin) tells.
-- Freezing leaves xmin as it is; VACUUM FULL moves rows, which means reading a shape once more for nothing.
with recursive family (root, id, model) as (
    select i.model::text, i.id, i.model::text
      from :odoo.ir_model i
     where i.model = any ($1::text[] || 'base'::text)
    union
    select k.root, p.id, p.model::text
      from family k, :odoo.ir_model_inherit i, :odoo.ir_model p
     where i.model_id = k.id and p.id = i.parent_id
), is_told (inheritance) as (
    -- an Odoo without this table does not say what a model inherits from
    select exists (select from pg_catalog.pg_namespace n, pg_catalog.pg_class c
                    where n.nspname = $3::name and c.relnamespace = n.oid and c.relname = 'ir_model_inherit')
), module (root, module, is_told) as materialized (
    -- whose Python may have a say: the model's, that of what it inherits from, and of the base of all; where that is
    -- not told, every module's
    select 'base', i.name::text, false
      from :odoo.ir_module_module i
     where not (select t.inheritance from is_told t) and i.state in ('installed', 'to upgrade', 'to remove')
    union all
    select k.root, d.module, true
      from family k, lateral (
        select d.module::text
          from :odoo.ir_model_data d
         where d.model = 'ir.model' and d.res_id = k.id
           and d.name = 'model_' || pg_catalog.replace(k.model, '.', '_')
        -- a look-up for each of these few, not a join with all of them
        offset 0) d
     group by k.root, d.module
)
select m.model::text,
       pg_catalog.json_build_object(
           'name', m.model,
           'label', coalesce(m.name ->> 'en_US', m.model),
           'order', coalesce(m."order", 'id'),
           'modules', coalesce((
               -- one that is in no ir_model_data may have a say in Python all the same, if the facts say so
               select pg_catalog.json_agg(pg_catalog.json_build_array(s.name,
                          case s.state when 'installed' then coalesce(s.latest_version, '') else coalesce(s.state, '') end,
                          s.write_date::text, s.is_told) order by s.name)
                 from (select t.name, pg_catalog.bool_or(t.touches) as touches, pg_catalog.bool_or(t.is_told) as is_told,
                              i.state, i.latest_version, i.write_date
                         from (select k.module, true, k.is_told from module k where k.root in (m.model, 'base')
                               union all
                               select x.name, false, true
                                 from pg_catalog.unnest(pg_catalog.string_to_array(w.modules, ' ')) x (name)) t (name, touches, is_told)
                         left join :odoo.ir_module_module i on i.name = t.name
                        group by t.name, i.id) s
                where s.touches or s.state in ('installed', 'to upgrade', 'to remove')), '[]'),
           'access_lists', coalesce((
               select pg_catalog.json_agg(pg_catalog.json_build_object('group_id', a.group_id, 'group', (
                          -- a group has a privilege, and had a category before; a column that is not there is found in `absent`
                          select pg_catalog.concat_ws(' / ', coalesce(
                                     (select p.name ->> 'en_US' from :odoo.res_groups_privilege p where p.id = d.privilege_id),
                                     (select c.name ->> 'en_US' from :odoo.ir_module_category c where c.id = d.category_id)),
                                     d.name ->> 'en_US')
                            from (select null::integer as privilege_id, null::integer as category_id) absent
                           cross join lateral (select g.name, privilege_id, category_id
                                                 from :odoo.res_groups g where g.id = a.group_id) d)) order by a.id)
                 from :odoo.ir_model_access a
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
       pg_catalog.encode(pg_catalog.sha256(
           coalesce(f.rows, '')
           || coalesce((
               select pg_catalog.array_send(pg_catalog.array_agg(s.ctid)) || pg_catalog.array_send(pg_catalog.array_agg(s.xmin))
                      || pg_catalog.array_send(pg_catalog.array_agg(s.cmin))
                 from :odoo.ir_model_fields_selection s where s.field_id = any (f.selections)), '')
           || coalesce((
               select pg_catalog.array_send(pg_catalog.array_agg(c.ctid)) || pg_catalog.array_send(pg_catalog.array_agg(c.xmin))
                      || pg_catalog.array_send(pg_catalog.array_agg(a.ctid)) || pg_catalog.array_send(pg_catalog.array_agg(a.xmin))
                 from pg_catalog.pg_namespace n, pg_catalog.pg_class c, pg_catalog.pg_attribute a
                where n.nspname = $3::name and c.relnamespace = n.oid and c.relname = any (f.links || w.table_name)
                  and a.attrelid = c.oid and a.attnum > 0), '')
           || coalesce((
               -- the foreign keys of those tables, and what they point to
               select pg_catalog.array_send(pg_catalog.array_agg(k.ctid)) || pg_catalog.array_send(pg_catalog.array_agg(k.xmin))
                      || pg_catalog.array_send(pg_catalog.array_agg(t.ctid)) || pg_catalog.array_send(pg_catalog.array_agg(t.xmin))
                 from pg_catalog.pg_namespace n, pg_catalog.pg_class c, pg_catalog.pg_constraint k, pg_catalog.pg_class t
                where n.nspname = $3::name and c.relnamespace = n.oid and c.relname = any (f.links)
                  and k.conrelid = c.oid and k.contype = 'f' and t.oid = k.confrelid), '')), 'base64')
  from unnest($1::text[], $2::name[], $4::text[]) as w (model, table_name, modules), :odoo.ir_model m,
       lateral (
        select pg_catalog.array_send(pg_catalog.array_agg(f.ctid)) || pg_catalog.array_send(pg_catalog.array_agg(f.xmin))
               || pg_catalog.array_send(pg_catalog.array_agg(f.cmin)) as rows,
               pg_catalog.array_agg(f.id) filter (where f.ttype = 'selection') as selections,
               pg_catalog.array_agg(f.relation_table::name) filter (where f.ttype = 'many2many' and f.store) as links
          from :odoo.ir_model_fields f
         where f.model = w.model) f
 where m.model = w.model
