//! What `setup` can't learn in SQL without touching Odoo's tables as a superuser.

use crate::catalog;
use crate::exec::native;
use crate::exec::read_only::Source;
use crate::report::or_raise;
use pgrx::pg_sys;
use pgrx::prelude::*;

/// Odoo's `database.uuid`, read as the role that owns it.
#[pg_extern(schema = "odoo_mcp_private", volatile, parallel_unsafe)]
pub(crate) fn database_uuid(odoo_schema: &str, odoo_role: pg_sys::Oid) -> Option<String> {
    let source = Source {
        role: odoo_role,
        odoo_role,
        odoo_schema: odoo_schema.to_owned(),
        facts_generation: 0,
    };
    or_raise(catalog::database_uuid(&source))
}

/// The cluster's identifier.
#[pg_extern(schema = "odoo_mcp_private", stable, parallel_safe)]
pub(crate) fn system_identifier() -> i64 {
    native::system_identifier()
}
