//! Odoo's errors: what is meant for users keeps its text, everything else keeps its text to itself.

use super::{Shape, one_line};
use crate::error::{Code, Error};
use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::value::RawValue;

/// What is said where Odoo's own code breaks.
const FAILED: &str = "Odoo failed inside";
const BROKEN: &str = "Odoo can't work with what it was asked";

/// Whether an `odoo_error` is of Odoo's code, which broke, and says nothing of the call.
#[must_use]
pub fn is_crash(message: &str) -> bool {
    message == FAILED || message.starts_with(BROKEN)
}

/// How much of Odoo's text an error repeats.
const LENGTH: usize = 1000;

/// An exception as `{name, message, …}`, which JSON-RPC puts into `data`. Its `debug`, `context` and
/// `arguments` are not even read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Fault {
    code: Json,
    name: Json,
    message: Json,
    data: Option<Box<Fault>>,
}

/// The error that Odoo made of a call.
pub(super) fn error(shape: &Shape, status: u16, body: &RawValue) -> Error {
    let model = shape.model.as_str();
    let fault: Fault = serde_json::from_str(body.get()).unwrap_or_default();
    let code = fault.code.as_u64();
    let fault = match fault.data {
        Some(data) => *data,
        None => fault,
    };
    let name = fault.name.as_str().unwrap_or_default();
    let text = told(fault.message.as_str().unwrap_or_default());
    let field = text.as_deref().and_then(unstored);
    let (module, class) = name.rsplit_once('.').unwrap_or(("", name));
    let is_http = module.starts_with("werkzeug");
    // a module's own exception is known by its status
    let class = match (class, status) {
        (known @ ("AccessError" | "AccessDenied" | "MissingError" | "LockError"), _) => known,
        (known @ ("UserError" | "ValidationError" | "RedirectWarning"), _) => known,
        ("NotFound", _) if is_http => "NotFound",
        (_, 401) => "Unauthorized",
        (_, 403) if !is_http => "AccessError",
        (_, 404) => "NotFound",
        (_, 409) if !is_http => "LockError",
        (_, 422) if is_http => "UnprocessableEntity",
        (_, 422) => "UserError",
        (class, _) => class,
    };
    match class {
        "AccessError" | "AccessDenied" => Error::new(
            Code::AccessDenied,
            text.unwrap_or_else(|| "Odoo refuses access".into()),
        )
        .detail("this is Odoo's own answer for this user")
        .hint("an Odoo administrator grants rights; leave out what is refused"),
        "MissingError" => Error::new(
            Code::MissingRecord,
            text.unwrap_or_else(|| "a record is gone".into()),
        )
        .hint("search again: it was deleted, or the user does not see it"),
        "LockError" => {
            let error = Error::new(
                Code::OdooError,
                "the record is locked: somebody else is working on it",
            )
            .hint("try again in a moment");
            match text {
                Some(text) => error.detail(text),
                None => error,
            }
        }
        "UserError" | "ValidationError" | "RedirectWarning" => Error::new(
            Code::OdooError,
            text.unwrap_or_else(|| "Odoo refuses the call".into()),
        )
        .detail(format!("Odoo's {class}"))
        .hint("change what the message names"),
        "Unauthorized" => Error::new(
            Code::OdooUnavailable,
            "Odoo refuses the key that was made for this call",
        )
        .hint("the operator runs odoo-mcp doctor: Odoo's address may be that of another database"),
        "SessionExpiredException" => Error::new(
            Code::OdooUnavailable,
            "Odoo takes the call for one of a session that is over",
        )
        .hint("the operator runs odoo-mcp doctor"),
        "NotFound" => not_found(model, text.as_deref()),
        "AttributeError" | "UnprocessableEntity" => no_method(model),
        // of a value that a condition compares a field with; where there is none, Odoo's own code broke
        _ if shape.has_conditions
            && (text.as_deref().is_some_and(is_of_value) || is_sql_of_value(module, class)) =>
        {
            let error = Error::new(
                Code::InvalidDomain,
                "a field is compared with a value that does not fit it",
            )
            .hint("numbers are compared with numbers, dates with \"2026-01-31\", datetimes with \"2026-01-31 13:00:00\"; odoo_describe_model says the types");
            match text {
                // the statement that follows is nothing to the caller
                Some(text) => {
                    let said = text.split(" LINE ").next().unwrap_or_default();
                    error.detail(format!("Odoo says: {said}"))
                }
                None => error,
            }
        }
        "ValueError" if field.is_some() => {
            let field = field.unwrap_or_default();
            let own = field
                .strip_prefix(model)
                .and_then(|name| name.strip_prefix('.'));
            let is_searched = shape.only_searched.iter().any(|name| own == Some(name));
            let so = if is_searched {
                "it can be a condition, but not an order, group or measure"
            } else {
                "nothing is searched, sorted, grouped or added up by it"
            };
            Error::new(
                Code::InvalidArguments,
                format!("{field} is worked out for each record and stored nowhere, so {so}"),
            )
            .detail("Odoo was asked, and says so itself")
            .hint("take a stored field (odoo_describe_model says which are), or name it in fields and look at it in the records")
        }
        "ValueError" => Error::new(
            match &text {
                Some(text) if is_of_domain(text) => Code::InvalidDomain,
                _ => Code::InvalidArguments,
            },
            text.unwrap_or_else(|| "Odoo does not understand the arguments".into()),
        )
        .detail("Odoo was asked, and says so itself")
        .hint("odoo_describe_model says which fields can be searched, sorted and grouped by"),
        "TypeError" | "KeyError" => {
            let error = Error::new(Code::OdooError, format!("{BROKEN} ({class})"))
                .hint("leave out fields or conditions to find the one that it can't work with");
            match text {
                Some(text) => error.detail(text),
                None => error,
            }
        }
        _ if code == Some(404) => not_found(model, text.as_deref()),
        _ if matches!(status, 429 | 502..=504) => Error::new(
            Code::OdooUnavailable,
            "Odoo, or what stands before it, is not ready",
        )
        .detail(format!("it answers with the status {status}"))
        .hint("try again later; the operator looks at Odoo's log"),
        _ => Error::new(Code::OdooError, FAILED).hint(
            "the operator finds the reason in Odoo's own log; asking for fewer fields may avoid it",
        ),
    }
}

