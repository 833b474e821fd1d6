//! Domains to predicates: the meaning of each operator for each type of field, as Odoo 19 has it
//! (`odoo/orm/domains.py`, `odoo/orm/fields*.py`).

use super::column::{comodel_name, field, parent_link, stored_column, user_column};
use super::hierarchy::{self, Hierarchy};
use super::literal::{self, Falsy};
use super::name_search::by_name;
use super::{Column, Inequality, Predicate, Subquery};
use crate::access::{Subject, check_read, record_rules, subject};
use crate::catalog::{Field, FieldType, Unaccent};
use crate::domain::{Condition, Domain, Operand, Operator};
use crate::error::{Code, Error, Result};
use crate::scope::Scope;
use crate::sql::{Param, PgType};
use crate::value::Value;

/// Whose rights the conditions of a domain are checked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rights {
    /// The user's: field groups, and the comodel's access lists and rules on every path.
    User,
    /// Nobody's: the inside of a record rule.
    Superuser,
}

/// Resolves domains for one scope.
pub(super) struct Resolver<'a> {
    pub(super) scope: &'a Scope<'a>,
    pub(super) rights: Rights,
}

/// The records of a subject a user may see: domain, active filter, access list and record rules.
pub(super) fn visible(
    scope: &Scope<'_>,
    of: &Subject,
    alias: u32,
    domain: &Domain,
) -> Result<Predicate> {
    check_read(&of.model, scope.principal)?;
    let found = found(scope, of, alias, domain, scope.active_test)?;
    Ok(Predicate::all(vec![found, ruled(scope, of, alias)?]))
}

/// The records of a subject in a domain, archived ones left out where `active_test` says so.
pub(super) fn found(
    scope: &Scope<'_>,
    of: &Subject,
    alias: u32,
    domain: &Domain,
    active_test: bool,
) -> Result<Predicate> {
    let user = Resolver {
        scope,
        rights: Rights::User,
    };
    let mut parts = vec![user.resolve(of, alias, domain, false)?];
    if active_test && of.model.fields.contains_key("active") && !domain.names_field("active") {
        parts.push(user.resolve(
            of,
            alias,
            &Domain::condition("active", Operator::Equal, Value::Bool(true)),
            false,
        )?);
    }
    Ok(Predicate::all(parts))
}

/// The record rules of a subject.
pub(super) fn ruled(scope: &Scope<'_>, of: &Subject, alias: u32) -> Result<Predicate> {
    let rules = record_rules(scope, of)?;
    Resolver {
        scope,
        rights: Rights::Superuser,
    }
    .resolve(of, alias, &rules, false)
    .map_err(|e| match e.code {
        Code::NotSupported | Code::Internal => e,
        // what a rule says wrongly is not the caller's mistake
        _ => Error::new(
            Code::NotSupported,
            format!(
                "a record rule of {} cannot be evaluated exactly",
                of.model.name
            ),
        )
        .detail(e.to_string()),
    })
}

