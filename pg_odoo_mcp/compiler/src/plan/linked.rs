//! The records of an x2many field as a value: those the user sees, in the comodel's order.

use super::condition::{Resolver, Rights};
use super::order::order;
use super::source::{From, Join};
use super::x2many::{ToMany, Way, active_field};
use super::{Cell, Column, OrderTerm, Predicate, Source};
use crate::access::{Asker, Subject, check_field, check_read};
use crate::catalog::Field;
use crate::error::{Code, Result};
use crate::scope::Scope;

/// `[id, …]` of one record.
///
/// How long the list may be is left to the budget of the answer's bytes: that is counted row by
/// row as the executor makes them, so a list is sent whole or the call fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// The record's id.
    pub id: Column,
    /// The column that holds it, among the linked records or in their link table.
    pub back: Column,
    /// The comodel, its link table, and what its order joins.
    pub source: Source,
    /// Which of its records.
    pub predicate: Predicate,
    /// Never empty.
    pub order: Vec<OrderTerm>,
}

/// The records of `on`. Odoo asks for access even where a search through the field does not, and
/// leaves archived ones out unless the field's own context says otherwise.
pub(super) fn linked(scope: &Scope<'_>, of: &Subject, alias: u32, on: &Field) -> Result<Cell> {
    check_field(of, &on.name, scope.principal)?;
    let ToMany {
        comodel,
        way,
        domain,
        active_test,
        ..
    } = ToMany::new(scope, of, on, Asker::User)?;
    if let Err(denied) = check_read(&comodel.model, scope.principal) {
        return Ok(Cell::Denied(denied));
    }
    let coalias = scope.subquery_alias(&comodel.table)?;
    let mut source = Source {
        from: From::Table(comodel.table.clone()),
        alias: coalias,
        joins: Vec::new(),
    };
    let user = Resolver {
        scope,
        rights: Rights::User,
        active_test: active_test.unwrap_or(false),
    };
    let mut parts = vec![user.search(&comodel, coalias, &domain)?];
    if let Some(active) = active_field(&comodel)
        && active_test.unwrap_or(true)
    {
        parts.push(user.active(&comodel, coalias, active)?);
    }
    let back = match way {
        Way::Inverse(inverse) => {
            check_field(&comodel, &inverse.name, scope.principal)?;
            Column::plain(coalias, inverse.name)
        }
        Way::Link(link) => {
            let alias = scope.subquery_alias(&link.table)?;
            source.joins.push(Join {
                link: Column::plain(coalias, "id"),
                table: link.table,
                alias,
                column: link.column_to_comodel,
                predicate: Predicate::Const(true),
            });
            Column::plain(alias, link.column)
        }
    };
    let order = order(scope, &mut source, &comodel, None).map_err(|e| match e.code {
        Code::NotSupported => e.hint(format!(
            "leave {:?} out: its records cannot be sorted as Odoo sorts them",
            on.name
        )),
        _ => e,
    })?;
    Ok(Cell::Linked(Box::new(Linked {
        id: Column::plain(alias, "id"),
        back,
        source,
        predicate: Predicate::all(parts),
        order,
    })))
}
