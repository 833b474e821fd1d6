//! Relative dates as Odoo 19 reads them: `today -7d`, `=monday`, `now +3H` (`odoo/tools/date_utils.py`).

use super::literal::midnight;
use crate::scope::Scope;
use chrono::{
    Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone,
};

const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// What a relative date comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relative {
    /// It began with `today`.
    Day(NaiveDate),
    /// It began with `now`, or with an offset: the user's wall clock, and what it is ahead of UTC.
    Moment(NaiveDateTime, TimeDelta),
}

impl Relative {
    /// The day, for a date field: of a moment that in UTC.
    pub(super) fn day(self) -> Option<NaiveDate> {
        match self {
            Relative::Day(day) => Some(day),
            Relative::Moment(..) => Some(self.moment(chrono_tz::Tz::UTC)?.date()),
        }
    }

    /// The moment in UTC, for a datetime field: of a day its midnight in that timezone.
    pub(super) fn moment(self, tz: chrono_tz::Tz) -> Option<NaiveDateTime> {
        match self {
            Relative::Day(day) => Some(midnight(tz, day)),
            // Python keeps what the clock is ahead of UTC now, whatever it is on that day
            Relative::Moment(local, ahead) => known(local.checked_sub_signed(ahead)?),
        }
    }
}

/// The relative date in the text; nothing where it is none, or where Odoo alone can say what it comes to.
pub(super) fn relative(scope: &Scope<'_>, text: &str, now: NaiveDateTime) -> Option<Relative> {
    let mut terms: Vec<&str> = text.split_ascii_whitespace().collect();
    let is_today = terms.first() == Some(&"today");
    if is_today || terms.first() == Some(&"now") {
        terms.remove(0);
    } else if terms.is_empty() {
        return None;
    }
    let ahead = scope.tz.offset_from_utc_datetime(&now).fix();
    let ahead = TimeDelta::seconds(i64::from(ahead.local_minus_utc()));
    let mut local = now.checked_add_signed(ahead)?;
    if is_today {
        local = local.date().and_time(NaiveTime::MIN);
    }
    for term in terms {
        local = known(offset(scope, local, term, is_today)?)?;
    }
    Some(match is_today {
        true => Relative::Day(local.date()),
        false => Relative::Moment(local, ahead),
    })
}

fn offset(
    scope: &Scope<'_>,
    local: NaiveDateTime,
    term: &str,
    is_day: bool,
) -> Option<NaiveDateTime> {
    let (operator, what) = (term.get(..1)?, term.get(1..)?);
    let midnight = local.date().and_time(NaiveTime::MIN);
    let named = WEEKDAYS.iter().position(|day| *day == what);
    if named.is_some() || what == "week_start" {
        // of the user's own language, not of the call's
        let lang = scope.principal.lang.as_deref()?;
        let languages = &scope.principal.languages;
        let first = i64::from(languages.iter().find(|l| l.code == lang)?.week_start) - 1;
        let wanted = named.map_or(first, |day| day as i64);
        let today = i64::from(local.weekday().num_days_from_monday());
        let days = (wanted - first).rem_euclid(7) - (today - first).rem_euclid(7);
        let (from, days) = match operator {
            "+" if days < 0 => (local, days + 7),
            "-" if days > 0 => (local, days - 7),
            "+" | "-" => (local, days),
            "=" => (midnight, days),
            _ => return None,
        };
        return from.checked_add_signed(TimeDelta::days(days));
    }
    let unit = what.chars().last().filter(char::is_ascii)?;
    let number = what.get(..what.len() - 1)?;
    // Python takes more for a number than digits
    if number.is_empty() || number.len() > 4 || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: u32 = number.parse().ok()?;
    // a day to which hours are added is a moment, and in UTC
    if is_day && matches!(unit, 'H' | 'M' | 'S') {
        return None;
    }
    match operator {
        "=" => set(local, midnight, unit, number),
        "+" => moved(local, unit, number, true),
        "-" => moved(local, unit, number, false),
        _ => None,
    }
}

fn moved(local: NaiveDateTime, unit: char, number: u32, is_later: bool) -> Option<NaiveDateTime> {
    let sign = if is_later { 1 } else { -1 };
    let seconds = |of_one: i64| {
        local.checked_add_signed(TimeDelta::try_seconds(sign * of_one * i64::from(number))?)
    };
    let days = |number: u32| {
        let days = Days::new(number.into());
        match is_later {
            true => local.checked_add_days(days),
            false => local.checked_sub_days(days),
        }
    };
    let months = |number: u32| {
        let months = Months::new(number);
        match is_later {
            true => local.checked_add_months(months),
            false => local.checked_sub_months(months),
        }
    };
    match unit {
        'd' => days(number),
        'w' => days(number * 7),
        'm' => months(number),
        'y' => months(number * 12),
        'H' => seconds(3600),
        'M' => seconds(60),
        'S' => seconds(1),
        _ => None,
    }
}

/// A part that is set, with all that is smaller than a day, or than the part, at its lowest.
fn set(
    local: NaiveDateTime,
    midnight: NaiveDateTime,
    unit: char,
    number: u32,
) -> Option<NaiveDateTime> {
    let (year, month, day) = (local.year(), local.month(), local.day());
    let of = |year: i32, month: u32, day: u32| {
        let first = NaiveDate::from_ymd_opt(year, month, 1)?;
        let last = first.checked_add_months(Months::new(1))?.pred_opt()?.day();
        NaiveDate::from_ymd_opt(year, month, day.min(last))?.and_hms_opt(0, 0, 0)
    };
    let at = |of_one: i64| midnight.checked_add_signed(TimeDelta::seconds(of_one));
    let (hour, minute) = (
        i64::from(chrono::Timelike::hour(&local)),
        i64::from(chrono::Timelike::minute(&local)),
    );
    let number_of_seconds = i64::from(number);
    match (unit, number) {
        ('d', 1..=31) => of(year, month, number),
        ('m', 1..=12) => of(year, number, day),
        ('y', 1..=9998) => of(number as i32, month, day),
        ('H', 0..=23) => at(number_of_seconds * 3600),
        ('M', 0..=59) => at(hour * 3600 + number_of_seconds * 60),
        ('S', 0..=59) => at(hour * 3600 + minute * 60 + number_of_seconds),
        _ => None,
    }
}

/// A moment of the years that Python has, but the first and the last.
fn known(at: NaiveDateTime) -> Option<NaiveDateTime> {
    Some(at).filter(|at| (2..=9998).contains(&at.year()))
}
