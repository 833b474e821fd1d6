//! One line of the report.

use crate::exec::plan::Row;
use odoo_compiler::error::Error;
use std::borrow::Cow;

/// What was looked at, what was found, and what to type next.
#[derive(Debug)]
pub(crate) struct Finding {
    /// What was looked at, in a word.
    pub check: Cow<'static, str>,
    /// `ok`, `warning` or `error`.
    pub status: Cow<'static, str>,
    /// One line, lower case, no full stop.
    pub finding: String,
    /// The next thing to type, where there is one.
    pub hint: Option<String>,
}

impl Finding {
    pub(crate) fn ok(check: &'static str, finding: impl Into<String>) -> Self {
        Finding::new(check, "ok", finding, None)
    }

    pub(crate) fn warning(
        check: &'static str,
        finding: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Finding::new(check, "warning", finding, Some(hint.into()))
    }

    pub(crate) fn error(
        check: &'static str,
        finding: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Finding::new(check, "error", finding, Some(hint.into()))
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What stopped an examination.
    pub(crate) fn of_error(check: &'static str, error: Error) -> Self {
        Finding::new(check, "error", error.message, error.hint)
    }

    /// A row of a statement that examines: its place, then the four columns.
    pub(crate) fn of_row(row: Row) -> Option<Self> {
        let [_place, check, status, finding, hint] = <[Option<String>; 5]>::try_from(row).ok()?;
        Some(Finding {
            check: check?.into(),
            status: status?.into(),
            finding: finding?,
            hint,
        })
    }

    fn new(
        check: &'static str,
        status: &'static str,
        finding: impl Into<String>,
        hint: Option<String>,
    ) -> Self {
        Finding {
            check: check.into(),
            status: status.into(),
            finding: finding.into(),
            hint,
        }
    }
}
