//! Functions that patch what they are given: who calls them says what that is.

use super::patch::Finder;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprCall, Stmt, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

/// A function that sets an attribute whose name, or whose owner, it is given.
pub(super) struct Patcher<'t> {
    pub(super) function: &'t StmtFunctionDef,
    pub(super) target: &'t Expr,
    /// The argument that the class is, and the one that the attribute's name is.
    pub(super) target_argument: Option<usize>,
    pub(super) attribute_argument: Option<usize>,
    pub(super) range: TextRange,
    pub(super) is_called: bool,
}

/// The calls of the functions that patch what they are given.
pub(super) struct Calls<'f, 'm, 't> {
    pub(super) finder: &'f mut Finder<'m, 't>,
    pub(super) patchers: Vec<Patcher<'t>>,
}

impl<'t> Calls<'_, '_, 't> {
    /// A call of one of them; as a decorator it has a function, whose name is the attribute's.
    fn call(&mut self, call: &'t ExprCall, decorated: Option<&str>) {
        let name = match &*call.func {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => return,
        };
        let mut found = Vec::new();
        for patcher in &mut self.patchers {
            if patcher.function.name.as_str() != name {
                continue;
            }
            patcher.is_called = true;
            let given = |index: usize| -> Option<&'t Expr> {
                let parameter = parameter(patcher.function, index)?;
                call.arguments
                    .keywords
                    .iter()
                    .find(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg == parameter))
                    .map(|keyword| &keyword.value)
                    .or_else(|| call.arguments.args.get(index))
            };
            let attribute = match patcher.attribute_argument {
                Some(index) => match given(index) {
                    Some(Expr::StringLiteral(text)) => text.value.to_str(),
                    _ => "*",
                },
                None => decorated.unwrap_or("*"),
            };
            let target = match patcher.target_argument {
                Some(index) => given(index).unwrap_or(patcher.target),
                None => patcher.target,
            };
            found.push((target, attribute.to_owned()));
        }
        for (target, attribute) in found {
            self.finder.patch(target, &attribute, call.range());
        }
    }

    /// One that nobody calls here may be called from elsewhere.
    pub(super) fn finish(self) {
        for patcher in self.patchers.iter().filter(|patcher| !patcher.is_called) {
            self.finder.patch(patcher.target, "*", patcher.range);
        }
    }
}

impl<'t> Visitor<'t> for Calls<'_, '_, 't> {
    fn visit_stmt(&mut self, stmt: &'t Stmt) {
        if let Stmt::FunctionDef(function) = stmt {
            for decorator in &function.decorator_list {
                if let Expr::Call(call) = &decorator.expression {
                    self.call(call, Some(&function.name));
                }
            }
            self.visit_body(&function.body);
            return;
        }
        visitor::walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'t Expr) {
        if let Expr::Call(call) = expr {
            self.call(call, None);
        }
        visitor::walk_expr(self, expr);
    }
}

/// The how-manieth argument a name is; `self` is not counted.
pub(super) fn argument(function: &StmtFunctionDef, name: &str) -> Option<usize> {
    names(function).position(|parameter| parameter == name)
}

fn parameter(function: &StmtFunctionDef, index: usize) -> Option<&str> {
    names(function).nth(index)
}

fn names(function: &StmtFunctionDef) -> impl Iterator<Item = &str> {
    let parameters = &function.parameters;
    parameters
        .posonlyargs
        .iter()
        .chain(&parameters.args)
        .map(|parameter| parameter.parameter.name.as_str())
        .filter(|name| *name != "self")
        .chain(
            parameters
                .kwonlyargs
                .iter()
                .map(|parameter| parameter.parameter.name.as_str()),
        )
}
