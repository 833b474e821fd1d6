COMMENT ON SCHEMA odoo_mcp IS 'Odoo over MCP: functions and views for DBAs, analysts and fronts.';
COMMENT ON SCHEMA odoo_mcp_private IS 'What pg_odoo_mcp remembers; may change in any release.';

COMMENT ON TABLE odoo_mcp_private.installation IS 'One row: roles and identity of the database that was set up.';
COMMENT ON TABLE odoo_mcp_private.front IS 'Roles that carry other people''s calls.';
COMMENT ON TABLE odoo_mcp_private.act_as_right IS 'Which role may act as which Odoo login in psql.';
COMMENT ON TABLE odoo_mcp_private.token IS 'Tokens by their SHA-256.';
COMMENT ON TABLE odoo_mcp_private.audit_attempt IS 'Every call that was tried, durable before its answer leaves. Insert only.';
COMMENT ON TABLE odoo_mcp_private.audit_outcome IS 'How each call ended, written without waiting for the disk. Insert only.';
COMMENT ON TABLE odoo_mcp_private.refusal IS 'Calls without a valid token, by address prefix and minute.';

COMMENT ON SEQUENCE odoo_mcp_private.token_id_seq IS 'Numbers of tokens.';

COMMENT ON VIEW odoo_mcp.tokens IS 'Tokens without anything secret.';
COMMENT ON VIEW odoo_mcp.audit_entries IS 'Every call with its outcome; an outcome that was lost shows as unknown.';
COMMENT ON VIEW odoo_mcp.refusals IS 'Calls without a valid token, by address prefix and minute.';

COMMENT ON FUNCTION odoo_mcp.setup(text, text) IS 'Makes the roles, grants the reading role what it may read, and notes which database this is. Superusers; run it again after each Odoo upgrade.';
COMMENT ON FUNCTION odoo_mcp.teardown() IS 'Takes back what setup did: tokens, grants, settings, roles. Superusers; afterwards DROP EXTENSION leaves nothing.';
COMMENT ON FUNCTION odoo_mcp.adopt_database() IS 'Makes a copy of the database a database of its own: notes its identity and revokes every token. Superusers.';
COMMENT ON FUNCTION odoo_mcp.grant_front(name) IS 'Lets a LOGIN role carry calls of MCP clients: EXECUTE on the front''s functions and nothing else. Superusers.';
COMMENT ON FUNCTION odoo_mcp.revoke_front(name) IS 'Takes back what grant_front gave. Superusers.';
COMMENT ON FUNCTION odoo_mcp.allow_act_as(name, text) IS 'Lets a role act as an Odoo login in psql. Superusers.';
COMMENT ON FUNCTION odoo_mcp.disallow_act_as(name, text) IS 'Takes back what allow_act_as gave. Superusers.';
COMMENT ON FUNCTION odoo_mcp.issue_token(text, text, text, interval) IS 'Makes a token for an Odoo user: (login, name, scope, expires_in; NULL for no end). Shown once; only its SHA-256 is stored.';
COMMENT ON FUNCTION odoo_mcp.revoke_token(bigint) IS 'Ends a token at once; false where no live one has that id.';
COMMENT ON FUNCTION odoo_mcp.hash_token(text) IS 'The SHA-256 by which a token is stored and sent.';
COMMENT ON FUNCTION odoo_mcp.act_as(text, boolean) IS 'Acts as an Odoo user from now on: to the end of the transaction, or of the session (session => true).';
COMMENT ON FUNCTION odoo_mcp.call(text, jsonb) IS 'One tool call as MCP has it: (tool, arguments). The call is in the audit if its transaction commits.';
COMMENT ON FUNCTION odoo_mcp.explain(text, jsonb) IS 'How a tool call would be answered: its SQL, parameters and rules, without running it.';
COMMENT ON FUNCTION odoo_mcp.search(text, jsonb, text[], integer, integer, text, jsonb) IS 'Records of a model that the user may read; 100 unless "limit" says otherwise, at most 1000.';
COMMENT ON FUNCTION odoo_mcp.count(text, jsonb, jsonb) IS 'How many records of a model the user may read.';
COMMENT ON FUNCTION odoo_mcp.time_series(text, text, text, text[], jsonb, text, text, text, text, text, jsonb) IS 'Measures of a model per period, gaps filled.';
COMMENT ON FUNCTION odoo_mcp.list_models(text, integer) IS 'Models that the user may read, best match first; 50 unless "limit" says otherwise, at most 1000. engine sql is answered here, engine odoo not yet, for the reason.';
COMMENT ON FUNCTION odoo_mcp.describe_model(text, text[], jsonb) IS 'Fields of a model that the user may read, as Odoo calls them: describe_model(''sale.order'', ''{partner_id}''). Without fields, those that are not answered come last, with the reason alone.';
COMMENT ON FUNCTION odoo_mcp.read_group(text, jsonb, text[], text[], jsonb, text, integer, integer, jsonb) IS 'Groups as Odoo''s formatted_read_group: keys, measures, and the domain that leads to each group''s records. read_group(''sale.order'', groupby => ''{date_order:month,user_id}'', aggregates => ''{amount_total:sum,__count}'', "order" => ''amount_total:sum desc''); 200 groups unless "limit" says otherwise, at most 2000.';
COMMENT ON FUNCTION odoo_mcp.pivot(text, text[], text[], text[], jsonb, boolean, text, integer, text, jsonb) IS 'Figures by rows and columns, subtotals and totals last (is_total, the key "total"), several currencies apart. pivot(''sale.order'', rows => ''{user_id}'', columns => ''{date_order:quarter}'', measures => ''{amount_total:sum}'', sort => ''amount_total:sum desc'', top => 10); 200 rows unless top says otherwise, at most 2000, totals are over all.';
COMMENT ON FUNCTION odoo_mcp.context() IS 'As whom the session acts, with companies, versions and time.';
COMMENT ON FUNCTION odoo_mcp.health() IS 'Whether the extension works in this database, and if not, why.';
COMMENT ON FUNCTION odoo_mcp.list_tools() IS 'The tools and the instructions that MCP clients are told.';
COMMENT ON FUNCTION odoo_mcp.authenticate(bytea, inet) IS 'For fronts: whether the token of that SHA-256 lives.';
COMMENT ON FUNCTION odoo_mcp.admit(uuid, bytea, inet, text, text) IS 'For fronts, through serve: authenticates and writes that a call is tried; answers only refusals.';
COMMENT ON FUNCTION odoo_mcp.run(uuid) IS 'For fronts, through serve: answers the call that was admitted and committed under that call_id, once.';
COMMENT ON PROCEDURE odoo_mcp.serve(uuid, bytea, inet, text, text, text) IS 'For fronts: one call in one round trip: admit, commit, run.';

