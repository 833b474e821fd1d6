-- What a superuser's pg_dump takes along of the private tables, and what a restore makes of it.
--
-- A table that pg_dump is to dump must be locked by whoever dumps, so one that Odoo's role may not read breaks Odoo's own
-- backup. Hence one table that everybody may read, because it is always empty: its condition appends, for those who may
-- read the private tables, what is in them. A schema of its own, because everybody needs USAGE on it.
CREATE TABLE odoo_mcp_dump.content (
    kind text,
    content jsonb,
    -- a restore without triggers fails here instead of showing token hashes to everybody
    CONSTRAINT is_always_empty CHECK (false)
);

-- API: Private. Rows of a dump that was restored, until setup() takes them in.
CREATE TABLE odoo_mcp_private.restored (
    place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    content jsonb NOT NULL
);

-- API: Private. Roles go by name: oids mean nothing elsewhere. Only tables here: pg_dump lets no view be expanded.
CREATE FUNCTION odoo_mcp_dump.rows() RETURNS TABLE (kind text, content jsonb)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- apart: looking the table up by name needs USAGE
    IF NOT has_schema_privilege('odoo_mcp_private', 'USAGE') THEN
        RETURN;
    END IF;
    IF NOT has_table_privilege('odoo_mcp_private.token', 'SELECT') THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT 'installation', to_jsonb(i) || jsonb_build_object(
                   'owner_role', pg_get_userbyid(i.owner_role), 'reader_role', pg_get_userbyid(i.reader_role),
                   'admin_role', pg_get_userbyid(i.admin_role), 'minter_role',
                   CASE WHEN i.minter_role IS NOT NULL THEN pg_get_userbyid(i.minter_role) END, 'odoo_role', pg_get_userbyid(i.odoo_role))
          FROM odoo_mcp_private.installation i;
    RETURN QUERY
        SELECT 'front', to_jsonb(f) || jsonb_build_object('role', pg_get_userbyid(f.role)) FROM odoo_mcp_private.front f;
    RETURN QUERY
        SELECT 'act_as_right', to_jsonb(a) || jsonb_build_object('role', pg_get_userbyid(a.role))
          FROM odoo_mcp_private.act_as_right a;
    RETURN QUERY SELECT 'token', to_jsonb(t) FROM odoo_mcp_private.token t ORDER BY t.id;
    RETURN QUERY SELECT 'delegation_key', to_jsonb(k) FROM odoo_mcp_private.delegation_key k;
    RETURN QUERY SELECT 'audit_attempt', to_jsonb(a) FROM odoo_mcp_private.audit_attempt a;
    RETURN QUERY SELECT 'audit_outcome', to_jsonb(o) FROM odoo_mcp_private.audit_outcome o;
    RETURN QUERY SELECT 'audit_key', to_jsonb(k) FROM odoo_mcp_private.audit_key k;
    RETURN QUERY SELECT 'refusal', to_jsonb(r) FROM odoo_mcp_private.refusal r;
    RETURN QUERY SELECT 'scan', to_jsonb(s) FROM odoo_mcp_private.scan s;
    RETURN QUERY SELECT 'module_facts', to_jsonb(f) FROM odoo_mcp_private.module_facts f;
    RETURN QUERY SELECT 'model_facts', to_jsonb(f) FROM odoo_mcp_private.model_facts f;
    RETURN QUERY SELECT 'model_engine', to_jsonb(e) FROM odoo_mcp_private.model_engine e;
    RETURN QUERY SELECT 'model_engine_change', to_jsonb(c) FROM odoo_mcp_private.model_engine_change c ORDER BY c.id;
    -- a copy that nobody has set up is dumped again with what it was given; one that is set up is its own
    RETURN QUERY
        SELECT r.kind, r.content
          FROM odoo_mcp_private.restored r
         WHERE NOT EXISTS (SELECT FROM odoo_mcp_private.installation)
         ORDER BY r.place;
END
$$;

-- API: Private.
CREATE FUNCTION odoo_mcp_private.keep_restored() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO odoo_mcp_private.restored (kind, content) VALUES (NEW.kind, NEW.content);
    RETURN NULL;
END
$$;

CREATE TRIGGER content_is_moved
    BEFORE INSERT ON odoo_mcp_dump.content
    FOR EACH ROW EXECUTE FUNCTION odoo_mcp_private.keep_restored();

SELECT pg_catalog.pg_extension_config_dump('odoo_mcp_dump.content',
    'WHERE false UNION ALL SELECT kind, content FROM odoo_mcp_dump.rows()');
