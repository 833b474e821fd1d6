//! Text search by display name.

use super::column::{check_use, field};
use super::condition::{Rights, named as visible_by_name};
use super::dialect::check_asked;
use super::order::order;
use super::read::refuse_read_values;
use super::{Cell, Column, Display, Output, ReadPlan, Source, display};
use crate::access::{Subject, check_field};
use crate::catalog::FieldType;
use crate::domain::{Domain, Operator};
use crate::error::{Code, Error, Result};
use crate::facts::{Effect, TextSearch};
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
    if of.facts.name_search.is_none() {
        return Err(searched_by_python(of));
    }
    by_name(of, operator, &name)?;
    refuse_read_values(of)?;
    let mut source = Source::new(scope, &of.table);
    let alias = source.alias;
    let named = Domain::condition("display_name", operator, name);
    check_asked(scope, of, domain)?;
    let asked = Domain::all(vec![named, domain.clone()]);
    let predicate = visible_by_name(scope, of, alias, &asked)?;
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
    if let (None, Some(by)) = (&of.facts.name_search, &of.facts.text_search) {
        return by_text(of, by, operator, value);
    }
    // where the name is among what it is found by, it is a column of that model's own, as contacts have it in Odoo 16
    let known = of.facts.name_search.as_ref();
    let Some(fields) = known.filter(|f| !f.is_empty() && !f.iter().any(|f| f == "display_name"))
    else {
        return Err(searched_by_python(of));
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

fn searched_by_python(of: &Subject) -> Error {
    Error::new(
        Code::NotSupported,
        format!(
            "text search by the name of {} is not answered in SQL: Odoo does it in Python",
            of.model.name
        ),
    )
    .hint("compare a stored field, or ids")
}

/// A search that somebody has read.
fn by_text(of: &Subject, by: &TextSearch, operator: Operator, value: &Value) -> Result<Domain> {
    let operator = match operator {
        Operator::Equal => Operator::In,
        Operator::NotEqual => Operator::NotIn,
        other => other,
    };
    let texts: Vec<Value> = match value {
        Value::List(values) => values.clone(),
        one => vec![one.clone()],
    };
    let is_bracketed = |text: &Value| match (text, by.brackets) {
        (Value::Text(text), Some((open, close))) => text.contains(open) && text.contains(close),
        _ => false,
    };
    let is_understood = (operator.is_like() || matches!(operator, Operator::In | Operator::NotIn))
        && !texts.is_empty()
        && (!operator.is_like() || texts.len() == 1)
        && texts
            .iter()
            .all(|text| matches!(text, Value::Text(text) if !text.is_empty()))
        && !texts.iter().any(is_bracketed);
    if !is_understood {
        return Err(searched_by_python(of));
    }
    let compared = match operator.is_like() {
        true => texts[0].clone(),
        false => Value::List(texts.clone()),
    };
    let mut parts: Vec<Domain> = by
        .texts
        .iter()
        .map(|path| Domain::condition(path.clone(), operator, compared.clone()))
        .collect();
    if operator.is_negative() {
        return Ok(Domain::all(parts));
    }
    parts.extend(
        by.exact
            .iter()
            .map(|path| Domain::condition(path.clone(), Operator::In, Value::List(texts.clone()))),
    );
    Ok(Domain::any(parts))
}
