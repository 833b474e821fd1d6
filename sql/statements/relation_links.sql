-- $1: names of relations, $2: Odoo's schema. Their columns that are foreign keys by themselves: relation, column, and the
-- table it points to.
select c.relname::text, a.attname::text, t.relname::text
  from pg_catalog.pg_namespace n, pg_catalog.pg_class c, pg_catalog.pg_constraint k, pg_catalog.pg_attribute a,
       pg_catalog.pg_class t
 where n.nspname = $2::name and c.relnamespace = n.oid and c.relname = any ($1::name[])
   and k.conrelid = c.oid and k.contype = 'f' and pg_catalog.array_length(k.conkey, 1) = 1
   and a.attrelid = c.oid and a.attnum = k.conkey[1]
   and t.oid = k.confrelid and t.relnamespace = n.oid
