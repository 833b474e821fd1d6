//! Which revision is spoken, and the `initialize` of the sessionless handshake.

use super::{ToolList, jsonrpc};
use crate::error::{Failure, Kind};
use axum::{
    http::{HeaderMap, HeaderName},
    response::Response,
};
use serde::{Deserialize, Serialize};
use serde_json::{json, value::RawValue};
use std::borrow::Cow;

/// The revisions with a handshake that are served, oldest first.
const REVISIONS: [&str; 3] = ["2025-03-26", "2025-06-18", "2025-11-25"];

/// What is offered to a client that asks for a revision that is not served.
const LATEST: &str = REVISIONS[2];

const VERSION_HEADER: HeaderName = HeaderName::from_static("mcp-protocol-version");

/// The ways a message can be meant.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Era {
    /// Client and server agree on a revision first.
    Handshake,
}

/// Tells the era by the version header; without one, 2025-03-26 is meant.
pub(crate) fn era(headers: &HeaderMap) -> Result<Era, Failure> {
    let is_known =
        |value: &axum::http::HeaderValue| REVISIONS.iter().any(|revision| value == revision);
    match headers.get_all(VERSION_HEADER).iter().all(is_known) {
        true => Ok(Era::Handshake),
        // not a code of the stateless revisions: clients take those as a reason not to fall back
        false => Err(Kind::InvalidRequest(
            "unsupported MCP-Protocol-Version; served are 2025-03-26, 2025-06-18, 2025-11-25",
        )
        .into()),
    }
}

/// `initialize`.
pub(crate) fn initialize(
    id: &RawValue,
    params: Option<&RawValue>,
    list: &ToolList,
) -> Result<Response, Failure> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wish<'a> {
        #[serde(borrow)]
        protocol_version: Cow<'a, str>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Welcome<'a> {
        protocol_version: &'a str,
        capabilities: serde_json::Value,
        server_info: serde_json::Value,
        #[serde(skip_serializing_if = "Option::is_none")]
        instructions: Option<&'a str>,
    }
    let wish: Wish = jsonrpc::params(id, params, "protocolVersion is missing")?;
    let revision = REVISIONS
        .into_iter()
        .find(|revision| *revision == wish.protocol_version);
    let welcome = Welcome {
        protocol_version: revision.unwrap_or(LATEST),
        capabilities: json!({"tools": {"listChanged": false}}),
        server_info: json!({"name": "odoo-mcp", "title": "Odoo", "version": env!("CARGO_PKG_VERSION")}),
        instructions: list.instructions.as_deref(),
    };
    Ok(jsonrpc::result(id, &welcome))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_the_header() {
        let of = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(VERSION_HEADER, axum::http::HeaderValue::from_static(value));
            }
            era(&headers).is_ok()
        };
        assert!(of(&[]) && of(&["2025-03-26"]) && of(&["2025-06-18"]) && of(&["2025-11-25"]));
        assert!(!of(&["2026-07-28"]) && !of(&["1.0"]) && !of(&[""]) && !of(&["2025-11-25", "1.0"]));
    }
}
