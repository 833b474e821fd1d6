select u.login::text from :odoo.res_users u where u.active and u.id > 1 order by u.login limit 10000
