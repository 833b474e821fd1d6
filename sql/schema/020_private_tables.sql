-- What the extension remembers. No table here is dumped by itself: pg_dump locks what it dumps, and Odoo's own backup runs
-- as Odoo's role, which may not. What a superuser's dump takes along is in 025_dump.sql.

-- API: Private. One row: what this database was when it was set up.
CREATE TABLE odoo_mcp_private.installation (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    owner_role oid NOT NULL,
    reader_role oid NOT NULL,
    admin_role oid NOT NULL,
    -- without one, nothing is delegated to Odoo
    minter_role oid,
    odoo_role oid NOT NULL,
    odoo_schema name NOT NULL,
    -- a token lives only where these three are still true
    database_uuid text NOT NULL,
    database_oid oid NOT NULL,
    system_identifier bigint NOT NULL,
    -- whether grant_front took CREATE in Odoo's schema from PUBLIC, for teardown to give it back
    public_create_revoked boolean NOT NULL DEFAULT false,
    -- and whether Odoo's role got it in exchange
    odoo_create_granted boolean NOT NULL DEFAULT false,
    -- fronts refuse calls and hold no connections until then
    paused_until timestamptz,
    set_up_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);

-- API: Private. Roles that may carry other people's calls.
CREATE TABLE odoo_mcp_private.front (
    role oid PRIMARY KEY,
    granted_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);

-- API: Private. Which role may act as which Odoo login in psql.
CREATE TABLE odoo_mcp_private.act_as_right (
    role oid NOT NULL,
    login text NOT NULL,
    granted_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    PRIMARY KEY (role, login)
);

-- API: Private. Tokens by their SHA-256; the token itself is stored nowhere.
CREATE TABLE odoo_mcp_private.token (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE CHECK (pg_catalog.octet_length(token_hash) OPERATOR(pg_catalog.=) 32),
    user_id integer NOT NULL CHECK (user_id OPERATOR(pg_catalog.>) 1),
    login text NOT NULL,
    name text NOT NULL CHECK (pg_catalog.length(name) OPERATOR(pg_catalog.<=) 200),
    scope text NOT NULL CHECK (scope OPERATOR(pg_catalog.=) 'read'),
    issued_by name NOT NULL DEFAULT SESSION_USER,
    issued_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    expires_at timestamptz,
    revoked_at timestamptz,
    -- written with every key that is minted for it: what revokes the token at the same time waits, or is told to try again
    key_minted_at timestamptz
);

-- API: Private. Calls that Odoo is to answer, until the front reports what it said. Not logged: none outlives a crash, nor does
-- the front's request, and nothing waits for the disk.
CREATE UNLOGGED TABLE odoo_mcp_private.delegation (
    call_id uuid PRIMARY KEY,
    token_id bigint NOT NULL,
    -- only the role that was told of it may end it
    session_role name NOT NULL DEFAULT SESSION_USER,
    tool text NOT NULL,
    model text NOT NULL,
    -- json and not jsonb, which refuses some characters
    shape json NOT NULL,
    reason text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    deadline timestamptz NOT NULL
);
CREATE INDEX delegation_deadline ON odoo_mcp_private.delegation (deadline);

-- API: Private. API keys of Odoo's that were minted for delegated calls. The key itself is stored nowhere: its front knows it, and
-- Odoo its hash. Logged, unlike the calls: some versions of Odoo keep a key that nobody removes for ever.
CREATE TABLE odoo_mcp_private.delegation_key (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- res_users_apikeys.id; null once that row is removed and only Odoo's caches are to be told
    key_id integer,
    token_id bigint NOT NULL,
    -- a front's own random name, made when it started
    front uuid NOT NULL,
    session_role name NOT NULL DEFAULT SESSION_USER,
    minted_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    ends_at timestamptz NOT NULL,
    -- from when on any admitted call may take it away
    remove_after timestamptz NOT NULL
);
CREATE UNIQUE INDEX delegation_key_is_one_of_token_and_front ON odoo_mcp_private.delegation_key (token_id, front)
    WHERE key_id IS NOT NULL;
CREATE INDEX delegation_key_remove_after ON odoo_mcp_private.delegation_key (remove_after);

-- API: Private. That a call was tried: durable before its answer leaves.
CREATE TABLE odoo_mcp_private.audit_attempt (
    call_id uuid PRIMARY KEY,
    tried_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    token_id bigint,
    user_id integer NOT NULL,
    login text NOT NULL,
    tool text NOT NULL,
    model text,
    arguments_hash bytea NOT NULL,
    client_address inet,
    session_role name NOT NULL DEFAULT SESSION_USER,
    backend_pid integer NOT NULL DEFAULT pg_catalog.pg_backend_pid()
);
CREATE INDEX audit_attempt_tried_at ON odoo_mcp_private.audit_attempt (tried_at);

-- API: Private. How it ended: written without waiting for the disk, so it may be missing.
CREATE TABLE odoo_mcp_private.audit_outcome (
    call_id uuid PRIMARY KEY,
    ended_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    code text NOT NULL,
    engine text,
    row_count bigint,
    byte_count bigint,
    duration_ms double precision,
    -- the server's own words for an internal error; callers only get the call_id
    server_error text
);

-- API: Private. Calls without a valid token, by address prefix and minute: no row a call.
CREATE TABLE odoo_mcp_private.refusal (
    prefix cidr NOT NULL,
    minute timestamptz NOT NULL,
    refusal_count bigint NOT NULL,
    PRIMARY KEY (prefix, minute)
);

-- API: Private. The audit is written once.
CREATE FUNCTION odoo_mcp_private.refuse_change() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'the audit is only added to'
        USING ERRCODE = 'insufficient_privilege',
              HINT = 'nothing shortens it yet; all of it leaves with the extension: select odoo_mcp.teardown(); drop extension pg_odoo_mcp';
END
$$;

CREATE TRIGGER audit_attempt_is_insert_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON odoo_mcp_private.audit_attempt
    FOR EACH STATEMENT EXECUTE FUNCTION odoo_mcp_private.refuse_change();
CREATE TRIGGER audit_outcome_is_insert_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON odoo_mcp_private.audit_outcome
    FOR EACH STATEMENT EXECUTE FUNCTION odoo_mcp_private.refuse_change();
