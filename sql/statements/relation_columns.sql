-- $1: names of relations, $2: Odoo's schema. The columns of those that are ordinary tables: relation, column, type,
-- whether it is NOT NULL, and whether it can be read: of a type that is PostgreSQL's own, no secret, and by the reading
-- role. A secret is one whatever is granted: default privileges give the role every column of a new table.
-- :is_secret is the condition of odoo_mcp_private.is_secret, in place, as no function of ours runs as the reading role.
-- Comma joins: each JOIN would keep a list of all columns of these wide catalogs in the prepared statement.
select c.relname::text, a.attname::text, t.typname::text, a.attnotnull::text,
       (t.typtype = 'b' and t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace and a.attgenerated <> 'v'
        and pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT')
        and not (select :is_secret from (select c.relname, a.attname) as of (table_name, column_name)))::text
  from pg_catalog.pg_namespace n, pg_catalog.pg_class c, pg_catalog.pg_attribute a, pg_catalog.pg_type t
 where n.nspname = $2::name and c.relnamespace = n.oid and c.relname = any ($1::name[]) and c.relkind = 'r'
   and a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and t.oid = a.atttypid
