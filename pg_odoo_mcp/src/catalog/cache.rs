//! What a backend keeps of models between calls.
//!
//! Nothing here is believed: a call reads the state of each model it touches in its own snapshot,
//! and takes from here only what was made of the very same state. Rights are part of the state,
//! as text. Who asks is not: nothing that depends on the asking user is kept.

use super::facts::{self, Known};
use super::footprint::Footprint;
use super::shape::Shape;
use super::state::State;
use crate::exec::invalidation::Watch;
use crate::exec::read_only::Source;
use odoo_compiler::catalog::{
    AccessList, Field, InstalledModule, Model, RecordRule, ScannedModules, Standing,
};
use odoo_compiler::error::Result;
use serde::Deserialize;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// How much may be kept, in bytes as [`Entry::size`] estimates them.
const BUDGET: usize = 3 * 1024 * 1024;

/// How many habits are remembered.
const HABITS: usize = 256;

/// How many models calls may touch that are remembered together.
const COMPANIONS: usize = 128;

struct Entry {
    state: State,
    shape: Shape,
    known: Known,
    model: Rc<Model>,
    /// Another one for each model that was made.
    serial: u64,
    used_at: u64,
}

/// What calls of one tool touch that begin with the same model.
#[derive(Default)]
struct Habit {
    /// The models that they touched.
    models: Rc<[String]>,
    /// Those models' rows, with the serials of the entries that were made of them.
    settled: Option<(Rc<Footprint>, Vec<u64>)>,
}

#[derive(Default)]
struct Cache {
    /// Whose tables the entries were read from, and as whom.
    source: Option<Source>,
    /// Over the tables whose rows the entries' versions count.
    watch: Option<Watch>,
    entries: HashMap<String, Entry>,
    /// Counts look-ups.
    clock: u64,
    /// By tool and first model.
    habits: HashMap<(String, String), Habit>,
}

thread_local! {
    static CACHE: RefCell<Cache> = RefCell::default();
}

/// The small parts of a model, as the state has them in JSON.
#[derive(Deserialize)]
struct Head {
    name: String,
    label: String,
    order: String,
    modules: Vec<InstalledModule>,
    access_lists: Vec<AccessList>,
    rules: Vec<RecordRule>,
}

/// Forgets everything that was read elsewhere, or before what a version can't tell. `watch` is over
/// the tables as they are now.
pub(super) fn check(source: &Source, watch: Watch) {
    CACHE.with_borrow_mut(|cache| {
        let is_same = cache.source.as_ref() == Some(source)
            && cache
                .watch
                .as_ref()
                .is_some_and(|known| known.is_like(&watch) && !known.has_news());
        if !is_same {
            cache.entries.clear();
            cache.source = Some(source.clone());
            cache.watch = Some(watch);
        }
    });
}

/// The model of that state, if its shape is known.
pub(super) fn find(state: &State, scanned: &Rc<ScannedModules>) -> Result<Option<Rc<Model>>> {
    CACHE.with_borrow_mut(|cache| {
        cache.clock += 1;
        let clock = cache.clock;
        let Some(entry) = cache
            .entries
            .get_mut(&state.name)
            .filter(|entry| entry.state.version == state.version)
        else {
            return Ok(None);
        };
        if entry.state.head != state.head {
            entry.model = model(&state.head, &entry.shape, &entry.known, scanned)?;
            entry.state.head.clone_from(&state.head);
            entry.serial = clock;
        }
        entry.used_at = clock;
        Ok(Some(entry.model.clone()))
    })
}

/// What facts and DBA say of a model, if that is kept.
pub(super) fn known(source: &Source, name: &str) -> Option<Known> {
    CACHE.with_borrow(|cache| {
        let entry = cache.entries.get(name)?;
        (cache.source.as_ref() == Some(source)).then(|| entry.known.clone())
    })
}

/// Keeps the shape that was read in the snapshot of that state, and returns the model of both.
pub(super) fn keep(
    state: State,
    shape: Shape,
    known: Known,
    scanned: &Rc<ScannedModules>,
) -> Result<Rc<Model>> {
    let model = model(&state.head, &shape, &known, scanned)?;
    CACHE.with_borrow_mut(|cache| {
        cache.clock += 1;
        let entry = Entry {
            state,
            shape,
            known,
            model: model.clone(),
            serial: cache.clock,
            used_at: cache.clock,
        };
        cache.entries.insert(entry.state.name.clone(), entry);
        cache.shrink();
    });
    Ok(model)
}

/// The models that such calls touched.
pub(super) fn companions(tool: &str, first: &str) -> Option<Rc<[String]>> {
    CACHE.with_borrow(|cache| {
        let habit = cache.habits.get(&key(tool, first))?;
        Some(habit.models.clone())
    })
}

