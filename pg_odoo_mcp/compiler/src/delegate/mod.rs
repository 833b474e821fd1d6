//! What SQL may not answer, Odoo does: the requests to make of its RPC as the user, and the answer that
//! is made of what it says.
//!
//! Arguments are checked here as they are for SQL, and a request is written anew of what was understood:
//! it holds names that the catalog knows, operators of the grammar and the four keys of the context, and
//! nothing that a caller wrote passes by. What Odoo says is read by its form, and of its errors only
//! what is meant for users.

mod body;
mod count;
mod describe_model;
mod domain;
mod failure;
mod fault;
mod frame;
mod group_key;
mod having;
mod limits;
mod names;
mod read_group;
mod read_groups;
mod search;
mod secret;
mod told_field;

pub(crate) use count::delegation as count;
pub(crate) use describe_model::delegation as describe_model;
pub(crate) use names::named;
pub(crate) use read_group::delegation as read_group;
pub(crate) use search::delegation as search;

use crate::access::{asked, check_read};
use crate::answer::Answer;
use crate::error::{Code, Error, Result};
use crate::scope::{Context, Scope, Warning};
use crate::tool::Call;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// A call that Odoo is to answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Delegation {
    /// The model that is asked, for the audit.
    pub model: String,
    /// Why SQL does not answer, in words for the caller: `engine_reason`.
    pub reason: String,
    /// SQL's own error with its hint, for callers who have no way to Odoo.
    #[serde(skip)]
    pub refusal: Error,
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
pub struct Shape {
    model: String,
    reason: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Warned>,
    form: Form,
}

/// What the answer is of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    Search(search::Page),
    Count,
    ReadGroup(read_groups::Page),
    DescribeModel(describe_model::Described),
    Names(names::Unnamed),
}

impl Shape {
    /// Who answers, whoever is asked for a part: `sql` or `odoo`.
    pub fn engine(&self) -> &'static str {
        match &self.form {
            Form::Names(_) => "sql",
            _ => "odoo",
        }
    }
}

/// A warning that is kept until the answer is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Warned {
    code: String,
    message: String,
}

impl Warned {
    fn new(code: &str, message: impl Into<String>) -> Warned {
        Warned {
            code: code.to_owned(),
            message: message.into(),
        }
    }
}

impl From<Warning> for Warned {
    fn from(warning: Warning) -> Warned {
        Warned::new(warning.code, warning.message)
    }
}

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
pub fn complete(shape: &Shape, outcome: Outcome) -> Result<Answer> {
    let answers = match outcome {
        Outcome::Answers(answers) => Ok(answers),
        Outcome::Failure(failure) => Err(failure::error(&failure)),
    };
    let results = answers
        .as_deref()
        .map_err(Error::clone)
        .and_then(|answers| {
            let of_each = answers
                .iter()
                .map(|answer| body::result(&shape.model, answer));
            of_each.collect::<Result<Vec<_>>>()
        });
    if let Form::Names(unnamed) = &shape.form {
        return unnamed.complete(shape, results);
    }
    let results = results?;
    let Some((first, more)) = results.split_first() else {
        return Err(body::unexpected("there is no answer to the first request"));
    };
    match &shape.form {
        Form::Search(page) => page.complete(shape, first, more.first().copied()),
        Form::Count => count::complete(shape, first),
        Form::ReadGroup(page) => page.complete(shape, first, more.first().copied()),
        Form::DescribeModel(described) => described.complete(shape, first),
        Form::Names(unnamed) => unnamed.complete(shape, Ok(results)),
    }
}

/// Why SQL does not answer, in one line.
fn reason(error: &Error) -> String {
    match &error.detail {
        Some(detail) => one_line(&format!("{}: {detail}", error.message), 300),
        None => one_line(&error.message, 300),
    }
}

/// The error of a tool that Odoo has no method for: what is answered in its place.
pub(crate) fn instead(call: &Call<'_>, error: Error) -> Error {
    let of_model = || {
        let scope = Scope::new(call.principal, call.database, &Context::default())?;
        asked(&scope, call.arguments.required_text("model")?)
    };
    let is_of_model = of_model().is_err_and(|e| e.code == Code::NotSupported);
    if error.hint.is_some() && !is_of_model {
        return error;
    }
    error.hint("odoo_read_group is answered by Odoo itself: group by date:month and the like")
}

/// The error of a call that does not get as far as to Odoo: who may not read the model by its access
/// lists is told that, and nothing of its fields, though Odoo's Python might have let them.
pub(crate) fn unsent(call: &Call<'_>, error: Error) -> Error {
    let read = || {
        let context = call.arguments.context()?;
        let scope = Scope::new(call.principal, call.database, &context)?;
        match scope
            .catalog
            .model(call.arguments.required_text("model")?)?
        {
            Some(model) => check_read(&model, call.principal),
            None => Ok(()),
        }
    };
    match read() {
        Err(denied) if denied.code == Code::AccessDenied => denied,
        _ => error,
    }
}

/// A text without line breaks, cut where it is long.
fn one_line(text: &str, length: usize) -> String {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    let line = words.join(" ");
    match line.char_indices().nth(length) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
