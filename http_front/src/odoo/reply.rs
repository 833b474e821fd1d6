//! What may be said of any answer before its protocol is looked at.

use crate::http_client::NoAnswer;
use axum::body::Bytes;
use hyper::{Response, StatusCode, header::CONTENT_TYPE};
use odoo_compiler::delegate::{Failure, FailureKind, HttpAnswer};
use serde_json::{Map, Value, value::RawValue};

/// What a request came to, if Odoo itself answered it.
pub(super) enum Reply {
    /// The method's result.
    Result(HttpAnswer),
    /// An error of Odoo's own; nothing more is asked after it.
    Error(HttpAnswer),
    /// The key opens nothing.
    KeyRefused,
}

/// Why it came to nothing.
impl From<NoAnswer> for Failure {
    fn from(reason: NoAnswer) -> Self {
        use FailureKind::{TimedOut, TooLarge, Unreachable};
        match reason {
            NoAnswer::Refused => Unreachable.because("nothing listens at Odoo's address"),
            NoAnswer::UnknownHost => Unreachable.because("the host of Odoo's address is not known"),
            NoAnswer::Unreachable => Unreachable.because("Odoo's address cannot be reached"),
            NoAnswer::Untrusted(_) | NoAnswer::Plain => {
                Unreachable.because("Odoo's address has no TLS that this front trusts")
            }
            NoAnswer::Broken => Unreachable.because("the connection to Odoo broke"),
            NoAnswer::Slow => TimedOut.into(),
            NoAnswer::TooLarge => TooLarge.into(),
        }
    }
}

/// Words of the page that Odoo shows where no database could be chosen; all versions have both.
const NO_DATABASE: [&str; 2] = ["No database is selected", "X-Odoo-Database"];

/// The body, if it is JSON and from Odoo as far as can be seen.
pub(super) fn json(response: Response<Bytes>) -> Result<(StatusCode, Box<RawValue>), Failure> {
    let status = response.status();
    if status.is_redirection() {
        return Err(FailureKind::Redirected.because(format!(
            "Odoo's address answers with a redirect ({})",
            status.as_u16()
        )));
    }
    let is_json = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
    let text = String::from_utf8(response.into_body().into());
    match text {
        Ok(text) if is_json => match RawValue::from_string(text) {
            Ok(body) => Ok((status, body)),
            Err(_) => Err(FailureKind::NotJson
                .because("what came from Odoo's address breaks off, or is no JSON")),
        },
        Ok(page) => Err(of_page(status, &page)),
        Err(_) => Err(of_page(status, "")),
    }
}

fn of_page(status: StatusCode, page: &str) -> Failure {
    let code = status.as_u16();
    match status {
        StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST
            if NO_DATABASE.iter().any(|words| page.contains(words)) =>
        {
            wrong_database()
        }
        StatusCode::GATEWAY_TIMEOUT => FailureKind::TimedOut.into(),
        // not Odoo's own: it answers as long as it runs
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE => FailureKind::Unreachable
            .because(format!(
                "what stands before Odoo does not reach it ({code})"
            )),
        _ => FailureKind::NotJson.because(format!(
            "Odoo's address answers with something else than JSON ({code})"
        )),
    }
}

/// Odoo says the same of a database that it may not serve, and of one that it fails to open.
pub(super) fn wrong_database() -> Failure {
    FailureKind::WrongDatabase
        .because("Odoo does not serve this database at its address, or cannot open it")
}

/// Tracebacks, and values that are for Odoo's own screens.
pub(super) fn strip(error: &mut Map<String, Value>) {
    error.remove("debug");
    error.remove("context");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, kind: &str, body: &'static [u8]) -> Result<(StatusCode, String), Failure> {
        let response = Response::builder().status(status);
        let response = response.header(CONTENT_TYPE, kind);
        let response = response.body(Bytes::from_static(body)).expect("a response");
        json(response).map(|(status, body)| (status, body.get().to_owned()))
    }

    #[test]
    fn json_is_what_says_so_and_is() {
        let (status, body) = of(422, "application/json; charset=utf-8", b"{\"a\":1.10}")
            .expect("JSON is handed on as it is");
        assert_eq!((status.as_u16(), body.as_str()), (422, "{\"a\":1.10}"));
        for (kind, body) in [
            ("text/html", &b"[]"[..]),
            ("application/json", b"[1, 2"),
            ("application/json", b""),
            ("application/json", b"[NaN]"),
            ("application/json", b"\"\xff\""),
            ("application/jsonp", b"[]"),
        ] {
            let failure = of(200, kind, body).expect_err("no JSON");
            assert_eq!(failure.kind, FailureKind::NotJson, "{kind} {body:?}");
        }
    }

    #[test]
    fn pages_and_redirects_are_told_apart() {
        let page = b"<p>No database is selected and the requested URL was not found</p>";
        for (status, body, expected) in [
            (303, &b""[..], FailureKind::Redirected),
            (308, b"{}", FailureKind::Redirected),
            (404, page, FailureKind::WrongDatabase),
            (404, b"<h1>Not Found</h1>", FailureKind::NotJson),
            (200, page, FailureKind::NotJson),
            (401, b"<h1>Authorization</h1>", FailureKind::NotJson),
            (502, b"<h1>Bad Gateway</h1>", FailureKind::Unreachable),
            (503, b"", FailureKind::Unreachable),
            (504, b"", FailureKind::TimedOut),
        ] {
            let failure = of(status, "text/html; charset=utf-8", body).expect_err("no JSON");
            assert_eq!(failure.kind, expected, "{status}");
        }
    }
}
