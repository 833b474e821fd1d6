//! Time series: measures by period, for each group, in each currency.

use super::aggregate::measure;
use super::column::{comodel_name, field, user_column};
use super::condition::visible;
use super::read::record;
use super::{Aggregate, Cell, Column, Measure, Predicate, Source};
use crate::access::{Subject, check_field, subject};
use crate::catalog::FieldType;
use crate::domain::{Domain, Operator};
use crate::error::{Code, Error, Result};
use crate::scope::Scope;
use crate::value::Value;

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

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(_, p)| *p == self)
            .map_or("", |(name, _)| name)
    }
}

/// What a time series is asked for.
#[derive(Debug)]
pub struct SeriesRequest<'a> {
    /// The date or datetime field.
    pub date_field: &'a str,
    /// The length of a bucket.
    pub period: Period,
    /// Measures as written.
    pub measures: &'a [String],
    /// One series for each combination of these fields' values.
    pub group_by: &'a [String],
    /// Which records.
    pub domain: Domain,
    /// First day, `YYYY-MM-DD`.
    pub from: Option<&'a str>,
    /// Last day, `YYYY-MM-DD`.
    pub to: Option<&'a str>,
}

/// A key that records are grouped by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupKey {
    /// The field's name.
    pub key: String,
    /// Its value.
    pub cell: Cell,
}

/// Where the currency of the sums is found: `res_currency.name`, the ISO code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Currency {
    /// The code's column.
    pub code: Column,
    /// For records without a company: that company column, and the code that Odoo takes then.
    pub without_company: Option<(Column, String)>,
}

/// A planned time series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesPlan {
    /// The model and what is joined to it.
    pub source: Source,
    /// Which records.
    pub predicate: Predicate,
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
    /// One series for each combination of their values.
    pub groups: Vec<GroupKey>,
    /// Set when some measure is a sum of money.
    pub currency: Option<Currency>,
    /// Never empty.
    pub measures: Vec<Measure>,
}

const MAX_GROUP_KEYS: usize = 3;
const MAX_MEASURES: usize = 20;

/// Plans a time series.
pub fn series(scope: &Scope<'_>, of: &Subject, request: &SeriesRequest<'_>) -> Result<SeriesPlan> {
    let mut source = Source::new(scope, &of.table);
    let alias = source.alias;
    let on = field(scope, of, request.date_field).map_err(|e| e.hint(dates(scope, of)))?;
    let is_datetime = match on.field_type {
        FieldType::Datetime => true,
        FieldType::Date if request.period == Period::Hour => {
            return Err(Error::new(
                Code::InvalidArguments,
                format!("{:?} is a date without a time, so it has no hours", on.name),
            )
            .hint("use the period day or longer"));
        }
        FieldType::Date => false,
        _ => {
            return Err(Error::new(
                Code::InvalidArguments,
                format!("{:?} of {} is no date", on.name, of.model.name),
            )
            .hint(dates(scope, of)));
        }
    };
    let date = user_column(scope, of, alias, on)?;
    let mut parts = vec![request.domain.clone()];
    for (bound, operator) in [
        (request.from, Operator::GreaterOrEqual),
        (request.to, Operator::LessOrEqual),
    ] {
        if let Some(day) = bound {
            parts.push(Domain::condition(
                request.date_field,
                operator,
                Value::Text(day.to_owned()),
            ));
        }
    }
    let predicate = visible(scope, of, alias, &Domain::all(parts))?;
    let measures = measures(scope, of, alias, request.measures)?;
    let currency = currency(scope, &mut source, of, &measures)?;
    let groups = groups(scope, &mut source, of, request.group_by)?;
    Ok(SeriesPlan {
        source,
        predicate,
        date,
        is_datetime,
        period: request.period,
        timezone: scope.tz.name().to_owned(),
        week_start: scope.week_start(),
        groups,
        currency,
        measures,
    })
}

/// The dates a series may be by.
fn dates(scope: &Scope<'_>, of: &Subject) -> String {
    let dates: Vec<&str> = of
        .model
        .fields
        .values()
        .filter(|f| {
            f.column.is_some()
                && check_field(of, &f.name, scope.principal).is_ok()
                && matches!(f.field_type, FieldType::Date | FieldType::Datetime)
        })
        .map(|f| f.name.as_str())
        .collect();
    format!("dates of {}: {}", of.model.name, dates.join(", "))
}

fn measures(scope: &Scope<'_>, of: &Subject, alias: u32, keys: &[String]) -> Result<Vec<Measure>> {
    if keys.is_empty() {
        return Ok(vec![Measure {
            key: "__count".into(),
            aggregate: Aggregate::Records,
            currency_field: None,
        }]);
    }
    if keys.len() > MAX_MEASURES {
        return Err(Error::new(
            Code::InvalidArguments,
            format!("at most {MAX_MEASURES} measures a call"),
        ));
    }
    let mut measures: Vec<Measure> = Vec::new();
    for key in keys {
        if measures.iter().any(|m| m.key == *key) {
            return Err(Error::new(
                Code::InvalidArguments,
                format!("the measure {key:?} is named twice"),
            ));
        }
        measures.push(measure(scope, of, alias, key)?);
    }
    Ok(measures)
}

