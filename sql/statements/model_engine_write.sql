-- $1: model, $2: engine or auto, $3: whether it is forced, $4: reason. Notes who is to answer, and that it was decided.
with former as materialized (
    select e.engine || case when e.is_forced then ' by force' else '' end as engine
      from odoo_mcp_private.model_engine e where e.model = $1
), gone as (
    delete from odoo_mcp_private.model_engine e where e.model = $1 and $2 = 'auto'
), written as (
    insert into odoo_mcp_private.model_engine (model, engine, is_forced, reason)
    select $1, $2, $3, $4 where $2 <> 'auto'
    on conflict (model) do update
       set engine = excluded.engine, is_forced = excluded.is_forced, reason = excluded.reason,
           set_by = excluded.set_by, set_at = excluded.set_at
)
insert into odoo_mcp_private.model_engine_change (model, old_engine, new_engine, reason)
values ($1, coalesce((select f.engine from former f), 'auto'), $2 || case when $3 then ' by force' else '' end, $4)
returning old_engine, new_engine
