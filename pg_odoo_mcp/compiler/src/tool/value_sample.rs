//! What the fields of a model hold: how many records have a value, and which values are frequent, among the latest
//! records that the user sees.

use super::Call;
use crate::access::Subject;
use crate::answer::{FormattedGroups, Row};
use crate::catalog::{Field, FieldType};
use crate::domain::Domain;
use crate::error::{Code, Error, Result};
use crate::plan::{self, ReadGroupPlan, ReadGroupRequest};
use crate::scope::{Context, Scope};
use crate::sql;
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// Fields that one call looks into.
pub(super) const MAX_FIELDS: usize = 10;
/// The latest records of the table, of which those count that the user sees.
const LATEST: u64 = 10_000;
/// Values of a field.
const FREQUENT: u64 = 5;

/// How many records were looked at.
#[derive(Serialize)]
pub(super) struct Sample {
    records: u64,
    /// Of so many that were written last, seen or not.
    of_latest: u64,
}

/// What a field holds.
#[derive(Serialize, Default)]
pub(crate) struct Held {
    /// The share of the records that have a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    filled: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lowest: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    highest: Option<Json>,
    /// Each with its number of records; false is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    frequent: Vec<(Json, Json)>,
}

/// Looks into these fields, by their names; those that SQL does not read are left out. Nothing where it does not
/// read the records.
pub(super) fn sample<'a>(
    call: &Call<'_>,
    context: &Context,
    of: &Subject,
    fields: &[&'a Field],
) -> Result<Option<(Sample, BTreeMap<&'a str, Held>)>> {
    let ask = |keys: &[String], measures: &[String]| ask(call, context, of, keys, measures);
    let mut measures = vec!["__count".to_owned()];
    for field in fields {
        for function in functions(field) {
            let measure = format!("{}:{function}", field.name);
            // what can't be asked alone can't be asked with others
            if answered(ask(&[], std::slice::from_ref(&measure)))?.is_some() {
                measures.push(measure);
            }
        }
    }
    let Some(of_all) = answered(ask(&[], &measures))? else {
        return Ok(None);
    };
    let of_all = of_all.run(call)?;
    let all = of_all.first().cloned().unwrap_or_default();
    let records = all["__count"].as_u64().unwrap_or(0);
    let mut held = BTreeMap::new();
    for field in fields {
        let figure = |function: &str| {
            let figure = all.get(format!("{}:{function}", field.name));
            figure.filter(|figure| **figure != json!(false)).cloned()
        };
        let count = figure("count").and_then(|count| count.as_f64());
        let mut found = Held {
            filled: count.map(|count| share(count, records)),
            lowest: figure("min"),
            highest: figure("max"),
            frequent: Vec::new(),
        };
        if has_frequent_values(field) {
            let by_value = ask(std::slice::from_ref(&field.name), &["__count".to_owned()]);
            if let Some(asked) = answered(by_value)? {
                for group in asked.run(call)? {
                    let count = group["__count"].clone();
                    // what only one record has says little, and may be long
                    if count != json!(1) || field.field_type == FieldType::Boolean {
                        found
                            .frequent
                            .push((group[field.name.as_str()].clone(), count));
                    }
                }
            }
        }
        held.insert(field.name.as_str(), found);
    }
    let sample = Sample {
        records,
        of_latest: LATEST,
    };
    Ok(Some((sample, held)))
}

/// Two places.
fn share(count: f64, records: u64) -> f64 {
    match records {
        0 => 0.0,
        records => (100.0 * count / records as f64).round() / 100.0,
    }
}

fn functions(field: &Field) -> &'static [&'static str] {
    match field.field_type {
        // one without a value is false
        FieldType::Boolean | FieldType::One2many | FieldType::Many2many => &[],
        _ if field.name == "id" => &["min", "max"],
        FieldType::Date
        | FieldType::Datetime
        | FieldType::Integer
        | FieldType::Float
        | FieldType::Monetary => &["count", "min", "max"],
        _ => &["count"],
    }
}

fn has_frequent_values(field: &Field) -> bool {
    matches!(
        field.field_type,
        FieldType::Boolean
            | FieldType::Char
            | FieldType::Selection
            | FieldType::Many2one
            | FieldType::Many2many
    )
}

/// A question for groups of the sample.
struct Asked<'a> {
    scope: Scope<'a>,
    plan: ReadGroupPlan,
}

fn ask<'a>(
    call: &'a Call<'_>,
    context: &Context,
    of: &Subject,
    keys: &[String],
    measures: &[String],
) -> Result<Asked<'a>> {
    let scope = Scope::new(call.principal, call.database, context)?;
    let request = ReadGroupRequest {
        groupby: keys,
        aggregates: measures,
        domain: &Domain::Const(true),
        having: None,
        order: (!keys.is_empty()).then_some("__count desc"),
        limit: FREQUENT,
        offset: 0,
    };
    let mut plan = plan::read_group(&scope, of, &request)?;
    plan.groups.among_latest(&scope, LATEST)?;
    Ok(Asked { scope, plan })
}

/// Nothing where SQL does not answer.
fn answered<T>(asked: Result<T>) -> Result<Option<T>> {
    match asked {
        Ok(asked) => Ok(Some(asked)),
        Err(error) if matches!(error.code, Code::NotSupported | Code::AccessDenied) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Asked<'_> {
    fn run(&self, call: &Call<'_>) -> Result<Vec<Json>> {
        let statement = sql::groups(&self.plan.groups, self.scope.relations());
        let mut found = FormattedGroups::default();
        let mut each = |row: Row| found.push(&self.plan, row, &self.scope);
        call.database.rows(&statement, &mut each)?;
        let read = |group: &Box<serde_json::value::RawValue>| serde_json::from_str(group.get());
        let groups = found.groups.iter().map(read).collect::<Result<_, _>>();
        groups.map_err(|e| Error::new(Code::Internal, e.to_string()))
    }
}
