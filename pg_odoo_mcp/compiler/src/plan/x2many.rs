//! one2many and many2many fields: the way to their records, and conditions on those.

use super::column::{check_known, check_use, comodel_name, unknown_groups};
use super::condition::{Resolver, Rights, unless_comodel_is_answered, unread};
use super::literal::mismatch;
use super::{Column, Predicate, Subquery};
use crate::access::{Asker, Subject, check_field, check_read, subject_as};
use crate::catalog::{Field, FieldType, LinkTable};
use crate::domain::{Domain, Operator};
use crate::error::{Code, Error, Result};
use crate::facts::{Effect, document};
use crate::scope::Scope;
use crate::sql::{Param, PgType};
use crate::value::Value;

/// Where an x2many field leads.
pub(super) struct ToMany {
    pub(super) comodel: Subject,
    pub(super) way: Way,
    /// What the field's own domain asks of its records.
    pub(super) domain: Domain,
    /// `active_test` of the field's own context.
    pub(super) active_test: Option<bool>,
}

/// How a record and those of its x2many field know each other.
pub(super) enum Way {
    /// The comodel's many2one back, or an id beside the name of the model.
    Inverse(Field),
    /// A table of pairs.
    Link(LinkTable),
}

/// Whether archived records of a model are told apart, and by which field.
pub(super) fn active_field(of: &Subject) -> Option<&str> {
    let names = match of.facts.active_name.as_deref() {
        Some(own) => [own, own],
        None => ["active", "x_active"],
    };
    names
        .into_iter()
        .find(|name| of.model.fields.contains_key(name))
}

impl ToMany {
    /// Where the field leads, if SQL can follow.
    pub(super) fn new(scope: &Scope<'_>, of: &Subject, on: &Field, asker: Asker) -> Result<ToMany> {
        let refuse = |why: &str| Error::of_field(&of.model.name, &on.name, why);
        if on.manual {
            return Err(refuse(
                "it was made by an administrator, and its domain is not known",
            ));
        }
        let facts = of
            .facts
            .fields
            .get(&on.name)
            .ok_or_else(|| unknown_groups(of, on))?;
        check_known(of, on)?;
        if !on.store || facts.search {
            return Err(refuse("Odoo computes it"));
        }
        if facts.open_domain {
            return Err(refuse("its domain comes from Odoo's Python"));
        }
        if facts.open_context {
            return Err(refuse("its context may change what Odoo finds"));
        }
        let mut domain = match &facts.domain {
            None => Domain::Const(true),
            Some(json) => {
                document::domain(json).ok_or_else(|| refuse("its domain is not understood"))?
            }
        };
        let comodel = comodel(scope, of, on, asker)?;
        let way = match on.field_type {
            FieldType::One2many => {
                let (inverse, is_of_model) = points_back(scope, of, on, &comodel)?;
                if is_of_model != Domain::Const(true) {
                    domain = Domain::All(vec![domain, is_of_model]);
                }
                Way::Inverse(inverse)
            }
            _ => Way::Link(
                on.link
                    .as_deref()
                    .cloned()
                    .ok_or_else(|| refuse("it has no table of its own"))?,
            ),
        };
        Ok(ToMany {
            comodel,
            way,
            domain,
            active_test: facts.active_test,
        })
    }

    /// Whether the records that `id` is linked to, and that fulfil what `test` gives for their
    /// column of ids and its alias, exist.
    pub(super) fn exists(
        self,
        scope: &Scope<'_>,
        id: Column,
        negated: bool,
        test: impl FnOnce(&ToMany, u32) -> Result<Option<Predicate>>,
    ) -> Result<Predicate> {
        let coalias = scope.subquery_alias(&self.comodel.table)?;
        let Some(predicate) = test(&self, coalias)? else {
            return Ok(Predicate::Const(negated));
        };
        let records = Subquery {
            table: self.comodel.table.clone(),
            alias: coalias,
            predicate: Box::new(predicate),
        };
        let (back, rows) = match &self.way {
            Way::Inverse(inverse) => (Column::plain(coalias, inverse.name.as_str()), records),
            Way::Link(link) => {
                let alias = scope.subquery_alias(&link.table)?;
                let target = Column::plain(alias, link.column_to_comodel.as_str());
                let predicate = of_link(records, target);
                let rows = Subquery {
                    table: link.table.clone(),
                    alias,
                    predicate: Box::new(predicate),
                };
                (Column::plain(alias, link.column.as_str()), rows)
            }
        };
        Ok(Predicate::Exists {
            id,
            negated,
            back,
            rows,
        })
    }
}

