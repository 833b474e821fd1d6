//! Days in the words that people use for them, and how Odoo writes those: `yesterday`, `7 days ago`, `last month`.

use super::relative_date::{MOST, WEEKDAYS};
use chrono::{Datelike, Months, NaiveDate};

/// The user's day, which few texts need.
pub(super) type Today<'a> = &'a dyn Fn() -> Option<NaiveDate>;

/// What was probably meant.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meant {
    /// One day, or moment.
    Day(String),
    /// From the first day, up to and without the second.
    Period(String, String),
}

/// What a text that is no date of Odoo's probably means; nothing where that is not plain.
pub(super) fn meant(text: &str, today: Today<'_>) -> Option<Meant> {
    const LONGEST: usize = 40;
    let words = words(text);
    if text.len() > LONGEST || words.is_empty() {
        return None;
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let named = match words.as_slice() {
        ["today"] => Some("today"),
        ["yesterday"] => Some("today -1d"),
        ["tomorrow"] => Some("today +1d"),
        _ => None,
    };
    if let Some(named) = named {
        return Some(Meant::Day(named.into()));
    }
    period(&words, today)
        .or_else(|| weekday(&words))
        .or_else(|| moved(&words))
}

/// `last month`, `this year`, `start of the month`.
fn period(words: &[&str], today: Today<'_>) -> Option<Meant> {
    let (sign, unit) = match words {
        ["start" | "beginning" | "first", unit]
        | ["start" | "beginning" | "first", "this" | "current", unit] => ("", *unit),
        ["start" | "beginning" | "first", of @ ..]
        | ["today", of @ .., "start"]
        | [of @ .., "start"] => return start(of, today),
        [which, unit] => (direction(which)?, *unit),
        _ => return None,
    };
    if unit != "quarters" && singular(unit)? == "quarter" {
        return quarter(sign, today()?);
    }
    let (first, step) = match (unit, singular(unit)?) {
        ("days", _) => return None,
        (_, "day") => ("today", "1d"),
        (_, "week") => ("today =week_start", "7d"),
        (_, "month") => ("today =1d", "1m"),
        (_, "year") => ("today =1m =1d", "1y"),
        _ => return None,
    };
    let moved = |sign: &str| format!("{first} {sign}{step}");
    Some(match sign {
        "-" => Meant::Period(moved("-"), first.into()),
        "+" => Meant::Period(moved("+"), format!("{first} +{}", twice(step)?)),
        _ => Meant::Period(first.into(), moved("+")),
    })
}

/// The first day of a period: `last month`, `day of next year`, `= month`.
fn start(of: &[&str], today: Today<'_>) -> Option<Meant> {
    let of = match of {
        ["day", of @ ..] => of,
        all => all,
    };
    let period = match of {
        [unit] => period(&["this", unit], today),
        // a month that something starts in is not the next one
        ["in", ..] => None,
        of => period(of, today),
    };
    match period? {
        Meant::Period(first, _) => Some(Meant::Day(first)),
        Meant::Day(_) => None,
    }
}

/// Odoo has no word for quarters: their days.
fn quarter(sign: &str, today: NaiveDate) -> Option<Meant> {
    let quarter = Months::new(3);
    let this = today.with_day(1)?;
    let this = this.checked_sub_months(Months::new(this.month0() % 3))?;
    let first = match sign {
        "-" => this.checked_sub_months(quarter)?,
        "+" => this.checked_add_months(quarter)?,
        _ => this,
    };
    let end = first.checked_add_months(quarter)?;
    Some(Meant::Period(first.to_string(), end.to_string()))
}

/// `monday`, `last friday`.
fn weekday(words: &[&str]) -> Option<Meant> {
    let (sign, day) = match words {
        [day] | ["this" | "=", day] => ("=", *day),
        [which, day] => (direction(which)?, *day),
        _ => return None,
    };
    let is_day = WEEKDAYS.iter().any(|(name, _)| *name == day);
    is_day.then(|| Meant::Day(format!("today {sign}{day}")))
}

/// `today -7 days`, `30 days ago`, `last 2 weeks`, `today - 1 month + 3d`.
fn moved(words: &[&str]) -> Option<Meant> {
    let (base, words) = match words {
        ["today", rest @ ..] => (Some("today"), rest),
        ["now", rest @ ..] => (Some("now"), rest),
        all => (None, all),
    };
    let mut terms = Vec::new();
    let mut rest = words;
    let mut is_day = true;
    while !rest.is_empty() {
        let (sign, after) = match rest {
            [word, after @ ..] if direction(word).is_some() => (direction(word), after),
            all => (None, all),
        };
        let [count, unit, after @ ..] = after else {
            return None;
        };
        let count: i64 = count.parse().ok().filter(|count| *count <= MOST)?;
        let (letter, count) = match singular(unit)? {
            "day" => ('d', count),
            "week" => ('w', count),
            "month" => ('m', count),
            "quarter" => ('m', count.checked_mul(3)?),
            "year" => ('y', count),
            "hour" => ('H', count),
            "minute" => ('M', count),
            "second" => ('S', count),
            _ => return None,
        };
        is_day &= letter.is_lowercase();
        let (sign, after) = match (sign, after) {
            (Some(sign), after) if !sign.is_empty() => (sign, after),
            (_, ["ago" | "before", after @ ..]) => ("-", after),
            (_, ["later" | "ahead", after @ ..]) => ("+", after),
            _ => return None,
        };
        terms.push(format!("{sign}{count}{letter}"));
        rest = after;
    }
    let base = match base {
        Some(base) if is_day => base,
        None if is_day => "today",
        _ => "now",
    };
    (!terms.is_empty()).then(|| Meant::Day(format!("{base} {}", terms.join(" "))))
}

/// Which way a word leads, `""` for neither.
fn direction(word: &str) -> Option<&'static str> {
    Some(match word {
        "-" | "last" | "past" | "previous" | "prior" => "-",
        "+" | "next" | "coming" | "in" => "+",
        "=" | "this" | "current" => "",
        _ => return None,
    })
}

