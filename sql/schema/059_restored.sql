-- What becomes of a database that was restored from a dump.

-- API: Private. The installation that the dump was made of, or NULL where this is no restored database.
CREATE FUNCTION odoo_mcp_private.original() RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.content FROM odoo_mcp_private.restored r WHERE r.kind = 'installation' ORDER BY r.place DESC LIMIT 1
$$;

-- API: Private. Whether a role is one that setup() made for the original and that nobody else needs: the original was dropped,
-- or the cluster's roles were restored with the dump. Whatever else carries its name is somebody else's.
CREATE FUNCTION odoo_mcp_private.is_left_over(role_name name, original jsonb) RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (
        SELECT FROM pg_catalog.pg_roles r
         WHERE r.rolname = is_left_over.role_name
           AND r.rolname IN (original ->> 'owner_role', original ->> 'reader_role', original ->> 'admin_role',
                             original ->> 'minter_role')
           AND NOT (r.rolcanlogin OR r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls)
           AND NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members m WHERE r.oid IN (m.roleid, m.member))
           AND NOT EXISTS (SELECT FROM pg_catalog.pg_shdepend d
                            WHERE d.refclassid = 'pg_catalog.pg_authid'::regclass AND d.refobjid = r.oid
                              AND d.dbid <> 0 AND d.dbid <> (SELECT b.oid FROM pg_catalog.pg_database b WHERE b.datname = current_database())))
$$;

-- API: Private. Takes back what a dump granted to the original's reading and minting roles, where they are in this cluster. A
-- dump that Odoo's role made does not say which they were, but its grants name the owner beside them.
CREATE FUNCTION odoo_mcp_private.forget_original(odoo_schema name) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    grantee name;
BEGIN
    FOR grantee IN
        SELECT r.rolname
          FROM pg_catalog.pg_roles r
         WHERE r.rolname IN (odoo_mcp_private.original() ->> 'reader_role', odoo_mcp_private.original() ->> 'minter_role')
            OR r.rolname IN (
               SELECT regexp_replace(pg_get_userbyid(g.grantee), '_owner$', ending)
                 FROM odoo_mcp_private.members() m CROSS JOIN LATERAL aclexplode(m.acl) g
                CROSS JOIN (VALUES ('_reader'), ('_minter')) AS e (ending)
                WHERE m.object = 'odoo_mcp_private.token'::regclass AND g.grantee <> m.owner)
    LOOP
        PERFORM odoo_mcp_private.revoke_reading(grantee, odoo_schema, false);
    END LOOP;
END
$$;

-- API: Private. What the dump had, into the tables that it came from: tokens, audit, facts, fronts and rights. Says how much it
-- was, and which fronts and rights could not be granted, each with the reason.
CREATE FUNCTION odoo_mcp_private.take_in_restored() RETURNS jsonb
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    granted record;
    not_granted text[] := '{}';
    counts jsonb;
