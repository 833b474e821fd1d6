-- $1 its id in Odoo's table, $2 token, $3 front, $4 seconds that it lives.
insert into odoo_mcp_private.delegation_key (key_id, token_id, front, ends_at, remove_after)
select $1, $2, $3, e.at, e.at
  from (select pg_catalog.clock_timestamp() + pg_catalog.make_interval(secs => $4) as at) e
