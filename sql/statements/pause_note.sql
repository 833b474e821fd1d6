-- $1: for how long fronts let go of the database, or NULL to end that. No row where nothing is set up.
update odoo_mcp_private.installation
   set paused_until = pg_catalog.clock_timestamp() + $1
returning paused_until::text
