select coalesce(pg_catalog.jsonb_agg(m.model order by m.model), '[]')::text from :odoo.ir_model m
