-- Of every model that facts or a DBA know: its name, facts but for fields, engine, whether it is forced, reason, who said so.
select coalesce(f.model, e.model), f.facts::text, e.engine, e.is_forced::text, e.reason, e.set_by::text
  from odoo_mcp_private.model_facts f
  full join odoo_mcp_private.model_engine e on e.model = f.model
