-- Setting up and taking down. Superusers only: it makes roles and grants on Odoo's tables.
--
-- These run as their caller, so they never read a table of Odoo's themselves: what is in it could
-- be code. They look into pg_catalog, and into Odoo's tables only through the reading path.

-- API: Private. What a role needs to ask in psql.
CREATE FUNCTION odoo_mcp_private.query_functions() RETURNS SETOF regprocedure
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.oid::regprocedure
      FROM pg_catalog.pg_proc p
     WHERE p.pronamespace = 'odoo_mcp'::regnamespace
       AND p.proname IN ('act_as', 'call', 'explain', 'search', 'count', 'time_series', 'context', 'list_tools', 'health',
                         'list_models', 'describe_model', 'read_group', 'pivot', 'read', 'name_search')
$$;

-- API: Private. What `admin` may do.
CREATE FUNCTION odoo_mcp_private.grant_administration(admin name) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA odoo_mcp TO %I', admin);
    EXECUTE format('GRANT SELECT ON odoo_mcp.tokens, odoo_mcp.delegation_keys, odoo_mcp.waiting_calls, odoo_mcp.act_as_rights, odoo_mcp.audit_entries, odoo_mcp.audit_keys, odoo_mcp.refusals, '
        'odoo_mcp.facts, odoo_mcp.model_status, odoo_mcp.field_status, odoo_mcp.model_engine_changes TO %I', admin);
    EXECUTE format('GRANT EXECUTE ON ROUTINE odoo_mcp.issue_token(text, text, text, interval), '
        'odoo_mcp.revoke_token(bigint), odoo_mcp.hash_token(text), odoo_mcp.active_users(), '
        'odoo_mcp.doctor(integer, text, text, double precision), '
        'odoo_mcp.check_grants(boolean), odoo_mcp.missing_grants(), '
        'odoo_mcp.pause(interval, jsonb), odoo_mcp.resume(jsonb), odoo_mcp.note_pause(interval), '
        'odoo_mcp.end_front_sessions(), '
        'odoo_mcp.installed_modules(), odoo_mcp.load_facts(jsonb), '
        'odoo_mcp.set_model_engine(text, text, text, boolean), '
        -- what the views are made of: whoever reads a view calls its functions
        'odoo_mcp_private.facts_now(), odoo_mcp_private.model_statuses(), odoo_mcp_private.field_statuses() TO %I', admin);
    EXECUTE (SELECT format('GRANT EXECUTE ON FUNCTION %s TO %I', string_agg(f::text, ', '), admin)
               FROM odoo_mcp_private.query_functions() f);
END
$$;

-- API: Private. What the owner's statements call. The extension's functions belong to whoever created it.
CREATE FUNCTION odoo_mcp_private.grant_owner(owner name) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('GRANT EXECUTE ON FUNCTION odoo_mcp_private.grant_problems(), odoo_mcp_private.is_secret(name, name), '
        'odoo_mcp_private.reading_columns(name, oid), odoo_mcp_private.minting_rights(name, oid), '
        'odoo_mcp_private.minting_grant(name, oid, jsonb), odoo_mcp_private.minting_problems(), '
        'odoo_mcp_private.front_settings(), odoo_mcp_private.front_functions() TO %I', owner);
END
$$;

-- API: Private. A role without any right, for setup.
CREATE FUNCTION odoo_mcp_private.make_role(name name) RETURNS oid
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', make_role.name);
    RETURN (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = make_role.name);
END
$$;

-- API: Private. The minting role of a set: made, or the one that is there; or taken away with its keys. Says who it is then.
CREATE FUNCTION odoo_mcp_private.switch_delegation(
    is_on boolean, minter_name name, odoo_schema name, odoo_role oid, INOUT minter oid, OUT made name, OUT warning text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF is_on THEN
        IF minter IS NULL THEN
            IF EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = minter_name) THEN
                RAISE EXCEPTION 'a role that setup would make is there already: %', minter_name
                    USING ERRCODE = 'duplicate_object',
                          DETAIL = 'a role that somebody else made may have members and rights that it must not have',
                          HINT = format('if nothing else uses it: drop owned by %1$I; drop role %1$I', minter_name);
            END IF;
            minter := odoo_mcp_private.make_role(minter_name);
            made := minter_name;
        END IF;
        PERFORM odoo_mcp_private.grant_minting(pg_get_userbyid(minter), odoo_schema, odoo_role);
        RETURN;
    END IF;
    warning := odoo_mcp_private.end_delegation();
    IF minter IS NULL THEN
        RETURN;
    END IF;
    PERFORM odoo_mcp_private.revoke_reading(pg_get_userbyid(minter), odoo_schema, false);
    BEGIN
        EXECUTE format('DROP ROLE %I', pg_get_userbyid(minter));
    EXCEPTION WHEN dependent_objects_still_exist THEN
        -- a copy of the database in this cluster uses it too
        warning := concat_ws('; ', warning, format('role %s is kept, as it has rights elsewhere: %s', minter::regrole, SQLERRM));
    END;
    minter := NULL;
END
$$;

