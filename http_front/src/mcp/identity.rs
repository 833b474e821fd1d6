//! What every answer, or the first one, says of this server.

use super::Era;
use serde::Serialize;
use serde_json::{Value, json};
use std::time::Duration;

/// How long a client may keep the tools and the instructions. They change with the extension's
/// version only, and nothing tells a client of that.
const KEPT_FOR: Duration = Duration::from_secs(300);

/// The name and version of this software.
#[derive(Clone, Copy, Serialize)]
pub(super) struct ServerInfo {
    name: &'static str,
    title: &'static str,
    version: &'static str,
}

pub(super) const SERVER_INFO: ServerInfo = ServerInfo {
    name: "odoo-mcp",
    title: "Odoo",
    version: env!("CARGO_PKG_VERSION"),
};

/// What is offered: tools, and no word when their list changes. So there is nothing to subscribe
/// to, and `subscriptions/listen` is an unknown method.
pub(super) fn capabilities() -> Value {
    json!({"tools": {"listChanged": false}})
}

/// The members that modern revisions add to every result, to be flattened into it; none for
/// legacy ones, whose clients may be strict about members that they do not know.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Complete {
    result_type: &'static str,
    #[serde(rename = "_meta")]
    meta: Meta,
}

#[derive(Clone, Copy, Serialize)]
struct Meta {
    #[serde(rename = "io.modelcontextprotocol/serverInfo")]
    server_info: ServerInfo,
}

impl Complete {
    pub(super) fn of(era: Era) -> Option<Self> {
        const STAMP: Complete = Complete {
            result_type: "complete",
            meta: Meta {
                server_info: SERVER_INFO,
            },
        };
        match era {
            Era::Legacy => None,
            Era::Modern => Some(STAMP),
        }
    }
}

/// The members that modern revisions add to a result that may be kept.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cacheable {
    ttl_ms: u64,
    cache_scope: &'static str,
}

impl Cacheable {
    pub(super) fn of(era: Era) -> Option<Self> {
        match era {
            Era::Legacy => None,
            Era::Modern => Some(Cacheable {
                ttl_ms: KEPT_FOR.as_secs() * 1000,
                // the same for every token, but nothing of it is for those who have none: a shared
                // cache that may hand it on would not ask
                cache_scope: "private",
            }),
        }
    }
}
