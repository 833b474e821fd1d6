-- $1 name, $2 user, $3 the key's first characters, $4 its hash, $5 seconds that it lives. create_date is Odoo's default.
insert into :odoo.res_users_apikeys (name, user_id, scope, "index", "key", expiration_date)
values ($1, $2, 'rpc', $3, $4,
        pg_catalog.timezone('UTC', pg_catalog.clock_timestamp()) + pg_catalog.make_interval(secs => $5))
returning id::text
