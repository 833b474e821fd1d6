//! Changes to classes from outside of them, and classes that no `class` statement makes.

use super::class::short;
use super::literal::Scope;
use super::module::{Kind, Module};
use super::names::Names;
use super::patcher::{Calls, Patcher, argument};
use super::statements::running;
use super::{Literal, Patch, Unread};
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprCall, Stmt, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};
use std::collections::HashSet;

/// Finds the patches of a file; functions count, for a hook or the import itself may run them.
pub(super) fn find(
    module: &Module<'_>,
    file: usize,
    patches: &mut Vec<Patch>,
    unread: &mut Vec<Unread>,
) {
    let source = &module.tree.files[file];
    let mut finder = Finder {
        module,
        file,
        functions: Vec::new(),
        classes: Vec::new(),
        run: HashSet::new(),
        imports: Vec::new(),
        patchers: Vec::new(),
        patches,
        unread,
    };
    finder.visit_body(&source.suite);
    for (function, range) in std::mem::take(&mut finder.imports) {
        if finder.run.contains(function) {
            finder.unread(range, "an import by a call");
        }
    }
    let patchers = std::mem::take(&mut finder.patchers);
    if !patchers.is_empty() {
        let mut calls = Calls {
            finder: &mut finder,
            patchers,
        };
        calls.visit_body(&source.suite);
        calls.finish();
    }
}

pub(super) struct Finder<'m, 't> {
    module: &'m Module<'t>,
    file: usize,
    functions: Vec<&'t StmtFunctionDef>,
    classes: Vec<&'t str>,
    /// Functions that the import itself calls, and those that import by a call.
    run: HashSet<&'t str>,
    imports: Vec<(&'t str, TextRange)>,
    patchers: Vec<Patcher<'t>>,
    patches: &'m mut Vec<Patch>,
    unread: &'m mut Vec<Unread>,
}

impl<'t> Finder<'_, 't> {
    fn text(&self, range: TextRange) -> String {
        short(self.module.tree.files[self.file].text.slice(range))
    }

    pub(super) fn patch(&mut self, target: &Expr, attribute: &str, range: TextRange) {
        let path = self.path(target);
        self.patches.push(Patch {
            target: self.text(target.range()),
            path,
            attribute: attribute.to_owned(),
            place: self.module.place(self.file, range.start()),
        });
    }

    /// The class that an expression stands for; the one around it for `type(self)`.
    fn path(&self, target: &Expr) -> Option<String> {
        let own = match target {
            Expr::Name(name) => name.id == "cls",
            Expr::Attribute(attribute) => {
                attribute.attr.as_str() == "__class__" && is_self(&attribute.value)
            }
            Expr::Call(call) => {
                matches!(&*call.func, Expr::Name(name) if name.id == "type")
                    && call.arguments.args.first().is_some_and(is_self)
            }
            _ => false,
        };
        if own && let Some(class) = self.classes.last() {
            return Some(format!(
                "{}.{class}",
                self.module.tree.files[self.file].dotted
            ));
        }
        if let Expr::Name(name) = target
            && self
                .functions
                .iter()
                .any(|function| argument(function, &name.id).is_some())
        {
            return None;
        }
        let path = self.module.path(self.file, None, target).or_else(|| {
            // what the function itself imports
            let function = self.functions.last()?;
            let package = &self.module.tree.files[self.file].package;
            let local = Names::new(&function.body, package);
            self.module.path(self.file, Some(&local), target)
        });
        path.filter(|path| !path.starts_with("builtins."))
    }

