-- $1: res_users.id. One JSON object for an active user, no row otherwise.
-- A column that some versions lack is named without qualification inside a subquery: where the
-- table has it, it is found there first, and else in `absent`.
with recursive
asker as (
    select u.id, u.login, u.partner_id, u.company_id
      from :odoo.res_users u
     where u.id = $1 and u.id > 1 and u.active
), held (gid) as (
    select r.gid from asker a, :odoo.res_groups_users_rel r where r.uid = a.id
    union
    select i.hid from held h, :odoo.res_groups_implied_rel i where i.gid = h.gid
), company as (
    -- without JOIN: it would keep a list of all columns of wide tables in the prepared statement
    select c.id, c.name, c.currency_id, (select cur.name from :odoo.res_currency cur where cur.id = c.currency_id) as currency,
           (select d.parent_path from (select null::varchar as parent_path) absent
             cross join lateral (select parent_path from :odoo.res_company p where p.id = c.id) d) as parent_path,
           c.id = a.company_id as is_main, c.sequence
      from asker a, :odoo.res_company_users_rel r, :odoo.res_company c
     where r.user_id = a.id and c.id = r.cid and c.active
)
select pg_catalog.jsonb_build_object(
    'user_id', a.id,
    'login', a.login,
    'name', p.name,
    'lang', nullif(p.lang, ''),
    'tz', nullif(p.tz, ''),
    'company_id', a.company_id,
    'companies', coalesce((
        select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                   'id', c.id, 'name', c.name, 'currency', coalesce(c.currency, ''), 'currency_id', c.currency_id,
                   'parent_path', coalesce(c.parent_path, ''))
               order by c.is_main desc, c.sequence, c.name, c.id)
          from company c), '[]'),
    'group_ids', coalesce((select pg_catalog.jsonb_agg(h.gid) from held h), '[]'),
    'group_names', coalesce((
        select pg_catalog.jsonb_agg(d.module || '.' || d.name)
          from :odoo.ir_model_data d
         where d.model = 'res.groups' and d.res_id in (select h.gid from held h)), '[]'),
    'user_paths', pg_catalog.jsonb_build_object(
        'id', a.id,
        'partner_id', a.partner_id,
        'partner_id.commercial_partner_id', p.commercial_partner_id,
        'commercial_partner_id', p.commercial_partner_id,
        'partner_id.parent_id', p.parent_id,
        'company_id', a.company_id,
        'company_id.partner_id', (select c.partner_id from :odoo.res_company c where c.id = a.company_id))
      || coalesce((
        select pg_catalog.jsonb_build_object('sale_team_id', sale_team_id)
          from :odoo.res_users u where u.id = a.id), '{}'),
    'languages', coalesce((
        select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                   'code', l.code, 'week_start', l.week_start::integer) order by l.code)
          from :odoo.res_lang l where l.active), '[]')
)::text
  from asker a, :odoo.res_partner p, (select null::integer as sale_team_id) absent
 where p.id = a.partner_id