/// A text for users in one line; nothing where it is none, or looks like Odoo's inside.
fn told(message: &str) -> Option<String> {
    const INSIDE: &[&str] = &[
        "Traceback (most",
        "File \"",
        "psycopg2",
        "SELECT ",
        "INSERT INTO",
        "UPDATE ",
    ];
    let text = one_line(message, LENGTH);
    let is_inside = INSIDE.iter().any(|mark| text.contains(mark));
    (!text.is_empty() && !is_inside).then_some(text)
}

/// A model, a method, or all of Odoo's RPC is not there.
fn not_found(model: &str, text: Option<&str>) -> Error {
    match text {
        Some(text) if text.starts_with("the model ") => Error::new(
            Code::UnknownModel,
            format!("Odoo itself does not know the model {model}"),
        )
        .detail("its database lists it, but the running Odoo has not loaded it")
        .hint("the operator upgrades or restarts Odoo"),
        Some(text) if text.to_lowercase().starts_with("the method ") => no_method(model),
        _ => Error::new(
            Code::OdooUnavailable,
            "Odoo's RPC is not at its address, or not for this database",
        )
        .hint(
            "the operator runs odoo-mcp doctor, which looks at the address and the database's name",
        ),
    }
}

fn no_method(model: &str) -> Error {
    Error::new(
        Code::NotSupported,
        format!("this Odoo has no such question for {model}"),
    )
    .detail("the method that would answer it is not there, or takes other arguments")
    .hint("grouped reads by Odoo itself take Odoo 19; search and count take 16 or newer")
}

/// The field, with its model, that Odoo says it can't ask its database for.
fn unstored(text: &str) -> Option<&str> {
    let (field, _) = text
        .strip_prefix("Cannot convert ")?
        .split_once(" to SQL")?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
    (field.contains('.') && field.chars().all(is_name)).then_some(field)
}

/// Whether it is what Python says of a value that it can't read.
fn is_of_value(text: &str) -> bool {
    const OF_VALUES: &[&str] = &[
        "invalid literal for int()",
        "could not convert string to float",
        "Invalid isoformat string",
        "Invalid term ",
        "Empty date value",
        "month must be in ",
        "day is out of range for month",
        "hour must be in ",
        "expecting only datetimes with no timezone",
        "Failed to cast ",
    ];
    OF_VALUES.iter().any(|start| text.starts_with(start))
}

/// Whether it is what PostgreSQL says of a value that it can't compare.
fn is_sql_of_value(module: &str, class: &str) -> bool {
    const OF_VALUES: &[&str] = &[
        "InvalidTextRepresentation",
        "NumericValueOutOfRange",
        "InvalidDatetimeFormat",
        "DatetimeFieldOverflow",
        "UndefinedFunction",
    ];
    module == "psycopg2.errors" && OF_VALUES.contains(&class)
}

/// Whether Odoo speaks of a condition.
fn is_of_domain(text: &str) -> bool {
    let text = text.to_lowercase();
    text.contains("domain") || text.contains("in condition")
}
