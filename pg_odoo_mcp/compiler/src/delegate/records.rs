//! Records as Odoo reads them: which fields are asked for, and what is shown of what comes.

use super::body::{self, Object};
use super::frame::Frame;
use super::money::{amounts, without_noise};
use crate::access::{check_field, is_readable, known};
use crate::catalog::FieldType;
use crate::error::Result;
use crate::facts::{Effect, ModelFacts};
use crate::plan;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// What is shown of each record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Shown {
    /// The keys of each record, `id` first.
    pub(super) fields: Vec<String>,
    /// What a person would want to see too, and this user may not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    withheld: Vec<String>,
    /// Amounts of money.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    money: Vec<String>,
}

/// A field that is not shown.
#[derive(Serialize)]
pub(super) struct Skipped<'a> {
    field: &'a str,
    reason: &'static str,
}

/// The named fields behind the id. Fields are always named: what Odoo would read by itself is everything.
pub(super) fn asked_fields(frame: &Frame<'_>, names: Option<Vec<String>>) -> Result<Shown> {
    let mut shown = Shown {
        fields: vec!["id".to_owned()],
        withheld: Vec::new(),
        money: Vec::new(),
    };
    match names.filter(|names| !names.is_empty()) {
        Some(names) => {
            for name in names {
                frame.field(&name).map_err(|e| plan::not_a_path(&name, e))?;
                if !shown.fields.contains(&name) {
                    shown.fields.push(name);
                }
            }
        }
        None => {
            let (fields, withheld) = default_fields(frame);
            shown.fields.extend(fields);
            shown.withheld = withheld;
        }
    }
    let is_binary = |name: &&String| {
        let on = frame.model.fields.get(name);
        on.is_some_and(|on| on.field_type == FieldType::Binary)
    };
    let binary: Vec<&str> = shown
        .fields
        .iter()
        .filter(is_binary)
        .map(String::as_str)
        .collect();
    if !binary.is_empty() {
        frame.ask_sizes();
        frame.scope.warn(
            "binary_size",
            format!(
                "files are told by their size, not sent: {}",
                binary.join(", ")
            ),
        );
    }
    for on in shown
        .fields
        .iter()
        .filter_map(|name| frame.model.fields.get(name))
    {
        plan::note_company(&frame.scope, &frame.model, on);
    }
    shown.money = amounts(frame, &shown.fields);
    Ok(shown)
}

/// The fields a person would want of a model that is known, and those of them that are not for this user; else its name,
/// and the way to more.
fn default_fields(frame: &Frame<'_>) -> (Vec<String>, Vec<String>) {
    let principal = frame.scope.principal;
    if let Some(of) = &frame.subject {
        let mut names = plan::default_fields(&frame.scope, of);
        names.retain(|name| frame.field(name).is_ok());
        let is_allowed = |name: &String| check_field(of, name, principal).is_ok();
        return names.into_iter().partition(is_allowed);
    }
    let facts = known(&frame.model.standing).filter(|facts| !python_grants(frame, facts));
    if let Some(facts) = facts {
        return told_fields(frame, facts);
    }
    frame.scope.warn(
        "fields_not_named",
        "no field is named, so there are only ids and names: name fields; odoo_describe_model lists them",
    );
    (vec!["display_name".into()], Vec::new())
}

/// Whether Python decides which of all fields this user may read.
fn python_grants(frame: &Frame<'_>, facts: &ModelFacts) -> bool {
    let groups = &frame.scope.principal.group_names;
    facts.overrides.iter().any(|by| {
        matches!(by.effect, Effect::FieldAccess | Effect::Unread)
            && by.fields.is_none()
            && by.only_for.as_ref().is_none_or(|of| groups.contains(of))
    })
}

/// Stored fields of a model that Odoo answers: those that are known to be for this user, and those that are not.
fn told_fields(frame: &Frame<'_>, facts: &ModelFacts) -> (Vec<String>, Vec<String>) {
    let is_wanted = |name: &str| {
        let Ok(on) = frame.field(name) else {
            return false;
        };
        let python = [Effect::FieldAccess, Effect::Unread];
        on.store
            && plan::is_single(on)
            && facts.fields.get(name).is_some_and(|f| f.unread.is_none())
            && facts.overridden_field(name, &python).is_none()
    };
    let groups = |name: &String| facts.fields.get(name).and_then(|f| f.groups.as_deref());
    plan::wanted_fields(
        facts,
        plan::tells_company(&frame.scope, &frame.model),
        is_wanted,
    )
    .into_iter()
    .partition(|name| is_readable(groups(name), frame.scope.principal))
}

impl Shown {
    /// The records with their fields in order, and the fields that some lack.
    pub(super) fn records(
        &self,
        found: impl IntoIterator<Item = Object>,
    ) -> Result<(Vec<Box<RawValue>>, Vec<Skipped<'_>>)> {
        let mut skipped: Vec<&str> = Vec::new();
        let mut records = Vec::new();
        for mut record in found {
            for name in &self.money {
                if let Some(value) = record.get_mut(name)
                    && let Some(clean) = without_noise(value)
                {
                    *value = clean;
                }
            }
            if id(&record).is_none() {
                return Err(body::unexpected("a record has no id"));
            }
            let missing = self
                .fields
                .iter()
                .filter(|name| !record.contains_key(*name));
            for name in missing {
                if !skipped.contains(&name.as_str()) {
                    skipped.push(name);
                }
            }
            let members = self
                .fields
                .iter()
                .filter_map(|name| Some((name.as_str(), &**record.get(name)?)));
            records.push(body::object(members)?);
        }
        let skipped = skipped.into_iter().map(|field| Skipped {
            field,
            reason: "Odoo left it out of a record",
        });
        let withheld = self.withheld.iter().map(|field| Skipped {
            field,
            reason: "access",
        });
        Ok((records, withheld.chain(skipped).collect()))
    }
}

/// The id of a record.
pub(super) fn id(record: &Object) -> Option<i64> {
    record.get("id")?.get().parse().ok()
}
