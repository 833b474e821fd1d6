-- Whether what setup(), grant_front() and Odoo's own administrators granted still fits: check, status, finding, hint.
-- Reads pg_catalog and our own tables, as their owner; where setup() was not run there is no row.
-- $1: whether a front asks, so that its session's role is looked at, too.
with i as (
    select o.rolname as owner, r.rolname as reader, u.rolname as odoo, u.rolsuper, u.rolcreaterole,
           k.owner_role, k.reader_role, k.admin_role, k.minter_role, k.odoo_role, k.odoo_schema, m.rolname as minter
      from odoo_mcp_private.installation k
      left join pg_catalog.pg_roles o on o.oid = k.owner_role
      left join pg_catalog.pg_roles r on r.oid = k.reader_role
      left join pg_catalog.pg_roles u on u.oid = k.odoo_role
      left join pg_catalog.pg_roles m on m.oid = k.minter_role
), problem as (
    -- check_grants() has the whole list, and mends it
    select pg_catalog.count(*) as problems, pg_catalog.min(p.object) as object,
           (pg_catalog.array_agg(pg_catalog.left(p.problem, 120) order by p.object))[1] as problem
      from odoo_mcp_private.grant_problems() p
     where exists (select from i where i.reader is not null)
), front as (
    select r.rolname,
           case
               when not r.rolcanlogin then 'it can''t log in'
               when r.rolsuper or r.rolcreaterole or r.rolbypassrls or r.rolreplication
                   then 'it has rights over the whole cluster, which a front must not have'
               when r.oid = i.odoo_role then 'it owns Odoo''s tables'
           end as strength,
           (select m.rolname from pg_catalog.pg_roles m
             where m.oid <> r.oid and pg_catalog.pg_has_role(r.oid, m.oid, 'MEMBER')
               and (m.rolsuper or m.rolname like 'pg\_%' or m.oid in (i.owner_role, i.reader_role, i.admin_role, i.minter_role, i.odoo_role))
             limit 1) as membership,
           pg_catalog.has_database_privilege(r.oid, pg_catalog.current_database(), 'CONNECT') as may_connect,
           pg_catalog.has_schema_privilege(r.oid, i.odoo_schema, 'CREATE') as may_create,
           pg_catalog.has_schema_privilege(r.oid, 'odoo_mcp', 'USAGE')
               and not exists (select from odoo_mcp_private.front_functions() f (routine)
                                where not pg_catalog.has_function_privilege(r.oid, f.routine::oid, 'EXECUTE')) as may_call,
           not exists (
               select from odoo_mcp_private.front_settings() s
                where not exists (
                    select from pg_catalog.pg_db_role_setting d
                     where d.setrole = r.oid and (s.setting || '=' || s.value) = any (d.setconfig)
                       and d.setdatabase = (select b.oid from pg_catalog.pg_database b
                                             where b.datname = pg_catalog.current_database()))) as has_settings
      from i
      join odoo_mcp_private.front f on i.owner is not null
      join pg_catalog.pg_roles r on r.oid = f.role
), judged as (
    select f.rolname,
           coalesce(f.strength,
               case when f.membership is not null then pg_catalog.format('it is a member of %I', f.membership) end,
               case when not f.may_connect then 'it may not connect to this database' end,
               case when f.may_create then 'it may create objects in Odoo''s schema' end,
               case when not f.may_call then 'it may not call all the functions of a front' end,
               case when not f.has_settings then 'its settings here are not those of a front, token hashes may get into the log' end) as problem,
           case
               when f.strength is not null or f.membership is not null
                   then pg_catalog.format('make another role for the front, grant_front() that one, and: select odoo_mcp.revoke_front(%L)', f.rolname)
               when not f.may_connect then pg_catalog.format('grant connect on database %I to %I', pg_catalog.current_database(), f.rolname)
               else pg_catalog.format('a superuser runs: select odoo_mcp.grant_front(%L)', f.rolname)
           end as hint
      from front f
)
select 1 as part, 'roles' as "check", 'error' as status, 'a role of setup() is gone' as finding,
       'select odoo_mcp.teardown(); select odoo_mcp.setup()' as hint
  from i where i.owner is null or i.reader is null or i.minter_role is not null and i.minter is null
