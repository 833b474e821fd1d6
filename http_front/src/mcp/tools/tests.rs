use super::*;
use crate::pool::Trouble;
use axum::{http::StatusCode, response::IntoResponse};
use http_body_util::BodyExt;

fn id() -> Box<RawValue> {
    RawValue::from_string("7".into()).expect("JSON")
}

async fn seen(answer: Result<Response, Failure>) -> (StatusCode, String) {
    let response = answer.unwrap_or_else(IntoResponse::into_response);
    let status = response.status();
    let body = response
        .into_body()
        .collect()
        .await
        .expect("a body")
        .to_bytes();
    (status, String::from_utf8(body.to_vec()).expect("text"))
}

async fn of(text: &str) -> (StatusCode, String) {
    seen(answer(Era::Legacy, &id(), Uuid::nil(), Ok(text.to_owned()))).await
}

#[tokio::test]
async fn a_result_is_spliced_as_it_is() {
    let (status, body) =
        of(r#"{"result": {"b":1.10,"a":"é\u00e9\"","n":12345678901234567890.0}}"#).await;
    assert_eq!(status, 200);
    let spliced = r#"{"b":1.10,"a":"é\u00e9\"","n":12345678901234567890.0}"#;
    let text = serde_json::to_string(spliced).expect("text");
    assert_eq!(
        body,
        format!(
            r#"{{"jsonrpc":"2.0","id":7,"result":{{"content":[{{"type":"text","text":{text}}}],"structuredContent":{spliced},"isError":false}}}}"#
        )
    );
}

#[tokio::test]
async fn a_modern_result_says_that_it_is_complete_and_whose_it_is() {
    for text in [
        r#"{"result":{"n":1.10}}"#,
        r#"{"error":{"code":"unknown_model","message":"no model x"}}"#,
    ] {
        let reply = answer(Era::Modern, &id(), Uuid::nil(), Ok(text.to_owned()));
        let (_, body) = seen(reply).await;
        let body: serde_json::Value = serde_json::from_str(&body).expect("JSON");
        let result = &body["result"];
        assert_eq!(result["resultType"], "complete", "{body}");
        let server = &result["_meta"]["io.modelcontextprotocol/serverInfo"];
        assert_eq!(
            (&server["name"], &server["version"]),
            (&json!("odoo-mcp"), &json!(env!("CARGO_PKG_VERSION")))
        );
        assert!(result["content"][0]["text"].is_string() && result["isError"].is_boolean());
    }
    let (_, body) = of(r#"{"result":{}}"#).await;
    assert!(!body.contains("resultType") && !body.contains("_meta"));
}

#[tokio::test]
async fn a_tools_error_is_a_result_with_is_error() {
    let (status, body) =
        of(r#"{"error":{"code":"unknown_model","message":"no model x","hint":"y"}}"#).await;
    let body: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(
        (status, &body["result"]["isError"]),
        (StatusCode::OK, &true.into())
    );
    let error = json!({"error": {"code": "unknown_model", "message": "no model x", "hint": "y"}});
    assert_eq!(body["result"]["structuredContent"], error);
    let text = body["result"]["content"][0]["text"].as_str().expect("text");
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(text).expect("JSON"),
        error
    );
}

#[tokio::test]
async fn an_unknown_tool_is_an_error_of_the_protocol() {
    let (status, body) =
        of(r#"{"error":{"code":"unknown_tool","message":"no tool x","hint":"y"}}"#).await;
    let body: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(status, 200);
    assert_eq!(body["error"]["code"], -32602);
    assert_eq!(body["error"]["message"], "no tool x");
    assert_eq!(body["error"]["data"]["hint"], "y");
}

#[tokio::test]
async fn refusals_are_statuses() {
    assert_eq!(of(r#"{"refused":{"reason":"unauthorized"}}"#).await.0, 401);
    let limited = answer(
        Era::Legacy,
        &id(),
        Uuid::nil(),
        Ok(r#"{"refused":{"reason":"rate_limited","retry_after":2.1}}"#.into()),
    );
    let response = limited.unwrap_or_else(IntoResponse::into_response);
    assert_eq!(
        (
            response.status().as_u16(),
            &response.headers()["retry-after"]
        ),
        (429, &"3".parse().expect("a value"))
    );
}

#[tokio::test]
async fn whatever_else_comes_is_internal() {
    for text in [
        "",
        "null",
        "{}",
        "[]",
        r#"{"result":[]}"#,
        r#"{"result":{},"error":{}}"#,
        r#"{"delegate":{}}"#,
        r#"{"ok":true}"#,
        r#"{"error":{}}"#,
        r#"{"refused":{"reason":"mood"}}"#,
    ] {
        let (status, body) = of(text).await;
        assert_eq!(status, 200, "{text}");
        assert!(
            body.contains(r#""code":"internal""#) && body.contains(&Uuid::nil().to_string()),
            "{text}: {body}"
        );
    }
}

#[tokio::test]
async fn failures_of_the_database() {
    for (error, status, expected) in [
        (DbError::TimedOut, 200, "timed_out"),
        (DbError::Cancelled, 200, "do not repeat it unasked"),
        (
            DbError::Internal(Trouble::unknown()),
            200,
            "the call failed inside the server",
        ),
        (
            DbError::Unavailable(Trouble::unknown()),
            503,
            r#""code":"unavailable""#,
        ),
        (DbError::Busy, 503, "-32603"),
    ] {
        let (seen_status, body) =
            seen(answer(Era::Legacy, &id(), Uuid::nil(), Err(error.clone()))).await;
        assert_eq!(seen_status, status, "{error:?}");
        assert!(body.contains(expected), "{error:?}: {body}");
    }
}

#[test]
fn arguments_are_an_object_or_absent() {
    let read = |params: &str| {
        let raw = RawValue::from_string(params.to_owned()).expect("JSON");
        Call::parse(&id(), Some(&raw))
            .map(|call| call.arguments().to_owned())
            .ok()
    };
    assert_eq!(read(r#"{"name":"odoo_count"}"#).as_deref(), Some("{}"));
    assert_eq!(
        read(r#"{"name":"odoo_count","arguments":null}"#).as_deref(),
        Some("{}")
    );
    assert_eq!(
        read(r#"{"name":"odoo_count","arguments":{"a":1.0}}"#).as_deref(),
        Some(r#"{"a":1.0}"#)
    );
    for params in [
        r#"{"name":"odoo_count","arguments":[]}"#,
        r#"{"name":"odoo_count","arguments":"{}"}"#,
        r#"{"arguments":{}}"#,
        r#"{"name":""}"#,
        r#"{"name":"a b"}"#,
        r#"{"name":"a\u0000b"}"#,
        r#"["odoo_count"]"#,
    ] {
        assert_eq!(read(params), None, "{params}");
    }
}

#[test]
fn the_tool_list_keeps_the_extensions_text() {
    let list = ToolList::parse(r#"{"tools":[{"name":"b","z":1.0}, {"a":2}],"instructions":"how"}"#)
        .expect("a list");
    assert_eq!(
        list.legacy.get(),
        r#"{"tools":[{"name":"b","z":1.0},{"a":2}]}"#
    );
    let modern: serde_json::Value = serde_json::from_str(list.modern.get()).expect("JSON");
    assert!(
        list.modern
            .get()
            .contains(r#""tools":[{"name":"b","z":1.0},{"a":2}]"#)
    );
    assert_eq!(
        (
            &modern["resultType"],
            &modern["ttlMs"],
            &modern["cacheScope"]
        ),
        (&json!("complete"), &json!(300_000), &json!("private"))
    );
    assert_eq!(list.instructions(), Some("how"));
    assert!(ToolList::parse("{}").is_err());
}