impl Resolver<'_> {
    /// The predicate of a domain, or of its negation.
    pub(super) fn resolve(
        &self,
        of: &Subject,
        alias: u32,
        domain: &Domain,
        negated: bool,
    ) -> Result<Predicate> {
        // under a negation, all and any change places, and so does what settles them
        let each = |parts: &[Domain], settled_by: bool| {
            self.each(of, alias, parts, negated, settled_by != negated)
        };
        Ok(match domain {
            Domain::Const(value) => Predicate::Const(*value != negated),
            Domain::Not(inner) => self.resolve(of, alias, inner, !negated)?,
            Domain::All(parts) if negated => Predicate::any(each(parts, false)?),
            Domain::All(parts) => Predicate::all(each(parts, false)?),
            Domain::Any(parts) if negated => Predicate::all(each(parts, true)?),
            Domain::Any(parts) => Predicate::any(each(parts, true)?),
            Domain::Condition(condition) => self.condition(of, alias, condition, negated)?,
        })
    }

    /// The parts of a connective. A part that settles it alone makes the rights that the others
    /// want, and what is not known of them, irrelevant: Odoo drops them before it looks.
    fn each(
        &self,
        of: &Subject,
        alias: u32,
        parts: &[Domain],
        negated: bool,
        settled_by: bool,
    ) -> Result<Vec<Predicate>> {
        let resolved: Vec<Result<Predicate>> = parts
            .iter()
            .map(|part| self.resolve(of, alias, part, negated))
            .collect();
        let is_settled = resolved.contains(&Ok(Predicate::Const(settled_by)));
        let is_moot =
            |e: &Error| is_settled && matches!(e.code, Code::AccessDenied | Code::NotSupported);
        resolved
            .into_iter()
            .filter(|part| !part.as_ref().is_err_and(is_moot))
            .collect()
    }

    fn condition(
        &self,
        of: &Subject,
        alias: u32,
        condition: &Condition,
        negated: bool,
    ) -> Result<Predicate> {
        let (name, rest) = match condition.field_path.split_once('.') {
            Some((name, rest)) => (name, Some(rest)),
            None => (condition.field_path.as_str(), None),
        };
        let field = field(self.scope, of, name)?;
        if let Some(rest) = rest {
            if !matches!(
                field.field_type,
                FieldType::Many2one | FieldType::One2many | FieldType::Many2many
            ) {
                return Err(not_a_path(of, field, rest));
            }
            let inner = Condition {
                field_path: rest.to_owned(),
                operator: condition.operator,
                operand: condition.operand.clone(),
            };
            return self.exists(of, alias, field, &Domain::Condition(inner), negated, false);
        }
        let value = match &condition.operand {
            Operand::Domain(domain) => {
                let negated = (condition.operator == Operator::NotExists) != negated;
                if name == "id" {
                    return self.resolve(of, alias, domain, negated);
                }
                return self.exists(of, alias, field, domain, negated, false);
            }
            Operand::Value(value) => value,
        };
        let operator = match condition.operator {
            Operator::EqualIfSet if !value.is_truthy() => return Ok(Predicate::Const(!negated)),
            Operator::EqualIfSet => Operator::Equal,
            other => other,
        };
        if matches!(operator, Operator::ChildOf | Operator::ParentOf) {
            return match hierarchy::condition(self, of, field, operator, value)? {
                Hierarchy::Domain(domain) => self.resolve(of, alias, &domain, negated),
                Hierarchy::Descendants(descendants) => Ok(Predicate::Descends {
                    column: self.column(of, alias, field)?,
                    negated,
                    or_null: negated && !field.not_null,
                    descendants,
                }),
            };
        }
        if !negated {
            return self.test(of, alias, field, operator, value);
        }
        if let Some(inverse) = operator.inverse() {
            return self.test(of, alias, field, inverse, value);
        }
        // only inequalities are left: where NULL is no value, it is on the other side of both
        let inverse = operator.inverse_inequality().ok_or_else(|| {
            Error::new(
                Code::NotSupported,
                format!("the negation of {}", operator.name()),
            )
        })?;
        let inverted = self.test(of, alias, field, inverse, value)?;
        if Falsy::of(field).is_some() {
            return Ok(inverted);
        }
        Ok(Predicate::any(vec![
            self.test(
                of,
                alias,
                field,
                Operator::In,
                &Value::List(vec![Value::FALSE]),
            )?,
            inverted,
        ]))
    }

    /// One test of one field of this model, by the field's type.
    fn test(
        &self,
        of: &Subject,
        alias: u32,
        field: &Field,
        operator: Operator,
        value: &Value,
    ) -> Result<Predicate> {
        if field.name == "display_name" {
            let domain = by_name(of, operator, value)?;
            return self.resolve(of, alias, &domain, false);
        }
        if of
            .facts
            .fields
            .get(&field.name)
            .is_some_and(|f| f.inherited)
            && field.column.is_none()
        {
            let link = parent_link(of, field)?;
            let inner = Domain::condition(field.name.clone(), operator, value.clone());
            return self.exists(
                of,
                alias,
                self::field(self.scope, of, link)?,
                &inner,
                false,
                true,
            );
        }
        let column = self.column(of, alias, field)?;
        if of.facts.fields.get(&field.name).is_some_and(|f| f.search) {
            // the method decides even where there is a column
            return Err(Error::new(
                Code::NotSupported,
                format!(
                    "conditions on {:?} of {} are not answered yet: Odoo searches it in Python",
                    field.name, of.model.name
                ),
            ));
        }
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
                    FieldType::Many2one if values.iter().any(|v| matches!(v, Value::Text(_))) => {
                        self.named(of, alias, field, values, negated)
                    }
                    _ => {
                        self.note_selection(of, field, &values);
                        literal::is_in(self.scope, of, field, column, &values, negated)
                    }
                }
            }
            other => match Inequality::of(other) {
                Some(inequality) => {
                    literal::compare(self.scope, of, field, column, inequality, value)
                }
                None => Err(Error::new(
                    Code::NotSupported,
                    format!("{} on {:?} is not answered yet", other.name(), field.name),
                )),
            },
        }
    }

    /// The stored column of a field the caller may use.
    fn column(&self, of: &Subject, alias: u32, field: &Field) -> Result<Column> {
        match self.rights {
            Rights::User => user_column(self.scope, of, alias, field),
            Rights::Superuser => stored_column(self.scope, of, alias, field),
        }
    }

    /// `field any domain`: through a many2one to records the user may see, archived ones too.
    /// `is_link` is set for the step to an `_inherits` parent, which asks no rights.
    fn exists(
        &self,
        of: &Subject,
        alias: u32,
        field: &Field,
        domain: &Domain,
        negated: bool,
        is_link: bool,
    ) -> Result<Predicate> {
        if field.field_type != FieldType::Many2one {
            return Err(Error::new(
                Code::NotSupported,
                format!(
                    "conditions through {:?} of {} are not answered yet",
                    field.name, of.model.name
                ),
            )
            .hint("conditions may go through many2one fields"));
        }
        let column = self.column(of, alias, field)?;
        let comodel = subject(self.scope, comodel_name(of, field)?).map_err(|e| match e.code {
            Code::NotSupported => e.hint(format!(
                "compare {:?} itself, with ids or false; reading or grouping by it shows ids and names",
                field.name
            )),
            _ => e,
        })?;
        let bypass = is_link
            || self.rights == Rights::Superuser
            || of.facts.fields.get(&field.name).is_some_and(|f| f.bypass);
        if !bypass {
            check_read(&comodel.model, self.scope.principal)?;
        }
        let coalias = self.scope.subquery_alias(&comodel.table)?;
        let mut parts = vec![self.resolve(&comodel, coalias, domain, false)?];
        if parts[0] == Predicate::Const(false) {
            return Ok(Predicate::Const(negated));
        }
        if !bypass {
            parts.push(ruled(self.scope, &comodel, coalias)?);
        }
        let subquery = Subquery {
            table: comodel.table,
            alias: coalias,
            predicate: Box::new(Predicate::all(parts)),
        };
        Ok(Predicate::Within {
            column,
            negated,
            or_null: negated && !field.not_null,
            subquery,
        })
    }

    /// A many2one compared to texts: records whose display name is one of them.
    fn named(
        &self,
        of: &Subject,
        alias: u32,
        field: &Field,
        values: Vec<Value>,
        negated: bool,
    ) -> Result<Predicate> {
        let (texts, others): (Vec<Value>, Vec<Value>) = values
            .into_iter()
            .partition(|v| matches!(v, Value::Text(_)));
        let by_text = self.exists(
            of,
            alias,
            field,
            &Domain::condition("display_name", Operator::In, Value::List(texts)),
            negated,
            false,
        )?;
        if others.is_empty() {
            return Ok(by_text);
        }
        let column = self.column(of, alias, field)?;
        let by_id = literal::is_in(self.scope, of, field, column, &others, negated)?;
        Ok(if negated {
            Predicate::all(vec![by_text, by_id])
        } else {
            Predicate::any(vec![by_text, by_id])
        })
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
        let is_relational = field.field_type == FieldType::Many2one;
        if !value.is_truthy() {
            let matches_set = operator.is_negative() == operator.is_pattern();
            if is_relational || operator.is_pattern() {
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
        if is_relational {
            let positive = if operator.is_negative() {
                operator.inverse().unwrap_or(operator)
            } else {
                operator
            };
            let inner = Domain::condition("display_name", positive, Value::Text(text));
            return self.exists(of, alias, field, &inner, operator.is_negative(), false);
        }
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
                        "{} on the {other:?} field {:?} is not answered yet",
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
        if self.rights == Rights::Superuser
            || field.field_type != FieldType::Selection
            || field.selection.is_empty()
            || is_open
        {
            return;
        }
        for value in values {
            if let Value::Text(key) = value
                && !field.selection.iter().any(|(k, _)| k == key)
            {
                let keys: Vec<&str> = field.selection.iter().map(|(k, _)| k.as_str()).collect();
                self.scope.warn(
                    "unknown_selection_value",
                    format!(
                        "{:?} of {} has no value {key:?}, so no record has it; its values are: {}",
                        field.name,
                        of.model.name,
                        keys.join(", ")
                    ),
                );
            }
        }
    }
}

/// The values that `=` and `in` compare with; none for an empty `in`.
fn members(operator: Operator, value: &Value) -> Option<Vec<Value>> {
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

fn not_a_path(of: &Subject, field: &Field, rest: &str) -> Error {
    match field.field_type {
        FieldType::Date | FieldType::Datetime => Error::new(
            Code::NotSupported,
            format!(
                "date parts such as {}.{rest} are not answered yet",
                field.name
            ),
        )
        .hint("compare the field with dates"),
        FieldType::Properties => Error::new(
            Code::NotSupported,
            format!("the properties of {:?} are not answered yet", field.name),
        ),
        _ => Error::new(
            Code::UnknownField,
            format!(
                "{:?} of {} is no relation, so it has no {rest:?}",
                field.name, of.model.name
            ),
        ),
    }
}
