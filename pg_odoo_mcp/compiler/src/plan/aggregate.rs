//! Measures: `field:aggregate`, or `__count`.

use super::column::field;
use super::inherited::held_column;
use super::{Column, Source};
use crate::access::Subject;
use crate::catalog::{Field, FieldType, suggestion};
use crate::error::{Code, Error, Result};
use crate::scope::Scope;

/// One figure of each group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// As it was asked for, such as `amount_total:sum`.
    pub key: String,
    /// What is computed.
    pub aggregate: Aggregate,
    /// What the figure is.
    pub figure: Figure,
    /// The currency field of a sum of money.
    pub currency_field: Option<String>,
}

/// What a measure computes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are SQL's")]
pub enum Aggregate {
    Records,
    Sum(Column),
    Average(Column),
    Minimum(Column),
    Maximum(Column),
    Count(Column),
    CountDistinct(Column),
    BoolAnd(Column),
    BoolOr(Column),
}

/// What a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// A number.
    Number,
    /// A number of a `float8` column, or an average.
    Float,
    /// True or false.
    Boolean,
    /// A day.
    Date,
    /// A moment in UTC.
    Datetime,
}

/// A function's name, and the aggregate it makes of a column.
type Function = (&'static str, fn(Column) -> Aggregate);

const FUNCTIONS: &[Function] = &[
    ("sum", Aggregate::Sum),
    ("avg", Aggregate::Average),
    ("min", Aggregate::Minimum),
    ("max", Aggregate::Maximum),
    ("count", Aggregate::Count),
    ("count_distinct", Aggregate::CountDistinct),
    ("bool_and", Aggregate::BoolAnd),
    ("bool_or", Aggregate::BoolOr),
];

/// How many measures one call may ask for.
pub(crate) const MAX_MEASURES: usize = 20;

impl Aggregate {
    /// Whether a group without records has the figure 0. An average or an extreme of nothing is
    /// no number.
    pub fn is_zero_when_empty(&self) -> bool {
        matches!(
            self,
            Aggregate::Records
                | Aggregate::Sum(_)
                | Aggregate::Count(_)
                | Aggregate::CountDistinct(_)
        )
    }
}

/// The measures of these spellings; the number of records where there is none.
pub(super) fn measures(
    scope: &Scope<'_>,
    source: &mut Source,
    of: &Subject,
    keys: &[String],
) -> Result<Vec<Measure>> {
    if keys.is_empty() {
        return Ok(vec![records()]);
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
        measures.push(measure(scope, source, of, key)?);
    }
    Ok(measures)
}

fn records() -> Measure {
    Measure {
        key: "__count".into(),
        aggregate: Aggregate::Records,
        figure: Figure::Number,
        currency_field: None,
    }
}

fn measure(scope: &Scope<'_>, source: &mut Source, of: &Subject, key: &str) -> Result<Measure> {
    if key == "__count" {
        return Ok(records());
    }
    let (name, function) = match key.split_once(':') {
        Some((name, function)) => (name, function),
        None => {
            if let Some((function, inner)) = key.split_once('(') {
                let inner = inner.trim_end_matches(')');
                return Err(Error::new(
                    Code::InvalidArguments,
                    format!("the measure {key:?} is not understood"),
                )
                .hint(format!("write {inner}:{}", function.to_lowercase())));
            }
            if FUNCTIONS.iter().any(|(name, _)| *name == key) && !of.model.fields.contains_key(key)
            {
                return Err(Error::new(
                    Code::InvalidArguments,
                    format!("the measure {key:?} names no field"),
                )
                .hint(format!(
                    "write __count for the number of records, or field:{key}"
                )));
            }
            let on = field(scope, of, key)?;
            let error = Error::new(
                Code::InvalidArguments,
                format!("the measure {key:?} says no aggregate"),
            );
            return Err(error.hint(if is_number(on) {
                format!("write {key}:sum, or another of {}", listed())
            } else {
                format!("write {key}:count_distinct, or __count for the number of records")
            }));
        }
    };
    if name.contains('.') {
        return Err(Error::new(
            Code::InvalidArguments,
            format!("the measure {key:?} leads through a path"),
        )
        .hint("measures are of the model's own fields; ask the other model instead"));
    }
    let on = field(scope, of, name)?;
    let known = || FUNCTIONS.iter().map(|(name, _)| *name);
    let Some((_, aggregate)) = FUNCTIONS.iter().find(|(name, _)| *name == function) else {
        let error = Error::new(
            Code::InvalidArguments,
            format!("unknown aggregate {function:?} in {key:?}"),
        );
        return Err(error.hint(
            suggestion(function, known()).unwrap_or_else(|| format!("aggregates: {}", listed())),
        ));
    };
    let alias = source.alias;
    let aggregate = aggregate(held_column(scope, source, of, alias, on)?);
    let unfit = |what: &str, hint: String| {
        Error::new(
            Code::InvalidArguments,
            format!("{key:?}: {name:?} is no {what}"),
        )
        .hint(hint)
    };
    let counting = format!("use {name}:count, {name}:count_distinct or __count");
    let is_float = on.column.as_deref() == Some("float8");
    let figure = match (&aggregate, on.field_type) {
        (Aggregate::Records | Aggregate::Count(_) | Aggregate::CountDistinct(_), _) => {
            Figure::Number
        }
        (Aggregate::BoolAnd(_) | Aggregate::BoolOr(_), FieldType::Boolean) => Figure::Boolean,
        (Aggregate::BoolAnd(_) | Aggregate::BoolOr(_), _) => {
            return Err(unfit("boolean", counting));
        }
        (Aggregate::Minimum(_) | Aggregate::Maximum(_), FieldType::Date) => Figure::Date,
        (Aggregate::Minimum(_) | Aggregate::Maximum(_), FieldType::Datetime) => Figure::Datetime,
        (Aggregate::Average(_), _) if is_number(on) => Figure::Float,
        _ if is_number(on) && is_float => Figure::Float,
        _ if is_number(on) => Figure::Number,
        _ => return Err(unfit("number", counting)),
    };
    let is_counting = matches!(aggregate, Aggregate::Count(_) | Aggregate::CountDistinct(_));
    let currency_field = match on.field_type {
        _ if is_counting => None,
        FieldType::Monetary => Some(currency_field(of, on)?),
        FieldType::Float => price_currency(scope, of, on),
        _ => None,
    };
    Ok(Measure {
        key: key.into(),
        aggregate,
        figure,
        currency_field,
    })
}

/// The functions' names, for hints and for the tool's schema.
pub fn listed() -> String {
    let names: Vec<&str> = FUNCTIONS.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}

fn is_number(field: &Field) -> bool {
    matches!(
        field.field_type,
        FieldType::Integer | FieldType::Float | FieldType::Monetary
    )
}

/// The currency field of a price that Odoo keeps as a plain float.
fn price_currency(scope: &Scope<'_>, of: &Subject, on: &Field) -> Option<String> {
    let name = of.facts.fields.get(&on.name)?.currency.clone()?;
    if of.model.fields.get(&name)?.column.is_some() {
        return Some(name);
    }
    scope.warn(
        "no_currency",
        format!("{:?} is money, but which currency each record is in is not known here: it may be several", on.name),
    );
    None
}

fn currency_field(of: &Subject, on: &Field) -> Result<String> {
    let known = of
        .facts
        .fields
        .get(&on.name)
        .and_then(|f| f.currency.clone())
        .or_else(|| on.currency_field.clone());
    known.ok_or_else(|| {
        Error::new(
            Code::NotSupported,
            format!(
                "the currency of {:?} of {} is not known, so it is not added up",
                on.name, of.model.name
            ),
        )
    })
}
