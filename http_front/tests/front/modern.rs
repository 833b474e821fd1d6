//! The stateless revision 2026-07-28, on the same address as the handshake.

use crate::{
    client::{MODERN, Reply, Request, meta},
    stage::Stage,
};
use serde_json::{Value, json};

const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// Whether the answer is this error, in this status, for the request that was sent.
fn is_error(reply: &Reply, status: u16, code: i64) -> bool {
    let body = reply.json();
    (reply.status, &body["error"]["code"], &body["id"]) == (status, &json!(code), &json!(1))
}

async fn attempts(stage: &Stage) -> i64 {
    let recorded = "select count(*) from odoo_mcp.attempt";
    stage.database.count(recorded).await
}

#[tokio::test]
async fn discovery_says_what_is_served() {
    let stage = Stage::new().await;
    let reply = stage
        .send(&Request::modern("server/discover", json!({})))
        .await;
    let result = &reply.json()["result"];
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(result["supportedVersions"][0], MODERN);
    assert_eq!(result["supportedVersions"][4], "2024-11-05");
    assert_eq!(result["instructions"], "ask and you will be answered");
    assert_eq!(
        result["capabilities"],
        json!({"tools": {"listChanged": false}})
    );
    assert_eq!(
        (&result["resultType"], &result["cacheScope"]),
        (&json!("complete"), &json!("private"))
    );
    assert!(result["ttlMs"].is_u64());
    assert_eq!(
        result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"],
        "odoo-mcp"
    );
    assert_eq!(reply.header("Mcp-Session-Id"), None);
}

#[tokio::test]
async fn tools_are_listed_and_called_without_a_handshake() {
    let stage = Stage::new().await;
    let reply = stage
        .send(&Request::modern("tools/list", json!({"cursor": ""})))
        .await;
    let result = &reply.json()["result"];
    assert_eq!(result["tools"][0]["name"], "echo", "{reply:?}");
    assert_eq!(
        (&result["resultType"], &result["cacheScope"]),
        (&json!("complete"), &json!("private"))
    );
    assert!(result["ttlMs"].is_u64());

    let call = Request::modern("tools/call", json!({"name": "echo", "arguments": {"a": 1}}));
    let reply = stage.send(&call).await;
    let result = &reply.json()["result"];
    assert_eq!(
        result["structuredContent"]["arguments"],
        json!({"a": 1}),
        "{reply:?}"
    );
    assert_eq!(result["resultType"], "complete");
    assert!(result["_meta"]["io.modelcontextprotocol/serverInfo"]["version"].is_string());
    // a result that nobody may keep
    assert!(result.get("ttlMs").is_none());
    let recorded =
        "select count(*) from odoo_mcp.attempt where tool = 'echo' and arguments = '{\"a\":1}'";
    assert_eq!(stage.database.count(recorded).await, 1);
    // the same call of the other era says nothing of this
    let call = Request::call("echo", json!({}));
    let result = stage.send(&call).await.json()["result"].take();
    assert!(result.get("resultType").is_none() && result.get("_meta").is_none());
}

#[tokio::test]
async fn meta_says_version_and_capabilities() {
    let stage = Stage::new().await;
    let without = |key: &str| {
        let mut meta = meta();
        meta.as_object_mut().unwrap().remove(key);
        meta
    };
    let with = |key: &str, value: Value| {
        let mut meta = meta();
        meta[key] = value;
        meta
    };
    for method in ["server/discover", "tools/list", "tools/call", "ping"] {
        for meta in [
            Value::Null,
            json!({}),
            json!([]),
            without(VERSION),
            without(CAPABILITIES),
            with(CAPABILITIES, json!(null)),
            with(CAPABILITIES, json!([])),
        ] {
            let request = Request::modern_with(meta, method, json!({"name": "echo"}));
            let reply = stage.send(&request).await;
            assert!(is_error(&reply, 400, -32602), "{method}: {reply:?}");
        }
    }
    // who the client is need not be said
    let named = with(
        "io.modelcontextprotocol/clientInfo",
        json!({"name": "t", "version": "0"}),
    );
    for meta in [meta(), named] {
        let request = Request::modern_with(meta, "tools/list", json!({}));
        assert_eq!(stage.send(&request).await.status, 200);
    }
    assert_eq!(attempts(&stage).await, 0);
}

