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
