//! How all models stand at once, without their fields: for lists, and for whoever looks at all of it.

use super::dialect;
use super::facts::Known;
use super::load::parsed;
use crate::exec::native;
use crate::exec::plan::{Bind, Row};
use crate::exec::read_only::{Reader, Source};
use odoo_compiler::catalog::{InstalledModule, Model, ScannedModules, Standing};
use odoo_compiler::error::Result;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::rc::Rc;

const STANDING_MODELS: &str = include_str!("../../../sql/statements/standing_models.sql");
const ORDINARY_TABLES: &str = include_str!("../../../sql/statements/ordinary_tables.sql");
const INSTALLED_MODULES: &str = include_str!("../../../sql/statements/installed_modules.sql");
const REGISTRY_SIGNAL: &str = include_str!("../../../sql/statements/registry_signal.sql");
const REGISTRY_SEQUENCE: &str = include_str!("../../../sql/statements/registry_sequence.sql");

/// A model, without what only calls need.
#[derive(Debug)]
pub(crate) struct StandingModel {
    /// `ir_model.model`
    pub name: String,
    /// Its name in English.
    pub label: String,
    /// `_order`
    pub order: String,
    /// What decides who answers it. The facts are without fields.
    pub standing: Standing,
    /// Its ordinary table, if there is one.
    pub table: Option<String>,
}

/// A row of `ir_module_module`.
#[derive(Debug)]
pub(crate) struct Module {
    /// `latest_version`
    pub version: String,
    /// As models have it.
    pub installed: InstalledModule,
    /// It came as data, and has no Python.
    pub is_imported: bool,
    /// `write_date` in seconds since 1970.
    pub written_seconds: Option<f64>,
}

/// Every model of Odoo's by name, with what is known of it since these modules were scanned.
pub(crate) fn all(
    reader: &Reader<'_>,
    mut known: BTreeMap<String, Known>,
    scanned: &Rc<ScannedModules>,
) -> Result<Vec<StandingModel>> {
    let schema = Bind::text(reader.odoo_schema());
    let tables: HashSet<String> = reader
        .named(ORDINARY_TABLES, &[schema])?
        .into_iter()
        .flatten()
        .flatten()
        .collect();
    let installed: BTreeMap<String, InstalledModule> = modules(reader)?
        .into_iter()
        .map(|module| (module.installed.name.clone(), module.installed))
        .collect();
    let tells_inheritance = dialect::tells_inheritance(reader.odoo_schema());
    let model = |[name, label, order]: [String; 3], touching: BTreeSet<String>, known: Known| {
        let table = known.facts.as_ref().and_then(|facts| facts.table.clone());
        let table = table.unwrap_or_else(|| Model::table_name(&name));
        let of_facts = known.facts.iter().flat_map(|facts| facts.modules.iter());
        let more: Vec<InstalledModule> = of_facts
            .filter(|module| !touching.contains(*module))
            .filter_map(|module| installed.get(module).cloned())
            .collect();
        let untold = installed.values().filter(|module| {
            !tells_inheritance
                && !touching.contains(&module.name)
                && !known
                    .facts
                    .iter()
                    .any(|facts| facts.modules.contains(&module.name))
        });
        let untold: Vec<InstalledModule> = untold
            .map(|module| InstalledModule {
                is_told: false,
                ..module.clone()
            })
            .collect();
        let modules = touching.into_iter().map(|name| match installed.get(&name) {
            Some(module) => module.clone(),
            None => InstalledModule::named(&name),
        });
        StandingModel {
            table: tables.contains(&table).then_some(table),
            standing: Standing {
                modules: modules.chain(more).chain(untold).collect(),
                facts: known.facts,
                scanned: scanned.clone(),
                setting: known.setting,
            },
            name,
            label,
            order,
        }
    };
    let mut models = Vec::new();
    for row in reader.named(STANDING_MODELS, &[Bind::text(reader.odoo_schema())])? {
        let [Some(name), Some(label), Some(order), Some(touching)] =
            <[Option<String>; 4]>::try_from(row).unwrap_or_default()
        else {
            continue;
        };
        let of_it = known.remove(&name).unwrap_or_default();
        models.push(model([name, label, order], parsed(&touching)?, of_it));
    }
    models.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(models)
}

/// The installed modules, by name.
pub(crate) fn modules(reader: &Reader<'_>) -> Result<Vec<Module>> {
    let module = |row: Row| {
        let [name, version, state, written_at, imported, seconds] =
            <[Option<String>; 6]>::try_from(row).ok()?;
        Some(Module {
            version: version?,
            installed: InstalledModule {
                name: name?,
                version: state?,
                written_at,
                is_told: true,
            },
            is_imported: imported.as_deref() == Some("true"),
            written_seconds: seconds.and_then(|seconds| seconds.parse().ok()),
        })
    };
    let rows = reader.named(INSTALLED_MODULES, &[])?;
    Ok(rows.into_iter().filter_map(module).collect())
}

/// How far Odoo has signalled that its registry is to be made anew; nothing where that can't be seen.
pub(crate) fn registry_signal(source: &Source) -> Result<Option<String>> {
    let is_there = |name| native::relation_oid(&source.odoo_schema, name).is_some();
    let rows = if is_there("orm_signaling_registry") {
        Reader::within(source, |reader| reader.named(REGISTRY_SIGNAL, &[]))?
    } else {
        // nobody else may read it
        let owner = Source {
            role: source.odoo_role,
            ..source.clone()
        };
        Reader::within(&owner, |reader| {
            reader.named(REGISTRY_SEQUENCE, &[Bind::text(reader.odoo_schema())])
        })?
    };
    Ok(rows.into_iter().flatten().flatten().next())
}
