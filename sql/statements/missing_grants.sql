-- What the reading role may read and should not, or should and may not.
select p.object, p.problem from odoo_mcp_private.grant_problems() p order by p.object
