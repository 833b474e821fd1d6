//! Records by their ids, archived or not.

use super::condition::{Resolver, Rights};
use super::read::{id_output, outputs};
use super::{Column, OrderTerm, Predicate, ReadPlan, Sorting, Source};
use crate::access::Subject;
use crate::domain::{Domain, Operator};
use crate::error::Result;
use crate::scope::Scope;
use crate::value::Value;

/// Plans a read: those of the records that the user may see. Fields are as in a search.
pub fn by_id(
    scope: &Scope<'_>,
    of: &Subject,
    ids: &[i64],
    fields: Option<&[String]>,
) -> Result<ReadPlan> {
    let mut source = Source::new(scope, &of.table);
    let resolver = of_any(scope, Rights::User);
    let predicate = resolver.search(of, source.alias, &among(ids))?;
    let (outputs, skipped) = outputs(scope, &mut source, of, fields)?;
    Ok(ReadPlan {
        outputs,
        skipped,
        ..listed(source, predicate, ids)
    })
}

/// Plans a look at which of the records there are, whoever may see them: of those that a read leaves
/// out Odoo refuses the ones that are there, and passes over the others.
pub fn existing(scope: &Scope<'_>, of: &Subject, ids: &[i64]) -> Result<ReadPlan> {
    let source = Source::new(scope, &of.table);
    let resolver = of_any(scope, Rights::Superuser);
    let predicate = resolver.found(of, source.alias, &among(ids))?;
    Ok(listed(source, predicate, ids))
}

fn of_any<'a>(scope: &'a Scope<'a>, rights: Rights) -> Resolver<'a> {
    Resolver {
        scope,
        rights,
        active_test: false,
    }
}

fn among(ids: &[i64]) -> Domain {
    let ids = ids.iter().map(|id| Value::Int(*id)).collect();
    Domain::condition("id", Operator::In, Value::List(ids))
}

fn listed(source: Source, predicate: Predicate, ids: &[i64]) -> ReadPlan {
    let alias = source.alias;
    ReadPlan {
        source,
        predicate,
        outputs: vec![id_output(alias)],
        order: vec![OrderTerm {
            by: Sorting::Column(Column::plain(alias, "id")),
            descending: false,
            nulls_first: None,
        }],
        limit: ids.len() as u64,
        offset: 0,
        skipped: Vec::new(),
    }
}
