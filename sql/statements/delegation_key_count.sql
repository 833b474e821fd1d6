-- $1 call_id. Counts a key for the call that waits under it; a row if it may have one more.
update odoo_mcp_private.delegation d
   set key_count = d.key_count + 1
 where d.call_id = $1 and d.session_role = session_user and d.key_count < 2
returning d.key_count::text
