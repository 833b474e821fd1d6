//! Groups as Odoo's `formatted_read_group` writes them.

use super::Row;
use super::calendar::label;
use super::group::{AskedRecords, Group, KeyCell};
use super::timeline::next_start;
use crate::error::{Code, Error, Result};
use crate::plan::{Bucket, GroupKey, KeyValue, ReadGroupPlan};
use crate::scope::{Scope, utc};
use chrono::NaiveDateTime;
use serde_json::value::RawValue;
use serde_json::{Value as Json, json};

/// One group: its keys, the domain that its records add to the call's, its figures.
pub(super) fn formatted(
    plan: &ReadGroupPlan,
    group: Group,
    scope: &Scope<'_>,
) -> Result<Box<RawValue>> {
    let mut object = String::from("{");
    let mut domains = Vec::new();
    for (key, cell) in plan.groups.keys.iter().zip(group.keys) {
        let (value, domain) = value_and_domain(key, cell, scope);
        object.push_str(&format!("{}:{value},", json!(key.key)));
        domains.push(domain);
    }
    object.push_str(&format!("\"__extra_domain\":{}", json!(all(domains))));
    let measures = plan.groups.measures.iter().zip(group.figures);
    for (measure, figure) in measures.take(plan.shown) {
        let figure = figure.as_deref().unwrap_or("false");
        object.push_str(&format!(",{}:{figure}", json!(measure.key)));
    }
    object.push('}');
    RawValue::from_string(object).map_err(|e| Error::new(Code::Internal, e.to_string()))
}

/// A condition, or a part of a domain with its connectives.
type Domain = Vec<Json>;

/// The conjunction in prefix notation.
fn all(domains: Vec<Domain>) -> Domain {
    // a conjunction in a conjunction is one
    let parts: Vec<Domain> = domains
        .into_iter()
        .flat_map(|domain| match domain.as_slice() {
            [connective, first, second] if connective == "&" => {
                vec![vec![first.clone()], vec![second.clone()]]
            }
            _ => vec![domain],
        })
        .collect();
    match parts.len() {
        0 => vec![json!([1, "=", 1])],
        n => {
            let connectives = std::iter::repeat_n(json!("&"), n - 1);
            connectives.chain(parts.into_iter().flatten()).collect()
        }
    }
}

fn value_and_domain(key: &GroupKey, cell: KeyCell, scope: &Scope<'_>) -> (Json, Domain) {
    let path = key.key.split(':').next().unwrap_or_default();
    let mut steps: Vec<&str> = path.split('.').collect();
    let field = steps.pop().unwrap_or_default();
    let (value, mut domain) = match (cell, &key.value) {
        (KeyCell::Period { start, .. }, KeyValue::Bucket(bucket)) => {
            period(field, bucket, start, scope)
        }
        (KeyCell::Period { .. }, _) => (json!(false), vec![json!([field, "=", false])]),
        (KeyCell::Value(value), KeyValue::Record { is_many: true, .. }) => match &value {
            Json::Array(record) => {
                let domain = vec![json!([field, "=", record.first()])];
                (value, domain)
            }
            // (field, '=', False) would ask no rights of the comodel
            _ => (value, vec![json!([field, "not any", []])]),
        },
        (KeyCell::Value(value), KeyValue::Record { .. }) => {
            let id = value
                .as_array()
                .map_or(json!(false), |record| record[0].clone());
            (value, vec![json!([field, "=", id])])
        }
        (KeyCell::Value(value), KeyValue::Part { part, .. }) => {
            let part = format!("{field}.{}", part.name());
            let domain = vec![json!([part, "=", value])];
            (value, domain)
        }
        (KeyCell::Value(value), _) => {
            let domain = vec![json!([field, "=", value])];
            (value, domain)
        }
    };
    for step in steps.into_iter().rev() {
        domain = if is_truthy(&value) {
            vec![json!([step, "any", domain])]
        } else {
            vec![
                json!("|"),
                json!([step, "not any", []]),
                json!([step, "any", domain]),
            ]
        };
    }
    (value, domain)
}

/// Python's truth.
fn is_truthy(value: &Json) -> bool {
    match value {
        Json::Null => false,
        Json::Bool(b) => *b,
        Json::Number(n) => n.as_f64() != Some(0.0),
        Json::String(s) => !s.is_empty(),
        Json::Array(_) | Json::Object(_) => true,
    }
}

fn period(
    field: &str,
    bucket: &Bucket,
    start: Option<NaiveDateTime>,
    scope: &Scope<'_>,
) -> (Json, Domain) {
    let Some(start) = start else {
        return (json!(false), vec![json!([field, "=", false])]);
    };
    let end = next_start(start, bucket.period).unwrap_or(start);
    let shown = |at: NaiveDateTime| {
        if bucket.is_datetime {
            utc(scope.tz, at).format("%Y-%m-%d %H:%M:%S").to_string()
        } else {
            at.format("%Y-%m-%d").to_string()
        }
    };
    let label = label(&scope.lang, bucket.period, start);
    if label.is_none() {
        scope.warn(
            "label_open",
            format!(
                "how {} calls its periods is not known, so their labels are null",
                scope.lang
            ),
        );
    }
    let domain = vec![
        json!("&"),
        json!([field, ">=", shown(start)]),
        json!([field, "<", shown(end)]),
    ];
    (json!([shown(start), label]), domain)
}

/// What a grouped read yielded.
#[derive(Debug, Default)]
pub(crate) struct FormattedGroups {
    /// Each as Odoo writes it.
    pub(crate) groups: Vec<Box<RawValue>>,
    /// How many there are in all; nothing where no row told.
    pub(crate) total: Option<u64>,
    /// The lowest and the highest `res_currency.id` of all, where figures are of money.
    pub(crate) currencies: Option<(i64, i64)>,
    /// Whether some group's sums are over several currencies.
    pub(crate) has_mixed_sums: bool,
    asked: AskedRecords,
}

impl FormattedGroups {
    /// Takes one row of the statement.
    pub(crate) fn push(&mut self, plan: &ReadGroupPlan, row: Row, scope: &Scope<'_>) -> Result<()> {
        let group = Group::read(&plan.groups, row, &mut self.asked)?;
        self.total = Some(group.total);
        if let Some((lowest, highest)) = group.watched {
            let (low, high) = self.currencies.unwrap_or((lowest, highest));
            self.currencies = Some((low.min(lowest), high.max(highest)));
            self.has_mixed_sums |= lowest != highest;
        }
        self.groups.push(formatted(plan, group, scope)?);
        Ok(())
    }
}
