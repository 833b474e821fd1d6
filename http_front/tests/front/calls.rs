//! `tools/call`, through every way it can end.

use crate::{
    client::{Request, read},
    stage::{Database, Stage},
};
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn an_answer_is_structured_and_text() {
    let stage = Stage::new().await;
    let body = r#"{"jsonrpc":"2.0","id":"é","method":"tools/call","params":{"name":"echo","arguments":{"a":1.10,"b":"ü\u0000"}}}"#;
    let reply = stage.send(&Request::post(body)).await;
    // numbers and escapes go through as they were written, there and back
    assert!(
        reply
            .body
            .contains(r#""structuredContent":{"arguments": {"a":1.10,"b":"ü\u0000"}"#),
        "{reply:?}"
    );
    let answer = reply.json();
    assert_eq!(
        (&answer["id"], &answer["result"]["isError"]),
        (&json!("é"), &json!(false))
    );
    let text = answer["result"]["content"][0]["text"].as_str().unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(text).unwrap(),
        answer["result"]["structuredContent"]
    );
    let recorded = "select count(*) from odoo_mcp.attempt where tool = 'echo' and client = '127.0.0.1' \
                    and arguments = '{\"a\":1.10,\"b\":\"ü\\u0000\"}'";
    assert_eq!(stage.database.count(recorded).await, 1);
}

#[tokio::test]
async fn a_tools_error_and_an_unknown_tool() {
    let stage = Stage::new().await;
    let answer = stage.send(&Request::call("refuse", json!({}))).await.json();
    assert_eq!(answer["result"]["isError"], true);
    assert_eq!(
        answer["result"]["structuredContent"]["error"]["hint"],
        "did you mean y?"
    );
    let answer = stage
        .send(&Request::call("odoo_serch", json!({})))
        .await
        .json();
    assert_eq!(answer["error"]["code"], -32602);
    assert_eq!(answer["error"]["message"], "no tool named odoo_serch");
}

#[tokio::test]
async fn over_the_limit_says_when_to_come_again() {
    let stage = Stage::new().await;
    let reply = stage.send(&Request::call("limit", json!({}))).await;
    assert_eq!(
        (reply.status, reply.header("Retry-After")),
        (429, Some("7")),
        "{reply:?}"
    );
    assert_eq!(
        (&reply.json()["id"], &reply.json()["error"]["data"]["code"]),
        (&json!(1), &json!("rate_limited"))
    );
}

#[tokio::test]
async fn errors_of_the_database_keep_its_words_inside() {
    let stage = Stage::new().await;
    for tool in ["raise", "late", "nothing"] {
        let reply = stage.send(&Request::call(tool, json!({}))).await;
        let error = &reply.json()["result"]["structuredContent"]["error"];
        assert_eq!(
            (reply.status, &error["code"]),
            (200, &json!("internal")),
            "{tool}: {reply:?}"
        );
        assert!(
            !reply.body.contains("nobody may see") && !reply.body.contains("not be seen"),
            "{reply:?}"
        );
        let reference = error["detail"]
            .as_str()
            .unwrap()
            .trim_start_matches("reference ");
        let recorded = format!(
            "select count(*) from odoo_mcp.attempt where call_id = '{reference}' and tool = '{tool}'"
        );
        assert_eq!(stage.database.count(&recorded).await, 1);
    }
}

