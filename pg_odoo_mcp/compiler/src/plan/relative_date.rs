//! Dates relative to now, as Odoo 19 reads them (`odoo/tools/date_utils.py`): `today -7d`, `=monday`, `now +3H`.
//!
//! A moment is moved on the clock of the user's timezone, whose distance from UTC stays that of now.

use chrono::{
    Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Weekday,
};

/// What a text comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relative {
    /// A day of the user's calendar.
    Day(NaiveDate),
    /// A moment in UTC.
    Moment(NaiveDateTime),
}

/// Where the user is in time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Now {
    /// What the clock shows.
    pub(super) local: NaiveDateTime,
    /// How far it is from UTC.
    pub(super) offset: TimeDelta,
    /// The day that the user's week starts on, if it is known.
    pub(super) week_start: Option<Weekday>,
}

/// More is no date of anybody's, and dear to count.
pub(super) const MOST: i64 = 100_000;

/// What Odoo calls them.
pub(super) const WEEKDAYS: &[(&str, Weekday)] = &[
    ("monday", Weekday::Mon),
    ("tuesday", Weekday::Tue),
    ("wednesday", Weekday::Wed),
    ("thursday", Weekday::Thu),
    ("friday", Weekday::Fri),
    ("saturday", Weekday::Sat),
    ("sunday", Weekday::Sun),
];

/// Whether it looks like such a date.
pub(super) fn is_relative(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    matches!(first, "today" | "now") || first.starts_with(['+', '-', '='])
}

/// Whether a part of it has none of the forms that Odoo reads, whatever it holds.
pub(super) fn is_malformed(text: &str) -> bool {
    let is_start = |term: &str| matches!(term, "today" | "now");
    let mut terms = text.split_whitespace().peekable();
    terms.next_if(|term| is_start(term));
    let is_weekday =
        |name: &str| name == "week_start" || WEEKDAYS.iter().any(|(known, _)| *known == name);
    terms.any(|term| {
        let mut letters = term.chars();
        let has_sign = matches!(letters.next(), Some('+' | '-' | '='));
        let has_unit = term.ends_with(['d', 'w', 'm', 'y', 'H', 'M', 'S']);
        !has_sign || term.chars().count() < 3 || !has_unit && !is_weekday(letters.as_str())
    })
}

/// What the text comes to; nothing where it is no such date, or one that only Odoo reads.
pub(super) fn relative(text: &str, now: Now) -> Option<Relative> {
    let mut terms = text.split_whitespace().peekable();
    let is_day = terms.next_if(|term| matches!(*term, "today" | "now")) == Some("today");
    let mut at = now.local;
    if is_day {
        at = at.date().and_time(NaiveTime::MIN);
    }
    for term in terms {
        at = moved(at, term, is_day, now.week_start)?;
        if !(1..=9999).contains(&at.year()) {
            return None;
        }
    }
    Some(match is_day {
        true => Relative::Day(at.date()),
        false => Relative::Moment(at.checked_sub_signed(now.offset)?),
    })
}

fn moved(
    at: NaiveDateTime,
    term: &str,
    is_day: bool,
    week_start: Option<Weekday>,
) -> Option<NaiveDateTime> {
    let mut letters = term.chars();
    let (operator, rest) = (letters.next()?, letters.as_str());
    if !matches!(operator, '+' | '-' | '=') || term.len() < 3 {
        return None;
    }
    if let Some(wanted) = weekday(rest, week_start) {
        let first = week_start?;
        let from = i64::from(at.weekday().days_since(first));
        let days = i64::from(wanted.days_since(first)) - from;
        let days = match operator {
            '+' if days < 0 => days + 7,
            '-' if days > 0 => days - 7,
            _ => days,
        };
        let at = match operator {
            '=' => at.date().and_time(NaiveTime::MIN),
            _ => at,
        };
        return at.checked_add_signed(TimeDelta::days(days));
    }
    let unit = rest.chars().next_back()?;
    let digits = rest.strip_suffix(unit)?;
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let number: i64 = digits.parse().ok().filter(|_| is_number)?;
    // what a time does to a day is Python's own affair
    if number > MOST || is_day && matches!(unit, 'H' | 'M' | 'S') {
        return None;
    }
    if operator == '=' {
        return set(at, unit, u32::try_from(number).ok()?);
    }
    let back = operator == '-';
    let months = |count: i64| {
        let count = Months::new(u32::try_from(count).ok()?);
        match back {
            true => at.checked_sub_months(count),
            false => at.checked_add_months(count),
        }
    };
    let days = |count: i64| {
        let count = Days::new(u64::try_from(count).ok()?);
        match back {
            true => at.checked_sub_days(count),
            false => at.checked_add_days(count),
        }
    };
    let seconds =
        |count: i64| at.checked_add_signed(TimeDelta::seconds(if back { -count } else { count }));
    match unit {
        'y' => months(number * 12),
        'm' => months(number),
        'w' => days(number * 7),
        'd' => days(number),
        'H' => seconds(number * 3600),
        'M' => seconds(number * 60),
        'S' => seconds(number),
        _ => None,
    }
}

