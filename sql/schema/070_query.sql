-- The tools as people like them in psql. Each builds the tool's arguments, without those that were
-- not given, and makes one call. They run as their caller, so they name nothing private.

CREATE FUNCTION odoo_mcp.search(
    model text, domain jsonb DEFAULT '[]', fields text[] DEFAULT NULL, "limit" integer DEFAULT NULL,
    "offset" integer DEFAULT NULL, "order" text DEFAULT NULL, context jsonb DEFAULT NULL)
RETURNS TABLE (id bigint, record jsonb)
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT (r.record ->> 'id')::bigint, r.record::jsonb
      FROM json_array_elements(odoo_mcp.call('odoo_search', jsonb_strip_nulls(jsonb_build_object(
               'model', model, 'domain', domain, 'fields', fields, 'limit', "limit", 'offset', "offset",
               'order', "order", 'context', context))) -> 'records') AS r (record)
$$;

CREATE FUNCTION odoo_mcp.count(model text, domain jsonb DEFAULT '[]', context jsonb DEFAULT NULL) RETURNS bigint
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT (odoo_mcp.call('odoo_count', jsonb_strip_nulls(jsonb_build_object(
               'model', model, 'domain', domain, 'context', context))) ->> 'count')::bigint
$$;

CREATE FUNCTION odoo_mcp.time_series(
    model text, date_field text, period text DEFAULT 'month', measures text[] DEFAULT NULL, domain jsonb DEFAULT '[]',
    "from" text DEFAULT NULL, "to" text DEFAULT NULL, group_by text DEFAULT NULL, fill text DEFAULT 'zero',
    timezone text DEFAULT NULL, context jsonb DEFAULT NULL)
RETURNS TABLE (start text, "values" jsonb)
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH answered AS MATERIALIZED (
        SELECT odoo_mcp.call('odoo_time_series', jsonb_strip_nulls(jsonb_build_object(
                   'model', model, 'date_field', date_field, 'period', period, 'measures', measures, 'domain', domain,
                   'from', "from", 'to', "to", 'group_by', group_by, 'fill', fill, 'timezone', timezone,
                   'context', context))) AS answer
    )
    SELECT r.cells ->> 0,
           (SELECT jsonb_object_agg(c.label #>> '{}', r.cells -> (c.place - 1)::integer)
              FROM json_array_elements(a.answer -> 'columns') WITH ORDINALITY AS c (label, place)
             WHERE c.place > 1)
      FROM answered a
     CROSS JOIN json_array_elements(a.answer -> 'rows') WITH ORDINALITY AS r (cells, place)
     ORDER BY r.place
$$;

CREATE FUNCTION odoo_mcp.context() RETURNS jsonb
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT odoo_mcp.call('odoo_context', '{}')::jsonb
$$;