/// The comodel's field back, and that it is meant for this model: Odoo adds that to the field's own domain.
fn points_back(
    scope: &Scope<'_>,
    of: &Subject,
    on: &Field,
    comodel: &Subject,
) -> Result<(Field, Domain)> {
    let refuse = |why: &str| Error::of_field(&of.model.name, &on.name, why);
    let inverse = on.inverse.as_deref().unwrap_or_default();
    let inverse = comodel.model.fields.get(inverse);
    let inverse = inverse.filter(|f| f.column.as_deref() == Some("int4") && f.name != "id");
    let domain = inverse.and_then(|inverse| match inverse.field_type {
        FieldType::Many2one => Some(Domain::Const(true)),
        _ if !scope.dialect.rewrites => None,
        FieldType::Integer => Some(Domain::Const(true)),
        FieldType::Many2oneReference => {
            let facts = comodel.facts.fields.get(&inverse.name)?;
            let named = facts.model_field.as_deref()?;
            let name = Value::Text(of.model.name.clone());
            Some(Domain::condition(named, Operator::Equal, name))
        }
        _ => None,
    });
    inverse
        .cloned()
        .zip(domain)
        .ok_or_else(|| refuse("the field of its records that points back is no stored many2one"))
}

/// What is asked of the records, asked of the column that holds their ids. The comodel is read only
/// where more than those is looked at.
fn of_link(records: Subquery, target: Column) -> Predicate {
    let is_id = |column: &Column| *column == Column::plain(records.alias, "id");
    match *records.predicate {
        Predicate::Const(true) => Predicate::Const(true),
        Predicate::In {
            ref column,
            ref values,
            negated: false,
            or_null: false,
        } if is_id(column) => Predicate::In {
            column: target,
            values: values.clone(),
            negated: false,
            or_null: false,
        },
        _ => Predicate::Within {
            column: target,
            negated: false,
            or_null: false,
            subquery: records,
        },
    }
}

/// The comodel of a relational field.
pub(super) fn comodel(
    scope: &Scope<'_>,
    of: &Subject,
    on: &Field,
    asker: Asker,
) -> Result<Subject> {
    subject_as(scope, comodel_name(of, on)?, asker).map_err(|e| unless_comodel_is_answered(on, e))
}

