//! Changes of what is kept by a key: `globals()`, `sys.modules`, the registry, the dict of a class.

use super::{Finder, is_self};
use crate::python::names::Binding;
use ruff_python_ast::Expr;
use ruff_text_size::TextRange;

/// Where Python looks for what is imported.
const IMPORTS: [&str; 4] = [
    "sys.modules",
    "sys.meta_path",
    "sys.path_hooks",
    "odoo.addons.__path__",
];

impl<'t> Finder<'_, 't> {
    /// `of[key] = …`, or another change of what `of` has.
    pub(super) fn item(&mut self, of: &'t Expr, key: Option<&Expr>, range: TextRange) {
        let name = match key {
            Some(Expr::StringLiteral(text)) => text.value.to_str(),
            _ => "*",
        };
        match of {
            Expr::Call(call) => match (self.called(&call.func).as_deref(), &*call.arguments.args) {
                (Some("globals"), []) => self.unread(range, "names that are made by a call"),
                (Some("vars" | "locals"), [])
                    if self.functions.is_empty() && self.classes.is_empty() =>
                {
                    self.unread(range, "names that are made by a call");
                }
                (Some("vars"), [owner]) if !is_self(owner) => self.patch(owner, name, range),
                _ => {}
            },
            Expr::Attribute(attribute) if attribute.attr.as_str() == "__dict__" => {
                if !is_self(&attribute.value) {
                    self.patch(&attribute.value, name, range);
                }
            }
            Expr::Name(name) if name.id == "__path__" => {
                self.unread(range, "another place to import from");
            }
            _ => {
                let path = self.path(of);
                if path.as_deref().is_some_and(|path| IMPORTS.contains(&path)) {
                    self.unread(range, "a change of what is imported");
                } else if is_of_fields(of) {
                    self.unread(range, "a change of a model's fields");
                } else if is_registry(of) && !self.is_own_dict(of) {
                    self.unread(range, "a change of the registry");
                } else if path.as_deref().is_some_and(is_inside_class) {
                    self.patch(of, name, range);
                }
            }
        }
    }

    /// A dict that the file makes itself, of whatever it registers.
    fn is_own_dict(&self, expr: &Expr) -> bool {
        let names = &self.module.names[self.file];
        let Expr::Name(name) = expr else {
            return false;
        };
        match names.single(&name.id) {
            Some(Binding::Value(Expr::Dict(_))) => true,
            Some(Binding::Value(Expr::Call(call))) => {
                let made = self.called(&call.func);
                made.is_some_and(|made| ["dict", "defaultdict", "OrderedDict"].contains(&&*made))
            }
            _ => false,
        }
    }
}

/// Whether something deeper than a class is named, by the custom of writing classes so.
fn is_inside_class(path: &str) -> bool {
    let is_class = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_uppercase())
            && part.contains(|c: char| c.is_lowercase())
    };
    path.starts_with("odoo.")
        && path
            .rsplit_once('.')
            .is_some_and(|(of, _)| of.split('.').any(is_class))
}

/// What a model's dict of fields has: `self._fields["name"]`.
pub(super) fn is_of_fields(mut expr: &Expr) -> bool {
    loop {
        expr = match expr {
            Expr::Attribute(attribute) if attribute.attr.as_str() == "_fields" => return true,
            Expr::Attribute(attribute) => &attribute.value,
            Expr::Subscript(subscript) => &subscript.value,
            Expr::Call(call) => &call.func,
            _ => return false,
        }
    }
}

/// The registry of models, or its dict of them.
fn is_registry(expr: &Expr) -> bool {
    let last = |expr: &Expr| match expr {
        Expr::Name(name) => name.id.to_string(),
        Expr::Attribute(attribute) => attribute.attr.to_string(),
        Expr::Call(call) => match &*call.func {
            Expr::Name(name) => name.id.to_lowercase(),
            _ => String::new(),
        },
        _ => String::new(),
    };
    match expr {
        Expr::Attribute(attribute) if attribute.attr.as_str() == "models" => {
            last(&attribute.value) == "registry"
        }
        _ => last(expr) == "registry",
    }
}
