select a.call_id::text from odoo_mcp_private.audit_attempt a where a.call_id = $1
