CREATE VIEW odoo_mcp.facts AS
    SELECT s.loaded_at, s.loaded_by, s.origin, s.program,
           (SELECT pg_catalog.count(*) FROM odoo_mcp_private.module_facts) AS modules,
           (SELECT pg_catalog.count(*) FROM odoo_mcp_private.model_facts) AS models,
           s.registry_signal, n.registry_signal AS registry_signal_now, n.modules_changed
      FROM odoo_mcp_private.scan s
     CROSS JOIN odoo_mcp_private.facts_now() n;

CREATE VIEW odoo_mcp.model_status AS
    SELECT s.model, s.name, s.engine, s.reason, s.module, s.file, s.line, s.remedy, s.forced
      FROM odoo_mcp_private.model_statuses() s;

CREATE VIEW odoo_mcp.field_status AS
    SELECT s.model, s.field, s.engine, s.reason, s.module, s.file, s.line, s.remedy, s.forced
      FROM odoo_mcp_private.field_statuses() s;

CREATE VIEW odoo_mcp.model_engine_changes AS
    SELECT c.changed_at, c.changed_by, c.model, c.old_engine, c.new_engine, c.reason
      FROM odoo_mcp_private.model_engine_change c;
