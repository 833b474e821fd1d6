//! The classes of a module as they are written, before anything is put together.
//!
//! What can't be read for certain is kept as such, with its place; it is never left out.
//!
//! [`read`] takes one module; [`link`] looks over all of them, for a class may be derived from one of
//! another module.

mod class;
mod framework;
mod lambda;
mod link;
mod literal;
mod module;
mod names;
mod nesting;
mod order;
mod patch;
mod patcher;
mod ran;
mod statements;
mod text;
mod tree;

#[cfg(test)]
pub(crate) mod tests;

pub(crate) use framework::Framework;
pub use link::link;

use ruff_python_ast::Stmt;
use std::collections::BTreeMap;
use std::path::Path;

/// A place in a module's source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// From the module's own folder on: `sale/models/sale_order.py`.
    pub file: String,
    /// The first line is 1.
    pub line: u32,
}

/// The Python of one module: of the files that its `__init__.py` imports, in that order.
#[derive(Debug, Clone, Default)]
pub struct ModuleSource {
    /// Every model class, in the order in which Python defines them.
    pub classes: Vec<Class>,
    /// The other classes: controllers, errors, and the plain ones whose methods a model takes over
    /// by listing them as base. What it takes over is in the model's own class after [`link`].
    pub others: Vec<Class>,
    /// Assignments to attributes of classes from outside, as `BaseModel._search = …`.
    pub patches: Vec<Patch>,
    /// What could not be read at all: a file with an error, a class made by a call, an import that
    /// leads nowhere known.
    pub unread: Vec<Unread>,
    /// The same in functions that the import runs.
    pub in_functions: Vec<UnreadFunction>,
    /// SHA-256 in hex over the paths and texts of the files that were read.
    pub digest: String,
    /// SHA-256 in hex of the text of each file, by what it is called in a [`Place`].
    pub files: BTreeMap<String, String>,
}

/// A class that is a model, or may be one.
#[derive(Debug, Clone)]
pub struct Class {
    /// Python's name of it.
    pub name: String,
    /// Python's whole name of it: `odoo.addons.sale.models.sale_order.SaleOrder`.
    pub path: String,
    /// Where it is.
    pub place: Place,
    /// The classes it is derived from, as written: `models.Model`, `AbstractModel`, `SomeMixin`.
    pub bases: Vec<String>,
    /// The same with what imports make of their names: `odoo.models.Model`,
    /// `odoo.addons.mail.tools.mixin.SomeMixin`; nothing where that can't be told.
    pub base_paths: Vec<Option<String>>,
    /// Whether it is defined under a condition or inside a function: then it may not be there.
    pub is_conditional: bool,
    /// Assignments in the class body that are no fields: `_name`, `_inherit`, `_order`, …
    pub attributes: Vec<Attribute>,
    /// Assignments of `fields.Something(…)`.
    pub fields: Vec<FieldDefinition>,
    /// Methods, properties included.
    pub methods: Vec<Method>,
    /// Statements of the class body that are none of those and may define something.
    pub unread: Vec<Unread>,
}

/// An assignment in a class body.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// `_order`
    pub name: String,
    /// Its value.
    pub value: Literal,
    /// Where it is.
    pub place: Place,
}

/// A field as it is written.
#[derive(Debug, Clone)]
pub struct FieldDefinition {
    /// Its name.
    pub name: String,
    /// The class of the field: `Many2one`; nothing where it may be one, or no field at all.
    pub class: String,
    /// Arguments without a name.
    pub positional: Vec<Literal>,
    /// The others.
    pub keywords: Vec<(String, Literal)>,
    /// `*args` or `**kwargs` are among them, which may hold anything.
    pub is_open: bool,
    /// Where it is.
    pub place: Place,
}

/// A method, or a property.
#[derive(Debug, Clone)]
pub struct Method {
    /// Its name.
    pub name: String,
    /// Where `def` is; in another module's file if it comes from a class of that.
    pub place: Place,
    /// Its last line there.
    pub last_line: u32,
    /// SHA-256 in hex of its text, see [`crate::review`].
    pub digest: String,
    /// Whether it calls `super()`.
    pub calls_super: bool,
    /// What it is decorated with, as written and without arguments: `api.depends`, `property`.
    pub decorators: Vec<String>,
}

