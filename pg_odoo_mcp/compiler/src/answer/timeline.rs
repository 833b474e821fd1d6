//! The buckets of a time series: their calendar, and the figures that were found in them.

use super::Row;
use super::group::{AskedRecords, Group, KeyCell};
use crate::error::{Code, Error, Result};
use crate::plan::{GroupPlan, Period};
use chrono::{
    Datelike, Days, LocalResult, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone,
};
use chrono_tz::Tz;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// How many figures one call may collect.
const MAX_FOUND: usize = 20_000;

/// One combination of group values and currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Series {
    /// A value for each group key, as a cell of the answer.
    pub(super) group: Vec<Json>,
    /// ISO code.
    pub(super) currency: Option<String>,
    /// In all buckets.
    pub(super) record_count: u64,
    /// The figures by bucket; each as JSON, or nothing for NULL.
    pub(super) found: BTreeMap<NaiveDateTime, Vec<Option<String>>>,
}

/// What a series statement yielded.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    pub(super) series: Vec<Series>,
    by_key: BTreeMap<String, usize>,
    found: usize,
    /// Records without a date.
    pub(super) undated: u64,
    record_count: u64,
    asked: AskedRecords,
}

impl Timeline {
    /// Records in all buckets, undated ones left out.
    pub(crate) fn record_count(&self) -> u64 {
        self.record_count
    }

    /// Takes one row of the statement, whose first key is the bucket.
    pub(crate) fn push(&mut self, plan: &GroupPlan, row: Row) -> Result<()> {
        let mut found = Group::read(plan, row, &mut self.asked)?;
        let Some(KeyCell::Period { start: bucket, .. }) = found.keys.first().cloned() else {
            return Err(Error::new(
                Code::Internal,
                "a row of the series has no bucket",
            ));
        };
        let Some(bucket) = bucket else {
            self.undated += found.record_count;
            return Ok(());
        };
        self.found += 1;
        if self.found > MAX_FOUND {
            return Err(Error::new(
                Code::OverBudget,
                format!("the series holds more than {MAX_FOUND} figures"),
            )
            .hint("narrow from and to, take a longer period, or group by fewer values"));
        }
        let group: Vec<Json> = found.keys.drain(1..).map(KeyCell::into_json).collect();
        let key = format!("{group:?}{:?}", found.currency);
        let at = match self.by_key.get(&key) {
            Some(at) => *at,
            None => {
                self.series.push(Series {
                    group,
                    currency: found.currency,
                    record_count: 0,
                    found: BTreeMap::new(),
                });
                self.by_key.insert(key, self.series.len() - 1);
                self.series.len() - 1
            }
        };
        self.record_count = self.record_count.saturating_add(found.record_count);
        let of_series = &mut self.series[at].record_count;
        *of_series = of_series.saturating_add(found.record_count);
        self.series[at].found.insert(bucket, found.figures);
        Ok(())
    }
}

/// The start of the bucket that holds the moment.
pub(super) fn truncate(at: NaiveDateTime, period: Period, week_start: u8) -> NaiveDateTime {
    let day = at.date();
    let start = match period {
        Period::Hour => return at - TimeDelta::seconds(at.and_utc().timestamp().rem_euclid(3600)),
        Period::Day => day,
        Period::Week => {
            let since = (day.weekday().number_from_monday() + 7 - u32::from(week_start)) % 7;
            day - Days::new(u64::from(since))
        }
        Period::Month => first_of(day, day.month()),
        Period::Quarter => first_of(day, (day.month() - 1) / 3 * 3 + 1),
        Period::Year => first_of(day, 1),
    };
    start.and_time(NaiveTime::MIN)
}

fn first_of(day: NaiveDate, month: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(day.year(), month, 1).unwrap_or(day)
}

/// The start of the bucket after the one that starts there.
pub(super) fn next_start(at: NaiveDateTime, period: Period) -> Option<NaiveDateTime> {
    match period {
        Period::Hour => at.checked_add_signed(TimeDelta::hours(1)),
        Period::Day => at.checked_add_days(Days::new(1)),
        Period::Week => at.checked_add_days(Days::new(7)),
        Period::Month => at.checked_add_months(Months::new(1)),
        Period::Quarter => at.checked_add_months(Months::new(3)),
        Period::Year => at.checked_add_months(Months::new(12)),
    }
}

/// The starts of all buckets from the one at `first` to the one at `last`, at most `limit`.
pub(super) fn axis(
    first: NaiveDateTime,
    last: NaiveDateTime,
    period: Period,
    tz: Option<Tz>,
    limit: usize,
) -> Vec<NaiveDateTime> {
    let mut starts = Vec::new();
    let mut at = first;
    while at <= last && starts.len() < limit {
        // an hour that the clock leaves out is no gap
        let is_skipped = period == Period::Hour
            && tz.is_some_and(|tz| matches!(tz.offset_from_local_datetime(&at), LocalResult::None));
        if !is_skipped {
            starts.push(at);
        }
        match next_start(at, period) {
            Some(next) => at = next,
            None => break,
        }
    }
    starts
}

/// The weekday's English name; 1 is Monday.
pub(crate) fn weekday(number: u8) -> &'static str {
    [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ]
    .get(usize::from(number.saturating_sub(1)))
    .copied()
    .unwrap_or("monday")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").expect("a datetime")
    }

    #[test]
    fn the_clock_s_missing_hour_is_no_gap_and_the_doubled_one_is_one_bucket() {
        let tz: Tz = "Europe/Brussels".parse().expect("a timezone");
        let hours = |day: &str| {
            axis(
                at(&format!("{day} 00:00:00")),
                at(&format!("{day} 23:00:00")),
                Period::Hour,
                Some(tz),
                100,
            )
            .len()
        };
        assert_eq!(hours("2026-03-29"), 23);
        assert_eq!(hours("2026-10-25"), 24);
        assert_eq!(hours("2026-06-01"), 24);
    }

    #[test]
    fn weeks_start_on_the_language_s_day() {
        // 2026-11-21 is a Saturday
        assert_eq!(
            truncate(at("2026-11-21 10:00:00"), Period::Week, 1),
            at("2026-11-16 00:00:00")
        );
        assert_eq!(
            truncate(at("2026-11-21 10:00:00"), Period::Week, 7),
            at("2026-11-15 00:00:00")
        );
        assert_eq!(
            truncate(at("2026-11-21 10:00:00"), Period::Week, 6),
            at("2026-11-21 00:00:00")
        );
        assert_eq!(
            truncate(at("2026-11-21 10:59:59"), Period::Hour, 1),
            at("2026-11-21 10:00:00")
        );
    }

    proptest! {
        #[test]
        fn every_moment_is_in_exactly_one_bucket_of_its_axis(seconds in 0i64..4_000_000_000, span in 0i64..40_000_000, pick in 0..Period::NAMES.len(), week_start in 1u8..=7) {
            let (_, period) = Period::NAMES[pick];
            let first = chrono::DateTime::from_timestamp(seconds, 0).expect("in range").naive_utc();
            let moment = first + TimeDelta::seconds(span);
            let (from, to) = (truncate(first, period, week_start), truncate(moment, period, week_start));
            prop_assert!(to <= moment);
            let starts = axis(from, to, period, None, 100_000);
            prop_assert!(starts.windows(2).all(|w| w[0] < w[1]));
            prop_assert_eq!(starts.first(), Some(&from));
            prop_assert_eq!(starts.last(), Some(&to));
            prop_assert!(starts.iter().all(|s| truncate(*s, period, week_start) == *s));
        }
    }
}
