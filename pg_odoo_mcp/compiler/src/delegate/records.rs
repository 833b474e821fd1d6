//! Records as Odoo reads them: which fields are asked for, and what is shown of what comes.

use super::body::{self, Object};
use super::frame::Frame;
use crate::access::check_field;
use crate::error::Result;
use crate::plan;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// What is shown of each record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Shown {
    /// The keys of each record, `id` first.
    fields: Vec<String>,
}

/// A field that Odoo does not show.
#[derive(Serialize)]
pub(super) struct Skipped<'a> {
    field: &'a str,
    reason: &'static str,
}

/// The named fields behind the id. Fields are always named: what Odoo would read by itself is everything.
pub(super) fn asked_fields(frame: &Frame<'_>, names: Option<Vec<String>>) -> Result<Vec<String>> {
    let mut fields = vec!["id".to_owned()];
    match names.filter(|names| !names.is_empty()) {
        Some(names) => {
            for name in names {
                frame.field(&name)?;
                if !fields.contains(&name) {
                    fields.push(name);
                }
            }
        }
        None => fields.extend(default_fields(frame)),
    }
    Ok(fields)
}

/// The fields a person would want of a model that is known; else its name, and the way to more.
fn default_fields(frame: &Frame<'_>) -> Vec<String> {
    let principal = frame.scope.principal;
    if let Some(of) = &frame.subject {
        let mut names = plan::default_fields(of);
        names.retain(|name| check_field(of, name, principal).is_ok() && frame.field(name).is_ok());
        return names;
    }
    frame.scope.warn(
        "fields_not_named",
        "no field is named, so there are only ids and names: name fields; odoo_describe_model lists them",
    );
    vec!["display_name".into()]
}

impl Shown {
    pub(super) fn of(fields: Vec<String>) -> Shown {
        Shown { fields }
    }

    /// The records with their fields in order, and the fields that some lack.
    pub(super) fn records(
        &self,
        found: impl IntoIterator<Item = Object>,
    ) -> Result<(Vec<Box<RawValue>>, Vec<Skipped<'_>>)> {
        let mut skipped: Vec<&str> = Vec::new();
        let mut records = Vec::new();
        for record in found {
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
        Ok((records, skipped.collect()))
    }
}

/// The id of a record.
pub(super) fn id(record: &Object) -> Option<i64> {
    record.get("id")?.get().parse().ok()
}
