//! Values against columns: conversion by field type, and what NULL means there.

use super::moment::{self, iso, not_a_date, relative_to_now};
use super::relative_date::Relative;
use super::{Column, Inequality, Predicate};
use crate::access::Subject;
use crate::catalog::{Field, FieldType};
use crate::error::{Code, Error, Result};
use crate::facts::Digits;
use crate::scope::Scope;
use crate::sql::{Param, PgType};
use crate::value::Value;
use chrono::NaiveDate;

/// The value that a type takes NULL for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Falsy {
    /// The empty text.
    Text,
    /// Zero.
    Zero,
    /// False.
    False,
}

impl Falsy {
    /// Odoo's `falsy_value` of the field; dates, selections and relations have none, nor has `id`.
    pub(super) fn of(field: &Field) -> Option<Falsy> {
        match field.field_type {
            FieldType::Char | FieldType::Text | FieldType::Html => Some(Falsy::Text),
            FieldType::Integer if field.name == "id" => None,
            FieldType::Integer | FieldType::Float | FieldType::Monetary => Some(Falsy::Zero),
            FieldType::Boolean => Some(Falsy::False),
            _ => None,
        }
    }

    /// The value that is as little set as NULL is to this Odoo.
    fn unset(scope: &Scope<'_>, field: &Field) -> Option<Falsy> {
        Falsy::of(field).filter(|_| scope.dialect.falsy_is_unset)
    }
}

/// A value as its column takes it.
#[derive(Debug, Clone, PartialEq)]
enum Literal {
    Int(i64),
    /// Decimal digits as Odoo would send them: `0` and `0.0` are different texts to it.
    Number(String),
    Text(String),
    Date(NaiveDate),
}

/// An error for a value of another kind than the field's: Odoo makes something of most of them, and refuses the rest itself.
pub(super) fn mismatch(of: &Subject, field: &Field, value: &Value, wanted: &str) -> Error {
    unfit(Code::NotSupported, of, field, value, wanted).of_value()
}

/// An error for a text that Odoo's Python can't read as a value of the field's either.
pub(super) fn unreadable(of: &Subject, field: &Field, value: &Value, wanted: &str) -> Error {
    unfit(Code::InvalidDomain, of, field, value, wanted)
}

fn unfit(code: Code, of: &Subject, field: &Field, value: &Value, wanted: &str) -> Error {
    let shown: String = value.to_string().chars().take(100).collect();
    Error::new(
        code,
        format!(
            "{:?} of {} is compared with {shown}, but takes {wanted}",
            field.name, of.model.name
        ),
    )
}

/// `column in values`: with NULL where the values hold "not set" or the type's falsy value.
pub(super) fn is_in(
    scope: &Scope<'_>,
    of: &Subject,
    field: &Field,
    column: Column,
    values: &[Value],
    negated: bool,
) -> Result<Predicate> {
    let mut literals = Vec::new();
    let mut with_null = false;
    for value in values {
        match value {
            Value::Bool(false) => with_null = true,
            other => literals.push(convert(scope, of, field, other)?),
        }
    }
    if let Some(falsy) = Falsy::unset(scope, field) {
        let falsy = match (falsy, field.field_type) {
            (Falsy::Text, _) => Literal::Text(String::new()),
            (Falsy::False, _) => {
                return Err(mismatch(
                    of,
                    field,
                    &Value::List(values.to_vec()),
                    "true or false",
                ));
            }
            (Falsy::Zero, FieldType::Integer) => Literal::Int(0),
            (Falsy::Zero, _) => convert(scope, of, field, &Value::Float(0.0))?,
        };
        if literals.contains(&falsy) {
            with_null = true;
        } else if with_null {
            literals.push(falsy);
        }
    }
    let or_null = negated != with_null && !field.not_null;
    if literals.is_empty() {
        // only "not set" was asked for
        return Ok(if field.not_null {
            Predicate::Const(negated)
        } else {
            Predicate::Null { column, negated }
        });
    }
    let values = array(field, &literals);
    Ok(Predicate::In {
        column,
        values,
        negated,
        or_null,
    })
}

/// `column in values` for booleans: one side is always a test for TRUE.
pub(super) fn boolean_in(column: Column, values: &[Value], negated: bool) -> Result<Predicate> {
    let truth = |value: &Value| match value {
        Value::Text(text) => matches!(
            text.to_lowercase().as_str(),
            "y" | "yes" | "1" | "true" | "t" | "on"
        ),
        other => other.is_truthy(),
    };
    let (has_true, has_false) = (values.iter().any(truth), values.iter().any(|v| !truth(v)));
    Ok(match (has_true, has_false) {
        (true, true) => Predicate::Const(!negated),
        (true, false) => Predicate::True { column, negated },
        _ => Predicate::True {
            column,
            negated: !negated,
        },
    })
}

