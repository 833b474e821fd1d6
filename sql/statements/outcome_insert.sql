insert into odoo_mcp_private.audit_outcome
    (call_id, code, engine, row_count, byte_count, duration_ms, server_error)
values ($1, $2, $3, $4, $5, $6, $7)
