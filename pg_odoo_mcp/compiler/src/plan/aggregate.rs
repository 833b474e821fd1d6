//! Measures: `field:aggregate`, or `__count`.

use super::column::field;
use super::currency::{Currency, currency_of, rates};
use super::inherited::held_column;
use super::noted::note_converted;
use super::{Column, Source};
use crate::access::Subject;
use crate::catalog::{Field, FieldType, shortened, suggestion};
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
    Array {
        column: Column,
        /// The records' ids, by which the values are sorted; nothing for distinct values in their own order.
        by: Option<Column>,
    },
    /// A sum of money, each amount divided by its currency's rate.
    Converted {
        amount: Column,
        currency: Currency,
        /// Rates by `res_currency.id`; one that is not there has 1.
        rates: Vec<(i64, String)>,
    },
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
    /// A text.
    Text,
    /// A list of values.
    Array {
        /// They are moments in UTC.
        of_moments: bool,
    },
}

/// A function's name, and what it makes of a column.
type Function = (&'static str, Making);

#[derive(Clone, Copy)]
enum Making {
    /// An aggregate of the column alone.
    Plain(fn(Column) -> Aggregate),
    /// The values in the order of the records.
    Array,
    /// The values, each once.
    DistinctArray,
    /// A sum over currencies.
    Converted,
}

const FUNCTIONS: &[Function] = &[
    ("sum", Making::Plain(Aggregate::Sum)),
    ("avg", Making::Plain(Aggregate::Average)),
    ("min", Making::Plain(Aggregate::Minimum)),
    ("max", Making::Plain(Aggregate::Maximum)),
    ("count", Making::Plain(Aggregate::Count)),
    ("count_distinct", Making::Plain(Aggregate::CountDistinct)),
    ("bool_and", Making::Plain(Aggregate::BoolAnd)),
    ("bool_or", Making::Plain(Aggregate::BoolOr)),
    ("array_agg", Making::Array),
    ("array_agg_distinct", Making::DistinctArray),
    ("sum_currency", Making::Converted),
];

/// What Odoo calls `array_agg` too, and answers under that name.
const ARRAY_TOO: &str = ":recordset";

/// Whether the measure of that spelling is a list of values.
pub(super) fn is_list(key: &str) -> bool {
    let function = key.split_once(':').map(|(_, function)| function);
    function.is_some_and(|function| {
        FUNCTIONS.iter().any(|(name, making)| {
            *name == function && !matches!(making, Making::Plain(_) | Making::Converted)
        })
    })
}

/// The measures as Odoo answers them, each once.
pub(crate) fn as_answered(keys: Vec<String>) -> Vec<String> {
    let mut answered: Vec<String> = Vec::new();
    let mut renamed: Vec<String> = Vec::new();
    for key in keys {
        let other = key.strip_suffix(ARRAY_TOO);
        let other = other.map(|field| format!("{field}:array_agg"));
        renamed.extend(other.clone());
        let key = other.unwrap_or(key);
        if !(renamed.contains(&key) && answered.contains(&key)) {
            answered.push(key);
        }
    }
    answered
}

/// How many measures one call may ask for.
const MAX_MEASURES: usize = 20;

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
                | Aggregate::Converted { .. }
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
    check_measures(keys)?;
    keys.iter()
        .map(|key| measure(scope, source, of, key))
        .collect()
}

