-- Active users, with whether they are internal and the groups they were put into: up to 500 internal ones and as many others.
select u.login, u.is_internal::text, u.group_ids
  from (select a.login::text as login, a.share is not true as is_internal,
               (select pg_catalog.json_agg(r.gid order by r.gid)::text
                  from :odoo.res_groups_users_rel r where r.uid = a.id) as group_ids,
               pg_catalog.row_number() over (partition by a.share is not true order by a.id) as place
          from :odoo.res_users a
         where a.active and a.id > 1) u
 where u.place <= 500
 order by u.is_internal desc, u.place
