//! A module's manifest: a literal of Python, which is read and not run.

use crate::python::{Literal, of_file};
use ruff_python_ast::{Expr, Number, Operator, Stmt, UnaryOp};
use std::path::Path;

/// What a manifest says that matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The modules that are loaded before.
    pub depends: Vec<String>,
    /// The version as written.
    pub version: String,
    /// Odoo loads no other.
    pub is_installable: bool,
}

impl Manifest {
    /// The names that Odoo looks for, the present one first.
    pub const NAMES: [&str; 2] = ["__manifest__.py", "__openerp__.py"];

    /// That of the module in this folder, or why it can't be read; nothing where there is none.
    pub(super) fn of_folder(folder: &Path) -> Option<Result<Self, String>> {
        let path = Self::NAMES
            .iter()
            .map(|name| folder.join(name))
            .find(|path| path.symlink_metadata().is_ok())?;
        let made = of_file(&path, Self::of_statements);
        Some(made.and_then(|made| made.ok_or_else(|| "it is no plain dict".to_owned())))
    }

    fn of_statements(statements: &[Stmt]) -> Option<Self> {
        let value = statements.first()?.as_expr_stmt()?;
        let Literal::Dict(pairs) = literal(&value.value) else {
            return None;
        };
        // as in Python, the last of several wins
        let get = |key: &str| {
            let found = |(k, _): &&(Literal, Literal)| matches!(k, Literal::Str(k) if k == key);
            pairs.iter().rev().find(found).map(|(_, value)| value)
        };
        let depends = match get("depends") {
            None => Vec::new(),
            Some(Literal::List(names)) => names
                .iter()
                .map(|name| match name {
                    Literal::Str(name) => Some(name.clone()),
                    _ => None,
                })
                .collect::<Option<_>>()?,
            Some(_) => return None,
        };
        Some(Self {
            depends,
            version: match get("version") {
                Some(Literal::Str(version)) => version.clone(),
                _ => "1.0".to_owned(),
            },
            is_installable: !matches!(
                get("installable"),
                Some(Literal::Bool(false) | Literal::Int(0) | Literal::None)
            ),
        })
    }
}

/// What `ast.literal_eval` would make of an expression.
pub(super) fn literal(expression: &Expr) -> Literal {
    match expression {
        Expr::NoneLiteral(_) => Literal::None,
        Expr::BooleanLiteral(it) => Literal::Bool(it.value),
        Expr::StringLiteral(it) => Literal::Str(it.value.to_str().to_owned()),
        Expr::NumberLiteral(it) => match &it.value {
            Number::Int(int) => int.as_i64().map_or(Literal::Unread, Literal::Int),
            Number::Float(float) => Literal::Float(*float),
            Number::Complex { .. } => Literal::Unread,
        },
        Expr::UnaryOp(it) if it.op == UnaryOp::USub => match literal(&it.operand) {
            Literal::Int(int) => Literal::Int(-int),
            Literal::Float(float) => Literal::Float(-float),
            _ => Literal::Unread,
        },
        Expr::BinOp(it) if it.op == Operator::Add => {
            match (literal(&it.left), literal(&it.right)) {
                (Literal::Str(left), Literal::Str(right)) => Literal::Str(left + &right),
                _ => Literal::Unread,
            }
        }
        Expr::List(it) => Literal::List(it.elts.iter().map(literal).collect()),
        Expr::Tuple(it) => Literal::List(it.elts.iter().map(literal).collect()),
        Expr::Set(it) => Literal::Set(it.elts.iter().map(literal).collect()),
        Expr::Dict(it) => Literal::Dict(
            it.items
                .iter()
                .map(|item| {
                    let key = item.key.as_ref().map_or(Literal::Unread, literal);
                    (key, literal(&item.value))
                })
                .collect(),
        ),
        // text that needs the program: f-strings, names, calls
        _ => Literal::Unread,
    }
}

#[cfg(test)]
mod tests {
    use super::Manifest;

    fn parse(text: &str) -> Option<Manifest> {
        let parsed = ruff_python_parser::parse_module(text).ok()?;
        Manifest::of_statements(&parsed.syntax().body)
    }

    #[test]
    fn what_is_missing_is_as_odoo_takes_it() {
        let manifest = parse("# -*- coding: utf-8 -*-\n{'name': 'A' ' b'}")
            .expect("the test's own is well formed");
        let expected = Manifest {
            depends: vec![],
            version: "1.0".into(),
            is_installable: true,
        };
        assert_eq!(manifest, expected);
        let manifest = parse("{'depends': ('base', 'web'), 'installable': False}");
        let manifest = manifest.expect("the test's own is well formed");
        assert_eq!(manifest.depends, ["base", "web"]);
        assert!(!manifest.is_installable);
    }

    #[test]
    fn a_manifest_that_needs_running_is_none() {
        assert_eq!(parse("dict(depends=['base'])"), None);
        assert_eq!(parse("{'depends': ['base'] + MORE}"), None);
        assert_eq!(parse("{'depends': ["), None);
    }
}
