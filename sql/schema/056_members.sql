-- Who owns the extension's objects, and who may use them.

-- API: Private. What belongs to the extension and has privileges of its own, with the words of GRANT.
CREATE FUNCTION odoo_mcp_private.members() RETURNS TABLE (classid oid, object oid, kind text, name text, owner oid, acl aclitem[])
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH member AS (
        SELECT d.classid, d.objid
          FROM pg_catalog.pg_depend d
          JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid AND e.extname = 'pg_odoo_mcp'
         WHERE d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.deptype = 'e'
    )
    SELECT m.classid, n.oid, 'SCHEMA', quote_ident(n.nspname), n.nspowner, n.nspacl
      FROM member m JOIN pg_catalog.pg_namespace n ON m.classid = 'pg_catalog.pg_namespace'::regclass AND n.oid = m.objid
    UNION ALL
    SELECT m.classid, c.oid, CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.oid::regclass::text, c.relowner, c.relacl
      FROM member m JOIN pg_catalog.pg_class c ON m.classid = 'pg_catalog.pg_class'::regclass AND c.oid = m.objid
     WHERE c.relkind IN ('r', 'v', 'S')
    UNION ALL
    SELECT m.classid, p.oid, 'ROUTINE', p.oid::regprocedure::text, p.proowner, p.proacl
      FROM member m JOIN pg_catalog.pg_proc p ON m.classid = 'pg_catalog.pg_proc'::regclass AND p.oid = m.objid
$$;

-- API: Private. The extension's tables, views and schemas to `new_owner`. Its functions stay with
-- whoever created it: superusers call some of them, and none runs with its owner's rights.
CREATE FUNCTION odoo_mcp_private.hand_over(new_owner name) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    command text;
BEGIN
    FOR command IN
        -- sequences follow their tables
        SELECT format('ALTER %s %s OWNER TO %I', m.kind, m.name, new_owner)
          FROM odoo_mcp_private.members() m WHERE m.kind IN ('SCHEMA', 'TABLE')
    LOOP
        EXECUTE command;
    END LOOP;
END
$$;

-- API: Private. The privileges of the first moment: its owner's, and what everybody has of the dump. A restored dump grants
-- to the roles of the database that it was made of and leaves the new owner without a right to its own tables.
CREATE FUNCTION odoo_mcp_private.reset_privileges() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    command text;
BEGIN
    FOR command IN
        SELECT DISTINCT format('REVOKE ALL ON %s %s FROM %s', m.kind, m.name,
                               CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END)
          FROM odoo_mcp_private.members() m CROSS JOIN LATERAL aclexplode(m.acl) g
         WHERE g.grantee <> m.owner
        UNION ALL
        SELECT format('GRANT ALL ON %s %s TO %I', m.kind, m.name, pg_get_userbyid(m.owner))
          FROM odoo_mcp_private.members() m
        UNION ALL
        VALUES ('GRANT USAGE ON SCHEMA odoo_mcp_dump TO PUBLIC'),
               ('GRANT SELECT ON TABLE odoo_mcp_dump.content TO PUBLIC'),
               ('GRANT EXECUTE ON ROUTINE odoo_mcp_dump.rows() TO PUBLIC')
    LOOP
        EXECUTE command;
    END LOOP;
END
$$;
