//! JSON-RPC, for Odoo 16 to 18: one path, the key among the arguments, status 200 for everything.

use super::{
    Link,
    key::ApiKey,
    reply::{self, Reply},
};
use crate::http_client;
use axum::body::Bytes;
use http_body_util::Full;
use hyper::{Response, header::CONTENT_TYPE};
use odoo_compiler::delegate::{Failure, FailureKind, HttpAnswer, Request};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::{Map, Value, json, value::RawValue};

/// What goes out; Odoo reads no more of it than `params`.
#[derive(Serialize)]
struct Message<'a> {
    jsonrpc: &'static str,
    method: &'static str,
    params: Params<'a>,
    id: u8,
}

#[derive(Serialize)]
struct Params<'a> {
    service: &'static str,
    method: &'static str,
    args: (
        &'a str,
        i64,
        &'a str,
        &'a str,
        &'a str,
        Vec<Value>,
        Map<String, Value>,
    ),
}

/// The arguments of a call as these versions take them: the records that a method is called on stand first, and the
/// domain of `name_search` has another name.
fn arguments(wanted: &Request) -> (Vec<Value>, Map<String, Value>) {
    let mut kwargs = wanted.kwargs.clone();
    let records = match wanted.method.as_str() {
        "read" => kwargs.remove("ids"),
        _ => None,
    };
    if wanted.method == "name_search"
        && let Some(domain) = kwargs.remove("domain")
    {
        kwargs.insert("args".into(), domain);
    }
    (records.into_iter().collect(), kwargs)
}

/// The request that asks for it.
pub(super) fn request(
    link: &Link,
    database: &str,
    user_id: i64,
    key: &ApiKey,
    wanted: &Request,
) -> Result<hyper::Request<Full<Bytes>>, Failure> {
    let (model, method) = (&wanted.model, &wanted.method);
    let (args, kwargs) = arguments(wanted);
    let message = Message {
        jsonrpc: "2.0",
        method: "call",
        params: Params {
            service: "object",
            method: "execute_kw",
            args: (database, user_id, key.expose(), model, method, args, kwargs),
        },
        id: 1,
    };
    let body = serde_json::to_vec(&message)
        .unwrap_or_else(|_| unreachable!("maps, numbers and text always serialize"));
    http_client::request(&link.url, "/jsonrpc")
        .method("POST")
        .header(CONTENT_TYPE, "application/json")
        .body(Full::from(body))
        .map_err(|_| FailureKind::Unreachable.into())
}

/// The request of a service that asks for no user.
pub(super) fn service(
    link: &Link,
    service: &str,
    method: &str,
    args: &Value,
) -> Result<hyper::Request<Full<Bytes>>, Failure> {
    let params = json!({"service": service, "method": method, "args": args});
    let message = json!({"jsonrpc": "2.0", "method": "call", "params": params, "id": 1});
    http_client::request(&link.url, "/jsonrpc")
        .method("POST")
        .header(CONTENT_TYPE, "application/json")
        .body(Full::from(message.to_string()))
        .map_err(|_| FailureKind::Unreachable.into())
}

/// What Odoo said.
pub(super) fn read(response: Response<Bytes>, database: &str) -> Result<Reply, Failure> {
    #[derive(Deserialize)]
    struct Envelope {
        #[serde(default)]
        error: Option<IgnoredAny>,
    }
    let (status, body) = reply::json(response)?;
    let not_odoo = || {
        FailureKind::NotJson.because(format!(
            "Odoo's address answers with something else than JSON-RPC ({})",
            status.as_u16()
        ))
    };
    if !body.get().starts_with('{') {
        return Err(not_odoo());
    }
    let envelope: Envelope = serde_json::from_str(body.get()).map_err(|_| not_odoo())?;
    let status = status.as_u16();
    if envelope.error.is_none() {
        return Ok(Reply::Result(HttpAnswer { status, body }));
    }
    let mut error = error_of(&body).ok_or_else(not_odoo)?;
    let data = match error.get_mut("data").and_then(Value::as_object_mut) {
        Some(data) => {
            reply::strip(data);
            data.clone()
        }
        None => Map::new(),
    };
    match judge(&data, database) {
        Verdict::KeyRefused => Ok(Reply::KeyRefused),
        Verdict::Failure(failure) => Err(failure),
        Verdict::Error => {
            let body = json!({"jsonrpc": "2.0", "id": 1, "error": error});
            let body = serde_json::value::to_raw_value(&body).map_err(|_| not_odoo())?;
            Ok(Reply::Error(HttpAnswer { status, body }))
        }
    }
}

fn error_of(body: &RawValue) -> Option<Map<String, Value>> {
    #[derive(Deserialize)]
    struct Envelope {
        error: Map<String, Value>,
    }
    let envelope: Envelope = serde_json::from_str(body.get()).ok()?;
    Some(envelope.error)
}

/// What an error means to the way, before it means something to the caller.
enum Verdict {
    Error,
    KeyRefused,
    Failure(Failure),
}

