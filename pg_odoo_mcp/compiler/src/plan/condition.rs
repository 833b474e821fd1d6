//! Domains to predicates: the meaning of each operator for each type of field, as Odoo 19 has it
//! (`odoo/orm/domains.py`, `odoo/orm/fields*.py`).

use super::column::{field, is_inherited, parent_link, stored_column, user_column};
use super::literal::{self, Falsy};
use super::merge::{self, is_relational};
use super::name_search::by_name;
use super::x2many::{active_field, comodel};
use super::{Column, Inequality, Predicate, Subquery};
use crate::access::{Subject, check_read, record_rules};
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
#[derive(Clone, Copy)]
pub(super) struct Resolver<'a> {
    pub(super) scope: &'a Scope<'a>,
    pub(super) rights: Rights,
    /// Whether archived records of x2many fields are left out; a many2one finds them in any case.
    pub(super) active_test: bool,
}

/// The records of a subject a user may see: domain, active filter, access list and record rules.
pub(super) fn visible(
    scope: &Scope<'_>,
    of: &Subject,
    alias: u32,
    domain: &Domain,
) -> Result<Predicate> {
    Resolver {
        scope,
        rights: Rights::User,
        active_test: scope.active_test,
    }
    .search(of, alias, domain)
}

/// The record rules of a subject.
pub(super) fn ruled(scope: &Scope<'_>, of: &Subject, alias: u32) -> Result<Predicate> {
    let rules = record_rules(scope, of)?;
    Resolver {
        scope,
        rights: Rights::Superuser,
        active_test: false,
    }
    .resolve(of, alias, &rules, false)
    .map_err(|e| match e.code {
        Code::NotSupported | Code::Internal | Code::OverBudget => e,
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

/// What to do where the comodel of a field is not answered.
pub(super) fn unless_comodel_is_answered(on: &Field, error: Error) -> Error {
    match error.code {
        Code::NotSupported if on.field_type == FieldType::Many2one => error.hint(format!(
            "compare {:?} itself, with ids or false; reading or grouping by it shows ids and names",
            on.name
        )),
        Code::NotSupported => error.hint(format!(
            "leave {:?} out, or ask for the records that point back to these",
            on.name
        )),
        _ => error,
    }
}

impl Resolver<'_> {
    /// What Odoo's search finds: the domain, the active filter unless the domain names the field,
    /// and for a user access list and record rules.
    pub(super) fn search(&self, of: &Subject, alias: u32, domain: &Domain) -> Result<Predicate> {
        if self.rights == Rights::User {
            check_read(&of.model, self.scope.principal)?;
        }
        let mut parts = vec![self.found(of, alias, domain)?];
        if self.rights == Rights::User {
            parts.push(ruled(self.scope, of, alias)?);
        }
        Ok(Predicate::all(parts))
    }

    /// The domain and the active filter, whoever may see the records.
    pub(super) fn found(&self, of: &Subject, alias: u32, domain: &Domain) -> Result<Predicate> {
        let mut parts = vec![self.resolve(of, alias, domain, false)?];
        if let Some(active) = active_field(of).filter(|name| !domain.names_field(name))
            && self.active_test
        {
            parts.push(self.active(of, alias, active)?);
        }
        Ok(Predicate::all(parts))
    }

    /// The predicate of a domain, or of its negation.
    pub(super) fn resolve(
        &self,
        of: &Subject,
        alias: u32,
        domain: &Domain,
        negated: bool,
    ) -> Result<Predicate> {
        Ok(match domain {
            Domain::Const(value) => Predicate::Const(*value != negated),
            Domain::Not(inner) => self.resolve(of, alias, inner, !negated)?,
            // under a negation, all and any change places
            Domain::All(parts) | Domain::Any(parts) => {
                let is_any = matches!(domain, Domain::Any(_)) != negated;
                let parts = self.each(of, alias, parts, is_any, negated)?;
                if is_any {
                    Predicate::any(parts)
                } else {
                    Predicate::all(parts)
                }
            }
            Domain::Condition(condition) => self.condition(of, alias, condition, negated)?,
        })
    }

    /// The parts of a connective, or their negations. A part that settles it alone makes the rights that the others
    /// want, and what is not known of them, irrelevant: Odoo drops them before it looks.
    fn each(
        &self,
        of: &Subject,
        alias: u32,
        parts: &[Domain],
        is_any: bool,
        negated: bool,
    ) -> Result<Vec<Predicate>> {
        let resolved: Vec<Result<Predicate>> = merge::parts(of, parts, is_any, negated)
            .iter()
            .map(|(part, negated)| self.resolve(of, alias, part, *negated))
            .collect();
        let is_settled = resolved.contains(&Ok(Predicate::Const(is_any)));
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
        if let Some(domain) = merge::related(of, condition)? {
            return self.resolve(of, alias, &domain, negated);
        }
        if let Some(rest) = rest {
            return Err(not_a_path(of, field, rest));
        }
        let value = match &condition.operand {
            Operand::Domain(domain) => {
                let negated = (condition.operator == Operator::NotExists) != negated;
                return self.exists(of, alias, field, domain, negated, false);
            }
            Operand::Value(value) => value,
        };
        let operator = match condition.operator {
            Operator::EqualIfSet => Operator::Equal,
            other => other,
        };
        if matches!(operator, Operator::ChildOf | Operator::ParentOf) {
            return self.hierarchy(of, alias, field, operator, value, negated);
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
        if is_inherited(of, field) {
            let inner = Domain::condition(field.name.clone(), operator, value.clone());
            return self.in_parent(of, alias, field, inner, false);
        }
        if is_relational(field) {
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
                "conditions on {:?} of {} are not answered yet: Odoo searches it in Python",
                field.name, of.model.name
            ),
        ))
    }

    /// The stored column of a field the caller may use.
    pub(super) fn column(&self, of: &Subject, alias: u32, field: &Field) -> Result<Column> {
        match self.rights {
            Rights::User => user_column(self.scope, of, alias, field),
            Rights::Superuser => stored_column(self.scope, of, alias, field),
        }
    }

    /// `field any domain`. `is_link` is set for the step to an `_inherits` parent, which asks no
    /// rights.
    pub(super) fn exists(
        &self,
        of: &Subject,
        alias: u32,
        field: &Field,
        domain: &Domain,
        negated: bool,
        is_link: bool,
    ) -> Result<Predicate> {
        if is_inherited(of, field) {
            let inner = Domain::exists(field.name.clone(), Operator::Exists, domain.clone());
            return self.in_parent(of, alias, field, inner, negated);
        }
        match field.field_type {
            FieldType::Many2one => self.any_of_one(of, alias, field, domain, negated, is_link),
            FieldType::One2many | FieldType::Many2many => {
                self.any_of_many(of, alias, field, domain, negated)
            }
            _ => Err(Error::new(
                Code::InvalidDomain,
                format!(
                    "{:?} of {} is no relation, so any does not fit it",
                    field.name, of.model.name
                ),
            )),
        }
    }

    /// A condition on an inherited field, on the `_inherits` parent that it comes from.
    pub(super) fn in_parent(
        &self,
        of: &Subject,
        alias: u32,
        field: &Field,
        inner: Domain,
        negated: bool,
    ) -> Result<Predicate> {
        let link = self::field(self.scope, of, parent_link(of, field)?)?;
        let inner = if negated {
            Domain::Not(Box::new(inner))
        } else {
            inner
        };
        self.exists(of, alias, link, &inner, false, true)
    }

    /// Through a many2one to records the user may see, archived ones too.
    fn any_of_one(
        &self,
        of: &Subject,
        alias: u32,
        field: &Field,
        domain: &Domain,
        negated: bool,
        is_link: bool,
    ) -> Result<Predicate> {
        let column = self.column(of, alias, field)?;
        self.refuse_computed(of, field)?;
        let comodel = comodel(self.scope, of, field)?;
        let bypass = is_link
            || self.rights == Rights::Superuser
            || of.facts.fields.get(&field.name).is_some_and(|f| f.bypass);
        let coalias = self.scope.subquery_alias(&comodel.table)?;
        let Some(asked) = self.allowed(&comodel, bypass, || {
            self.resolve(&comodel, coalias, domain, false)
        })?
        else {
            return Ok(Predicate::Const(negated));
        };
        let mut parts = vec![asked];
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
