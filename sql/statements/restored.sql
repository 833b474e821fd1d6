-- A row where a dump was restored into this database and nobody has taken it in.
select '' from odoo_mcp_private.restored r where r.kind = 'installation' limit 1