/// An inequality. For types with a falsy value, NULL is compared as that value.
pub(super) fn compare(
    scope: &Scope<'_>,
    of: &Subject,
    field: &Field,
    column: Column,
    inequality: Inequality,
    value: &Value,
) -> Result<Predicate> {
    if matches!(value, Value::List(_)) {
        return Err(mismatch(of, field, value, "one value with an inequality"));
    }
    let is_temporal = matches!(field.field_type, FieldType::Date | FieldType::Datetime);
    if is_temporal && *value == Value::FALSE {
        return Ok(Predicate::Const(false));
    }
    if field.field_type == FieldType::Datetime {
        return moment::compare_datetime(scope, of, field, column, inequality, value);
    }
    let is_number = matches!(field.field_type, FieldType::Float | FieldType::Monetary);
    let value = match (value, Falsy::of(field)) {
        (Value::Bool(false), Some(Falsy::Text)) => &Value::Text(String::new()),
        (Value::Bool(false), Some(Falsy::Zero)) => &Value::Float(0.0),
        (Value::Text(text), _) if is_number && scope.dialect.rewrites => {
            &written_number(text).map_or_else(|| value.clone(), Value::Float)
        }
        (other, _) => other,
    };
    // a text that is compared with HTML is made HTML before
    if matches!(field.field_type, FieldType::Boolean | FieldType::Html) {
        return Err(mismatch(of, field, value, "= or !="));
    }
    // zero is Odoo's False here, which nothing is above or below
    if field.field_type == FieldType::Many2one && *value == Value::Int(0) {
        return Err(mismatch(of, field, value, "an id with an inequality"));
    }
    if field.field_type == FieldType::Many2one && matches!(value, Value::Text(_))
        || *value == Value::FALSE
    {
        return Err(mismatch(of, field, value, "an id with an inequality"));
    }
    let literal = convert(scope, of, field, value)?;
    let (falsy_below, falsy_equal) = match &literal {
        Literal::Text(text) => (!text.is_empty(), text.is_empty()),
        Literal::Int(i) => (0 < *i, *i == 0),
        Literal::Number(n) => {
            let n: f64 = n.parse().unwrap_or(f64::NAN);
            (0.0 < n, n == 0.0)
        }
        Literal::Date(_) => (false, false),
    };
    let accepts_falsy = match inequality {
        Inequality::Less => falsy_below,
        Inequality::LessOrEqual => falsy_below || falsy_equal,
        Inequality::Greater => !falsy_below && !falsy_equal,
        Inequality::GreaterOrEqual => !falsy_below,
    };
    let counts_falsy = match Falsy::unset(scope, field) {
        Some(Falsy::Text) => scope.dialect.rewrites,
        falsy => falsy.is_some(),
    };
    let or_null = counts_falsy && !field.not_null && accepts_falsy;
    Ok(Predicate::Compare {
        column,
        inequality,
        value: scalar(field, &literal),
        or_null,
    })
}

