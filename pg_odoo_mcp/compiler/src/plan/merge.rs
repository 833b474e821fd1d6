//! Conditions that lead to other records, in one form, and those of the same field put together.
//!
//! Odoo merges them before it asks which comodel records are meant, so that one domain decides
//! whether archived ones count. It also saves subqueries.

use super::condition::{Resolver, Rights};
use super::literal;
use super::searched::searched;
use crate::access::Subject;
use crate::catalog::{Field, FieldType};
use crate::domain::{Condition, Domain, Operand, Operator};
use crate::error::Result;
use crate::value::Value;

/// A part of a connective: a domain, or its negation.
pub(super) type Part = (Domain, bool);

/// The parts of a connective as Odoo sees them. `is_any` is the connective that holds between the
/// parts, or between their negations where `negated` is set.
pub(super) fn parts(
    by: &Resolver<'_>,
    of: &Subject,
    domains: &[Domain],
    is_any: bool,
    negated: bool,
) -> Result<Vec<Part>> {
    let mut flat: Vec<Part> = Vec::new();
    for domain in domains {
        flatten(by, of, domain, is_any, negated, &mut flat)?;
    }
    let mut merged: Vec<Part> = Vec::new();
    for (domain, negated) in flat {
        let known = merged.iter_mut().find(|(other, n)| {
            *n == negated && may_merge(by, of, other, &domain, is_any != negated)
        });
        match known.and_then(|(other, _)| inner(other)) {
            Some(into) => {
                let Some(more) = inner(&mut { domain }).map(std::mem::take) else {
                    continue;
                };
                let by_all = is_any == negated;
                // side by side, so that many of them are no deep domain
                let mut sides = match (std::mem::take(into), by_all) {
                    (Domain::All(sides), true) | (Domain::Any(sides), false) => sides,
                    (one, _) => vec![one],
                };
                sides.push(more);
                *into = if by_all {
                    Domain::All(sides)
                } else {
                    Domain::Any(sides)
                };
            }
            None => merged.push((domain, negated)),
        }
    }
    Ok(merged)
}

/// Whether two `any` of the same field may become one: through a many2one always, through an
/// x2many where the one record that it finds may be either's.
fn may_merge(by: &Resolver<'_>, of: &Subject, a: &Domain, b: &Domain, by_any: bool) -> bool {
    let (Domain::Condition(a), Domain::Condition(b)) = (a, b) else {
        return false;
    };
    let is_exists =
        |it: &Condition| matches!(it.operator, Operator::Exists | Operator::ExistsUnchecked);
    if !is_exists(a) || !is_exists(b) || a.field_path != b.field_path {
        return false;
    }
    let facts = of.facts.fields.get(&a.field_path);
    let is_unchecked = by.rights == Rights::Superuser || facts.is_some_and(|f| f.bypass);
    if a.operator != b.operator && !is_unchecked {
        return false;
    }
    match of.model.fields.get(&a.field_path).map(|f| f.field_type) {
        Some(FieldType::Many2one) => true,
        Some(FieldType::One2many | FieldType::Many2many) => by_any,
        _ => false,
    }
}

fn inner(domain: &mut Domain) -> Option<&mut Domain> {
    match domain {
        Domain::Condition(Condition {
            operand: Operand::Domain(inner),
            ..
        }) => Some(inner.as_mut()),
        _ => None,
    }
}

fn flatten(
    by: &Resolver<'_>,
    of: &Subject,
    domain: &Domain,
    is_any: bool,
    negated: bool,
    into: &mut Vec<Part>,
) -> Result<()> {
    match domain {
        Domain::Not(inner) => flatten(by, of, inner, is_any, !negated, into)?,
        Domain::Any(parts) if is_any != negated => {
            for part in parts {
                flatten(by, of, part, is_any, negated, into)?;
            }
        }
        Domain::All(parts) if is_any == negated => {
            for part in parts {
                flatten(by, of, part, is_any, negated, into)?;
            }
        }
        Domain::Condition(condition) => {
            // what is wrong with it is said when it is resolved
            if let Ok(Some(domain)) = related(of, condition) {
                return flatten(by, of, &domain, is_any, negated, into);
            }
            if let Ok(Some(meant)) = searched(by.scope, of, condition, negated) {
                return flatten(by, of, &meant.domain, is_any, meant.negated, into);
            }
            into.push(match condition.operator {
                Operator::NotExists => {
                    let mut positive = condition.clone();
                    positive.operator = Operator::Exists;
                    (Domain::Condition(positive), !negated)
                }
                _ => (domain.clone(), negated),
            });
        }
        other => into.push((other.clone(), negated)),
    }
    Ok(())
}

