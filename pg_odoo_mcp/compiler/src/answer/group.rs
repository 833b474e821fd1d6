//! A row of a grouped statement, read back.

use super::Row;
use crate::error::{Code, Error, Result};
use crate::plan::{Figure, GroupColumn, GroupPlan, KeyValue, Period};
use chrono::NaiveDateTime;
use serde_json::value::RawValue;
use serde_json::{Value as Json, json};
use std::collections::HashMap;

/// One group.
#[derive(Debug, Default)]
pub(super) struct Group {
    /// A value for each key, in the keys' order.
    pub(super) keys: Vec<KeyCell>,
    /// ISO code of the currency that it is split by.
    pub(super) currency: Option<String>,
    /// Whether its sums are over several currencies, or over one, and which by id.
    pub(super) watched: Option<(i64, i64)>,
    /// The keys it is over all values of: a bit each, the last key's the lowest.
    pub(super) set: u64,
    /// Its records.
    pub(super) record_count: u64,
    /// The figures, each as JSON; nothing for NULL and for what is no number in JSON.
    pub(super) figures: Vec<Option<String>>,
    /// How many groups there are in all.
    pub(super) total: u64,
}

/// The value of a key.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum KeyCell {
    /// As Odoo writes it; false for none.
    Value(Json),
    /// A period.
    Period {
        /// Its start in local time; nothing for records without a date.
        start: Option<NaiveDateTime>,
        /// Its length.
        period: Period,
    },
}

impl KeyCell {
    /// As a cell of a table: a day, or an hour of local time, for a period.
    pub(super) fn into_json(self) -> Json {
        match self {
            KeyCell::Value(value) => value,
            KeyCell::Period { start: None, .. } => Json::Bool(false),
            KeyCell::Period {
                start: Some(start),
                period,
            } => Json::String(period_start(start, period)),
        }
    }
}

/// The start of a period as tables show it: a day, or an hour of local time.
pub(super) fn period_start(start: NaiveDateTime, period: Period) -> String {
    match period {
        Period::Hour => start.format("%Y-%m-%d %H:%M:%S").to_string(),
        _ => start.format("%Y-%m-%d").to_string(),
    }
}

/// The records of keys with the names that Odoo is to be asked for, as they were first seen: each group asks by another
/// record of its own, and what has the same key must stay the same.
pub(super) type AskedRecords = HashMap<(String, String), Json>;

impl Group {
    /// Reads a row of the plan's statement.
    pub(super) fn read(plan: &GroupPlan, row: Row, asked: &mut AskedRecords) -> Result<Group> {
        let broken = not_as_planned;
        let columns = plan.columns();
        if row.len() != columns.len() {
            return Err(broken());
        }
        let mut group = Group::default();
        let mut lowest = None;
        for (column, cell) in columns.into_iter().zip(row) {
            match column {
                GroupColumn::Key(at) => group.keys.push(key(&plan.keys[at].value, cell)?),
                GroupColumn::Name(at) => {
                    if let KeyCell::Value(value @ Json::Number(_)) = &group.keys[at] {
                        let name: Json = cell
                            .map_or(Ok(Json::Null), |name| serde_json::from_str(&name))
                            .map_err(|_| broken())?;
                        let id = value.to_string();
                        let record = Json::Array(vec![value.clone(), name]);
                        group.keys[at] = KeyCell::Value(match record[1].is_object() {
                            true => {
                                let key = (plan.keys[at].key.clone(), id);
                                asked.entry(key).or_insert(record).clone()
                            }
                            false => record,
                        });
                    }
                }
                GroupColumn::Currency => group.currency = cell,
                GroupColumn::LowestCurrency => lowest = cell.and_then(|id| id.parse().ok()),
                GroupColumn::HighestCurrency => {
                    group.watched = lowest.zip(cell.and_then(|id| id.parse().ok()));
                }
                GroupColumn::Set => group.set = number(cell).ok_or_else(broken)?,
                GroupColumn::Records => group.record_count = number(cell).ok_or_else(broken)?,
                GroupColumn::Measure(at) => {
                    group.figures.push(figure(plan.measures[at].figure, cell));
                }
                GroupColumn::Total => group.total = number(cell).ok_or_else(broken)?,
            }
        }
        Ok(group)
    }
}

fn not_as_planned() -> Error {
    Error::new(Code::Internal, "a row of groups is not as planned")
}

fn number(cell: Option<String>) -> Option<u64> {
    cell?.parse().ok()
}

fn key(value: &KeyValue, cell: Option<String>) -> Result<KeyCell> {
    let Some(text) = cell else {
        return Ok(match value {
            KeyValue::Bucket(bucket) => KeyCell::Period {
                start: None,
                period: bucket.period,
            },
            _ => KeyCell::Value(Json::Bool(false)),
        });
    };
    Ok(match value {
        KeyValue::Bucket(_) if text.is_empty() => return Err(not_as_planned()),
        KeyValue::Bucket(bucket) => {
            let start = NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S");
            KeyCell::Period {
                start: Some(start.map_err(|_| {
                    Error::new(
                        Code::NotSupported,
                        "a record's date is outside the calendar",
                    )
                    .detail(text)
                })?),
                period: bucket.period,
            }
        }
        KeyValue::Boolean => KeyCell::Value(Json::Bool(text == "true")),
        KeyValue::Text => KeyCell::Value(Json::String(text)),
        // an id, for now; its name is the next column
        KeyValue::Record { .. } | KeyValue::Number | KeyValue::Part { .. } => {
            KeyCell::Value(serde_json::from_str(&text).unwrap_or(Json::String(text)))
        }
    })
}

/// PostgreSQL's text of a figure as JSON; NaN and infinity are no numbers there.
fn figure(kind: Figure, cell: Option<String>) -> Option<String> {
    let Some(text) = cell else {
        // the list of nothing is a list
        return matches!(kind, Figure::Array { .. }).then(|| "[]".into());
    };
    match kind {
        Figure::Array { of_moments: true } => {
            let moments: Vec<Option<String>> = serde_json::from_str(&text).ok()?;
            let shown = |at: String| at.replacen('T', " ", 1).chars().take(19).collect();
            let moments: Vec<Option<String>> =
                moments.into_iter().map(|at| at.map(shown)).collect();
            Some(json!(moments).to_string())
        }
        Figure::Array { of_moments: false } => Some(text),
        Figure::Number | Figure::Float => {
            serde_json::from_str::<Box<RawValue>>(&text).ok()?;
            Some(text)
        }
        Figure::Boolean => Some(text),
        Figure::Date | Figure::Datetime | Figure::Text => Some(Json::String(text).to_string()),
    }
}