fn singular(unit: &str) -> Option<&'static str> {
    Some(match unit {
        "d" | "day" | "days" => "day",
        "w" | "week" | "weeks" => "week",
        "m" | "mo" | "month" | "months" => "month",
        "q" | "quarter" | "quarters" => "quarter",
        "y" | "year" | "years" => "year",
        "h" | "hour" | "hours" => "hour",
        "min" | "minute" | "minutes" => "minute",
        "s" | "sec" | "second" | "seconds" => "second",
        _ => return None,
    })
}

fn twice(step: &str) -> Option<&'static str> {
    Some(match step {
        "1d" => "2d",
        "7d" => "14d",
        "1m" => "2m",
        "1y" => "2y",
        _ => return None,
    })
}

/// Its words, numbers and signs, in lower case; without articles.
fn words(text: &str) -> Vec<String> {
    let kind = |c: char| match c {
        '0'..='9' => 'n',
        '+' | '-' | '=' => 's',
        c if c.is_alphabetic() => 'w',
        _ => ' ',
    };
    let mut words: Vec<String> = Vec::new();
    let mut last = ' ';
    for c in text.to_lowercase().chars() {
        let now = kind(c);
        match words.last_mut() {
            Some(word) if now == last && now != 's' && now != ' ' => word.push(c),
            _ if now != ' ' => words.push(c.into()),
            _ => {}
        }
        last = now;
    }
    words.retain(|word| !matches!(word.as_str(), "the" | "of" | "a" | "an"));
    words
}

#[cfg(test)]
mod tests {
    use super::super::relative_date::{Now, relative};
    use super::*;
    use chrono::{NaiveDate, TimeDelta, Weekday};

    /// The days that it comes to on Saturday, 2026-05-30.
    fn days(text: &str) -> Option<Vec<String>> {
        let local = NaiveDate::from_ymd_opt(2026, 5, 30)?.and_hms_opt(12, 0, 0)?;
        let now = Now {
            local,
            offset: TimeDelta::zero(),
            week_start: Some(Weekday::Mon),
        };
        let written = match meant(text, &|| Some(local.date()))? {
            Meant::Day(day) => vec![day],
            Meant::Period(first, end) => vec![first, end],
        };
        let day = |text: &String| {
            if let Ok(day) = text.parse::<NaiveDate>() {
                return format!("({day})");
            }
            let read = relative(text, now).unwrap_or_else(|| panic!("{text:?} is no date"));
            format!("{read:?}").replace(['D', 'M'], "|")
        };
        written
            .iter()
            .map(|text| {
                let read = day(text);
                let at = read.split('(').nth(1)?.trim_end_matches(')');
                Some(at.to_owned())
            })
            .collect()
    }

    #[test]
    fn what_people_write_comes_to_the_day_they_mean() {
        for (text, expected) in [
            ("yesterday", "2026-05-29"),
            ("Tomorrow", "2026-05-31"),
            ("today -7 days", "2026-05-23"),
            ("today-7d", "2026-05-23"),
            ("today - 7d", "2026-05-23"),
            ("-7 days", "2026-05-23"),
            ("7 days ago", "2026-05-23"),
            ("last 2 weeks", "2026-05-16"),
            ("in 3 days", "2026-06-02"),
            ("today -1 month +1 day", "2026-05-01"),
            ("last 2 quarters", "2025-11-30"),
            ("now -3 hours", "2026-05-30T09:00:00"),
            ("monday", "2026-05-25"),
            ("last friday", "2026-05-29"),
            ("next monday", "2026-06-01"),
            ("last day", "2026-05-29 2026-05-30"),
            ("this week", "2026-05-25 2026-06-01"),
            ("last month", "2026-04-01 2026-05-01"),
            ("this month", "2026-05-01 2026-06-01"),
            ("start of the month", "2026-05-01 2026-06-01"),
            ("beginning of this month", "2026-05-01 2026-06-01"),
            ("start of last month", "2026-04-01"),
            ("the first day of last month", "2026-04-01"),
            ("first day of the month", "2026-05-01"),
            ("beginning of the next year", "2027-01-01"),
            ("start of last week", "2026-05-18"),
            ("=month_start", "2026-05-01"),
            ("today =year_start", "2026-01-01"),
            ("start_of_month", "2026-05-01 2026-06-01"),
            ("last quarter", "2026-01-01 2026-04-01"),
            ("this quarter", "2026-04-01 2026-07-01"),
            ("next quarter", "2026-07-01 2026-10-01"),
            ("start of the quarter", "2026-04-01 2026-07-01"),
            ("start of last quarter", "2026-01-01"),
            ("next month", "2026-06-01 2026-07-01"),
            ("last year", "2025-01-01 2026-01-01"),
        ] {
            let expected: Vec<String> = expected.split(' ').map(str::to_owned).collect();
            assert_eq!(days(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_plain_means_nothing() {
        for text in [
            "",
            "soon",
            "7 days",
            "31/01/2026",
            "2026-13-45",
            "last quarters",
            "end of month",
            "end of last month",
            "start",
            "start of last",
            "start in month",
            "start of last 2 months",
            "start of end of month",
            "first monday of month",
            "start of yesterday",
            "=month_start -1m",
            "last 99999999999999999999 days",
            "today -7 bananas",
            "today 7d today 7d today 7d today 7d today 7d",
        ] {
            assert_eq!(days(text), None, "{text}");
        }
    }
}
