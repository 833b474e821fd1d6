-- What was loaded last.
select pg_catalog.encode(s.digest, 'hex') from odoo_mcp_private.scan s
