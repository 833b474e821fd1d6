-- $1: ids. Those that Odoo or its user removed are gone already.
delete from only :odoo.res_users_apikeys where id = any ($1)
