//! Group keys: `field`, `date:period`, `many2one.field`.

use super::column::{check_use, comodel_name, field};
use super::condition::{Resolver, Rights, ruled};
use super::dialect::check_date_part;
use super::display::AskedName;
use super::group::KeyExpression;
use super::inherited::held_column;
use super::passage::check_rights_known;
use super::x2many::{ToMany, Way, bypasses};
use super::{
    Bucket, Column, DatePart, Form, Granularity, Join, Period, Predicate, Source, Subquery,
};
use crate::access::{Asker, Subject, check_field, check_read, subject};
use crate::catalog::{Field, FieldType, shortened, suggestion};
use crate::domain::MAX_PATH;
use crate::error::{Code, Error, Result};
use crate::facts::Effect;
use crate::scope::Scope;

/// A key with what its values are.
#[derive(Debug, Clone)]
pub(super) struct Grouped {
    /// What is grouped by.
    pub(super) expression: KeyExpression,
    /// The model whose ids the values are.
    pub(super) comodel: Option<String>,
    /// How Odoo can be asked for their names.
    pub(super) asked: Option<AskedName>,
    /// The values are of a many2many field.
    pub(super) is_many: bool,
    /// The values are numbers.
    pub(super) is_number: bool,
}

/// The key of that spelling, with the joins it needs.
pub(super) fn key(
    scope: &Scope<'_>,
    source: &mut Source,
    of: &Subject,
    alias: u32,
    spec: &str,
) -> Result<Grouped> {
    let (path, period) = match spec.split_once(':') {
        Some((path, period)) => (path, Some(period)),
        None => (spec, None),
    };
    check_length(path)?;
    if let Some((step, rest)) = path.split_once('.') {
        let on = field(scope, of, step)?;
        if on.field_type != FieldType::Many2one {
            return Err(Error::new(
                Code::InvalidArguments,
                format!("the group key {spec:?} leads through {step:?}, which is no many2one"),
            )
            .hint("paths of group keys lead through many2one fields"));
        }
        check_rights_known(of, on)?;
        let link = held_column(scope, source, of, alias, on)?;
        let comodel = subject(scope, comodel_name(of, on)?)?;
        check_read(&comodel.model, scope.principal)?;
        // records that the user may not see are in the group of those without one
        let coalias = scope.subquery_alias(&comodel.table)?;
        let predicate = ruled(scope, &comodel, coalias)?;
        source.joins.push(Join {
            link,
            table: comodel.table.clone(),
            alias: coalias,
            column: "id".into(),
            predicate,
        });
        let rest = match period {
            Some(period) => format!("{rest}:{period}"),
            None => rest.to_owned(),
        };
        return key(scope, source, &comodel, coalias, &rest);
    }
    let on = field(scope, of, path)?;
    let is_temporal = matches!(on.field_type, FieldType::Date | FieldType::Datetime);
    if is_temporal {
        let granularity = granularity(on, spec, period)?;
        let date = held_column(scope, source, of, alias, on)?;
        return Ok(Grouped {
            expression: match granularity {
                Granularity::Period(period) => KeyExpression::Bucket(Bucket {
                    date,
                    is_datetime: on.field_type == FieldType::Datetime,
                    period,
                    timezone: scope.tz.name().to_owned(),
                    week_start: scope.week_start(),
                }),
                Granularity::Part(part) => {
                    check_date_part(scope.dialect, of, on)?;
                    KeyExpression::Column(part_of(scope, on, date, part))
                }
            },
            comodel: None,
            asked: None,
            is_many: false,
            is_number: false,
        });
    }
    if period.is_some() {
        return Err(Error::new(
            Code::InvalidArguments,
            format!("the group key {spec:?} has a period, but {path:?} is no date"),
        )
        .hint(format!("write {path}")));
    }
    if on.field_type == FieldType::Many2many {
        return many2many(scope, source, of, alias, on);
    }
    if path == "id" {
        return Ok(Grouped {
            expression: KeyExpression::Column(Column::plain(alias, "id")),
            comodel: Some(of.model.name.clone()),
            asked: None,
            is_many: false,
            is_number: false,
        });
    }
    let refuse = |code: Code| {
        Error::new(
            code,
            format!(
                "{:?} of {} cannot be grouped by: it is a {:?} field",
                on.name, of.model.name, on.field_type
            ),
        )
        .hint(
            "group by many2one, many2many, selection, char, boolean, number or date:period fields",
        )
    };
    match on.field_type {
        FieldType::One2many => return Err(refuse(Code::InvalidArguments)),
        FieldType::Many2one
        | FieldType::Boolean
        | FieldType::Char
        | FieldType::Text
        | FieldType::Html
        | FieldType::Selection
        | FieldType::Integer
        | FieldType::Float
        | FieldType::Monetary => {}
        _ => return Err(refuse(Code::NotSupported)),
    }
    let column = held_column(scope, source, of, alias, on)?;
    // a field that is read where it is grouped by: whether a parent's records may be read was not asked
    let is_read = column.alias == alias
        && of.facts.overridden(Effect::Values).is_none()
        && check_use(of, on, &[Effect::Values]).is_ok();
    let asked = match on.field_type {
        FieldType::Many2one if is_read => AskedName::of(scope, of, on, &column),
        _ => None,
    };
    Ok(Grouped {
        expression: if on.field_type == FieldType::Boolean {
            KeyExpression::Boolean(column)
        } else {
            KeyExpression::Column(column)
        },
        comodel: match on.field_type {
            FieldType::Many2one => Some(comodel_name(of, on)?.to_owned()),
            _ => None,
        },
        asked,
        is_many: false,
        is_number: matches!(
            on.field_type,
            FieldType::Integer | FieldType::Float | FieldType::Monetary
        ),
    })
}

