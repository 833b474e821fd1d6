//! What SQL may not answer, Odoo does: the requests to make of its RPC as the user, and the answer that
//! is made of what it says.

use crate::answer::Answer;
use crate::error::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// A call that Odoo is to answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Delegation {
    /// The model that is asked, for the audit.
    pub model: String,
    /// Why SQL does not answer, in words for the caller: `engine_reason`.
    pub reason: String,
    /// To be made one after the other, at most a few.
    pub requests: Vec<Request>,
    /// What [`complete`] needs to make the answer; kept by the extension until then.
    pub shape: Shape,
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

/// How Odoo's answers become the tool's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "tool", rename_all = "snake_case")]
pub enum Shape {}

/// What the front reports of a delegation.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Outcome {
    /// Odoo answered; one for each request that was made.
    Answers(Vec<HttpAnswer>),
    /// It did not, or not so that it may be used.
    Failure(Failure),
}

/// What Odoo said to one request.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpAnswer {
    /// The HTTP status; for JSON-RPC, which says 200 to everything, still what came.
    pub status: u16,
    /// The body, which is JSON.
    pub body: Box<serde_json::value::RawValue>,
}

/// Why there is no answer of Odoo's to use.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// What happened.
    pub kind: FailureKind,
    /// In words that may be shown, without addresses of other machines than Odoo's own.
    #[serde(default)]
    pub detail: Option<String>,
}

/// What may come between the front and Odoo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The front knows no address of Odoo.
    NotConfigured,
    /// Nothing listens there, or the connection broke.
    Unreachable,
    /// It took too long.
    TimedOut,
    /// The caller went away.
    Cancelled,
    /// It answers with a redirect, which is never followed.
    Redirected,
    /// The answer is larger than the limit.
    TooLarge,
    /// The answer is HTML or otherwise no JSON.
    NotJson,
    /// There is no such database there, or it is not the one to ask.
    WrongDatabase,
    /// The key of this very call was refused.
    KeyRefused,
}

/// Makes the answer of what Odoo said.
pub fn complete(_shape: &Shape, _outcome: Outcome) -> Result<Answer> {
    Err(Error::new(Code::NotSupported, "no tool is delegated yet"))
}
