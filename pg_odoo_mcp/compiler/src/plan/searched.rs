//! Conditions on fields that a method searches, where it is known which domain the method makes of them.

use super::column::{field, is_inherited};
use super::comparison::members;
use super::condition::is_never;
use super::literal::Falsy;
use super::merge::is_relational;
use crate::access::{Asker, Subject, subject_as};
use crate::catalog::{Field, FieldType};
use crate::domain::{Condition, Domain, Operand, Operator};
use crate::error::{Code, Error, Result};
use crate::facts::{SearchCase, SearchMeaning, SearchValues, Searched, document::domain};
use crate::scope::Scope;
use crate::value::Value;
use serde_json::Value as Json;

/// What a condition comes to: a domain, or its negation.
pub(super) struct Meant {
    pub(super) domain: Domain,
    pub(super) negated: bool,
}

/// How many values a method is known to be asked with.
const MAX_VALUES: usize = 500;

/// What Odoo's method makes of a condition, or of its negation; nothing where no such method is known, or not what it
/// makes of this one.
pub(super) fn searched(
    scope: &Scope<'_>,
    of: &Subject,
    condition: &Condition,
    negated: bool,
) -> Result<Option<Meant>> {
    let Some(on) = of.model.fields.get(&condition.field_path) else {
        return Ok(None);
    };
    let facts = of.facts.fields.get(&on.name).filter(|f| f.unread.is_none());
    let Some(by) = facts.and_then(|facts| facts.searched.as_ref()) else {
        return Ok(None);
    };
    let is_known = *by != Searched::Followers && !is_inherited(of, on);
    if !is_known || !scope.dialect.rewrites {
        return Ok(None);
    }
    // what Odoo makes a constant before it asks the method
    if is_never(on, condition) {
        return Ok(Some(Meant {
            domain: Domain::Const(false),
            negated,
        }));
    }
    let is_empty = matches!(&condition.operand, Operand::Value(value) if !value.is_truthy());
    if condition.operator.is_like() && is_empty {
        if condition.operator.is_pattern() {
            return Err(by_odoo(of, &on.name));
        }
        return Ok(Some(Meant {
            domain: Domain::Const(!condition.operator.is_negative()),
            negated,
        }));
    }
    let is_related = *by == Searched::Related;
    // Odoo puts sets of values together, and what leads on, and may ask the method for another domain
    let is_merged = is_relational(on)
        || matches!(
            condition.operator,
            Operator::Equal
                | Operator::NotEqual
                | Operator::In
                | Operator::NotIn
                | Operator::EqualIfSet
        );
    if is_merged
        && (!is_related || leads_to_many(scope, of, on)?)
        && !scope.is_first_search(&of.model.name, &on.name)
    {
        return Err(by_odoo(of, &on.name));
    }
    let (mut operator, mut operand) = (condition.operator, condition.operand.clone());
    if negated {
        if let Some(inverse) = operator.inverse() {
            operator = inverse;
        } else if let Some(inverse) = operator.inverse_inequality() {
            // before it asks the method: what is not set is on the other side of both
            let mut parts = vec![Domain::Condition(Condition {
                operator: inverse,
                ..condition.clone()
            })];
            if Falsy::of(on).is_none() {
                let unset = Value::List(vec![Value::FALSE]);
                parts.push(Domain::condition(on.name.clone(), Operator::In, unset));
            }
            return Ok(Some(Meant {
                domain: Domain::any(parts),
                negated: false,
            }));
        } else {
            return Ok(None);
        }
    }
    if let Operand::Value(value) = &operand {
        let set = match operator {
            Operator::Equal | Operator::In => Operator::In,
            Operator::NotEqual | Operator::NotIn => Operator::NotIn,
            other => other,
        };
        if matches!(set, Operator::In | Operator::NotIn) {
            let Some(mut values) = members(operator, value) else {
                let domain = Domain::Const(set == Operator::NotIn);
                return Ok(Some(Meant {
                    domain,
                    negated: false,
                }));
            };
            if values.len() > MAX_VALUES {
                return Err(by_odoo(of, &on.name));
            }
            // a moment is a second long, and has two conditions
            let is_moment = on.field_type == FieldType::Datetime
                && values.iter().any(|value| *value != Value::FALSE);
            if is_moment && (!is_related || leads_to_many(scope, of, on)?) {
                return Err(by_odoo(of, &on.name));
            }
            operator = set;
            if on.field_type == FieldType::Boolean {
                match values.as_slice() {
                    [Value::Bool(true)] => {}
                    [Value::Bool(false)] => {
                        operator = operator.inverse().unwrap_or(operator);
                        values = vec![Value::Bool(true)];
                    }
                    _ => return Ok(None),
                }
            }
            operand = Operand::Value(Value::List(values));
        }
    }
    let meant = match by {
        Searched::Followers => None,
        Searched::Related => related(scope, of, on, operator, &operand)?,
        Searched::Domain(cases) => reviewed(scope, of, cases, operator, &operand)?,
    };
    Ok(meant.map(|(domain, negated)| Meant { domain, negated }))
}

