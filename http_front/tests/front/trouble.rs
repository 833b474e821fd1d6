//! What the operator has to mend, or has done: who asks learns that, and `/readyz` says it.

use crate::{
    client::{Reply, Request},
    stage::{Database, Stage},
};
use serde_json::{Value, json};
use std::time::Duration;

async fn ready(stage: &Stage) -> (u16, String) {
    // a verdict is kept for a second
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    let reply = stage.send(&Request::new("GET", "/readyz")).await;
    (reply.status, reply.body)
}

/// What the doctor finds of the front that runs.
async fn doctor(stage: &Stage) -> Value {
    let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_odoo-mcp"))
        .args(["doctor", "--json"])
        .env("ODOO_MCP_DATABASE_URL", &stage.database.url)
        .env("ODOO_MCP_LISTEN", stage.address.to_string())
        .env_remove("ODOO_MCP_ODOO_URL")
        .output()
        .await
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let of_front = findings.iter().find(|found| found["check"] == "front");
    of_front
        .unwrap_or_else(|| panic!("nothing of the front: {report}"))
        .clone()
}

async fn fail(stage: &Stage, sqlstate: &str) -> Reply {
    stage
        .send(&Request::call("fail", json!({"sqlstate": sqlstate})))
        .await
}

async fn backend(stage: &Stage) -> Value {
    let answer = stage.send(&Request::call("echo", json!({}))).await.json();
    answer["result"]["structuredContent"]["backend"].clone()
}

#[tokio::test]
async fn a_role_that_is_no_front_gets_no_call_through() {
    let database = Database::with_surface().await;
    let client = database.client().await;
    let say = |is_front: bool| {
        format!(
            "create or replace function odoo_mcp.health() returns jsonb language sql as $$ \
             select '{{\"extension_version\": \"2\", \"library_version\": \"2\", \"is_set_up\": true, \
                      \"is_front\": {is_front}, \"problem\": null}}'::jsonb $$"
        )
    };
    client.batch_execute(&say(false)).await.unwrap();
    let stage = Stage::over(database, |_| {}).await;
    let reply = stage.send(&Request::call("echo", json!({}))).await;
    assert_eq!(reply.status, 503, "{reply:?}");
    let attempts = "select count(*) from odoo_mcp.attempt";
    assert_eq!(stage.database.count(attempts).await, 0);
    let (status, body) = ready(&stage).await;
    assert!(status == 503 && body.contains("grant_front("), "{body}");

    client.batch_execute(&say(true)).await.unwrap();
    assert_ne!(backend(&stage).await, Value::Null);
    assert_eq!(ready(&stage).await.0, 200);
}

#[tokio::test]
async fn what_keeps_calls_from_being_written_down_is_said_until_one_is_answered() {
    let stage = Stage::new().await;
    for (sqlstate, said) in [
        ("53100", "disk is full"),
        ("25006", "read-only"),
        ("3F000", "create extension"),
    ] {
        assert_eq!(ready(&stage).await.0, 200);
        let reply = fail(&stage, sqlstate).await;
        let error = &reply.json()["error"];
        assert_eq!(
            (reply.status, &error["data"]["code"]),
            (503, &json!("unavailable")),
            "{reply:?}"
        );
        let message = error["message"].as_str().unwrap();
        assert!(
            message.contains("in the log") && !message.contains("audit"),
            "{reply:?}"
        );
        assert!(!reply.body.contains("nobody may see"), "{reply:?}");
        let (status, body) = ready(&stage).await;
        assert!(status == 503 && body.contains(said), "{body}");
        let found = doctor(&stage).await;
        assert!(
            found["status"] == "error" && found.to_string().contains(said),
            "{found}"
        );
        assert_ne!(backend(&stage).await, Value::Null);
    }
    assert_eq!(ready(&stage).await.0, 200);
    assert_eq!(doctor(&stage).await["status"], "ok");
    // a fault of one call is not one of the front
    assert_eq!(fail(&stage, "XX000").await.status, 200);
    assert_eq!(ready(&stage).await.0, 200);
}

#[tokio::test]
async fn connections_of_a_role_that_lost_its_rights_are_not_used_again() {
    let stage = Stage::new().await;
    let first = backend(&stage).await;
    assert_eq!(
        backend(&stage).await,
        first,
        "the pool keeps its connection"
    );
    assert_eq!(fail(&stage, "XX000").await.status, 200);
    assert_eq!(backend(&stage).await, first);
    assert_eq!(fail(&stage, "42501").await.status, 503);
    assert_ne!(backend(&stage).await, first);
}

#[tokio::test]
async fn the_servers_limit_of_time_is_nobodys_cancel() {
    let database = Database::with_surface().await;
    database
        .client()
        .await
        .batch_execute(
            "do $$ begin execute format('alter database %I set statement_timeout = 300', current_database()); end $$",
        )
        .await
        .unwrap();
    let stage = Stage::over(database, |_| {}).await;
    let answer = stage
        .send(&Request::call("sleep", json!({"seconds": 30})))
        .await
        .json();
    assert_eq!(
        answer["result"]["structuredContent"]["error"]["code"], "timed_out",
        "{answer}"
    );
}
