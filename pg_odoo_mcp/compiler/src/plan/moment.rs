//! Datetime columns against dates and moments, as they are written or relative to now.

use super::literal::{mismatch, unreadable};
use super::noted::note_midnight;
use super::relative_date::{Now, Relative, is_malformed, is_relative, relative};
use super::relative_words::{Meant, meant};
use super::{Column, Inequality, Predicate};
use crate::access::Subject;
use crate::catalog::{Field, shortened};
use crate::domain::Operator;
use crate::error::{Code, Error, Result};
use crate::scope::{Scope, utc};
use crate::sql::{Param, PgType};
use crate::value::Value;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};
use chrono_tz::Tz;

/// `column in values` for datetimes: each stands for its whole second.
pub(super) fn datetime_in(
    scope: &Scope<'_>,
    of: &Subject,
    field: &Field,
    column: Column,
    values: &[Value],
    negated: bool,
) -> Result<Predicate> {
    let bound = |inequality, at: NaiveDateTime, or_null| Predicate::Compare {
        column: column.clone(),
        inequality,
        value: timestamp(at),
        or_null,
    };
    let operator = match negated {
        true => Operator::NotEqual,
        false => Operator::Equal,
    };
    note_midnight(scope, field, operator, values);
    let mut parts = Vec::new();
    for value in values {
        parts.push(match moment(scope, of, field, value)? {
            None => Predicate::Null {
                column: column.clone(),
                negated,
            },
            Some((at, _)) => {
                // without a rewritten domain, that moment and no other
                let (within, beyond, end) = if scope.dialect.rewrites {
                    let next = later(at, TimeDelta::seconds(1))
                        .ok_or_else(|| mismatch(of, field, value, "a date before the year 9999"))?;
                    (Inequality::Less, Inequality::GreaterOrEqual, next)
                } else {
                    (Inequality::LessOrEqual, Inequality::Greater, at)
                };
                if negated {
                    Predicate::any(vec![
                        bound(Inequality::Less, at, !field.not_null),
                        bound(beyond, end, false),
                    ])
                } else {
                    Predicate::all(vec![
                        bound(Inequality::GreaterOrEqual, at, false),
                        bound(within, end, false),
                    ])
                }
            }
        });
    }
    Ok(if negated {
        Predicate::all(parts)
    } else {
        Predicate::any(parts)
    })
}

/// A date stands for the whole day in the caller's timezone, a datetime for its whole second.
pub(super) fn compare_datetime(
    scope: &Scope<'_>,
    of: &Subject,
    field: &Field,
    column: Column,
    inequality: Inequality,
    value: &Value,
) -> Result<Predicate> {
    note_midnight(
        scope,
        field,
        inequality.operator(),
        std::slice::from_ref(value),
    );
    let Some((at, is_date)) = moment(scope, of, field, value)? else {
        return Ok(Predicate::Const(false));
    };
    if !scope.dialect.rewrites {
        let is_end = matches!(inequality, Inequality::Greater | Inequality::LessOrEqual);
        let last_second = TimeDelta::days(1) - TimeDelta::seconds(1);
        return Ok(Predicate::Compare {
            column,
            inequality,
            value: timestamp(if is_date && is_end {
                at + last_second
            } else {
                at
            }),
            or_null: false,
        });
    }
    let step = if is_date {
        TimeDelta::days(1)
    } else {
        TimeDelta::seconds(1)
    };
    let (inequality, at) = match inequality {
        Inequality::Greater => (Inequality::GreaterOrEqual, later(at, step)),
        Inequality::LessOrEqual => (Inequality::Less, later(at, step)),
        other => (other, Some(at)),
    };
    match at {
        Some(at) => Ok(Predicate::Compare {
            column,
            inequality,
            value: timestamp(at),
            or_null: false,
        }),
        // past the last day that Python knows
        None if inequality == Inequality::GreaterOrEqual => Ok(Predicate::Const(false)),
        None => Ok(Predicate::Null {
            column,
            negated: true,
        }),
    }
}

fn later(at: NaiveDateTime, step: TimeDelta) -> Option<NaiveDateTime> {
    use chrono::Datelike;
    at.checked_add_signed(step)
        .filter(|next| next.year() <= 9999)
}