COMMENT ON FUNCTION odoo_mcp_private.refuse_change() IS 'Trigger: the audit is only added to.';
COMMENT ON FUNCTION odoo_mcp_private.is_secret(name, name) IS 'Columns that the reading role never gets, by name of table and column.';
COMMENT ON FUNCTION odoo_mcp_private.require_superuser() IS 'Raises for anybody else.';
COMMENT ON FUNCTION odoo_mcp_private.require_setup() IS 'The installation, or an error where there is none.';
COMMENT ON FUNCTION odoo_mcp_private.hand_over(name) IS 'Gives the extension''s schemas, tables and views to a role.';
COMMENT ON FUNCTION odoo_mcp_private.grant_reading(name, name, oid) IS 'Grants the reading role anew, without secrets.';
COMMENT ON FUNCTION odoo_mcp_private.grant_administration(name) IS 'Grants the admin role.';
COMMENT ON FUNCTION odoo_mcp_private.front_settings() IS 'Settings of a front''s sessions.';
COMMENT ON FUNCTION odoo_mcp_private.front_functions() IS 'Exactly what a front may call.';
COMMENT ON FUNCTION odoo_mcp_private.apply_front(name) IS 'Grants and settings of a front.';
COMMENT ON FUNCTION odoo_mcp_private.withdraw_front(name) IS 'The reverse of apply_front.';
COMMENT ON FUNCTION odoo_mcp_private.query_functions() IS 'What a role needs to ask in psql.';
COMMENT ON FUNCTION odoo_mcp_private.database_uuid(text, oid) IS 'Odoo''s database.uuid, read as the role that owns it.';
COMMENT ON FUNCTION odoo_mcp_private.system_identifier() IS 'The cluster''s identifier.';
