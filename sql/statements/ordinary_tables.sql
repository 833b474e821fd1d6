-- $1: Odoo's schema. The names of its ordinary tables.
select c.relname::text
  from pg_catalog.pg_namespace n, pg_catalog.pg_class c
 where n.nspname = $1::name and c.relnamespace = n.oid and c.relkind = 'r'
