-- What setup() wrote down.
select i.reader_role::text, i.odoo_role::text, i.odoo_schema::text, i.database_uuid,
       i.database_oid::text, i.system_identifier::text
  from odoo_mcp_private.installation i
