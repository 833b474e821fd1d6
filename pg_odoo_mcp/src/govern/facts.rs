//! Loading facts: all of a document or nothing, in place of what was there.

use super::status;
use crate::catalog::facts::Known;
use crate::catalog::standing;
use crate::catalog::{self, standing::Module};
use crate::exec::owner;
use crate::exec::plan::Bind;
use crate::exec::read_only::Reader;
use crate::govern::installation::Installation;
use odoo_compiler::catalog::{InstalledModule, ScannedModule, ScannedModules, UNREAD};
use odoo_compiler::error::{Code, Error, Result};
use odoo_compiler::facts::Fields;
use odoo_compiler::facts::document::{Document, ModuleFacts, Origin};
use odoo_compiler::facts::reading;
use pgrx::pg_sys;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::rc::Rc;

const FACTS_LOCK: &str = include_str!("../../../sql/statements/facts_lock.sql");
const FACTS_MOVE: &str = include_str!("../../../sql/statements/facts_move.sql");
const SCAN_DIGEST: &str = include_str!("../../../sql/statements/scan_digest.sql");
const SCAN_WRITE: &str = include_str!("../../../sql/statements/scan_write.sql");
const MODULE_FACTS_WRITE: &str = include_str!("../../../sql/statements/module_facts_write.sql");
const MODEL_FACTS_WRITE: &str = include_str!("../../../sql/statements/model_facts_write.sql");

/// The facts of a large Odoo are some MiB.
const LONGEST: usize = 32 * 1024 * 1024;

/// How many reasons a summary names.
const REASONS: usize = 20;

/// The installed modules with their versions.
pub(crate) fn installed_modules() -> Result<Vec<Module>> {
    let installation = Installation::get()?;
    Reader::within(&installation.source, standing::modules)
}

/// Keeps the facts of a document, and says what comes of them.
pub(crate) fn load(json: &str) -> Result<Json> {
    let mut document = reading::read_text(json)?;
    let installation = Installation::get()?;
    lock();
    let source = &installation.source;
    let installed = Reader::within(source, standing::modules)?;
    let signal = standing::registry_signal(source)?;
    let former_status = status::models()?;
    let sql_before = former_status.iter().filter(|(_, status)| status.is_sql);
    let sql_before = sql_before.count();
    // what nobody read may change any model
    for module in installed.iter().filter(|module| !module.is_imported) {
        let name = module.installed.name.clone();
        let unread = document.modules.entry(name);
        unread.or_insert_with(|| ModuleFacts {
            version: UNREAD.to_owned(),
            digest: String::new(),
        });
    }
    let modules = modules_json(&document, &installed);
    let models = models_json(&document)?;
    if models.len() > LONGEST {
        return Err(
            Error::new(Code::InvalidArguments, "the facts are larger than 32 MiB")
                .detail(format!("they are {} bytes", models.len())),
        );
    }
    let digest = digest(&document, &modules, &models);
    let former = owner::run(SCAN_DIGEST, &[])
        .into_iter()
        .flatten()
        .flatten()
        .next();
    let is_unchanged = former.as_ref() == Some(&digest);
    if !is_unchanged {
        owner::run(MODULE_FACTS_WRITE, &[Bind::text(modules)]);
        owner::run(MODEL_FACTS_WRITE, &[Bind::text(models)]);
        owner::run(FACTS_MOVE, &[]);
    }
    owner::run(
        SCAN_WRITE,
        &[
            Bind::text(origin(&document)),
            Bind::text(document.program.clone()),
            Bind::new(pg_sys::BYTEAOID, Some(format!("\\x{digest}"))),
            Bind::new(pg_sys::TEXTOID, signal),
        ],
    );
    let mut summary = summary(&installation, document, &installed, is_unchanged)?;
    summary["sql_before"] = json!(sql_before);
    Ok(summary)
}

/// Changes of facts wait for each other until this transaction ends.
pub(super) fn lock() {
    owner::run(FACTS_LOCK, &[]);
}

/// What sessions keep of facts is over.
pub(super) fn move_on() {
    owner::run(FACTS_MOVE, &[]);
}

fn origin(document: &Document) -> &'static str {
    match document.origin {
        Origin::ScanAddons => "scan_addons",
        Origin::SyncFacts => "sync_facts",
    }
}

/// What a module's row says that is not the one which was read.
const WRITTEN_SINCE: &str = "since the source was read";

/// The module as it is installed; one that was written since the source was read is not the one
/// that was read, whatever its version.
fn written(document: &Document, installed: &[Module], name: &str) -> Option<InstalledModule> {
    let module = installed
        .iter()
        .find(|module| module.installed.name == name)?;
    let mut known = module.installed.clone();
    let is_later = |read_at: u64| module.written_seconds.is_none_or(|at| at >= read_at as f64);
    if document.read_at.is_some_and(is_later) {
        known.written_at = Some(WRITTEN_SINCE.to_owned());
    }
    Some(known)
}

