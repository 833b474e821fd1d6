//! `child_of` and `parent_of`.

use crate::access::Subject;
use crate::catalog::{Field, FieldType};
use crate::domain::{Domain, Operator};
use crate::error::{Code, Error, Result};
use crate::scope::Scope;
use crate::value::Value;
use std::collections::BTreeSet;

/// The plain condition a hierarchy operator comes to. Only the ancestors of the user's own
/// companies are known here, which is what record rules ask for.
pub(super) fn condition(
    scope: &Scope<'_>,
    of: &Subject,
    field: &Field,
    operator: Operator,
    value: &Value,
) -> Result<Domain> {
    if *value == Value::FALSE {
        return Ok(Domain::Const(false));
    }
    let refuse = || {
        Error::new(
            Code::NotSupported,
            format!(
                "{} on {:?} of {} is not answered yet",
                operator.name(),
                field.name,
                of.model.name
            ),
        )
        .hint("compare ids with in")
    };
    let is_company =
        field.field_type == FieldType::Many2one && field.relation.as_deref() == Some("res.company");
    if !is_company || operator != Operator::ParentOf || of.model.name == "res.company" {
        return Err(refuse());
    }
    let ids = match value {
        Value::List(ids) => ids.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut ancestors = BTreeSet::new();
    for id in ids {
        let Value::Int(id) = id else {
            return Err(refuse());
        };
        let company = scope
            .principal
            .companies
            .iter()
            .find(|c| c.id == *id)
            .ok_or_else(refuse)?;
        for label in company
            .parent_path
            .split('/')
            .filter(|label| !label.is_empty())
        {
            ancestors.insert(label.parse::<i64>().map_err(|_| refuse())?);
        }
    }
    if ancestors.is_empty() {
        return Ok(Domain::Const(false));
    }
    Ok(Domain::condition(
        field.name.clone(),
        Operator::In,
        Value::List(ancestors.into_iter().map(Value::Int).collect()),
    ))
}
