//! A time series as a table: every bucket of every series, with gaps filled.

use super::group::period_start;
use super::timeline::{Series, Timeline, axis, truncate};
use crate::error::{Code, Error, Result};
use crate::plan::{Bucket, Period, SeriesPlan};
use crate::scope::Scope;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde_json::value::RawValue;
use std::collections::BTreeSet;

/// How many buckets a series may have, and how many rows the table.
const MAX_BUCKETS: usize = 5_000;
const MAX_ROWS: usize = 5_000;
/// How many series one answer shows.
const MAX_SERIES: usize = 200;

/// What stands where no record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fill {
    /// 0 for sums and counts, null for averages and extremes.
    Zero,
    /// null
    Null,
    /// The value before.
    Previous,
    /// On the line between the neighbours.
    Linear,
    /// Nothing: the bucket is left out.
    None,
}

/// The finished table.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<Box<RawValue>>>,
    /// ISO codes of the currencies of the sums, in order.
    pub(crate) currencies: Vec<String>,
    /// Series there are, shown or not.
    pub(crate) group_count: usize,
    /// Whether some are not shown.
    pub(crate) is_cut: bool,
}

/// What the empty buckets of a table depend on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) fill: Fill,
    /// First day; otherwise the first figure's bucket is the first.
    pub(crate) from: Option<NaiveDate>,
    /// Last day; otherwise the last figure's bucket is the last.
    pub(crate) to: Option<NaiveDate>,
    /// Now, in local time.
    pub(crate) now: NaiveDateTime,
}

/// The table of a timeline.
pub(crate) fn assemble(
    plan: &SeriesPlan,
    timeline: &Timeline,
    frame: Frame,
    scope: &Scope<'_>,
) -> Result<Table> {
    let Frame {
        fill,
        from,
        to,
        now,
    } = frame;
    let date_field = &plan.date_field;
    let Bucket {
        period, week_start, ..
    } = plan.bucket;
    let keys = &plan.groups.keys[1..];
    let measures = &plan.groups.measures;
    if timeline.undated > 0 {
        scope.warn(
            "undated_records",
            format!(
                "{} records have no {date_field}, so they are in no period",
                timeline.undated
            ),
        );
    }
    let mut series: Vec<&Series> = timeline.series.iter().collect();
    series.sort_by(|a, b| {
        b.record_count
            .cmp(&a.record_count)
            .then_with(|| sort_key(a).cmp(&sort_key(b)))
    });
    let group_count = series.len();
    let is_cut = group_count > MAX_SERIES;
    if is_cut {
        series.truncate(MAX_SERIES);
        scope.warn("truncated", format!("{group_count} series, the {MAX_SERIES} with the most records are shown: group by fewer values or narrow the domain"));
    }
    let currencies: BTreeSet<&str> = timeline
        .series
        .iter()
        .filter_map(|s| s.currency.as_deref())
        .collect();
    let by_currency = timeline
        .series
        .iter()
        .map(|s| &s.currency)
        .collect::<BTreeSet<_>>()
        .len()
        > 1;
    if by_currency {
        let listed = currencies.iter().copied().collect::<Vec<_>>().join(", ");
        scope.warn("several_currencies", format!("the records are in several currencies ({listed}): every figure, counts too, is for one currency; do not add them up"));
    }
    // without a group there is one series, even of nothing
    let nothing = Series {
        group: Vec::new(),
        currency: None,
        record_count: 0,
        found: Default::default(),
    };
    if series.is_empty() && keys.is_empty() && from.is_some() {
        series.push(&nothing);
    }
    let running = truncate(now, period, week_start);
    let starts = starts(plan, &series, frame, scope)?;
    if let Some(last) = starts
        .last()
        .filter(|last| **last < running && to.is_none())
    {
        scope.warn(
            "ends_with_the_records",
            format!(
                "no record is after the period {}, where the series ends; `to` goes on to that day",
                period_start(*last, period)
            ),
        );
    }
    if starts.last().is_some_and(|last| *last > running) {
        scope.warn(
            "future_periods",
            format!(
                "periods after {} have not begun yet",
                period_start(running, period)
            ),
        );
    }
    if starts.contains(&running) {
        scope.warn(
            "running_period",
            format!(
                "the period {} is still running",
                period_start(running, period)
            ),
        );
    }
    if matches!(fill, Fill::Previous | Fill::Linear) {
        scope.warn(
            "filled_values",
            "periods without records show values made from their neighbours, not recorded ones",
        );
    }
    if starts.len().saturating_mul(series.len()) > MAX_ROWS && fill != Fill::None {
        return Err(too_long(format!(
            "{} series of {} periods",
            series.len(),
            starts.len()
        )));
    }
    let mut rows = Vec::new();
    for one in &series {
        let filled: Vec<Vec<Option<String>>> = (0..measures.len())
            .map(|m| column(plan, one, m, &starts, fill))
            .collect();
        for (i, start) in starts.iter().enumerate() {
            if fill == Fill::None && !one.found.contains_key(start) {
                continue;
            }
            let mut row = vec![raw(&format!("\"{}\"", period_start(*start, period)))?];
            for value in &one.group {
                row.push(raw(&value.to_string())?);
            }
            if by_currency {
                row.push(raw(&one.currency.as_ref().map_or("false".into(), |c| {
                    serde_json::Value::from(c.as_str()).to_string()
                }))?);
            }
            for values in &filled {
                row.push(raw(values[i].as_deref().unwrap_or("null"))?);
            }
            rows.push(row);
        }
    }
    let mut columns = vec![format!("{date_field}:{}", plan.bucket.period.name())];
    columns.extend(keys.iter().map(|g| g.key.clone()));
    if by_currency {
        columns.push("currency".into());
    }
    columns.extend(measures.iter().map(|m| m.key.clone()));
    Ok(Table {
        columns,
        rows,
        currencies: currencies.into_iter().map(str::to_owned).collect(),
        group_count,
        is_cut,
    })
}