/// The modules as they were read and as they are installed, for `module_facts_write.sql`.
fn modules_json(document: &Document, installed: &[Module]) -> String {
    let module = |(name, read): (&String, &odoo_compiler::facts::document::ModuleFacts)| {
        let now = written(document, installed, name);
        let of_it = json!({
            "version": read.version,
            "digest": read.digest,
            "installed_version": now.as_ref().map(|module| &module.version),
            "written_at": now.as_ref().and_then(|module| module.written_at.as_ref()),
        });
        (name.clone(), of_it)
    };
    Json::Object(document.modules.iter().map(module).collect()).to_string()
}

/// The models, for `model_facts_write.sql`.
fn models_json(document: &Document) -> Result<String> {
    let internal = |fault: serde_json::Error| Error::new(Code::Internal, fault.to_string());
    let mut models = Map::new();
    for (name, facts) in &document.models {
        let mut facts = serde_json::to_value(facts).map_err(internal)?;
        let fields = facts
            .as_object_mut()
            .and_then(|facts| facts.remove("fields"));
        let sources = document.sources.get(name);
        let of_it = json!({
            "facts": facts,
            "fields": fields.unwrap_or_else(|| json!({})),
            "sources": sources.map_or_else(|| json!({}), |sources| json!(sources)),
        });
        models.insert(name.clone(), of_it);
    }
    Ok(Json::Object(models).to_string())
}

/// In hex. Who made the facts does not matter to what they are.
fn digest(document: &Document, modules: &str, models: &str) -> String {
    let mut digest = Sha256::new();
    for part in [origin(document), modules, models] {
        digest.update(part.len().to_be_bytes());
        digest.update(part.as_bytes());
    }
    let digest = digest.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What comes of the facts: from the document, for the snapshot does not have them yet.
fn summary(
    installation: &Installation,
    document: Document,
    installed: &[Module],
    is_unchanged: bool,
) -> Result<Json> {
    let scanned: ScannedModules = document
        .modules
        .iter()
        .map(|(name, read)| {
            let now = written(&document, installed, name);
            let module = ScannedModule {
                version: read.version.clone(),
                written_at: now.and_then(|module| module.written_at),
            };
            (name.clone(), module)
        })
        .collect();
    let model_count = document.models.len();
    let mut known: BTreeMap<String, Known> = catalog::facts::all();
    known.values_mut().for_each(|known| known.facts = None);
    for (name, mut facts) in document.models {
        facts.fields = Fields::default();
        known.entry(name).or_default().facts = Some(Rc::new(facts));
    }
    let scanned = Rc::new(scanned);
    let models = Reader::within(&installation.source, |reader| {
        standing::all(reader, known, &scanned)
    })?;
    let (mut sql, mut odoo) = (0, 0);
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for (_, status) in status::of(models) {
        match status.is_sql {
            true => sql += 1,
            false => odoo += 1,
        }
        if let (false, Some(reason)) = (status.is_sql, status.reason) {
            *reasons.entry(reason).or_default() += 1;
        }
    }
    let mut reasons: Vec<(String, usize)> = reasons.into_iter().collect();
    reasons.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let reasons: Vec<Json> = reasons
        .into_iter()
        .take(REASONS)
        .map(|(reason, models)| json!({"reason": reason, "models": models}))
        .collect();
    Ok(json!({
        "models": model_count,
        "sql": sql,
        "odoo": odoo,
        "unchanged": is_unchanged,
        "reasons": reasons,
    }))
}

/// How the facts stand to what is installed.
#[derive(Debug, Default)]
pub(crate) struct Age {
    /// Odoo's registry signal now.
    pub signal: Option<String>,
    /// Modules that are others than at the load, or gone.
    pub changed: Vec<String>,
    /// Installed modules that were not read.
    pub unread: Vec<String>,
}

/// How old the facts are.
pub(crate) fn age(installation: &Installation) -> Result<Age> {
    let source = &installation.source;
    let scan = catalog::facts::scan(source)?;
    let installed = Reader::within(source, standing::modules)?;
    let is_read = |name: &str| scan.modules.get(name).is_some_and(|m| m.version != UNREAD);
    let now = |name: &str| {
        installed
            .iter()
            .find(|module| module.installed.name == name)
    };
    let changed = scan.modules.iter().filter(|(name, read)| {
        let is_as_read = now(name).is_some_and(|Module { installed, .. }| {
            installed.version == read.version && installed.written_at == read.written_at
        });
        is_read(name) && !is_as_read
    });
    let unread = installed
        .iter()
        .filter(|module| !module.is_imported)
        .map(|module| &module.installed.name)
        .filter(|name| !is_read(name));
    Ok(Age {
        signal: standing::registry_signal(source)?,
        changed: changed.map(|(name, _)| name.clone()).collect(),
        unread: unread.cloned().collect(),
    })
}
