-- Nothing is for everybody; setup, grant_front and allow_act_as say who gets what.
REVOKE ALL ON ALL ROUTINES IN SCHEMA odoo_mcp, odoo_mcp_dump, odoo_mcp_private FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA odoo_mcp, odoo_mcp_dump, odoo_mcp_private FROM PUBLIC;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA odoo_mcp_private FROM PUBLIC;
REVOKE ALL ON SCHEMA odoo_mcp, odoo_mcp_dump, odoo_mcp_private FROM PUBLIC;
-- but for what pg_dump touches as whoever runs it: the table is always empty, the function gives strangers nothing
GRANT USAGE ON SCHEMA odoo_mcp_dump TO PUBLIC;
GRANT SELECT ON odoo_mcp_dump.content TO PUBLIC;
GRANT EXECUTE ON FUNCTION odoo_mcp_dump.rows() TO PUBLIC;
