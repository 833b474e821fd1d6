//! Text search by display name.

use crate::access::Subject;
use crate::catalog::FieldType;
use crate::domain::{Domain, Operator};
use crate::error::{Code, Error, Result};
use crate::value::Value;

/// The framework's search by display name.
pub(super) fn by_name(of: &Subject, operator: Operator, value: &Value) -> Result<Domain> {
    let Some(fields) = of.facts.name_search.as_ref().filter(|f| !f.is_empty()) else {
        return Err(Error::new(
            Code::NotSupported,
            format!(
                "text search by the name of {} is not answered in SQL: Odoo does it in Python",
                of.model.name
            ),
        )
        .hint("compare a stored field, or ids"));
    };
    let values = match value {
        Value::List(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    if operator.is_inequality() || values.iter().any(|v| !matches!(v, Value::Text(_))) {
        return Err(Error::new(
            Code::NotSupported,
            format!(
                "display_name {} {value} is not answered in SQL",
                operator.name()
            ),
        ));
    }
    if operator.is_like() && !operator.is_pattern() && !value.is_truthy() {
        return Ok(Domain::Const(!operator.is_negative()));
    }
    let operator = match operator {
        Operator::Equal => Operator::In,
        Operator::NotEqual => Operator::NotIn,
        other => other,
    };
    let value = if operator.is_like() {
        value.clone()
    } else {
        Value::List(values.to_vec())
    };
    let parts = fields
        .iter()
        .map(|path| {
            let ends_in_record = of
                .model
                .fields
                .get(path)
                .is_some_and(|f| f.field_type == FieldType::Many2one);
            let path = if ends_in_record {
                format!("{path}.display_name")
            } else {
                path.clone()
            };
            Domain::condition(path, operator, value.clone())
        })
        .collect();
    Ok(if operator.is_negative() {
        Domain::all(parts)
    } else {
        Domain::any(parts)
    })
}
