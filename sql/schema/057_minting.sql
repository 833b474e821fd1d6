-- What the minting role may do: make keys in Odoo's table of API keys and remove them by their id, and nothing else. It can't
-- read one, not even its hash.

-- API: Private. Each privilege that it needs, by what is there: versions of Odoo differ in columns, and in how a removed key is
-- told to its workers, which keep the keys that they let in over JSON-RPC. JSON-2 looks into the table every time, and where it
-- is there are no such sequences.
CREATE FUNCTION odoo_mcp_private.minting_rights(odoo_schema name, odoo_role oid)
RETURNS TABLE (relation oid, privilege text, column_name name)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH odoo AS (
        SELECT c.oid, c.relname, c.relkind
          FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = minting_rights.odoo_schema AND c.relowner = minting_rights.odoo_role
           AND (c.relkind = 'r' AND c.relname = 'res_users_apikeys' OR c.relkind = 'S')
    ), keys AS (
        SELECT o.oid FROM odoo o WHERE o.relkind = 'r'
    )
    SELECT k.oid, 'DELETE', NULL::name FROM keys k
    UNION ALL
    SELECT k.oid, w.privilege, a.attname
      FROM keys k
     CROSS JOIN (VALUES ('SELECT', 'id'), ('INSERT', 'name'), ('INSERT', 'user_id'), ('INSERT', 'scope'), ('INSERT', 'index'),
                        ('INSERT', 'key'), ('INSERT', 'expiration_date')) AS w (privilege, attname)
      JOIN pg_catalog.pg_attribute a ON a.attrelid = k.oid AND a.attname = w.attname AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    -- of the ids
    SELECT o.oid, 'USAGE', NULL
      FROM keys k
      JOIN pg_catalog.pg_attribute a ON a.attrelid = k.oid AND a.attname = 'id'
      JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
                                 AND d.refobjid = k.oid AND d.refobjsubid = a.attnum AND d.deptype IN ('a', 'i')
      JOIN odoo o ON o.oid = d.objid AND o.relkind = 'S'
    UNION ALL
    SELECT o.oid, 'USAGE', NULL
      FROM keys k CROSS JOIN odoo o
     WHERE o.relkind = 'S' AND o.relname IN ('base_cache_signaling', 'base_cache_signaling_default')
$$;

-- API: Private. The GRANT of all that a role needs on one relation.
CREATE FUNCTION odoo_mcp_private.minting_grant(minter name, relation oid, rights jsonb) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('GRANT %s ON %s%s TO %I',
               string_agg(p.privilege || coalesce(' (' || p.columns || ')', ''), ', ' ORDER BY p.privilege),
               CASE (SELECT c.relkind FROM pg_catalog.pg_class c WHERE c.oid = minting_grant.relation) WHEN 'S' THEN 'SEQUENCE ' ELSE '' END,
               minting_grant.relation::regclass, minter)
      FROM (SELECT r.privilege, string_agg(quote_ident(r.column_name), ', ') AS columns
              FROM jsonb_to_recordset(rights) AS r (privilege text, column_name name) GROUP BY r.privilege) p
$$;

