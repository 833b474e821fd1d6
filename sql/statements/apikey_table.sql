-- Whether a row may be written into Odoo's table of API keys and taken out: its problem or NULL, whether keys have an end, and the
-- sequence to be moved when one is removed, where workers keep what they let in. Run as the minting role, the table locked.
-- $1 the table, $2 Odoo's schema, $3 Odoo's role.
--
-- Odoo's role owns the table. Whatever a write evaluates (defaults, checks, indexes, triggers, types) would be its code run as
-- somebody else; a deferred trigger even as whoever is connected. So this is a list of what Odoo makes, and anything else is
-- refused. The functions of pg_catalog are no measure: one of them runs the SQL it is given, another changes settings.
with relation as (
    select c.relkind, c.relowner, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity, c.relam, n.nspname
      from pg_catalog.pg_class c, pg_catalog.pg_namespace n
     where c.oid = $1 and n.oid = c.relnamespace
), attribute as (
    select a.attname, a.attnum, a.attgenerated, a.attidentity, t.typtype, t.typnamespace,
           (select pg_catalog.pg_get_expr(d.adbin, d.adrelid) from pg_catalog.pg_attrdef d
             where d.adrelid = a.attrelid and d.adnum = a.attnum) as standard
      from pg_catalog.pg_attribute a, pg_catalog.pg_type t
     where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped and t.oid = a.atttypid
), written (attname) as (
    values ('name'::name), ('user_id'), ('scope'), ('index'), ('key')
), odd_default as (
    -- columns that are not written get their default; a literal is no code
    select a.attname from attribute a
     where a.standard is not null
       and a.attname not in (select w.attname from written w) and a.attname <> 'expiration_date'
       and not (a.attname = 'id' and a.standard ~ '^nextval\(''[^'']+''::regclass\)$')
       and not (a.attname = 'create_date'
                and a.standard in ('(now() AT TIME ZONE ''utc''::text)', 'timezone(''utc''::text, now())'))
       and a.standard !~ '^(''([^'']|'''')*''|-?[0-9.]+|true|false|NULL)(::[a-z ]+)?$'
     limit 1
), odd_constraint as (
    select k.conname from pg_catalog.pg_constraint k
     where k.conrelid = $1
       and (k.condeferrable
            or case k.contype
                when 'p' then false
                when 'u' then false
                when 'n' then false
                when 'c' then pg_catalog.pg_get_constraintdef(k.oid) !~ '^CHECK \(\(char_length\(\(?index\)?(::text)?\) = [0-9]+\)\)$'
                when 'f' then (select c.relowner from pg_catalog.pg_class c where c.oid = k.confrelid) <> $3
                else true
            end
            -- what is named here is not PostgreSQL's own, which nothing depends on by name
            or exists (select from pg_catalog.pg_depend d
                        where d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass and d.objid = k.oid
                          and d.refclassid <> 'pg_catalog.pg_class'::pg_catalog.regclass))
     limit 1
), odd_index as (
    select i.indexrelid from pg_catalog.pg_index i
     where i.indrelid = $1
       and (i.indexprs is not null or i.indpred is not null
            or exists (select from pg_catalog.pg_depend d
                        where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = i.indexrelid
                          and d.refclassid not in ('pg_catalog.pg_class'::pg_catalog.regclass, 'pg_catalog.pg_constraint'::pg_catalog.regclass)))
     limit 1
), odd_trigger as (
    -- the two that check this table's own foreign keys are PostgreSQL's; others belong to tables that refer to this one
    select t.tgname, t.tgisinternal from pg_catalog.pg_trigger t
     where t.tgrelid = $1
       and not (t.tgisinternal and not t.tgdeferrable
                and t.tgfoid in ('pg_catalog."RI_FKey_check_ins"'::pg_catalog.regproc, 'pg_catalog."RI_FKey_check_upd"'::pg_catalog.regproc))
     order by t.tgisinternal
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
    when exists (select from attribute a where a.attgenerated <> '') then 'has a generated column'
    when exists (select from attribute a where a.typtype <> 'b' or a.typnamespace <> 'pg_catalog'::pg_catalog.regnamespace)
        then pg_catalog.format('has column %I of a type that is not PostgreSQL''s own',
            (select a.attname from attribute a
              where a.typtype <> 'b' or a.typnamespace <> 'pg_catalog'::pg_catalog.regnamespace limit 1))
    when exists (select from written w where w.attname not in (select a.attname from attribute a))
        then 'lacks a column that every Odoo has'
    when exists (select from odd_trigger t) then
        (select pg_catalog.format(case when t.tgisinternal then 'has trigger %I of another table''s foreign key' else 'has trigger %I' end, t.tgname)
           from odd_trigger t)
    when exists (select from odd_default d) then
        pg_catalog.format('has column %I with a default that Odoo does not give it', (select d.attname from odd_default d))
    when exists (select from odd_constraint k) then
        pg_catalog.format('has constraint %I that Odoo does not make', (select k.conname from odd_constraint k))
    when exists (select from odd_index i) then
        pg_catalog.format('has index %s over an expression or with a condition', (select i.indexrelid::pg_catalog.regclass from odd_index i))
    when not pg_catalog.has_table_privilege($1, 'DELETE') or not pg_catalog.has_column_privilege($1, 'id', 'SELECT')
         or exists (select from attribute a
                     where (a.attname in (select w.attname from written w) or a.attname = 'expiration_date')
                       and not pg_catalog.has_column_privilege($1, a.attnum, 'INSERT'))
        then 'is not granted to the minting role'
end,
(exists (select from attribute a where a.attname = 'expiration_date'))::text,
-- Odoo 17 and 18 have one for this kind of news, 16 has one for all
(select s.oid::text
   from pg_catalog.pg_class s, pg_catalog.pg_namespace n
  where s.relkind = 'S' and s.relowner = $3 and n.oid = s.relnamespace and n.nspname = $2
    and s.relname in ('base_cache_signaling', 'base_cache_signaling_default')
    and pg_catalog.has_sequence_privilege(s.oid, 'USAGE')
  order by s.relname desc
  limit 1)
from relation r
