-- The front's role as SQL writes it, where there is one front alone.
select pg_catalog.min(pg_catalog.quote_ident(r.rolname))
  from odoo_mcp_private.front f
  join pg_catalog.pg_roles r on r.oid = f.role
having pg_catalog.count(*) = 1
