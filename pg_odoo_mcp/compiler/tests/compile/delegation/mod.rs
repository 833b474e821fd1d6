//! What Odoo is asked where SQL can't answer exactly, and what becomes of its answers.

mod anything;
mod completion;
mod errors;
mod groups;
mod names;
mod records;
mod refusals;
mod requests;

use crate::odoo::Odoo;
use crate::unread::odoo;
use odoo_compiler::answer::{Reply, answer};
use odoo_compiler::delegate::{Delegation, Outcome, complete};
use odoo_compiler::error::{Error, Result};
use serde_json::{Value, json};

fn reply(odoo: &Odoo, tool: &str, arguments: &Value) -> Result<Reply> {
    answer(tool, &arguments.to_string(), &odoo.principal, odoo)
}

/// What Odoo is asked.
#[track_caller]
fn delegated(odoo: &Odoo, tool: &str, arguments: &Value) -> Delegation {
    match reply(odoo, tool, arguments) {
        Ok(Reply::Delegate(delegation)) => delegation,
        other => panic!("{tool} {arguments} is not delegated: {other:?}"),
    }
}

/// Its requests as the front gets them.
fn requests(delegation: &Delegation) -> Value {
    serde_json::to_value(&delegation.requests).expect("requests are JSON")
}

/// The error of a call that Odoo is not asked.
#[track_caller]
fn refused(odoo: &Odoo, tool: &str, arguments: &Value) -> Error {
    match reply(odoo, tool, arguments) {
        Err(error) => error,
        other => panic!("{tool} {arguments} is not refused: {other:?}"),
    }
}

/// The answer of what the front reports, by the shape as it is kept until then.
fn completed(delegation: &Delegation, outcome: &Value) -> Result<Value> {
    let kept = serde_json::to_string(&delegation.shape).expect("a shape is JSON");
    let shape = serde_json::from_str(&kept).expect("and is read back");
    let outcome: Outcome = serde_json::from_str(&outcome.to_string()).expect("an outcome");
    let answer = complete(&shape, outcome)?;
    assert_eq!(answer.model.as_deref(), Some(delegation.model.as_str()));
    Ok(serde_json::from_str(&answer.json).expect("an answer is JSON"))
}

/// The answers of JSON-2.
fn json2(bodies: &[Value]) -> Value {
    let answers: Vec<Value> = bodies
        .iter()
        .map(|body| json!({"status": 200, "body": body}))
        .collect();
    json!({"answers": answers})
}

/// The answers of JSON-RPC.
fn jsonrpc(bodies: &[Value]) -> Value {
    let wrapped: Vec<Value> = bodies
        .iter()
        .map(|body| json!({"jsonrpc": "2.0", "id": 1, "result": body}))
        .collect();
    json2(&wrapped)
}

/// The context that every request has, if the call has none.
fn context() -> Value {
    json!({"lang": "en_US", "tz": "Europe/Brussels", "allowed_company_ids": [1, 2]})
}
