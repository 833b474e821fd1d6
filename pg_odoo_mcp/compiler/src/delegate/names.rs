//! Names that only Odoo's Python makes, where SQL has answered all else. Odoo shows a name to whoever may read the
//! record that points to it, so that record's field is what is asked for: one record for each name, in one request.

use super::body::{Members, Object};
use super::frame::{Frame, field};
use super::{Form, Shape, Warned, body};
use crate::answer::{Answer, Reply};
use crate::error::{Code, Error, Result};
use crate::tool::Call;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What stands in an answer for a name: the model and the many2one field that it is shown with, the id that it
/// is of, and a record that points there.
#[derive(Deserialize)]
struct Hole {
    #[serde(rename = "")]
    asked: (String, String, i64, i64),
}

/// How a hole begins: nothing else has this key, and in a text the quotes would be escaped.
const MARK: &str = "{\"\"";

/// Names as JSON by model, field and id.
type Names = BTreeMap<(String, String, i64), String>;

/// SQL's answer, with holes for its names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Unnamed {
    answer: String,
    row_count: u64,
    /// What each request asks for.
    asked: Vec<Asked>,
}

/// Fields of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Asked {
    model: String,
    fields: BTreeSet<String>,
}

/// The answer, if it has all its names; else what Odoo is asked.
pub(crate) fn named(call: &Call<'_>, answer: Answer) -> Result<Reply> {
    if !call.database.delegates() {
        return Ok(Reply::Answer(answer));
    }
    let mut known = BTreeSet::new();
    let mut wanted: BTreeMap<String, (BTreeSet<String>, BTreeSet<i64>)> = BTreeMap::new();
    for (_, hole) in holes(&answer.json) {
        let (model, field, id, holder) = hole.asked;
        if known.insert((model.clone(), field.clone(), id)) {
            let (fields, holders) = wanted.entry(model).or_default();
            fields.insert(field);
            holders.insert(holder);
        }
    }
    if wanted.is_empty() {
        return Ok(Reply::Answer(answer));
    }
    let fields = wanted.values().flat_map(|(fields, _)| fields);
    let refusal = Error::new(
        Code::NotSupported,
        format!("the names of {} are made by Odoo's Python", listed(fields)),
    );
    let mut frame = Frame::new(call, refusal)?;
    // archived records are found too; search_read forgets this before it reads
    frame.active_test = Some(false);
    let mut requests = Vec::new();
    let mut asked = Vec::new();
    for (model, (fields, holders)) in wanted {
        frame.check_address(&model)?;
        let of = frame.scope.catalog.model(&model)?;
        let of = of.ok_or_else(|| Error::new(Code::Internal, "a model that is gone"))?;
        for name in &fields {
            field(&frame.scope, &of, name)?;
        }
        let arguments = vec![
            ("domain", json!([["id", "in", holders]])),
            ("fields", json!(fields)),
            // any would do, and this costs least
            ("order", json!("id")),
        ];
        requests.push(frame.request_of(&model, "search_read", arguments, None));
        asked.push(Asked { model, fields });
    }
    let unnamed = Unnamed {
        answer: answer.json,
        row_count: answer.row_count,
        asked,
    };
    Ok(Reply::Delegate(
        frame.delegation(requests, Form::Names(unnamed)),
    ))
}

impl Unnamed {
    /// The answer with the names that Odoo says. Where it can't be asked they stay open: all else is known.
    pub(super) fn complete(
        &self,
        shape: &Shape,
        results: Result<Vec<&RawValue>>,
    ) -> Result<Answer> {
        let (names, failure) = match results.and_then(|results| self.names(&results)) {
            Ok(names) => (names, None),
            Err(error) if is_passing(error.code) => (Names::new(), Some(error)),
            // as Odoo would have said of the question as a whole
            Err(error) => return Err(error),
        };
        let mut filled = String::with_capacity(self.answer.len());
        let mut open = BTreeSet::new();
        let mut end = 0;
        for (range, hole) in holes(&self.answer) {
            let (model, field, id, _) = hole.asked;
            filled.push_str(&self.answer[end..range.start]);
            end = range.end;
            match names.get(&(model, field.clone(), id)) {
                Some(name) => filled.push_str(name),
                None => {
                    filled.push_str("null");
                    open.insert(field);
                }
            }
        }
        filled.push_str(&self.answer[end..]);
        let warning = match &failure {
            _ if open.is_empty() => None,
            Some(error) => Some(format!(
                "the names of {} are shown as null, the ids are right: {}",
                listed(&open),
                error.message
            )),
            None => Some(format!(
                "some names of {} are shown as null: their records changed while Odoo was asked",
                listed(&open)
            )),
        };
        let reason = failure.is_none().then_some(shape.reason.as_str());
        Ok(Answer {
            json: noted(&filled, reason, warning)?,
            model: Some(shape.model.clone()),
            row_count: self.row_count,
        })
    }

