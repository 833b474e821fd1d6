use super::frame::Frame;
use super::read_group::check_measure;
use crate::catalog::shortened;
use crate::domain::{Condition, Domain, Operand, Operator};
use crate::error::{Code, Error, Result};
use crate::value::Value;

/// A filter of groups as Odoo takes it: comparisons of measures with numbers, one number each, and
/// no constants among them.
pub(super) fn having(frame: &Frame<'_>, domain: &Domain) -> Result<Domain> {
    Ok(match part(frame, domain)? {
        Domain::Const(false) => Domain::condition("__count", Operator::Less, Value::Int(0)),
        other => other,
    })
}

fn part(frame: &Frame<'_>, domain: &Domain) -> Result<Domain> {
    let each = |parts: &[Domain]| -> Result<Vec<Domain>> {
        parts.iter().map(|inner| part(frame, inner)).collect()
    };
    Ok(match domain {
        Domain::Const(value) => Domain::Const(*value),
        Domain::All(parts) => Domain::all(each(parts)?),
        Domain::Any(parts) => Domain::any(each(parts)?),
        Domain::Not(inner) => match part(frame, inner)? {
            Domain::Const(value) => Domain::Const(!value),
            other => Domain::Not(Box::new(other)),
        },
        Domain::Condition(condition) => compared(frame, condition)?,
    })
}

fn compared(frame: &Frame<'_>, condition: &Condition) -> Result<Domain> {
    let invalid = |problem: String| {
        Error::new(Code::InvalidArguments, problem)
            .hint("write having as [[\"amount_total:sum\", \">\", 1000]]; operators: =, !=, <, <=, >, >=, in, not in")
    };
    let (measure, operator) = (condition.field_path.as_str(), condition.operator);
    if !check_measure(frame, measure)? {
        return Err(invalid(format!(
            "having compares numbers, and {measure:?} is none"
        )));
    }
    let Operand::Value(value) = &condition.operand else {
        return Err(invalid("having takes no any".into()));
    };
    let one_number = |operator: Operator, value: &Value| match value {
        Value::Int(_) | Value::Float(_) => Ok(Domain::condition(measure, operator, value.clone())),
        other => Err(invalid(format!(
            "{measure:?} is compared with {}, but takes a number",
            shortened(&other.to_string())
        ))),
    };
    match (operator, value) {
        (Operator::In | Operator::NotIn, value) => {
            let values = match value {
                Value::List(values) => values.as_slice(),
                one => std::slice::from_ref(one),
            };
            let is_in = operator == Operator::In;
            let one = if is_in {
                Operator::Equal
            } else {
                Operator::NotEqual
            };
            let parts = values
                .iter()
                .map(|value| one_number(one, value))
                .collect::<Result<_>>()?;
            Ok(if is_in {
                Domain::any(parts)
            } else {
                Domain::all(parts)
            })
        }
        (Operator::Equal | Operator::NotEqual, value) => one_number(operator, value),
        (other, value) if other.is_inequality() => one_number(operator, value),
        (other, _) => Err(invalid(format!("having takes no {}", other.name()))),
    }
}
