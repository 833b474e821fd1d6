-- What sessions keep of facts is over once this is committed.
update odoo_mcp_private.installation set facts_generation = default
