-- Fronts let go of the database for a while: Odoo can neither copy nor drop one that somebody is connected to, and its role
-- may not end sessions of others.

-- Sessions of fronts in this database, as far as the caller may end them, and who is connected besides. Whoever may call
-- serve() is a front.
CREATE FUNCTION odoo_mcp.end_front_sessions() RETURNS jsonb
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    fronts oid[] := ARRAY(
        SELECT g.grantee FROM pg_catalog.pg_proc p CROSS JOIN LATERAL aclexplode(p.proacl) g
         WHERE p.oid = 'odoo_mcp.serve(uuid, bytea, inet, text, text, text)'::regprocedure AND g.grantee NOT IN (p.proowner, 0));
    ended integer[];
    deadline CONSTANT timestamptz := clock_timestamp() + interval '5 seconds';
BEGIN
    SELECT coalesce(array_agg(s.pid), '{}') INTO ended
      FROM pg_catalog.pg_stat_activity s
     WHERE s.datname = current_database() AND s.pid <> pg_backend_pid() AND s.usesysid = ANY (fronts)
       AND (pg_has_role(s.usesysid, 'MEMBER') OR pg_has_role('pg_signal_backend', 'MEMBER'));
    PERFORM pg_terminate_backend(e.pid) FROM unnest(ended) AS e (pid);
    LOOP
        PERFORM pg_stat_clear_snapshot();
        EXIT WHEN clock_timestamp() > deadline
            OR NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity s WHERE s.pid = ANY (ended));
        PERFORM pg_sleep(0.02);
    END LOOP;
    RETURN jsonb_build_object(
        'ended_sessions', cardinality(ended),
        -- Odoo ends those of its own role itself
        'still_connected', (
            SELECT coalesce(jsonb_agg(jsonb_build_object('role', c.usename, 'sessions', c.sessions) ORDER BY c.usename), '[]')
              FROM (SELECT s.usename, count(*) AS sessions
                      FROM pg_catalog.pg_stat_activity s JOIN pg_catalog.pg_database d ON d.datname = s.datname
                     WHERE s.datname = current_database() AND s.pid <> pg_backend_pid()
                       AND s.usesysid IS NOT NULL AND s.usesysid <> d.datdba
                     GROUP BY s.usename) c));
END
$$;

-- A procedure, because the flag must be committed before sessions are ended: fronts connect again at once. No SET clause, as
-- it would forbid the COMMIT.
CREATE PROCEDURE odoo_mcp.pause(duration interval DEFAULT '1 hour', INOUT answer jsonb DEFAULT NULL)
LANGUAGE plpgsql
AS $$
DECLARE
    paused_until timestamptz;
BEGIN
    paused_until := odoo_mcp.note_pause(duration);
    COMMIT;
    answer := pg_catalog.jsonb_concat(
        pg_catalog.jsonb_build_object('paused_until', paused_until), odoo_mcp.end_front_sessions());
END
$$;

CREATE PROCEDURE odoo_mcp.resume(INOUT answer jsonb DEFAULT NULL)
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM odoo_mcp.note_pause(NULL);
    answer := pg_catalog.jsonb_build_object('paused_until', NULL);
END
$$;
