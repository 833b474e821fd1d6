//! Few records on the way to many: PostgreSQL knows how often each country is in a table of partners, but not which one a
//! subquery will find, and takes it for a rare one. So the ids are read first, in the same snapshot, and bound.

use super::Subquery;
use crate::catalog::Table;
use crate::error::Result;
use crate::scope::Scope;
use crate::sql::{self, Param, PgType};

/// Rows of a table that is worth it.
const MANY: f64 = 50_000.0;

/// Rows of a table whose ids are few.
const FEW: u64 = 10_000;

/// The ids of a subquery's records, where they are few and the records that point to them are many.
pub(super) fn few_ids(
    scope: &Scope<'_>,
    many: &Table,
    subquery: &Subquery,
) -> Result<Option<Param>> {
    let rows = |table: &Table| scope.catalog.row_estimate(table);
    let is_worth_it = rows(many).is_some_and(|rows| rows > MANY)
        && rows(&subquery.table).is_some_and(|rows| rows < FEW as f64);
    if !is_worth_it {
        return Ok(None);
    }
    let statement = sql::ids(subquery, FEW, scope.relations());
    scope.once_before(statement, |statement| {
        let ids = scope.catalog.ids(statement, FEW)?;
        Ok(ids.map(|ids| Param::array(PgType::Int4, ids.iter().map(ToString::to_string))))
    })
}
