-- $1: keys that are removed and of which nobody is to be told any more.
delete from odoo_mcp_private.delegation_key where id = any ($1)
