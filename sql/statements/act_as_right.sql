-- $1: role. Whether it is a front, and the logins it may act as.
select (exists (select from odoo_mcp_private.front f where f.role = $1))::text,
       coalesce((select pg_catalog.jsonb_agg(a.login) from odoo_mcp_private.act_as_right a where a.role = $1), '[]')::text
