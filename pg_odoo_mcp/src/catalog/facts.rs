//! What only Odoo's Python knows, and what a DBA decided: our own tables, read as their owner.

use super::load::parsed;
use crate::exec::owner;
use crate::exec::plan::Bind;
use crate::exec::read_only::Source;
use odoo_compiler::catalog::{Engine, EngineSetting, Model, ScannedModules};
use odoo_compiler::error::Result;
use odoo_compiler::facts::document::{FieldFacts, Fields, ModelFacts};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

const MODEL_FACTS: &str = include_str!("../../../sql/statements/model_facts.sql");
const SCANNED_MODULES: &str = include_str!("../../../sql/statements/scanned_modules.sql");
const ALL_FACTS: &str = include_str!("../../../sql/statements/all_facts.sql");
const FIELD_FACTS: &str = include_str!("../../../sql/statements/field_facts.sql");

/// What our tables say of one model.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    pub facts: Option<Rc<ModelFacts>>,
    pub setting: Option<EngineSetting>,
}

/// What our tables say of all models together.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    /// The modules that were read.
    pub modules: Rc<ScannedModules>,
    /// `_table` by model, where it is not the name with underscores.
    tables: BTreeMap<String, String>,
}

thread_local! {
    /// The last one, with whose it is.
    static SCAN: RefCell<Option<(Source, Rc<Scan>)>> = const { RefCell::new(None) };
}

/// That of the source's generation, in the caller's snapshot.
pub(crate) fn scan(source: &Source) -> Result<Rc<Scan>> {
    let kept = SCAN.with_borrow(|kept| {
        let (of, scan) = kept.as_ref()?;
        (of == source).then(|| scan.clone())
    });
    if let Some(scan) = kept {
        return Ok(scan);
    }
    let row = owner::read(SCANNED_MODULES, &[]).into_iter().next();
    let [modules, tables] = row
        .and_then(|row| <[Option<String>; 2]>::try_from(row).ok())
        .unwrap_or_default();
    let scan = Rc::new(Scan {
        modules: Rc::new(parsed(modules.as_deref().unwrap_or("{}"))?),
        tables: parsed(tables.as_deref().unwrap_or("{}"))?,
    });
    SCAN.set(Some((source.clone(), scan.clone())));
    Ok(scan)
}

impl Scan {
    /// The table that a model has, if it has one.
    pub(crate) fn table_name(&self, model: &str) -> String {
        match self.tables.get(model) {
            Some(table) => table.clone(),
            None => Model::table_name(model),
        }
    }
}

/// Of one model, for a call.
pub(super) fn of(model: &str) -> Known {
    let row = owner::read(MODEL_FACTS, &[Bind::text(model)])
        .into_iter()
        .next()
        .unwrap_or_default();
    let [facts, fields, engine, is_forced, reason, set_by] =
        <[Option<String>; 6]>::try_from(row).unwrap_or_default();
    let facts = head(facts).and_then(|mut facts| {
        facts.fields = readable(&fields?)?;
        Some(Rc::new(facts))
    });
    Known {
        facts,
        setting: setting(engine, is_forced, reason, set_by),
    }
}

/// Of every model that facts or a DBA know. The facts are without fields.
pub(crate) fn all() -> BTreeMap<String, Known> {
    let known = |row: Vec<Option<String>>| {
        let [model, facts, engine, is_forced, reason, set_by] =
            <[Option<String>; 6]>::try_from(row).ok()?;
        let known = Known {
            facts: head(facts).map(Rc::new),
            setting: setting(engine, is_forced, reason, set_by),
        };
        Some((model?, known))
    };
    let rows = owner::read_once(ALL_FACTS, &[]);
    rows.into_iter().filter_map(known).collect()
}

/// The fields of a model and where they were defined.
#[derive(Debug, Default)]
pub(crate) struct FieldSources {
    pub fields: Fields,
    /// `module/file:line` by field.
    pub sources: BTreeMap<String, String>,
}

/// The fields of every model that has facts.
pub(crate) fn fields() -> BTreeMap<String, FieldSources> {
    let known = |row: Vec<Option<String>>| {
        let [model, fields, sources] = <[Option<String>; 3]>::try_from(row).ok()?;
        let of = FieldSources {
            fields: readable(&fields?)?,
            sources: sources
                .and_then(|sources| readable(&sources))
                .unwrap_or_default(),
        };
        Some((model?, of))
    };
    let rows = owner::read_once(FIELD_FACTS, &[]);
    rows.into_iter().filter_map(known).collect()
}

fn head(facts: Option<String>) -> Option<ModelFacts> {
    readable(&facts?)
}

/// What another release wrote and this one does not read is not known.
fn readable<T: serde::de::DeserializeOwned>(json: &str) -> Option<T> {
    serde_json::from_str(json).ok()
}

fn setting(
    engine: Option<String>,
    is_forced: Option<String>,
    reason: Option<String>,
    set_by: Option<String>,
) -> Option<EngineSetting> {
    Some(EngineSetting {
        engine: match engine?.as_str() {
            "sql" => Engine::Sql,
            _ => Engine::Odoo,
        },
        forced: is_forced.as_deref() == Some("true"),
        reason: reason?,
        set_by: set_by?,
    })
}

/// What a model's facts take in memory, estimated.
pub(super) fn size(known: &Known) -> usize {
    let Some(facts) = &known.facts else {
        return 0;
    };
    let names = |names: &odoo_compiler::facts::Names| {
        names.iter().map(|name| name.len() + 1).sum::<usize>()
    };
    let field = |(name, field): (&String, &FieldFacts)| {
        let texts = [
            &field.groups,
            &field.aggregator,
            &field.currency,
            &field.unread,
        ];
        let texts: usize = texts
            .into_iter()
            .flatten()
            .map(|text| text.len() + 16)
            .sum();
        let domain = field
            .domain
            .as_ref()
            .map_or(0, |json| json.to_string().len() * 4);
        // nodes of a tree are two thirds full
        (size_of::<FieldFacts>() + size_of::<String>()) * 3 / 2 + name.len() + 16 + texts + domain
    };
    let overrides: usize = facts
        .overrides
        .iter()
        .map(|by| 160 + by.method.len() + by.module.len() + by.file.len())
        .sum();
    size_of::<ModelFacts>()
        + names(&facts.modules)
        + names(&facts.fields.plain)
        + facts.fields.with_facts.iter().map(field).sum::<usize>()
        + overrides
        + facts.inherits.len() * 128
}
