//! Periods of time, as records are grouped by them.

use super::Column;

/// The length of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Period {
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Period {
    /// Every period with its name.
    pub const NAMES: &'static [(&'static str, Period)] = &[
        ("hour", Period::Hour),
        ("day", Period::Day),
        ("week", Period::Week),
        ("month", Period::Month),
        ("quarter", Period::Quarter),
        ("year", Period::Year),
    ];

    /// Its name, which is the unit of PostgreSQL's `date_trunc` too.
    pub fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(_, p)| *p == self)
            .map_or("", |(name, _)| name)
    }
}

/// A date by period: the start of the bucket that holds it, in local time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// The date or datetime column.
    pub date: Column,
    /// Whether it holds moments in UTC, to be shown in `timezone`.
    pub is_datetime: bool,
    /// The length of a bucket.
    pub period: Period,
    /// IANA name.
    pub timezone: String,
    /// The day a week starts on; 1 is Monday.
    pub week_start: u8,
}

/// A number of a date, such as the month of any year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum DatePart {
    Year,
    Quarter,
    Month,
    IsoWeek,
    DayOfYear,
    DayOfMonth,
    DayOfWeek,
    Hour,
    Minute,
    Second,
}

impl DatePart {
    /// Every part with its name, and PostgreSQL's name of it.
    const NAMES: &'static [(&'static str, DatePart, &'static str)] = &[
        ("year_number", DatePart::Year, "year"),
        ("quarter_number", DatePart::Quarter, "quarter"),
        ("month_number", DatePart::Month, "month"),
        ("iso_week_number", DatePart::IsoWeek, "week"),
        ("day_of_year", DatePart::DayOfYear, "doy"),
        ("day_of_month", DatePart::DayOfMonth, "day"),
        ("day_of_week", DatePart::DayOfWeek, "dow"),
        ("hour_number", DatePart::Hour, "hour"),
        ("minute_number", DatePart::Minute, "minute"),
        ("second_number", DatePart::Second, "second"),
    ];

    /// The part of that name.
    pub fn named(name: &str) -> Option<DatePart> {
        let known = Self::NAMES.iter().find(|(known, ..)| *known == name);
        known.map(|(_, part, _)| *part)
    }

    /// Every name.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::NAMES.iter().map(|(name, ..)| *name)
    }

    /// Its name in Odoo, and the field of PostgreSQL's `date_part`.
    fn both(self) -> (&'static str, &'static str) {
        let known = Self::NAMES.iter().find(|(_, part, _)| *part == self);
        known.map_or(("", ""), |(name, _, unit)| (name, unit))
    }

    /// Its name in Odoo.
    pub fn name(self) -> &'static str {
        self.both().0
    }

    /// The field of PostgreSQL's `date_part`.
    pub fn unit(self) -> &'static str {
        self.both().1
    }
}

/// What a date is grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Granularity {
    /// Stretches of time.
    Period(Period),
    /// A number of it, whatever the rest.
    Part(DatePart),
}

impl Granularity {
    /// Whether it depends on the day that a week starts on.
    pub fn has_weeks(self) -> bool {
        matches!(
            self,
            Granularity::Period(Period::Week) | Granularity::Part(DatePart::DayOfWeek)
        )
    }
}
