//! What a front does, without the front: one `CALL odoo_mcp.serve`.

use postgres::Client;
use postgres::error::SqlState;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The tools with arguments that every user with sales rights gets an answer to.
pub const CALLS: [(&str, &str); 4] = [
    ("odoo_context", "{}"),
    (
        "odoo_search",
        r#"{"model": "sale.order", "fields": ["name", "partner_id", "amount_total", "state"], "domain": [["state", "=", "sale"]]}"#,
    ),
    (
        "odoo_count",
        r#"{"model": "sale.order", "domain": [["partner_id.name", "ilike", "a"]]}"#,
    ),
    (
        "odoo_time_series",
        r#"{"model": "sale.order", "date_field": "date_order", "period": "month", "measures": ["amount_total:sum", "__count"]}"#,
    ),
];

/// A random call id, as the front makes one for every call.
///
/// # Panics
/// If the server does not answer.
pub fn call_id(client: &mut Client) -> String {
    client
        .query_one("select pg_catalog.gen_random_uuid()::text", &[])
        .expect("a random uuid")
        .get(0)
}

/// Calls a tool with a token; the envelope.
///
/// # Errors
/// The server's.
///
/// # Panics
/// If the answer is no JSON.
pub fn serve_as(
    client: &mut Client,
    call_id: &str,
    token: &str,
    tool: &str,
    arguments: &str,
) -> Result<Value, postgres::Error> {
    let hash = Sha256::digest(token.as_bytes()).to_vec();
    let row = client.query_one(
        "call odoo_mcp.serve($1::text::uuid, $2, '127.0.0.1', $3, $4, null)",
        &[&call_id, &hash, &tool, &arguments],
    )?;
    let answer: String = row.get(0);
    Ok(serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{tool}: {error}: {answer}")))
}

/// The same with a call id of its own, where the server is not expected to refuse.
///
/// # Panics
/// If it does.
pub fn serve(client: &mut Client, token: &str, tool: &str, arguments: &str) -> Value {
    let id = call_id(client);
    serve_as(client, &id, token, tool, arguments)
        .unwrap_or_else(|error| panic!("{tool}: {error:?}"))
}

/// Asserts that a statement is refused for want of a privilege.
///
/// # Panics
/// If it is not.
pub fn assert_denied(client: &mut Client, statement: &str) {
    assert_refused(client, statement, &[SqlState::INSUFFICIENT_PRIVILEGE]);
}

/// Asserts that a statement fails with one of these states.
///
/// # Panics
/// If it does not.
pub fn assert_refused(client: &mut Client, statement: &str, states: &[SqlState]) {
    match client.batch_execute(statement) {
        Ok(()) => panic!("this was allowed: {statement}"),
        Err(error) => match error.code() {
            Some(state) if states.contains(state) => {}
            _ => panic!("another refusal than {states:?} of {statement}: {error:?}"),
        },
    }
}

/// How a statement is refused: the state, and message and hint.
///
/// # Panics
/// If it is not.
pub fn refusal(client: &mut Client, statement: &str) -> (SqlState, String) {
    let error = client
        .simple_query(statement)
        .expect_err("it must be refused");
    let answer = error.as_db_error().expect("the server's answer");
    let said = format!("{} | {}", answer.message(), answer.hint().unwrap_or(""));
    (answer.code().clone(), said)
}
