//! `child_of` and `parent_of`.

use super::column::{comodel_name, is_inherited, stored_column};
use super::condition::{Resolver, Rights};
use super::x2many::{ToMany, comodel};
use super::{Column, Form, Hierarchy, Kinship, Predicate, Subquery};
use crate::access::{Subject, check_read};
use crate::catalog::{Field, FieldType};
use crate::domain::{Condition, Domain, Operand, Operator};
use crate::error::{Code, Error, Result};
use crate::sql::{Param, PgType};
use crate::value::Value;
use std::collections::BTreeSet;

/// What a hierarchy starts from: ids, and texts that are looked for among display names; or what a search finds as the
/// system, archived ones too.
#[derive(Default)]
struct Start {
    ids: Vec<i64>,
    names: Vec<Value>,
    found: Option<Domain>,
}

impl Resolver<'_> {
    /// The records at, below or above those of the condition: as an id, or the ids of another field.
    pub(super) fn hierarchy(
        &self,
        of: &Subject,
        alias: u32,
        field: &Field,
        condition: &Condition,
        negated: bool,
    ) -> Result<Predicate> {
        let operator = condition.operator;
        // of a truth Odoo refuses even that, and of what may be an attachment it forgets the operator
        let is_odd = matches!(
            field.field_type,
            FieldType::Boolean | FieldType::Binary | FieldType::Properties
        );
        if condition.operand == Operand::Value(Value::FALSE) && !is_odd {
            return Ok(Predicate::Const(negated));
        }
        if is_inherited(of, field) {
            let inner = Domain::Condition(condition.clone());
            let link = super::column::parent_link(of, field)?;
            let link = super::column::field(self.scope, of, link)?;
            return self.exists(of, alias, link, &inner, negated, true);
        }
        let refuse = |why: &str| {
            Error::new(
                Code::NotSupported,
                format!(
                    "{} on {:?} of {} is not answered in SQL: {why}",
                    operator.name(),
                    field.name,
                    of.model.name
                ),
            )
            .hint("compare ids with in")
        };
        let to = match field.field_type {
            FieldType::Integer if field.name == "id" => of.model.name.as_str(),
            FieldType::Many2one | FieldType::One2many | FieldType::Many2many => {
                comodel_name(of, field)?
            }
            other => {
                return Err(Error::new(
                    match other {
                        FieldType::Binary | FieldType::Properties => Code::NotSupported,
                        _ => Code::InvalidDomain,
                    },
                    format!(
                        "{} fits relations and id, not {:?} of {}",
                        operator.name(),
                        field.name,
                        of.model.name
                    ),
                ));
            }
        };
        self.refuse_computed(of, field)?;
        let start = start(of, field, condition)?;
        self.check_hierarchy(of, field, !start.names.is_empty(), negated)?;
        let is_own = to == of.model.name && field.name != "id";
        if is_own && field.field_type != FieldType::Many2one {
            return Err(refuse(
                "the field leads to several records of its own model",
            ));
        }
        if let Some(ids) = self.own_companies(to, is_own, operator, &start)? {
            let ids = Value::List(ids.into_iter().map(Value::Int).collect());
            let within = Domain::condition(field.name.clone(), Operator::In, ids);
            return self.resolve(of, alias, &within, negated);
        }
        let comodel = match field.name.as_str() {
            "id" => of.clone(),
            _ => comodel(self.scope, of, field, self.asker(false))?,
        };
        // it asks them before anything is simplified
        self.scope.meet_method();
        if self.rights == Rights::User {
            check_read(&comodel.model, self.scope.principal)?;
        }
        if start.ids.is_empty() && start.names.is_empty() && start.found.is_none() {
            return Ok(Predicate::Const(negated));
        }
        let parent = if is_own {
            field.name.as_str()
        } else {
            comodel.facts.parent_name()
        };
        let Some(parent_field) = comodel.model.fields.get(parent) else {
            return Err(refuse(&format!(
                "{} has no hierarchy, for it has no field {parent:?}",
                comodel.model.name
            )));
        };
        let kinship = if comodel.facts.parent_store && parent == comodel.facts.parent_name() {
            let path = comodel.model.fields.get("parent_path");
            let path = path.ok_or_else(|| refuse("its model has no parent_path"))?;
            self.plain_column(&comodel, path)?;
            Kinship::Path
        } else {
            if parent_field.relation.as_deref() != Some(comodel.model.name.as_str()) {
                return Err(refuse("the field above does not lead to the same model"));
            }
            Kinship::Parent(self.plain_column(&comodel, parent_field)?)
        };
        // the recursion names its tables itself, but counts as a subquery, and its table as read
        self.scope.subquery_alias(&comodel.table)?;
        let hierarchy = self.started(of, &comodel, field, kinship, operator, start)?;
        self.in_hierarchy(of, alias, field, hierarchy, is_own, negated)
    }

    /// The condition on the field, or on the record's own id.
    fn in_hierarchy(
        &self,
        of: &Subject,
        alias: u32,
        field: &Field,
        hierarchy: Hierarchy,
        is_own: bool,
        negated: bool,
    ) -> Result<Predicate> {
        let within = |column, negated, or_null| Predicate::InHierarchy {
            column,
            negated,
            or_null,
            hierarchy: hierarchy.clone(),
        };
        if field.name == "id" || is_own {
            return Ok(within(Column::plain(alias, "id"), negated, false));
        }
        if field.field_type == FieldType::Many2one {
            let column = self.column(of, alias, field)?;
            return Ok(within(column, negated, negated && !field.not_null));
        }
        if hierarchy.kinship != Kinship::Path || hierarchy.upwards {
            return self.linked(of, alias, field, negated, |id| Ok(within(id, false, false)));
        }
        // Odoo makes `any!` of paths: without rights, but with the active filter
        self.may_use(of, field)?;
        let to_many = ToMany::new(self.scope, of, field, self.asker(true))?;
        let inside = self.behind(&to_many);
        to_many.exists(
            self.scope,
            Column::plain(alias, "id"),
            negated,
            |to_many, coalias| {
                let mut parts = vec![within(Column::plain(coalias, "id"), false, false)];
                parts.extend(inside.counted(to_many, coalias, false)?);
                Ok(Some(Predicate::all(parts)))
            },
        )
    }

    /// The hierarchy from its first records on. Names are searched with the user's rights; so are
    /// the ids of a many2many, but no others.
    fn started(
        &self,
        of: &Subject,
        comodel: &Subject,
        field: &Field,
        kinship: Kinship,
        operator: Operator,
        start: Start,
    ) -> Result<Hierarchy> {
        let mut searched: Vec<Domain> = start
            .names
            .into_iter()
            .map(|name| Domain::condition("display_name", Operator::Ilike, name))
            .collect();
        let mut ids = start.ids;
        if field.field_type == FieldType::Many2many && !ids.is_empty() {
            let ids = std::mem::take(&mut ids);
            let ids = Value::List(ids.into_iter().map(Value::Int).collect());
            searched.push(Domain::condition("id", Operator::In, ids));
        }
        let (by, searched) = match start.found {
            Some(domain) => {
                let system = Resolver {
                    scope: self.scope,
                    rights: Rights::Superuser,
                    active_test: false,
                };
                (system, Some(domain))
            }
            None => {
                let by = Resolver {
                    active_test: self.start_active_test(of, field),
                    ..*self
                };
                (by, (!searched.is_empty()).then(|| Domain::any(searched)))
            }
        };
        let found = match searched {
            None => None,
            Some(domain) => {
                let alias = self.scope.subquery_alias(&comodel.table)?;
                let predicate = by.search(comodel, alias, &domain)?;
                Some(Subquery {
                    table: comodel.table.clone(),
                    alias,
                    predicate: Box::new(predicate),
                })
            }
        };
        let ids =
            (!ids.is_empty()).then(|| Param::array(PgType::Int8, ids.iter().map(i64::to_string)));
        Ok(Hierarchy {
            table: comodel.table.clone(),
            kinship,
            upwards: operator == Operator::ParentOf,
            ids,
            found,
        })
    }

    /// The records that the user finds by the domain, and all that stand below them by `parent_path`.
    pub(super) fn below(
        &self,
        of: &Subject,
        alias: u32,
        domain: &Domain,
        negated: bool,
    ) -> Result<Predicate> {
        let refuse = |why: &str| Error::of_field(&of.model.name, "display_name", why);
        if !of.facts.parent_store {
            return Err(refuse("its model has no hierarchy that is kept"));
        }
        let path = of.model.fields.get("parent_path");
        self.plain_column(
            of,
            path.ok_or_else(|| refuse("its model has no parent_path"))?,
        )?;
        let found = self.searched(of, domain)?;
        // as of any other hierarchy
        self.scope.subquery_alias(&of.table)?;
        Ok(Predicate::InHierarchy {
            column: Column::plain(alias, "id"),
            negated,
            or_null: false,
            hierarchy: Hierarchy {
                table: of.table.clone(),
                kinship: Kinship::Path,
                upwards: false,
                ids: None,
                found: Some(found),
            },
        })
    }

    /// What a search of its own finds, which Odoo makes while it reads the domain: the call's context counts there.
    pub(super) fn searched(&self, of: &Subject, domain: &Domain) -> Result<Subquery> {
        let alias = self.scope.subquery_alias(&of.table)?;
        let resolver = Resolver {
            active_test: self.asked_active_test(),
            ..*self
        };
        Ok(Subquery {
            table: of.table.clone(),
            alias,
            predicate: Box::new(resolver.search(of, alias, domain)?),
        })
    }

    fn asked_active_test(&self) -> bool {
        self.rights == Rights::User && self.scope.active_test
    }

    /// Whether archived records are left out of the search for the first ones. Odoo makes it
    /// before any other field's context is there: the call's counts, or this field's.
    fn start_active_test(&self, of: &Subject, field: &Field) -> bool {
        let asked = self.asked_active_test();
        match field.field_type {
            FieldType::Many2one => false,
            FieldType::One2many | FieldType::Many2many => {
                let facts = of.facts.fields.get(&field.name);
                facts.and_then(|f| f.active_test).unwrap_or(asked)
            }
            _ => asked,
        }
    }

    /// The name of a field's column, as it is.
    fn plain_column(&self, of: &Subject, field: &Field) -> Result<String> {
        let column = stored_column(self.scope, of, 0, field)?;
        match column.form {
            Form::Plain => Ok(column.name),
            _ => Err(Error::new(
                Code::NotSupported,
                format!("{:?} of {} is no plain column", field.name, of.model.name),
            )),
        }
    }

    /// The companies and all above them, where those are the user's own: known without a query.
    fn own_companies(
        &self,
        to: &str,
        is_own: bool,
        operator: Operator,
        start: &Start,
    ) -> Result<Option<BTreeSet<i64>>> {
        if to != "res.company" || is_own || operator != Operator::ParentOf {
            return Ok(None);
        }
        if start.ids.is_empty() || !start.names.is_empty() || start.found.is_some() {
            return Ok(None);
        }
        if self.rights == Rights::User {
            match self.scope.catalog.model(to)? {
                Some(model) => check_read(&model, self.scope.principal)?,
                None => return Ok(None),
            }
        }
        let mut above = BTreeSet::new();
        for id in &start.ids {
            let companies = &self.scope.principal.companies;
            let Some(company) = companies.iter().find(|c| c.id == *id) else {
                return Ok(None);
            };
            for label in company.parent_path.split('/').filter(|l| !l.is_empty()) {
                match label.parse() {
                    Ok(id) => above.insert(id),
                    Err(_) => return Ok(None),
                };
            }
        }
        Ok((!above.is_empty()).then_some(above))
    }
}

fn start(of: &Subject, field: &Field, condition: &Condition) -> Result<Start> {
    let mut start = Start::default();
    let values = match &condition.operand {
        Operand::Value(Value::List(values)) => values.as_slice(),
        Operand::Value(one) => std::slice::from_ref(one),
        Operand::Domain(domain) => {
            start.found = Some(domain.as_ref().clone());
            return Ok(start);
        }
    };
    for value in values {
        match value {
            Value::Int(id) if *id > 0 => start.ids.push(*id),
            Value::Text(_) => start.names.push(value.clone()),
            other => {
                return Err(Error::new(
                    Code::NotSupported,
                    format!(
                        "{} on {:?} of {} takes ids and names, not {other}",
                        condition.operator.name(),
                        field.name,
                        of.model.name
                    ),
                ));
            }
        }
    }
    Ok(start)
}