/// Whether the field is related through one that leads to several records: two conditions on it are of one of them each,
/// unless Odoo has put them together.
fn leads_to_many(scope: &Scope<'_>, of: &Subject, on: &Field) -> Result<bool> {
    let Some((links, _)) = on.related.as_deref().and_then(|path| path.rsplit_once('.')) else {
        return Ok(false);
    };
    let mut at = of.clone();
    for name in links.split('.') {
        let link = field(scope, &at, name)?.clone();
        if matches!(link.field_type, FieldType::One2many | FieldType::Many2many) {
            return Ok(true);
        }
        let Some(comodel) = link
            .relation
            .filter(|_| link.field_type == FieldType::Many2one)
        else {
            return Ok(false);
        };
        at = subject_as(scope, &comodel, Asker::Bypassing)?;
    }
    Ok(false)
}

fn by_odoo(of: &Subject, name: &str) -> Error {
    Error::new(
        Code::NotSupported,
        format!(
            "conditions on {name:?} of {} are not answered in SQL as they stand together: Odoo searches it in Python",
            of.model.name
        ),
    )
}

/// A negative operator that the method does not take is the negation of the positive one.
fn reviewed(
    scope: &Scope<'_>,
    of: &Subject,
    cases: &[SearchCase],
    operator: Operator,
    operand: &Operand,
) -> Result<Option<(Domain, bool)>> {
    let found = |operator: Operator| cases.iter().find(|case| fits(case, operator, operand));
    let (case, operator, negated) = match (found(operator), operator.inverse()) {
        (Some(case), _) => (case, operator, false),
        (None, Some(positive)) if operator.is_negative() => match found(positive) {
            Some(case) => (case, positive, true),
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    let read = |json: &Json| {
        let json = told(json, scope, of);
        let domain = domain(&json).ok_or_else(|| {
            Error::new(
                Code::Internal,
                format!("a reviewed search is no domain: {json}"),
            )
        })?;
        Ok::<_, Error>(asked(domain, operator, operand))
    };
    let domain = match &case.means {
        SearchMeaning::Domain(json) => read(json)?,
        SearchMeaning::Each(by_value) => {
            let Operand::Value(Value::List(values)) = operand else {
                return Ok(None);
            };
            let mut parts = Vec::new();
            for value in values {
                let json = match value {
                    Value::Text(text) => by_value.get(text),
                    _ => None,
                };
                match json {
                    Some(json) => parts.push(read(json)?),
                    None => return Ok(None),
                }
            }
            Domain::any(parts)
        }
        SearchMeaning::Below(json) => Domain::Condition(Condition {
            field_path: "id".into(),
            operator: Operator::ChildOf,
            operand: Operand::Domain(Box::new(read(json)?)),
        }),
    };
    Ok(Some((domain, negated)))
}

fn fits(case: &SearchCase, operator: Operator, operand: &Operand) -> bool {
    let names = &case.operators;
    if !names.is_empty() && !names.iter().any(|name| name == operator.name()) {
        return false;
    }
    let is = |wanted: bool| matches!(operand, Operand::Value(Value::List(values)) if *values == [Value::Bool(wanted)]);
    match case.values {
        None => true,
        Some(SearchValues::True) => is(true),
        Some(SearchValues::False) => is(false),
        Some(SearchValues::Set) => match operand {
            Operand::Value(Value::List(values)) => {
                !values.iter().any(|value| matches!(value, Value::Bool(_)))
            }
            Operand::Value(value) => !matches!(value, Value::Bool(_)),
            Operand::Domain(_) => true,
        },
    }
}

/// The domain's own words for whom and what it is asked.
fn told(json: &Json, scope: &Scope<'_>, of: &Subject) -> Json {
    match json {
        Json::String(word) if word == "$user" => Json::from(scope.principal.user_id),
        Json::String(word) if word == "$model" => Json::from(of.model.name.as_str()),
        Json::Array(items) => items.iter().map(|item| told(item, scope, of)).collect(),
        other => other.clone(),
    }
}

/// Its conditions on `$value` as they are asked.
fn asked(domain: Domain, operator: Operator, operand: &Operand) -> Domain {
    let each = |parts: Vec<Domain>| -> Vec<Domain> {
        let parts = parts.into_iter();
        parts.map(|part| asked(part, operator, operand)).collect()
    };
    match domain {
        Domain::Const(_) => domain,
        Domain::Not(inner) => Domain::Not(Box::new(asked(*inner, operator, operand))),
        Domain::All(parts) => Domain::All(each(parts)),
        Domain::Any(parts) => Domain::Any(each(parts)),
        Domain::Condition(condition) => Domain::Condition(match condition.operand {
            Operand::Value(Value::Text(word)) if word == "$value" => Condition {
                field_path: condition.field_path,
                operator,
                operand: operand.clone(),
            },
            Operand::Domain(inner) => Condition {
                operand: Operand::Domain(Box::new(asked(*inner, operator, operand))),
                ..condition
            },
            operand => Condition {
                operand,
                ..condition
            },
        }),
    }
}

/// The framework's method of related fields: `any!` along the path, or `any` where it is read as the user, and what leads
/// nowhere where what is not set is wanted.
fn related(
    scope: &Scope<'_>,
    of: &Subject,
    on: &Field,
    operator: Operator,
    operand: &Operand,
) -> Result<Option<(Domain, bool)>> {
    let facts = of.facts.fields.get(&on.name);
    let as_user = facts.is_some_and(|facts| facts.related_as_user);
    let Some(path) = on.related.as_deref() else {
        return Ok(None);
    };
    let is_null = |value: &Value| match (value, Falsy::of(on)) {
        (Value::Bool(false), _) => true,
        (Value::Text(text), Some(Falsy::Text)) => text.is_empty(),
        (Value::Int(number), Some(Falsy::Zero | Falsy::False)) => *number == 0,
        (Value::Float(number), Some(Falsy::Zero | Falsy::False)) => *number == 0.0,
        _ => false,
    };
    let value_is_null = match operand {
        Operand::Value(Value::List(values)) => values.iter().any(is_null),
        Operand::Value(value) => is_null(value),
        Operand::Domain(_) => false,
    };
    let (operator, negated) = match operator.inverse() {
        Some(positive) if operator.is_negative() && !value_is_null => (positive, true),
        _ => (operator, false),
    };
    let may_be_null = operator.is_negative() != value_is_null;
    let mut steps = Vec::new();
    let mut at = of.clone();
    let (links, last) = path.rsplit_once('.').unwrap_or(("", path));
    for name in links.split('.').filter(|name| !name.is_empty()) {
        let link = field(scope, &at, name)?.clone();
        let Some(comodel) = link.relation.clone().filter(|_| is_relational(&link)) else {
            return Ok(None);
        };
        steps.push(link);
        at = subject_as(scope, &comodel, Asker::Bypassing)?;
    }
    let mut domain = Domain::Condition(Condition {
        field_path: last.to_owned(),
        operator,
        operand: operand.clone(),
    });
    for link in steps.into_iter().rev() {
        let any = match as_user {
            true => Operator::Exists,
            false => Operator::ExistsUnchecked,
        };
        let is_optional = link.field_type == FieldType::Many2one && !link.not_null;
        domain = Domain::exists(link.name.clone(), any, domain);
        if may_be_null && is_optional {
            let unset = Domain::condition(link.name, Operator::Equal, Value::FALSE);
            domain = Domain::any(vec![domain, unset]);
        }
    }
    Ok(Some((domain, negated)))
}
