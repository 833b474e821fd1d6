//! What the extension wants Odoo to be asked.

use serde::Deserialize;
use serde_json::value::RawValue;
use std::time::Duration;

/// A call that Odoo is to answer, as `odoo_mcp.serve` says it.
#[derive(Deserialize)]
pub(crate) struct Delegation {
    pub(super) protocol: Protocol,
    /// The name of the database as PostgreSQL knows it, which is Odoo's as long as nobody says
    /// otherwise.
    pub(super) database: String,
    pub(super) user_id: i64,
    timeout_ms: u64,
    /// For all answers together.
    pub(super) byte_limit: usize,
    /// To be made one after the other.
    pub(super) requests: Vec<Request>,
}

/// Which of Odoo's two is spoken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Protocol {
    /// From 19 on.
    Json2,
    /// 16 to 18.
    Jsonrpc,
}

/// One method of one model.
#[derive(Deserialize)]
pub(super) struct Request {
    pub(super) model: String,
    pub(super) method: String,
    /// Keyword arguments, an object, as they go out.
    pub(super) kwargs: Box<RawValue>,
    /// Made only if the answer before it is a list of at least so many.
    #[serde(default)]
    pub(super) only_if_rows: Option<usize>,
}

impl Delegation {
    /// For all requests together.
    pub(super) fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }
}
