//! `server/discover`: what a modern client may ask before anything else.

use super::{
    Era,
    era::REVISIONS,
    identity::{Cacheable, Complete, capabilities},
};
use serde::Serialize;
use serde_json::{Value, value::RawValue};

/// The result, finished: it changes with the instructions only.
pub(super) fn result(instructions: Option<&str>) -> serde_json::Result<Box<RawValue>> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Discovery<'a> {
        #[serde(flatten)]
        complete: Option<Complete>,
        supported_versions: &'a [&'a str],
        capabilities: Value,
        #[serde(skip_serializing_if = "Option::is_none")]
        instructions: Option<&'a str>,
        #[serde(flatten)]
        cacheable: Option<Cacheable>,
    }
    serde_json::value::to_raw_value(&Discovery {
        complete: Complete::of(Era::Modern),
        supported_versions: &REVISIONS,
        capabilities: capabilities(),
        instructions,
        cacheable: Cacheable::of(Era::Modern),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn it_says_what_there_is() {
        let read = |instructions| -> Value {
            let result = result(instructions).expect("a result");
            serde_json::from_str(result.get()).expect("JSON")
        };
        assert_eq!(
            read(Some("how")),
            json!({
                "resultType": "complete",
                "_meta": {"io.modelcontextprotocol/serverInfo":
                    {"name": "odoo-mcp", "title": "Odoo", "version": env!("CARGO_PKG_VERSION")}},
                "supportedVersions":
                    ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"],
                "capabilities": {"tools": {"listChanged": false}},
                "instructions": "how",
                "ttlMs": 300_000,
                "cacheScope": "private",
            })
        );
        assert!(read(None).get("instructions").is_none());
    }
}
