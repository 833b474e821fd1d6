-- $1 call_id. The token of the call that waits under it, if this role was told of it and there is still time.
select d.token_id::text
  from odoo_mcp_private.delegation d
 where d.call_id = $1 and d.session_role = session_user and d.deadline > pg_catalog.clock_timestamp()