/// A change to a class from outside of it.
#[derive(Debug, Clone)]
pub struct Patch {
    /// What is assigned to, as written: `models.BaseModel`.
    pub target: String,
    /// The same with what imports make of its name: `odoo.models.BaseModel`; nothing where it is
    /// known only when the code runs, as for `type(self)`.
    pub path: Option<String>,
    /// The attribute; `*` where it is known only when the code runs.
    pub attribute: String,
    /// Where it is.
    pub place: Place,
}

/// What could not be read for certain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The construct in a few words.
    pub what: String,
    /// Where it is.
    pub place: Place,
}

/// What could not be read for certain of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadFunction {
    /// The function's name.
    pub name: String,
    /// SHA-256 in hex of its text, see [`crate::review`].
    pub digest: String,
    /// The construct.
    pub unread: Unread,
}

/// A value that Python would have, as far as it is plain to see.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `None`
    None,
    /// `True` or `False`
    Bool(bool),
    /// An integer.
    Int(i64),
    /// Another number.
    Float(f64),
    /// A text, joined if it is written in pieces; translation calls like `_lt("…")` are their text.
    Str(String),
    /// A list or a tuple.
    List(Vec<Literal>),
    /// A dict with its pairs.
    Dict(Vec<(Literal, Literal)>),
    /// A set.
    Set(Vec<Literal>),
    /// A lambda, a function or a method's name: known only when it is called, but for a lambda that gives a list
    /// and looks at nothing but the name of the model that it is called with.
    Callable(Option<Box<Literal>>),
    /// The name of that model, in what such a lambda gives.
    ModelName,
    /// Anything else.
    Unread,
}

impl Literal {
    /// The value itself, or what a lambda gives for the model, where that is plain.
    pub(crate) fn given(&self, model: &str) -> Literal {
        match self {
            Literal::Callable(Some(list)) => list.named(model),
            other => other.clone(),
        }
    }

    fn named(&self, model: &str) -> Literal {
        match self {
            Literal::ModelName => Literal::Str(model.to_owned()),
            Literal::List(parts) => {
                Literal::List(parts.iter().map(|part| part.named(model)).collect())
            }
            other => other.clone(),
        }
    }
}

/// What the module in this folder has, whose name is that of the folder.
///
/// It never fails: what can't be read is in [`ModuleSource::unread`]. Classes whose bases are in other
/// modules are among the models until [`link`] has looked there.
pub fn read(folder: &Path) -> ModuleSource {
    // the trees of files are walked by recursion, at most as deep as `nesting` lets through
    let thread = std::thread::Builder::new().stack_size(STACK);
    std::thread::scope(|scope| {
        let worker = thread.spawn_scoped(scope, || read_here(folder));
        match worker.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(source)) => source,
            _ => unreadable(folder),
        }
    })
}

/// What is made of the statements of a single file, which is guarded as the files of a module are.
///
/// # Errors
/// The file can't be read, in a few words.
pub(crate) fn of_file<T: Send>(
    path: &Path,
    make: impl FnOnce(&[Stmt]) -> T + Send,
) -> Result<T, String> {
    let thread = std::thread::Builder::new().stack_size(STACK);
    std::thread::scope(|scope| {
        let worker = thread.spawn_scoped(scope, || {
            let text = text::Text::open(path)?;
            let suite = tree::parse(&text).map_err(|(_, what)| what)?;
            Ok(make(&suite))
        });
        match worker.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(made)) => made,
            _ => Err("a file that the scanner fails on".to_owned()),
        }
    })
}

/// More than the deepest tree that `nesting` lets through takes, in a build without optimization.
const STACK: usize = 64 << 20;

fn read_here(folder: &Path) -> ModuleSource {
    let tree = tree::Tree::open(folder);
    let mut source = ModuleSource {
        unread: tree.unread.clone(),
        digest: tree.digest.clone(),
        ..ModuleSource::default()
    };
    let module = module::Module::new(&tree);
    for defined in order::run(&module, &mut source.unread) {
        let found = class::read(&module, &defined);
        link::sort(found, &mut source);
    }
    patch::find(&module, &mut source);
    let files = tree.files.iter();
    source.files = files
        .map(|file| (file.shown.clone(), file.text.whole_digest()))
        .collect();
    source
}

fn unreadable(folder: &Path) -> ModuleSource {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    ModuleSource {
        unread: vec![Unread {
            what: "a module that the scanner fails on".to_owned(),
            place: Place {
                file: format!("{name}/__init__.py"),
                line: 1,
            },
        }],
        ..ModuleSource::default()
    }
}
