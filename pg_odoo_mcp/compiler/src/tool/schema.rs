//! JSON schemas of the tools' arguments. What is common is explained in `instructions`.

use super::time_series::FILLS;
use crate::plan::{Period, listed_aggregates};
use serde_json::{Value as Json, json};

fn object(required: &[&str], properties: Json) -> Json {
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

fn model() -> Json {
    json!({"type": "string", "description": "such as sale.order"})
}

fn domain() -> Json {
    json!({"type": "array", "description": "which records; default all"})
}

fn shared_context() -> Json {
    json!({"type": "object", "properties": {
        "lang": {"type": "string"}, "tz": {"type": "string"},
        "allowed_company_ids": {"type": "array", "items": {"type": "integer"}},
        "active_test": {"type": "boolean"}}, "additionalProperties": false})
}

pub(super) fn context() -> Json {
    object(&[], json!({}))
}

pub(super) fn search() -> Json {
    object(
        &["model"],
        json!({
            "model": model(), "domain": domain(),
            "fields": {"type": "array", "items": {"type": "string"}},
            "limit": {"type": "integer", "minimum": 1, "maximum": super::search::MAX_LIMIT, "default": super::search::DEFAULT_LIMIT},
            "offset": {"type": "integer", "minimum": 0},
            "order": {"type": "string", "description": "such as \"amount_total desc, id\"; default Odoo's"},
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

pub(super) fn read_group() -> Json {
    object(
        &["model"],
        json!({
            "model": model(), "domain": domain(),
            "groupby": {"type": "array", "items": {"type": "string"}, "description": "such as [\"date_order:month\", \"partner_id.country_id\"]"},
            "aggregates": {"type": "array", "items": {"type": "string"}, "description": "as measures of odoo_time_series"},
            "having": {"type": "array", "description": "such as [[\"amount_total:sum\", \">\", 1000]]"},
            "order": {"type": "string", "description": "such as \"amount_total:sum desc\""},
            "limit": {"type": "integer", "minimum": 1, "maximum": super::read_group::MAX_LIMIT, "default": super::read_group::DEFAULT_LIMIT},
            "offset": {"type": "integer", "minimum": 0},
            "context": shared_context(),
        }),
    )
}

pub(super) fn pivot() -> Json {
    let keys = || json!({"type": "array", "items": {"type": "string"}});
    object(
        &["model", "rows"],
        json!({
            "model": model(), "domain": domain(), "rows": keys(), "columns": keys(), "measures": keys(),
            "totals": {"type": "boolean", "default": true},
            "sort": {"type": "string", "description": "a measure or row key, such as \"amount_total:sum desc\""},
            "top": {"type": "integer", "minimum": 1, "maximum": super::pivot::MAX_TOP, "default": super::pivot::DEFAULT_TOP},
            "timezone": {"type": "string"},
            "context": shared_context(),
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
            "date_field": {"type": "string", "description": "a date or datetime, such as date_order"},
            "period": {"enum": periods},
            "measures": {"type": "array", "items": {"type": "string"}, "description": format!("field:aggregate ({}), or __count (default)", listed_aggregates())},
            "domain": domain(),
            "from": {"type": "string", "description": "first day"},
            "to": {"type": "string", "description": "last day, included"},
            "group_by": {"type": ["string", "array"], "items": {"type": "string"}, "description": "one series for each value of a field"},
            "fill": {"enum": fills, "default": "zero", "description": "value of empty periods; zero fills sums and counts"},
            "timezone": {"type": "string", "description": "default the user's"},
            "context": shared_context(),
        }),
    )
}
