//! Why a front's call is not even begun, as the extension says it and the front reads it.

use serde::{Deserialize, Serialize};

/// Nothing was done for the call, and nothing of it is written down.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Refusal {
    /// There is no such token, or it has ended.
    Unauthorized,
    /// An operator wants the database to be left alone.
    Paused {
        /// Seconds until it is over.
        retry_after: u64,
    },
    /// The token has had its share.
    RateLimited {
        /// Seconds until it has another.
        retry_after: f64,
    },
}

impl Refusal {
    /// What every such answer begins with: large ones need not be read to know that they are none.
    pub const START: &str = "{\"refused\"";

    /// The whole answer.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::json!({ "refused": self }).to_string()
    }

    /// The answer read back, if it is one.
    #[must_use]
    pub fn of_json(answer: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Answer {
            refused: Refusal,
        }
        let answer = answer
            .starts_with(Self::START)
            .then(|| serde_json::from_str(answer));
        answer?.ok().map(|Answer { refused }| refused)
    }
}

#[cfg(test)]
mod tests {
    use super::Refusal;

    #[test]
    fn a_refusal_has_this_form() {
        for (refusal, json) in [
            (
                Refusal::Unauthorized,
                r#"{"refused":{"reason":"unauthorized"}}"#,
            ),
            (
                Refusal::Paused { retry_after: 60 },
                r#"{"refused":{"reason":"paused","retry_after":60}}"#,
            ),
            (
                Refusal::RateLimited { retry_after: 1.5 },
                r#"{"refused":{"reason":"rate_limited","retry_after":1.5}}"#,
            ),
        ] {
            assert_eq!(refusal.to_json(), json);
            assert_eq!(Refusal::of_json(json), Some(refusal));
        }
        for other in [
            "",
            r#"{"result":{"refused":1}}"#,
            r#"{"refused":{"reason":"else"}}"#,
        ] {
            assert_eq!(Refusal::of_json(other), None, "{other}");
        }
    }
}
