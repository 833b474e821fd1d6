-- $1: a model's name. What facts and DBA say of it: facts, fields, engine, whether it is forced, reason, who said so.
select f.facts::text, f.fields::text, e.engine, e.is_forced::text, e.reason, e.set_by::text
  from (select $1::text) as w (model)
  left join odoo_mcp_private.model_facts f on f.model = w.model
  left join odoo_mcp_private.model_engine e on e.model = w.model