/// The moment in UTC that a datetime column is compared with, and whether it was a mere date;
/// nothing for "not set".
fn moment(
    scope: &Scope<'_>,
    of: &Subject,
    field: &Field,
    value: &Value,
) -> Result<Option<(NaiveDateTime, bool)>> {
    match value {
        Value::Bool(false) => Ok(None),
        Value::Text(text) => match iso(text) {
            Some((at, true)) if !scope.dialect.rewrites => Ok(Some((at, true))),
            Some((at, true)) => Ok(Some((midnight(scope.tz, at.date()), true))),
            Some((at, false)) => Ok(Some((at, false))),
            // one that is relative is a moment to Odoo, and never a whole day
            None => match relative_to_now(scope, text)? {
                Some(Relative::Day(day)) => Ok(Some((midnight(scope.tz, day), false))),
                Some(Relative::Moment(at)) => {
                    Ok(Some((at.with_nanosecond(0).unwrap_or(at), false)))
                }
                None => Err(not_a_date(scope, of, field, text)),
            },
        },
        other => Err(mismatch(
            of,
            field,
            other,
            "a datetime such as \"2026-01-31 13:00:00\"",
        )),
    }
}

/// What a relative date comes to for this user.
pub(super) fn relative_to_now(scope: &Scope<'_>, text: &str) -> Result<Option<Relative>> {
    if !is_relative(text) {
        return Ok(None);
    }
    let (utc, offset) = (scope.now()?, scope.offset_of_now()?);
    let lang = scope.principal.lang.as_ref();
    let language = lang.and_then(|lang| {
        let mut languages = scope.principal.languages.iter();
        languages.find(|language| language.code == *lang)
    });
    let week_start = language
        .and_then(|language| chrono::Weekday::try_from(language.week_start.checked_sub(1)?).ok());
    Ok(relative(
        text,
        Now {
            local: utc + offset,
            offset,
            week_start,
        },
    ))
}

/// The day that an argument names, written or relative to now.
pub(crate) fn named_day(scope: &Scope<'_>, argument: &str, text: &str) -> Result<NaiveDate> {
    let found = match iso(text) {
        Some((at, true)) => Some(at.date()),
        Some(_) => None,
        None => match relative_to_now(scope, text)? {
            Some(Relative::Day(day)) => Some(day),
            Some(Relative::Moment(at)) => Some((at + scope.offset_of_now()?).date()),
            None => None,
        },
    };
    found.ok_or_else(|| {
        let shown = shortened(text);
        let error = Error::new(
            Code::InvalidArguments,
            format!(
                "{argument} is {shown:?}, but must be a day such as \"2026-01-31\" or \"today -7d\""
            ),
        );
        match nearest(scope, text) {
            Some(hint) => error.hint(hint),
            None => error,
        }
    })
}

/// Whether a relative date comes to the first second of a day, on the user's clock.
pub(super) fn begins_day(scope: &Scope<'_>, text: &str) -> bool {
    match relative_to_now(scope, text) {
        Ok(Some(Relative::Day(_))) => true,
        Ok(Some(Relative::Moment(at))) => scope
            .offset_of_now()
            .is_ok_and(|offset| (at + offset).time() == NaiveTime::MIN),
        _ => false,
    }
}

/// Whether a written date is a day; nothing where it is none.
pub(super) fn day_of(text: &str) -> Option<bool> {
    iso(text).map(|(_, is_day)| is_day)
}

/// Local midnight in UTC.
fn midnight(tz: Tz, day: NaiveDate) -> NaiveDateTime {
    use chrono::Datelike;
    let local = day.and_time(chrono::NaiveTime::MIN);
    if matches!(day.year(), 1 | 9999) {
        return local;
    }
    utc(tz, local)
}

/// An ISO date or datetime, as it is written.
pub(super) fn moment_of(text: &str) -> Option<NaiveDateTime> {
    iso(text).map(|(at, _)| at)
}

