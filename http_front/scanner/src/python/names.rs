//! What the names of a file stand for, as far as its imports and assignments tell.

use super::statements::running;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, Stmt, StmtClassDef, StmtImportFrom};
use std::collections::{HashMap, HashSet};

/// One thing that gives a name its meaning.
#[derive(Clone)]
pub(super) enum Binding<'a> {
    /// A module, or what a module has: its whole dotted name.
    Import(String),
    /// A class of this file.
    Class(&'a StmtClassDef),
    /// A function of this file.
    Function,
    /// An assignment of this value.
    Value(&'a Expr),
    /// Something else: a loop's variable, part of a tuple.
    Other,
}

/// The names of a file or of a class body.
#[derive(Default)]
pub(super) struct Names<'a> {
    pub(super) bindings: HashMap<&'a str, Vec<Binding<'a>>>,
    /// Modules all of whose names are imported.
    pub(super) stars: Vec<String>,
    /// Names whose lists and dicts are changed after their assignment.
    pub(super) changed: HashSet<&'a str>,
}

impl<'a> Names<'a> {
    /// Of these statements, in the package of this dotted name.
    pub(super) fn new(suite: &'a [Stmt], package: &str) -> Self {
        let mut names = Self::default();
        for statement in running(suite) {
            names.bind(statement.stmt, package);
        }
        let mut changes = Changes {
            names: &mut names,
            functions: 0,
        };
        changes.visit_body(suite);
        names
    }

    /// What the name stands for, if one thing only.
    pub(super) fn single(&self, name: &str) -> Option<&Binding<'a>> {
        match self.bindings.get(name).map(Vec::as_slice) {
            Some([binding]) => Some(binding),
            _ => None,
        }
    }

    fn add(&mut self, name: &'a str, binding: Binding<'a>) {
        self.bindings.entry(name).or_default().push(binding);
    }

    fn bind(&mut self, stmt: &'a Stmt, package: &str) {
        match stmt {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let whole = alias.name.as_str();
                    match &alias.asname {
                        Some(name) => self.add(name, Binding::Import(whole.to_owned())),
                        None => {
                            let first = whole.split('.').next().unwrap_or(whole);
                            // `import odoo.a` and `import odoo.b` both bind the same `odoo`
                            if !self.bindings.contains_key(first) {
                                self.add(first, Binding::Import(first.to_owned()));
                            }
                        }
                    }
                }
            }
            Stmt::ImportFrom(import) => {
                let Some(base) = absolute(import, package) else {
                    return;
                };
                for alias in &import.names {
                    if alias.name.as_str() == "*" {
                        self.stars.push(base.clone());
                        continue;
                    }
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    let path = format!("{base}.{}", alias.name);
                    // imported twice is the same thing twice
                    let known = self.bindings.get(name.as_str());
                    if !known.is_some_and(|known| {
                        known
                            .iter()
                            .any(|one| matches!(one, Binding::Import(other) if *other == path))
                    }) {
                        self.add(name, Binding::Import(path));
                    }
                }
            }
            Stmt::ClassDef(class) => self.add(&class.name, Binding::Class(class)),
            Stmt::FunctionDef(function) => self.add(&function.name, Binding::Function),
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    match target {
                        Expr::Name(name) => self.add(&name.id, Binding::Value(&assign.value)),
                        other => self.bind_parts(other),
                    }
                }
            }
            Stmt::AnnAssign(assign) => {
                if let (Expr::Name(name), Some(value)) = (&*assign.target, &assign.value) {
                    self.add(&name.id, Binding::Value(value));
                }
            }
            Stmt::AugAssign(assign) => self.bind_parts(&assign.target),
            Stmt::For(each) => self.bind_parts(&each.target),
            Stmt::With(with) => {
                for target in with
                    .items
                    .iter()
                    .filter_map(|item| item.optional_vars.as_deref())
                {
                    self.bind_parts(target);
                }
            }
            Stmt::Delete(delete) => {
                for target in &delete.targets {
                    self.bind_parts(target);
                }
            }
            // the name of an error, or a pattern's, is no constant, but may hide one
            Stmt::Try(attempt) => {
                for ruff_python_ast::ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                    if let Some(name) = &handler.name {
                        self.add(name, Binding::Other);
                    }
                }
            }
            _ => {}
        }
    }

    fn bind_parts(&mut self, target: &'a Expr) {
        match target {
            Expr::Name(name) => self.add(&name.id, Binding::Other),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|part| self.bind_parts(part)),
            Expr::List(list) => list.elts.iter().for_each(|part| self.bind_parts(part)),
            Expr::Starred(starred) => self.bind_parts(&starred.value),
            _ => {}
        }
    }
}

/// The dotted name of the module that something is imported from; nothing above the topmost one.
pub(super) fn absolute(import: &StmtImportFrom, package: &str) -> Option<String> {
    let module = import.module.as_ref().map(|module| module.as_str());
    if import.level == 0 {
        return module.map(str::to_owned);
    }
    let mut base = package;
    for _ in 1..import.level {
        base = base.rsplit_once('.')?.0;
    }
    Some(match module {
        Some(module) => format!("{base}.{module}"),
        None => base.to_owned(),
    })
}

/// Methods that change a list, a dict or a set.
pub(super) const CHANGING: [&str; 13] = [
    "append",
    "extend",
    "insert",
    "remove",
    "pop",
    "popitem",
    "clear",
    "update",
    "setdefault",
    "add",
    "discard",
    "sort",
    "reverse",
];

/// Looks for what changes a name's value from anywhere in the file, functions included.
struct Changes<'n, 'a> {
    names: &'n mut Names<'a>,
    functions: usize,
}

impl<'a> Changes<'_, 'a> {
    fn change(&mut self, expr: &'a Expr) {
        if let Some(name) = root(expr) {
            self.names.changed.insert(name);
        }
    }

    fn target(&mut self, target: &'a Expr) {
        match target {
            Expr::Subscript(subscript) => self.change(&subscript.value),
            Expr::Attribute(attribute) => self.change(&attribute.value),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|part| self.target(part)),
            Expr::List(list) => list.elts.iter().for_each(|part| self.target(part)),
            _ => {}
        }
    }
}

impl<'a> Visitor<'a> for Changes<'_, 'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Assign(assign) => assign.targets.iter().for_each(|target| self.target(target)),
            Stmt::AugAssign(assign) => self.change(&assign.target),
            Stmt::Delete(delete) => delete.targets.iter().for_each(|target| self.target(target)),
            Stmt::Global(global) => {
                for name in &global.names {
                    self.names.changed.insert(name);
                }
            }
            _ => {}
        }
        let is_function = matches!(stmt, Stmt::FunctionDef(_));
        self.functions += usize::from(is_function);
        visitor::walk_stmt(self, stmt);
        self.functions -= usize::from(is_function);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => {
                if let Expr::Attribute(attribute) = &*call.func
                    && CHANGING.contains(&attribute.attr.as_str())
                {
                    self.change(&attribute.value);
                }
            }
            Expr::Named(named) if self.functions == 0 => self.change(&named.target),
            _ => {}
        }
        visitor::walk_expr(self, expr);
    }
}

/// The name at the beginning of `name.a[0].b`.
pub(super) fn root(expr: &Expr) -> Option<&str> {
    let mut expr = expr;
    loop {
        match expr {
            Expr::Name(name) => return Some(&name.id),
            Expr::Attribute(attribute) => expr = &attribute.value,
            Expr::Subscript(subscript) => expr = &subscript.value,
            Expr::Call(call) => expr = &call.func,
            _ => return None,
        }
    }
}
