-- $1: res_users.id, once for each token. How many of them are of nobody who may ask.
select pg_catalog.count(*)::text
  from pg_catalog.unnest($1) as h (id)
 where not exists (select from :odoo.res_users u where u.id = h.id and u.id > 1 and u.active)