/// Whether so many measures may be asked for, each of them once.
pub(crate) fn check_measures(keys: &[String]) -> Result<()> {
    if keys.len() > MAX_MEASURES {
        return Err(Error::new(
            Code::InvalidArguments,
            format!("at most {MAX_MEASURES} measures a call"),
        ));
    }
    let again = (1..keys.len()).find(|at| keys[..*at].contains(&keys[*at]));
    match again {
        Some(at) => Err(Error::new(
            Code::InvalidArguments,
            format!("the measure {:?} is named twice", keys[at]),
        )),
        None => Ok(()),
    }
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
    let spelled = Spelled::new(key, |name| field(scope, of, name))?;
    let on = spelled.on;
    let (function, making) = *spelled.function;
    let is_latest = matches!(making, Making::DistinctArray | Making::Converted);
    if is_latest && !scope.dialect.rewrites {
        return Err(Error::new(
            Code::NotSupported,
            format!("this Odoo has no aggregate {function}"),
        ));
    }
    let alias = source.alias;
    let column = held_column(scope, source, of, alias, on)?;
    let figure = spelled.figure()?;
    let aggregate = match making {
        Making::Plain(of_column) => of_column(column),
        Making::Array | Making::DistinctArray
            if matches!(on.field_type, FieldType::Text | FieldType::Html) =>
        {
            // the server's memory would hold them all
            return Err(Error::new(
                Code::NotSupported,
                format!(
                    "lists of long texts such as {:?} are not answered in SQL",
                    on.name
                ),
            )
            .hint("odoo_search shows the texts"));
        }
        Making::Array => Aggregate::Array {
            column,
            by: Some(Column::plain(alias, "id")),
        },
        Making::DistinctArray => Aggregate::Array { column, by: None },
        Making::Converted => {
            let currency = currency_of(scope, source, of, &currency_field(of, on)?)?;
            let rates = rates(scope)?;
            note_converted(scope, key, Some(&rates))?;
            Aggregate::Converted {
                amount: column,
                currency,
                rates,
            }
        }
    };
    let is_of_money = matches!(
        aggregate,
        Aggregate::Sum(_) | Aggregate::Average(_) | Aggregate::Minimum(_) | Aggregate::Maximum(_)
    );
    let currency_field = match on.field_type {
        _ if !is_of_money => None,
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

/// A measure as it is written: `field:function`.
pub(crate) struct Spelled<'a> {
    key: &'a str,
    on: &'a Field,
    function: &'static Function,
}

impl<'a> Spelled<'a> {
    /// The field that is measured.
    pub(crate) fn on(&self) -> &'a Field {
        self.on
    }

    /// Of that key; `field` finds the model's own fields.
    pub(crate) fn new(
        key: &'a str,
        field: impl Fn(&str) -> Result<&'a Field>,
    ) -> Result<Spelled<'a>> {
        let shown = shortened(key);
        let invalid = |what: String| Error::new(Code::InvalidArguments, what);
        let known = || FUNCTIONS.iter().map(|(name, _)| *name);
        let (name, function) = match key.split_once(':') {
            Some((name, function)) => (name, Some(function)),
            None => (key, None),
        };
        if let (None, Some((function, inner))) = (function, key.split_once('(')) {
            let inner = shortened(inner.trim_end_matches(')'));
            let function = shortened(&function.to_lowercase());
            return Err(invalid(format!("the measure {shown:?} is not understood"))
                .hint(format!("write {inner}:{function}")));
        }
        if name.contains('.') {
            return Err(
                invalid(format!("the measure {shown:?} leads through a path"))
                    .hint("measures are of the model's own fields; ask the other model instead"),
            );
        }
        let on = field(name);
        let Some(function) = function else {
            if on.is_err() && known().any(|function| function == key) {
                return Err(
                    invalid(format!("the measure {shown:?} names no field")).hint(format!(
                        "write __count for the number of records, or field:{key}"
                    )),
                );
            }
            let error = invalid(format!("the measure {shown:?} says no aggregate"));
            return Err(error.hint(if is_number(on?) {
                format!("write {key}:sum, or another of {}", listed())
            } else {
                format!("write {key}:count_distinct, or __count for the number of records")
            }));
        };
        let on = on?;
        let Some(function) = FUNCTIONS.iter().find(|(known, _)| *known == function) else {
            let unknown = shortened(function);
            return Err(
                invalid(format!("unknown aggregate {unknown:?} in {shown:?}")).hint(
                    suggestion(function, known())
                        .unwrap_or_else(|| format!("aggregates: {}", listed())),
                ),
            );
        };
        Ok(Spelled { key, on, function })
    }

    /// What kind of figure it is, if the function fits the field.
    pub(crate) fn figure(&self) -> Result<Figure> {
        let on = self.on;
        let unfit = |what: &str| {
            let name = &on.name;
            Err(Error::new(
                Code::InvalidArguments,
                format!("{:?}: {name:?} is no {what}", self.key),
            )
            .hint(format!(
                "use {name}:count, {name}:count_distinct or __count"
            )))
        };
        let is_float = on.column.as_deref() == Some("float8");
        Ok(match (self.function.0, on.field_type) {
            ("count" | "count_distinct", _) => Figure::Number,
            ("bool_and" | "bool_or", FieldType::Boolean) => Figure::Boolean,
            ("bool_and" | "bool_or", _) => return unfit("boolean"),
            ("min" | "max", FieldType::Date) => Figure::Date,
            ("min" | "max", FieldType::Datetime) => Figure::Datetime,
            (
                "min" | "max",
                FieldType::Char | FieldType::Text | FieldType::Html | FieldType::Selection,
            ) => Figure::Text,
            ("min" | "max", FieldType::Many2one) => Figure::Number,
            ("array_agg" | "array_agg_distinct", of) => Figure::Array {
                of_moments: of == FieldType::Datetime,
            },
            ("sum_currency", FieldType::Monetary) => Figure::Number,
            ("sum_currency", _) => return unfit("money with a currency"),
            ("avg", _) if is_number(on) => Figure::Float,
            _ if is_number(on) && is_float => Figure::Float,
            _ if is_number(on) => Figure::Number,
            _ => return unfit("number"),
        })
    }
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
