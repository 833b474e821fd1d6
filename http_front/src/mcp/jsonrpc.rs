//! Messages of JSON-RPC 2.0. Parameters stay the text they came as.

use crate::error::{Failure, Kind, json_response};
use axum::{http::StatusCode, response::Response};
use serde::{Deserialize, Deserializer, Serialize, de::IgnoredAny};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// One message from a client.
pub(crate) enum Message<'a> {
    /// Wants an answer.
    Request {
        id: &'a RawValue,
        method: Cow<'a, str>,
        params: Option<&'a RawValue>,
    },
    /// Wants none.
    Notification { method: Cow<'a, str> },
    /// Answers a request of ours. We send none, so it can only be a mistake, but a harmless one.
    Response,
}

/// The members of a message; serde refuses a member that comes twice.
#[derive(Deserialize)]
struct Members<'a> {
    #[serde(borrow)]
    jsonrpc: Option<Cow<'a, str>>,
    /// `null` is not the same as absent, so the text is kept.
    #[serde(borrow, default, deserialize_with = "text_even_if_null")]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    method: Option<Cow<'a, str>>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
    result: Option<IgnoredAny>,
    error: Option<IgnoredAny>,
}

fn text_even_if_null<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// Reads the one message of a body.
pub(crate) fn parse(body: &[u8]) -> Result<Message<'_>, Failure> {
    let text: &RawValue = serde_json::from_slice(body).map_err(|_| Kind::Parse)?;
    match text.get().as_bytes().first() {
        Some(b'{') => {}
        Some(b'[') => {
            return Err(
                Kind::InvalidRequest("batches are not served; send one message a request").into(),
            );
        }
        _ => return Err(Kind::InvalidRequest("a message is an object").into()),
    }
    let members: Members = serde_json::from_str(text.get()).map_err(|_| {
        Kind::InvalidRequest("a member of the message has the wrong type, or comes twice")
    })?;
    let id = members.id.filter(|id| is_id(id));
    let refuse = |reason| Err(Kind::InvalidRequest(reason).answering(id));
    if members.jsonrpc.as_deref() != Some("2.0") {
        return refuse("jsonrpc must be \"2.0\"");
    }
    if members.id.is_some() && id.is_none() {
        return refuse("id must be a string or an integer");
    }
    match (members.method, id) {
        (Some(method), Some(id)) => Ok(Message::Request {
            id,
            method,
            params: members.params,
        }),
        (Some(method), None) if method.starts_with("notifications/") => {
            Ok(Message::Notification { method })
        }
        (Some(_), None) => refuse("a request needs an id"),
        (None, Some(_)) if members.result.is_some() || members.error.is_some() => {
            Ok(Message::Response)
        }
        (None, _) => refuse("a message needs a method"),
    }
}

fn is_id(id: &RawValue) -> bool {
    let text = id.get();
    text.starts_with('"') || text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok()
}

/// The parameters of a method as a type of ours; none count as empty ones.
pub(crate) fn params<'a, T: Deserialize<'a>>(
    id: &'a RawValue,
    params: Option<&'a RawValue>,
    expected: &str,
) -> Result<T, Failure> {
    let text = params.map_or("{}", RawValue::get);
    // a struct of serde would take an array too, by position
    let parsed = text
        .starts_with('{')
        .then(|| serde_json::from_str(text).ok())
        .flatten();
    parsed.ok_or_else(|| Kind::InvalidParams(expected.to_owned(), None).answering(Some(id)))
}

/// The answer to a request.
pub(crate) fn result(id: &RawValue, result: &impl Serialize) -> Response {
    #[derive(Serialize)]
    struct Answer<'a, T> {
        jsonrpc: &'static str,
        id: &'a RawValue,
        result: &'a T,
    }
    json_response(
        StatusCode::OK,
        &Answer {
            jsonrpc: "2.0",
            id,
            result,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::IntoResponse;

    fn status(body: &str) -> u16 {
        match parse(body.as_bytes()) {
            Ok(_) => 200,
            Err(failure) => failure.into_response().status().as_u16(),
        }
    }

    #[test]
    fn requests_keep_id_and_params_as_text() {
        let Ok(Message::Request { id, method, params }) = parse(
            br#" {"jsonrpc":"2.0","id":"a\u00e9","method":"tools\/call","params":{"n":1.0e2}} "#,
        ) else {
            panic!("a request");
        };
        assert_eq!((id.get(), &*method), (r#""a\u00e9""#, "tools/call"));
        assert_eq!(params.map(RawValue::get), Some(r#"{"n":1.0e2}"#));
    }

    #[test]
    fn notifications_and_responses_want_no_answer() {
        let notification = parse(br#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
        assert!(matches!(notification, Ok(Message::Notification { .. })));
        assert!(matches!(
            parse(br#"{"jsonrpc":"2.0","id":1,"result":{}}"#),
            Ok(Message::Response)
        ));
    }

    #[test]
    fn what_is_no_message_is_refused() {
        for body in [
            "[]",
            r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#,
            "1",
            "null",
            "{}",
            r#"{"id":1,"method":"ping"}"#,
            r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":1}"#,
            r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":1}"#,
            "",
            "{",
            "{} {}",
            "nul",
            "{\"a\":\"\u{1}\"}",
        ] {
            assert_eq!(status(body), 400, "{body}");
        }
        assert!(parse(b"{\"jsonrpc\":\"2.0\",\"id\":\"\xff\"}").is_err());
    }

    #[test]
    fn deep_nesting_does_not_overflow() {
        let body = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"x","params":{}{}}}"#,
            "[".repeat(400_000),
            "]".repeat(400_000)
        );
        assert_eq!(status(&body), 200);
    }

    #[test]
    fn params_are_an_object() {
        let id = serde_json::value::to_raw_value(&1).expect("a number");
        #[derive(Deserialize)]
        struct Named {
            _name: Option<String>,
        }
        let read = |text: Option<&str>| {
            let raw = text.map(|text| RawValue::from_string(text.to_owned()).expect("JSON"));
            params::<Named>(&id, raw.as_deref(), "an object")
                .map(|_| ())
                .is_ok()
        };
        assert!(read(None) && read(Some("{}")) && read(Some(r#"{"other":1}"#)));
        assert!(!read(Some("[null]")) && !read(Some("1")));
    }
}
