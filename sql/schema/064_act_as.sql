-- Who may ask in psql as whom.

CREATE FUNCTION odoo_mcp.allow_act_as(role name, login text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    actor oid;
    command text;
BEGIN
    PERFORM odoo_mcp_private.require_superuser();
    PERFORM odoo_mcp_private.require_setup();
    SELECT r.oid INTO actor FROM pg_catalog.pg_roles r WHERE r.rolname = allow_act_as.role;
    IF actor IS NULL THEN
        RAISE EXCEPTION 'there is no role %', role USING ERRCODE = 'undefined_object', HINT = format('create role %I login', role);
    END IF;
    IF EXISTS (SELECT FROM odoo_mcp_private.front f WHERE f.role = actor OR pg_has_role(f.role, actor, 'MEMBER')) THEN
        RAISE EXCEPTION 'role % carries calls of a front, so it may not act as anybody', role
            USING ERRCODE = 'invalid_grant_operation', HINT = 'give the person a role of their own';
    END IF;
    INSERT INTO odoo_mcp_private.act_as_right (role, login) VALUES (actor, allow_act_as.login) ON CONFLICT DO NOTHING;
    FOR command IN
        SELECT format('GRANT USAGE ON SCHEMA odoo_mcp TO %I', role)
        UNION ALL
        SELECT format('GRANT EXECUTE ON FUNCTION %s TO %I', f, role) FROM odoo_mcp_private.query_functions() f
    LOOP
        EXECUTE command;
    END LOOP;
END
$$;

CREATE FUNCTION odoo_mcp.disallow_act_as(role name, login text) RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    actor oid := (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = disallow_act_as.role);
    command text;
BEGIN
    PERFORM odoo_mcp_private.require_superuser();
    DELETE FROM odoo_mcp_private.act_as_right a WHERE a.role = actor AND a.login = disallow_act_as.login;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF NOT EXISTS (SELECT FROM odoo_mcp_private.act_as_right a WHERE a.role = actor)
       AND actor NOT IN (SELECT i.admin_role FROM odoo_mcp_private.installation i) THEN
        FOR command IN
            SELECT format('REVOKE EXECUTE ON FUNCTION %s FROM %I', f, role) FROM odoo_mcp_private.query_functions() f
            UNION ALL
            SELECT format('REVOKE USAGE ON SCHEMA odoo_mcp FROM %I', role)
        LOOP
            EXECUTE command;
        END LOOP;
    END IF;
    RETURN true;
END
$$;
