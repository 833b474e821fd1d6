//! Both answers side by side.

use serde_json::Value;

use super::question::{Kind, Question};
use super::sameness::Sameness;
use crate::mcp::{McpClient, ToolAnswer};
use crate::odoo::{OdooClient, OdooError};

/// What came of a question.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The same records, counts or figures.
    Same {
        /// Names that Python makes, which we leave open.
        open_names: usize,
        /// There was nothing to answer: no record, no group.
        is_empty: bool,
        /// Who answered: `sql` or `odoo`.
        engine: String,
        /// Why Odoo did.
        reason: Option<String>,
        /// SQL answered all but names, which are Odoo's.
        asked_names: bool,
    },
    /// Both refuse, for want of the same kind of right or sense: our code and Odoo's exception.
    SameRefusal(String),
    /// Odoo fails at the question without meaning to; nothing is compared. Its exception, and what we say.
    OdooFails(String),
    /// We say that we can't answer, and why.
    NotSupported(String),
    /// Anything else: the two answers.
    Different(String),
}

impl Question {
    /// Asks both, as the same user.
    pub fn ask(&self, mcp: &mut McpClient, odoo: &OdooClient) -> Verdict {
        let (tool, arguments) = self.call();
        let ours = mcp.call_tool(tool, &arguments);
        self.judge(&ours, odoo)
    }

    /// Our answer beside Odoo's, which is asked now.
    pub(super) fn judge(&self, ours: &ToolAnswer, odoo: &OdooClient) -> Verdict {
        let message = ours.content["error"]["message"].as_str();
        let message = message.unwrap_or_default();
        let is_unasked = |code: &str| match code {
            "not_supported" | "over_budget" => true,
            // by either engine, whatever Odoo shows
            code => code == "not_permitted" && message.contains("holds a secret"),
        };
        if ours.is_error && is_unasked(ours.code()) {
            return Verdict::NotSupported(format!("{}: {message}", ours.code()));
        }
        let content = (!ours.is_error).then_some(&ours.content);
        let theirs = self.ask_odoo(odoo);
        match (content, theirs) {
            (None, Err(error)) if is_crash(&error) && ours.code() == "internal" => {
                self.different(ours.error(), &Err(error))
            }
            (content, Err(error)) if is_crash(&error) => {
                let what = content.map_or_else(|| ours.code(), |_| "an answer");
                Verdict::OdooFails(format!("{}, ours: {what}", class(&error)))
            }
            (None, Err(error)) if self.is_same_refusal(ours.code(), &error) => {
                Verdict::SameRefusal(format!(
                    "{} and {} {}",
                    ours.code(),
                    error.status,
                    class(&error)
                ))
            }
            // Odoo drops a condition that cannot change the answer before it looks at its value
            (None, Ok(_)) if self.has_mistake() && is_invalid(ours.code()) => {
                Verdict::SameRefusal(format!("{}, though Odoo answers", ours.code()))
            }
            (None, Ok(theirs))
                if ours.code() == "access_denied" && self.has_nothing_to_refuse(&theirs, odoo) =>
            {
                Verdict::SameRefusal("access_denied, where Odoo finds nothing to read".into())
            }
            (None, theirs) if self.refuses_more(ours.code(), &theirs, odoo) => {
                Verdict::SameRefusal(format!("{}, which Odoo says of a part alone", ours.code()))
            }
            (None, theirs) => self.different(ours.error(), &theirs),
            (Some(content), Err(error)) => self.different(content, &Err(error)),
            (Some(content), Ok(theirs)) => {
                let ours = match self.kind {
                    Kind::Search => self.our_records(content),
                    Kind::Read => self.our_read(content),
                    Kind::NameSearch => self.our_names(content),
                    Kind::Count => content["count"].clone(),
                    Kind::Group => self.our_groups(content, &theirs),
                    Kind::Series => self.our_series(content),
                    Kind::Pivot => self.our_pivot(content),
                    Kind::Describe => self.our_fields(content, &theirs),
                };
                let mut sameness = Sameness::default();
                if self.more["_is_float8"] == true {
                    sameness.tolerance = 1e-9;
                }
                if sameness.holds(&ours, &theirs) {
                    let engine = content["engine"].as_str().unwrap_or("sql");
                    let said = content["engine_reason"]
                        .as_str()
                        .filter(|_| engine == "odoo");
                    Verdict::Same {
                        open_names: sameness.open_names,
                        is_empty: is_empty(&ours),
                        engine: engine.to_owned(),
                        reason: said.map(str::to_owned),
                        asked_names: content["engine"] == "sql"
                            && content["engine_reason"].is_string(),
                    }
                } else {
                    self.different(&ours, &Ok(theirs))
                }
            }
        }
    }