    /// What Odoo says of each request.
    fn names(&self, results: &[&RawValue]) -> Result<Names> {
        let mut names = Names::new();
        for (asked, result) in self.asked.iter().zip(results) {
            let records: Vec<Object> = body::read(result, "list of records")?;
            for record in records {
                for field in &asked.fields {
                    let shown = record
                        .get(field)
                        .and_then(|value| serde_json::from_str::<(i64, Json)>(value.get()).ok());
                    // false is the name of a record that Python gives none
                    if let Some((id, name @ (Json::String(_) | Json::Bool(false)))) = shown {
                        names.insert((asked.model.clone(), field.clone(), id), name.to_string());
                    }
                }
            }
        }
        Ok(names)
    }
}

/// Whether Odoo may answer another time.
fn is_passing(code: Code) -> bool {
    matches!(
        code,
        Code::OdooUnavailable | Code::TimedOut | Code::OverBudget
    )
}

/// The holes of an answer and where they are.
fn holes(json: &str) -> impl Iterator<Item = (Range<usize>, Hole)> {
    json.match_indices(MARK).filter_map(|(start, _)| {
        let mut read = serde_json::Deserializer::from_str(&json[start..]).into_iter();
        let hole = read.next()?.ok()?;
        Some((start..start + read.byte_offset(), hole))
    })
}

/// The answer with a reason behind its engine, and one more warning.
fn noted(answer: &str, reason: Option<&str>, warning: Option<String>) -> Result<String> {
    const WARNINGS: &str = "warnings";
    let unreadable = |e: serde_json::Error| Error::new(Code::Internal, e.to_string());
    let mut members: Members<'_> = serde_json::from_str(answer).map_err(unreadable)?;
    let reason = reason.map(to_raw_value).transpose().map_err(unreadable)?;
    if let Some(reason) = &reason {
        let at = members.0.len().min(1);
        members.0.insert(at, ("engine_reason".into(), reason));
    }
    let mut told = None;
    if let Some(message) = warning {
        let at = members.0.iter().position(|(name, _)| name == WARNINGS);
        let before = at.map(|at| members.0.remove(at).1.get());
        let mut warnings: Vec<&RawValue> =
            serde_json::from_str(before.unwrap_or("[]")).map_err(unreadable)?;
        let warned = Warned::new("display_name_open", message);
        let warned = to_raw_value(&warned).map_err(unreadable)?;
        warnings.push(&warned);
        told = Some(to_raw_value(&warnings).map_err(unreadable)?);
    }
    let warnings = told.as_deref().map(|told| (WARNINGS, told));
    let members = members
        .0
        .iter()
        .map(|(name, value)| (name.as_str(), *value));
    Ok(body::object(members.chain(warnings))?.get().to_owned())
}

fn listed<'a>(fields: impl IntoIterator<Item = &'a String>) -> String {
    let fields: BTreeSet<&str> = fields.into_iter().map(String::as_str).collect();
    fields.into_iter().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOLE: &str = r#"{"" : ["sale.order.line", "product_id", 7, 11]}"#;

    #[test]
    fn a_hole_is_found_however_it_is_spaced() {
        let spaced = format!(r#"[{HOLE},{{"":["a","b",1,2]}}]"#);
        let found: Vec<_> = holes(&spaced)
            .map(|(at, hole)| (&spaced[at], hole.asked.2))
            .collect();
        assert_eq!(found, [(HOLE, 7), (r#"{"":["a","b",1,2]}"#, 1)]);
        // keys of something else
        for other in [
            r#"{"":"none"}"#,
            r#"{"":["a","b",1]}"#,
            r#"{"" "#,
            r#"{"":["a","b",1,2"#,
        ] {
            assert_eq!(holes(other).count(), 0, "{other}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_a_hole(parts in prop::collection::vec(prop_oneof![
            Just(HOLE.to_owned()), Just("{\"\"".to_owned()), Just("\"".to_owned()), Just("{".to_owned()),
            Just("\\".to_owned()), Just(":[".to_owned()), any::<String>(),
        ], 0..8)) {
            let text = parts.concat();
            let answer = json!({"records": [{"name": text, "product_id": [7, text]}, [text.clone()]]}).to_string();
            prop_assert_eq!(holes(&answer).count(), 0);
        }
    }
}
