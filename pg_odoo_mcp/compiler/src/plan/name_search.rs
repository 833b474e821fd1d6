//! Text search by display name.

use super::column::{check_use, field};
use super::condition::{Rights, named as visible_by_name};
use super::dialect::check_asked;
use super::order::order;
use super::read::refuse_read_values;
use super::{Cell, Column, Display, Output, ReadPlan, Source, by_name, display};
use crate::access::{Subject, check_field};
use crate::domain::{Condition, Domain, Operator};
use crate::error::{Code, Error, Result};
use crate::facts::{Effect, NameFinder};
use crate::scope::Scope;
use crate::value::Value;

/// Plans Odoo's `name_search`: the records that a text finds by their names, as `[id, "name"]`.
pub fn name_search(
    scope: &Scope<'_>,
    of: &Subject,
    operator: Operator,
    name: &str,
    domain: &Domain,
    limit: u64,
) -> Result<ReadPlan> {
    let name = Value::Text(name.to_owned());
    // where Python searches, it may find what the domain leaves out
    match &of.facts.name_finder {
        NameFinder::Framework => {}
        NameFinder::UnlessAsked(field) if !mentions(domain, field) => {}
        NameFinder::UnlessAsked(_) | NameFinder::Python => return Err(listed_by_python(of)),
    }
    by_name(scope, of, operator, &name)?;
    refuse_read_values(of)?;
    let mut source = Source::new(scope, &of.table);
    let alias = source.alias;
    let named = Domain::condition("display_name", operator, name);
    check_asked(scope, of, domain)?;
    let asked = Domain::all(vec![named, domain.clone()]);
    let predicate = visible_by_name(scope, of, alias, &asked)?;
    let on = field(scope, of, "display_name")?;
    check_use(of, on, &[Effect::Values])?;
    check_field(of, "display_name", scope.principal)?;
    // unlike in a search, what a name is made of is read without the user's rights
    let name = match display(
        scope,
        &mut source,
        &of.model.name,
        alias,
        None,
        Rights::Superuser,
    )? {
        Display::Open => return Err(unnamed(of)),
        name => name,
    };
    let id = Column::plain(alias, "id");
    let order = order(scope, &mut source, of, None)?;
    Ok(ReadPlan {
        source,
        predicate,
        outputs: vec![Output {
            // the row is called record
            key: "named".into(),
            cell: Cell::Record { id, name },
        }],
        order,
        limit,
        offset: 0,
        skipped: Vec::new(),
    })
}

/// The error of a model whose names are asked for and made in Python.
pub(super) fn unnamed(of: &Subject) -> Error {
    Error::of_field(&of.model.name, "display_name", "Odoo's Python makes it")
        .hint("read a stored field such as name")
}

/// Whether the domain has a condition on the field itself, wherever a constant makes it moot.
fn mentions(domain: &Domain, field: &str) -> bool {
    match domain {
        Domain::Const(_) => false,
        Domain::All(parts) | Domain::Any(parts) => parts.iter().any(|part| mentions(part, field)),
        Domain::Not(inner) => mentions(inner, field),
        Domain::Condition(Condition { field_path, .. }) => field_path == field,
    }
}

fn listed_by_python(of: &Subject) -> Error {
    Error::new(
        Code::NotSupported,
        format!(
            "the list by name of {} is not made in SQL: Odoo does it in Python",
            of.model.name
        ),
    )
    .hint("search with a condition on display_name")
}