/// A condition on related records as `any`: paths, and texts, which are looked for among display
/// names. Nothing for a condition that is in its final form.
pub(super) fn related(of: &Subject, condition: &Condition) -> Result<Option<Domain>> {
    let name = condition.field_path.as_str();
    if let Some((name, rest)) = name.split_once('.') {
        let is_relation = of.model.fields.get(name).is_some_and(is_relational);
        return Ok(is_relation.then(|| {
            let inner = Condition {
                field_path: rest.to_owned(),
                operator: condition.operator,
                operand: condition.operand.clone(),
            };
            Domain::exists(name, Operator::Exists, Domain::Condition(inner))
        }));
    }
    let Some(field) = of.model.fields.get(name) else {
        return Ok(None);
    };
    let value = match &condition.operand {
        Operand::Domain(domain) if name == "id" && condition.operator != Operator::ChildOf => {
            let domain = domain.as_ref().clone();
            return Ok(Some(match condition.operator {
                Operator::NotExists => Domain::Not(Box::new(domain)),
                _ => domain,
            }));
        }
        Operand::Domain(_) => return Ok(None),
        Operand::Value(value) => value,
    };
    let operator = match condition.operator {
        Operator::EqualIfSet if !value.is_truthy() => return Ok(Some(Domain::Const(true))),
        Operator::EqualIfSet => Operator::Equal,
        other => other,
    };
    if !is_relational(field) {
        return Ok(None);
    }
    if operator.is_like() {
        return like(of, field, operator, value).map(Some);
    }
    let Value::List(values) = value else {
        return Ok(match (operator, value) {
            (
                Operator::Equal | Operator::NotEqual | Operator::In | Operator::NotIn,
                Value::Text(text),
            ) if !text.is_empty() || matches!(operator, Operator::Equal | Operator::NotEqual) => {
                let texts = Value::List(vec![value.clone()]);
                Some(by_name(field, Operator::In, texts, operator.is_negative()))
            }
            _ => None,
        });
    };
    let is_set_test = matches!(
        operator,
        Operator::Equal | Operator::NotEqual | Operator::In | Operator::NotIn
    );
    let (texts, others): (Vec<Value>, Vec<Value>) = values
        .iter()
        .cloned()
        .partition(|v| matches!(v, Value::Text(_)));
    if !is_set_test || texts.is_empty() {
        return Ok(None);
    }
    let negated = operator.is_negative();
    let named = by_name(field, Operator::In, Value::List(texts), negated);
    if others.is_empty() {
        return Ok(Some(named));
    }
    let operator = if negated {
        Operator::NotIn
    } else {
        Operator::In
    };
    let listed = Domain::condition(name, operator, Value::List(others));
    Ok(Some(if negated {
        Domain::All(vec![named, listed])
    } else {
        Domain::Any(vec![named, listed])
    }))
}

fn like(of: &Subject, field: &Field, operator: Operator, value: &Value) -> Result<Domain> {
    if !value.is_truthy() {
        let matches_set = operator.is_negative() == operator.is_pattern();
        let operator = if matches_set {
            Operator::NotEqual
        } else {
            Operator::Equal
        };
        return Ok(Domain::condition(
            field.name.clone(),
            operator,
            Value::FALSE,
        ));
    }
    let text = match value {
        Value::Text(text) => text.clone(),
        Value::Int(i) if !operator.is_pattern() => i.to_string(),
        other => return Err(literal::mismatch(of, field, other, "a text")),
    };
    let negated = operator.is_negative();
    let positive = if negated {
        operator.inverse().unwrap_or(operator)
    } else {
        operator
    };
    Ok(by_name(field, positive, Value::Text(text), negated))
}

fn by_name(field: &Field, operator: Operator, value: Value, negated: bool) -> Domain {
    let any = if negated {
        Operator::NotExists
    } else {
        Operator::Exists
    };
    let inner = Domain::condition("display_name", operator, value);
    Domain::exists(field.name.clone(), any, inner)
}

pub(super) fn is_relational(field: &Field) -> bool {
    matches!(
        field.field_type,
        FieldType::Many2one | FieldType::One2many | FieldType::Many2many
    )
}
