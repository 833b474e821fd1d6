//! Text search by display name.

use super::column::{check_use, field};
use super::condition::{Rights, visible};
use super::order::order;
use super::read::refuse_read_values;
use super::{Cell, Column, Display, Output, ReadPlan, Source, display};
use crate::access::{Subject, check_field};
use crate::catalog::FieldType;
use crate::domain::{Domain, Operator};
use crate::error::{Code, Error, Result};
use crate::facts::Effect;
use crate::scope::Scope;
use crate::value::Value;

/// Plans Odoo's `name_search`: the records that a text finds by their names, as `[id, "name"]`.
pub fn name_search(
    scope: &Scope<'_>,
    of: &Subject,
    operator: Operator,
    name: &str,
    domain: &Domain,
    limit: u64,
) -> Result<ReadPlan> {
    let name = Value::Text(name.to_owned());
    // where Python searches, it may find what the domain leaves out
    by_name(of, operator, &name)?;
    refuse_read_values(of)?;
    let mut source = Source::new(scope, &of.table);
    let alias = source.alias;
    let named = Domain::condition("display_name", operator, name);
    let predicate = visible(scope, of, alias, &Domain::all(vec![named, domain.clone()]))?;
    let on = field(scope, of, "display_name")?;
    check_use(of, on, &[Effect::Values])?;
    check_field(of, "display_name", scope.principal)?;
    // unlike in a search, what a name is made of is read without the user's rights
    let name = match display(
        scope,
        &mut source,
        &of.model.name,
        alias,
        None,
        Rights::Superuser,
    )? {
        Display::Open => return Err(unnamed(of)),
        name => name,
    };
    let id = Column::plain(alias, "id");
    let order = order(scope, &mut source, of, None)?;
    Ok(ReadPlan {
        source,
        predicate,
        outputs: vec![Output {
            // the row is called record
            key: "named".into(),
            cell: Cell::Record { id, name },
        }],
        order,
        limit,
        offset: 0,
        skipped: Vec::new(),
    })
}

/// The error of a model whose names are asked for and made in Python.
pub(super) fn unnamed(of: &Subject) -> Error {
    Error::of_field(&of.model.name, "display_name", "Odoo's Python makes it")
        .hint("read a stored field such as name")
}

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