#[tokio::test]
async fn a_call_that_somebody_cancels_is_cancelled() {
    let stage = Stage::new().await;
    let answer = stage.send(&Request::call("cancel", json!({}))).await.json();
    assert_eq!(
        answer["result"]["structuredContent"]["error"]["code"], "cancelled",
        "{answer}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_answer_is_given_up() {
    let database = Database::with_surface().await;
    let stage = Stage::over(database, |config| {
        config.call_timeout = Duration::from_millis(300)
    })
    .await;
    let answer = stage
        .send(&Request::call("sleep", json!({"seconds": 30})))
        .await
        .json();
    assert_eq!(
        answer["result"]["structuredContent"]["error"]["code"], "timed_out",
        "{answer}"
    );
    stage.database.wait_for_rest().await;
    assert_eq!(
        stage.send(&Request::call("echo", json!({}))).await.status,
        200
    );
}

#[tokio::test]
async fn a_killed_backend_is_503_and_the_next_call_works() {
    let stage = Stage::over(Database::with_surface().await, |config| {
        config.pool_size = 1
    })
    .await;
    for _ in 0..5 {
        let reply = stage.send(&Request::call("terminate", json!({}))).await;
        assert_eq!(
            (reply.status, &reply.json()["error"]["code"]),
            (503, &json!(-32603)),
            "{reply:?}"
        );
        assert_eq!(reply.json()["error"]["data"]["code"], "unavailable");
        let reference = reply.json()["error"]["data"]["reference"]
            .as_str()
            .unwrap()
            .to_owned();
        assert_eq!(
            stage
                .database
                .count(&format!(
                    "select count(*) from odoo_mcp.attempt where call_id = '{reference}'"
                ))
                .await,
            1
        );
        let reply = stage.send(&Request::call("echo", json!({}))).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_ends_its_statement() {
    let stage = Stage::over(Database::with_surface().await, |config| {
        config.pool_size = 1
    })
    .await;
    for _ in 0..3 {
        let stream = Request::call("sleep", json!({"seconds": 60}))
            .open(stage.address)
            .await;
        stage.database.wait_for_sleeping(1).await;
        drop(stream);
        stage.database.wait_for_rest().await;
        // the only connection of the pool is free again, and no late cancel hits the next call
        let reply = stage
            .send(&Request::call("sleep", json!({"seconds": 0.3})))
            .await;
        assert_eq!(
            (reply.status, &reply.json()["result"]["isError"]),
            (200, &json!(false)),
            "{reply:?}"
        );
    }
    assert_eq!(
        stage
            .database
            .count("select count(*) from odoo_mcp.outcome")
            .await,
        3
    );
    assert_eq!(
        stage
            .database
            .count("select count(*) from odoo_mcp.attempt")
            .await,
        6
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_at_once_leaves_nothing_running() {
    let stage = Stage::new().await;
    for pause in [0, 1, 2, 5, 10, 20] {
        let stream = Request::call("sleep", json!({"seconds": 60}))
            .open(stage.address)
            .await;
        tokio::time::sleep(Duration::from_millis(pause)).await;
        drop(stream);
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    stage.database.wait_for_rest().await;
    assert_eq!(
        stage.send(&Request::call("echo", json!({}))).await.status,
        200
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_pool_says_so_instead_of_queueing() {
    let stage = Stage::over(Database::with_surface().await, |config| {
        config.pool_size = 1
    })
    .await;
    let slow = Request::call("sleep", json!({"seconds": 2}))
        .open(stage.address)
        .await;
    stage.database.wait_for_sleeping(1).await;
    let reply = stage.send(&Request::call("echo", json!({}))).await;
    assert_eq!(
        (reply.status, reply.header("Retry-After")),
        (503, Some("1")),
        "{reply:?}"
    );
    assert_eq!(read(slow).await.status, 200);
    assert_eq!(
        stage.send(&Request::call("echo", json!({}))).await.status,
        200
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_lets_a_call_in_flight_finish() {
    let mut stage = Stage::new().await;
    let slow = Request::call("sleep", json!({"seconds": 1}))
        .open(stage.address)
        .await;
    stage.database.wait_for_sleeping(1).await;
    stage.stop();
    let reply = read(slow).await;
    assert_eq!(
        (reply.status, &reply.json()["result"]["isError"]),
        (200, &json!(false)),
        "{reply:?}"
    );
    stage.ended().await;
    assert!(tokio::net::TcpStream::connect(stage.address).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_has_an_end_and_leaves_nothing_running() {
    let database = Database::with_surface().await;
    let mut stage = Stage::over(database, |config| {
        config.shutdown_timeout = Duration::from_millis(200)
    })
    .await;
    let slow = Request::call("sleep", json!({"seconds": 60}))
        .open(stage.address)
        .await;
    stage.database.wait_for_sleeping(1).await;
    stage.stop();
    assert_eq!(read(slow).await.status, 503);
    stage.ended().await;
    stage.database.wait_for_rest().await;
}

#[tokio::test]
async fn a_pause_is_said_and_holds_no_connection() {
    let stage = Stage::new().await;
    let echo = Request::call("echo", json!({}));
    assert_eq!(stage.send(&echo).await.status, 200);
    let reply = stage.send(&Request::call("pause", json!({}))).await;
    assert_eq!(
        (reply.status, reply.header("Retry-After")),
        (503, Some("7")),
        "{reply:?}"
    );
    assert_eq!(reply.json()["error"]["data"]["code"], "paused");
    // without asking the database, which would have had an answer
    assert_eq!(stage.send(&echo).await.status, 503);
    let connected = "select count(*) from pg_stat_activity where datname = current_database() \
                     and application_name = 'odoo-mcp'";
    for _ in 0..100 {
        if stage.database.count(connected).await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(stage.database.count(connected).await, 0);
    // a look each second finds that it is over
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    assert_eq!(stage.send(&echo).await.status, 200);
    assert_eq!(stage.send(&echo).await.status, 200);
}
