-- What the server says of itself: check, status, finding, hint. Reads pg_catalog alone, as the owner of our tables.
-- $1: how many connections a front wants, $2: its clock in seconds since 1970; NULL where a person asks.
with here as (
    select d.oid, d.datname, d.datconnlimit,
           pg_catalog.current_setting('server_version_num')::integer / 10000 as major,
           pg_catalog.pg_is_in_recovery() as is_standby
      from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()
), place as (
    -- what ALTER DATABASE and ALTER ROLE set for sessions here, and the words that take it back
    select s.setrole, e.name, pg_catalog.lower(e.value) as value,
           case when s.setrole = 0 and s.setdatabase = 0 then 'role all'
                when s.setrole = 0 then pg_catalog.format('database %I', h.datname)
                when s.setdatabase = 0 then pg_catalog.format('role %I', pg_catalog.pg_get_userbyid(s.setrole))
                else pg_catalog.format('role %I in database %I', pg_catalog.pg_get_userbyid(s.setrole), h.datname)
           end as target
      from here h
      join pg_catalog.pg_db_role_setting s on s.setdatabase in (0, h.oid)
     cross join lateral pg_catalog.unnest(s.setconfig) as c (entry)
     cross join lateral (select pg_catalog.split_part(c.entry, '=', 1),
                                pg_catalog.substr(c.entry, pg_catalog.strpos(c.entry, '=') + 1)) as e (name, value)
), session as (
    select a.usesysid, exists (select from odoo_mcp_private.front f where f.role = a.usesysid) as is_front
      -- what kind of process it is, only its own role may see
      from pg_catalog.pg_stat_activity a where a.datid is not null and a.usesysid is not null
), load as (
    select pg_catalog.current_setting('max_connections')::integer
               - pg_catalog.current_setting('superuser_reserved_connections')::integer as places,
           (select pg_catalog.count(*) from session) as taken,
           (select pg_catalog.count(*) from session s where s.is_front) as taken_by_fronts
), setting as (
    select s.name, s.setting, s.source from pg_catalog.pg_settings s
)
select 1 as part, 'server' as "check",
       case when h.is_standby then 'error' when h.major = 15 then 'ok' else 'warning' end as status,
       case when h.is_standby then 'this server is a standby: a call is written down before it is answered, and nothing can be written here'
            when h.major = 15 then pg_catalog.format('PostgreSQL %s, a primary', pg_catalog.current_setting('server_version'))
            else pg_catalog.format('PostgreSQL %s: the tests run on 15 alone', pg_catalog.current_setting('server_version')) end as finding,
       case when h.is_standby then 'connect to the primary; a front by its database_url, where host=a,b and target_session_attrs=read-write try more than one'
            when h.major <> 15 then 'try it beside production first: make test' end as hint
  from here h
union all
select 2, 'server', 'warning', 'transactions here are read-only unless they say otherwise; fronts do',
       pg_catalog.format('alter %s reset default_transaction_read_only', p.target)
  from place p
 where p.name = 'default_transaction_read_only' and p.value in ('on', 'true', 'yes', '1') and p.setrole = 0
union all
select 3, 'durability', 'error',
       pg_catalog.format('%s is off: after a crash of the machine the audit, and Odoo''s data, may be lost or broken', s.name),
       pg_catalog.format('alter system set %s = on; select pg_reload_conf()', s.name)
  from setting s where s.name in ('fsync', 'full_page_writes') and s.setting = 'off'
union all
select 4, 'durability', 'warning',
       pg_catalog.format('synchronous_commit is off for %s: Odoo may lose its last commits in a crash; calls are written durably all the same', o.target),
       o.hint
  from (select p.target, pg_catalog.format('alter %s reset synchronous_commit', p.target)
          from place p where p.name = 'synchronous_commit' and p.value in ('off', 'false', 'no', '0')
        union all
        select w.target, w.hint
          from setting s
         cross join lateral (select case when s.source in ('client', 'session') then 'this session' else 'the whole server' end,
               case
                   when s.source = 'command line' then 'take synchronous_commit out of the command line that starts PostgreSQL, and restart it'
                   when s.source = 'client' then 'take synchronous_commit out of the options of this connection: the URL, PGOPTIONS'
                   when s.source = 'session' then 'reset synchronous_commit'
                   else 'alter system set synchronous_commit = on; select pg_reload_conf()' end) as w (target, hint)
         where s.name = 'synchronous_commit' and s.setting = 'off'
           -- those are the rows above
           and s.source not in ('global', 'database', 'user', 'database user')) as o (target, hint)
union all
select 5, 'durability', 'ok', 'fsync, full_page_writes and synchronous_commit are on', null
 where not exists (select from setting s
                    where s.name in ('fsync', 'full_page_writes', 'synchronous_commit') and s.setting = 'off')
   and not exists (select from place p where p.name = 'synchronous_commit' and p.value in ('off', 'false', 'no', '0'))
union all
-- statements carry $1 and $2 only; these write the values, token hashes and arguments among them
select 6, 'log', 'warning', pg_catalog.format('%s writes the parameters of statements into the log', s.name),
       case s.name when 'pgaudit.log_parameter' then 'alter system set pgaudit.log_parameter = off; select pg_reload_conf()'
                   else 'alter system set auto_explain.log_parameter_max_length = 0; select pg_reload_conf()' end
  from setting s
 where s.name = 'pgaudit.log_parameter' and s.setting = 'on'
    or s.name = 'auto_explain.log_parameter_max_length' and s.setting <> '0'
       and exists (select from setting m where m.name = 'auto_explain.log_min_duration' and m.setting <> '-1')
union all
select 7, 'connections',
       case when l.places - l.taken + l.taken_by_fronts < coalesce($1, 0) then 'warning' else 'ok' end,
       pg_catalog.format('%s of %s are taken, %s of them by fronts%s', l.taken, l.places, l.taken_by_fronts,
           case when $1 is not null then pg_catalog.format('; this front takes up to %s', $1::text) else '' end),
       case when l.places - l.taken + l.taken_by_fronts < coalesce($1, 0)
            then 'lower ODOO_MCP_POOL_SIZE, or: alter system set max_connections = …, and restart PostgreSQL' end
  from load l
union all
select 8, 'connections', 'error',
       pg_catalog.format('%s lets in %s connections, and this front takes up to %s', o.target, o.most, $1::text),
       pg_catalog.format('lower ODOO_MCP_POOL_SIZE, or: alter %s connection limit %s', o.target, $1::text)
  from (select pg_catalog.format('role %I', r.rolname), r.rolconnlimit
          from pg_catalog.pg_roles r where r.rolname = SESSION_USER
        union all
        select pg_catalog.format('database %I', h.datname), h.datconnlimit from here h) as o (target, most)
 where o.most between 0 and $1 - 1
union all
select 9, 'clock',
       case when pg_catalog.abs(c.ahead) > 5 then 'warning' else 'ok' end,
       pg_catalog.format('the database''s clock is %s s %s the front''s', pg_catalog.round(pg_catalog.abs(c.ahead)::numeric, 1),
           case when c.ahead < 0 then 'behind' else 'ahead of' end),
       case when pg_catalog.abs(c.ahead) > 5 then 'tokens expire by the database''s clock: see timedatectl on both hosts' end
  from (select extract(epoch from pg_catalog.clock_timestamp())::double precision - $2) as c (ahead)
 where $2 is not null
 order by 1