/// A number of the date in that column.
pub(super) fn part_of(scope: &Scope<'_>, on: &Field, date: Column, part: DatePart) -> Column {
    let has_time = on.field_type == FieldType::Datetime;
    Column {
        form: Form::Part {
            part,
            timezone: has_time.then(|| scope.tz.name().to_owned()),
            of: Box::new(date.form),
        },
        ..date
    }
}

/// What a date key groups by.
pub(crate) fn granularity(on: &Field, spec: &str, written: Option<&str>) -> Result<Granularity> {
    let Some(written) = written else {
        return Err(Error::new(
            Code::InvalidArguments,
            format!("the group key {spec:?} is a date without a period"),
        )
        .hint(format!("write {spec}:month, or another of {}", listed())));
    };
    let granularity = named_granularity(spec, written)?;
    if granularity == Granularity::Period(Period::Hour) && on.field_type == FieldType::Date {
        return Err(Error::new(
            Code::InvalidArguments,
            format!("{:?} is a date without a time, so it has no hours", on.name),
        )
        .hint("use the period day or longer"));
    }
    Ok(granularity)
}

/// The period or the number of dates that is written so.
pub(crate) fn named_granularity(spec: &str, written: &str) -> Result<Granularity> {
    if let Some(part) = DatePart::named(written) {
        return Ok(Granularity::Part(part));
    }
    let names = || Period::NAMES.iter().map(|(name, _)| *name);
    if let Some((_, period)) = Period::NAMES.iter().find(|(name, _)| *name == written) {
        return Ok(Granularity::Period(*period));
    }
    let (shown, spec) = (shortened(written), shortened(spec));
    let hint = suggestion(&shown, names().chain(DatePart::names()));
    Err(Error::new(
        Code::InvalidArguments,
        format!("unknown period {shown:?} in {spec:?}"),
    )
    .hint(hint.unwrap_or_else(|| format!("periods: {}", listed()))))
}

/// Periods and numbers of dates, for hints.
fn listed() -> String {
    let periods: Vec<&str> = Period::NAMES.iter().map(|(name, _)| *name).collect();
    let parts: Vec<&str> = DatePart::names().collect();
    format!("{}; as numbers {}", periods.join(", "), parts.join(", "))
}

/// The records of a many2many field that the user sees; a record is in the group of each of its own.
fn many2many(
    scope: &Scope<'_>,
    source: &mut Source,
    of: &Subject,
    alias: u32,
    on: &Field,
) -> Result<Grouped> {
    check_field(of, &on.name, scope.principal)?;
    check_use(of, on, &[Effect::Groups])?;
    let asker = match bypasses(of, on) {
        true => Asker::Bypassing,
        false => Asker::User,
    };
    let to_many = ToMany::new(scope, of, on, asker)?;
    let Way::Link(link) = &to_many.way else {
        return Err(Error::new(
            Code::Internal,
            "a many2many field without a table",
        ));
    };
    let comodel = &to_many.comodel;
    let coalias = scope.subquery_alias(&link.table)?;
    let inner = scope.subquery_alias(&comodel.table)?;
    let resolver = Resolver {
        scope,
        rights: Rights::User,
        active_test: to_many.active_test.unwrap_or(scope.active_test),
    };
    let domain = &to_many.domain;
    let predicate = if asker == Asker::Bypassing {
        resolver.found(comodel, inner, domain)?
    } else {
        resolver.search(comodel, inner, domain)?
    };
    let target = Column::plain(coalias, link.column_to_comodel.clone());
    let predicate = match predicate {
        Predicate::Const(true) => Predicate::Const(true),
        predicate => Predicate::Within {
            column: target.clone(),
            negated: false,
            or_null: false,
            subquery: Subquery {
                table: comodel.table.clone(),
                alias: inner,
                predicate: Box::new(predicate),
            },
        },
    };
    source.joins.push(Join {
        link: Column::plain(alias, "id"),
        table: link.table.clone(),
        alias: coalias,
        column: link.column.clone(),
        predicate,
    });
    scope.warn(
        "overlapping_groups",
        format!("a record with several {} counts in the group of each, so the groups add up to more than there is", on.name),
    );
    Ok(Grouped {
        expression: KeyExpression::Column(target),
        comodel: Some(comodel.model.name.clone()),
        asked: None,
        is_many: true,
        is_number: false,
    })
}

/// The comodel, where the key is a many2one of the model's own.
pub(super) fn is_record_field<'a>(of: &'a Subject, key: &str) -> Option<&'a str> {
    let on = of.model.fields.get(key)?;
    (on.field_type == FieldType::Many2one)
        .then_some(on.relation.as_deref())
        .flatten()
}

/// A path is followed step by step, and each step is a join: it must be short before either begins.
fn check_length(path: &str) -> Result<()> {
    if path.matches('.').count() <= MAX_PATH {
        return Ok(());
    }
    Err(Error::new(
        Code::InvalidArguments,
        format!("the path of a group key takes at most {MAX_PATH} steps"),
    ))
}

/// Whether a record is in several groups of the key: it ends in a many2many field.
pub(super) fn counts_several_times(scope: &Scope<'_>, of: &Subject, spec: &str) -> Result<bool> {
    let path = spec.split(':').next().unwrap_or_default();
    check_length(path)?;
    let Some((step, rest)) = path.split_once('.') else {
        return Ok(field(scope, of, path)?.field_type == FieldType::Many2many);
    };
    let on = field(scope, of, step)?;
    if on.field_type != FieldType::Many2one {
        return Ok(false);
    }
    let comodel = subject(scope, comodel_name(of, on)?)?;
    counts_several_times(scope, &comodel, rest)
}