    fn target(&mut self, target: &'t Expr, range: TextRange) {
        match target {
            // `self.x = …` changes one object
            Expr::Attribute(attribute) if !is_self(&attribute.value) => {
                let attribute_name = attribute.attr.to_string();
                self.patch(&attribute.value, &attribute_name, range);
            }
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|part| self.target(part, range)),
            Expr::List(list) => list.elts.iter().for_each(|part| self.target(part, range)),
            _ => {}
        }
    }

    fn call(&mut self, call: &'t ExprCall, range: TextRange) {
        let arguments = &call.arguments.args;
        let name = match &*call.func {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => return,
        };
        if self.functions.is_empty() {
            self.run.insert(name);
        }
        match (name, &**arguments) {
            ("setattr" | "delattr", [target, attribute, ..]) if !is_self(target) => match attribute
            {
                Expr::StringLiteral(text) => self.patch(target, text.value.to_str(), range),
                _ => self.computed(target, attribute, range),
            },
            ("_patch_method" | "_revert_method", [Expr::StringLiteral(text), ..]) => {
                if let Expr::Attribute(attribute) = &*call.func {
                    self.patch(&attribute.value, text.value.to_str(), range);
                }
            }
            ("import_module" | "__import__", [target, ..]) => {
                let own = match target {
                    Expr::StringLiteral(text) => {
                        let text = text.value.to_str();
                        text.starts_with('.') || self.module.tree.owns(text)
                    }
                    _ => true,
                };
                match self.functions.first() {
                    _ if !own => {}
                    Some(function) => self.imports.push((&function.name, range)),
                    None => self.unread(range, "an import by a call"),
                }
            }
            ("exec", [_, ..])
                if self.functions.is_empty() && matches!(&*call.func, Expr::Name(_)) =>
            {
                self.unread(range, "code that is run from a text");
            }
            ("type" | "MetaModel", [_, bases, _]) => {
                let may_be_model = match bases {
                    Expr::Tuple(bases) => bases.elts.iter().any(|base| {
                        let path = self.module.path(self.file, None, base);
                        !matches!(self.module.kind(path.as_deref()), Kind::Plain | Kind::Field)
                    }),
                    _ => true,
                };
                if may_be_model {
                    self.unread(range, "a class that is made by a call");
                }
            }
            // `patch(BaseModel, "_search", …)`
            (name, arguments)
                if !matches!(
                    name,
                    "getattr" | "hasattr" | "isinstance" | "issubclass" | "super"
                ) =>
            {
                let attributes: Vec<&str> = arguments
                    .iter()
                    .filter_map(|argument| match argument {
                        Expr::StringLiteral(text) => Some(text.value.to_str()),
                        _ => None,
                    })
                    .filter(|text| is_identifier(text))
                    .collect();
                if !attributes.is_empty() {
                    for target in arguments {
                        if self.may_be_class(target) {
                            for attribute in &attributes {
                                self.patch(target, attribute, range);
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }

    /// Whether it names a class that may be a model's.
    fn may_be_class(&self, expr: &Expr) -> bool {
        let (Expr::Name(_) | Expr::Attribute(_)) = expr else {
            return false;
        };
        let Some(path) = self.module.path(self.file, None, expr) else {
            return false;
        };
        match self.module.kind(Some(&path)) {
            Kind::Model => true,
            Kind::Foreign | Kind::Unknown => path
                .rsplit('.')
                .next()
                .is_some_and(|name| name.starts_with(|c: char| c.is_ascii_uppercase())),
            Kind::Plain | Kind::Field => false,
        }
    }

    /// `setattr(target, name, …)`: who calls the function around it may say which name that is.
    fn computed(&mut self, target: &'t Expr, attribute: &'t Expr, range: TextRange) {
        if let Some(names) = self.looped(attribute) {
            for name in names {
                self.patch(target, &name, range);
            }
            return;
        }
        for function in self.functions.iter().rev().copied() {
            let of = |expr: &Expr| match expr {
                Expr::Name(name) => argument(function, &name.id),
                _ => None,
            };
            let (target_argument, attribute_argument) = (of(target), of(attribute));
            if target_argument.is_some() || attribute_argument.is_some() {
                self.patchers.push(Patcher {
                    function,
                    target,
                    target_argument,
                    attribute_argument,
                    range,
                    is_called: false,
                });
                return;
            }
        }
        self.patch(target, "*", range);
    }

    /// The texts that a name has one after the other: `for name in ("_search", "read")`.
    fn looped(&self, attribute: &Expr) -> Option<Vec<String>> {
        let Expr::Name(name) = attribute else {
            return None;
        };
        let source = &self.module.tree.files[self.file];
        let body = self
            .functions
            .last()
            .map_or(&source.suite, |function| &function.body);
        let names = Names::new(body, &source.package);
        // bound once, by the loop
        names.single(&name.id)?;
        let each = running(body).into_iter().find_map(|statement| match statement.stmt {
            Stmt::For(each) if matches!(&*each.target, Expr::Name(target) if target.id == name.id) => Some(each),
            _ => None,
        })?;
        let scope = Scope {
            module: self.module,
            file: self.file,
            local: Some(&names),
        };
        let (Literal::List(values) | Literal::Set(values)) = scope.value(&each.iter) else {
            return None;
        };
        let texts = values.into_iter().map(|value| match value {
            Literal::Str(text) => Some(text),
            _ => None,
        });
        texts.collect()
    }

    fn unread(&mut self, range: TextRange, what: &str) {
        let place = self.module.place(self.file, range.start());
        self.unread.push(Unread {
            what: what.to_owned(),
            place,
        });
    }

    /// `@patch(BaseModel)` on a function: its name may become an attribute.
    fn decorated(&mut self, function: &'t StmtFunctionDef) {
        for decorator in &function.decorator_list {
            let Expr::Call(call) = &decorator.expression else {
                continue;
            };
            for target in &call.arguments.args {
                if self.may_be_class(target) {
                    self.patch(target, &function.name, decorator.range());
                }
            }
        }
    }
}

impl<'t> Visitor<'t> for Finder<'_, 't> {
    fn visit_stmt(&mut self, stmt: &'t Stmt) {
        match stmt {
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.target(target, stmt.range());
                }
            }
            Stmt::AnnAssign(assign) if assign.value.is_some() => {
                self.target(&assign.target, stmt.range())
            }
            Stmt::AugAssign(assign) => self.target(&assign.target, stmt.range()),
            Stmt::Delete(delete) => {
                for target in &delete.targets {
                    self.target(target, stmt.range());
                }
            }
            Stmt::FunctionDef(function) => {
                self.decorated(function);
                self.functions.push(function);
                visitor::walk_stmt(self, stmt);
                self.functions.pop();
                return;
            }
            Stmt::ClassDef(class) => {
                self.classes.push(&class.name);
                visitor::walk_stmt(self, stmt);
                self.classes.pop();
                return;
            }
            _ => {}
        }
        visitor::walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'t Expr) {
        if let Expr::Call(call) = expr {
            self.call(call, expr.range());
        }
        visitor::walk_expr(self, expr);
    }
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn is_self(expr: &Expr) -> bool {
    matches!(expr, Expr::Name(name) if name.id == "self")
}