/// Odoo opens the database and checks the key inside the method that is called, so both fail as the
/// method would.
fn judge(data: &Map<String, Value>, database: &str) -> Verdict {
    let text = |key: &str| data.get(key).and_then(Value::as_str).unwrap_or_default();
    let argument = data
        .get("arguments")
        .and_then(|arguments| arguments.get(0))
        .and_then(Value::as_str);
    match text("name") {
        "odoo.exceptions.AccessDenied" => Verdict::KeyRefused,
        // the driver's error for a connection; those of statements have names of their own. Its
        // text is in the server's language, the name in it is not
        "psycopg2.OperationalError" => Verdict::Failure(
            match text("message").contains(&format!("\"{database}\""))
                || text("message").contains(&format!("»{database}«"))
                || text("message").contains(&format!("« {database} »"))
            {
                true => reply::wrong_database(),
                false => FailureKind::Unreachable.because("Odoo does not reach its database"),
            },
        ),
        // a database without Odoo in it, or one that its registry does not know
        "builtins.KeyError" | "KeyError"
            if argument.is_some_and(|key| key == "res.users" || key == database) =>
        {
            Verdict::Failure(reply::wrong_database())
        }
        // the first thing that Odoo looks for, and would make, in a database that it opens
        name if name.starts_with("psycopg2.") && text("message").contains("_signaling") => {
            Verdict::Failure(reply::wrong_database())
        }
        _ => Verdict::Error,
    }
}

/// The length of a result that is a list.
pub(super) fn rows(body: &RawValue) -> Option<u64> {
    #[derive(Deserialize)]
    struct Envelope {
        result: Vec<IgnoredAny>,
    }
    serde_json::from_str::<Envelope>(body.get())
        .ok()
        .map(|envelope| envelope.result.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: Value) -> Result<Reply, Failure> {
        let response = Response::builder().header(CONTENT_TYPE, "application/json");
        let response = response
            .body(Bytes::from(body.to_string()))
            .expect("a response");
        super::read(response, "odoo18")
    }

    fn error(name: &str, message: &str, arguments: Value) -> Value {
        json!({"jsonrpc": "2.0", "id": 1, "error": {"code": 200, "message": "Odoo Server Error", "data": {
            "name": name, "message": message, "arguments": arguments,
            "context": {"secret": 1}, "debug": "Traceback (most recent call last)",
        }}})
    }

    #[test]
    fn arguments_stand_where_these_versions_look_for_them() {
        let sent = |method: &str, kwargs: Value| {
            let wanted = Request {
                model: "res.partner".into(),
                method: method.into(),
                kwargs: kwargs.as_object().cloned().expect("an object"),
                only_if_rows: None,
            };
            let (args, kwargs) = arguments(&wanted);
            json!([args, kwargs])
        };
        assert_eq!(
            sent("read", json!({"ids": [3, 1], "fields": ["name"]})),
            json!([[[3, 1]], {"fields": ["name"]}])
        );
        let search = json!({"name": "a", "domain": [["id", ">", 1]], "limit": 5});
        assert_eq!(
            sent("name_search", search.clone()),
            json!([[], {"name": "a", "args": [["id", ">", 1]], "limit": 5}])
        );
        assert_eq!(
            sent("name_search", json!({"name": ""})),
            json!([[], {"name": ""}])
        );
        assert_eq!(sent("search_read", search.clone()), json!([[], search]));
    }

    #[test]
    fn errors_of_odoo_go_on_without_their_traceback() {
        let said = error("odoo.exceptions.AccessError", "no", json!(["no"]));
        let Ok(Reply::Error(answer)) = read(said) else {
            panic!("it is an error of Odoo's");
        };
        let body: Value = serde_json::from_str(answer.body.get()).expect("JSON");
        assert_eq!(
            body["error"]["data"],
            json!({"name": "odoo.exceptions.AccessError", "message": "no", "arguments": ["no"]})
        );
    }

    #[test]
    fn what_is_wrong_with_the_way_is_no_error_of_the_method() {
        let kind = |name: &str, message: &str, arguments: Value| match read(error(
            name, message, arguments,
        )) {
            Err(failure) => failure.kind.name(),
            Ok(Reply::KeyRefused) => "key_refused",
            Ok(_) => "answered",
        };
        let missing = "connection to server failed: FATAL:  database \"odoo18\" does not exist\n";
        let full = "connection to server failed: FATAL:  sorry, too many clients already\n";
        let operational = "psycopg2.OperationalError";
        assert_eq!(
            kind(operational, missing, json!([missing])),
            "wrong_database"
        );
        assert_eq!(kind(operational, full, json!([full])), "unreachable");
        let locked = "psycopg2.errors.LockNotAvailable";
        assert_eq!(kind(locked, "canceling", json!([])), "answered");
        let denied =
            "permission denied for schema public\nLINE 1: CREATE TABLE \"orm_signaling_registry\"";
        assert_eq!(
            kind("psycopg2.errors.InsufficientPrivilege", denied, json!([])),
            "wrong_database"
        );
        let key_error = "builtins.KeyError";
        assert_eq!(
            kind(key_error, "'res.users'", json!(["res.users"])),
            "wrong_database"
        );
        assert_eq!(kind(key_error, "'amount'", json!(["amount"])), "answered");
        let denied = "odoo.exceptions.AccessDenied";
        assert_eq!(
            kind(denied, "Access Denied", json!(["Access Denied"])),
            "key_refused"
        );
    }

    #[test]
    fn a_result_is_counted_and_what_is_no_message_refused() {
        let Ok(Reply::Result(answer)) =
            read(json!({"jsonrpc": "2.0", "id": 1, "result": [1, [2]]}))
        else {
            panic!("it is a result");
        };
        assert_eq!(rows(&answer.body), Some(2));
        assert!(read(json!([])).is_err_and(|failure| failure.kind == FailureKind::NotJson));
        // as Odoo answers for a method that returns nothing
        assert!(matches!(
            read(json!({"jsonrpc": "2.0", "id": 1})),
            Ok(Reply::Result(_))
        ));
    }
}
