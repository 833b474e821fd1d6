-- What setup() wrote down, and how many seconds a pause goes on.
select i.reader_role::text, i.odoo_role::text, i.odoo_schema::text, i.database_uuid,
       i.database_oid::text, i.system_identifier::text,
       i.facts_generation::text,
       pg_catalog.date_part('epoch', i.paused_until - pg_catalog.clock_timestamp())::text,
       i.minter_role::text
  from odoo_mcp_private.installation i
