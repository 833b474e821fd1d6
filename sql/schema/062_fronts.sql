-- Roles that carry other people's calls.

-- API: Private. Settings of a front's sessions here: token hashes are not to be logged as
-- parameters, nothing is found by an unqualified name, a call or transaction that hangs ends, and
-- what the database's owner may have set for everybody by ALTER DATABASE does not stop a call.
CREATE FUNCTION odoo_mcp_private.front_settings() RETURNS TABLE (setting text, value text)
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    VALUES ('search_path', 'pg_catalog'),
           ('log_parameter_max_length', '0'),
           ('log_parameter_max_length_on_error', '0'),
           ('statement_timeout', '60s'),
           ('idle_in_transaction_session_timeout', '60s'),
           ('default_transaction_isolation', 'read committed'),
           ('default_transaction_read_only', 'off')
$$;

-- API: Private. Exactly what a front may call.
CREATE FUNCTION odoo_mcp_private.front_functions() RETURNS SETOF regprocedure
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    VALUES ('odoo_mcp.serve(uuid, bytea, inet, text, text, text)'::regprocedure),
           ('odoo_mcp.admit(uuid, bytea, inet, text, text)'::regprocedure),
           ('odoo_mcp.run(uuid)'::regprocedure),
           ('odoo_mcp.delegation_key(uuid, uuid)'::regprocedure),
           ('odoo_mcp.complete(uuid, text)'::regprocedure),
           ('odoo_mcp.authenticate(bytea, inet)'::regprocedure),
           ('odoo_mcp.list_tools()'::regprocedure),
           ('odoo_mcp.health()'::regprocedure),
           ('odoo_mcp.doctor(integer, text, text, double precision)'::regprocedure),
           ('odoo_mcp.pause(interval, jsonb)'::regprocedure),
           ('odoo_mcp.resume(jsonb)'::regprocedure),
           ('odoo_mcp.note_pause(interval)'::regprocedure),
           ('odoo_mcp.end_front_sessions()'::regprocedure)
$$;

-- API: Private.
CREATE FUNCTION odoo_mcp_private.apply_front(front name) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    command text;
BEGIN
    FOR command IN
        SELECT format('GRANT USAGE ON SCHEMA odoo_mcp TO %I', front)
        UNION ALL
        SELECT format('GRANT EXECUTE ON ROUTINE %s TO %I', f, front) FROM odoo_mcp_private.front_functions() f
        UNION ALL
        SELECT format('ALTER ROLE %I IN DATABASE %I SET %s = %L', front, current_database(), s.setting, s.value)
          FROM odoo_mcp_private.front_settings() s
    LOOP
        EXECUTE command;
    END LOOP;
END
$$;

-- API: Private.
CREATE FUNCTION odoo_mcp_private.withdraw_front(front name) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    command text;
BEGIN
    FOR command IN
        SELECT format('REVOKE EXECUTE ON ROUTINE %s FROM %I', f, front) FROM odoo_mcp_private.front_functions() f
        UNION ALL
        SELECT format('REVOKE USAGE ON SCHEMA odoo_mcp FROM %I', front)
        UNION ALL
        SELECT format('ALTER ROLE %I IN DATABASE %I RESET %s', front, current_database(), s.setting)
          FROM odoo_mcp_private.front_settings() s
    LOOP
        EXECUTE command;
    END LOOP;
END
$$;

CREATE FUNCTION odoo_mcp.grant_front(role name) RETURNS jsonb
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    known odoo_mcp_private.installation;
    front pg_catalog.pg_roles;
    too_strong text;
    warnings text[] := '{}';
