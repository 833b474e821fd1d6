use super::frame::Frame;
use super::read_group::figure;
use crate::domain::{Condition, Domain, Operand, Operator};
use crate::error::Result;
use crate::plan;
use crate::value::Value;

/// A filter of groups as Odoo takes it: comparisons of measures, with one value each, and no constants
/// among them.
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

/// A comparison of a measure with one value; `in` is as many, for Odoo makes wrong SQL of a list behind it.
fn compared(frame: &Frame<'_>, condition: &Condition) -> Result<Domain> {
    let measure = condition.field_path.as_str();
    plan::compared(condition, figure(frame, measure)?)?;
    let Operand::Value(value) = &condition.operand else {
        return Ok(Domain::Condition(condition.clone()));
    };
    let one =
        |operator: Operator, value: &Value| Domain::condition(measure, operator, value.clone());
    let values = match value {
        Value::List(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    let each = |operator| values.iter().map(|value| one(operator, value)).collect();
    Ok(match condition.operator {
        Operator::In => Domain::any(each(Operator::Equal)),
        Operator::NotIn => Domain::all(each(Operator::NotEqual)),
        operator => one(operator, value),
    })
}
