-- Whether everything is of one release, and this the database that is meant: check, status, finding, hint.
-- $1: the name of Odoo's database in a front's settings, $2: the library's version, $3: the front's; NULL where a person asks.
with here as (
    select e.extversion, a.default_version, pg_catalog.current_database() as name,
           -- an update leads forward only, to the version that is installed here
           case when v.library >= v.extension and v.installed > v.extension then 'alter extension pg_odoo_mcp update; then restart the front'
                else pg_catalog.format('install the package of release %s here; then restart the front',
                                       case when v.library > v.extension then $2 else e.extversion end)
           end as next_step
      from pg_catalog.pg_extension e
      left join pg_catalog.pg_available_extensions a on a.name = e.extname
     cross join lateral (select pg_catalog.string_to_array(pg_catalog.substring(e.extversion, '^[0-9.]*[0-9]'), '.')::integer[],
                                pg_catalog.string_to_array(pg_catalog.substring($2, '^[0-9.]*[0-9]'), '.')::integer[],
                                pg_catalog.string_to_array(pg_catalog.substring(a.default_version, '^[0-9.]*[0-9]'), '.')::integer[])
           as v (extension, library, installed)
     where e.extname = 'pg_odoo_mcp'
)
select 1 as part, 'release' as "check", 'error' as status,
       pg_catalog.format('the library is %s, the extension in this database is %s', $2, h.extversion) as finding,
       h.next_step as hint
  from here h where h.extversion <> $2
union all
select 2, 'release', 'error',
       pg_catalog.format('version %s is installed on this host, the extension in this database is %s', h.default_version, h.extversion),
       h.next_step
  from here h where h.default_version <> h.extversion and h.extversion = $2
union all
select 2, 'release', 'error', 'the extension''s control file is gone from this host: its next update will fail',
       pg_catalog.format('install the package again: apt install --reinstall postgresql-%s-odoo-mcp',
                         pg_catalog.current_setting('server_version_num')::integer / 10000)
  from here h where h.default_version is null
union all
select 3, 'release', 'error', pg_catalog.format('the front is %s, the extension in this database is %s', $3, h.extversion),
       'install both of the same release'
  from here h where $3 <> h.extversion
union all
select 4, 'release', 'ok',
       pg_catalog.format('%s: %s', h.extversion, case when $3 is null then 'library and SQL' else 'library, SQL and program' end), null
  from here h where h.extversion = $2 and h.default_version = $2 and coalesce($3, $2) = $2
union all
select 5, 'database', case when $1 = h.name then 'ok' else 'error' end,
       case when $1 = h.name then pg_catalog.format('%I, as ODOO_MCP_ODOO_DB says', h.name)
            else pg_catalog.format('the front is connected to %I, its ODOO_MCP_ODOO_DB is %I', h.name, $1) end,
       case when $1 <> h.name then 'put the same name into ODOO_MCP_DATABASE_URL and ODOO_MCP_ODOO_DB' end
  from here h where $1 is not null
 order by 1