/// An ISO date, or a datetime cut to its second, and whether it was a date.
pub(super) fn iso(text: &str) -> Option<(NaiveDateTime, bool)> {
    let digits_first = text.len() >= 10
        && text.as_bytes()[..10].iter().enumerate().all(|(i, b)| {
            if i == 4 || i == 7 {
                *b == b'-'
            } else {
                b.is_ascii_digit()
            }
        });
    if !digits_first {
        return None;
    }
    if text.len() == 10 {
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        return Some((day.and_time(chrono::NaiveTime::MIN), true))
            .filter(|_| (1..=9999).contains(&chrono::Datelike::year(&day)));
    }
    let text = text.replacen('T', " ", 1);
    ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|format| {
            let at = NaiveDateTime::parse_from_str(&text, format).ok()?;
            let at = chrono::Timelike::with_nanosecond(&at, 0)?;
            Some((at, false))
        })
}

pub(super) fn not_a_date(scope: &Scope<'_>, of: &Subject, field: &Field, text: &str) -> Error {
    let hint = nearest(scope, text);
    // what is no more than people's words is refused by Odoo, too
    let is_words = hint.is_some() && is_malformed(text);
    if is_relative(text) && !is_words {
        let shown = shortened(text);
        return Error::new(
            Code::NotSupported,
            format!("the relative date {shown:?} is not answered in SQL"),
        )
        .of_value()
        .hint("write it as \"today -7d\", \"=week_start\" or \"now -3H\", or the date itself, such as \"2026-01-31\"");
    }
    if text.is_empty() {
        return mismatch(of, field, &Value::Text(String::new()), "a date");
    }
    let error = unreadable(
        of,
        field,
        &Value::Text(text.to_owned()),
        "a date such as \"2026-01-31\" or a datetime in UTC such as \"2026-01-31 13:00:00\"",
    );
    error.hint(hint.unwrap_or_else(|| {
        "relative dates are \"today -7d\", \"=week_start\" or \"now -3H\"".into()
    }))
}

/// What to write for what somebody wrote in words: in Odoo's way where it has one, and as the day that it is.
fn nearest(scope: &Scope<'_>, text: &str) -> Option<String> {
    let day = |written: &str| {
        if iso(written).is_some() {
            return Some(format!("\"{written}\""));
        }
        let at = match relative_to_now(scope, written).ok()?? {
            Relative::Day(day) => day.to_string(),
            Relative::Moment(at) => at.format("%Y-%m-%d %H:%M:%S").to_string(),
        };
        Some(format!("\"{written}\" ({at})"))
    };
    let today = || match relative_to_now(scope, "today").ok()?? {
        Relative::Day(day) => Some(day),
        Relative::Moment(_) => None,
    };
    Some(match meant(text, &today)? {
        Meant::Day(written) => format!("write {}", day(&written)?),
        Meant::Period(first, end) => {
            format!("write >= {} and < {}", day(&first)?, day(&end)?)
        }
    })
}

fn timestamp(at: NaiveDateTime) -> Param {
    Param {
        pg_type: PgType::Timestamp,
        text: Some(at.format("%Y-%m-%d %H:%M:%S").to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_midnight_where_the_clock_jumps() {
        let at = |tz: &str, day: &str| {
            let day = NaiveDate::parse_from_str(day, "%Y-%m-%d").expect("a date");
            midnight(tz.parse().expect("a timezone"), day).to_string()
        };
        assert_eq!(at("Europe/Brussels", "2026-01-01"), "2025-12-31 23:00:00");
        assert_eq!(at("Europe/Brussels", "2026-07-01"), "2026-06-30 22:00:00");
        // 2018-11-04: Sao Paulo's clock went from 00:00 to 01:00
        assert_eq!(at("America/Sao_Paulo", "2018-11-04"), "2018-11-04 03:00:00");
        // 2026-11-01: Havana's clock goes from 01:00 back to 00:00
        assert_eq!(at("America/Havana", "2026-11-01"), "2026-11-01 05:00:00");
    }

    #[test]
    fn iso_dates_only() {
        assert!(iso("2026-01-31").is_some_and(|(_, is_date)| is_date));
        assert!(iso("2026-01-31 10:00:00").is_some_and(|(_, is_date)| !is_date));
        for text in [
            "2026-02-30",
            "2026-1-1",
            "20260101",
            "today",
            "2026-01-31 10:00:00+02:00",
            "2026-01-31 25:00:00",
            "not a date",
            "ééééé",
        ] {
            assert!(iso(text).is_none(), "{text}");
        }
    }
}
