//! JSON schemas of the tools' arguments. Every character stands in every conversation, so what is
//! common is said once in `instructions`, and a schema holds what a call cannot be made without.

use super::time_series::FILLS;
use super::{batch, list_models, pivot, read, read_group, search};
use crate::plan::{Period, listed_aggregates};
use serde_json::{Value as Json, json};

fn object(required: &[&str], properties: Json) -> Json {
    let mut schema =
        json!({"type": "object", "properties": properties, "additionalProperties": false});
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn text(description: &str) -> Json {
    json!({"type": "string", "description": description})
}

fn texts(description: &str) -> Json {
    json!({"type": "array", "items": {"type": "string"}, "description": description})
}

fn number(minimum: u64, maximum: u64, default: u64) -> Json {
    json!({"type": "integer", "minimum": minimum, "maximum": maximum, "default": default})
}

fn offset() -> Json {
    json!({"type": "integer", "minimum": 0})
}

fn model() -> Json {
    json!({"type": "string"})
}

fn domain() -> Json {
    json!({"type": "array", "description": "as in odoo_search"})
}

fn shared_context() -> Json {
    json!({"type": "object", "description": "lang, tz, allowed_company_ids, active_test"})
}

fn measures() -> Json {
    texts("as aggregates of odoo_read_group")
}

fn keys() -> Json {
    texts("field, many2one path, date:period")
}

pub(super) fn context() -> Json {
    object(&[], json!({}))
}

pub(super) fn list_models() -> Json {
    object(
        &[],
        json!({
            "query": text("part of a name, any language"),
            "limit": number(1, list_models::MAX_LIMIT, list_models::DEFAULT_LIMIT),
        }),
    )
}

pub(super) fn describe_model() -> Json {
    object(
        &["model"],
        json!({
            "model": text("e.g. sale.order"), "fields": texts("default all"),
            "values": {"type": "boolean", "description": "of 1-10 fields, highest ids: share filled, range, frequent"},
            "context": shared_context(),
        }),
    )
}

pub(super) fn search() -> Json {
    object(
        &["model"],
        json!({
            "model": model(), "domain": {"type": "array", "description": "[[field, operator, value], …], prefix | and !; default all. Dates are days in the timezone, datetimes UTC"}, "fields": texts("default a few; add currency_id to money"),
            "limit": number(1, search::MAX_LIMIT, search::DEFAULT_LIMIT), "offset": offset(),
            "order": text("such as \"amount_total desc, id\"; default Odoo's"),
            "context": shared_context(),
        }),
    )
}

pub(super) fn count() -> Json {
    object(
        &["model"],
        json!({"model": model(), "domain": domain(), "context": shared_context()}),
    )
}

pub(super) fn read() -> Json {
    object(
        &["model", "ids"],
        json!({
            "model": model(), "ids": {"type": "array", "items": {"type": "integer"}, "maxItems": read::MAX_IDS},
            "fields": texts("as in odoo_search"), "context": shared_context(),
        }),
    )
}

pub(super) fn name_search() -> Json {
    object(
        &["model", "name"],
        json!({
            "model": model(), "name": {"type": "string"},
            "operator": text("default ilike"), "domain": domain(),
            "limit": number(1, search::MAX_LIMIT, search::DEFAULT_LIMIT), "context": shared_context(),
        }),
    )
}

pub(super) fn batch() -> Json {
    let call = json!({"type": "object", "properties": {"tool": {"type": "string"}, "arguments": {"type": "object"}}});
    object(
        &["calls"],
        json!({"calls": {"type": "array", "items": call, "maxItems": batch::MAX_CALLS}}),
    )
}

pub(super) fn read_group() -> Json {
    object(
        &["model"],
        json!({
            "model": model(), "domain": domain(), "groupby": keys(), "aggregates": texts(&format!("field:aggregate ({}), or __count (default); never a bare field", listed_aggregates())),
            "having": {"type": "array", "description": "domain on aggregates: [[\"amount_total:sum\", \">\", 1000]]"},
            "order": text("such as \"amount_total:sum desc\""),
            "limit": number(1, read_group::MAX_LIMIT, read_group::DEFAULT_LIMIT), "offset": offset(), "context": shared_context(),
        }),
    )
}

pub(super) fn time_series() -> Json {
    let fills: Vec<&str> = FILLS.iter().map(|(name, _)| *name).collect();
    let periods: Vec<&str> = Period::NAMES.iter().map(|(name, _)| *name).collect();
    object(
        &["model", "date_field", "period"],
        json!({
            "model": model(),
            "date_field": text("such as date_order"),
            "period": {"enum": periods},
            "measures": measures(),
            "domain": domain(),
            "from": text("first day"),
            "to": text("last day, included; default today if from is given"),
            "group_by": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}], "description": "one series for each value, the most records first"},
            "fill": {"enum": fills, "default": "zero", "description": "value of empty periods; zero fills sums and counts"},
            "timezone": {"type": "string"},
            "context": shared_context(),
        }),
    )
}

pub(super) fn pivot() -> Json {
    object(
        &["model", "rows"],
        json!({
            "model": model(), "rows": keys(), "columns": texts("the same, across"),
            "measures": measures(), "domain": domain(),
            "totals": {"type": "boolean", "default": true},
            "sort": text("a measure, by its row total, or a row field; such as \"amount_total:sum desc\""),
            "top": {"type": "integer", "minimum": 1, "maximum": pivot::MAX_TOP, "default": pivot::DEFAULT_TOP, "description": "rows, for each currency"}, "timezone": {"type": "string"},
            "context": shared_context(),
        }),
    )
}
