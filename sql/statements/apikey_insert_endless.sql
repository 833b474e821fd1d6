-- The same where keys have no end of their own (Odoo 16, 17): only its removal ends it.
insert into :odoo.res_users_apikeys (name, user_id, scope, "index", "key")
values ($1, $2, 'rpc', $3, $4)
returning id::text
