-- Why a relation must not be read, or NULL. $1 the relation, $2 Odoo's schema, $3 Odoo's role.
-- Odoo's role can put code behind any relation it owns; what is left here runs none on SELECT.
-- Without JOIN: each keeps a list of all columns of these wide catalogs in the prepared statement.
with relation as (
    select c.relkind, c.relowner, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity, c.relam, n.nspname
      from pg_catalog.pg_class c, pg_catalog.pg_namespace n
     where c.oid = $1 and n.oid = c.relnamespace
), attribute as (
    select a.attname, a.attgenerated, t.typtype, t.typnamespace,
           pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT') as is_readable
      from pg_catalog.pg_attribute a, pg_catalog.pg_type t
     where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped and t.oid = a.atttypid
), part as (
    -- what the planner looks at, and folds constants in
    select 'pg_catalog.pg_class'::pg_catalog.regclass as classid, i.indexrelid as objid, i.indexrelid::pg_catalog.regclass::text as part_name
      from pg_catalog.pg_index i where i.indrelid = $1
    union all
    select 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass, s.oid, s.stxname::text
      from pg_catalog.pg_statistic_ext s where s.stxrelid = $1
), foreign_code as (
    select part.part_name
      from part, pg_catalog.pg_depend d
     where d.classid = part.classid and d.objid = part.objid
       and (select not r.rolsuper from pg_catalog.pg_roles r
             where r.oid = case d.refclassid
                 when 'pg_catalog.pg_proc'::pg_catalog.regclass
                     then (select p.proowner from pg_catalog.pg_proc p where p.oid = d.refobjid)
                 when 'pg_catalog.pg_operator'::pg_catalog.regclass
                     then (select o.oprowner from pg_catalog.pg_operator o where o.oid = d.refobjid)
                 when 'pg_catalog.pg_type'::pg_catalog.regclass
                     then (select t.typowner from pg_catalog.pg_type t where t.oid = d.refobjid)
             end)
     limit 1
)
select case
    when r.nspname <> $2 then 'is not in Odoo''s schema'
    when r.relkind <> 'r' then 'is not an ordinary table'
    when r.relowner <> $3 then 'does not belong to Odoo''s role'
    when r.relpersistence = 't' then 'is a temporary table'
    when r.relrowsecurity or r.relforcerowsecurity then 'has row security, whose policies are code of their owner'
    when exists (select from pg_catalog.pg_rewrite w where w.ev_class = $1) then 'has a rule'
    when exists (select from pg_catalog.pg_inherits i where $1 in (i.inhparent, i.inhrelid)) then 'has inheritance'
    when r.relam <> (select am.oid from pg_catalog.pg_am am where am.amname = 'heap') then 'is not stored as a heap'
    when not exists (select from attribute a where a.is_readable) then 'is not granted to the reading role'
    when exists (select from attribute a where a.attgenerated = 'v') then 'has a virtual generated column'
    when exists (select from attribute a where a.is_readable
                  and (a.typtype <> 'b' or a.typnamespace <> 'pg_catalog'::pg_catalog.regnamespace))
        then pg_catalog.format('has column %I of a type that is not PostgreSQL''s own',
            (select a.attname from attribute a where a.is_readable
                and (a.typtype <> 'b' or a.typnamespace <> 'pg_catalog'::pg_catalog.regnamespace) limit 1))
    when exists (select from foreign_code) then pg_catalog.format(
        'has index or statistics %s that calls a function of somebody other than a superuser', (select f.part_name from foreign_code f))
end
from relation r
