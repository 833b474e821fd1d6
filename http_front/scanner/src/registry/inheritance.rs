//! Models, put together of their classes as Odoo's registry does.

use super::definition::{Base, Definition};
use super::linearization::merge;
use crate::addons::Series;
use crate::python::{Framework, Literal, ModuleSource};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Something in the order in which Python looks through a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Node {
    /// The class that the registry makes of a model.
    Model(usize),
    /// A class of a module.
    Definition(usize),
    /// A class of the framework.
    Framework(Framework),
}

/// A model of the registry.
#[derive(Debug)]
pub(super) struct Model {
    /// Its name.
    pub name: String,
    /// The classes that it is made of, the last one first.
    bases: Vec<Node>,
    /// The order in which Python looks through it, itself first; empty where Python would refuse.
    pub order: Vec<Node>,
    /// `_inherits`: parents with their link fields.
    pub inherits: Vec<(String, String)>,
    /// `_table`
    pub table: String,
    /// What could not be read, with the class it is in.
    pub unread: Vec<(usize, String)>,
}

/// All models, in the order in which Odoo makes them.
#[derive(Debug, Default)]
pub(super) struct Inheritance<'a> {
    /// Every class, in the order in which Odoo takes them.
    pub definitions: Vec<Definition<'a>>,
    /// The models.
    pub models: Vec<Model>,
    /// Their places, by name.
    pub by_name: HashMap<String, usize>,
    /// Classes that extend a model, or inherit from one, that no module makes.
    pub lost: Vec<(usize, String)>,
}

impl<'a> Inheritance<'a> {
    /// Puts the classes of the modules together, in that order.
    pub(super) fn new(modules: &[(&'a str, &'a ModuleSource)], series: &Series) -> Self {
        let classes = || {
            modules
                .iter()
                .flat_map(|(module, source)| source.classes.iter().map(move |c| (*module, c)))
        };
        let known: HashMap<&str, usize> = classes()
            .enumerate()
            .map(|(at, (_, class))| (class.path.as_str(), at))
            .collect();
        let mut it = Self::default();
        for (module, class) in classes() {
            let definition = Definition::new(module, class, &known, &it.definitions, series);
            it.definitions.push(definition);
        }
        for at in 0..it.definitions.len() {
            if it.definitions[at].is_registered {
                it.add(at);
            }
        }
        it.linearize();
        it.attributes();
        it
    }

    /// The model of that name.
    pub(super) fn get(&self, name: &str) -> Option<&Model> {
        self.by_name.get(name).map(|at| &self.models[*at])
    }

    /// The classes of a model, those first that Python sees first.
    pub(super) fn classes(&self, model: &Model) -> impl Iterator<Item = usize> {
        model.order.iter().filter_map(|node| match node {
            Node::Definition(at) => Some(*at),
            _ => None,
        })
    }

