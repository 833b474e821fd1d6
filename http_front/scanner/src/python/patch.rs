//! Changes to classes from outside of them, and classes that no `class` statement makes.

mod item;
mod library;
mod lookup;

use super::class::{digest, short};
use super::literal::Scope;
use super::module::{Kind, Module};
use super::names::{CHANGING, Names};
use super::patcher::{Calls, Patcher, argument};
use super::ran::Ran;
use super::statements::running;
use super::{Literal, ModuleSource, Patch, Unread, UnreadFunction};
use item::is_of_fields;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprCall, Stmt, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

/// Finds the patches of a module; functions count, for a hook or the import itself may run them.
pub(super) fn find(module: &Module<'_>, into: &mut ModuleSource) {
    let ModuleSource {
        patches,
        unread,
        in_functions,
        ..
    } = into;
    let mut ran = Ran::default();
    for file in 0..module.tree.files.len() {
        let source = &module.tree.files[file];
        let mut finder = Finder {
            module,
            file,
            functions: Vec::new(),
            classes: Vec::new(),
            ran: &mut ran,
            patchers: Vec::new(),
            patches,
            unread,
        };
        finder.visit_body(&source.suite);
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
    in_functions.extend(ran.finish());
}

pub(super) struct Finder<'m, 't> {
    module: &'m Module<'t>,
    file: usize,
    functions: Vec<&'t StmtFunctionDef>,
    classes: Vec<&'t str>,
    ran: &'m mut Ran<'t>,
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

    fn target(&mut self, target: &'t Expr, range: TextRange) {
        match target {
            Expr::Attribute(attribute) if is_of_fields(&attribute.value) => {
                self.unread(range, "a change of a model's fields");
            }
            // `self.x = …` changes one object
            Expr::Attribute(attribute) if !is_self(&attribute.value) => {
                let attribute_name = attribute.attr.to_string();
                self.patch(&attribute.value, &attribute_name, range);
            }
            Expr::Subscript(subscript) => {
                self.item(&subscript.value, Some(&subscript.slice), range);
            }
            Expr::Name(name) if name.id == "__path__" && self.functions.is_empty() => {
                self.unread(range, "another place to import from");
            }
            Expr::Starred(starred) => self.target(&starred.value, range),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|part| self.target(part, range)),
            Expr::List(list) => list.elts.iter().for_each(|part| self.target(part, range)),
            _ => {}
        }
    }

    /// `put = setattr`: another name in this file, by which calls are known.
    fn is_alias(&self, targets: &[Expr], value: &Expr) -> bool {
        let [Expr::Name(target)] = targets else {
            return false;
        };
        let is_global = self.functions.is_empty() && self.classes.is_empty();
        is_global
            && matches!(value, Expr::Name(name) if SETTERS.contains(&name.id.as_str()))
            && self.module.names[self.file].single(&target.id).is_some()
    }

    /// Says it at once where the import itself runs it, and else if it runs the function.
    fn late(&mut self, range: TextRange, what: &str) {
        match self.functions.first() {
            None => self.unread(range, what),
            Some(function) => {
                let place = self.module.place(self.file, range.start());
                let what = what.to_owned();
                self.ran.waits(UnreadFunction {
                    name: function.name.to_string(),
                    digest: digest(&self.module.tree.files[self.file].text, function),
                    unread: Unread { what, place },
                });
            }
        }
    }

    fn call(&mut self, call: &'t ExprCall, range: TextRange) {
        let arguments = &call.arguments.args;
        let Some(name) = self.called(&call.func) else {
            return;
        };
        self.ran.calls(self.functions.first().copied(), &name);
        self.by_text(call, &name, range);
        if let Expr::Attribute(method) = &*call.func
            && (CHANGING.contains(&&*name) || ["__setitem__", "__delitem__"].contains(&&*name))
        {
            self.item(&method.value, arguments.first(), range);
        }
        match (name.as_str(), &**arguments) {
            ("setattr" | "delattr" | "__setattr__" | "__delattr__", [target, attribute, ..])
                if !is_self(target) && has_owner(&name, arguments) =>
            {
                match attribute {
                    Expr::StringLiteral(text) => self.patch(target, text.value.to_str(), range),
                    _ => self.computed(target, attribute, range),
                }
            }
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
                if own {
                    self.late(range, "an import by a call");
                }
            }
            (
                "run_path"
                | "run_module"
                | "spec_from_file_location"
                | "exec_module"
                | "load_module"
                | "load_source"
                | "SourceFileLoader",
                [_, ..],
            ) => self.late(range, "an import by a call"),
            ("exec" | "eval", [_, ..]) if !matches!(&*call.func, Expr::Attribute(_)) => {
                self.code(range);
            }
            ("FunctionType" | "CodeType", [_, ..]) => self.code(range),
            ("type" | "MetaModel", [_, bases, _]) | ("new_class", [_, bases, ..]) => {
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

    /// Code that is no source, outside of classes or where the import runs it.
    fn code(&mut self, range: TextRange) {
        let what = "code that is run from a text";
        if self.classes.is_empty() {
            self.unread(range, what);
        } else {
            self.late(range, what);
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
                if self.is_alias(&assign.targets, &assign.value) {
                    return;
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
                // these run where the function is defined
                for decorator in &function.decorator_list {
                    if let Some(name) = self.called(&decorator.expression) {
                        self.ran.calls(self.functions.first().copied(), &name);
                    }
                    self.visit_decorator(decorator);
                }
                self.visit_parameters(&function.parameters);
                self.functions.push(function);
                self.visit_body(&function.body);
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
        match expr {
            Expr::Call(call) => {
                self.call(call, expr.range());
                // what is called is seen by its call
                if matches!(&*call.func, Expr::Name(_)) {
                    self.visit_arguments(&call.arguments);
                    return;
                }
            }
            Expr::Name(name) if SETTERS.contains(&name.id.as_str()) => {
                self.unread(
                    expr.range(),
                    "a function that sets attributes and is passed on",
                );
            }
            _ => {}
        }
        visitor::walk_expr(self, expr);
    }
}

const SETTERS: [&str; 4] = ["setattr", "delattr", "exec", "eval"];

/// `setattr` has the owner first, as has the method of `type` or `object`.
fn has_owner(name: &str, arguments: &[Expr]) -> bool {
    let count = match name {
        "setattr" | "__setattr__" => 3,
        _ => 2,
    };
    arguments.len() == count
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn is_self(expr: &Expr) -> bool {
    matches!(expr, Expr::Name(name) if name.id == "self")
}
