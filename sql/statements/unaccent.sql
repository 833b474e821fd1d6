-- $1: Odoo's schema. The function's oid, and whether it is the extension's own C function.
select p.oid::text,
       (l.lanname = 'c' and r.rolsuper and exists (
           select from pg_catalog.pg_depend d
             join pg_catalog.pg_extension e on e.oid = d.refobjid and e.extname = 'unaccent'
            where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid
              and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass and d.deptype = 'e'))::text
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  join pg_catalog.pg_language l on l.oid = p.prolang
  join pg_catalog.pg_roles r on r.oid = p.proowner
 where n.nspname = $1 and p.proname = 'unaccent' and p.pronargs = 1
   and p.proargtypes[0] = 'pg_catalog.text'::pg_catalog.regtype