fn groups(
    scope: &Scope<'_>,
    source: &mut Source,
    of: &Subject,
    names: &[String],
) -> Result<Vec<GroupKey>> {
    if names.len() > MAX_GROUP_KEYS {
        return Err(Error::new(
            Code::InvalidArguments,
            format!("group_by takes at most {MAX_GROUP_KEYS} fields"),
        ));
    }
    let mut groups: Vec<GroupKey> = Vec::new();
    for name in names {
        if groups.iter().any(|g| g.key == *name) {
            return Err(Error::new(
                Code::InvalidArguments,
                format!("group_by names {name:?} twice"),
            ));
        }
        if name.contains(['.', ':']) {
            return Err(Error::new(
                Code::NotSupported,
                format!("grouping by {name:?} is not answered yet"),
            )
            .hint("group by a stored field of the model itself"));
        }
        let on = field(scope, of, name)?;
        let column = user_column(scope, of, source.alias, on)?;
        let cell = match on.field_type {
            FieldType::Many2one => record(scope, source, of, on, column)?,
            FieldType::Boolean => Cell::Boolean(column),
            FieldType::Selection | FieldType::Char => Cell::Text(column),
            _ => {
                return Err(Error::new(
                    Code::NotSupported,
                    format!(
                        "grouping a time series by the {:?} field {name:?} is not answered yet",
                        on.field_type
                    ),
                )
                .hint("group by a many2one, selection, boolean or char field"));
            }
        };
        groups.push(GroupKey {
            key: name.clone(),
            cell,
        });
    }
    Ok(groups)
}

/// The one currency column of all sums of money: figures in several currencies are never added.
fn currency(
    scope: &Scope<'_>,
    source: &mut Source,
    of: &Subject,
    measures: &[Measure],
) -> Result<Option<Currency>> {
    let mut names: Vec<&str> = measures
        .iter()
        .filter_map(|m| m.currency_field.as_deref())
        .collect();
    names.dedup();
    let name = match names.as_slice() {
        [] => return Ok(None),
        [name] => *name,
        several => {
            return Err(Error::new(
                Code::NotSupported,
                format!(
                    "the measures are in different currencies: {}",
                    several.join(", ")
                ),
            )
            .hint("ask for them in separate calls"));
        }
    };
    let unknown = || {
        Error::new(
            Code::NotSupported,
            format!(
                "the currency field {name:?} of {} cannot be read, so the sums are not answered",
                of.model.name
            ),
        )
    };
    let table_of = |model: &str| -> Result<_> {
        scope
            .catalog
            .model(model)?
            .and_then(|m| m.table.clone())
            .ok_or_else(unknown)
    };
    let on = of.model.fields.get(name).ok_or_else(unknown)?;
    if of
        .facts
        .fields
        .get(name)
        .is_some_and(|f| f.company_currency)
    {
        let company = user_column(scope, of, source.alias, field(scope, of, "company_id")?)?;
        let company_alias = source.join(scope, &company, &table_of("res.company")?);
        let currency_alias = source.join(
            scope,
            &Column::plain(company_alias, "currency_id"),
            &table_of("res.currency")?,
        );
        let code = scope
            .companies()
            .next()
            .map(|c| c.currency.clone())
            .ok_or_else(unknown)?;
        return Ok(Some(Currency {
            code: Column::plain(currency_alias, "name"),
            without_company: Some((company, code)),
        }));
    }
    let link = match &on.related {
        Some(path) if on.column.is_none() => {
            // a related field: its many2one steps, read as superuser like Odoo does
            let (first, last) = path
                .split_once('.')
                .filter(|(_, last)| !last.contains('.'))
                .ok_or_else(unknown)?;
            let step = field(scope, of, first)?;
            let column = user_column(scope, of, source.alias, step)?;
            let comodel = subject(scope, comodel_name(of, step)?)?;
            let is_stored = comodel.model.fields.get(last).is_some_and(|f| {
                f.store
                    && f.column.as_deref() == Some("int4")
                    && f.relation.as_deref() == Some("res.currency")
            });
            if !is_stored {
                return Err(unknown());
            }
            Column::plain(source.join(scope, &column, &comodel.table), last)
        }
        _ => user_column(scope, of, source.alias, on).map_err(|_| unknown())?,
    };
    let alias = source.join(scope, &link, &table_of("res.currency")?);
    Ok(Some(Currency {
        code: Column::plain(alias, "name"),
        without_company: None,
    }))
}
