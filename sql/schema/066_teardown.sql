-- When the database is copied, and when it is over.
--
-- DROP EXTENSION alone asks nobody before it drops tokens and audit. Only an event trigger could stop it, and that one would
-- run within Odoo's own DDL, at every module that is installed.

-- keep_tokens is for a disaster, when the original is gone: else its tokens would live twice.
CREATE FUNCTION odoo_mcp.adopt_database(keep_tokens boolean DEFAULT false) RETURNS jsonb
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    known odoo_mcp_private.installation;
    set_up jsonb := '{}';
    front record;
    revoked bigint := 0;
    kept_keys text;
BEGIN
    PERFORM odoo_mcp_private.require_superuser();
    IF NOT EXISTS (SELECT FROM odoo_mcp_private.installation) AND odoo_mcp_private.original() IS NOT NULL THEN
        set_up := jsonb_build_object('setup', odoo_mcp.setup(odoo_schema => odoo_mcp_private.original() ->> 'odoo_schema'));
    END IF;
    known := odoo_mcp_private.require_setup();
    IF NOT keep_tokens THEN
        WITH ended AS (
            UPDATE odoo_mcp_private.token t SET revoked_at = now() WHERE t.revoked_at IS NULL RETURNING 1
        ) SELECT count(*) INTO revoked FROM ended;
    END IF;
    -- the original's fronts know them, and Odoo lets them in here too
    kept_keys := odoo_mcp_private.end_delegation();
    UPDATE odoo_mcp_private.installation
       SET database_uuid = odoo_mcp_private.database_uuid(known.odoo_schema, known.odoo_role),
           database_oid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database()),
           system_identifier = odoo_mcp_private.system_identifier(),
           paused_until = NULL;
    -- it was one until now
    IF set_up ? 'setup' THEN
        set_up := jsonb_set(set_up, '{setup,warnings}', coalesce((
            SELECT jsonb_agg(w) FROM jsonb_array_elements_text(set_up #> '{setup,warnings}') w
             WHERE w NOT LIKE 'this is a copy of database %'), '[]'));
    END IF;
    -- settings of a role in a database do not travel with a copy
    FOR front IN SELECT r.rolname FROM odoo_mcp_private.front f JOIN pg_catalog.pg_roles r ON r.oid = f.role LOOP
        PERFORM odoo_mcp_private.apply_front(front.rolname);
    END LOOP;
    RETURN jsonb_build_object(
        'revoked_tokens', revoked,
        'live_tokens', (SELECT count(*) FROM odoo_mcp_private.token t
                         WHERE t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now())),
        'warnings', to_jsonb(array_remove(ARRAY[kept_keys], NULL))) || set_up;
END
$$;

CREATE FUNCTION odoo_mcp.teardown() RETURNS jsonb
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    known odoo_mcp_private.installation;
    granted record;
    role_name name;
    dropped name[] := '{}';
    kept name[] := '{}';
    -- in which other databases a kept role still owns or may something
    used_in name[] := '{}';
    kept_keys text;
BEGIN
    PERFORM odoo_mcp_private.require_superuser();
    SELECT * INTO known FROM odoo_mcp_private.installation;
    IF known.is_only IS NULL THEN
        -- of a dump that was restored here and never set up
        PERFORM odoo_mcp_private.forget_original(coalesce(odoo_mcp_private.original() ->> 'odoo_schema', 'public'));
        DELETE FROM odoo_mcp_private.restored;
        PERFORM odoo_mcp_private.reset_privileges();
        RETURN jsonb_build_object('dropped_roles', to_jsonb(dropped), 'kept_roles', to_jsonb(kept), 'used_in', to_jsonb(used_in));
    END IF;
    FOR granted IN SELECT r.rolname FROM odoo_mcp_private.front f JOIN pg_catalog.pg_roles r ON r.oid = f.role LOOP
        PERFORM odoo_mcp.revoke_front(granted.rolname);
    END LOOP;
    FOR granted IN
        SELECT r.rolname, a.login FROM odoo_mcp_private.act_as_right a JOIN pg_catalog.pg_roles r ON r.oid = a.role
    LOOP
        PERFORM odoo_mcp.disallow_act_as(granted.rolname, granted.login);
    END LOOP;
    IF known.public_create_revoked THEN
        EXECUTE format('GRANT CREATE ON SCHEMA %I TO PUBLIC', known.odoo_schema);
    END IF;
    IF known.odoo_create_granted THEN
        EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM %I', known.odoo_schema,
                       (SELECT r.rolname FROM pg_catalog.pg_roles r WHERE r.oid = known.odoo_role));
    END IF;
    kept_keys := odoo_mcp_private.end_delegation();
    PERFORM odoo_mcp_private.revoke_reading(pg_get_userbyid(known.reader_role), known.odoo_schema, false);
    DELETE FROM odoo_mcp_private.restored;
    DELETE FROM odoo_mcp_private.front;
    DELETE FROM odoo_mcp_private.act_as_right;
    DELETE FROM odoo_mcp_private.token;
    DELETE FROM odoo_mcp_private.scan;
    DELETE FROM odoo_mcp_private.module_facts;
    DELETE FROM odoo_mcp_private.model_facts;
    DELETE FROM odoo_mcp_private.model_engine;
    DELETE FROM odoo_mcp_private.installation;
    PERFORM odoo_mcp_private.hand_over(
        (SELECT r.rolname FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_roles r ON r.oid = e.extowner WHERE e.extname = 'pg_odoo_mcp'));
    FOR role_name IN
        SELECT r.rolname FROM pg_catalog.pg_roles r WHERE r.oid IN (known.owner_role, known.reader_role, known.admin_role, known.minter_role)
    LOOP
        EXECUTE format('DROP OWNED BY %I', role_name);
        BEGIN
            EXECUTE format('DROP ROLE %I', role_name);
            dropped := dropped || role_name;
        EXCEPTION WHEN dependent_objects_still_exist THEN
            -- a copy of the database in this cluster uses it too
            kept := kept || role_name;
            used_in := used_in || ARRAY(
                SELECT DISTINCT b.datname FROM pg_catalog.pg_shdepend d JOIN pg_catalog.pg_database b ON b.oid = d.dbid
                 WHERE d.refclassid = 'pg_catalog.pg_authid'::regclass AND pg_get_userbyid(d.refobjid) = role_name
                   AND NOT b.datname = ANY (used_in));
        END;
    END LOOP;
    RETURN jsonb_build_object('dropped_roles', to_jsonb(dropped), 'kept_roles', to_jsonb(kept), 'used_in', to_jsonb(used_in),
        'warnings', to_jsonb(array_remove(ARRAY[kept_keys], NULL)));
END
$$;
