//! Local time of what Odoo gives in UTC, and the starts of periods: the test's own calendar, day by day.

use std::collections::BTreeSet;

use chrono::{
    Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone,
};
use chrono_tz::Tz;

/// Local time of a start that Odoo gives in UTC; dates have none.
pub(super) fn local(start: &str, zone: Tz) -> Option<NaiveDateTime> {
    match NaiveDateTime::parse_from_str(start, "%Y-%m-%d %H:%M:%S") {
        Ok(utc) => Some(zone.from_utc_datetime(&utc).naive_local()),
        Err(_) => Some(start.parse::<NaiveDate>().ok()?.and_time(NaiveTime::MIN)),
    }
}

/// As answers write it: a day, or an hour of local time.
pub(super) fn label(start: NaiveDateTime, period: &str) -> String {
    let form = if period == "hour" {
        "%Y-%m-%d %H:%M:%S"
    } else {
        "%Y-%m-%d"
    };
    start.format(form).to_string()
}

/// The start of the period that the day is in; `week_start` 1 is Monday.
pub(super) fn start_of(day: NaiveDate, period: &str, week_start: u32) -> NaiveDate {
    let is_start = |day: NaiveDate| match period {
        "week" => day.weekday().number_from_monday() == week_start,
        "month" => day.day() == 1,
        "quarter" => day.day() == 1 && day.month0().is_multiple_of(3),
        "year" => day.ordinal() == 1,
        _ => true,
    };
    let mut start = day;
    while !is_start(start) {
        start = start - Days::new(1);
    }
    start
}

/// Every start from the first to the last.
pub(super) fn axis(
    first: NaiveDateTime,
    last: NaiveDateTime,
    period: &str,
    week_start: u32,
    zone: Option<Tz>,
) -> BTreeSet<NaiveDateTime> {
    let mut starts = BTreeSet::new();
    let mut at = first;
    while at <= last {
        if period == "hour" {
            // an hour that the clock leaves out is no period
            let is_left_out = zone
                .is_some_and(|z| matches!(z.offset_from_local_datetime(&at), LocalResult::None));
            if !is_left_out {
                starts.insert(at);
            }
            at += TimeDelta::hours(1);
        } else {
            starts.insert(start_of(at.date(), period, week_start).and_time(NaiveTime::MIN));
            at = at + Days::new(1);
        }
    }
    starts
}
