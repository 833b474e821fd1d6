//! `_rec_name` and `_active_name`: what a class says, or else what Odoo chooses. It writes its choice
//! on the model, where the models that inherit from it see it if they are set up later.

use super::fields::Fields;
use super::inheritance::{Inheritance, Node};
use crate::python::Literal;

/// By the places of the models.
#[derive(Debug)]
pub(super) struct Names {
    /// `_rec_name`; an error where it can't be read.
    pub rec_name: Vec<Result<Option<String>, ()>>,
    /// `_active_name`
    pub active_name: Vec<Option<String>>,
}

impl Names {
    /// Sets the models up in Odoo's order: as they were made, `_inherits` parents before.
    pub(super) fn new(registry: &Inheritance<'_>, fields: &[Fields]) -> Self {
        let count = registry.models.len();
        let mut setup = Setup {
            registry,
            fields,
            done: vec![false; count],
            chosen_rec: vec![None; count],
            chosen_active: vec![None; count],
            names: Self {
                rec_name: vec![Ok(None); count],
                active_name: vec![None; count],
            },
        };
        for at in 0..count {
            setup.set_up(at);
        }
        setup.names
    }
}

struct Setup<'a> {
    registry: &'a Inheritance<'a>,
    fields: &'a [Fields],
    done: Vec<bool>,
    chosen_rec: Vec<Option<&'static str>>,
    chosen_active: Vec<Option<&'static str>>,
    names: Names,
}

impl Setup<'_> {
    fn set_up(&mut self, at: usize) {
        if std::mem::replace(&mut self.done[at], true) {
            return;
        }
        for (parent, _) in &self.registry.models[at].inherits {
            if let Some(parent) = self.registry.by_name.get(parent) {
                self.set_up(*parent);
            }
        }
        let fields = &self.fields[at];
        let choose = |usual: &[&'static str]| {
            usual
                .iter()
                .copied()
                .find(|name| fields.contains_key(*name))
        };
        self.names.rec_name[at] = match self.said(at, "_rec_name", &self.chosen_rec) {
            Err(()) => Err(()),
            Ok(Some(name)) => Ok(Some(name)),
            Ok(None) => {
                self.chosen_rec[at] = choose(&["name"]);
                Ok(self.chosen_rec[at].map(str::to_owned))
            }
        };
        self.names.active_name[at] = match self.said(at, "_active_name", &self.chosen_active) {
            Ok(None) | Err(()) => {
                self.chosen_active[at] = choose(&["active", "x_active"]);
                self.chosen_active[at].map(str::to_owned)
            }
            Ok(name) => name,
        };
    }

    /// What the model's classes say, those of the registry included.
    fn said(
        &self,
        at: usize,
        attribute: &str,
        chosen: &[Option<&'static str>],
    ) -> Result<Option<String>, ()> {
        for node in &self.registry.models[at].order {
            match node {
                Node::Model(model) => {
                    if let Some(name) = chosen[*model] {
                        return Ok(Some(name.to_owned()));
                    }
                }
                Node::Definition(definition) => {
                    match self.registry.definitions[*definition].attribute(attribute) {
                        None => {}
                        Some(Literal::Str(name)) if !name.is_empty() => {
                            return Ok(Some(name.clone()));
                        }
                        Some(Literal::Str(_) | Literal::None | Literal::Bool(false)) => {
                            return Ok(None);
                        }
                        Some(_) => return Err(()),
                    }
                }
                Node::Framework(_) => {}
            }
        }
        Ok(None)
    }
}
