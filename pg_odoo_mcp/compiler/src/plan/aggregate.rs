//! Measures: `field:aggregate`, or `__count`.

use super::Column;
use super::column::{field, user_column};
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
];

impl Aggregate {
    /// Whether a group without records has the figure 0. An average or an extreme of nothing is
    /// no number.
    pub fn is_zero_when_empty(&self) -> bool {
        !matches!(
            self,
            Aggregate::Average(_) | Aggregate::Minimum(_) | Aggregate::Maximum(_)
        )
    }
}

/// The measure of that spelling.
pub(super) fn measure(scope: &Scope<'_>, of: &Subject, alias: u32, key: &str) -> Result<Measure> {
    if key == "__count" {
        return Ok(Measure {
            key: key.into(),
            aggregate: Aggregate::Records,
            currency_field: None,
        });
    }
    let (name, function) = match key.split_once(':') {
        Some((name, function)) => (name, function),
        None => {
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
    let column = user_column(scope, of, alias, on)?;
    let aggregate = aggregate(column);
    let is_counting = matches!(aggregate, Aggregate::Count(_) | Aggregate::CountDistinct(_));
    if !is_counting && !is_number(on) {
        return Err(Error::new(
            Code::InvalidArguments,
            format!("{key:?}: {name:?} is no number"),
        )
        .hint(format!(
            "use {name}:count, {name}:count_distinct or __count"
        )));
    }
    let is_money = on.field_type == FieldType::Monetary && !is_counting;
    let currency_field = if is_money {
        Some(currency_field(of, on)?)
    } else {
        None
    };
    Ok(Measure {
        key: key.into(),
        aggregate,
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