/// A part of the moment set, and what is below a day, or below it, reset.
fn set(at: NaiveDateTime, unit: char, number: u32) -> Option<NaiveDateTime> {
    let midnight = at.date().and_time(NaiveTime::MIN);
    // where the month is shorter, its last day
    let on = |year: i32, month: u32, day: u32| {
        let first = NaiveDate::from_ymd_opt(year, month, 1)?;
        let last = first.checked_add_months(Months::new(1))?.pred_opt()?.day();
        first
            .with_day(day.min(last))
            .map(|day| day.and_time(NaiveTime::MIN))
    };
    match unit {
        'd' if (1..=31).contains(&number) => on(at.year(), at.month(), number),
        'm' if (1..=12).contains(&number) => on(at.year(), number, at.day()),
        'y' if (1..=9999).contains(&number) => {
            on(i32::try_from(number).ok()?, at.month(), at.day())
        }
        'H' => midnight.with_hour(number),
        'M' => midnight.with_hour(at.hour())?.with_minute(number),
        'S' => at.with_nanosecond(0)?.with_second(number),
        _ => None,
    }
}

fn weekday(name: &str, week_start: Option<Weekday>) -> Option<Weekday> {
    if name == "week_start" {
        return week_start;
    }
    let named = WEEKDAYS.iter().find(|(known, _)| *known == name);
    named.map(|(_, day)| *day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").expect("a moment")
    }

    /// In Brussels in summer, on a Saturday; weeks start on Sunday.
    fn read(text: &str) -> Option<String> {
        let now = Now {
            local: at("2026-05-30 00:30:15"),
            offset: TimeDelta::hours(2),
            week_start: Some(Weekday::Sun),
        };
        relative(text, now).map(|relative| match relative {
            Relative::Day(day) => day.to_string(),
            Relative::Moment(moment) => moment.to_string(),
        })
    }

    #[test]
    fn days_and_moments_are_those_of_odoo_s_own_reading() {
        // made by Odoo 19's parse_date
        for (text, expected) in [
            ("today", "2026-05-30"),
            ("today -7d", "2026-05-23"),
            ("today +1m", "2026-06-30"),
            ("today -3m", "2026-02-28"),
            ("today -1y =1m =1d", "2025-01-01"),
            ("today =2m", "2026-02-28"),
            ("today +2w", "2026-06-13"),
            ("today =monday", "2026-05-25"),
            ("today +monday", "2026-06-01"),
            ("today -monday", "2026-05-25"),
            ("today =week_start", "2026-05-24"),
            ("today +saturday", "2026-05-30"),
            ("now", "2026-05-29 22:30:15"),
            ("-3H", "2026-05-29 19:30:15"),
            ("+90M", "2026-05-30 00:00:15"),
            ("now =1d", "2026-04-30 22:00:00"),
            ("now =3H", "2026-05-30 01:00:00"),
            ("now =5M", "2026-05-29 22:05:00"),
            ("now =7S", "2026-05-29 22:30:07"),
            ("=sunday", "2026-05-23 22:00:00"),
            ("-1m -1y", "2025-04-29 22:30:15"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_odoo_refuses_for_its_form_is_known() {
        for text in [
            "today -7 days",
            "-7days",
            "today 7d",
            "now -d",
            "today  tomorrow",
        ] {
            assert!(is_malformed(text), "{text}");
        }
        for text in [
            "today",
            "now -3H",
            "=monday",
            "today =week_start -7d",
            "today +1_0d",
            "-seconday",
        ] {
            assert!(!is_malformed(text), "{text}");
        }
    }

    #[test]
    fn what_only_odoo_reads_is_left_to_it() {
        for text in [
            "today +3H",
            "today 7d",
            "today -d",
            "today +1q",
            "now =0d",
            "now =13m",
            "now =25H",
            "today -99999999y",
            "today +1_0d",
            "yesterday",
            "today  tomorrow",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
