//! Each route with no token, garbage, a token that nobody has, and a good one.

use crate::{
    client::Request,
    stage::{Stage, TOKEN, UNKNOWN_TOKEN},
};
use serde_json::json;

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;

#[tokio::test]
async fn who_has_no_token_learns_nothing_but_that() {
    let stage = Stage::new().await;
    let bodies = [
        PING,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo"}}"#,
        "nonsense",
        "[]",
    ];
    let mut requests: Vec<Request> = bodies.into_iter().map(Request::post).collect();
    requests.extend(["GET", "DELETE", "PUT", "OPTIONS"].map(|method| Request::new(method, "/mcp")));
    requests.push(Request::post(PING).header("MCP-Protocol-Version", "1.0"));
    requests.push(Request::post(PING).header("Content-Type", "text/plain"));
    // nor which era is spoken, nor what of it went wrong
    requests.push(Request::post(PING).header("MCP-Protocol-Version", "2026-07-28"));
    requests.extend(
        ["server/discover", "tools/list", "ping"].map(|method| Request::modern(method, json!({}))),
    );
    let call = Request::modern("tools/call", json!({"name": "echo"}));
    requests.extend([call.clone().header("Mcp-Name", "other"), call]);
    requests.push(Request::post(vec![b' '; (1 << 20) + 1]));
    for request in &requests {
        for (authorization, challenge) in [
            ("", "Bearer realm=\"odoo-mcp\""),
            ("Bearer", "error=\"invalid_token\""),
            ("Basic YWRtaW46YWRtaW4=", "error=\"invalid_token\""),
            ("Bearer omcp_short", "error=\"invalid_token\""),
            (
                &format!("Bearer {UNKNOWN_TOKEN}"),
                "error=\"invalid_token\"",
            ),
        ] {
            let reply = stage
                .send(&request.clone().header("Authorization", authorization))
                .await;
            let seen = reply.header("WWW-Authenticate").unwrap_or("");
            assert_eq!(reply.status, 401, "{authorization:?} {reply:?}");
            assert!(seen.contains(challenge), "{authorization:?} {reply:?}");
            assert_eq!(seen.contains("invalid_token"), !authorization.is_empty());
        }
    }
    assert_eq!(
        stage
            .database
            .count("select count(*) from odoo_mcp.attempt")
            .await,
        0
    );
}

#[tokio::test]
async fn what_cannot_be_a_token_does_not_reach_the_database() {
    let stage = Stage::new().await;
    for authorization in [
        "",
        "Bearer omcp_short",
        "Bearer sk_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ] {
        assert_eq!(
            stage
                .send(&Request::post(PING).header("Authorization", authorization))
                .await
                .status,
            401
        );
    }
    let connections = "select count(*) from pg_stat_activity where datname = current_database() \
                       and application_name = 'odoo-mcp'";
    assert_eq!(stage.database.count(connections).await, 0);
}

#[tokio::test]
async fn with_a_token_each_mistake_has_its_status() {
    let stage = Stage::new().await;
    for method in ["GET", "DELETE"] {
        let request =
            Request::new(method, "/mcp").header("Authorization", &format!("Bearer {TOKEN}"));
        let reply = stage.send(&request).await;
        assert_eq!(
            (reply.status, reply.header("Allow")),
            (405, Some("POST")),
            "{reply:?}"
        );
    }
    for (request, status, code) in [
        (Request::post("nonsense"), 400, -32700),
        (Request::post(""), 400, -32700),
        (Request::post(format!("[{PING}]")), 400, -32600),
        (
            Request::post(r#"{"jsonrpc":"2.0","method":"ping"}"#),
            400,
            -32600,
        ),
        (
            Request::post(PING).header("MCP-Protocol-Version", "1.0"),
            400,
            -32600,
        ),
        (
            Request::post(PING).header("MCP-Protocol-Version", "2026-07-28"),
            400,
            -32602,
        ),
        (
            Request::post(PING).header("Content-Type", "text/plain"),
            415,
            -32600,
        ),
        (Request::message("resources/list", json!({})), 200, -32601),
        (Request::message("server/discover", json!({})), 400, -32602),
        (
            Request::message("tools/call", json!({"name": "echo", "arguments": []})),
            200,
            -32602,
        ),
        (Request::message("tools/call", json!({})), 200, -32602),
        (
            Request::message("tools/list", json!({"cursor": "x"})),
            200,
            -32602,
        ),
        (Request::message("initialize", json!({})), 200, -32602),
    ] {
        let reply = stage.send(&request).await;
        assert_eq!(
            (reply.status, &reply.json()["error"]["code"]),
            (status, &code.into()),
            "{reply:?}"
        );
        assert_eq!(reply.header("Content-Type"), Some("application/json"));
    }
    assert_eq!(
        stage
            .database
            .count("select count(*) from odoo_mcp.attempt")
            .await,
        0
    );
}

#[tokio::test]
async fn the_body_has_a_limit_and_no_more() {
    let stage = Stage::new().await;
    let padded = |length: usize| format!("{PING}{}", " ".repeat(length - PING.len()));
    assert_eq!(
        stage.send(&Request::post(padded(1 << 20))).await.status,
        200
    );
    assert_eq!(
        stage
            .send(&Request::post(padded((1 << 20) + 1)))
            .await
            .status,
        413
    );
    let mut chunked = b"180000\r\n".to_vec();
    chunked.extend(padded(0x18_0000).bytes());
    chunked.extend(b"\r\n0\r\n\r\n");
    let request = Request::post(chunked).header("Transfer-Encoding", "chunked");
    assert_eq!(stage.send(&request).await.status, 413);
}

#[tokio::test]
async fn strange_hosts_and_origins_stay_outside() {
    let stage = Stage::new().await;
    for (name, value, status) in [
        ("Host", "localhost:1", 200),
        ("Host", "127.0.0.1", 200),
        ("Host", "evil.example.com", 403),
        ("Host", "", 403),
        ("Origin", "http://localhost:6274", 200),
        ("Origin", "https://evil.example.com", 403),
        ("Origin", "null", 403),
    ] {
        let reply = stage.send(&Request::post(PING).header(name, value)).await;
        // hyper itself answers a request of HTTP/1.1 without Host
        assert!(reply.status == status, "{name}: {value}: {reply:?}");
    }
}

#[tokio::test]
async fn other_paths_are_not_there() {
    let stage = Stage::new().await;
    for path in [
        "/",
        "/mcp/",
        "/mcp/.well-known/oauth-protected-resource",
        "/.well-known/oauth-protected-resource",
    ] {
        assert_eq!(
            stage.send(&Request::new("GET", path)).await.status,
            404,
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_beyond_the_places_are_sent_away() {
    let stage = Stage::over(crate::stage::Database::with_surface().await, |config| {
        config.max_requests = 1
    })
    .await;
    let slow = Request::call("sleep", json!({"seconds": 1}))
        .open(stage.address)
        .await;
    stage.database.wait_for_sleeping(1).await;
    let reply = stage.send(&Request::post(PING)).await;
    assert_eq!(
        (reply.status, reply.header("Retry-After")),
        (503, Some("1")),
        "{reply:?}"
    );
    assert_eq!(
        stage.send(&Request::new("GET", "/healthz")).await.status,
        200
    );
    assert_eq!(crate::client::read(slow).await.status, 200);
}