    /// Whether Odoo refuses a part of the question as we refuse the whole.
    fn refuses_more(
        &self,
        code: &str,
        theirs: &Result<Value, OdooError>,
        odoo: &OdooClient,
    ) -> bool {
        let is_other = theirs.as_ref().is_err_and(|error| {
            !matches!(class(error), "ValueError" | "UserError" | "AccessError")
        });
        let is_so = |error: &OdooError| match code {
            "access_denied" => class(error) == "AccessError",
            code => is_invalid(code) && (is_crash(error) || class(error) == "ValueError"),
        };
        !is_other && self.has_refused_part(odoo, is_so)
    }

    pub(super) fn ask_odoo(&self, odoo: &OdooClient) -> Result<Value, OdooError> {
        match self.kind {
            Kind::Search => self.odoo_records(odoo),
            Kind::Read => self.odoo_read(odoo),
            Kind::NameSearch => self.odoo_names(odoo),
            Kind::Count => self.odoo_count(odoo),
            Kind::Group => self.odoo_groups(odoo),
            Kind::Series => self.odoo_series(odoo),
            Kind::Pivot => self.odoo_pivot(odoo),
            Kind::Describe => self.odoo_fields(odoo),
        }
    }

    /// Whether Odoo says one thing now and another the next moment: the time, a random token.
    pub(super) fn is_unstable(&self, odoo: &OdooClient) -> bool {
        let before = self.ask_odoo(odoo);
        // a value that tells the second
        std::thread::sleep(std::time::Duration::from_millis(1100));
        before != self.ask_odoo(odoo)
    }

    /// Whether Odoo's exception is of the kind that our code stands for.
    fn is_same_refusal(&self, code: &str, error: &OdooError) -> bool {
        let is_access = (error.status, class(error)) == (403, "AccessError");
        let is_value_error = matches!(class(error), "ValueError" | "UserError");
        match code {
            // who may not ask and asks wrongly besides may be told the one or the other
            "access_denied" => is_access || (is_value_error && self.has_mistake()),
            "missing_record" => class(error) == "MissingError",
            "unknown_model" => error.status == 404,
            // what Odoo itself answered
            "odoo_error" => matches!(
                class(error),
                "UserError" | "ValidationError" | "LockError" | "ValueError"
            ),
            code => is_invalid(code) && (is_value_error || (is_access && self.has_mistake())),
        }
    }

    fn different(&self, ours: &Value, theirs: &Result<Value, OdooError>) -> Verdict {
        let (tool, arguments) = self.call();
        let theirs = theirs
            .as_ref()
            .map_or_else(ToString::to_string, ToString::to_string);
        let ours = ours.to_string();
        // the answers are long: what is alike up to the difference is left out
        let alike = ours
            .char_indices()
            .zip(theirs.chars())
            .take_while(|((_, a), b)| a == b)
            .count();
        let cut = |text: &str| {
            let from = alike.saturating_sub(300);
            text.chars().skip(from).take(1500).collect::<String>()
        };
        Verdict::Different(format!(
            "{tool} {arguments}\n   ours: {}\n   odoo: {}",
            cut(&ours),
            cut(&theirs)
        ))
    }
}

/// Whether the code says that the question makes no sense.
fn is_invalid(code: &str) -> bool {
    matches!(
        code,
        "unknown_field" | "invalid_domain" | "invalid_arguments"
    )
}

/// Whether an answer holds no record, group or row.
fn is_empty(answer: &Value) -> bool {
    match answer {
        Value::Number(count) => count.as_u64() == Some(0),
        answer if answer["fields"].is_object() => false,
        answer => match (&answer["records"], &answer["groups"], &answer["rows"]) {
            (Value::Array(list), ..) | (_, Value::Array(list), _) | (.., Value::Array(list)) => {
                list.is_empty()
            }
            // rows of a series by their names
            _ => answer.as_object().is_some_and(serde_json::Map::is_empty),
        },
    }
}

fn class(error: &OdooError) -> &str {
    error.name.rsplit('.').next().unwrap_or_default()
}

/// Whether Odoo's exception is a fault of its own: not what its code raises to refuse a question.
fn is_crash(error: &OdooError) -> bool {
    error.status == 500 && class(error) != "ValueError"
}
