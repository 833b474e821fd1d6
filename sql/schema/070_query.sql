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

-- In the order of the ids, as often as they are named; without those that are gone.
CREATE FUNCTION odoo_mcp.read(model text, ids bigint[], fields text[] DEFAULT NULL, context jsonb DEFAULT NULL)
RETURNS TABLE (id bigint, record jsonb)
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT (r.record ->> 'id')::bigint, r.record::jsonb
      FROM json_array_elements(odoo_mcp.call('odoo_read', jsonb_strip_nulls(jsonb_build_object(
               'model', model, 'ids', ids, 'fields', fields, 'context', context))) -> 'records')
           WITH ORDINALITY AS r (record, place)
     ORDER BY r.place
$$;

CREATE FUNCTION odoo_mcp.name_search(
    model text, name text DEFAULT '', operator text DEFAULT NULL, domain jsonb DEFAULT '[]', "limit" integer DEFAULT NULL,
    context jsonb DEFAULT NULL)
RETURNS TABLE (id bigint, display_name text)
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT (r.named ->> 0)::bigint, CASE json_typeof(r.named -> 1) WHEN 'string' THEN r.named ->> 1 END
      FROM json_array_elements(odoo_mcp.call('odoo_name_search', jsonb_strip_nulls(jsonb_build_object(
               'model', model, 'name', name, 'operator', operator, 'domain', domain, 'limit', "limit", 'context', context)))
               -> 'records') WITH ORDINALITY AS r (named, place)
     ORDER BY r.place
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

CREATE FUNCTION odoo_mcp.list_models(query text DEFAULT NULL, "limit" integer DEFAULT NULL)
RETURNS TABLE (model text, name text, engine text, reason text)
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.listed ->> 'model', m.listed ->> 'name', m.listed ->> 'engine', m.listed ->> 'reason'
      FROM json_array_elements(odoo_mcp.call('odoo_list_models', jsonb_strip_nulls(jsonb_build_object(
               'query', query, 'limit', "limit"))) -> 'models') WITH ORDINALITY AS m (listed, place)
     ORDER BY m.place
$$;

-- Without `fields`, those that are not answered come last, with nothing but the reason.
CREATE FUNCTION odoo_mcp.describe_model(model text, fields text[] DEFAULT NULL, context jsonb DEFAULT NULL)
RETURNS TABLE (name text, type text, label text, relation text, required boolean, readonly boolean, stored boolean,
               groupable boolean, unsupported text, selection jsonb, help text, more jsonb)
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH answered AS MATERIALIZED (
        SELECT odoo_mcp.call('odoo_describe_model', jsonb_strip_nulls(jsonb_build_object(
                   'model', model, 'fields', fields, 'context', context)))::jsonb AS answer
    ), described AS (
        SELECT f.place, f.field
          FROM answered a
         CROSS JOIN jsonb_array_elements(a.answer -> 'fields') WITH ORDINALITY AS f (field, place)
        UNION ALL
        SELECT NULL, jsonb_build_object('name', n.name, 'unsupported', u.reason)
          FROM answered a
         CROSS JOIN jsonb_each(a.answer -> 'unsupported') AS u (reason, names)
         CROSS JOIN jsonb_array_elements_text(u.names) AS n (name)
    )
    SELECT d.field ->> 'name', d.field ->> 'type', d.field ->> 'label', d.field ->> 'relation',
           (d.field -> 'required')::boolean, (d.field -> 'readonly')::boolean, (d.field -> 'stored')::boolean,
           (d.field -> 'groupable')::boolean, d.field ->> 'unsupported', d.field -> 'selection', d.field ->> 'help',
           nullif(d.field - ARRAY['name', 'type', 'label', 'relation', 'selection', 'required', 'readonly', 'stored',
                                  'groupable', 'help', 'unsupported'], '{}')
      FROM described d
     ORDER BY d.place, d.field ->> 'unsupported', d.field ->> 'name'
$$;

