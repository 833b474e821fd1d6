\echo Use "CREATE EXTENSION pg_odoo_mcp" to load this file. \quit

-- Odoo's role owns the database and may have made schemas of these names to own what we put there.
DO $$
DECLARE
    taken text;
BEGIN
    SELECT pg_catalog.string_agg(pg_catalog.format('%I (owned by %I)', n.nspname, r.rolname), ', ')
      INTO taken
      FROM pg_catalog.pg_namespace n
      JOIN pg_catalog.pg_roles r ON r.oid OPERATOR(pg_catalog.=) n.nspowner
     WHERE n.nspname OPERATOR(pg_catalog.=) ANY (ARRAY['odoo_mcp', 'odoo_mcp_dump', 'odoo_mcp_private']::pg_catalog.name[]);
    IF taken IS NOT NULL THEN
        RAISE EXCEPTION 'a schema that the extension makes itself is already there: %', taken
            USING ERRCODE = 'duplicate_schema',
                  DETAIL = 'whoever owns a schema owns what is put into it, so it is not taken over',
                  HINT = 'look at what is in it, drop or rename it, then create the extension again';
    END IF;
END
$$;

CREATE SCHEMA odoo_mcp;
CREATE SCHEMA odoo_mcp_dump;
CREATE SCHEMA odoo_mcp_private;
REVOKE ALL ON SCHEMA odoo_mcp, odoo_mcp_dump, odoo_mcp_private FROM PUBLIC;
