-- $1: schema, $2: relation, $3: the column that comes first in the index (as text) or NULL, $4: the column of the key, $5: its
-- type. The relation, an index of it that all its rows are in and that begins with these columns, their numbers and
-- collations in it, and whether a key has one row at most. The index compares values of just that type: what is looked for is handed to it as it is.
select c.oid::text, x.indexrelid::text, b.attnum::text, x.indcollation[0]::text,
       a.attnum::text, x.indcollation[($3::name is not null)::integer]::text,
       (x.indisunique and x.indimmediate and x.indnkeyatts = 1)::text
  from pg_catalog.pg_namespace n, pg_catalog.pg_class c, pg_catalog.pg_index x, pg_catalog.pg_class i,
       pg_catalog.pg_attribute a, pg_catalog.pg_attribute b
 where n.nspname = $1::name and c.relnamespace = n.oid and c.relname = $2::name and c.relkind = 'r'
   and x.indrelid = c.oid and i.oid = x.indexrelid
   and i.relam = (select am.oid from pg_catalog.pg_am am where am.amname = 'btree')
   and x.indisvalid and x.indisready and x.indislive and not x.indcheckxmin
   and x.indpred is null and x.indexprs is null
   -- operator classes that came with PostgreSQL, for that type
   and x.indclass[0] < 16384 and x.indclass[($3::name is not null)::integer] < 16384
   and ($3::name is null
        or (select o.opcintype from pg_catalog.pg_opclass o where o.oid = x.indclass[0]) = 'pg_catalog.text'::pg_catalog.regtype)
   and (select o.opcintype from pg_catalog.pg_opclass o where o.oid = x.indclass[($3::name is not null)::integer])
       = (select t.oid from pg_catalog.pg_type t
           where t.typname = $5::name and t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace)
   and b.attrelid = c.oid and b.attname = coalesce($3::name, $4::name) and b.attnum = x.indkey[0]
   and a.attrelid = c.oid and a.attname = $4::name and a.attnum = x.indkey[($3::name is not null)::integer]
 order by x.indnatts, x.indexrelid desc
 limit 1
