-- $1 call_id, $2 token, $3 tool, $4 hash of the arguments. A row if just this call was written down,
-- by this session: another session may have used the same call_id.
select a.call_id::text
  from odoo_mcp_private.audit_attempt a
 where a.call_id = $1 and a.token_id = $2 and a.tool = $3 and a.arguments_hash = $4
   and a.backend_pid = pg_catalog.pg_backend_pid() and a.session_role = session_user
