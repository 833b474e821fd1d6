//! `initialize`, notifications, `ping`, `tools/list`.

use crate::{client::Request, stage::Stage};
use serde_json::json;

#[tokio::test]
async fn a_known_revision_is_kept_and_another_gets_the_latest() {
    let stage = Stage::new().await;
    for (asked, answered) in [
        ("2024-11-05", "2024-11-05"),
        ("2025-03-26", "2025-03-26"),
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        ("2026-07-28", "2025-11-25"),
        ("", "2025-11-25"),
    ] {
        let params = json!({"protocolVersion": asked, "capabilities": {}, "clientInfo": {"name": "t", "version": "0"}});
        let reply = stage.send(&Request::message("initialize", params)).await;
        let result = &reply.json()["result"];
        assert_eq!(result["protocolVersion"], answered, "{reply:?}");
        assert_eq!(result["instructions"], "ask and you will be answered");
        assert_eq!(result["serverInfo"]["name"], "odoo-mcp");
        assert!(result["capabilities"]["tools"].is_object());
        assert!(result.get("resultType").is_none() && result.get("_meta").is_none());
        assert_eq!(reply.header("Mcp-Session-Id"), None);
    }
}

#[tokio::test]
async fn notifications_are_accepted_without_a_body() {
    let stage = Stage::new().await;
    for (version, method) in [
        ("", "notifications/initialized"),
        ("2025-06-18", "notifications/cancelled"),
        ("2025-11-25", "notifications/whatever"),
        ("2026-07-28", "notifications/whatever"),
    ] {
        let body = json!({"jsonrpc": "2.0", "method": method, "params": {}}).to_string();
        let reply = stage
            .send(&Request::post(body).header("MCP-Protocol-Version", version))
            .await;
        assert_eq!((reply.status, reply.body.as_str()), (202, ""), "{reply:?}");
    }
}

#[tokio::test]
async fn ping_and_the_list_of_tools() {
    let stage = Stage::new().await;
    assert_eq!(
        stage
            .send(&Request::message("ping", json!({})))
            .await
            .json(),
        json!({"jsonrpc": "2.0", "id": 1, "result": {}})
    );
    for _ in 0..2 {
        let result = &stage
            .send(&Request::message("tools/list", json!({})))
            .await
            .json()["result"];
        assert_eq!(result["tools"][0]["name"], "echo");
        assert!(result.get("instructions").is_none() && result.get("nextCursor").is_none());
        assert!(result.get("resultType").is_none() && result.get("ttlMs").is_none());
    }
}

#[tokio::test]
async fn a_list_that_was_once_had_is_not_asked_for_again() {
    let stage = Stage::new().await;
    let list = Request::message("tools/list", json!({}));
    let others = ["tools/list", "server/discover"].map(|method| Request::modern(method, json!({})));
    assert_eq!(stage.send(&list).await.status, 200);
    stage
        .database
        .client()
        .await
        .batch_execute("drop function odoo_mcp.list_tools()")
        .await
        .unwrap();
    for request in [&list, &others[0], &others[1]] {
        assert_eq!(stage.send(request).await.status, 200);
    }
}