union all
select 2, 'roles', 'error',
       pg_catalog.format('%I is a member of %I, which is for the extension alone', m.rolname, k.rolname),
       pg_catalog.format('revoke %I from %I', k.rolname, m.rolname)
  from i
  join pg_catalog.pg_auth_members a on a.roleid in (i.owner_role, i.reader_role, i.minter_role)
  join pg_catalog.pg_roles m on m.oid = a.member
  join pg_catalog.pg_roles k on k.oid = a.roleid
union all
select 3, 'roles', 'warning',
       pg_catalog.format('Odoo''s role %I %s', i.odoo, case when i.rolsuper then 'is a superuser: nothing in this cluster is protected from it'
           else 'has CREATEROLE: before PostgreSQL 16 it can make itself a member of any role here' end),
       pg_catalog.format('alter role %I %s; Odoo needs CREATEDB at most', i.odoo, case when i.rolsuper then 'nosuperuser' else 'nocreaterole' end)
  from i
 where i.rolsuper or i.rolcreaterole and pg_catalog.current_setting('server_version_num')::integer < 160000
union all
select 4, 'roles', 'ok', case when i.minter is null then pg_catalog.format('%I owns, %I reads, nobody else is either', i.owner, i.reader)
            else pg_catalog.format('%I owns, %I reads, %I makes keys for Odoo, nobody else is any of them', i.owner, i.reader, i.minter) end, null
  from i
 where i.owner is not null and i.reader is not null
   and not exists (select from pg_catalog.pg_auth_members a where a.roleid in (i.owner_role, i.reader_role, i.minter_role))
union all
select 5, 'grants', 'error',
       pg_catalog.format('%s: %s%s', p.object, p.problem,
           case when p.problems > 1 then pg_catalog.format('; and %s more', p.problems - 1) else '' end),
       'a superuser runs: select * from odoo_mcp.check_grants()'
  from problem p where p.problems > 0
union all
select 6, 'grants', 'ok', case when i.minter is null then 'the reading role reads what it should of Odoo''s tables, and no secrets'
            else 'the reading role reads what it should of Odoo''s tables, and no secrets; the minting role has what it needs and no more' end, null
  from problem p, i where p.problems = 0 and i.reader is not null
union all
select 8, 'grants', 'warning',
       pg_catalog.format('everybody who may connect can create objects in schema %I, where Odoo finds them first', i.odoo_schema),
       pg_catalog.format('grant create on schema %1$I to %2$I; revoke create on schema %1$I from public', i.odoo_schema, i.odoo)
  from i
  join pg_catalog.pg_namespace n on n.nspname = i.odoo_schema
 where exists (select from pg_catalog.aclexplode(n.nspacl) a where a.grantee = 0 and a.privilege_type = 'CREATE')
union all
select 9, 'fronts', case when j.problem is null then 'ok' else 'error' end,
       case when j.problem is null then pg_catalog.format('role %I may carry calls, and nothing else', j.rolname)
            else pg_catalog.format('role %I: %s', j.rolname, j.problem) end,
       case when j.problem is not null then j.hint end
  from judged j
union all
-- one that was granted has its line above
select 9, 'fronts', 'error',
       pg_catalog.format('this front connects as %I, %s', r.rolname,
           case when r.rolsuper then 'a superuser: whoever breaks into it has the whole cluster' else 'which was not granted as a front''s role' end),
       case when r.rolsuper or r.rolcreaterole or r.rolbypassrls or r.rolreplication or r.oid = i.odoo_role
            then 'create role odoo_front login password ''…''; select odoo_mcp.grant_front(''odoo_front''); then name that role in the front''s database_url'
            else pg_catalog.format('a superuser runs: select odoo_mcp.grant_front(%L)', r.rolname) end
  from i
  join pg_catalog.pg_roles r on r.rolname = SESSION_USER
 where $1 and not exists (select from odoo_mcp_private.front f where f.role = r.oid)
