//! A class as a part of a model: which one it makes or extends.

use crate::addons::Series;
use crate::python::{Class, Framework, Literal};
use std::collections::HashMap;

/// What a class is derived from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    /// A class of the framework.
    Framework(Framework),
    /// A class of a module, by its place in the list of all.
    Definition(usize),
}

/// A class of a module that makes or extends a model.
#[derive(Debug)]
pub(super) struct Definition<'a> {
    /// The module.
    pub module: &'a str,
    /// The class as written.
    pub class: &'a Class,
    /// The model's name.
    pub name: String,
    /// `_inherit`, as a list.
    pub inherit: Vec<String>,
    /// What it is derived from in Python.
    pub bases: Vec<Base>,
    /// What of its place among models could not be read.
    pub unread: Option<String>,
    /// Which model it belongs to could not be read: it may be any that its module touches.
    pub is_unplaced: bool,
    /// `_register = False`: it is there to be derived from.
    pub is_registered: bool,
}

impl<'a> Definition<'a> {
    /// The class, whose bases among the modules' classes are `known` by their whole names.
    pub(super) fn new(
        module: &'a str,
        class: &'a Class,
        known: &HashMap<&str, usize>,
        earlier: &[Definition<'_>],
        series: &Series,
    ) -> Self {
        let mut unread = None;
        let mut is_unplaced = false;
        let bases = bases(class, known, &mut unread);
        let from_python = bases.iter().find_map(|base| match base {
            Base::Definition(at) => earlier.get(*at),
            Base::Framework(_) => None,
        });
        let (inherit, is_one) = match attribute(class, "_inherit") {
            None => (
                from_python.map_or_else(Vec::new, |p| p.inherit.clone()),
                false,
            ),
            Some(value) => inherited(value).unwrap_or_else(|| {
                unread = Some("a class whose _inherit can't be read".to_owned());
                is_unplaced = true;
                (Vec::new(), false)
            }),
        };
        let name = match attribute(class, "_name") {
            Some(Literal::Str(name)) if !name.is_empty() => Some(name.clone()),
            None | Some(Literal::None | Literal::Bool(false) | Literal::Str(_)) => None,
            Some(_) => {
                unread = Some("a class whose _name can't be read".to_owned());
                is_unplaced = true;
                None
            }
        };
        let is_alone = inherit.len() == 1 && attribute(class, "_inherit").is_some();
        let name = name.unwrap_or_else(|| {
            if is_one || is_alone && series.major < 19 {
                inherit[0].clone()
            } else if series.major < 19 {
                class.name.clone()
            } else {
                dotted(&class.name)
            }
        });
        Self {
            module,
            class,
            name,
            inherit,
            bases,
            unread,
            is_unplaced,
            is_registered: !matches!(
                attribute(class, "_register"),
                Some(Literal::Bool(false) | Literal::Int(0) | Literal::None)
            ),
        }
    }

    /// The value of an attribute that the class itself has; a property is known when it is called.
    pub(super) fn attribute(&self, name: &str) -> Option<&'a Literal> {
        let is_method = || self.class.methods.iter().any(|method| method.name == name);
        attribute(self.class, name).or_else(|| is_method().then_some(&Literal::Callable(None)))
    }
}

/// The last assignment counts.
fn attribute<'a>(class: &'a Class, name: &str) -> Option<&'a Literal> {
    let found = class.attributes.iter().rev().find(|a| a.name == name);
    found.map(|attribute| &attribute.value)
}

fn bases(class: &Class, known: &HashMap<&str, usize>, unread: &mut Option<String>) -> Vec<Base> {
    let mut bases = Vec::new();
    for (at, written) in class.bases.iter().enumerate() {
        let path = class.base_paths.get(at).and_then(Option::as_deref);
        let found = match path {
            Some(path) => Framework::of_path(path)
                .map(Base::Framework)
                .or_else(|| known.get(path).map(|at| Base::Definition(*at))),
            None => Framework::of_written(written).map(Base::Framework),
        };
        match (found, path) {
            (Some(base), _) => bases.push(base),
            // a plain class: what a model takes over of it is in the model's own class
            (None, Some(_)) => {}
            (None, None) => *unread = Some(format!("its base class {written} is not known")),
        }
    }
    if bases.is_empty() {
        unread.get_or_insert_with(|| "no base class of it is a model's".to_owned());
        bases.push(Base::Framework(Framework::Model));
    }
    bases
}

/// The names, and whether it is a lone text.
fn inherited(value: &Literal) -> Option<(Vec<String>, bool)> {
    match value {
        Literal::Str(name) if name.is_empty() => Some((Vec::new(), false)),
        Literal::Str(name) => Some((vec![name.clone()], true)),
        Literal::None | Literal::Bool(false) => Some((Vec::new(), false)),
        Literal::List(names) => {
            let names = names.iter().map(|name| match name {
                Literal::Str(name) => Some(name.clone()),
                _ => None,
            });
            Some((names.collect::<Option<_>>()?, false))
        }
        _ => None,
    }
}

/// `SaleOrder` is `sale.order`, as Odoo 19 has it where a class says no name.
fn dotted(name: &str) -> String {
    let mut out = String::new();
    let mut before = None;
    for c in name.chars() {
        if c.is_ascii_uppercase() && before.is_some_and(|b| b != '_') {
            out.push('.');
        }
        out.extend(c.to_lowercase());
        before = Some(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::dotted;

    #[test]
    fn a_class_without_a_name_is_called_as_odoo_calls_it() {
        assert_eq!(dotted("SaleOrder"), "sale.order");
        assert_eq!(dotted("Stock_Move"), "stock_move");
        assert_eq!(dotted("base"), "base");
    }
}