/// The rows that the models of such calls were made of, if that is known.
pub(super) fn footprint(tool: &str, first: &str) -> Option<Rc<Footprint>> {
    CACHE.with_borrow(|cache| {
        let (footprint, _) = cache.habits.get(&key(tool, first))?.settled.as_ref()?;
        Some(footprint.clone())
    })
}

/// The models that were made of the rows of [`footprint`], if all of them are still kept and nothing
/// was heard since that a footprint can't tell.
pub(super) fn settled(source: &Source, tool: &str, first: &str) -> Option<Vec<Rc<Model>>> {
    CACHE.with_borrow_mut(|cache| {
        if cache.source.as_ref() != Some(source) || cache.watch.as_ref().is_none_or(Watch::has_news)
        {
            return None;
        }
        cache.clock += 1;
        let clock = cache.clock;
        let habit = cache.habits.get(&key(tool, first))?;
        let (_, serials) = habit.settled.as_ref()?;
        habit
            .models
            .iter()
            .zip(serials)
            .map(|(name, serial)| {
                let entry = cache.entries.get_mut(name)?;
                entry.used_at = clock;
                (entry.serial == *serial).then(|| entry.model.clone())
            })
            .collect()
    })
}

/// Notes the rows that the models of such calls, as they are kept now, were made of.
pub(super) fn settle(tool: &str, first: &str, footprint: Footprint) {
    CACHE.with_borrow_mut(|cache| {
        let Some(habit) = cache.habits.get_mut(&key(tool, first)) else {
            return;
        };
        let serials: Option<Vec<u64>> = habit
            .models
            .iter()
            .map(|name| cache.entries.get(name).map(|entry| entry.serial))
            .collect();
        habit.settled = serials.map(|serials| (Rc::new(footprint), serials));
    });
}

/// Forgets which models a call touched.
pub(super) fn forget(tool: &str, first: &str) {
    CACHE.with_borrow_mut(|cache| cache.habits.remove(&key(tool, first)));
}

/// Remembers the models that a call touched, beside those it touched before: what it touches
/// differs with its fields.
pub(super) fn remember(tool: &str, first: &str, mut touched: Vec<String>) {
    CACHE.with_borrow_mut(|cache| {
        let is_known = touched
            .iter()
            .all(|model| cache.entries.contains_key(model));
        if !is_known || touched.len() > COMPANIONS {
            return;
        }
        if cache.habits.len() >= HABITS {
            cache.habits.clear();
        }
        let habit = cache.habits.entry(key(tool, first)).or_default();
        if touched.iter().all(|model| habit.models.contains(model)) {
            return;
        }
        if habit.models.len() + touched.len() <= COMPANIONS {
            touched.extend(habit.models.iter().cloned());
            touched.sort_unstable();
            touched.dedup();
        }
        *habit = Habit {
            models: touched.into(),
            settled: None,
        };
    });
}

fn key(tool: &str, first: &str) -> (String, String) {
    (tool.to_owned(), first.to_owned())
}

impl Cache {
    /// Lets those go that were not used for longest. The newest stays, whatever its size.
    fn shrink(&mut self) {
        let mut size: usize = self.entries.values().map(Entry::size).sum();
        while size > BUDGET && self.entries.len() > 1 {
            let oldest = self
                .entries
                .iter()
                .min_by_key(|(_, entry)| entry.used_at)
                .map(|(name, _)| name.clone());
            let Some(entry) = oldest.and_then(|name| self.entries.remove(&name)) else {
                return;
            };
            size -= entry.size();
        }
    }
}

impl Entry {
    fn size(&self) -> usize {
        let field = |field: &Field| {
            // its name and the other texts, each with what malloc adds
            size_of::<Field>() + 64 + field.selection.len() * 112
        };
        // the state's text, and the model that was made of it
        self.state.head.len() * 2
            + self.shape.fields.values().map(field).sum::<usize>()
            + facts::size(&self.known)
    }
}

fn model(
    head: &str,
    shape: &Shape,
    known: &Known,
    scanned: &Rc<ScannedModules>,
) -> Result<Rc<Model>> {
    let head: Head = super::load::parsed(head)?;
    Ok(Rc::new(Model {
        name: head.name,
        label: head.label,
        table: shape.table.clone(),
        order: head.order,
        standing: Standing {
            modules: head.modules,
            facts: known.facts.clone(),
            scanned: scanned.clone(),
            setting: known.setting.clone(),
        },
        fields: shape.fields.clone(),
        access_lists: head.access_lists,
        rules: head.rules,
    }))
}