union all
select 10, 'fronts', 'warning', 'no role may carry calls of MCP clients',
       'create role odoo_front login password ''…''; select odoo_mcp.grant_front(''odoo_front'')'
  from i where not exists (select from front)
union all
select 11, 'tokens', case when t.live = 0 or t.ends_soon then 'warning' else 'ok' end,
       case when t.live = 0 then 'there is no live token, so no MCP client is let in'
            when t.ends_soon then pg_catalog.format('all live tokens end within a day: %s, the last at %s', t.live,
                pg_catalog.to_char(t.last_end, 'YYYY-MM-DD HH24:MI TZ'))
            else pg_catalog.format('%s are live', t.live) end,
       case when t.live = 0 or t.ends_soon
            then 'select odoo_mcp.issue_token(''login of an Odoo user'', ''what it is for'', expires_in => ''90 days'')' end
  from i
 cross join (select pg_catalog.count(*), pg_catalog.max(k.expires_at),
                    pg_catalog.bool_and(k.expires_at is not null and k.expires_at < pg_catalog.now() + interval '1 day')
               from odoo_mcp_private.token k
              where k.revoked_at is null and (k.expires_at is null or k.expires_at > pg_catalog.now())) as t (live, last_end, ends_soon)
union all
select 12, 'delegation', 'ok',
       case when i.minter_role is null then 'switched off: what only Odoo can answer is refused'
            else pg_catalog.format('what only Odoo can answer goes to it, with keys that live for minutes: %s at the moment', (
                select pg_catalog.count(*) from odoo_mcp_private.delegation_key k where k.key_id is not null)) end,
       case when i.minter_role is null then 'to have it answered: select odoo_mcp.setup(delegation => true)' end
  from i
union all
select 12, 'delegation', 'warning',
       pg_catalog.format('keys that should be gone are still in Odoo: %s', pg_catalog.count(*)),
       'the next call removes them; if they stay, the server''s log says why, in a line with: minted keys'
  from odoo_mcp_private.delegation_key k
 where k.key_id is not null and k.ends_at < pg_catalog.now() - interval '1 hour'
having pg_catalog.count(*) > 0
union all
select 12, 'audit', 'error', 'entries can be changed: a trigger that keeps the audit insert-only is switched off or gone',
       'alter table odoo_mcp_private.audit_attempt enable trigger all; alter table odoo_mcp_private.audit_outcome enable trigger all; alter table odoo_mcp_private.model_engine_change enable trigger all'
  from i
 where (select pg_catalog.count(*) from pg_catalog.pg_trigger t
         where t.tgrelid in ('odoo_mcp_private.audit_attempt'::pg_catalog.regclass, 'odoo_mcp_private.audit_outcome'::pg_catalog.regclass,
                           'odoo_mcp_private.model_engine_change'::pg_catalog.regclass)
           and t.tgenabled in ('O', 'A') and not t.tgisinternal) < 3
union all
select 13, 'audit', case when e.faults > 0 then 'warning' else 'ok' end,
       pg_catalog.format('%s calls in the last hour, %s of them failed inside the server', e.calls, e.faults),
       case when e.faults > 0 then 'select tried_at, call_id, tool, model, server_error from odoo_mcp.audit_entries where outcome = ''internal'' order by tried_at desc limit 20' end
  from i
 cross join (select pg_catalog.count(*), pg_catalog.count(*) filter (where o.code = 'internal')
               from odoo_mcp_private.audit_attempt a
               left join odoo_mcp_private.audit_outcome o on o.call_id = a.call_id
              where a.tried_at > pg_catalog.now() - interval '1 hour') as e (calls, faults)
union all
select 14, 'pause', 'warning',
       pg_catalog.format('fronts are paused until %s, every call is refused', pg_catalog.to_char(k.paused_until, 'YYYY-MM-DD HH24:MI:SS TZ')),
       'odoo-mcp resume; or in psql: call odoo_mcp.resume()'
  from odoo_mcp_private.installation k where k.paused_until > pg_catalog.now()
 order by 1
