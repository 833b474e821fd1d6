//! One line of the report.

use serde::Serialize;

/// How bad a finding is, mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// As it should be.
    Ok,
    /// Calls are answered, but somebody should know.
    Warning,
    /// Calls are not answered, or must not be.
    Error,
}

/// What was looked at, what was found, what to type next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at, in a word or two.
    pub check: String,
    /// How bad it is.
    pub status: Status,
    /// One line, lower case, no full stop, no secret.
    pub finding: String,
    /// The next thing to type, where there is one.
    pub hint: Option<String>,
}

impl Finding {
    pub(super) fn ok(check: &str, finding: impl Into<String>) -> Self {
        Finding::new(check, Status::Ok, finding.into(), None)
    }

    pub(super) fn warning(
        check: &str,
        finding: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Finding::new(check, Status::Warning, finding.into(), Some(hint.into()))
    }

    pub(super) fn error(check: &str, finding: impl Into<String>, hint: impl Into<String>) -> Self {
        Finding::new(check, Status::Error, finding.into(), Some(hint.into()))
    }

    fn new(check: &str, status: Status, finding: String, hint: Option<String>) -> Self {
        Finding {
            check: check.to_owned(),
            status,
            finding,
            hint,
        }
    }
}
