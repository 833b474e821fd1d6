//! Group keys: `field`, `date:period`, `many2one.field`, `properties.key`.

use super::domain::{comodel, has_part};
use super::frame::field;
use crate::catalog::{Field, FieldType, Model};
use crate::domain::MAX_PATH;
use crate::error::{Code, Error, Result};
use crate::plan::{Granularity, key_granularity, named_granularity, note_company};
use crate::scope::Scope;

/// A key by date.
pub(super) struct Bucket {
    pub(super) is_datetime: bool,
    pub(super) granularity: Granularity,
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
            if let Some(period) = period {
                named_granularity(spec, period)?;
            }
            return Ok(None);
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
    note_company(scope, of, on);
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

fn bucket(on: &Field, spec: &str, written: Option<&str>) -> Result<Bucket> {
    Ok(Bucket {
        is_datetime: on.field_type == FieldType::Datetime,
        granularity: key_granularity(on, spec, written)?,
    })
}
