//! What a call reads of every model it touches, in its own snapshot.

use super::cache;
use super::facts::Scan;
use super::footprint::Footprint;
use crate::exec::invalidation::Watch;
use crate::exec::native;
use crate::exec::plan::Bind;
use crate::exec::read_only::Reader;
use odoo_compiler::catalog::Model;
use odoo_compiler::error::Result;
use odoo_compiler::facts::document::ModelFacts;
use std::collections::BTreeSet;

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

/// A model whose state is asked for, with what its facts say that it is made of.
pub(super) struct Asked<'a> {
    pub name: &'a str,
    pub facts: Option<&'a ModelFacts>,
}

/// The states of those models that there are.
pub(super) fn states(reader: &Reader<'_>, scan: &Scan, asked: &[Asked<'_>]) -> Result<Vec<State>> {
    let modules: Vec<String> = asked
        .iter()
        .map(|asked| {
            let names = asked.facts.iter().flat_map(|facts| facts.modules.iter());
            names.collect::<Vec<_>>().join(" ")
        })
        .collect();
    let [names, tables, schema] = binds(reader, scan, asked.iter().map(|asked| asked.name));
    let modules = Bind::text_array(modules.iter().map(String::as_str));
    let rows = reader.named(MODEL_STATE, &[names, tables, schema, modules])?;
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
pub(super) fn footprint(reader: &Reader<'_>, scan: &Scan, models: &[&Model]) -> Result<Footprint> {
    let modules: BTreeSet<&str> = models
        .iter()
        .flat_map(|model| {
            let standing = &model.standing;
            let facts = standing.facts.iter().flat_map(|facts| facts.modules.iter());
            facts.chain(standing.modules.iter().map(|module| module.name.as_str()))
        })
        .collect();
    let [names, tables, schema] =
        binds(reader, scan, models.iter().map(|model| model.name.as_str()));
    let modules = Bind::text_array(modules.into_iter());
    Footprint::read(reader, MODEL_FOOTPRINT, &[names, tables, schema, modules])
}

fn binds<'a>(
    reader: &Reader<'_>,
    scan: &Scan,
    names: impl Iterator<Item = &'a str> + Clone,
) -> [Bind; 3] {
    let tables: Vec<String> = names.clone().map(|name| scan.table_name(name)).collect();
    [
        Bind::text_array(names),
        Bind::text_array(tables.iter().map(String::as_str)),
        Bind::text(reader.odoo_schema()),
    ]
}
