//! What came of an errand, as the front says it and `odoo_mcp.complete` reads it: one form for both.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Odoo's answers, or why there are none.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Outcome {
    /// One for each request that was made; the last may be an error of Odoo's.
    Answers(Vec<HttpAnswer>),
    /// There is none, or none that may be used.
    Failure(Failure),
}

impl Outcome {
    /// The text that goes to the database.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self)
            .unwrap_or_else(|_| unreachable!("raw JSON, numbers and text always serialize"))
    }
}

/// What Odoo said to one request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpAnswer {
    /// The HTTP status; for JSON-RPC, which says 200 to everything, still what came.
    pub status: u16,
    /// The body, which is JSON.
    pub body: Box<RawValue>,
}

/// Why there is no answer of Odoo's to use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// What happened.
    pub kind: FailureKind,
    /// Fit to be shown to whoever asked: no address, no key, no text of a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What may come between the front and Odoo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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

impl FailureKind {
    /// A failure of this kind, in words.
    #[must_use]
    pub fn because(self, detail: impl Into<String>) -> Failure {
        Failure {
            kind: self,
            detail: Some(detail.into()),
        }
    }

    /// Its name in a report, which is also that in the front's log.
    #[must_use]
    pub fn name(self) -> &'static str {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_has_this_form() {
        let body = RawValue::from_string(r#"[1.10,"é"]"#.into()).expect("JSON");
        let outcome = Outcome::Answers(vec![HttpAnswer { status: 200, body }]);
        assert_eq!(
            outcome.to_json(),
            r#"{"answers":[{"status":200,"body":[1.10,"é"]}]}"#
        );
        assert_eq!(
            Outcome::Failure(FailureKind::TooLarge.into()).to_json(),
            r#"{"failure":{"kind":"too_large"}}"#
        );
        assert_eq!(
            Outcome::Failure(FailureKind::Redirected.because("a 303")).to_json(),
            r#"{"failure":{"kind":"redirected","detail":"a 303"}}"#
        );
    }

    #[test]
    fn a_failure_has_one_name_in_the_log_and_in_a_report() {
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
