//! The order in which Python runs a module's files and defines their classes.

use super::Unread;
use super::module::Module;
use super::names::Binding;
use super::statements::running;
use super::tree::{Tree, targets};
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, Stmt, StmtClassDef};
use ruff_text_size::{Ranged, TextSize};
use std::collections::HashSet;

/// As deep as Python's own stack lets files import each other.
const DEEPEST_IMPORT: usize = 200;

/// A class, where Python comes to define it.
pub(super) struct Defined<'t> {
    pub(super) file: usize,
    pub(super) class: &'t StmtClassDef,
    pub(super) is_conditional: bool,
    /// It stands in a function or in another class, whose names may hide those of the file.
    pub(super) is_inner: bool,
}

/// The classes in the order in which Python comes to define them.
pub(super) fn run<'t>(module: &Module<'t>, unread: &mut Vec<Unread>) -> Vec<Defined<'t>> {
    let mut run = Run {
        module,
        started: HashSet::new(),
        classes: Vec::new(),
        unread,
        is_late: false,
    };
    run.import(&module.tree.root, 0);
    // imported by functions only: they may run, or not
    run.is_late = true;
    for index in 0..module.tree.files.len() {
        run.file(index, 0);
    }
    run.classes
}

/// The files as they run, each once.
struct Run<'m, 't> {
    module: &'m Module<'t>,
    started: HashSet<usize>,
    classes: Vec<Defined<'t>>,
    unread: &'m mut Vec<Unread>,
    /// What runs now may not run at all, or at another time.
    is_late: bool,
}

impl<'t> Run<'_, 't> {
    /// A module of this name is imported, its packages before it.
    fn import(&mut self, dotted: &str, depth: usize) {
        let tree = self.module.tree;
        let ends = dotted
            .match_indices('.')
            .map(|(at, _)| at)
            .chain([dotted.len()])
            .filter(|end| *end >= tree.root.len());
        for end in ends {
            if let Some(index) = tree.by_dotted.get(&dotted[..end]) {
                self.file(*index, depth);
            }
        }
    }

    fn file(&mut self, index: usize, depth: usize) {
        if !self.started.insert(index) {
            return;
        }
        let tree: &'t Tree = self.module.tree;
        let file = &tree.files[index];
        if depth > DEEPEST_IMPORT {
            self.unread(
                index,
                TextSize::new(0),
                "imports that are nested too deep".to_owned(),
            );
        }
        if self.checks_types(index) {
            let what = "a TYPE_CHECKING of its own".to_owned();
            self.unread(index, TextSize::new(0), what);
        }
        for statement in running(&file.suite) {
            match statement.stmt {
                stmt @ (Stmt::Import(_) | Stmt::ImportFrom(_)) => {
                    let Some(found) = targets(stmt, &file.package) else {
                        self.unread(
                            index,
                            stmt.start(),
                            "an import from above all modules".to_owned(),
                        );
                        continue;
                    };
                    for target in found {
                        if !tree.owns(&target.dotted) {
                            continue;
                        }
                        if !self.leads_somewhere(&target.dotted, target.may_be_name) {
                            let what = format!("an import that leads nowhere: {}", target.dotted);
                            self.unread(index, stmt.start(), what);
                        } else if depth <= DEEPEST_IMPORT {
                            let is_late = self.is_late;
                            self.is_late |= statement.is_conditional;
                            self.import(&target.dotted, depth + 1);
                            self.is_late = is_late;
                        }
                    }
                }
                Stmt::ClassDef(class) => {
                    self.class(
                        index,
                        class,
                        statement.is_conditional || self.is_late,
                        false,
                    );
                }
                Stmt::FunctionDef(function) => self.inner(index, &function.body),
                _ => {}
            }
        }
    }

    fn class(
        &mut self,
        file: usize,
        class: &'t StmtClassDef,
        is_conditional: bool,
        is_inner: bool,
    ) {
        // those inside are there before the class itself
        self.inner(file, &class.body);
        self.classes.push(Defined {
            file,
            class,
            is_conditional,
            is_inner,
        });
    }

    /// Classes in the body of a function or a class.
    fn inner(&mut self, file: usize, body: &'t [Stmt]) {
        let mut inner = Inner { found: Vec::new() };
        inner.visit_body(body);
        for class in inner.found {
            self.class(file, class, true, true);
        }
    }

    /// Whether what only a type checker runs by its name may run.
    fn checks_types(&self, file: usize) -> bool {
        let names = &self.module.names[file];
        let is_false = |binding: &Binding<'_>| match binding {
            Binding::Import(path) => path.starts_with("typing"),
            Binding::Value(Expr::BooleanLiteral(literal)) => !literal.value,
            _ => false,
        };
        let mut bound = names.bindings.get("TYPE_CHECKING").into_iter().flatten();
        names.changed.contains("TYPE_CHECKING") || !bound.all(is_false)
    }

    fn leads_somewhere(&self, dotted: &str, may_be_name: bool) -> bool {
        let tree = self.module.tree;
        if tree.knows(dotted) {
            return true;
        }
        let Some((base, name)) = dotted.rsplit_once('.') else {
            return false;
        };
        may_be_name
            && tree.by_dotted.get(base).is_none_or(|base| {
                let names = &self.module.names[*base];
                // the package's file could not be read, or may have any name
                !names.stars.is_empty()
                    // by something else than the import itself
                    || names.bindings.get(name).is_some_and(|bindings| {
                        bindings.iter().any(|one| !matches!(one, Binding::Import(path) if path == dotted))
                    })
                    || names.bindings.contains_key("__getattr__")
                    || names.changed.contains(name)
                    || matches!(name, "__name__" | "__file__" | "__path__" | "__doc__")
            })
    }

    fn unread(&mut self, file: usize, at: TextSize, what: String) {
        let place = self.module.place(file, at);
        self.unread.push(Unread { what, place });
    }
}

/// The classes in a body, but not those inside of them.
struct Inner<'a> {
    found: Vec<&'a StmtClassDef>,
}

impl<'a> Visitor<'a> for Inner<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::ClassDef(class) => self.found.push(class),
            _ => visitor::walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}
