//! Facts as small as a test needs them: what `odoo-mcp scan-addons` would find, of a few models only.

use postgres::Client;
use serde_json::{Map, Value, json};

use crate::query;

/// A document of the modules that are installed, with these models. Every module has a say in each of them.
///
/// # Panics
/// If the server does not answer.
#[must_use]
pub fn document(superuser: &mut Client, models: &[(&str, Value)]) -> Value {
    let modules = query::value(
        superuser,
        "select jsonb_object_agg(name, jsonb_build_object('version', version, 'digest', '00')) from odoo_mcp.installed_modules()",
    );
    let names: Vec<&str> = modules
        .as_object()
        .expect("modules")
        .keys()
        .map(String::as_str)
        .collect();
    let models: Map<String, Value> = models
        .iter()
        .map(|(name, facts)| {
            let mut facts = facts.clone();
            facts["modules"] = json!(names.join(" "));
            ((*name).to_owned(), facts)
        })
        .collect();
    json!({
        "format": 1, "origin": "scan_addons", "program": "a test 0.1.0", "modules": modules, "models": models,
    })
}

/// A model of plain fields whose records are called by their name.
#[must_use]
pub fn plain(fields: &str) -> Value {
    json!({"display_name": {"kind": "rec_name", "rec_name": "name"}, "fields": {"plain": fields}})
}

/// `crm.tag`, which few modules touch and no rule hides.
#[must_use]
pub fn tags() -> Value {
    plain("id name color display_name create_uid create_date write_uid write_date")
}

/// Loads them: the summary.
///
/// # Panics
/// If they are refused.
pub fn load(client: &mut Client, document: &Value) -> Value {
    client
        .query_one("select odoo_mcp.load_facts($1)", &[document])
        .unwrap_or_else(|error| panic!("load_facts: {error:?}"))
        .get(0)
}
