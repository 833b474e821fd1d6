-- What the reading role may read of Odoo's tables.
--
-- Odoo makes tables and columns with every module. Default privileges of its role cover new tables and views at once, with
-- all their columns; a secret among them is left out of every statement by its name (relation_columns.sql) until
-- check_grants() takes the right to it away, too.

-- API: Private. Odoo's tables and views, each with the columns to be read and the others: secrets, and types that are not
-- PostgreSQL's own.
CREATE FUNCTION odoo_mcp_private.reading_columns(odoo_schema name, odoo_role oid)
RETURNS TABLE (relation oid, relation_name name, read_columns name[], other_columns name[])
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT c.oid, c.relname,
           coalesce(array_agg(a.attname ORDER BY a.attnum) FILTER (WHERE judged.is_read), '{}'),
           coalesce(array_agg(a.attname ORDER BY a.attnum) FILTER (WHERE NOT judged.is_read), '{}')
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
     CROSS JOIN LATERAL (
           SELECT NOT odoo_mcp_private.is_secret(c.relname, a.attname)
                  AND t.typtype = 'b' AND t.typnamespace = 'pg_catalog'::regnamespace) AS judged (is_read)
     WHERE n.nspname = reading_columns.odoo_schema AND c.relkind IN ('r', 'v', 'm')
       AND c.relowner = reading_columns.odoo_role AND c.relpersistence <> 't'
     GROUP BY c.oid, c.relname
$$;

-- API: Private. Takes back whatever a role was granted in Odoo's schema, and only that: a REVOKE leaves its mark on an ACL.
-- Of tables only, where it is granted anew.
CREATE FUNCTION odoo_mcp_private.revoke_reading(reader name, odoo_schema name, tables_only boolean) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    reader_oid oid := (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = reader);
    command text;
BEGIN
    FOR command IN
        SELECT format('REVOKE ALL ON %s FROM %I', c.oid::regclass, reader)
          FROM pg_catalog.pg_class c
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = odoo_schema
         WHERE EXISTS (
               SELECT FROM aclexplode(c.relacl) g WHERE g.grantee = reader_oid
               UNION ALL
               SELECT FROM pg_catalog.pg_attribute a CROSS JOIN aclexplode(a.attacl) g
                WHERE a.attrelid = c.oid AND g.grantee = reader_oid)
        UNION ALL
        SELECT format('REVOKE ALL ON SCHEMA %I FROM %I', n.nspname, reader)
          FROM pg_catalog.pg_namespace n CROSS JOIN LATERAL aclexplode(n.nspacl) g
         WHERE n.nspname = odoo_schema AND g.grantee = reader_oid AND NOT tables_only
        UNION ALL
        SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I REVOKE ALL ON TABLES FROM %I',
                      pg_get_userbyid(d.defaclrole), odoo_schema, reader)
          FROM pg_catalog.pg_default_acl d
          JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace AND n.nspname = odoo_schema
         CROSS JOIN LATERAL aclexplode(d.defaclacl) g
         WHERE d.defaclobjtype = 'r' AND g.grantee = reader_oid AND NOT tables_only
    LOOP
        EXECUTE command;
    END LOOP;
END
$$;

-- API: Private. SELECT on Odoo's tables and views for the reading role, anew, and on those that Odoo will make.
-- Returns how many there are and which columns are left out.
CREATE FUNCTION odoo_mcp_private.grant_reading(reader name, odoo_schema name, odoo_role oid)
RETURNS TABLE (table_count bigint, left_out text[])
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    granted record;
BEGIN
    PERFORM odoo_mcp_private.revoke_reading(reader, odoo_schema, true);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', odoo_schema, reader);
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT SELECT ON TABLES TO %I',
                   pg_get_userbyid(odoo_role), odoo_schema, reader);
    table_count := 0;
    left_out := '{}';
    FOR granted IN
        SELECT * FROM odoo_mcp_private.reading_columns(odoo_schema, odoo_role) c ORDER BY c.relation_name
    LOOP
        IF granted.other_columns = '{}' THEN
            EXECUTE format('GRANT SELECT ON %s TO %I', granted.relation::regclass, reader);
        ELSIF granted.read_columns <> '{}' THEN
            EXECUTE format('GRANT SELECT (%s) ON %s TO %I',
                (SELECT string_agg(quote_ident(c.name), ', ') FROM unnest(granted.read_columns) AS c (name)),
                granted.relation::regclass, reader);
        END IF;
        table_count := table_count + 1;
        left_out := left_out || ARRAY(SELECT granted.relation_name || '.' || c.name FROM unnest(granted.other_columns) AS c (name));
    END LOOP;
    RETURN NEXT;
