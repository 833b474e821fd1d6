-- $1 token, $2 front. The key that it has, to be replaced.
select k.id::text, k.key_id::text
  from odoo_mcp_private.delegation_key k
 where k.token_id = $1 and k.front = $2 and k.key_id is not null
   for update