#[tokio::test]
async fn headers_that_differ_from_the_body_are_refused() {
    let stage = Stage::new().await;
    let call = || Request::modern("tools/call", json!({"name": "echo"}));
    for request in [
        call().header("MCP-Protocol-Version", ""),
        call().header("MCP-Protocol-Version", "2025-11-25"),
        call().header("MCP-Protocol-Version", "v999.0.0"),
        call().header("Mcp-Method", ""),
        call().header("Mcp-Method", "tools/list"),
        call().header("Mcp-Method", "TOOLS/CALL"),
        call().header("Mcp-Name", ""),
        call().header("Mcp-Name", "refuse"),
        call().header("Mcp-Name", "Echo"),
        call().header("Mcp-Name", "=?base64?ZWNobw?="),
        call().header("Mcp-Name", "=?base64?cmVmdXNl?="),
        Request::modern("tools/list", json!({})).header("Mcp-Method", "tools/call"),
        Request::message("initialize", json!({"protocolVersion": MODERN}))
            .header("MCP-Protocol-Version", MODERN),
    ] {
        let reply = stage.send(&request).await;
        assert!(is_error(&reply, 400, -32020), "{reply:?}");
    }
    assert_eq!(attempts(&stage).await, 0, "none of them was called");
    for request in [
        call(),
        call().header("Mcp-Name", "  echo \t"),
        call().header("Mcp-Name", "=?base64?ZWNobw==?="),
        call()
            .header("Mcp-Method", "")
            .header("MCP-METHOD", "tools/call"),
    ] {
        let reply = stage.send(&request).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    assert_eq!(attempts(&stage).await, 4);
}

#[tokio::test]
async fn a_header_that_comes_twice_is_refused() {
    let stage = Stage::new().await;
    let call = Request::modern("tools/call", json!({"name": "echo"}));
    for (name, value) in [
        ("MCP-Protocol-Version", MODERN),
        ("Mcp-Method", "tools/call"),
        ("Mcp-Name", "echo"),
        ("Mcp-Name", "refuse"),
    ] {
        let reply = stage.send(&call.clone().also(name, value)).await;
        assert!(is_error(&reply, 400, -32020), "{name}: {reply:?}");
    }
    assert_eq!(attempts(&stage).await, 0);
}

/// A gateway may go by the headers whatever the body calls itself.
#[tokio::test]
async fn a_legacy_request_may_not_lie_either() {
    let stage = Stage::new().await;
    let call = || Request::message("tools/call", json!({"name": "echo"}));
    for request in [
        call().header("Mcp-Method", "tools/list"),
        call().header("Mcp-Name", "refuse"),
    ] {
        let reply = stage.send(&request).await;
        assert!(is_error(&reply, 400, -32020), "{reply:?}");
    }
    let twice = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","_meta":{},"_meta":{}}}"#;
    let reply = stage.send(&Request::post(twice)).await;
    assert!(is_error(&reply, 400, -32602), "{reply:?}");
    assert_eq!(attempts(&stage).await, 0);
    let honest = call()
        .header("Mcp-Method", "tools/call")
        .header("Mcp-Name", "echo");
    assert_eq!(stage.send(&honest).await.status, 200);
}

#[tokio::test]
async fn another_version_is_told_which_are_served() {
    let stage = Stage::new().await;
    for version in ["v999.0.0", "2026-07-29", "2027-01-01"] {
        for method in ["server/discover", "tools/list", "tools/call"] {
            let mut meta = meta();
            meta[VERSION] = version.into();
            let request = Request::modern_with(meta, method, json!({"name": "echo"}))
                .header("MCP-Protocol-Version", version);
            let reply = stage.send(&request).await;
            assert!(is_error(&reply, 400, -32022), "{reply:?}");
            let data = &reply.json()["error"]["data"];
            assert_eq!(data["requested"], version);
            assert_eq!(
                data["supported"],
                json!([
                    MODERN,
                    "2025-11-25",
                    "2025-06-18",
                    "2025-03-26",
                    "2024-11-05"
                ])
            );
        }
    }
}

#[tokio::test]
async fn what_the_revision_does_not_have_is_404() {
    let stage = Stage::new().await;
    for method in [
        "initialize",
        "ping",
        "logging/setLevel",
        "resources/subscribe",
        "resources/unsubscribe",
        // parts of it that we do not have
        "prompts/list",
        "resources/list",
        "completion/complete",
        "subscriptions/listen",
        "tasks/get",
        "unknown/method",
    ] {
        let reply = stage.send(&Request::modern(method, json!({}))).await;
        assert!(is_error(&reply, 404, -32601), "{method}: {reply:?}");
    }
}

#[tokio::test]
async fn mistakes_in_parameters_are_answers() {
    let stage = Stage::new().await;
    for (method, params) in [
        ("tools/list", json!({"cursor": "x"})),
        ("tools/call", json!({"name": "odoo_serch"})),
        ("tools/call", json!({"name": "echo", "arguments": []})),
        ("tools/call", json!({})),
    ] {
        let reply = stage.send(&Request::modern(method, params)).await;
        assert!(is_error(&reply, 200, -32602), "{reply:?}");
    }
    let reply = stage
        .send(&Request::modern("tools/call", json!({"name": "refuse"})))
        .await;
    let result = &reply.json()["result"];
    assert_eq!(
        (&result["isError"], &result["resultType"]),
        (&json!(true), &json!("complete"))
    );
}

#[tokio::test]
async fn only_requests_and_notifications_are_sent() {
    let stage = Stage::new().await;
    let modern = |body: &str| Request::post(body).header("MCP-Protocol-Version", MODERN);
    for (body, status, code) in [
        (r#"{"jsonrpc":"2.0","id":1,"result":{}}"#, 400, -32600),
        ("[]", 400, -32600),
        ("nonsense", 400, -32700),
    ] {
        let reply = stage.send(&modern(body)).await;
        assert_eq!(
            (reply.status, &reply.json()["error"]["code"]),
            (status, &json!(code)),
            "{reply:?}"
        );
    }
    let unknown = Request::post(r#"{"jsonrpc":"2.0","method":"notifications/x"}"#)
        .header("MCP-Protocol-Version", "2027-01-01");
    let reply = stage.send(&unknown).await;
    assert_eq!(
        (reply.status, &reply.json()["error"]["code"]),
        (400, &json!(-32022))
    );
}
