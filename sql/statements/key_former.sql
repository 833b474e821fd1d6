-- $1 token, $2 front, $3 how many keys its role may have of the token. The one that the front has, to be replaced, and the oldest
-- of others where there would be one too many.
select k.id::text, k.key_id::text
  from odoo_mcp_private.delegation_key k
 where k.id in (
       select o.id
         from (select r.id, r.front = $2 as is_own,
                      pg_catalog.row_number() over (partition by r.front = $2 order by r.id desc) as place
                 from odoo_mcp_private.delegation_key r
                where r.token_id = $1 and r.session_role = session_user and r.key_id is not null) o
        where o.is_own or o.place >= $3)
   for update
