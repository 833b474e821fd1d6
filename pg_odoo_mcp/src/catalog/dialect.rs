//! Which Odoo this is, by the shape of its registry's tables and never by its version: what some Odoos lack is told
//! here. A column is told in its statement, where it is named without qualification beside one that is `absent`.

use crate::exec::native;
use odoo_compiler::catalog::Dialect;
use pgrx::pg_sys;

/// How this Odoo reads domains.
pub(super) fn of(schema: &str) -> Dialect {
    let column = |name| {
        let fields = native::relation_oid(schema, "ir_model_fields")?;
        native::column_type(fields, name)
    };
    Dialect {
        rewrites: column("translate") != Some(pg_sys::BOOLOID),
        falsy_is_unset: column("company_dependent").is_some(),
        local_weeks: tells_inheritance(schema),
    }
}

/// Whether its tables tell what a model inherits from. Where they do not, any module may have a say in any model.
pub(super) fn tells_inheritance(schema: &str) -> bool {
    native::relation_oid(schema, "ir_model_inherit").is_some()
}
