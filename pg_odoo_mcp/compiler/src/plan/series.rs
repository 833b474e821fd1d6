//! Time series: measures by period, for each group, in each currency.

use super::column::field;
use super::group::{Currencies, GroupPlan, GroupRequest, grouped, key_column};
use super::order::OrderTerm;
use super::{Bucket, Figure, KeyValue, Period, Sorting};
use crate::access::{Subject, check_field};
use crate::catalog::FieldType;
use crate::domain::{Domain, Operator};
use crate::error::{Code, Error, Result};
use crate::scope::Scope;
use crate::value::Value;
use chrono::NaiveDate;

/// What a time series is asked for.
#[derive(Debug)]
pub struct SeriesRequest<'a> {
    /// The date or datetime field.
    pub date_field: &'a str,
    /// The length of a bucket.
    pub period: Period,
    /// Measures as written.
    pub measures: &'a [String],
    /// One series for each combination of these keys' values.
    pub group_by: &'a [String],
    /// Which records.
    pub domain: Domain,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
}

/// A planned time series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesPlan {
    /// The figures; the first key is the bucket. Rows are in the order of the buckets.
    pub groups: GroupPlan,
    /// The date or datetime field.
    pub date_field: String,
    /// The buckets.
    pub bucket: Bucket,
}

const MAX_GROUP_KEYS: usize = 3;

/// Plans a time series.
pub fn series(scope: &Scope<'_>, of: &Subject, request: &SeriesRequest<'_>) -> Result<SeriesPlan> {
    let on = field(scope, of, request.date_field).map_err(|e| e.hint(dates(scope, of)))?;
    if !matches!(on.field_type, FieldType::Date | FieldType::Datetime) {
        return Err(Error::new(
            Code::InvalidArguments,
            format!("{:?} of {} is no date", on.name, of.model.name),
        )
        .hint(dates(scope, of)));
    }
    if request.group_by.len() > MAX_GROUP_KEYS {
        return Err(Error::new(
            Code::InvalidArguments,
            format!("group_by takes at most {MAX_GROUP_KEYS} keys"),
        ));
    }
    let mut keys = vec![format!("{}:{}", request.date_field, request.period.name())];
    for key in request.group_by {
        if keys.contains(key) {
            return Err(Error::new(
                Code::InvalidArguments,
                format!("group_by names {key:?} twice"),
            ));
        }
        keys.push(key.clone());
    }
    let mut parts = vec![request.domain.clone()];
    for (bound, operator) in [
        (request.from, Operator::GreaterOrEqual),
        (request.to, Operator::LessOrEqual),
    ] {
        if let Some(day) = bound {
            parts.push(Domain::condition(
                request.date_field,
                operator,
                Value::Text(day.to_string()),
            ));
        }
    }
    let mut groups = grouped(
        scope,
        of,
        GroupRequest {
            keys: &keys,
            measures: request.measures,
            domain: &Domain::all(parts),
            currencies: Currencies::Split,
            sets: Vec::new(),
        },
    )?;
    if let Some(measure) = groups
        .measures
        .iter()
        .find(|m| !matches!(m.figure, Figure::Number | Figure::Float))
    {
        return Err(Error::new(
            Code::InvalidArguments,
            format!("{:?} is no number, so it has no time series", measure.key),
        )
        .hint("odoo_read_group answers it"));
    }
    groups.order = vec![OrderTerm {
        by: Sorting::Column(key_column(&groups.source, 0)),
        descending: false,
        nulls_first: None,
    }];
    let Some(KeyValue::Bucket(bucket)) = groups.keys.first().map(|k| k.value.clone()) else {
        return Err(Error::new(
            Code::Internal,
            "a date that is grouped by no period",
        ));
    };
    Ok(SeriesPlan {
        groups,
        date_field: request.date_field.to_owned(),
        bucket,
    })
}

/// The dates a series may be by.
fn dates(scope: &Scope<'_>, of: &Subject) -> String {
    let dates: Vec<&str> = of
        .model
        .fields
        .values()
        .filter(|f| {
            f.column.is_some()
                && check_field(of, &f.name, scope.principal).is_ok()
                && matches!(f.field_type, FieldType::Date | FieldType::Datetime)
        })
        .map(|f| f.name.as_str())
        .collect();
    format!("dates of {}: {}", of.model.name, dates.join(", "))
}
