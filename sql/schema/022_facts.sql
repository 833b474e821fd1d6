-- What only Odoo's Python knows, as it was read last, and what a DBA decided of models.
--
-- Facts are rights: whoever could write one could have rows shown that Odoo hides. Only the extension's functions for the
-- admin role write here, and each change moves installation.facts_generation, by which sessions know what they keep of it.

-- API: Private. One row: when facts were loaded, and of what.
CREATE TABLE odoo_mcp_private.scan (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    loaded_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    loaded_by name NOT NULL DEFAULT SESSION_USER,
    origin text NOT NULL CHECK (origin OPERATOR(pg_catalog.=) ANY (ARRAY['scan_addons', 'sync_facts'])),
    program text NOT NULL,
    -- of all that was loaded, and of the modules as they were then: the same again changes nothing
    digest bytea NOT NULL,
    -- how far Odoo's registry had been signalled
    registry_signal text
);

-- API: Private. The modules whose source was read, and how they were installed when it was loaded.
CREATE TABLE odoo_mcp_private.module_facts (
    module text PRIMARY KEY,
    -- as the source says it
    version text NOT NULL,
    digest text NOT NULL,
    -- ir_module_module.latest_version and write_date at the load; nothing where it is not installed
    installed_version text,
    written_at text
);

-- API: Private. Facts by model. Apart, because lists of models need no fields, and calls no sources.
CREATE TABLE odoo_mcp_private.model_facts (
    model text PRIMARY KEY,
    facts json NOT NULL,
    fields json NOT NULL,
    -- field by field, as module/file:line
    sources json NOT NULL
);

-- API: Private. Who is to answer a model, where a DBA has decided.
CREATE TABLE odoo_mcp_private.model_engine (
    model text PRIMARY KEY,
    engine text NOT NULL CHECK (engine OPERATOR(pg_catalog.=) ANY (ARRAY['sql', 'odoo'])),
    -- against what the facts say
    is_forced boolean NOT NULL CHECK (NOT is_forced OR engine OPERATOR(pg_catalog.=) 'sql'),
    reason text NOT NULL CHECK (pg_catalog.btrim(reason) OPERATOR(pg_catalog.<>) ''),
    set_by name NOT NULL DEFAULT SESSION_USER,
    set_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);

-- API: Private. Every such decision.
CREATE TABLE odoo_mcp_private.model_engine_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    changed_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    changed_by name NOT NULL DEFAULT SESSION_USER,
    model text NOT NULL,
    -- auto, sql, odoo, or sql by force
    old_engine text NOT NULL,
    new_engine text NOT NULL,
    reason text NOT NULL
);

CREATE TRIGGER model_engine_change_is_insert_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON odoo_mcp_private.model_engine_change
    FOR EACH STATEMENT EXECUTE FUNCTION odoo_mcp_private.refuse_change();
