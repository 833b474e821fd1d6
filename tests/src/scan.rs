//! The facts of Odoo's source, scanned once for the stack and loaded into every copy of its database.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use postgres::Client;
use serde_json::Value;

use crate::environment::Environment;

/// What the stack's own scan found.
///
/// # Panics
/// If the file is not there.
#[must_use]
pub fn document(environment: &Environment) -> Value {
    let path = environment.facts.display();
    let text = std::fs::read_to_string(&environment.facts)
        .unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Loads that into a database where the extension is set up; the summary.
///
/// # Panics
/// If it is refused.
pub fn load(environment: &Environment, client: &mut Client) -> Value {
    load_document(client, &document(environment))
}

/// The same as a scan of now finds it, for the source of the stack never changes: only its moment differs. A moment is in
/// whole seconds and what was written within that second counts as later, so the next one is waited for.
///
/// # Panics
/// If the facts are refused.
pub fn load_again(environment: &Environment, client: &mut Client) -> Value {
    std::thread::sleep(Duration::from_secs(1));
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let mut document = document(environment);
    document["read_at"] = now.expect("a clock after 1970").as_secs().into();
    load_document(client, &document)
}

/// Loads other facts.
///
/// # Panics
/// If they are refused.
pub fn load_document(client: &mut Client, document: &Value) -> Value {
    client
        .query_one("select odoo_mcp.load_facts($1)", &[document])
        .unwrap_or_else(|error| panic!("load_facts: {error:?}"))
        .get(0)
}
