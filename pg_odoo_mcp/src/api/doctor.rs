//! What is wrong here, for people, administrators and fronts.

use crate::doctor::{self, Asker};
use pgrx::prelude::*;

/// Everything that can be seen from inside the database, in reading order. `status` is `ok`,
/// `warning` or `error`; `hint` is what to type next. A front says the size of its pool, the name it
/// has for Odoo's database, its version, and its clock in seconds since 1970.
#[pg_extern(schema = "odoo_mcp", volatile, parallel_unsafe)]
#[allow(clippy::type_complexity)] // pgrx reads the columns off this type
pub(crate) fn doctor(
    pool_size: default!(Option<i32>, "NULL"),
    odoo_db: default!(Option<&str>, "NULL"),
    front_version: default!(Option<&str>, "NULL"),
    front_clock: default!(Option<f64>, "NULL"),
) -> TableIterator<
    'static,
    (
        name!(check, String),
        name!(status, String),
        name!(finding, String),
        name!(hint, Option<String>),
    ),
> {
    let findings = doctor::examine(&Asker {
        pool_size,
        odoo_db,
        front_version,
        front_clock,
    });
    TableIterator::new(findings.into_iter().map(|found| {
        (
            found.check.into_owned(),
            found.status.into_owned(),
            found.finding,
            found.hint,
        )
    }))
}
