//! What Odoo calls an hour, day, week, month, quarter or year in the language of the user: the
//! labels of `formatted_read_group`, which come from Babel.

use crate::plan::Period;
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, Timelike, Weekday};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// `facts/calendar.json`, made by `facts/calendar.py`.
#[derive(Deserialize)]
struct Calendar {
    months: Vec<[String; 12]>,
    short_months: Vec<[String; 12]>,
    quarters: Vec<[String; 4]>,
    languages: BTreeMap<String, Language>,
}

/// Places of the names in the lists, then the first day of the week (0 is Monday) and the least
/// days of a year's first week.
#[derive(Deserialize)]
struct Language(usize, usize, usize, u8, u8);

static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "the file is part of the program; a test reads it"
    )]
    serde_json::from_str(include_str!("../../facts/calendar.json"))
        .expect("facts/calendar.json is well formed")
});

/// Odoo's label of the bucket that starts at that local time; nothing for a language that Babel
/// does not know, where Odoo has none either.
///
/// The wall clock is all it takes: Odoo goes to UTC and back before it formats, and what that
/// moves (a midnight that summer time skips) is less than the label shows.
pub(crate) fn label(lang: &str, period: Period, local_start: NaiveDateTime) -> Option<String> {
    let calendar = &*CALENDAR;
    let language = calendar.languages.get(lang)?;
    let month = local_start.month0() as usize;
    let day = local_start.day();
    let year = local_start.year();
    let short_month = || calendar.short_months.get(language.1)?.get(month);
    Some(match period {
        Period::Hour => {
            let (_, hour) = local_start.hour12();
            format!("{hour:02}:00 {day:02} {}", short_month()?)
        }
        Period::Day => format!("{day:02} {} {year:04}", short_month()?),
        Period::Week => {
            let (year, week) = week_number(local_start.date(), language)?;
            format!("W{week} {year:04}")
        }
        Period::Month => format!("{} {year:04}", calendar.months.get(language.0)?.get(month)?),
        Period::Quarter => format!(
            "{} {year:04}",
            calendar.quarters.get(language.2)?.get(month / 3)?
        ),
        Period::Year => format!("{year:04}"),
    })
}

/// `odoo.tools.date_utils.weeknumber`: ISO 8601 where the language's weeks are ISO's, else the
/// week that holds the 1st of January is the year's first, its days of December too.
fn week_number(day: NaiveDate, language: &Language) -> Option<(i32, u32)> {
    let Language(_, _, _, first_day, least_days) = *language;
    if (first_day, least_days) == (0, 4) {
        let week = day.iso_week();
        return Some((week.year(), week.week()));
    }
    let first_day = Weekday::try_from(first_day).ok()?;
    let first_week = |year: i32| {
        let new_year = NaiveDate::from_ymd_opt(year, 1, 1)?;
        new_year.checked_sub_days(Days::new(new_year.weekday().days_since(first_day).into()))
    };
    if day >= first_week(day.year() + 1)? {
        return Some((day.year() + 1, 1));
    }
    let days = day
        .signed_duration_since(first_week(day.year())?)
        .num_days();
    Some((day.year(), u32::try_from(days / 7).ok()? + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").expect("a moment")
    }

    #[test]
    fn labels_are_babel_s() {
        // made by facts/calendar.py with CHECK set: Babel 2.17 of Odoo 19
        let mut count = 0;
        for line in include_str!("../../facts/calendar_labels.tsv").lines() {
            let cells: Vec<&str> = line.split('\t').collect();
            let [lang, moment, labels @ ..] = cells.as_slice() else {
                panic!("{line}");
            };
            assert_eq!(labels.len(), Period::NAMES.len());
            for ((_, period), expected) in Period::NAMES.iter().zip(labels) {
                assert_eq!(
                    label(lang, *period, at(moment)).as_deref(),
                    Some(*expected),
                    "{lang} {moment} {period:?}"
                );
                count += 1;
            }
        }
        assert!(count > 900, "{count}");
    }

    #[test]
    fn every_language_has_every_name() {
        assert!(CALENDAR.languages.len() > 80);
        for lang in CALENDAR.languages.keys() {
            for month in 1..=12 {
                for (_, period) in Period::NAMES {
                    let start = at(&format!("2026-{month:02}-01 00:00:00"));
                    assert!(label(lang, *period, start).is_some(), "{lang} {period:?}");
                }
            }
        }
    }

    #[test]
    fn an_unknown_language_has_no_label() {
        assert_eq!(
            label("xx_XX", Period::Year, at("2026-01-01 00:00:00")),
            None
        );
    }
}
