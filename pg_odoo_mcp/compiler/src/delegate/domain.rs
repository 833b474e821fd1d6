//! The names in a domain: each must be a field, on every step of its way.

use super::frame::field;
use crate::catalog::{Field, FieldType, Model, shortened};
use crate::domain::{Condition, Domain, Operand, Operator};
use crate::error::{Code, Error, Result};
use crate::facts::ModelFacts;
use crate::plan::{DatePart, note_company, note_midnight, note_selection};
use crate::scope::Scope;
use crate::value::Value;
use std::rc::Rc;

/// Looks every name of a domain up; whether the operator fits and who may look is Odoo's to say.
pub(super) fn check(scope: &Scope<'_>, of: &Model, domain: &Domain) -> Result<()> {
    match domain {
        Domain::Const(_) => Ok(()),
        Domain::All(parts) | Domain::Any(parts) => {
            parts.iter().try_for_each(|part| check(scope, of, part))
        }
        Domain::Not(inner) => check(scope, of, inner),
        Domain::Condition(condition) => check_condition(scope, of, condition),
    }
}

fn check_condition(scope: &Scope<'_>, of: &Model, condition: &Condition) -> Result<()> {
    let (name, rest) = match condition.field_path.split_once('.') {
        Some((name, rest)) => (name, Some(rest)),
        None => (condition.field_path.as_str(), None),
    };
    let on = field(scope, of, name)?;
    match (rest, &condition.operand) {
        (None, Operand::Value(value)) => {
            note(scope, of, on, condition.operator, value);
            Ok(())
        }
        (Some(rest), Operand::Value(_)) if has_part(on, rest) => Ok(()),
        (None, Operand::Domain(inner)) if name == "id" => check(scope, of, inner),
        (None, Operand::Domain(inner)) => match comodel(scope, on)? {
            Some(comodel) => check(scope, &comodel, inner),
            None => Err(Error::new(
                Code::InvalidDomain,
                format!(
                    "{name:?} of {} is no relation, so any does not fit it",
                    of.name
                ),
            )),
        },
        (Some(rest), operand) => {
            let Some(comodel) = comodel(scope, on)? else {
                return Err(Error::new(
                    Code::UnknownField,
                    format!(
                        "{name:?} of {} is no relation, so it has no {:?}",
                        of.name,
                        shortened(rest)
                    ),
                ));
            };
            let inner = Condition {
                field_path: rest.to_owned(),
                operator: condition.operator,
                operand: operand.clone(),
            };
            check_condition(scope, &comodel, &inner)
        }
    }
}

/// What SQL would say of the comparison, too.
fn note(scope: &Scope<'_>, of: &Model, on: &Field, operator: Operator, value: &Value) {
    use Operator::{Equal, In, NotEqual, NotIn};
    note_company(scope, of, on);
    let values = match value {
        Value::List(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    note_midnight(scope, on, operator, values);
    if !matches!(operator, Equal | NotEqual | In | NotIn) {
        return;
    }
    let facts = of.standing.facts.as_ref();
    let is_closed = |facts: &ModelFacts| {
        let field = facts.fields.get(&on.name);
        field.is_some_and(|field| !field.open_selection)
    };
    if facts.is_some_and(|facts| is_closed(facts)) {
        note_selection(scope, of, on, values);
    }
}

/// Whether the field has a part of that name: of a date, or a property by its key.
pub(super) fn has_part(on: &Field, part: &str) -> bool {
    match on.field_type {
        FieldType::Date | FieldType::Datetime => DatePart::named(part).is_some(),
        FieldType::Properties => {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        }
        _ => false,
    }
}

/// The model that a relational field leads to.
pub(super) fn comodel(scope: &Scope<'_>, on: &Field) -> Result<Option<Rc<Model>>> {
    match (on.field_type, &on.relation) {
        (FieldType::Many2one | FieldType::One2many | FieldType::Many2many, Some(name)) => {
            let model = scope.catalog.model(name)?;
            let unknown = || {
                Error::new(
                    Code::NotSupported,
                    format!(
                        "{:?} leads to {name}, which Odoo's registry does not list",
                        on.name
                    ),
                )
            };
            model.map(Some).ok_or_else(unknown)
        }
        _ => Ok(None),
    }
}
