//! What came of a delegation, as `odoo_mcp.complete` wants to hear it.

use crate::http_client::NoAnswer;
use serde::Serialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Odoo's answers, or why there are none.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// One for each request that was made; the last may be an error of Odoo's.
    Answers(Vec<Answer>),
    Failure(Failure),
}

/// What Odoo said to one request.
#[derive(Serialize)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Box<RawValue>,
}

/// Why there is no answer to use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Failure {
    pub(super) kind: FailureKind,
    /// Fit to be shown to whoever asked: no address, no key, no text of a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) detail: Option<Cow<'static, str>>,
}

/// What may come between here and Odoo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FailureKind {
    NotConfigured,
    Unreachable,
    TimedOut,
    Cancelled,
    Redirected,
    TooLarge,
    NotJson,
    WrongDatabase,
    KeyRefused,
}

impl FailureKind {
    /// A failure of this kind, in words.
    pub(super) fn because(self, detail: impl Into<Cow<'static, str>>) -> Failure {
        Failure {
            kind: self,
            detail: Some(detail.into()),
        }
    }

    /// The same name that the database hears, for the log.
    pub(super) fn name(self) -> &'static str {
        match self {
            FailureKind::NotConfigured => "not_configured",
            FailureKind::Unreachable => "unreachable",
            FailureKind::TimedOut => "timed_out",
            FailureKind::Cancelled => "cancelled",
            FailureKind::Redirected => "redirected",
            FailureKind::TooLarge => "too_large",
            FailureKind::NotJson => "not_json",
            FailureKind::WrongDatabase => "wrong_database",
            FailureKind::KeyRefused => "key_refused",
        }
    }
}

impl From<FailureKind> for Failure {
    fn from(kind: FailureKind) -> Self {
        Failure { kind, detail: None }
    }
}

impl From<NoAnswer> for Failure {
    fn from(reason: NoAnswer) -> Self {
        use FailureKind::{TimedOut, TooLarge, Unreachable};
        match reason {
            NoAnswer::Refused => Unreachable.because("nothing listens at Odoo's address"),
            NoAnswer::UnknownHost => Unreachable.because("the host of Odoo's address is not known"),
            NoAnswer::Unreachable => Unreachable.because("Odoo's address cannot be reached"),
            NoAnswer::Untrusted(_) => {
                Unreachable.because("Odoo's address has no TLS that this front trusts")
            }
            NoAnswer::Broken => Unreachable.because("the connection to Odoo broke"),
            NoAnswer::Slow => TimedOut.into(),
            NoAnswer::TooLarge => TooLarge.into(),
        }
    }
}

impl Outcome {
    /// The text that goes to the database.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self)
            .unwrap_or_else(|_| unreachable!("raw JSON, numbers and text always serialize"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_have_the_form_that_the_extension_reads() {
        let body = RawValue::from_string(r#"[1.10,"é"]"#.into()).expect("JSON");
        let answers = Outcome::Answers(vec![Answer { status: 200, body }]);
        assert_eq!(
            answers.to_json(),
            r#"{"answers":[{"status":200,"body":[1.10,"é"]}]}"#
        );
        assert_eq!(
            Outcome::Failure(FailureKind::TooLarge.into()).to_json(),
            r#"{"failure":{"kind":"too_large"}}"#
        );
        let failure = Outcome::Failure(NoAnswer::Refused.into());
        assert_eq!(
            failure.to_json(),
            r#"{"failure":{"kind":"unreachable","detail":"nothing listens at Odoo's address"}}"#
        );
    }

    #[test]
    fn the_log_and_the_database_have_one_name_for_a_failure() {
        use FailureKind::*;
        for kind in [
            NotConfigured,
            Unreachable,
            TimedOut,
            Cancelled,
            Redirected,
            TooLarge,
            NotJson,
            WrongDatabase,
            KeyRefused,
        ] {
            let text = serde_json::to_value(kind).expect("a name");
            assert_eq!(text, kind.name());
        }
    }
}
