//! Facts and engines, for the administrator.

use crate::exec::jsonb::JsonbText;
use crate::govern::installation::Installation;
use crate::govern::status::{self, Status};
use crate::govern::{engine, facts};
use crate::report::or_raise;
use pgrx::JsonB;
use pgrx::prelude::*;

/// Odoo's installed modules with their versions.
#[pg_extern(schema = "odoo_mcp", volatile, parallel_unsafe)]
pub(crate) fn installed_modules()
-> TableIterator<'static, (name!(name, String), name!(version, String))> {
    let modules = or_raise(facts::installed_modules());
    TableIterator::new(
        modules
            .into_iter()
            .map(|module| (module.installed.name, module.version)),
    )
}

/// Keeps what `odoo-mcp scan-addons` found, in place of what was there.
#[pg_extern(schema = "odoo_mcp", volatile, parallel_unsafe)]
pub(crate) fn load_facts(document: JsonbText) -> JsonB {
    JsonB(or_raise(facts::load(&document.0)))
}

/// Who answers a model from now on. What is NULL is missing, and refused: a strict function would do nothing.
#[pg_extern(schema = "odoo_mcp", volatile, parallel_unsafe)]
pub(crate) fn set_model_engine(
    model: Option<&str>,
    engine: Option<&str>,
    reason: Option<&str>,
    force: default!(Option<bool>, "false"),
) -> String {
    let [model, engine, reason] = [model, engine, reason].map(Option::unwrap_or_default);
    let force = force.unwrap_or_default();
    let (former, now) = or_raise(engine::set(model, engine, reason, force));
    format!("{model}: {now}, before: {former}")
}

/// For the view `facts`.
#[pg_extern(schema = "odoo_mcp_private", volatile, parallel_unsafe)]
pub(crate) fn facts_now() -> TableIterator<
    'static,
    (
        name!(registry_signal, Option<String>),
        name!(modules_changed, i32),
    ),
> {
    let installation = or_raise(Installation::get());
    let age = or_raise(facts::age(&installation));
    let changed = age.changed.len() + age.unread.len();
    TableIterator::once((age.signal, i32::try_from(changed).unwrap_or(i32::MAX)))
}

/// For the view `model_status`.
#[pg_extern(schema = "odoo_mcp_private", volatile, parallel_unsafe)]
#[allow(clippy::type_complexity)] // pgrx reads the columns off this type
pub(crate) fn model_statuses() -> TableIterator<
    'static,
    (
        name!(model, String),
        name!(name, String),
        name!(engine, &'static str),
        name!(reason, Option<String>),
        name!(module, Option<String>),
        name!(file, Option<String>),
        name!(line, Option<i32>),
        name!(remedy, Option<String>),
        name!(forced, bool),
    ),
> {
    let models = or_raise(status::models());
    TableIterator::new(models.into_iter().map(|(model, status)| {
        (
            model.name,
            model.label,
            engine_of(&status),
            status.reason,
            status.module,
            status.file,
            status.line,
            status.remedy,
            status.is_forced,
        )
    }))
}

/// For the view `field_status`.
#[pg_extern(schema = "odoo_mcp_private", volatile, parallel_unsafe)]
#[allow(clippy::type_complexity)] // pgrx reads the columns off this type
pub(crate) fn field_statuses() -> TableIterator<
    'static,
    (
        name!(model, String),
        name!(field, String),
        name!(engine, &'static str),
        name!(reason, Option<String>),
        name!(module, Option<String>),
        name!(file, Option<String>),
        name!(line, Option<i32>),
        name!(remedy, Option<String>),
        name!(forced, bool),
    ),
> {
    let fields = or_raise(status::fields());
    TableIterator::new(fields.into_iter().map(|(model, field, status)| {
        (
            model,
            field,
            engine_of(&status),
            status.reason,
            status.module,
            status.file,
            status.line,
            status.remedy,
            status.is_forced,
        )
    }))
}

fn engine_of(status: &Status) -> &'static str {
    if status.is_sql { "sql" } else { "odoo" }
}
