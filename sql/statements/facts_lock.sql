-- One change of facts after the other, for as long as the transaction lasts. Calls do not wait.
select 1 from odoo_mcp_private.installation i for no key update
