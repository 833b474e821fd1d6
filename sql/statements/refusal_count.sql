-- $1: address or NULL. One row for a /24 or /64 and minute, whatever comes.
insert into odoo_mcp_private.refusal as r (prefix, minute, refusal_count)
values (pg_catalog.network(pg_catalog.set_masklen(coalesce($1, '0.0.0.0'::inet),
            case pg_catalog.family(coalesce($1, '0.0.0.0'::inet)) when 4 then 24 else 64 end)),
        pg_catalog.date_trunc('minute', pg_catalog.clock_timestamp()), 1)
on conflict (prefix, minute) do update set refusal_count = r.refusal_count + 1
