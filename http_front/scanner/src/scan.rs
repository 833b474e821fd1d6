//! From folders to facts.

use crate::addons::{Addons, order};
use crate::python::{self, ModuleSource};
use crate::registry;
use crate::review::Reviews;
use odoo_compiler::facts::document::{Document, FORMAT, ModuleFacts, Origin};
use std::collections::BTreeMap;

/// What was found.
#[derive(Debug)]
pub struct Scan {
    /// The facts.
    pub document: Document,
    /// Installed modules that were not read, with the reason: what they touch stays with Odoo.
    pub missing: BTreeMap<String, String>,
}

/// How far a scan is: modules that were read, and all.
pub type Progress<'a> = &'a mut dyn FnMut(usize, usize, &str);

/// As Odoo writes it down; in one line, whatever the manifest has.
fn version(addons: &Addons, name: &str) -> String {
    let written = &addons.modules[name].manifest.version;
    let written: String = written
        .chars()
        .filter(|c| !c.is_control())
        .take(100)
        .collect();
    addons.series.version(&written)
}

/// Reads the installed modules and says what they make; `program` is named in the facts.
///
/// # Errors
/// The list of reviews that was built into this program is not well formed.
pub fn scan<'a>(
    addons: &Addons,
    installed: impl IntoIterator<Item = &'a str>,
    program: &str,
    progress: Progress<'_>,
) -> Result<Scan, serde_json::Error> {
    let reviews = Reviews::built_in()?;
    let order = order(addons, installed);
    let count = order.modules.len();
    let mut sources: BTreeMap<String, ModuleSource> = BTreeMap::new();
    for (at, name) in order.modules.iter().enumerate() {
        progress(at, count, name);
        sources.insert(name.clone(), python::read(&addons.modules[name].folder));
    }
    python::link(&mut sources);
    progress(count, count, "");
    let in_order: Vec<(&str, &ModuleSource)> = order
        .modules
        .iter()
        .filter_map(|name| sources.get_key_value(name))
        .map(|(name, source)| (name.as_str(), source))
        .collect();
    let made = registry::models(&in_order, &addons.series, &reviews);
    let modules = in_order
        .iter()
        .map(|(name, source)| {
            let facts = ModuleFacts {
                version: version(addons, name),
                digest: source.digest.clone(),
            };
            ((*name).to_owned(), facts)
        })
        .collect();
    Ok(Scan {
        document: Document {
            read_at: None,
            format: FORMAT,
            origin: Origin::ScanAddons,
            program: program.to_owned(),
            modules,
            models: made.models,
            sources: made.sources,
        },
        missing: order.missing,
    })
}
