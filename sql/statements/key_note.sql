-- $1 its id in Odoo's table, $2 token, $3 front, $4 seconds that it lives, $5 call, $6 user. To be removed in time, and never forgotten.
with minted as (
    insert into odoo_mcp_private.delegation_key (key_id, token_id, front, ends_at, remove_after)
    select $1, $2, $3, e.at, e.at
      from (select pg_catalog.clock_timestamp() + pg_catalog.make_interval(secs => $4) as at) e
    returning key_id, token_id, front, minted_at, ends_at
)
insert into odoo_mcp_private.audit_key (call_id, key_id, minted_at, ends_at, token_id, user_id, front)
select $5, m.key_id, m.minted_at, m.ends_at, m.token_id, $6, m.front from minted m
