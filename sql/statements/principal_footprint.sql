-- $1: res_users.id, $2: Odoo's schema. The look-ups that lead to the rows which principal.sql reads, as in
-- model_footprint.sql; without a key: all rows.
with recursive asker as (
    select u.id, u.partner_id, u.company_id from :odoo.res_users u where u.id = $1
), held (gid) as (
    select r.gid from :odoo.res_groups_users_rel r where r.uid = $1
    union
    select i.hid from held h, :odoo.res_groups_implied_rel i where i.gid = h.gid
), company as (
    select r.cid as id from :odoo.res_company_users_rel r where r.user_id = $1
    union
    select a.company_id from asker a where a.company_id is not null
)
select l.schema_name, l.relation_name, l.first_column, l.first_value, l.key_column, l.key_type, l.keys::text,
       pg_catalog.cardinality(l.keys)::text
  from (values
        (1, $2::text, 'res_users', null, null, 'id', 'int4', array[$1::text]),
        (2, $2::text, 'res_partner', null, null, 'id', 'int4',
            array(select a.partner_id::text from asker a where a.partner_id is not null)),
        (3, $2::text, 'res_groups_users_rel', null, null, 'uid', 'int4', array[$1::text]),
        (4, $2::text, 'res_groups_implied_rel', null, null, 'gid', 'int4', array(select h.gid::text from held h)),
        (5, $2::text, 'res_company_users_rel', null, null, 'user_id', 'int4', array[$1::text]),
        (6, $2::text, 'res_company', null, null, 'id', 'int4', array(select c.id::text from company c)),
        (7, $2::text, 'res_currency', null, null, 'id', 'int4',
            array(select distinct r.currency_id::text from company c, :odoo.res_company r
                   where r.id = c.id and r.currency_id is not null)),
        (8, $2::text, 'ir_model_data', 'model', 'res.groups', 'res_id', 'int4', array(select h.gid::text from held h)),
        (9, $2::text, 'res_lang', null, null, null, null, null),
        (10, 'pg_catalog', 'pg_namespace', null, null, 'nspname', 'name', array[$2::text])
       ) as l (place, schema_name, relation_name, first_column, first_value, key_column, key_type, keys)
 order by l.place