BEGIN
    PERFORM odoo_mcp_private.require_superuser();
    known := odoo_mcp_private.require_setup();
    SELECT * INTO front FROM pg_catalog.pg_roles r WHERE r.rolname = grant_front.role;
    IF front.oid IS NULL THEN
        RAISE EXCEPTION 'there is no role %', role
            USING ERRCODE = 'undefined_object', HINT = format('create role %I login password ''…''', role);
    END IF;
    -- a front carries calls of people it does not know: whoever breaks into it must gain nothing
    too_strong := CASE
        WHEN NOT front.rolcanlogin THEN 'it can''t log in'
        WHEN front.rolsuper THEN 'it is a superuser'
        WHEN front.rolcreaterole THEN 'it has CREATEROLE'
        WHEN front.rolbypassrls THEN 'it has BYPASSRLS'
        WHEN front.rolreplication THEN 'it has REPLICATION'
        WHEN front.oid = known.odoo_role THEN 'it owns Odoo''s tables'
        WHEN EXISTS (SELECT FROM odoo_mcp_private.act_as_right a WHERE a.role = front.oid) THEN 'it may act as an Odoo user'
        ELSE (SELECT 'it is a member of ' || quote_ident(r.rolname)
                FROM pg_catalog.pg_roles r
               WHERE r.oid <> front.oid AND pg_has_role(front.oid, r.oid, 'MEMBER')
                 AND (r.rolsuper OR r.rolcreaterole OR r.rolbypassrls OR r.rolname LIKE 'pg\_%'
                      OR r.oid IN (known.owner_role, known.reader_role, known.admin_role, known.minter_role, known.odoo_role)
                      OR EXISTS (SELECT FROM odoo_mcp_private.act_as_right a WHERE a.role = r.oid))
               LIMIT 1)
    END;
    IF too_strong IS NOT NULL THEN
        RAISE EXCEPTION 'role % can''t be a front: %', role, too_strong
            USING ERRCODE = 'invalid_grant_operation', HINT = 'use a LOGIN role of its own without further rights';
    END IF;
    IF NOT has_database_privilege(front.oid, current_database(), 'CONNECT') THEN
        warnings := warnings || format('it may not connect: grant connect on database %I to %I', current_database(), role);
    END IF;
    -- Odoo lets everybody create in its schema, and finds operators there before PostgreSQL's own:
    -- a front that may create one gets its code run by Odoo. Odoo's role keeps the right.
    IF has_schema_privilege(front.oid, known.odoo_schema, 'CREATE') THEN
        IF NOT EXISTS (
            SELECT FROM pg_catalog.pg_namespace n CROSS JOIN LATERAL aclexplode(n.nspacl) a
             WHERE n.nspname = known.odoo_schema AND a.grantee = known.odoo_role AND a.privilege_type = 'CREATE'
        ) THEN
            UPDATE odoo_mcp_private.installation SET odoo_create_granted = true;
        END IF;
        EXECUTE format('GRANT CREATE ON SCHEMA %I TO %I', known.odoo_schema, (SELECT r.rolname FROM pg_catalog.pg_roles r WHERE r.oid = known.odoo_role));
        EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC', known.odoo_schema);
        UPDATE odoo_mcp_private.installation SET public_create_revoked = true;
        warnings := warnings || format('PUBLIC may no longer create objects in schema %I; Odoo''s role may', known.odoo_schema);
    END IF;
    IF has_schema_privilege(front.oid, known.odoo_schema, 'CREATE') THEN
        RAISE EXCEPTION 'role % can''t be a front: it may create objects in schema %', role, known.odoo_schema
            USING ERRCODE = 'invalid_grant_operation', HINT = format('revoke create on schema %I from %I, and from the roles it is a member of', known.odoo_schema, role);
    END IF;
    PERFORM odoo_mcp_private.apply_front(role);
    INSERT INTO odoo_mcp_private.front (role) VALUES (front.oid) ON CONFLICT DO NOTHING;
    RETURN jsonb_build_object('front', role, 'may_call',
        (SELECT jsonb_agg(f::text) FROM odoo_mcp_private.front_functions() f), 'warnings', to_jsonb(warnings));
END
$$;

CREATE FUNCTION odoo_mcp.revoke_front(role name) RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kept text;
BEGIN
    PERFORM odoo_mcp_private.require_superuser();
    DELETE FROM odoo_mcp_private.front f
     USING pg_catalog.pg_roles r WHERE r.oid = f.role AND r.rolname = revoke_front.role;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM odoo_mcp_private.withdraw_front(role);
    -- of its fronts, which could go on using them with Odoo
    UPDATE odoo_mcp_private.delegation_key k SET remove_after = '-infinity' WHERE k.session_role = revoke_front.role;
    kept := odoo_mcp_private.remove_keys();
    IF kept IS NOT NULL THEN
        RAISE WARNING 'keys that were minted for its fronts stay in Odoo until they can be removed: %', kept;
    END IF;
    RETURN true;
END
$$;
