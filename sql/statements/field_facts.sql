-- The facts of all fields, and where they were defined, by model.
select f.model, f.fields::text, f.sources::text from odoo_mcp_private.model_facts f
