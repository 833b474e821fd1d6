//! JSON-2, from Odoo 19 on: a path for each method, errors as statuses.

use super::{
    Link,
    key::ApiKey,
    reply::{self, Reply},
};
use crate::http_client;
use axum::body::Bytes;
use http_body_util::Full;
use hyper::{
    Response, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue},
};
use odoo_compiler::delegate::{Failure, FailureKind, HttpAnswer, Request};
use serde::de::IgnoredAny;
use serde_json::{Map, Value, value::RawValue};

/// The request that asks for it.
pub(super) fn request(
    link: &Link,
    database: &str,
    key: &ApiKey,
    wanted: &Request,
) -> Result<hyper::Request<Full<Bytes>>, Failure> {
    if !is_plain(&wanted.model) || !is_plain(&wanted.method) {
        return Err(FailureKind::Unreachable.because("the name of a model or method is no name"));
    }
    let path = format!("/json/2/{}/{}", wanted.model, wanted.method);
    let mut bearer = HeaderValue::from_str(&format!("bearer {}", key.expose()))
        .map_err(|_| FailureKind::KeyRefused)?;
    bearer.set_sensitive(true);
    let database = header(database).ok_or_else(|| {
        FailureKind::WrongDatabase.because("the database's name cannot be said in a header")
    })?;
    let body = serde_json::to_vec(&wanted.kwargs)
        .unwrap_or_else(|_| unreachable!("a map with string keys always serializes"));
    http_client::request(&link.url, &path)
        .method("POST")
        .header(CONTENT_TYPE, "application/json")
        .header(AUTHORIZATION, bearer)
        .header("X-Odoo-Database", database)
        .body(Full::from(body))
        .map_err(|_| FailureKind::Unreachable.into())
}

/// Whether it stays one segment of a path, whatever a proxy makes of dots and percent signs. Odoo
/// allows no other names, but whoever owns the database may write some.
fn is_plain(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.')
}

/// As Python's servers read headers, which is Latin-1.
fn header(text: &str) -> Option<HeaderValue> {
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
    HeaderValue::from_bytes(&bytes?).ok()
}

/// What Odoo said.
pub(super) fn read(response: Response<Bytes>) -> Result<Reply, Failure> {
    let (status, body) = reply::json(response)?;
    let of = |body| HttpAnswer {
        status: status.as_u16(),
        body,
    };
    match status {
        StatusCode::UNAUTHORIZED => Ok(Reply::KeyRefused),
        status if status.is_success() => Ok(Reply::Result(of(body))),
        _ => without_debug(&body)
            .map(|body| Reply::Error(of(body)))
            .ok_or_else(|| {
                FailureKind::NotJson.because(format!(
                    "Odoo's address answers with an error that is none of Odoo's ({})",
                    status.as_u16()
                ))
            }),
    }
}

fn without_debug(body: &RawValue) -> Option<Box<RawValue>> {
    let mut error: Map<String, Value> = serde_json::from_str(body.get()).ok()?;
    reply::strip(&mut error);
    serde_json::value::to_raw_value(&error).ok()
}

/// The length of a result that is a list.
pub(super) fn rows(body: &RawValue) -> Option<u64> {
    serde_json::from_str::<Vec<IgnoredAny>>(body.get())
        .ok()
        .map(|rows| rows.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::HttpUrl;

    fn link() -> Link {
        Link::to(
            HttpUrl::parse("http://erp.example.com:8069/odoo/").expect("a URL"),
            None,
        )
    }

    fn wanted(model: &str, method: &str) -> Request {
        Request {
            model: model.into(),
            method: method.into(),
            kwargs: Map::from_iter([("a".to_owned(), Value::from(1.1))]),
            only_if_rows: None,
        }
    }

    fn built(database: &str, model: &str) -> Result<hyper::Request<Full<Bytes>>, Failure> {
        let key = ApiKey::parse("0123456789abcdef0123456789abcdef01234567".into()).expect("a key");
        request(&link(), database, &key, &wanted(model, "search_read"))
    }

    #[tokio::test]
    async fn a_request_has_the_key_in_its_header_alone() {
        let request = built("odoo19", "sale.order").expect("a request");
        assert_eq!(
            request.uri(),
            "http://erp.example.com:8069/odoo/json/2/sale.order/search_read"
        );
        assert_eq!(request.headers()["x-odoo-database"], "odoo19");
        assert!(!format!("{request:?}").contains("0123456789abcdef"));
    }

    #[tokio::test]
    async fn names_reach_no_other_path_and_no_other_header() {
        for model in [
            "", ".", "..", "../x", "a/b", "a%2fb", "a?b", "a b", "a\r\nb", "é", "-a",
        ] {
            let failure = built("odoo19", model).expect_err(model);
            assert_eq!(failure.kind, FailureKind::Unreachable);
        }
        for database in ["a\r\nX-Other: b", "a\0", "日本"] {
            let failure = built(database, "res.partner").expect_err(database);
            assert_eq!(failure.kind, FailureKind::WrongDatabase);
        }
        let request = built("büro", "res.partner").expect("a request");
        assert_eq!(request.headers()["x-odoo-database"].as_bytes(), b"b\xfcro");
    }
}
