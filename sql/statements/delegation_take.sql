-- $1 call_id. The call that waits under it, once, if this role was told of it: token, shape, milliseconds since it began, and
-- whether there is still time.
delete from odoo_mcp_private.delegation d
 where d.call_id = $1 and d.session_role = session_user
returning d.token_id::text, d.shape::text,
    (pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - d.started_at) * 1000)::text,
    (d.deadline > pg_catalog.clock_timestamp())::text
