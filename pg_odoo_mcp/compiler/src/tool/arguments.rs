//! Arguments of a call: checked against the tool's schema by name, then read one by one.

use crate::catalog::suggestion;
use crate::domain::{self, Domain};
use crate::error::{Code, Error, Result};
use crate::scope::Context;
use serde_json::{Map, Value as Json};

/// How long one text argument may be, in bytes.
const MAX_TEXT: usize = 10_000;
/// How many fields one call may name.
const MAX_NAMES: usize = 200;
/// How long such a name may be, path and aggregate included, in bytes.
const MAX_NAME: usize = 500;

/// The arguments of one call.
#[derive(Debug)]
pub(crate) struct Arguments(Map<String, Json>);

impl Arguments {
    /// Reads the text of a JSON object; names that the schema does not have are refused.
    pub(super) fn parse(tool: &str, text: &str, schema: &Json) -> Result<Arguments> {
        let json: Json = serde_json::from_str(text).map_err(|e| {
            invalid("the arguments are no JSON")
                .detail(e.to_string())
                .hint("give one JSON object; what is nested in it may be up to 100 deep")
        })?;
        let Json::Object(map) = json else {
            return Err(invalid("the arguments are no JSON object"));
        };
        let known: Vec<&str> = schema["properties"]
            .as_object()
            .map(|p| p.keys().map(String::as_str).collect())
            .unwrap_or_default();
        if let Some(name) = map.keys().find(|name| !known.contains(&name.as_str())) {
            let shown: String = name.chars().take(80).collect();
            let error = invalid(format!("{tool} takes no argument {shown:?}"));
            return Err(
                error.hint(
                    suggestion(&shown, known.iter().copied()).unwrap_or_else(|| {
                        if known.is_empty() {
                            "it takes none".into()
                        } else {
                            format!("it takes {}", known.join(", "))
                        }
                    }),
                ),
            );
        }
        Ok(Arguments(map))
    }

    pub(super) fn get(&self, name: &str) -> Option<&Json> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A text.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>> {
        match self.get(name) {
            None => Ok(None),
            Some(Json::String(text)) if text.len() <= MAX_TEXT => Ok(Some(text)),
            Some(Json::String(_)) => {
                Err(invalid(format!("{name} is longer than {MAX_TEXT} bytes")))
            }
            Some(_) => Err(invalid(format!("{name} is no text"))),
        }
    }

    /// A text that must be there.
    pub(crate) fn required_text(&self, name: &str) -> Result<&str> {
        self.text(name)?
            .filter(|t| !t.is_empty())
            .ok_or_else(|| invalid(format!("the argument {name} is missing")))
    }

    /// A whole number between bounds.
    pub(crate) fn number(
        &self,
        name: &str,
        default: u64,
        range: std::ops::RangeInclusive<u64>,
    ) -> Result<u64> {
        let Some(value) = self.get(name) else {
            return Ok(default);
        };
        value.as_u64().filter(|n| range.contains(n)).ok_or_else(|| {
            let shown: String = value.to_string().chars().take(40).collect();
            invalid(format!(
                "{name} is {shown}, but must be a whole number from {} to {}",
                range.start(),
                range.end()
            ))
        })
    }

    /// A boolean.
    pub(super) fn flag(&self, name: &str, default: bool) -> Result<bool> {
        match self.get(name) {
            None => Ok(default),
            Some(Json::Bool(flag)) => Ok(*flag),
            Some(_) => Err(invalid(format!("{name} is neither true nor false"))),
        }
    }

    /// A list of names; one name alone is a list of one.
    pub(crate) fn names(&self, name: &str) -> Result<Option<Vec<String>>> {
        let wrong = || invalid(format!("{name} is no list of field names"));
        let one = |item: &Json| match item.as_str() {
            Some(text) if text.len() <= MAX_NAME => Ok(text.to_owned()),
            Some(_) => Err(invalid(format!(
                "{name} holds a name longer than {MAX_NAME} bytes"
            ))),
            None => Err(wrong()),
        };
        match self.get(name) {
            None => Ok(None),
            Some(text @ Json::String(_)) => Ok(Some(vec![one(text)?])),
            Some(Json::Array(items)) if items.len() <= MAX_NAMES => {
                items.iter().map(one).collect::<Result<_>>().map(Some)
            }
            Some(Json::Array(_)) => {
                Err(invalid(format!("{name} holds more than {MAX_NAMES} names")))
            }
            Some(_) => Err(wrong()),
        }
    }

    /// A list of ids, which may be empty.
    pub(crate) fn ids(&self, name: &str, most: usize) -> Result<Vec<i64>> {
        let items = match self.get(name) {
            None => return Err(invalid(format!("the argument {name} is missing"))),
            Some(Json::Array(items)) => items,
            Some(_) => return Err(invalid(format!("{name} is no list of ids"))),
        };
        if items.len() > most {
            return Err(invalid(format!(
                "{name} holds {} ids, but may hold {most}",
                items.len()
            ))
            .hint("make more calls, or describe the records by a domain"));
        }
        // Odoo takes 0 and false for a record that is not saved yet
        let id = |item: &Json| item.as_i64().filter(|id| *id != 0);
        items
            .iter()
            .map(|item| {
                id(item).ok_or_else(|| {
                    let shown: String = item.to_string().chars().take(40).collect();
                    invalid(format!("{name} holds {shown}, which is no id"))
                        .hint("ids are whole numbers, as odoo_search shows them")
                })
            })
            .collect()
    }

    /// One of the named choices.
    pub(super) fn choice<T: Copy>(
        &self,
        name: &str,
        choices: &[(&'static str, T)],
        default: Option<T>,
    ) -> Result<T> {
        let names = || choices.iter().map(|(n, _)| *n);
        let listed = || names().collect::<Vec<_>>().join(", ");
        match self.text(name)? {
            None => default.ok_or_else(|| {
                invalid(format!("the argument {name} is missing"))
                    .hint(format!("{name} is one of {}", listed()))
            }),
            Some(text) => choices
                .iter()
                .find(|(n, _)| *n == text)
                .map(|(_, value)| *value)
                .ok_or_else(|| {
                    let shown: String = text.chars().take(80).collect();
                    invalid(format!(
                        "{name} is {shown:?}, but must be one of {}",
                        listed()
                    ))
                    .hint(
                        suggestion(&shown, names())
                            .unwrap_or_else(|| format!("{name} is one of {}", listed())),
                    )
                }),
        }
    }

    /// The domain; every record where there is none.
    pub(crate) fn domain(&self) -> Result<Domain> {
        self.get("domain")
            .map_or(Ok(Domain::Const(true)), domain::parse_json)
    }

    /// A filter of groups: a domain whose fields are measures.
    pub(crate) fn having(&self) -> Result<Option<Domain>> {
        match self.get("having") {
            None => Ok(None),
            Some(Json::Array(list)) if list.is_empty() => Ok(None),
            Some(json) => domain::parse_json(json).map(Some),
        }
    }

    /// The context.
    pub(crate) fn context(&self) -> Result<Context> {
        let Some(json) = self.get("context") else {
            return Ok(Context::default());
        };
        serde_json::from_value(json.clone()).map_err(|e| {
            let shown: String = e.to_string().chars().take(200).collect();
            invalid("the context is not understood")
                .detail(shown)
                .hint("context takes lang, tz, allowed_company_ids, active_test")
        })
    }
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(Code::InvalidArguments, message)
}