-- API: Private. What is wrong with the minting role's rights, and the command that mends it.
CREATE FUNCTION odoo_mcp_private.minting_problems() RETURNS TABLE (object text, problem text, command text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH known AS (
        SELECT i.odoo_schema, i.odoo_role, i.minter_role, pg_get_userbyid(i.minter_role) AS minter
          FROM odoo_mcp_private.installation i
         WHERE EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid = i.minter_role)
    ), wanted AS (
        SELECT w.* FROM known k CROSS JOIN LATERAL odoo_mcp_private.minting_rights(k.odoo_schema, k.odoo_role) w
    ), held AS (
        SELECT c.oid AS relation, g.privilege_type AS privilege, NULL::name AS column_name
          FROM known k
          JOIN pg_catalog.pg_namespace n ON n.nspname = k.odoo_schema
          JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid
         CROSS JOIN LATERAL aclexplode(c.relacl) g
         WHERE g.grantee = k.minter_role
        UNION ALL
        SELECT c.oid, g.privilege_type, a.attname
          FROM known k
          JOIN pg_catalog.pg_namespace n ON n.nspname = k.odoo_schema
          JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid
          JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
         CROSS JOIN LATERAL aclexplode(a.attacl) g
         WHERE g.grantee = k.minter_role
    ), difference AS (
        SELECT d.relation, false AS is_extra, d.privilege, d.column_name
          FROM (SELECT * FROM wanted EXCEPT SELECT * FROM held) d
        UNION ALL
        SELECT d.relation, true, d.privilege, d.column_name
          FROM (SELECT * FROM held EXCEPT SELECT * FROM wanted) d
    )
    SELECT format('schema %I', k.odoo_schema), 'the minting role may not use it',
           format('GRANT USAGE ON SCHEMA %I TO %I', k.odoo_schema, k.minter)
      FROM known k WHERE NOT has_schema_privilege(k.minter_role, k.odoo_schema, 'USAGE')
    UNION ALL
    SELECT format('relation %s', d.relation::regclass),
           concat_ws('; ',
               'the minting role lacks ' || string_agg(concat_ws(' of ', d.privilege, d.column_name), ', ' ORDER BY d.privilege, d.column_name) FILTER (WHERE NOT d.is_extra),
               'the minting role must not have ' || string_agg(concat_ws(' of ', d.privilege, d.column_name), ', ' ORDER BY d.privilege, d.column_name) FILTER (WHERE d.is_extra)),
           concat_ws('; ', format('REVOKE ALL ON %s FROM %I', d.relation::regclass, k.minter),
               (SELECT odoo_mcp_private.minting_grant(k.minter, d.relation, jsonb_agg(to_jsonb(w)))
                  FROM wanted w WHERE w.relation = d.relation HAVING count(*) > 0))
      FROM known k CROSS JOIN difference d
     GROUP BY k.minter, d.relation
    UNION ALL
    SELECT format('schema %I', k.odoo_schema), 'it has no table res_users_apikeys of Odoo''s, so no key can be minted', NULL
      FROM known k WHERE NOT EXISTS (SELECT FROM wanted)
$$;

-- API: Private. Grants the minting role anew.
CREATE FUNCTION odoo_mcp_private.grant_minting(minter name, odoo_schema name, odoo_role oid) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    command text;
BEGIN
    PERFORM odoo_mcp_private.revoke_reading(minter, odoo_schema, true);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', odoo_schema, minter);
    FOR command IN
        SELECT odoo_mcp_private.minting_grant(minter, w.relation, jsonb_agg(to_jsonb(w)))
          FROM odoo_mcp_private.minting_rights(odoo_schema, odoo_role) w GROUP BY w.relation
    LOOP
        EXECUTE command;
    END LOOP;
END
$$;

-- API: Private. Takes away all keys that were minted, and all calls that wait for Odoo. Says what could not be removed.
CREATE FUNCTION odoo_mcp_private.end_delegation() RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    left_over text;
BEGIN
    DELETE FROM odoo_mcp_private.delegation;
    UPDATE odoo_mcp_private.delegation_key SET remove_after = '-infinity';
    left_over := odoo_mcp_private.remove_keys();
    IF left_over IS NOT NULL THEN
        SELECT format('keys that were minted stay in Odoo until they end: %s; in Odoo''s res_users_apikeys they have the ids %s', left_over,
                      string_agg(k.key_id::text, ', ' ORDER BY k.key_id))
          INTO left_over FROM odoo_mcp_private.delegation_key k WHERE k.key_id IS NOT NULL;
    END IF;
    DELETE FROM odoo_mcp_private.delegation_key;
    RETURN left_over;
END
$$;
