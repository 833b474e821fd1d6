//! The error table: what may go wrong, and how each reader learns of it.
//!
//! A code is stable; it is what agents, dashboards and tests match on. The message says what is
//! wrong, the detail shows the evidence, the hint names the next thing to do.

use crate::facts::Override;
use serde::Serialize;
use std::fmt;

macro_rules! error_table {
    ($($(#[$doc:meta])* $variant:ident, $name:literal, $sqlstate:literal;)*) => {
        /// A stable error code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// The name that answers, log and audit carry.
            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name,)* }
            }

            /// The nearest standard SQLSTATE, for callers in psql.
            pub fn sqlstate(self) -> &'static str {
                match self { $(Code::$variant => $sqlstate,)* }
            }
        }
    };
}

error_table! {
    /// The arguments do not fit the tool's schema or its limits.
    InvalidArguments, "invalid_arguments", "22023";
    /// No model of that name.
    UnknownModel, "unknown_model", "42P01";
    /// The model has no field of that name.
    UnknownField, "unknown_field", "42703";
    /// No tool of that name.
    UnknownTool, "unknown_tool", "42883";
    /// The domain is not well formed, or an operator does not fit its field.
    InvalidDomain, "invalid_domain", "22023";
    /// Odoo's rights of this user do not allow it; the message names the missing one.
    AccessDenied, "access_denied", "42501";
    /// Whatever Odoo's rights say: the role or the token may not, or it is a secret, which nobody is shown.
    NotPermitted, "not_permitted", "42501";
    /// A record that was asked for by id does not exist.
    MissingRecord, "missing_record", "02000";
    /// SQL cannot answer it exactly. Where Odoo can be asked it does, and no caller sees this.
    NotSupported, "not_supported", "0A000";
    /// Rows, groups, bytes or cost over the budget.
    OverBudget, "over_budget", "54000";
    /// The time budget of the call ran out.
    TimedOut, "timed_out", "57014";
    /// The call was cancelled.
    Cancelled, "cancelled", "57014";
    /// Odoo's RPC did not answer.
    OdooUnavailable, "odoo_unavailable", "08001";
    /// Odoo answered with its own user or validation error.
    OdooError, "odoo_error", "22000";
    /// Too many calls in the window.
    RateLimited, "rate_limited", "53400";
    /// A fault of ours; the text stays in the log, the caller gets a reference.
    Internal, "internal", "XX000";
}

/// What a caller is told when a call fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// Which kind.
    pub code: Code,
    /// One line, lower case, no full stop.
    pub message: String,
    /// The evidence: the offending part, the limit and the value.
    pub detail: Option<String>,
    /// The next thing to do.
    pub hint: Option<String>,
    /// What SQL does not answer, where the message says just that.
    pub refused: Option<Box<Refused>>,
    /// Whether a value that the caller wrote is the trouble: Odoo reads values before it drops what can't matter.
    pub is_of_value: bool,
}

/// A model or a field that SQL does not answer, for those who say so in other words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The model.
    pub model: String,
    /// Its field, if it is not the whole model.
    pub field: Option<String>,
    /// Why, in words that go without them.
    pub reason: String,
    /// The Python that decides over it, if there is some.
    pub by: Option<Box<Override>>,
}

/// Result with our [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error without detail and hint.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Error {
            code,
            message: message.into(),
            detail: None,
            hint: None,
            refused: None,
            is_of_value: false,
        }
    }

    /// What SQL does not answer of a model.
    pub fn refused(refused: Refused) -> Self {
        let Refused {
            model,
            field,
            reason,
            ..
        } = &refused;
        let message = match field {
            Some(field) => {
                format!("the field {field:?} of {model} is not answered in SQL: {reason}")
            }
            None => format!("SQL doesn't answer {model}: {reason}"),
        };
        Error {
            refused: Some(Box::new(refused)),
            ..Error::new(Code::NotSupported, message)
        }
    }

    /// A field that SQL does not answer, whatever Python does.
    pub fn of_field(model: &str, field: &str, reason: impl Into<String>) -> Self {
        Error::refused(Refused {
            model: model.to_owned(),
            field: Some(field.to_owned()),
            reason: reason.into(),
            by: None,
        })
    }

    /// The same error, of a value that the caller wrote.
    pub fn of_value(mut self) -> Self {
        self.is_of_value = true;
        self
    }

    /// The same error with evidence.
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The same error with the next thing to do.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The object that stands behind `error` in an answer.
    pub fn to_json(&self) -> serde_json::Value {
        #[derive(Serialize)]
        struct Body<'a> {
            code: &'a str,
            message: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            detail: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            hint: Option<&'a str>,
        }
        serde_json::json!(Body {
            code: self.code.name(),
            message: &self.message,
            detail: self.detail.as_deref(),
            hint: self.hint.as_deref(),
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.message)?;
        if let Some(detail) = &self.detail {
            write!(f, " ({detail})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
