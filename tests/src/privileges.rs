//! Who may do what in our schemas, as `tests/expected/privileges.txt` writes it down.

use postgres::Client;

use crate::query;

const PRIVILEGES: &str = "with role as (
            select r.oid, case r.oid when i.owner_role then 'owner' when i.reader_role then 'reader' when i.admin_role then 'admin'
                   when i.minter_role then 'minter' when i.odoo_role then 'odoo' else 'front' end as name
              from pg_roles r, odoo_mcp_private.installation i
             where r.oid in (i.owner_role, i.reader_role, i.admin_role, i.minter_role, i.odoo_role) or r.rolname = 'mcp_front'
         ), ours as (
            select oid from pg_namespace where nspname in ('odoo_mcp', 'odoo_mcp_dump', 'odoo_mcp_private')
         ), granted as (
            select format('schema %s', n.nspname) as object, role.name, p.privilege
              from pg_namespace n, role, unnest(array['usage', 'create']) as p (privilege)
             where n.oid in (select oid from ours) and has_schema_privilege(role.oid, n.oid, p.privilege)
            union all
            select format('relation %s', c.oid::regclass), role.name, p.privilege
              from pg_class c, role, unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) as p (privilege)
             where c.relnamespace in (select oid from ours) and c.relkind in ('r', 'v', 'm', 'p', 'f')
               and has_table_privilege(role.oid, c.oid, p.privilege)
            union all
            select format('function %s', f.oid::regprocedure), role.name, 'execute'
              from pg_proc f, role
             where f.pronamespace in (select oid from ours) and has_function_privilege(role.oid, f.oid, 'execute')
         ), objects as (
            select format('schema %s', nspname) as object from pg_namespace where oid in (select oid from ours)
            union all select format('relation %s', oid::regclass) from pg_class
              where relnamespace in (select oid from ours) and relkind in ('r', 'v', 'm', 'p', 'f')
            union all select format('function %s%s', f.oid::regprocedure, case when f.prosecdef then ' SECURITY DEFINER' else '' end)
              from pg_proc f where f.pronamespace in (select oid from ours)
         )
         select o.object || ': ' || coalesce((
                select string_agg(name || ' ' || privileges, '; ' order by name)
                  from (select g.name, string_agg(g.privilege, ', ' order by g.privilege) as privileges
                          from granted g where o.object in (g.object, g.object || ' SECURITY DEFINER') group by g.name) by_role), 'nobody')
           from objects o order by o.object collate \"C\"";

/// A line for each schema, relation and function: what each of our roles, Odoo's and the front's may do with it.
///
/// # Panics
/// If the catalogs can't be read.
#[must_use]
pub fn of(superuser: &mut Client) -> String {
    let rows = superuser.query(PRIVILEGES, &[]).expect("the catalogs");
    rows.iter()
        .map(|row| row.get::<_, String>(0) + "\n")
        .collect()
}

/// What `check_grants()` would mend, in a line; nothing where all is well.
///
/// # Panics
/// If it is refused.
#[must_use]
pub fn problems(superuser: &mut Client) -> String {
    query::text(
        superuser,
        "select string_agg(object || ': ' || problem, '; ') from odoo_mcp.check_grants(mend => false)",
    )
}
