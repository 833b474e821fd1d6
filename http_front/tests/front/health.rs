//! `/healthz` and `/readyz`, as the database gets ready step by step.

use crate::{
    client::Request,
    stage::{Database, Stage},
};
use std::time::Duration;

async fn ready(stage: &Stage) -> (u16, String) {
    // a verdict is kept for a second
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    let reply = stage.send(&Request::new("GET", "/readyz")).await;
    let hint = reply.json()["hint"].as_str().unwrap_or("").to_owned();
    (reply.status, hint)
}

#[tokio::test]
async fn ready_names_what_is_missing() {
    let stage = Stage::over(Database::empty().await, |_| {}).await;
    assert_eq!(
        stage.send(&Request::new("GET", "/healthz")).await.status,
        200
    );
    let (status, hint) = ready(&stage).await;
    assert!(status == 503 && hint.contains("create extension"), "{hint}");
    // who comes by a proxy learns that it is so, and not the names in the reason
    let asked = Request::new("GET", "/readyz").header("X-Forwarded-For", "203.0.113.9");
    let reply = stage.send(&asked).await;
    let hint = reply.json()["hint"].as_str().unwrap_or("").to_owned();
    assert!(
        reply.status == 503 && hint.contains("odoo-mcp doctor") && !hint.contains("extension"),
        "{hint}"
    );

    let client = stage.database.client().await;
    client
        .batch_execute(include_str!("surface.sql"))
        .await
        .unwrap();
    assert_eq!(ready(&stage).await, (200, String::new()));

    let report = |extension: &str, is_set_up: bool, is_front: bool, problem: &str| {
        format!(
            "create or replace function odoo_mcp.health() returns jsonb language sql as $$ \
             select '{{\"extension_version\": \"{extension}\", \"library_version\": \"2\", \
                      \"is_set_up\": {is_set_up}, \"is_front\": {is_front}, \"problem\": {problem}}}'::jsonb $$"
        )
    };
    for (extension, is_set_up, is_front, problem, expected) in [
        ("1", true, true, "null", "alter extension"),
        ("10", true, true, "null", "package of release 10"),
        ("2", false, false, "null", "setup()"),
        ("2", true, false, "null", "grant_front"),
        ("2", true, true, "\"a grant is missing\"", "psql"),
    ] {
        client
            .batch_execute(&report(extension, is_set_up, is_front, problem))
            .await
            .unwrap();
        let (status, hint) = ready(&stage).await;
        assert!(status == 503 && hint.contains(expected), "{hint}");
    }
}

#[tokio::test]
async fn without_a_database_the_process_lives_and_is_not_ready() {
    let stage = Stage::over(Database::empty().await, |config| {
        let mut nowhere = tokio_postgres::Config::new();
        nowhere
            .host("127.0.0.1")
            .port(1)
            .user("nobody")
            .dbname("nothing");
        config.database_url = http_front::secret::Secret::new(nowhere);
    })
    .await;
    assert_eq!(
        stage.send(&Request::new("GET", "/healthz")).await.status,
        200
    );
    let (status, hint) = ready(&stage).await;
    assert!(
        status == 503 && hint.contains("ODOO_MCP_DATABASE_URL"),
        "{hint}"
    );
    let reply = stage
        .send(&Request::message("ping", serde_json::json!({})))
        .await;
    assert_eq!(
        (reply.status, reply.header("Retry-After")),
        (503, Some("5")),
        "{reply:?}"
    );
}