END
$$;

-- API: Private. What the reading role may read and should not, or should and may not, each with what mends it, where anything
-- does; and the same of the minting role.
CREATE FUNCTION odoo_mcp_private.grant_problems() RETURNS TABLE (object text, problem text, command text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH known AS (
        SELECT i.odoo_schema, i.odoo_role, i.reader_role, pg_get_userbyid(i.reader_role) AS reader
          FROM odoo_mcp_private.installation i
    ), judged AS (
        SELECT k.reader, c.relation, c.read_columns,
               ARRAY(SELECT n FROM unnest(c.read_columns) n WHERE NOT has_column_privilege(k.reader_role, c.relation, n, 'SELECT')) AS missing,
               ARRAY(SELECT n FROM unnest(c.other_columns) n WHERE has_column_privilege(k.reader_role, c.relation, n, 'SELECT')) AS extra
          FROM known k CROSS JOIN LATERAL odoo_mcp_private.reading_columns(k.odoo_schema, k.odoo_role) c
    )
    SELECT format('schema %I', k.odoo_schema), 'the reading role may not use it',
           format('GRANT USAGE ON SCHEMA %I TO %I', k.odoo_schema, k.reader)
      FROM known k WHERE NOT has_schema_privilege(k.reader_role, k.odoo_schema, 'USAGE')
    UNION ALL
    SELECT format('default privileges of %I', pg_get_userbyid(k.odoo_role)), 'the reading role gets no new tables',
           format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT SELECT ON TABLES TO %I',
                  pg_get_userbyid(k.odoo_role), k.odoo_schema, k.reader)
      FROM known k
     WHERE NOT EXISTS (
           SELECT FROM pg_catalog.pg_default_acl d JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
            CROSS JOIN LATERAL aclexplode(d.defaclacl) g
            WHERE d.defaclrole = k.odoo_role AND n.nspname = k.odoo_schema AND d.defaclobjtype = 'r'
              AND g.grantee = k.reader_role AND g.privilege_type = 'SELECT')
    UNION ALL
    SELECT format('table %s', j.relation::regclass),
           concat_ws('; ', 'not readable: ' || CASE WHEN j.missing = j.read_columns AND cardinality(j.missing) > 1 THEN 'all columns'
                                                     ELSE nullif(array_to_string(j.missing, ', '), '') END,
                           'readable, but it holds a secret or has a foreign type: ' || nullif(array_to_string(j.extra, ', '), '')),
           CASE WHEN j.extra <> '{}' THEN format('REVOKE ALL ON %s FROM %I; ', j.relation::regclass, j.reader) ELSE '' END
           || CASE WHEN j.read_columns <> '{}' THEN format('GRANT SELECT (%s) ON %s TO %I',
                  (SELECT string_agg(quote_ident(n), ', ') FROM unnest(CASE WHEN j.extra <> '{}' THEN j.read_columns ELSE j.missing END) AS n),
                  j.relation::regclass, j.reader) ELSE '' END
      FROM judged j
     WHERE j.missing <> '{}' OR j.extra <> '{}'
    UNION ALL
    SELECT * FROM odoo_mcp_private.minting_problems()
$$;

CREATE FUNCTION odoo_mcp.check_grants(mend boolean DEFAULT true) RETURNS TABLE (object text, problem text, mended boolean)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found record;
BEGIN
    IF NOT mend THEN
        RETURN QUERY SELECT m.object, m.problem, false FROM odoo_mcp.missing_grants() m;
        RETURN;
    END IF;
    IF NOT (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = CURRENT_USER) THEN
        RAISE EXCEPTION 'only a superuser may mend grants on Odoo''s tables'
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'to look only: select * from odoo_mcp.check_grants(mend => false); to mend: the same as a superuser, without mend';
    END IF;
    PERFORM odoo_mcp_private.require_setup();
    FOR found IN SELECT * FROM odoo_mcp_private.grant_problems() p ORDER BY p.object LOOP
        IF found.command IS NOT NULL THEN
            EXECUTE found.command;
        END IF;
        object := found.object;
        problem := found.problem;
        mended := found.command IS NOT NULL;
        RETURN NEXT;
    END LOOP;
END
$$;
