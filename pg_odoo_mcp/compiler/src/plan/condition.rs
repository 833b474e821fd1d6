//! Domains to predicates: the meaning of each operator for each type of field, as Odoo 19 has it
//! (`odoo/orm/domains.py`, `odoo/orm/fields*.py`), and an older one as far as its dialect goes.

use super::column::{check_use, field, stored_column, user_column};
use super::dialect::check_asked;
use super::literal::{self, Falsy};
use super::searched::searched;
use super::x2many::active_field;
use super::{Column, DatePart, Predicate, merge};
use crate::access::{Subject, check_read, record_rules};
use crate::catalog::{Field, FieldType, shortened, suggestion};
use crate::domain::{Condition, Domain, Operand, Operator};
use crate::error::{Code, Error, Result};
use crate::facts::Effect;
use crate::scope::Scope;
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
    check_asked(scope, of, domain)?;
    named(scope, of, alias, domain)
}

/// The same, where names are what is asked for.
pub(super) fn named(
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
    /// want irrelevant: Odoo drops them before it looks. Their values it has read by then.
    fn each(
        &self,
        of: &Subject,
        alias: u32,
        parts: &[Domain],
        is_any: bool,
        negated: bool,
    ) -> Result<Vec<Predicate>> {
        let parts = merge::parts(self, of, parts, is_any, negated)?;
        let mut resolved: Vec<Result<Predicate>> = Vec::new();
        for (part, negated) in &parts {
            let told = self.scope.warning_count();
            let found = self.resolve(of, alias, part, *negated);
            if found.is_err() {
                self.scope.forget_warnings(told);
            }
            resolved.push(found);
        }
        let is_settled = resolved.contains(&Ok(Predicate::Const(is_any)));
        if !is_settled || !self.scope.dialect.rewrites {
            return resolved.into_iter().collect();
        }
        let mut kept = Vec::new();
        for ((part, negated), found) in parts.iter().zip(resolved) {
            match found {
                Err(e) if e.is_of_value => return Err(e),
                // what SQL can't read may hold a value that Odoo refuses, but for a rule, which Odoo has read before
                Err(e) if e.code == Code::NotSupported && self.rights == Rights::Superuser => {}
                // nor what lies behind a right that is missing: some of Odoo's methods search at once, with rights
                Err(e) if e.code == Code::AccessDenied => {
                    let (met, told) = (self.scope.met_methods(), self.scope.warning_count());
                    let rights = Rights::Superuser;
                    let behind = Self { rights, ..*self }.resolve(of, alias, part, *negated);
                    self.scope.forget_warnings(told);
                    // which the user may not know
                    if behind.is_err() || self.scope.met_methods() > met {
                        return Err(unread());
                    }
                }
                found => kept.push(found?),
            }
        }
        Ok(kept)
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
        if let Operand::Value(list @ Value::List(values)) = &condition.operand
            && values.contains(&Value::Null)
        {
            return Err(literal::mismatch(of, field, list, "no null among others"));
        }
        if is_never(field, condition) {
            return Ok(Predicate::Const(negated));
        }
        if let Some(domain) = merge::related(of, condition)? {
            return self.resolve(of, alias, &domain, negated);
        }
        if let Some(meant) = searched(self.scope, of, condition, negated)? {
            self.scope.meet_method();
            return self.resolve(of, alias, &meant.domain, meant.negated);
        }
        if let Some(rest) = rest {
            let has_part = matches!(field.field_type, FieldType::Date | FieldType::Datetime);
            let part = DatePart::named(rest).filter(|_| has_part);
            let part = part.ok_or_else(|| not_a_path(of, field, rest))?;
            return self.date_part(of, alias, field, part, condition, negated);
        }
        let value = match &condition.operand {
            Operand::Domain(_) if condition.operator == Operator::ChildOf => {
                return self.hierarchy(of, alias, field, condition, negated);
            }
            Operand::Domain(domain) => {
                let negated = (condition.operator == Operator::NotExists) != negated;
                let is_unchecked = condition.operator == Operator::ExistsUnchecked;
                return self.exists(of, alias, field, domain, negated, is_unchecked);
            }
            Operand::Value(value) => value,
        };
        let operator = match condition.operator {
            Operator::EqualIfSet => Operator::Equal,
            other => other,
        };
        if matches!(operator, Operator::ChildOf | Operator::ParentOf) {
            return self.hierarchy(of, alias, field, condition, negated);
        }
        if !negated {
            return self.test(of, alias, field, operator, value);
        }
        self.check_negated(of, field, operator)?;
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
        if Falsy::of(field).is_some() || !self.scope.dialect.rewrites {
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

    /// The stored column of a field the caller may use.
    pub(super) fn column(&self, of: &Subject, alias: u32, field: &Field) -> Result<Column> {
        check_use(of, field, &[Effect::Rows])?;
        match self.rights {
            Rights::User if field.store => user_column(self.scope, of, alias, field),
            // what is not stored Odoo searches by a method, and asks for no group of the field's
            Rights::User | Rights::Superuser => stored_column(self.scope, of, alias, field),
        }
    }
}

/// Whether it is an inequality of a date with nothing: Odoo makes that false before it negates, or asks a method.
pub(super) fn is_never(field: &Field, condition: &Condition) -> bool {
    matches!(field.field_type, FieldType::Date | FieldType::Datetime)
        && condition.operator.is_inequality()
        && condition.operand == Operand::Value(Value::FALSE)
        && condition.field_path == field.name
}

/// What lies behind a right that is missing is told to nobody.
pub(super) fn unread() -> Error {
    Error::new(
        Code::NotSupported,
        "a condition on records that the user may not read, beside one that settles the domain, is Odoo's to judge",
    )
}

fn not_a_path(of: &Subject, field: &Field, rest: &str) -> Error {
    match field.field_type {
        FieldType::Date | FieldType::Datetime => Error::new(
            Code::UnknownField,
            format!(
                "{:?} of {} is a date, which has no {:?}",
                field.name,
                of.model.name,
                shortened(rest)
            ),
        )
        .hint(suggestion(rest, DatePart::names()).unwrap_or_else(|| {
            format!(
                "numbers of dates: {}",
                DatePart::names().collect::<Vec<_>>().join(", ")
            )
        })),
        FieldType::Properties => Error::new(
            Code::NotSupported,
            format!("the properties of {:?} are not answered in SQL", field.name),
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
