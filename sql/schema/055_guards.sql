-- Who may call what follows, and when.

-- API: Private.
CREATE FUNCTION odoo_mcp_private.require_superuser() RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = CURRENT_USER) THEN
        RAISE EXCEPTION 'only a superuser may do this'
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'it makes roles and grants; connect as a superuser of the cluster';
    END IF;
    -- whatever only a superuser may do, writes
    IF pg_catalog.pg_is_in_recovery() THEN
        RAISE EXCEPTION 'this server is a standby: nothing can be changed here'
            USING ERRCODE = 'read_only_sql_transaction', HINT = 'connect to the primary; what is done there arrives here by itself';
    END IF;
END
$$;

-- API: Private.
CREATE FUNCTION odoo_mcp_private.require_setup() RETURNS odoo_mcp_private.installation
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    known odoo_mcp_private.installation;
BEGIN
    SELECT * INTO known FROM odoo_mcp_private.installation;
    IF known.is_only IS NULL THEN
        RAISE EXCEPTION 'the extension is not set up in this database'
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = CASE WHEN odoo_mcp_private.original() IS NULL THEN 'run: select odoo_mcp.setup()'
                              ELSE 'it was restored from a dump, run: select odoo_mcp.adopt_database()' END;
    END IF;
    RETURN known;
END
$$;
