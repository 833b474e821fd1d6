//! The headers that repeat a modern request's body for the gateways before us.
//!
//! Who routes, limits or logs by a header must see what we act on, so a header that is missing or
//! says something else is refused. Values that are no plain ASCII come as `=?base64?…?=`.

use super::era::{Era, only};
use crate::error::Kind;
use axum::http::{HeaderMap, HeaderName};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::borrow::Cow;

const METHOD_HEADER: HeaderName = HeaderName::from_static("mcp-method");
const NAME_HEADER: HeaderName = HeaderName::from_static("mcp-name");

/// `Mcp-Method`, which every modern request has, and a legacy one may have.
pub(crate) fn check_method(headers: &HeaderMap, era: Era, method: &str) -> Result<(), Kind> {
    if is_left_out(headers, era, &METHOD_HEADER) {
        return Ok(());
    }
    match only(headers, &METHOD_HEADER) == Some(method) {
        true => Ok(()),
        false => Err(Kind::HeaderMismatch("Mcp-Method must be the method")),
    }
}

/// `Mcp-Name` of a tool call, the same.
pub(crate) fn check_name(headers: &HeaderMap, era: Era, name: &str) -> Result<(), Kind> {
    if is_left_out(headers, era, &NAME_HEADER) {
        return Ok(());
    }
    match only(headers, &NAME_HEADER).and_then(decode).as_deref() == Some(name) {
        true => Ok(()),
        false => Err(Kind::HeaderMismatch("Mcp-Name must be params.name")),
    }
}

fn is_left_out(headers: &HeaderMap, era: Era, name: &HeaderName) -> bool {
    era == Era::Legacy && !headers.contains_key(name)
}

/// The value that a header stands for; nothing, if its encoding is broken.
fn decode(value: &str) -> Option<Cow<'_, str>> {
    let Some(encoded) = value
        .strip_prefix("=?base64?")
        .and_then(|rest| rest.strip_suffix("?="))
    else {
        return Some(Cow::Borrowed(value));
    };
    let bytes = STANDARD.decode(encoded).ok()?;
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(name: HeaderName, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(
                &name,
                HeaderValue::from_bytes(value.as_bytes()).expect("a value"),
            );
        }
        headers
    }

    #[test]
    fn names_are_compared_as_they_are_meant() {
        let fits = |values: &[&str], name| {
            check_name(&headers(NAME_HEADER, values), Era::Modern, name).is_ok()
        };
        assert!(fits(&["odoo_count"], "odoo_count"));
        assert!(fits(&[" \todoo_count  "], "odoo_count"));
        assert!(fits(&["=?base64?b2Rvb19jb3VudA==?="], "odoo_count"));
        assert!(fits(&["=?base64?SGVsbG8sIOS4lueVjA==?="], "Hello, 世界"));
        assert!(fits(&["=?base64?IHBhZGRlZCA=?="], " padded "));
        assert!(fits(
            &["=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?="],
            "=?base64?literal?="
        ));
        // half a mark is none
        assert!(fits(&["=?base64?SGVsbG8="], "=?base64?SGVsbG8="));
        assert!(fits(&["SGVsbG8=?="], "SGVsbG8=?="));
        for values in [
            &[][..],
            &[""],
            &["odoo_search"],
            &["ODOO_COUNT"],
            &["odoo_count", "odoo_count"],
            &["=?BASE64?b2Rvb19jb3VudA==?="],
            // without padding, with strange letters, with bits left over
            &["=?base64?b2Rvb19jb3VudA?="],
            &["=?base64?b2Rv!19jb3VudA==?="],
            &["=?base64?b2Rvb19jb3VudB==?="],
            &["=?base64?/w==?="],
            &["ödoo_count"],
        ] {
            assert!(!fits(values, "odoo_count"), "{values:?}");
        }
        assert!(!fits(&["=?base64?SGVsbG8?="], "=?base64?SGVsbG8?="));
    }

    #[test]
    fn the_method_is_repeated_letter_by_letter() {
        let fits = |values: &[&str]| {
            check_method(&headers(METHOD_HEADER, values), Era::Modern, "tools/list").is_ok()
        };
        assert!(fits(&["tools/list"]) && fits(&["  tools/list "]));
        assert!(!fits(&[]) && !fits(&["TOOLS/LIST"]) && !fits(&["tools/call"]));
        assert!(!fits(&["tools/list", "tools/list"]));
    }

    #[test]
    fn a_legacy_request_need_not_repeat_anything_but_may_not_lie() {
        let method = |values: &[&str]| {
            check_method(&headers(METHOD_HEADER, values), Era::Legacy, "tools/call").is_ok()
        };
        let name = |values: &[&str]| {
            check_name(&headers(NAME_HEADER, values), Era::Legacy, "odoo_count").is_ok()
        };
        assert!(method(&[]) && method(&["tools/call"]) && !method(&["tools/list"]));
        assert!(name(&[]) && name(&["odoo_count"]) && !name(&["odoo_context"]));
    }
}
