-- $1: a token, whose keys are to go at once. A row for each.
update odoo_mcp_private.delegation_key
   set remove_after = '-infinity'
 where token_id = $1 and key_id is not null
returning id::text
