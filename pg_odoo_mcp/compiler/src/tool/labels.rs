//! What figures are labelled with: calendar, currencies, companies, warnings, where they come from.

use crate::answer::weekday;
use crate::plan::{DatePart, GroupKey, KeyValue, Period};
use crate::scope::{Scope, Warning};
use serde::Serialize;

/// The labels of one answer.
#[derive(Serialize)]
pub(super) struct Labels<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    timezone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    week_start: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    currencies: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    companies: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Warning>,
    lineage: Lineage<'a>,
}

/// Where figures come from.
#[derive(Serialize)]
struct Lineage<'a> {
    model: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    records: Option<u64>,
    rules: Vec<String>,
}

/// What is labelled.
pub(super) struct Labelled<'a> {
    /// The model that was read.
    pub(super) model: &'a str,
    /// The date that a series is by.
    pub(super) date_field: Option<&'a str>,
    /// The keys that records are grouped by.
    pub(super) keys: &'a [GroupKey],
    /// ISO codes of the currencies of the sums.
    pub(super) currencies: Vec<String>,
    /// The records in all figures, where they were counted.
    pub(super) record_count: Option<u64>,
}

impl<'a> Labels<'a> {
    /// The labels of an answer that is finished: warnings come last.
    pub(super) fn new(scope: &'a Scope<'_>, of: Labelled<'a>) -> Labels<'a> {
        let timezone = |key: &'a GroupKey| match &key.value {
            KeyValue::Bucket(bucket) if bucket.is_datetime => Some(bucket.timezone.as_str()),
            KeyValue::Part { timezone, .. } => timezone.as_deref(),
            _ => None,
        };
        let has_weeks = |key: &GroupKey| match &key.value {
            KeyValue::Bucket(bucket) => bucket.period == Period::Week,
            KeyValue::Part { part, .. } => *part == DatePart::DayOfWeek,
            _ => false,
        };
        // one company goes without saying only where the user has no other
        let companies = match scope.principal.companies.len() {
            0 | 1 => Vec::new(),
            _ => scope.companies().map(|c| c.name.as_str()).collect(),
        };
        Labels {
            timezone: of.keys.iter().find_map(timezone),
            week_start: of
                .keys
                .iter()
                .any(has_weeks)
                .then(|| weekday(scope.week_start())),
            currencies: of.currencies,
            companies,
            warnings: scope.warnings(),
            lineage: Lineage {
                model: of.model,
                date_field: of.date_field,
                records: of.record_count,
                rules: scope.rules().into_iter().map(|rule| rule.name).collect(),
            },
        }
    }
}
