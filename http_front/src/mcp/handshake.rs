//! `initialize`: the handshake of the legacy revisions. It leaves no session behind.

use super::{
    ToolList,
    era::{REVISIONS, is_handshake},
    identity::{SERVER_INFO, ServerInfo, capabilities},
    jsonrpc,
};
use crate::error::Failure;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use std::borrow::Cow;

/// What is offered to a client that asks for a revision which no handshake can agree on: the
/// newest that one can.
const LATEST: &str = REVISIONS[1];

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
        capabilities: Value,
        server_info: ServerInfo,
        #[serde(skip_serializing_if = "Option::is_none")]
        instructions: Option<&'a str>,
    }
    let wish: Wish = jsonrpc::params(id, params, "protocolVersion is missing")?;
    let welcome = Welcome {
        protocol_version: match is_handshake(&wish.protocol_version) {
            true => &wish.protocol_version,
            false => LATEST,
        },
        capabilities: capabilities(),
        server_info: SERVER_INFO,
        instructions: list.instructions(),
    };
    Ok(jsonrpc::result(id, &welcome))
}