fn convert(scope: &Scope<'_>, of: &Subject, field: &Field, value: &Value) -> Result<Literal> {
    Ok(match (field.field_type, value) {
        (FieldType::Integer | FieldType::Many2one, Value::Int(i)) => Literal::Int(*i),
        (FieldType::Integer, Value::Bool(true)) => Literal::Int(1),
        (FieldType::Integer, Value::Float(x))
            if x.is_finite() && x.abs() < 9e15 && (field.name != "id" || x.fract() == 0.0) =>
        {
            Literal::Int(x.trunc() as i64)
        }
        (FieldType::Integer, Value::Text(text)) if field.name != "id" => {
            match text.trim().parse() {
                Ok(i) => Literal::Int(i),
                Err(_) if is_word(text) => {
                    return Err(unreadable(of, field, value, "a whole number"));
                }
                Err(_) => return Err(mismatch(of, field, value, "a whole number")),
            }
        }
        (FieldType::Integer | FieldType::Many2one, _) => {
            return Err(mismatch(of, field, value, "a whole number"));
        }
        // monetary values are not rounded; their text decides whether Odoo takes them for "not set", if it rewrites domains
        (FieldType::Monetary, Value::Int(i)) if !scope.dialect.rewrites => {
            return convert(scope, of, field, &Value::Float(*i as f64));
        }
        (FieldType::Monetary, Value::Int(i)) => Literal::Number(i.to_string()),
        (FieldType::Monetary, Value::Float(x)) if plain(*x) => Literal::Number(format!("{x:?}")),
        (FieldType::Float, Value::Int(_) | Value::Float(_)) => float(scope, of, field, value)?,
        (FieldType::Monetary | FieldType::Float, Value::Text(text)) if is_word(text) => {
            return Err(unreadable(of, field, value, "a number"));
        }
        (FieldType::Monetary | FieldType::Float, _) => {
            return Err(mismatch(of, field, value, "a number"));
        }
        (
            FieldType::Char | FieldType::Text | FieldType::Html | FieldType::Selection,
            Value::Text(text),
        ) => Literal::Text(text.clone()),
        (FieldType::Char, Value::Int(i)) => Literal::Text(i.to_string()),
        (FieldType::Char | FieldType::Text | FieldType::Html | FieldType::Selection, _) => {
            return Err(mismatch(of, field, value, "a text"));
        }
        (FieldType::Date, Value::Text(text)) => match iso(text) {
            Some((at, _)) => Literal::Date(at.date()),
            None => match relative_to_now(scope, text)? {
                Some(Relative::Day(day)) => Literal::Date(day),
                // the day in UTC, as in Odoo
                Some(Relative::Moment(at)) => Literal::Date(at.date()),
                None => return Err(not_a_date(scope, of, field, text)),
            },
        },
        (FieldType::Date, _) => {
            return Err(mismatch(of, field, value, "a date such as \"2026-01-31\""));
        }
        (other, _) => {
            return Err(Error::new(
                Code::NotSupported,
                format!(
                    "conditions on the {other:?} field {:?} are not answered in SQL",
                    field.name
                ),
            ));
        }
    })
}

/// Whether the text begins like a word, and is none of those that Python takes for a number.
fn is_word(text: &str) -> bool {
    let first = text.chars().next();
    first.is_some_and(|c| c.is_ascii_alphabetic() && !"iInN".contains(c))
}

/// Whether Python and Rust print the float alike.
fn plain(x: f64) -> bool {
    x.is_finite() && (x == 0.0 || (1e-4..1e15).contains(&x.abs()))
}

/// The number that a text plainly is: Python's `float`, which Odoo calls before an inequality, takes more.
fn written_number(text: &str) -> Option<f64> {
    let digits =
        |part: &str| (1..=15).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let is_plain = digits(whole) && digits(fraction);
    text.parse().ok().filter(|_| is_plain)
}

/// A float, rounded as Odoo rounds it before it compares.
fn float(scope: &Scope<'_>, of: &Subject, field: &Field, value: &Value) -> Result<Literal> {
    let x = match value {
        Value::Int(i) => *i as f64,
        Value::Float(x) => *x,
        _ => return Err(mismatch(of, field, value, "a number")),
    };
    if !plain(x) {
        return Err(mismatch(of, field, value, "a number of ordinary size"));
    }
    let places = match of
        .facts
        .fields
        .get(&field.name)
        .and_then(|f| f.digits.as_ref())
    {
        None | Some(Digits::Unrounded(_)) => return Ok(Literal::Number(format!("{x:?}"))),
        Some(Digits::Places(places)) => *places,
        // Odoo's own default where the precision does not exist
        Some(Digits::Named(name)) => scope.catalog.decimal_precision(name)?.unwrap_or(2),
    };
    let rounded = format!("{:.*}", usize::from(places), x);
    if rounded.parse::<f64>() != Ok(x) {
        // half-way cases round differently in Odoo
        return Err(Error::new(
            Code::NotSupported,
            format!("{:?} has {places} decimal places, {x} has more", field.name),
        )
        .hint("round the value"));
    }
    Ok(Literal::Number(rounded))
}

impl Literal {
    fn text(&self) -> String {
        match self {
            Literal::Int(i) => i.to_string(),
            Literal::Number(n) => n.clone(),
            Literal::Text(t) => t.clone(),
            Literal::Date(d) => d.format("%Y-%m-%d").to_string(),
        }
    }
}

fn scalar(field: &Field, literal: &Literal) -> Param {
    let pg_type = match literal {
        Literal::Int(_) => PgType::Int8,
        Literal::Number(_) if field.column.as_deref() == Some("float8") => PgType::Float8,
        Literal::Number(_) => PgType::Numeric,
        Literal::Text(_) => PgType::Text,
        Literal::Date(_) => PgType::Date,
    };
    Param {
        pg_type,
        text: Some(literal.text()),
    }
}

fn array(field: &Field, literals: &[Literal]) -> Param {
    let element = literals
        .first()
        .map_or(PgType::Text, |l| scalar(field, l).pg_type);
    Param::array(element, literals.iter().map(Literal::text))
}
