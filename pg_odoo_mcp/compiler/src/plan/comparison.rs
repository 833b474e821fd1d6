//! One test of one field, by the field's type.

use super::column::is_inherited;
use super::condition::{Resolver, Rights};
use super::literal;
use super::merge::is_relational;
use super::name_search::by_name;
use super::noted::note_selection;
use super::x2many::comodel;
use super::{Column, Inequality, Predicate};
use crate::access::{Asker, Subject, check_read};
use crate::catalog::{Field, FieldType, Unaccent};
use crate::domain::{Domain, Operator};
use crate::error::{Code, Error, Result};
use crate::sql::{Param, PgType};
use crate::value::Value;

impl Resolver<'_> {
    /// One test of one field of this model, by the field's type.
    pub(super) fn test(
        &self,
        of: &Subject,
        alias: u32,
        field: &Field,
        operator: Operator,
        value: &Value,
    ) -> Result<Predicate> {
        if field.name == "display_name" {
            let domain = by_name(of, operator, value)?;
            self.check_searched(of)?;
            return self.resolve(of, alias, &domain, false);
        }
        if is_inherited(of, field) {
            let inner = Domain::condition(field.name.clone(), operator, value.clone());
            return self.in_parent(of, alias, field, inner, false);
        }
        self.check_form(of, field, operator, value)?;
        if is_relational(field) {
            if let Some(found) = self.followed(of, alias, field, operator, value)? {
                return Ok(found);
            }
            self.refuse_computed(of, field)?;
            return self.related_test(of, alias, field, operator, value);
        }
        let column = self.column(of, alias, field)?;
        self.refuse_computed(of, field)?;
        match operator {
            _ if operator.is_like() => self.like(of, alias, field, column, operator, value),
            Operator::Equal | Operator::NotEqual | Operator::In | Operator::NotIn => {
                let negated = operator.is_negative();
                let Some(values) = members(operator, value) else {
                    return Ok(Predicate::Const(negated));
                };
                match field.field_type {
                    FieldType::Boolean => literal::boolean_in(column, &values, negated),
                    FieldType::Datetime => {
                        literal::datetime_in(self.scope, of, field, column, &values, negated)
                    }
                    _ => {
                        self.note_selection(of, field, &values);
                        // != with a falsy value that is set is a plain <> where only NULL is not
                        let is_plain = operator == Operator::NotEqual
                            && !self.scope.dialect.falsy_is_unset
                            && !value.is_truthy()
                            && *value != Value::FALSE;
                        let found =
                            literal::is_in(self.scope, of, field, column, &values, negated)?;
                        Ok(if is_plain {
                            found.without_null()
                        } else {
                            found
                        })
                    }
                }
            }
            other => match Inequality::of(other) {
                Some(inequality) => {
                    literal::compare(self.scope, of, field, column, inequality, value)
                }
                None => Err(Error::new(
                    Code::NotSupported,
                    format!(
                        "{} on {:?} is not answered in SQL",
                        other.name(),
                        field.name
                    ),
                )),
            },
        }
    }

    /// Whether the user may search the records of other models that a name is looked for in: Odoo asks for that even where the
    /// record is one with them.
    fn check_searched(&self, of: &Subject) -> Result<()> {
        let by = of
            .facts
            .text_search
            .as_ref()
            .filter(|_| self.rights == Rights::User);
        for path in by.iter().flat_map(|by| &by.texts) {
            let link = path
                .split_once('.')
                .and_then(|(link, _)| of.model.fields.get(link));
            if let Some(link) = link {
                check_read(
                    &comodel(self.scope, of, link, Asker::User)?.model,
                    self.scope.principal,
                )?;
            }
        }
        Ok(())
    }

    /// A test of a relational field by ids or false; texts were made a search of names before.
    fn related_test(
        &self,
        of: &Subject,
        alias: u32,
        field: &Field,
        operator: Operator,
        value: &Value,
    ) -> Result<Predicate> {
        let is_single = field.field_type == FieldType::Many2one;
        let column = || self.column(of, alias, field);
        match operator {
            Operator::Equal | Operator::NotEqual | Operator::In | Operator::NotIn => {
                let negated = operator.is_negative();
                let Some(values) = members(operator, value) else {
                    return Ok(Predicate::Const(negated));
                };
                if is_single {
                    if values.contains(&Value::Int(0)) {
                        // Odoo takes it for false in one place and for an id in another
                        return Err(literal::mismatch(of, field, value, "ids or false"));
                    }
                    literal::is_in(self.scope, of, field, column()?, &values, negated)
                } else {
                    self.linked_in(of, alias, field, &values, negated)
                }
            }
            other => match Inequality::of(other) {
                Some(inequality) if is_single => {
                    literal::compare(self.scope, of, field, column()?, inequality, value)
                }
                _ => Err(Error::new(
                    Code::InvalidDomain,
                    format!(
                        "{} does not fit {:?} of {}, which holds several records",
                        other.name(),
                        field.name,
                        of.model.name
                    ),
                )
                .hint("compare it with ids by in, or ask for records of it by any")),
            },
        }
    }

    /// Where a method searches the field, it decides even where there is a column.
    pub(super) fn refuse_computed(&self, of: &Subject, field: &Field) -> Result<()> {
        if !of.facts.fields.get(&field.name).is_some_and(|f| f.search) {
            return Ok(());
        }
        Err(Error::new(
            Code::NotSupported,
            format!(
                "conditions on {:?} of {} are not answered in SQL: Odoo searches it in Python",
                field.name, of.model.name
            ),
        ))
    }

    fn like(
        &self,
        of: &Subject,
        alias: u32,
        field: &Field,
        column: Column,
        operator: Operator,
        value: &Value,
    ) -> Result<Predicate> {
        if !value.is_truthy() {
            let matches_set = operator.is_negative() == operator.is_pattern();
            if operator.is_pattern() {
                let operator = if matches_set {
                    Operator::NotEqual
                } else {
                    Operator::Equal
                };
                return self.test(of, alias, field, operator, &Value::FALSE);
            }
            return Ok(Predicate::Const(matches_set));
        }
        let text = match value {
            Value::Text(text) => text.clone(),
            Value::Int(i) if !operator.is_pattern() => i.to_string(),
            other => return Err(literal::mismatch(of, field, other, "a text")),
        };
        match field.field_type {
            FieldType::Boolean => {
                return Err(Error::new(
                    Code::InvalidDomain,
                    format!(
                        "{} does not fit the boolean {:?}",
                        operator.name(),
                        field.name
                    ),
                )
                .hint("compare booleans with = or !="));
            }
            FieldType::Char
            | FieldType::Text
            | FieldType::Html
            | FieldType::Selection
            | FieldType::Integer
            | FieldType::Float
            | FieldType::Monetary
            | FieldType::Date
            | FieldType::Datetime => {}
            other => {
                return Err(Error::new(
                    Code::NotSupported,
                    format!(
                        "{} on the {other:?} field {:?} is not answered in SQL",
                        operator.name(),
                        field.name
                    ),
                ));
            }
        }
        let unaccent = match operator
            .ignores_case()
            .then(|| self.scope.catalog.unaccent())
            .transpose()?
        {
            Some(Unaccent::Trusted) => Some(of.table.schema.clone()),
            Some(Unaccent::Foreign) => {
                return Err(Error::new(Code::NotSupported, "ilike is not answered: Odoo's schema holds a function unaccent(text) that is not the extension's")
                    .hint("CREATE EXTENSION unaccent as a superuser, or drop the function"));
            }
            Some(Unaccent::Absent) | None => None,
        };
        let pattern = if operator.is_pattern() {
            text
        } else {
            format!("%{text}%")
        };
        Ok(Predicate::Like {
            column,
            pattern: Param {
                pg_type: PgType::Text,
                text: Some(pattern),
            },
            ignore_case: operator.ignores_case(),
            negated: operator.is_negative(),
            unaccent,
            or_null: operator.is_negative() && !field.not_null,
        })
    }

    /// Odoo finds nothing for a selection key that does not exist; the reader should know why.
    fn note_selection(&self, of: &Subject, field: &Field, values: &[Value]) {
        let is_open = of
            .facts
            .fields
            .get(&field.name)
            .is_some_and(|f| f.open_selection);
        if self.rights != Rights::Superuser && !is_open {
            note_selection(self.scope, &of.model, field, values);
        }
    }
}

/// The values that `=` and `in` compare with; none for an empty `in`.
pub(super) fn members(operator: Operator, value: &Value) -> Option<Vec<Value>> {
    match (operator, value) {
        // an empty list means "not set" for =, and nobody for in
        (Operator::Equal | Operator::NotEqual, Value::List(list)) if list.is_empty() => {
            Some(vec![Value::FALSE])
        }
        (Operator::In | Operator::NotIn, other) if !other.is_truthy() => None,
        (_, Value::List(list)) => Some(list.clone()),
        (_, other) => Some(vec![other.clone()]),
    }
}
