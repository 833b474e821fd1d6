select pg_catalog.to_char(pg_catalog.timezone('UTC', pg_catalog.transaction_timestamp()), 'YYYY-MM-DD HH24:MI:SS'),
       coalesce((select m.latest_version::text from :odoo.ir_module_module m where m.name = 'base'), '')
