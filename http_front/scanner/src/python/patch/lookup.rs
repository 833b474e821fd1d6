//! What an expression of names stands for, where code asks for it by a text too.

use super::{Finder, is_self};
use crate::python::names::{Binding, Names, root};
use crate::python::patcher::argument;
use ruff_python_ast::{Expr, StmtFunctionDef};

/// How often a name may lead to another one.
const LONGEST_CHAIN: usize = 20;

impl<'t> Finder<'_, 't> {
    /// The class that an expression stands for; the one around it for `type(self)`.
    pub(super) fn path(&self, target: &Expr) -> Option<String> {
        let own = match target {
            Expr::Name(name) => {
                name.id == "cls" && self.functions.last().is_some_and(|f| is_first(f, "cls"))
            }
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
        let package = &self.module.tree.files[self.file].package;
        for function in self.functions.iter().rev() {
            let local = Names::new(&function.body, package);
            if let Some(path) = self.looked_up(target, Some(&local), 0) {
                return Some(path);
            }
            // what a function binds hides what the file does
            if root(target).is_some_and(|name| local.bindings.contains_key(name)) {
                return self.module.path(self.file, Some(&local), target);
            }
        }
        let path = self
            .looked_up(target, None, 0)
            .or_else(|| self.module.path(self.file, None, target));
        path.filter(|path| !path.starts_with("builtins."))
    }

    /// What is found by the text of its name: `import_module("odoo.models").BaseModel`,
    /// `sys.modules["odoo"]`, `getattr(models, "BaseModel")`.
    fn looked_up(&self, expr: &Expr, local: Option<&Names<'t>>, chain: usize) -> Option<String> {
        if chain > LONGEST_CHAIN {
            return None;
        }
        let text = |expr: Option<&Expr>| match expr {
            Some(Expr::StringLiteral(text)) => Some(text.value.to_str().to_owned()),
            _ => None,
        };
        match expr {
            Expr::Attribute(attribute) => {
                let of = self.looked_up(&attribute.value, local, chain + 1)?;
                Some(format!("{of}.{}", attribute.attr))
            }
            Expr::Subscript(subscript) => {
                let path = self.module.path(self.file, local, &subscript.value)?;
                (path == "sys.modules").then(|| text(Some(&subscript.slice)))?
            }
            Expr::Call(call) => {
                let args = &call.arguments.args;
                match self.called(&call.func)?.as_str() {
                    "import_module" | "__import__" => text(args.first()),
                    "getattr" => {
                        let of = self
                            .looked_up(args.first()?, local, chain + 1)
                            .or_else(|| self.module.path(self.file, local, &args[0]))?;
                        Some(format!("{of}.{}", text(args.get(1))?))
                    }
                    _ => None,
                }
            }
            Expr::Name(name) => {
                let names = local.unwrap_or(&self.module.names[self.file]);
                match names.single(&name.id)? {
                    Binding::Value(value) => self.looked_up(value, local, chain + 1),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The last part of a function's name, even where it goes by another one here.
    pub(super) fn called(&self, func: &Expr) -> Option<String> {
        match func {
            Expr::Attribute(attribute) => Some(attribute.attr.to_string()),
            Expr::Name(name) => {
                let path = self.module.path(self.file, None, func);
                let last = path.as_deref().and_then(|path| path.rsplit('.').next());
                Some(last.unwrap_or(&name.id).to_owned())
            }
            _ => None,
        }
    }
}

fn is_first(function: &StmtFunctionDef, name: &str) -> bool {
    let parameters = &function.parameters;
    let mut all = parameters.posonlyargs.iter().chain(&parameters.args);
    all.next()
        .is_some_and(|first| first.parameter.name.as_str() == name)
}
