-- $1: JSON by module. These modules and no others.
with given as (
    select g.key as module, g.value ->> 'version' as version, g.value ->> 'digest' as digest,
           g.value ->> 'installed_version' as installed_version, g.value ->> 'written_at' as written_at
      from pg_catalog.json_each($1::text::json) g
), gone as (
    delete from odoo_mcp_private.module_facts f where not exists (select from given g where g.module = f.module)
)
insert into odoo_mcp_private.module_facts as f (module, version, digest, installed_version, written_at)
select g.module, g.version, g.digest, g.installed_version, g.written_at from given g
on conflict (module) do update
   set version = excluded.version, digest = excluded.digest, installed_version = excluded.installed_version,
       written_at = excluded.written_at
