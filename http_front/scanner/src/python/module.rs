//! The files of a module together: what names mean across them.

use super::Place;
use super::framework::Framework;
use super::names::{Binding, Names};
use super::tree::Tree;
use ruff_python_ast::{Expr, StmtClassDef};
use ruff_text_size::TextSize;
use std::cell::Cell;

/// How often a name may lead to another one.
const LONGEST_CHAIN: usize = 20;

/// Every file of a module, read and ready to be asked.
pub(super) struct Module<'t> {
    pub(super) tree: &'t Tree,
    /// By file.
    pub(super) names: Vec<Names<'t>>,
    /// What evaluation may still cost: constants could be made of each other, twice as long each time.
    pub(super) budget: Cell<usize>,
}

/// What a class is by its bases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// No model.
    Plain,
    /// That can't be told.
    Unknown,
    /// It is derived from a class of another module.
    Foreign,
    /// A field's class.
    Field,
    /// A model.
    Model,
}

impl<'t> Module<'t> {
    pub(super) fn new(tree: &'t Tree) -> Self {
        let names = tree
            .files
            .iter()
            .map(|file| Names::new(&file.suite, &file.package))
            .collect();
        Self {
            tree,
            names,
            budget: Cell::new(50_000_000),
        }
    }

    pub(super) fn place(&self, file: usize, at: TextSize) -> Place {
        let file = &self.tree.files[file];
        Place {
            file: file.shown.clone(),
            line: file.text.line(at),
        }
    }

    /// The whole dotted name of what an expression of names and attributes stands for.
    pub(super) fn path(
        &self,
        file: usize,
        local: Option<&Names<'t>>,
        expr: &Expr,
    ) -> Option<String> {
        self.path_within(file, local, expr, 0)
    }

    fn path_within(
        &self,
        file: usize,
        local: Option<&Names<'t>>,
        expr: &Expr,
        chain: usize,
    ) -> Option<String> {
        if chain > LONGEST_CHAIN {
            return None;
        }
        match expr {
            Expr::Name(name) => {
                let name = name.id.as_str();
                if let Some(binding) = local.and_then(|local| local.single(name)) {
                    return match binding {
                        Binding::Import(path) => self.canonical(path.clone(), chain + 1),
                        Binding::Value(value) => self.path_within(file, None, value, chain + 1),
                        _ => None,
                    };
                }
                self.named(file, name, chain)
            }
            Expr::Attribute(attribute) => {
                let base = self.path_within(file, local, &attribute.value, chain)?;
                self.canonical(format!("{base}.{}", attribute.attr), chain + 1)
            }
            // `fields.Many2one[ResPartner]`
            Expr::Subscript(subscript) => self.path_within(file, local, &subscript.value, chain),
            _ => None,
        }
    }

    /// The whole dotted name of what a file's name stands for.
    fn named(&self, file: usize, name: &str, chain: usize) -> Option<String> {
        let names = &self.names[file];
        match names.bindings.get(name).map(Vec::as_slice) {
            Some([Binding::Import(path)]) => self.canonical(path.clone(), chain + 1),
            Some([Binding::Value(value)]) => match value {
                Expr::Name(_) | Expr::Attribute(_) => {
                    self.path_within(file, None, value, chain + 1)
                }
                _ => Some(format!("{}.{name}", self.tree.files[file].dotted)),
            },
            Some([Binding::Class(_) | Binding::Function]) => {
                Some(format!("{}.{name}", self.tree.files[file].dotted))
            }
            Some(_) => None,
            None => {
                for star in &names.stars {
                    match self.tree.by_dotted.get(star) {
                        Some(other) if *other != file && chain < LONGEST_CHAIN => {
                            if self.names[*other].bindings.contains_key(name)
                                || !self.names[*other].stars.is_empty()
                            {
                                return self.named(*other, name, chain + 1);
                            }
                        }
                        _ => return None,
                    }
                }
                is_builtin(name).then(|| format!("builtins.{name}"))
            }
        }
    }

    /// The name of a thing where it is defined, for one that this module imports or passes on.
    fn canonical(&self, path: String, chain: usize) -> Option<String> {
        let path = match path.strip_prefix("openerp.") {
            Some(rest) => format!("odoo.{rest}"),
            None => path,
        };
        if chain > LONGEST_CHAIN {
            return None;
        }
        if !self.tree.owns(&path) || self.tree.knows(&path) {
            return Some(path);
        }
        // the longest beginning that is a file
        let mut end = path.len();
        while let Some(at) = path[..end].rfind('.') {
            if let Some(file) = self.tree.by_dotted.get(&path[..at]) {
                let rest = &path[at + 1..];
                let (name, attributes) = rest.split_once('.').unwrap_or((rest, ""));
                let base = self.named(*file, name, chain + 1)?;
                if attributes.is_empty() {
                    return Some(base);
                }
                let whole = format!("{base}.{attributes}");
                if whole == path {
                    return Some(path);
                }
                return self.canonical(whole, chain + 1);
            }
            end = at;
        }
        Some(path)
    }

    /// A class of this module by its whole dotted name.
    pub(super) fn class(&self, path: &str) -> Option<(usize, &'t StmtClassDef)> {
        let (file, name) = path.rsplit_once('.')?;
        let file = *self.tree.by_dotted.get(file)?;
        match self.names[file].single(name) {
            Some(Binding::Class(class)) => Some((file, class)),
            _ => None,
        }
    }

    /// What a class of this name is.
    pub(super) fn kind(&self, path: Option<&str>) -> Kind {
        self.kind_within(path, 0)
    }

    fn kind_within(&self, path: Option<&str>, chain: usize) -> Kind {
        let Some(path) = path else {
            return Kind::Unknown;
        };
        if chain > LONGEST_CHAIN {
            return Kind::Unknown;
        }
        if Framework::of_path(path).is_some() {
            return Kind::Model;
        }
        if is_field(path) {
            return Kind::Field;
        }
        if self.tree.owns(path) {
            return match self.class(path) {
                Some((file, class)) => class
                    .bases()
                    .iter()
                    .map(|base| self.kind_within(self.path(file, None, base).as_deref(), chain + 1))
                    .max()
                    .unwrap_or(Kind::Plain),
                None => Kind::Unknown,
            };
        }
        if path.starts_with("odoo.addons.") {
            return Kind::Foreign;
        }
        Kind::Plain
    }
}

/// Whether it is one of the framework's own field classes.
pub(super) fn is_field(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(from, name)| {
        (from == "odoo.fields" || from.starts_with("odoo.orm.fields"))
            && name.starts_with(|c: char| c.is_ascii_uppercase())
            && !matches!(name, "Domain" | "Command" | "NO_ACCESS")
    })
}

fn is_builtin(name: &str) -> bool {
    const NAMES: [&str; 33] = [
        "object",
        "str",
        "int",
        "float",
        "bool",
        "dict",
        "list",
        "tuple",
        "set",
        "frozenset",
        "bytes",
        "type",
        "property",
        "Exception",
        "BaseException",
        "staticmethod",
        "classmethod",
        "super",
        "sorted",
        "isinstance",
        "getattr",
        "setattr",
        "delattr",
        "hasattr",
        "exec",
        "eval",
        "globals",
        "locals",
        "vars",
        "__import__",
        "print",
        "map",
        "_",
    ];
    NAMES.contains(&name) || (name.ends_with("Error") || name.ends_with("Warning"))
}