impl Resolver<'_> {
    /// Checks the field itself, as a condition on it does.
    pub(super) fn may_use(&self, of: &Subject, on: &Field) -> Result<()> {
        check_use(of, on, &[Effect::Rows])?;
        match self.rights {
            Rights::User => check_field(of, &on.name, self.scope.principal),
            Rights::Superuser => Ok(()),
        }
    }

    /// `field any domain`: some record of the field that the user sees fulfils the domain.
    pub(super) fn any_of_many(
        &self,
        of: &Subject,
        alias: u32,
        on: &Field,
        domain: &Domain,
        negated: bool,
        unchecked: bool,
    ) -> Result<Predicate> {
        self.check_named(of, on, domain, negated)?;
        let asker = self.asker(unchecked || bypasses(of, on));
        let bypass = asker != Asker::User;
        let to_many = ToMany::new(self.scope, of, on, asker)?;
        self.check_any_of_many(of, on, &to_many)?;
        let inside = self.behind(&to_many);
        let id = Column::plain(alias, "id");
        to_many.exists(self.scope, id, negated, |to_many, coalias| {
            let comodel = &to_many.comodel;
            let Some(asked) = self.allowed(comodel, bypass, || {
                inside.resolve(comodel, coalias, domain, false)
            })?
            else {
                return Ok(None);
            };
            self.may_use(of, on)?;
            let names_active = active_field(comodel)
                .is_some_and(|active| mentions(&asked, &Column::plain(coalias, active)));
            let mut parts = vec![asked];
            parts.extend(inside.counted(to_many, coalias, names_active)?);
            if !bypass {
                parts.push(super::condition::ruled(self.scope, comodel, coalias)?);
            }
            Ok(Some(Predicate::all(parts)))
        })
    }

    /// As whom records are looked for behind a field that asks for rights or bypasses them.
    pub(super) fn asker(&self, bypasses: bool) -> Asker {
        match (self.rights, bypasses) {
            (Rights::Superuser, _) => Asker::System,
            (Rights::User, true) => Asker::Bypassing,
            (Rights::User, false) => Asker::User,
        }
    }

    /// The resolver of conditions on the records of the field: its context holds for all of them.
    pub(super) fn behind(&self, to_many: &ToMany) -> Self {
        Resolver {
            active_test: to_many.active_test.unwrap_or(self.active_test),
            ..*self
        }
    }

    /// Which records count behind the field, besides what is asked of them: those of its own
    /// domain, and no archived ones unless a condition names the active field.
    pub(super) fn counted(
        &self,
        to_many: &ToMany,
        coalias: u32,
        names_active: bool,
    ) -> Result<Vec<Predicate>> {
        let comodel = &to_many.comodel;
        let mut parts = vec![self.field_domain(to_many, coalias)?];
        if let Some(active) = active_field(comodel).filter(|_| self.active_test && !names_active)
            && !to_many.domain.names_field(active)
        {
            parts.push(self.active(comodel, coalias, active)?);
        }
        if let Way::Inverse(inverse) = &to_many.way
            && !inverse.not_null
        {
            // Odoo adds a condition on it
            self.may_use(comodel, inverse)?;
        }
        Ok(parts)
    }

    /// What the field's own domain asks of its records.
    pub(super) fn field_domain(&self, to_many: &ToMany, coalias: u32) -> Result<Predicate> {
        self.resolve(&to_many.comodel, coalias, &to_many.domain, false)
    }

    /// `field in values`: ids of linked records whoever may see them, archived ones too; false for
    /// having none.
    pub(super) fn linked_in(
        &self,
        of: &Subject,
        alias: u32,
        on: &Field,
        values: &[Value],
        negated: bool,
    ) -> Result<Predicate> {
        let mut ids = Vec::new();
        let mut or_none = false;
        for value in values {
            match value {
                // to Python, zero is false
                Value::Bool(false) | Value::Int(0) => or_none = true,
                Value::Int(id) => ids.push(id.to_string()),
                other => return Err(mismatch(of, on, other, "ids, names or false")),
            }
        }
        let mut parts = Vec::new();
        if or_none {
            parts.push(self.linked(of, alias, on, !negated, |_| Ok(Predicate::Const(true)))?);
        }
        if !ids.is_empty() {
            let ids = Param::array(PgType::Int8, ids.into_iter());
            parts.push(self.linked(of, alias, on, negated, |column| {
                Ok(Predicate::In {
                    column,
                    values: ids,
                    negated: false,
                    or_null: false,
                })
            })?);
        }
        Ok(if negated {
            Predicate::all(parts)
        } else {
            Predicate::any(parts)
        })
    }

    /// Whether linked records whose id passes the test exist, whoever may see them.
    pub(super) fn linked(
        &self,
        of: &Subject,
        alias: u32,
        on: &Field,
        negated: bool,
        test: impl FnOnce(Column) -> Result<Predicate>,
    ) -> Result<Predicate> {
        self.may_use(of, on)?;
        let superuser = Resolver {
            scope: self.scope,
            rights: Rights::Superuser,
            active_test: false,
        };
        let to_many = ToMany::new(self.scope, of, on, Asker::System)?;
        self.check_linked(of, on, &to_many)?;
        let id = Column::plain(alias, "id");
        to_many.exists(self.scope, id, negated, |to_many, coalias| {
            let parts = vec![
                test(Column::plain(coalias, "id"))?,
                superuser.field_domain(to_many, coalias)?,
            ];
            Ok(Some(Predicate::all(parts)))
        })
    }

    /// The active filter.
    pub(super) fn active(&self, of: &Subject, alias: u32, active: &str) -> Result<Predicate> {
        let is_active = Domain::condition(active, Operator::Equal, Value::Bool(true));
        self.resolve(of, alias, &is_active, false)
    }

    /// What a domain on a comodel comes to; nothing where that is constantly false, which Odoo
    /// sees before it asks for rights.
    pub(super) fn allowed(
        &self,
        comodel: &Subject,
        bypass: bool,
        resolve: impl FnOnce() -> Result<Predicate>,
    ) -> Result<Option<Predicate>> {
        let access = if bypass {
            Ok(())
        } else {
            check_read(&comodel.model, self.scope.principal)
        };
        let told = self.scope.warning_count();
        let resolved = resolve();
        if access.is_err() {
            self.scope.forget_warnings(told);
        }
        match (access, resolved) {
            (_, Ok(Predicate::Const(false))) => Ok(None),
            // it may be constantly false to Odoo, which then asks for no rights
            (Err(_), Err(open))
                if open.code == Code::NotSupported && self.scope.catalog.delegates() =>
            {
                Err(unread())
            }
            (Err(denied), _) => Err(denied),
            (Ok(()), resolved) => resolved.map(Some),
        }
    }
}

/// Whether paths through the field ask no rights of its records.
pub(super) fn bypasses(of: &Subject, on: &Field) -> bool {
    let facts = of.facts.fields.get(&on.name);
    facts.is_some_and(|facts| facts.bypass)
}

/// Whether some condition of this level is on the column.
fn mentions(predicate: &Predicate, wanted: &Column) -> bool {
    match predicate {
        Predicate::Const(_) | Predicate::Exists { .. } | Predicate::Found { .. } => false,
        Predicate::All(parts) | Predicate::Any(parts) => parts.iter().any(|p| mentions(p, wanted)),
        Predicate::Null { column, .. }
        | Predicate::True { column, .. }
        | Predicate::In { column, .. }
        | Predicate::Compare { column, .. }
        | Predicate::Like { column, .. }
        | Predicate::Within { column, .. }
        | Predicate::InHierarchy { column, .. }
        | Predicate::Latest { id: column, .. } => column == wanted,
    }
}