    /// The value of an attribute, where no class that the registry makes has one of its own.
    pub(super) fn attribute(&self, model: &Model, name: &str) -> Option<&'a Literal> {
        self.classes(model)
            .find_map(|at| self.definitions[at].attribute(name))
    }

    /// Whether records of the model are kept nowhere.
    pub(super) fn is_abstract(&self, model: &Model) -> bool {
        if let Some(Literal::Bool(said)) = self.attribute(model, "_abstract") {
            return *said;
        }
        !model.order.contains(&Node::Framework(Framework::Model))
    }

    /// The modules that have a say in the model: those of its classes, of all that it inherits from
    /// in either way, and of `base`.
    pub(super) fn modules(&self, model: &Model) -> BTreeSet<&'a str> {
        let mut seen: HashSet<&str> = HashSet::new();
        let mut todo = vec![model.name.as_str(), "base"];
        let mut modules = BTreeSet::new();
        while let Some(name) = todo.pop() {
            let Some(at) = self.by_name.get(name) else {
                continue;
            };
            if !seen.insert(name) {
                continue;
            }
            let model = &self.models[*at];
            for at in self.classes(model) {
                let definition = &self.definitions[at];
                if definition.name == name {
                    modules.insert(definition.module);
                }
                todo.extend(definition.inherit.iter().map(String::as_str));
                todo.push(&definition.name);
            }
            todo.extend(model.inherits.iter().map(|(parent, _)| parent.as_str()));
        }
        modules
    }

    /// Makes or extends the model of a class, as Odoo does when it loads the module.
    fn add(&mut self, at: usize) {
        let definition = &self.definitions[at];
        let name = definition.name.clone();
        let mut parents: Vec<String> = definition.inherit.clone();
        if name != "base" {
            parents.push("base".to_owned());
        }
        let unknown = parents
            .iter()
            .find(|parent| !self.by_name.contains_key(*parent));
        if let Some(parent) = unknown {
            self.lost
                .push((at, format!("no module makes the model {parent}")));
            return;
        }
        let extends = parents.contains(&name);
        let model = match self.by_name.get(&name) {
            Some(model) if extends => *model,
            // Odoo replaces a model that is made twice; nobody can say what is left of the first
            found => {
                let model = Model {
                    name: name.clone(),
                    bases: Vec::new(),
                    order: Vec::new(),
                    inherits: Vec::new(),
                    table: String::new(),
                    unread: Vec::new(),
                };
                let again = found.copied();
                let place = again.unwrap_or(self.models.len());
                if again.is_some() {
                    self.models[place] = model;
                    let what = "the model is made twice".to_owned();
                    self.models[place].unread.push((at, what));
                } else {
                    self.models.push(model);
                    self.by_name.insert(name.clone(), place);
                }
                place
            }
        };
        // each stands where it was named last
        let mut bases = vec![Node::Definition(at)];
        let push = |bases: &mut Vec<Node>, node: Node| {
            bases.retain(|known| *known != node);
            bases.push(node);
        };
        for parent in &parents {
            let parent = self.by_name[parent];
            if parent == model {
                for node in self.models[model].bases.clone() {
                    push(&mut bases, node);
                }
            } else {
                push(&mut bases, Node::Model(parent));
            }
        }
        self.models[model].bases = bases;
        if let Some(what) = &self.definitions[at].unread {
            self.models[model].unread.push((at, what.clone()));
        }
    }

    fn linearize(&mut self) {
        let mut known: HashMap<Node, Option<Vec<Node>>> = HashMap::new();
        for at in 0..self.models.len() {
            let order = self.order(Node::Model(at), &mut known, 0);
            match order {
                Some(order) => self.models[at].order = order,
                None => {
                    let first = self.models[at].bases.iter().find_map(|node| match node {
                        Node::Definition(at) => Some(*at),
                        _ => None,
                    });
                    let what = "its classes have no order that Python would take".to_owned();
                    self.models[at].unread.push((first.unwrap_or(0), what));
                    self.models[at].order = self.models[at].bases.clone();
                }
            }
        }
    }

    fn order(
        &self,
        node: Node,
        known: &mut HashMap<Node, Option<Vec<Node>>>,
        depth: usize,
    ) -> Option<Vec<Node>> {
        if let Some(order) = known.get(&node) {
            return order.clone();
        }
        // deeper than any registry: a ring
        if depth > 200 {
            return None;
        }
        let bases: Vec<Node> = match node {
            Node::Model(at) => self.models[at].bases.clone(),
            Node::Definition(at) => {
                let of = |base: &Base| match base {
                    Base::Framework(class) => Node::Framework(*class),
                    Base::Definition(at) => Node::Definition(*at),
                };
                self.definitions[at].bases.iter().map(of).collect()
            }
            Node::Framework(Framework::Abstract) => Vec::new(),
            Node::Framework(Framework::Model) => vec![Node::Framework(Framework::Abstract)],
            Node::Framework(Framework::Transient) => vec![Node::Framework(Framework::Model)],
        };
        let mut orders: Option<Vec<Vec<Node>>> = bases
            .iter()
            .map(|base| self.order(*base, known, depth + 1))
            .collect();
        if let Some(orders) = &mut orders {
            orders.push(bases);
        }
        let order = orders.and_then(merge).map(|mut order| {
            order.insert(0, node);
            order
        });
        known.insert(node, order.clone());
        order
    }

    /// What the registry writes on the classes that it makes: parents first, as they are made first.
    fn attributes(&mut self) {
        let mut done: HashMap<usize, ()> = HashMap::new();
        for at in 0..self.models.len() {
            self.attributes_of(at, &mut done);
        }
    }

    fn attributes_of(&mut self, at: usize, done: &mut HashMap<usize, ()>) {
        if done.insert(at, ()).is_some() {
            return;
        }
        let bases = self.models[at].bases.clone();
        let mut table = self.models[at].name.replace('.', "_");
        let mut inherits: Vec<(String, String)> = Vec::new();
        for base in bases.iter().rev() {
            let of_base = match base {
                Node::Model(parent) => {
                    self.attributes_of(*parent, done);
                    self.models[*parent].inherits.clone()
                }
                Node::Definition(definition) => {
                    match self.own(*definition, "_table") {
                        Some(Literal::Str(name)) if !name.is_empty() => table.clone_from(name),
                        None | Some(Literal::Str(_) | Literal::None) => {}
                        Some(_) => self.doubt(at, *definition, "_table"),
                    }
                    match self.own(*definition, "_inherits").map(pairs) {
                        None => Vec::new(),
                        Some(Some(pairs)) => pairs,
                        Some(None) => {
                            self.doubt(at, *definition, "_inherits");
                            Vec::new()
                        }
                    }
                }
                Node::Framework(_) => Vec::new(),
            };
            for (parent, field) in of_base {
                match inherits.iter_mut().find(|(known, _)| *known == parent) {
                    Some(known) => known.1 = field,
                    None => inherits.push((parent, field)),
                }
            }
        }
        self.models[at].table = table;
        self.models[at].inherits = inherits;
    }

    fn doubt(&mut self, model: usize, definition: usize, attribute: &str) {
        let what = format!("{attribute} can't be read");
        self.models[model].unread.push((definition, what));
    }

    /// An attribute of a class or of the ones that it is derived from in Python.
    fn own(&self, at: usize, name: &str) -> Option<&'a Literal> {
        let definition = &self.definitions[at];
        definition.attribute(name).or_else(|| {
            definition.bases.iter().find_map(|base| match base {
                Base::Definition(base) if *base < at => self.own(*base, name),
                _ => None,
            })
        })
    }

    /// Adds what `delegate=True` says, in the series where it is enough by itself.
    pub(super) fn delegate(&mut self, links: &BTreeMap<usize, Vec<(String, String)>>) {
        for (model, links) in links {
            for (parent, field) in links {
                let inherits = &mut self.models[*model].inherits;
                if !inherits.iter().any(|(known, _)| known == parent) {
                    inherits.push((parent.clone(), field.clone()));
                }
            }
        }
    }
}

fn pairs(value: &Literal) -> Option<Vec<(String, String)>> {
    let Literal::Dict(pairs) = value else {
        return matches!(value, Literal::None).then(Vec::new);
    };
    pairs
        .iter()
        .map(|pair| match pair {
            (Literal::Str(parent), Literal::Str(field)) => Some((parent.clone(), field.clone())),
            _ => None,
        })
        .collect()
}