CREATE FUNCTION odoo_mcp.setup(role_prefix text DEFAULT NULL, odoo_schema text DEFAULT 'public', delegation boolean DEFAULT NULL)
RETURNS jsonb
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- what every Odoo database has, and this extension reads in every call
    needed CONSTANT name[] := ARRAY['ir_model', 'ir_model_fields', 'ir_model_fields_selection', 'ir_model_data',
        'ir_model_access', 'ir_rule', 'rule_group_rel', 'ir_module_module', 'ir_config_parameter', 'res_users',
        'res_groups', 'res_groups_users_rel', 'res_groups_implied_rel', 'res_company', 'res_company_users_rel',
        'res_partner', 'res_lang', 'res_currency'];
    known odoo_mcp_private.installation;
    tables_owner oid;
    uuid text;
    prefix text := role_prefix;
    role_name name;
    in_the_way name[];
    role_oids oid[] := '{}';
    minter oid;
    made name[] := '{}';
    missing text;
    granted record;
    switched record;
    -- of the dump that this database was restored from
    original jsonb := odoo_mcp_private.original();
    taken_in jsonb := '{}';
    warnings text[] := '{}';
    delegates boolean;
BEGIN
    PERFORM odoo_mcp_private.require_superuser();
    SELECT * INTO known FROM odoo_mcp_private.installation;
    -- on, unless somebody said otherwise, now or the last time
    delegates := coalesce(delegation, CASE WHEN known.is_only THEN known.minter_role IS NOT NULL
                                           WHEN original IS NOT NULL THEN original ->> 'minter_role' IS NOT NULL
                                           ELSE true END);

    SELECT string_agg(t.name, ', ') INTO missing
      FROM unnest(needed) AS t (name)
     WHERE NOT EXISTS (
        SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = odoo_schema AND c.relname = t.name AND c.relkind = 'r');
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'this is not an Odoo database: schema % has no table %', odoo_schema, missing
            USING ERRCODE = 'undefined_table',
                  HINT = 'connect to the database that Odoo uses; if its tables are in another schema, say odoo_schema => ''…''';
    END IF;
    SELECT c.relowner INTO tables_owner
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = odoo_schema AND c.relname = 'ir_model';
    SELECT string_agg(c.relname, ', ') INTO missing
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = odoo_schema AND c.relname = ANY (needed) AND c.relowner <> tables_owner;
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'Odoo''s tables have more than one owner: % do not belong to %', missing, tables_owner::regrole
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'give them to the role that Odoo connects as, then run setup again';
    END IF;
    IF (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.oid = tables_owner) THEN
        warnings := warnings || format('Odoo''s role %s is a superuser: nothing in this cluster is protected from it', tables_owner::regrole);
    ELSIF (SELECT r.rolcreaterole FROM pg_catalog.pg_roles r WHERE r.oid = tables_owner) THEN
        warnings := warnings || format('Odoo''s role %s has CREATEROLE: before PostgreSQL 16 it can make itself a member of any role here', tables_owner::regrole);
    END IF;

    -- roles: those of the last setup, or new ones; never ones that somebody else made
    IF known.is_only THEN
        role_oids := ARRAY[known.owner_role, known.reader_role, known.admin_role];
        minter := known.minter_role;
        prefix := regexp_replace(pg_get_userbyid(known.owner_role), '_owner$', '');
        IF EXISTS (SELECT FROM unnest(role_oids || minter) AS o (role)
                    WHERE o.role IS NOT NULL AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid = o.role)) THEN
            RAISE EXCEPTION 'a role of the last setup is gone'
                USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'run odoo_mcp.teardown(), then setup again';
        END IF;
        IF role_prefix IS NOT NULL AND role_oids[1] IS DISTINCT FROM
           (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = role_prefix || '_owner') THEN
            RAISE EXCEPTION 'the extension is set up with other roles, as %', known.owner_role::regrole
                USING ERRCODE = 'object_not_in_prerequisite_state',
                      HINT = 'leave role_prefix out, or run odoo_mcp.teardown() first';
        END IF;
    ELSE
        prefix := coalesce(role_prefix, 'odoo_mcp_' || current_database());
        -- names are cut at 63 bytes, which would make all of them the same
        WHILE octet_length(prefix) > 56 LOOP
            prefix := left(prefix, -1);
        END LOOP;
        SELECT array_agg(r.rolname ORDER BY r.rolname) INTO in_the_way
          FROM pg_catalog.pg_roles r
         WHERE r.rolname = ANY (ARRAY[prefix || '_owner', prefix || '_reader', prefix || '_admin',
                                      CASE WHEN delegates THEN prefix || '_minter' END]::name[])
           AND NOT odoo_mcp_private.is_left_over(r.rolname, original);
        IF in_the_way IS NOT NULL THEN
            RAISE EXCEPTION 'roles that setup would make are there already: %', array_to_string(in_the_way, ', ')
                USING ERRCODE = 'duplicate_object',
                      DETAIL = 'a role that somebody else made may have members and rights that it must not have',
                      HINT = (SELECT format('say role_prefix => ''…'', or, if they are left from an extension that was dropped without '
                                         'teardown: drop owned by %1$s; drop role %1$s', string_agg(quote_ident(n), ', '))
                                FROM unnest(in_the_way) n);
        END IF;
        FOREACH role_name IN ARRAY ARRAY[prefix || '_owner', prefix || '_reader', prefix || '_admin']::name[] LOOP
            IF odoo_mcp_private.is_left_over(role_name, original) THEN
                role_oids := role_oids || (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = role_name);
                CONTINUE;
            END IF;
            role_oids := role_oids || odoo_mcp_private.make_role(role_name);
            made := made || role_name;
        END LOOP;
        IF odoo_mcp_private.is_left_over(prefix || '_minter', original) THEN
            minter := (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = prefix || '_minter');
        END IF;
    END IF;

    uuid := odoo_mcp_private.database_uuid(odoo_schema, tables_owner);
    IF uuid IS NULL THEN
        RAISE EXCEPTION 'Odoo has not initialised this database: ir_config_parameter has no database.uuid'
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'start Odoo on it once, then run setup again';
    END IF;

    IF known.is_only IS NULL THEN
        PERFORM odoo_mcp_private.forget_original(odoo_schema);
    END IF;
    PERFORM odoo_mcp_private.hand_over((SELECT r.rolname FROM pg_catalog.pg_roles r WHERE r.oid = role_oids[1]));
    IF known.is_only IS NULL THEN
        PERFORM odoo_mcp_private.reset_privileges();
    END IF;
    PERFORM odoo_mcp_private.grant_owner((SELECT r.rolname FROM pg_catalog.pg_roles r WHERE r.oid = role_oids[1]));
    SELECT * INTO granted FROM odoo_mcp_private.grant_reading(
        (SELECT r.rolname FROM pg_catalog.pg_roles r WHERE r.oid = role_oids[2]), odoo_schema, tables_owner);
    PERFORM odoo_mcp_private.grant_administration((SELECT r.rolname FROM pg_catalog.pg_roles r WHERE r.oid = role_oids[3]));

    SELECT * INTO switched
      FROM odoo_mcp_private.switch_delegation(delegates, prefix || '_minter', odoo_schema, tables_owner, minter);
    minter := switched.minter;
    made := array_remove(made || switched.made, NULL);
    warnings := array_remove(warnings || switched.warning, NULL);

    IF known.is_only THEN
        -- which database it is, stays: only adopt_database() changes that
        UPDATE odoo_mcp_private.installation i
           SET odoo_role = tables_owner, odoo_schema = setup.odoo_schema, minter_role = minter, set_up_at = now();
        IF original IS NOT NULL THEN
            warnings := warnings || text 'a dump was loaded into this database after it was set up, and is not taken in: '
                'delete from odoo_mcp_private.restored, or restore it into a new database';
        END IF;
    ELSE
        -- a restored copy stays what it is a copy of, until adopt_database()
        INSERT INTO odoo_mcp_private.installation
            (owner_role, reader_role, admin_role, minter_role, odoo_role, odoo_schema, database_uuid, database_oid, system_identifier,
             public_create_revoked, odoo_create_granted)
        VALUES (role_oids[1], role_oids[2], role_oids[3], minter, tables_owner, odoo_schema,
                coalesce(original ->> 'database_uuid', uuid),
                coalesce((original ->> 'database_oid')::oid,
                         (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())),
                coalesce((original ->> 'system_identifier')::bigint, odoo_mcp_private.system_identifier()),
                coalesce((original ->> 'public_create_revoked')::boolean, false),
                coalesce((original ->> 'odoo_create_granted')::boolean, false));
        taken_in := odoo_mcp_private.take_in_restored();
        IF original IS NOT NULL THEN
            warnings := warnings || format('this is a copy of database %s: no token lives in it until adopt_database(), which revokes them, '
                'or adopt_database(keep_tokens => true) where the original is gone', original ->> 'database_uuid');
        END IF;
        warnings := warnings || ARRAY(SELECT jsonb_array_elements_text(taken_in -> 'not_granted'));
    END IF;
    IF EXISTS (SELECT FROM pg_catalog.pg_auth_members m WHERE m.roleid = ANY (role_oids[1:2] || minter)) THEN
        warnings := warnings || format('somebody is a member of %s: revoke it, these are for the extension alone',
            concat_ws(' or ', role_oids[1]::regrole, role_oids[2]::regrole, minter::regrole));
    END IF;
    IF delegates AND NOT EXISTS (SELECT FROM odoo_mcp_private.minting_rights(odoo_schema, tables_owner)) THEN
        warnings := warnings || format('schema %s has no table res_users_apikeys of Odoo''s: nothing can be delegated', odoo_schema);
    END IF;

    RETURN jsonb_build_object(
        'owner', role_oids[1]::regrole, 'reader', role_oids[2]::regrole, 'admin', role_oids[3]::regrole,
        'minter', minter::regrole, 'delegation', delegates,
        'odoo_role', tables_owner::regrole, 'odoo_schema', odoo_schema, 'made_roles', to_jsonb(made),
        'tables', granted.table_count, 'left_out_columns', to_jsonb(granted.left_out),
        'warnings', to_jsonb(warnings)) || (taken_in - 'not_granted');
END
$$;
