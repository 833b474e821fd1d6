-- $1: a login. The active user that has it.
select u.id::text from :odoo.res_users u where u.login = $1 and u.active and u.id > 1
