//! What a backend keeps of models between calls.
//!
//! Nothing here is believed: a call reads the state of each model it touches in its own snapshot,
//! and takes from here only what was made of the very same state. Rights are part of the state,
//! as text. Who asks is not: nothing that depends on the asking user is kept.

use super::shape::Shape;
use super::state::State;
use crate::exec::invalidation;
use crate::exec::read_only::Source;
use odoo_compiler::catalog::{AccessList, Field, Model, RecordRule};
use odoo_compiler::error::Result;
use serde::Deserialize;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// How much may be kept, in bytes as [`Entry::size`] estimates them.
const BUDGET: usize = 1024 * 1024;

/// How many questions are remembered.
const QUESTIONS: usize = 256;

/// How many models a question may touch whose models are remembered.
const COMPANIONS: usize = 16;

struct Entry {
    state: State,
    shape: Shape,
    model: Rc<Model>,
    used_at: u64,
}

#[derive(Default)]
struct Cache {
    /// Whose tables the entries were read from, and as whom.
    source: Option<Source>,
    entries: HashMap<String, Entry>,
    /// Counts look-ups.
    clock: u64,
    /// The models that a question touched last, by its tool and first model.
    questions: HashMap<(String, String), Rc<[String]>>,
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
    modules: Vec<String>,
    access_lists: Vec<AccessList>,
    rules: Vec<RecordRule>,
}

/// The model of that state, if its shape is known.
pub(super) fn find(source: &Source, state: &State) -> Result<Option<Rc<Model>>> {
    CACHE.with_borrow_mut(|cache| {
        cache.check(source);
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
            entry.model = model(&state.head, &entry.shape)?;
            entry.state.head.clone_from(&state.head);
        }
        entry.used_at = clock;
        Ok(Some(entry.model.clone()))
    })
}

/// Keeps the shape that was read in the snapshot of that state, and returns the model of both.
pub(super) fn keep(source: &Source, state: State, shape: Shape) -> Result<Rc<Model>> {
    let model = model(&state.head, &shape)?;
    CACHE.with_borrow_mut(|cache| {
        cache.check(source);
        let entry = Entry {
            state,
            shape,
            model: model.clone(),
            used_at: cache.clock,
        };
        cache.entries.insert(entry.state.name.clone(), entry);
        cache.shrink();
    });
    Ok(model)
}

/// The models that this question touched last.
pub(super) fn companions(tool: &str, first: &str) -> Option<Rc<[String]>> {
    let question = (tool.to_owned(), first.to_owned());
    CACHE.with_borrow(|cache| cache.questions.get(&question).cloned())
}

/// Remembers the models that a question touched.
pub(super) fn remember(tool: &str, first: &str, touched: Vec<String>) {
    CACHE.with_borrow_mut(|cache| {
        let is_known = touched
            .iter()
            .all(|model| cache.entries.contains_key(model));
        if !is_known || touched.len() > COMPANIONS {
            return;
        }
        if cache.questions.len() >= QUESTIONS {
            cache.questions.clear();
        }
        let question = (tool.to_owned(), first.to_owned());
        cache.questions.insert(question, touched.into());
    });
}

impl Cache {
    /// Forgets everything that was read elsewhere, or before what a version can't tell.
    fn check(&mut self, source: &Source) {
        if invalidation::take_change() || self.source.as_ref() != Some(source) {
            self.entries.clear();
            self.source = Some(source.clone());
        }
    }

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
        self.state.head.len() * 2 + self.shape.fields.values().map(field).sum::<usize>()
    }
}

fn model(head: &str, shape: &Shape) -> Result<Rc<Model>> {
    let head: Head = super::load::parsed(head)?;
    Ok(Rc::new(Model {
        name: head.name,
        label: head.label,
        table: shape.table.clone(),
        order: head.order,
        modules: head.modules,
        fields: shape.fields.clone(),
        access_lists: head.access_lists,
        rules: head.rules,
    }))
}
