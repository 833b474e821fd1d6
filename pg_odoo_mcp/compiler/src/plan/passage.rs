//! The way to other records: `any`, through a many2one or to an `_inherits` parent.

use super::column::{self, is_inherited, parent_link};
use super::condition::{Resolver, ruled};
use super::ids_first::few_ids;
use super::x2many::{bypasses, comodel};
use super::{Predicate, Subquery};
use crate::access::{Asker, Subject};
use crate::catalog::{Field, FieldType};
use crate::domain::{Domain, Operator};
use crate::error::{Code, Error, Result};

impl Resolver<'_> {
    /// `field any domain`. `is_link` is set for the step to an `_inherits` parent and for `any!`,
    /// which ask no rights.
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
                self.any_of_many(of, alias, field, domain, negated, is_link)
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
        let link = column::field(self.scope, of, parent_link(of, field)?)?;
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
        let is_joined = is_link || bypasses(of, field);
        let asker = self.asker(is_joined);
        let bypass = asker != Asker::User;
        let comodel = comodel(self.scope, of, field, asker)?;
        if !bypass {
            check_rights_known(of, field)?;
        }
        let coalias = self.scope.subquery_alias(&comodel.table)?;
        self.check_named(of, field, domain, negated)?;
        let inside = Resolver {
            // without a rewritten domain, archived ones behind it count, too
            active_test: self.active_test && (self.scope.dialect.rewrites || is_joined),
            ..*self
        };
        let Some(asked) = self.allowed(&comodel, bypass, || {
            inside.resolve(&comodel, coalias, domain, false)
        })?
        else {
            // what is settled asks no right to the field
            return Ok(Predicate::Const(negated));
        };
        let column = self.column(of, alias, field)?;
        self.refuse_computed(of, field)?;
        let mut parts = vec![asked];
        if !bypass {
            parts.push(ruled(self.scope, &comodel, coalias)?);
        }
        let subquery = Subquery {
            table: comodel.table,
            alias: coalias,
            predicate: Box::new(Predicate::all(parts)),
        };
        // what a caller may not see is not read out of the statement
        if !bypass && let Some(values) = few_ids(self.scope, &of.table, &subquery)? {
            return Ok(Predicate::In {
                column,
                values,
                negated,
                or_null: negated && !field.not_null,
            });
        }
        Ok(Predicate::Within {
            column,
            negated,
            or_null: negated && !field.not_null,
            subquery,
        })
    }
}

/// Whether it is known that a path through the many2one field asks for the rights of its records.
pub(super) fn check_rights_known(of: &Subject, field: &Field) -> Result<()> {
    let facts = of.facts.fields.get(&field.name);
    match facts.is_some_and(|f| f.open_bypass) {
        false => Ok(()),
        true => Err(Error::new(
            Code::NotSupported,
            format!(
                "paths through {:?} of {} are not answered in SQL: whether they ask for the rights of its records is not known",
                field.name, of.model.name
            ),
        )),
    }
}
