-- Nothing is for everybody; setup, grant_front and allow_act_as say who gets what.
REVOKE ALL ON ALL ROUTINES IN SCHEMA odoo_mcp, odoo_mcp_private FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA odoo_mcp, odoo_mcp_private FROM PUBLIC;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA odoo_mcp_private FROM PUBLIC;
REVOKE ALL ON SCHEMA odoo_mcp, odoo_mcp_private FROM PUBLIC;
