//! What answers with figures say of their frame: companies, calendar, origin.

use crate::answer::weekday;
use crate::plan::{Bucket, GroupKey, KeyValue, Period};
use crate::principal::Principal;
use crate::scope::Scope;
use serde::Serialize;

/// The companies that the figures are of, where the user has several.
pub(super) fn companies<'a>(principal: &Principal, scope: &'a Scope<'_>) -> Vec<&'a str> {
    if principal.companies.len() < 2 {
        return Vec::new();
    }
    scope.companies().map(|c| c.name.as_str()).collect()
}

/// Where the figures come from.
#[derive(Serialize)]
pub(super) struct Lineage<'a> {
    pub(super) model: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) date_field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) records: Option<u64>,
    pub(super) rules: Vec<String>,
}

/// What periods among the keys depend on.
#[derive(Serialize)]
pub(super) struct Calendar<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    timezone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    week_start: Option<&'static str>,
}

impl Calendar<'_> {
    pub(super) fn of(keys: &[GroupKey]) -> Calendar<'_> {
        let buckets = || {
            keys.iter().filter_map(|key| match &key.value {
                KeyValue::Bucket(bucket) => Some(bucket),
                _ => None,
            })
        };
        let is_week = |bucket: &&Bucket| bucket.period == Period::Week;
        Calendar {
            timezone: buckets()
                .find(|bucket| bucket.is_datetime)
                .map(|bucket| bucket.timezone.as_str()),
            week_start: buckets()
                .find(is_week)
                .map(|bucket| weekday(bucket.week_start)),
        }
    }
}
