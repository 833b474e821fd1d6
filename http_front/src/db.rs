//! The SQL functions that the front calls: one function here for each there, and no other SQL.

use crate::{
    pool::{DbError, Pool},
    token::TokenHash,
};
use odoo_compiler::refusal::Refusal;
use serde::Deserialize;
use std::net::IpAddr;
use tokio_postgres::{Client, Row, types::Type};
use uuid::Uuid;

/// `odoo_mcp.serve`: one tool call, admitted and answered.
pub(crate) async fn serve(
    pool: &Pool,
    call_id: Uuid,
    token: TokenHash,
    client: IpAddr,
    tool: &str,
    arguments: &str,
) -> Result<String, DbError> {
    let statement = "CALL odoo_mcp.serve($1, $2, $3, $4, $5, NULL)";
    let outcome = pool
        .query_text(
            call_id,
            statement,
            &[
                (&call_id, Type::UUID),
                (&token.as_bytes(), Type::BYTEA),
                (&client, Type::INET),
                (&tool, Type::TEXT),
                (&arguments, Type::TEXT),
            ],
        )
        .await;
    pool.note_call(&outcome);
    hear(pool, outcome?)
}

/// `odoo_mcp.delegation_key`: an Odoo API key for the user of a call that is handed on. What comes
/// back is a secret.
pub(crate) async fn delegation_key(
    pool: &Pool,
    call_id: Uuid,
    front: Uuid,
) -> Result<String, DbError> {
    let statement = "SELECT odoo_mcp.delegation_key($1, $2)";
    let text = pool
        .query_text(
            call_id,
            statement,
            &[(&call_id, Type::UUID), (&front, Type::UUID)],
        )
        .await?;
    hear(pool, text)
}

/// `odoo_mcp.complete`: what came of a call that was handed on, made into the tool's answer. Also in a
/// pause, which lets calls that were begun come to their end; so the answer tells nothing of one.
pub(crate) async fn complete(pool: &Pool, call_id: Uuid, outcome: &str) -> Result<String, DbError> {
    let statement = "SELECT odoo_mcp.complete($1, $2)";
    pool.report_text(
        call_id,
        statement,
        &[(&call_id, Type::UUID), (&outcome, Type::TEXT)],
    )
    .await
}

/// `odoo_mcp.authenticate`: whether the token may speak at all; for messages that call no tool.
pub(crate) async fn authenticate(
    pool: &Pool,
    reference: Uuid,
    token: TokenHash,
    client: IpAddr,
) -> Result<String, DbError> {
    let statement = "SELECT odoo_mcp.authenticate($1, $2)";
    let text = pool
        .query_text(
            reference,
            statement,
            &[(&token.as_bytes(), Type::BYTEA), (&client, Type::INET)],
        )
        .await?;
    hear(pool, text)
}

/// `odoo_mcp.list_tools`: the tools and the instructions, as JSON.
pub(crate) async fn list_tools(pool: &Pool, reference: Uuid) -> Result<String, DbError> {
    pool.query_text(reference, "SELECT odoo_mcp.list_tools()", &[])
        .await
}

/// `odoo_mcp.doctor`: what is wrong, seen from inside; rows of check, status, finding and hint. On a
/// connection of its own, because a pool hides why there is none.
pub(crate) async fn doctor(
    client: &Client,
    pool_size: i32,
    odoo_db: Option<&str>,
    version: &str,
    clock: f64,
) -> Result<Vec<Row>, tokio_postgres::Error> {
    let statement =
        "SELECT d.\"check\", d.status, d.finding, d.hint FROM odoo_mcp.doctor($1, $2, $3, $4) d";
    client
        .query_typed(
            statement,
            &[
                (&pool_size, Type::INT4),
                (&odoo_db, Type::TEXT),
                (&version, Type::TEXT),
                (&clock, Type::FLOAT8),
            ],
        )
        .await
}

/// Asks `odoo_mcp.health`.
pub(crate) const HEALTH: &str = "SELECT odoo_mcp.health()::pg_catalog.text";

/// `odoo_mcp.health`: versions, and what is missing.
pub(crate) async fn health(pool: &Pool, reference: Uuid) -> Result<String, DbError> {
    #[derive(Deserialize)]
    struct Health {
        paused_seconds: Option<u64>,
    }
    let text = pool.query_text(reference, HEALTH, &[]).await?;
    match serde_json::from_str(&text) {
        Ok(Health {
            paused_seconds: Some(seconds),
        }) => Err(pool.pause(seconds)),
        _ => {
            pool.resume();
            Ok(text)
        }
    }
}

/// An answer, unless it is that there is a pause.
fn hear(pool: &Pool, text: String) -> Result<String, DbError> {
    match Refusal::of_json(&text) {
        Some(Refusal::Paused { retry_after }) => Err(pool.pause(retry_after)),
        _ => {
            pool.resume();
            Ok(text)
        }
    }
}
