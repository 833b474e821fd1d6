//! What a call reads of every model it touches, in its own snapshot.

use super::cache;
use super::footprint::Footprint;
use crate::exec::invalidation::Watch;
use crate::exec::native;
use crate::exec::plan::Bind;
use crate::exec::read_only::Reader;
use odoo_compiler::catalog::Model;
use odoo_compiler::error::Result;

const MODEL_STATE: &str = include_str!("../../../sql/statements/model_state.sql");
const MODEL_FOOTPRINT: &str = include_str!("../../../sql/statements/model_footprint.sql");

/// The tables whose rows [`State::version`] counts. A row's place says nothing once they are
/// rewritten, which a transaction can do between its own calls.
const VERSIONED: [(&str, Option<&str>); 5] = [
    ("ir_model_fields", None),
    ("ir_model_fields_selection", None),
    ("pg_class", Some("pg_catalog")),
    ("pg_attribute", Some("pg_catalog")),
    ("pg_constraint", Some("pg_catalog")),
];

/// One model as the snapshot has it.
pub(super) struct State {
    /// `ir_model.model`
    pub name: String,
    /// Order, modules, access lists and rules, as JSON.
    pub head: String,
    /// Another one, if anything was written that the model's shape is read from.
    pub version: String,
}

/// The states of those models that there are.
pub(super) fn states(reader: &Reader<'_>, names: &[&str]) -> Result<Vec<State>> {
    let rows = reader.named(MODEL_STATE, &binds(reader, names))?;
    // the statement has locked its tables, so news of them are in
    cache::check(
        reader.source(),
        Watch::over(VERSIONED.iter().filter_map(|(table, schema)| {
            native::relation_oid(schema.unwrap_or(reader.odoo_schema()), table)
        })),
    );
    let state = |row: Vec<Option<String>>| {
        let [name, head, version] = <[Option<String>; 3]>::try_from(row).ok()?;
        Some(State {
            name: name?,
            head: head?,
            version: version?,
        })
    };
    Ok(rows.into_iter().filter_map(state).collect())
}

/// The rows that states and shapes of these models are read from.
pub(super) fn footprint(reader: &Reader<'_>, names: &[&str]) -> Result<Footprint> {
    Footprint::read(reader, MODEL_FOOTPRINT, &binds(reader, names))
}

fn binds(reader: &Reader<'_>, names: &[&str]) -> [Bind; 3] {
    let tables: Vec<String> = names.iter().map(|name| Model::table_name(name)).collect();
    [
        Bind::text_array(names.iter().copied()),
        Bind::text_array(tables.iter().map(String::as_str)),
        Bind::text(reader.odoo_schema()),
    ]
}