BEGIN
    IF NOT EXISTS (SELECT FROM odoo_mcp_private.restored) THEN
        RETURN '{}';
    END IF;
    INSERT INTO odoo_mcp_private.token OVERRIDING SYSTEM VALUE
        SELECT p.*
          FROM odoo_mcp_private.restored r CROSS JOIN LATERAL jsonb_populate_record(NULL::odoo_mcp_private.token, r.content) p
         WHERE r.kind = 'token' ORDER BY r.place
        ON CONFLICT DO NOTHING;
    PERFORM setval('odoo_mcp_private.token_id_seq', max(t.id)) FROM odoo_mcp_private.token t HAVING max(t.id) IS NOT NULL;
    INSERT INTO odoo_mcp_private.delegation_key (key_id, token_id, front, session_role, minted_at, ends_at, remove_after)
        SELECT p.key_id, p.token_id, p.front, p.session_role, p.minted_at, p.ends_at, p.remove_after
          FROM odoo_mcp_private.restored r
         CROSS JOIN LATERAL jsonb_populate_record(NULL::odoo_mcp_private.delegation_key, r.content) p
         WHERE r.kind = 'delegation_key'
        ON CONFLICT DO NOTHING;
    INSERT INTO odoo_mcp_private.audit_attempt
        SELECT p.*
          FROM odoo_mcp_private.restored r CROSS JOIN LATERAL jsonb_populate_record(NULL::odoo_mcp_private.audit_attempt, r.content) p
         WHERE r.kind = 'audit_attempt'
        ON CONFLICT DO NOTHING;
    INSERT INTO odoo_mcp_private.audit_outcome
        SELECT p.*
          FROM odoo_mcp_private.restored r CROSS JOIN LATERAL jsonb_populate_record(NULL::odoo_mcp_private.audit_outcome, r.content) p
         WHERE r.kind = 'audit_outcome'
        ON CONFLICT DO NOTHING;
    INSERT INTO odoo_mcp_private.audit_key
        SELECT p.*
          FROM odoo_mcp_private.restored r CROSS JOIN LATERAL jsonb_populate_record(NULL::odoo_mcp_private.audit_key, r.content) p
         WHERE r.kind = 'audit_key'
        ON CONFLICT DO NOTHING;
    INSERT INTO odoo_mcp_private.refusal
        SELECT p.*
          FROM odoo_mcp_private.restored r CROSS JOIN LATERAL jsonb_populate_record(NULL::odoo_mcp_private.refusal, r.content) p
         WHERE r.kind = 'refusal'
        ON CONFLICT DO NOTHING;
    INSERT INTO odoo_mcp_private.scan
        SELECT p.*
          FROM odoo_mcp_private.restored r CROSS JOIN LATERAL jsonb_populate_record(NULL::odoo_mcp_private.scan, r.content) p
         WHERE r.kind = 'scan'
        ON CONFLICT DO NOTHING;
    INSERT INTO odoo_mcp_private.module_facts
        SELECT p.*
          FROM odoo_mcp_private.restored r CROSS JOIN LATERAL jsonb_populate_record(NULL::odoo_mcp_private.module_facts, r.content) p
         WHERE r.kind = 'module_facts'
        ON CONFLICT DO NOTHING;
    INSERT INTO odoo_mcp_private.model_facts
        SELECT p.*
          FROM odoo_mcp_private.restored r CROSS JOIN LATERAL jsonb_populate_record(NULL::odoo_mcp_private.model_facts, r.content) p
         WHERE r.kind = 'model_facts'
        ON CONFLICT DO NOTHING;
    INSERT INTO odoo_mcp_private.model_engine
        SELECT p.*
          FROM odoo_mcp_private.restored r CROSS JOIN LATERAL jsonb_populate_record(NULL::odoo_mcp_private.model_engine, r.content) p
         WHERE r.kind = 'model_engine'
        ON CONFLICT DO NOTHING;
    INSERT INTO odoo_mcp_private.model_engine_change OVERRIDING SYSTEM VALUE
        SELECT p.*
          FROM odoo_mcp_private.restored r CROSS JOIN LATERAL jsonb_populate_record(NULL::odoo_mcp_private.model_engine_change, r.content) p
         WHERE r.kind = 'model_engine_change' ORDER BY r.place
        ON CONFLICT DO NOTHING;
    PERFORM setval('odoo_mcp_private.model_engine_change_id_seq', max(c.id))
       FROM odoo_mcp_private.model_engine_change c HAVING max(c.id) IS NOT NULL;
    FOR granted IN
        SELECT r.content ->> 'role' AS role, r.content ->> 'login' AS login
          FROM odoo_mcp_private.restored r WHERE r.kind IN ('front', 'act_as_right') ORDER BY r.place
    LOOP
        BEGIN
            IF granted.login IS NULL THEN
                PERFORM odoo_mcp.grant_front(granted.role);
            ELSE
                PERFORM odoo_mcp.allow_act_as(granted.role, granted.login);
            END IF;
        -- what cannot be granted here is said, and keeps nobody from the rest
        EXCEPTION WHEN undefined_object OR invalid_grant_operation THEN
            not_granted := not_granted || CASE
                WHEN granted.login IS NULL THEN format('not restored: odoo_mcp.grant_front(%L): %s', granted.role, SQLERRM)
                ELSE format('not restored: odoo_mcp.allow_act_as(%L, %L): %s', granted.role, granted.login, SQLERRM)
            END;
        END;
    END LOOP;
    SELECT jsonb_object_agg(c.kind, c.count) INTO counts
      FROM (SELECT r.kind, count(*) FROM odoo_mcp_private.restored r WHERE r.kind <> 'installation' GROUP BY r.kind) c;
    DELETE FROM odoo_mcp_private.restored;
    RETURN jsonb_build_object('restored', coalesce(counts, '{}'), 'not_granted', to_jsonb(not_granted));
END
$$;