CREATE FUNCTION odoo_mcp.read_group(
    model text, domain jsonb DEFAULT '[]', groupby text[] DEFAULT '{}', aggregates text[] DEFAULT NULL,
    "having" jsonb DEFAULT NULL, "order" text DEFAULT NULL, "limit" integer DEFAULT NULL, "offset" integer DEFAULT NULL,
    context jsonb DEFAULT NULL)
RETURNS TABLE (keys jsonb, "values" json, extra_domain jsonb)
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT (SELECT jsonb_object_agg(c.key, c.value)
              FROM json_each(g.formatted) AS c (key, value)
             WHERE c.key = ANY (groupby)),
           (SELECT json_object_agg(c.key, c.value)
              FROM json_each(g.formatted) WITH ORDINALITY AS c (key, value, place)
             WHERE c.key <> ALL (groupby || '__extra_domain'::text)),
           (g.formatted -> '__extra_domain')::jsonb
      FROM json_array_elements(odoo_mcp.call('odoo_read_group', jsonb_strip_nulls(jsonb_build_object(
               'model', model, 'domain', domain, 'groupby', groupby, 'aggregates', aggregates, 'having', "having",
               'order', "order", 'limit', "limit", 'offset', "offset", 'context', context))) -> 'groups')
           WITH ORDINALITY AS g (formatted, place)
     ORDER BY g.place
$$;

-- A figure is called by its column's values, records with their ids, and its measure; totals follow the rows.
CREATE FUNCTION odoo_mcp.pivot(
    model text, rows text[] DEFAULT '{}', columns text[] DEFAULT NULL, measures text[] DEFAULT NULL, domain jsonb DEFAULT '[]',
    totals boolean DEFAULT NULL, sort text DEFAULT NULL, top integer DEFAULT NULL, timezone text DEFAULT NULL,
    context jsonb DEFAULT NULL)
RETURNS TABLE (keys jsonb, "values" json, is_total boolean)
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH answered AS MATERIALIZED (
        SELECT odoo_mcp.call('odoo_pivot', jsonb_strip_nulls(jsonb_build_object(
                   'model', model, 'rows', rows, 'columns', columns, 'measures', measures, 'domain', domain,
                   'totals', totals, 'sort', sort, 'top', top, 'timezone', timezone, 'context', context))) AS answer
    ), labelled AS MATERIALIZED (
        SELECT c.place::integer - 1 AS place,
               json_typeof(c.label) = 'string' AND c.label #>> '{}' = ANY (rows || 'currency'::text) AS is_key,
               CASE json_typeof(c.label)
                   WHEN 'string' THEN c.label #>> '{}'
                   ELSE concat_ws(' ',
                       CASE WHEN (c.label ->> 'total')::boolean THEN '(total)' END,
                       (SELECT string_agg(
                                   CASE json_typeof(p.value)
                                       WHEN 'array' THEN concat_ws(' ', p.value ->> 1, format('[%s]', p.value ->> 0))
                                       ELSE p.value #>> '{}'
                                   END, ' ')
                          FROM json_each(c.label) AS p (key, value)
                         WHERE p.key NOT IN ('measure', 'total')),
                       c.label ->> 'measure')
               END AS label
          FROM answered a
         CROSS JOIN json_array_elements(a.answer -> 'columns') WITH ORDINALITY AS c (label, place)
    ), line AS (
        SELECT 1 AS part, r.cells, r.place
          FROM answered a CROSS JOIN json_array_elements(a.answer -> 'rows') WITH ORDINALITY AS r (cells, place)
        UNION ALL
        SELECT 2, r.cells, r.place
          FROM answered a CROSS JOIN json_array_elements(a.answer -> 'totals') WITH ORDINALITY AS r (cells, place)
    )
    SELECT (SELECT jsonb_object_agg(l.label, r.cells -> l.place) FROM labelled l WHERE l.is_key),
           (SELECT json_object_agg(l.label, r.cells -> l.place ORDER BY l.place) FROM labelled l WHERE NOT l.is_key),
           r.part = 2
      FROM line r
     ORDER BY r.part, r.place
$$;
