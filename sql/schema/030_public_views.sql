CREATE VIEW odoo_mcp.tokens AS
    SELECT t.id, t.login, t.name, t.scope, t.issued_by, t.issued_at, t.expires_at, t.revoked_at,
           t.revoked_at IS NULL
               AND (t.expires_at IS NULL OR t.expires_at OPERATOR(pg_catalog.>) pg_catalog.now()) AS is_live
      FROM odoo_mcp_private.token t;

CREATE VIEW odoo_mcp.delegation_keys AS
    SELECT t.login, t.name AS token, k.session_role AS front_role, k.front, k.minted_at, k.ends_at, k.key_id,
           k.token_id, k.ends_at OPERATOR(pg_catalog.>) pg_catalog.now() AS is_live
      FROM odoo_mcp_private.delegation_key k
      JOIN odoo_mcp_private.token t ON t.id OPERATOR(pg_catalog.=) k.token_id
     WHERE k.key_id IS NOT NULL;

CREATE VIEW odoo_mcp.waiting_calls AS
    SELECT d.call_id, a.login, t.name AS token, d.token_id, a.tool, a.model, d.started_at AS since, d.deadline AS until,
           a.client_address, d.session_role AS front_role
      FROM odoo_mcp_private.delegation d
      JOIN odoo_mcp_private.token t ON t.id OPERATOR(pg_catalog.=) d.token_id
      LEFT JOIN odoo_mcp_private.audit_attempt a ON a.call_id OPERATOR(pg_catalog.=) d.call_id
     WHERE d.deadline OPERATOR(pg_catalog.>) pg_catalog.clock_timestamp();

CREATE VIEW odoo_mcp.act_as_rights AS
    SELECT pg_catalog.pg_get_userbyid(a.role) AS role, a.login, a.granted_at
      FROM odoo_mcp_private.act_as_right a;

CREATE VIEW odoo_mcp.audit_entries AS
    SELECT a.call_id, a.tried_at, a.login, a.tool, a.model,
           coalesce(o.code, 'unknown') AS outcome,
           o.engine, o.row_count, o.byte_count, o.duration_ms,
           a.token_id, a.user_id, a.arguments_hash, a.client_address, a.session_role, a.backend_pid,
           o.server_error, a.batch_id
      FROM odoo_mcp_private.audit_attempt a
      LEFT JOIN odoo_mcp_private.audit_outcome o ON o.call_id OPERATOR(pg_catalog.=) a.call_id;

CREATE VIEW odoo_mcp.audit_keys AS
    SELECT k.call_id, k.minted_at, k.ends_at, a.login, t.name AS token, k.session_role, k.front, k.front_address, k.backend_pid,
           k.key_id, k.token_id, k.user_id
      FROM odoo_mcp_private.audit_key k
      LEFT JOIN odoo_mcp_private.audit_attempt a ON a.call_id OPERATOR(pg_catalog.=) k.call_id
      LEFT JOIN odoo_mcp_private.token t ON t.id OPERATOR(pg_catalog.=) k.token_id;

CREATE VIEW odoo_mcp.refusals AS
    SELECT r.prefix, r.minute, r.refusal_count FROM odoo_mcp_private.refusal r;
