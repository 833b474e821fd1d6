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
mod errand;
mod failure;
mod fault;
mod frame;
mod group_key;
mod having;
mod money;
mod name_search;
mod names;
mod read;
mod read_group;
mod read_groups;
mod records;
mod report;
mod search;
mod secret;
mod told_field;

pub use errand::{Errand, Protocol, Request};
pub use fault::is_crash;
pub use report::{Failure, FailureKind, HttpAnswer, Outcome};

pub(crate) use count::delegation as count;
pub(crate) use describe_model::delegation as describe_model;
pub(crate) use name_search::delegation as name_search;
pub(crate) use names::named;
pub(crate) use read::delegation as read;
pub(crate) use read_group::delegation as read_group;
pub(crate) use search::delegation as search;
pub use secret::is_secret;

use crate::access::{asked, check_read};
use crate::answer::Answer;
use crate::domain::{Domain, Operand, Operator};
use crate::error::{Code, Error, Refused, Result};
use crate::scope::{Context, Scope, Warning};
use crate::tool::Call;
use crate::value::Value;
use serde::{Deserialize, Serialize};

/// A call that Odoo is to answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Delegation {
    /// The model that is asked.
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

/// How Odoo's answers become the tool's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    model: String,
    reason: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Warned>,
    /// The caller said which records or groups.
    #[serde(default)]
    has_conditions: bool,
    /// The model's fields among orders, groups and measures that Odoo stores nowhere, but searches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    only_searched: Vec<String>,
    form: Form,
}

/// What the answer is of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    Search(search::Page),
    Read(read::Page),
    NameSearch(name_search::Page),
    Count,
    ReadGroup(read_groups::Page),
    DescribeModel(describe_model::Described),
    Names(names::Unnamed),
}

impl Delegation {
    /// The answer where Odoo can't be asked, and why not, if only names were to be asked for.
    pub fn without_names(&self, why: &str) -> Option<Result<Answer>> {
        match &self.shape.form {
            Form::Names(unnamed) => {
                let unasked = Error::new(Code::OdooUnavailable, why);
                Some(unnamed.complete(&self.shape, Err(unasked)))
            }
            _ => None,
        }
    }
}

impl Shape {
    /// Whether the answer is there and lacks nothing but names.
    pub fn is_for_names(&self) -> bool {
        matches!(self.form, Form::Names(_))
    }

    /// Who answers, whoever is asked for a part: `sql` or `odoo`.
    pub fn engine(&self) -> &'static str {
        if self.is_for_names() { "sql" } else { "odoo" }
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
            let of_each = answers.iter().map(|answer| body::result(shape, answer));
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
        Form::Read(page) => page.complete(shape, first),
        Form::NameSearch(page) => page.complete(shape, first),
        Form::Count => count::complete(shape, first),
        Form::ReadGroup(page) => page.complete(shape, first, more.first().copied()),
        Form::DescribeModel(described) => described.complete(shape, first),
        Form::Names(unnamed) => unnamed.complete(shape, Ok(results)),
    }
}

/// Why SQL does not answer, in one line, that begins with what Odoo answers for.
fn reason(error: &Error) -> String {
    let told = match error.refused.as_deref() {
        Some(Refused {
            model,
            field: Some(field),
            reason,
            ..
        }) => format!("Odoo answers for {field:?} of {model}: {reason}"),
        Some(Refused { model, reason, .. }) => format!("Odoo answers for {model}: {reason}"),
        None => match &error.detail {
            Some(detail) => format!("{}: {detail}", error.message),
            None => error.message.clone(),
        },
    };
    one_line(&told, 300)
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
    // whom no access list lets read the model Odoo may show records of it, but no groups
    let may_group = call.arguments.required_text("model").is_ok_and(|name| {
        let model = call.database.model(name).ok().flatten();
        model.is_none_or(|model| check_read(&model, call.principal).is_ok())
    });
    error.hint(match may_group {
        true => "odoo_read_group is answered by Odoo itself: group by date:month and the like",
        false => "odoo_search shows what Odoo lets this user see of it; groups take a right to read the model",
    })
}

/// The error of a call that does not get as far as to Odoo: who may not read the model by its access
/// lists is told that, and nothing of its fields, though Odoo's Python might have let them.
pub(crate) fn unsent(call: &Call<'_>, error: Error) -> Error {
    match may_read(call) {
        Err(denied) if denied.code == Code::AccessDenied => denied,
        _ => error,
    }
}

/// A right that is missing on the way to the records of a model that may itself be read: an Odoo that does not
/// rewrite domains asks for others there, and any Odoo for none where a hierarchy by name finds nothing. It says itself
/// what it refuses.
pub(crate) fn beside(call: &Call<'_>, error: Error) -> Error {
    let asks_others = || {
        !call.database.dialect().rewrites
            || call
                .arguments
                .domain()
                .is_ok_and(|domain| has_named_hierarchy(&domain))
    };
    let is_beside = error.code == Code::AccessDenied
        && call.database.delegates()
        && asks_others()
        && may_read(call).is_ok();
    match is_beside {
        true => Error {
            code: Code::NotSupported,
            ..error
        },
        false => error,
    }
}

/// Whether records are looked for by name to go up or down from.
fn has_named_hierarchy(domain: &Domain) -> bool {
    let is_name = |value: &Value| matches!(value, Value::Text(_));
    match domain {
        Domain::Const(_) => false,
        Domain::Not(inner) => has_named_hierarchy(inner),
        Domain::All(parts) | Domain::Any(parts) => parts.iter().any(has_named_hierarchy),
        Domain::Condition(condition) => match &condition.operand {
            Operand::Domain(inner) => has_named_hierarchy(inner),
            Operand::Value(value) => {
                matches!(condition.operator, Operator::ChildOf | Operator::ParentOf)
                    && match value {
                        Value::List(values) => values.iter().any(is_name),
                        value => is_name(value),
                    }
            }
        },
    }
}

/// Whether the model that is asked about may be read by its access lists.
fn may_read(call: &Call<'_>) -> Result<()> {
    let context = call.arguments.context()?;
    let scope = Scope::new(call.principal, call.database, &context)?;
    match scope
        .catalog
        .model(call.arguments.required_text("model")?)?
    {
        Some(model) => check_read(&model, call.principal),
        None => Ok(()),
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
