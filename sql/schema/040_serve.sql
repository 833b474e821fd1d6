-- No SET clause and no SECURITY DEFINER: either would forbid the COMMIT, which makes the attempt
-- durable before anything is read.
CREATE PROCEDURE odoo_mcp.serve(
    call_id uuid, token_hash bytea, client_address inet, tool text, arguments text, INOUT answer text)
LANGUAGE plpgsql
AS $$
BEGIN
    answer := odoo_mcp.admit(call_id, token_hash, client_address, tool, arguments);
    COMMIT;
    IF answer IS NULL THEN
        answer := odoo_mcp.run(call_id);
    END IF;
END
$$;
