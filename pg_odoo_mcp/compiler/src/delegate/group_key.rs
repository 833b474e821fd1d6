//! Group keys: `field`, `date:period`, `many2one.field`, `properties.key`.

use super::domain::{DATE_PARTS, comodel, has_part};
use super::frame::field;
use crate::catalog::{Field, FieldType, Model, shortened, suggestion};
use crate::domain::MAX_PATH;
use crate::error::{Code, Error, Result};
use crate::plan::{Period, key_period};
use crate::scope::Scope;

/// A key by date.
pub(super) struct Bucket {
    pub(super) is_datetime: bool,
    /// Nothing for a part of the date.
    pub(super) period: Option<Period>,
}

/// Looks at a key, whose spelling as a whole is `spec`: `field`, `date:period`, `many2one.field`.
pub(super) fn check_key(
    scope: &Scope<'_>,
    of: &Model,
    spec: &str,
    rest: &str,
) -> Result<Option<Bucket>> {
    let (path, period) = match rest.split_once(':') {
        Some((path, period)) => (path, Some(period)),
        None => (rest, None),
    };
    if path.matches('.').count() > MAX_PATH {
        return Err(Error::new(
            Code::InvalidArguments,
            format!("the path of a group key takes at most {MAX_PATH} steps"),
        ));
    }
    if let Some((step, inner)) = path.split_once('.') {
        let on = field(scope, of, step)?;
        if on.field_type == FieldType::Properties && has_part(on, inner) {
            return check_property_period(spec, period).map(|()| None);
        }
        let comodel = match on.field_type {
            FieldType::Many2one => comodel(scope, on)?,
            _ => None,
        };
        let Some(comodel) = comodel else {
            return Err(Error::new(
                Code::InvalidArguments,
                format!("the group key {spec:?} leads through {step:?}, which is no many2one"),
            )
            .hint("paths of group keys lead through many2one fields"));
        };
        let inner = &rest[step.len() + 1..];
        return check_key(scope, &comodel, spec, inner);
    }
    let on = field(scope, of, path)?;
    match (on.field_type, period) {
        (FieldType::Date | FieldType::Datetime, _) => bucket(on, spec, period).map(Some),
        (_, Some(_)) => Err(Error::new(
            Code::InvalidArguments,
            format!("the group key {spec:?} has a period, but {path:?} is no date"),
        )
        .hint(format!("write {path}"))),
        (FieldType::One2many, None) => Err(Error::new(
            Code::InvalidArguments,
            format!(
                "{path:?} of {} cannot be grouped by: it holds several records",
                of.name
            ),
        )),
        (FieldType::Many2many, None) => {
            scope.warn(
                "overlapping_groups",
                format!("a record with several {path} counts in the group of each, so the groups add up to more than there is"),
            );
            Ok(None)
        }
        _ => Ok(None),
    }
}

fn bucket(on: &Field, spec: &str, period: Option<&str>) -> Result<Bucket> {
    let is_datetime = on.field_type == FieldType::Datetime;
    let bucket = |period| Bucket {
        is_datetime,
        period,
    };
    match key_period(on, spec, period) {
        Ok(known) => Ok(bucket(Some(known))),
        Err(error) if error.code == Code::NotSupported => {
            check_date_part(spec, period.unwrap_or_default()).map(|()| bucket(None))
        }
        Err(error) => Err(error),
    }
}

fn check_property_period(spec: &str, period: Option<&str>) -> Result<()> {
    match period {
        Some(period) if !Period::NAMES.iter().any(|(name, _)| *name == period) => {
            check_date_part(spec, period)
        }
        _ => Ok(()),
    }
}

fn check_date_part(spec: &str, part: &str) -> Result<()> {
    if DATE_PARTS.contains(&part) {
        return Ok(());
    }
    let error = Error::new(
        Code::InvalidArguments,
        format!(
            "unknown period {:?} in {:?}",
            shortened(part),
            shortened(spec)
        ),
    );
    let hint = suggestion(part, DATE_PARTS.iter().copied());
    Err(error.hint(hint.unwrap_or_else(|| format!("parts of dates: {}", DATE_PARTS.join(", ")))))
}
