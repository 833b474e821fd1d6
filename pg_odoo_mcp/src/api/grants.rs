//! What is wrong with the reading role's rights.

use crate::exec::owner;
use crate::govern::installation::Installation;
use crate::report::or_raise;
use pgrx::iter::TableIterator;
use pgrx::prelude::*;

const MISSING_GRANTS: &str = include_str!("../../../sql/statements/missing_grants.sql");

/// What the reading role may read of Odoo's tables and should not, or should and may not: for those who may not mend it.
#[pg_extern(schema = "odoo_mcp", volatile, parallel_unsafe)]
pub(crate) fn missing_grants()
-> TableIterator<'static, (name!(object, String), name!(problem, String))> {
    or_raise(Installation::get());
    let rows = owner::read(MISSING_GRANTS, &[]);
    TableIterator::new(
        rows.into_iter()
            .map(|row| row.into_iter().map(Option::unwrap_or_default))
            .filter_map(|mut cells| Some((cells.next()?, cells.next()?))),
    )
}
