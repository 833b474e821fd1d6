//! Queries that answer one value.

use postgres::Client;
use serde_json::Value;

/// The only value, as text; nothing where it is null.
///
/// # Panics
/// If the query is refused.
pub fn text(client: &mut Client, query: &str) -> String {
    client
        .query_one(query, &[])
        .unwrap_or_else(|error| panic!("{query}: {error:?}"))
        .get::<_, Option<String>>(0)
        .unwrap_or_default()
}

/// The only value, as JSON.
///
/// # Panics
/// If the query is refused.
pub fn value(client: &mut Client, query: &str) -> Value {
    client
        .query_one(query, &[])
        .unwrap_or_else(|error| panic!("{query}: {error:?}"))
        .get(0)
}

/// The only value, a bigint.
///
/// # Panics
/// If the query is refused.
pub fn number(client: &mut Client, query: &str) -> i64 {
    client
        .query_one(query, &[])
        .unwrap_or_else(|error| panic!("{query}: {error:?}"))
        .get(0)
}
