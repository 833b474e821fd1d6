//! What a front is to do, as `odoo_mcp.serve` says it and the front reads it: one form for both.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::time::Duration;

/// A call that Odoo is to answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Errand {
    /// How to ask.
    pub protocol: Protocol,
    /// The name of the database as PostgreSQL knows it, which is Odoo's as long as nobody says
    /// otherwise.
    pub database: String,
    /// `res.users` id.
    pub user_id: i64,
    /// Whether an answer is there already and lacks nothing but names: not worth a long wait.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_for_names: bool,
    /// For all requests together.
    pub timeout_ms: u64,
    /// For all answers together.
    pub byte_limit: usize,
    /// To be made one after the other.
    pub requests: Vec<Request>,
}

impl Errand {
    /// For all requests together.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde's form
fn is_false(value: &bool) -> bool {
    !value
}

/// Which of Odoo's two is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// From 19 on.
    Json2,
    /// 16 to 18.
    Jsonrpc,
}

/// One call of Odoo's RPC, with keyword arguments only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// `sale.order`
    pub model: String,
    /// `search_read`
    pub method: String,
    /// Its keyword arguments, `context` among them.
    pub kwargs: Map<String, Json>,
    /// Made only if the answer before it is a list of at least so many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_if_rows: Option<u64>,
}

impl Request {
    /// Whether it says which records, or which groups.
    pub(super) fn has_conditions(&self) -> bool {
        ["domain", "having"].iter().any(|name| {
            let domain = self.kwargs.get(*name).and_then(Json::as_array);
            domain.is_some_and(|domain| !domain.is_empty())
        })
    }

    /// Whether it sorts, groups or measures by the field.
    pub(super) fn arranges_by(&self, field: &str) -> bool {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        ["order", "groupby", "aggregates"].iter().any(|name| {
            let told = self.kwargs.get(*name).map(Json::to_string);
            told.is_some_and(|told| told.split(|c| !is_part(c)).any(|word| word == field))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Errand, Protocol, Request};
    use serde_json::json;

    /// A front of another release reads it, or is read.
    #[test]
    fn an_errand_has_this_form() {
        let kwargs = json!({"domain": [["amount", ">", 0.1]], "context": {"lang": "de_DE"}});
        let request = |method: &str, only_if_rows| Request {
            model: "sale.order".to_owned(),
            method: method.to_owned(),
            kwargs: kwargs.as_object().cloned().unwrap_or_default(),
            only_if_rows,
        };
        let errand = Errand {
            protocol: Protocol::Jsonrpc,
            database: "odoo".to_owned(),
            user_id: 7,
            is_for_names: false,
            timeout_ms: 60_000,
            byte_limit: 1000,
            requests: vec![
                request("search_read", None),
                request("search_count", Some(5)),
            ],
        };
        let json = json!({
            "protocol": "jsonrpc", "database": "odoo", "user_id": 7, "timeout_ms": 60_000, "byte_limit": 1000,
            "requests": [
                {"model": "sale.order", "method": "search_read", "kwargs": kwargs},
                {"model": "sale.order", "method": "search_count", "kwargs": kwargs, "only_if_rows": 5},
            ],
        });
        assert_eq!(serde_json::to_value(&errand).expect("JSON"), json);
        let mut read: Errand = serde_json::from_value(json).expect("an errand");
        assert_eq!(read, errand);
        read.protocol = Protocol::Json2;
        read.is_for_names = true;
        let json = serde_json::to_value(&read).expect("JSON");
        assert_eq!(json["protocol"], "json2");
        assert_eq!(json["is_for_names"], true);
    }
}