fn starts(
    plan: &SeriesPlan,
    series: &[&Series],
    frame: Frame,
    scope: &Scope<'_>,
) -> Result<Vec<NaiveDateTime>> {
    let Frame { fill, from, to, .. } = frame;
    let found: BTreeSet<NaiveDateTime> = series
        .iter()
        .flat_map(|s| s.found.keys().copied())
        .collect();
    let bucket = |day: NaiveDate, time: NaiveTime| {
        truncate(
            day.and_time(time),
            plan.bucket.period,
            plan.bucket.week_start,
        )
    };
    let last_hour = NaiveTime::from_hms_opt(23, 0, 0).unwrap_or(NaiveTime::MIN);
    let first = from
        .map(|day| bucket(day, NaiveTime::MIN))
        .or_else(|| found.first().copied());
    // a series from a day on goes on until now
    let until_now = from.map(|_| truncate(frame.now, plan.bucket.period, plan.bucket.week_start));
    let last = to
        .map(|day| bucket(day, last_hour))
        .or_else(|| found.last().copied().into_iter().chain(until_now).max());
    let (Some(first), Some(last)) = (first, last) else {
        return Ok(Vec::new());
    };
    if let Some(day) = from.filter(|day| first < day.and_time(NaiveTime::MIN)) {
        scope.warn(
            "partial_period",
            format!("the first period is not whole: it starts on {day}"),
        );
    }
    if let Some(day) = to.filter(|day| {
        plan.bucket.period != Period::Hour
            && day
                .succ_opt()
                .is_some_and(|next| bucket(next, NaiveTime::MIN) == last)
    }) {
        scope.warn(
            "partial_period",
            format!("the last period is not whole: it ends on {day}"),
        );
    }
    if fill == Fill::None {
        return Ok(found.into_iter().collect());
    }
    let tz = plan.bucket.is_datetime.then_some(scope.tz);
    let mut starts: BTreeSet<NaiveDateTime> =
        axis(first, last, plan.bucket.period, tz, MAX_BUCKETS + 1)
            .into_iter()
            .collect();
    // an hour that the clock leaves out in part still has its records
    starts.extend(found);
    if starts.len() > MAX_BUCKETS {
        return Err(too_long(format!(
            "more than {MAX_BUCKETS} periods of the length {}",
            plan.bucket.period.name()
        )));
    }
    Ok(starts.into_iter().collect())
}

fn too_long(what: String) -> Error {
    Error::new(
        Code::OverBudget,
        format!("the table would be too long: {what}"),
    )
    .hint("narrow from and to, take day instead of hour or month instead of day, group by fewer values, or fill none")
}

/// One measure of one series in every bucket.
fn column(
    plan: &SeriesPlan,
    series: &Series,
    measure: usize,
    starts: &[NaiveDateTime],
    fill: Fill,
) -> Vec<Option<String>> {
    let is_zero = plan.groups.measures[measure].aggregate.is_zero_when_empty();
    let mut values: Vec<Option<String>> = starts
        .iter()
        .map(|s| {
            series
                .found
                .get(s)
                .and_then(|found| found.get(measure).cloned().flatten())
        })
        .collect();
    match fill {
        Fill::Zero if is_zero => values
            .iter_mut()
            .filter(|v| v.is_none())
            .for_each(|v| *v = Some("0".into())),
        Fill::Zero | Fill::Null | Fill::None => {}
        Fill::Previous => {
            let mut before = None;
            for value in &mut values {
                match value {
                    Some(text) => before = Some(text.clone()),
                    None => value.clone_from(&before),
                }
            }
        }
        Fill::Linear => interpolate(&mut values),
    }
    values
}

fn interpolate(values: &mut [Option<String>]) {
    let known: Vec<(usize, f64)> = values
        .iter()
        .enumerate()
        .filter_map(|(i, v)| Some((i, v.as_ref()?.parse().ok()?)))
        .collect();
    for pair in known.windows(2) {
        let [(i, a), (j, b)] = *pair else { continue };
        for (step, value) in values[i + 1..j].iter_mut().enumerate() {
            let share = (step + 1) as f64 / (j - i) as f64;
            *value = serde_json::Number::from_f64(a + (b - a) * share).map(|n| n.to_string());
        }
    }
}

fn sort_key(series: &Series) -> String {
    format!("{:?}{:?}", series.group, series.currency)
}

fn raw(json: &str) -> Result<Box<RawValue>> {
    RawValue::from_string(json.to_owned()).map_err(|e| Error::new(Code::Internal, e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_between_neighbours_and_nothing_beyond_them() {
        let mut values: Vec<Option<String>> = [None, Some("1"), None, None, Some("4"), None]
            .map(|v| v.map(String::from))
            .to_vec();
        interpolate(&mut values);
        assert_eq!(
            values,
            [None, Some("1"), Some("2.0"), Some("3.0"), Some("4"), None]
                .map(|v| v.map(String::from))
        );
    }
}
