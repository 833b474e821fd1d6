//! `child_of` and `parent_of`.

use super::Descendants;
use super::column::comodel_name;
use super::condition::{Resolver, Rights};
use crate::access::{Subject, check_read, subject};
use crate::catalog::{Field, FieldType};
use crate::domain::{Domain, Operator};
use crate::error::{Code, Error, Result};
use crate::sql::{Param, PgType};
use crate::value::Value;
use std::collections::BTreeSet;

/// What a hierarchy operator comes to.
pub(super) enum Hierarchy {
    /// A plain condition.
    Domain(Domain),
    /// The records below others.
    Descendants(Descendants),
}

/// The meaning of `child_of` for partners, and of `parent_of` for the user's own companies: what
/// record rules ask for. Other hierarchies are not answered yet.
pub(super) fn condition(
    resolver: &Resolver<'_>,
    of: &Subject,
    field: &Field,
    operator: Operator,
    value: &Value,
) -> Result<Hierarchy> {
    if *value == Value::FALSE {
        return Ok(Hierarchy::Domain(Domain::Const(false)));
    }
    let refuse = || {
        let error = Error::new(
            Code::NotSupported,
            format!(
                "{} on {:?} of {} is not answered yet",
                operator.name(),
                field.name,
                of.model.name
            ),
        );
        error.hint("compare ids with in")
    };
    let values = match value {
        Value::List(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut ids = Vec::new();
    for value in values {
        let Value::Int(id) = value else {
            return Err(refuse());
        };
        ids.push(*id);
    }
    if ids.is_empty() {
        return Ok(Hierarchy::Domain(Domain::Const(false)));
    }
    let comodel = match field.field_type {
        FieldType::Many2one => comodel_name(of, field)?,
        FieldType::Integer if field.name == "id" => of.model.name.as_str(),
        _ => return Err(refuse()),
    };
    // a many2one to its own model is a hierarchy of its own
    let is_own = field.field_type == FieldType::Many2one && comodel == of.model.name;
    match (operator, comodel) {
        (Operator::ParentOf, "res.company") if field.name != "id" && !is_own => {
            ancestors(resolver, &ids)
                .map(|ancestors| {
                    let ids = ancestors.into_iter().map(Value::Int).collect();
                    Hierarchy::Domain(Domain::condition(
                        field.name.clone(),
                        Operator::In,
                        Value::List(ids),
                    ))
                })
                .ok_or_else(refuse)
        }
        (Operator::ChildOf, "res.partner") if !is_own => {
            let comodel = subject(resolver.scope, comodel)?;
            if resolver.rights == Rights::User {
                check_read(&comodel.model, resolver.scope.principal)?;
            }
            let parent = comodel.model.fields.get("parent_id");
            if parent.and_then(|f| f.column.as_deref()) != Some("int4") {
                return Err(refuse());
            }
            resolver.scope.subquery_alias(&comodel.table)?;
            Ok(Hierarchy::Descendants(Descendants {
                table: comodel.table,
                parent: "parent_id".into(),
                roots: Param::array(PgType::Int8, ids.iter().map(i64::to_string)),
            }))
        }
        _ => Err(refuse()),
    }
}

/// The companies and all above them, if they are the user's own.
fn ancestors(resolver: &Resolver<'_>, ids: &[i64]) -> Option<BTreeSet<i64>> {
    let mut ancestors = BTreeSet::new();
    for id in ids {
        let companies = &resolver.scope.principal.companies;
        let company = companies.iter().find(|c| c.id == *id)?;
        for label in company.parent_path.split('/').filter(|l| !l.is_empty()) {
            ancestors.insert(label.parse::<i64>().ok()?);
        }
    }
    (!ancestors.is_empty()).then_some(ancestors)
}
