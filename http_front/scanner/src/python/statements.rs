//! The statements that run when a file is imported, those under conditions included.

use ruff_python_ast::{ExceptHandler, Expr, Stmt};

/// A statement outside of functions and classes.
#[derive(Clone, Copy)]
pub(super) struct Statement<'a> {
    pub(super) stmt: &'a Stmt,
    /// It stands in an `if`, `try`, loop, `with` or `match`, and may not run, or more than once.
    pub(super) is_conditional: bool,
}

/// All of them, in their order; the compound ones themselves come before what is in them.
pub(super) fn running(suite: &[Stmt]) -> Vec<Statement<'_>> {
    let mut found = Vec::new();
    collect(suite, false, &mut found);
    found
}

fn collect<'a>(suite: &'a [Stmt], is_conditional: bool, found: &mut Vec<Statement<'a>>) {
    for stmt in suite {
        found.push(Statement {
            stmt,
            is_conditional,
        });
        for inner in blocks(stmt) {
            collect(inner, true, found);
        }
    }
}

/// The blocks of a compound statement that may run; none of a function or a class.
pub(super) fn blocks(stmt: &Stmt) -> Vec<&[Stmt]> {
    match stmt {
        Stmt::If(branch) => {
            let mut blocks: Vec<&[Stmt]> = Vec::new();
            if !never(&branch.test) {
                blocks.push(&branch.body);
            }
            for clause in &branch.elif_else_clauses {
                if !clause.test.as_ref().is_some_and(never) {
                    blocks.push(&clause.body);
                }
            }
            blocks
        }
        Stmt::For(each) => vec![&each.body, &each.orelse],
        Stmt::While(each) => vec![&each.body, &each.orelse],
        Stmt::With(with) => vec![&with.body],
        Stmt::Match(choice) => choice.cases.iter().map(|case| &*case.body).collect(),
        Stmt::Try(attempt) => {
            let mut blocks: Vec<&[Stmt]> = vec![&attempt.body];
            for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                blocks.push(&handler.body);
            }
            blocks.push(&attempt.orelse);
            blocks.push(&attempt.finalbody);
            blocks
        }
        _ => Vec::new(),
    }
}

/// What only a type checker, or Python as a program, runs.
fn never(test: &Expr) -> bool {
    match test {
        Expr::Name(name) => name.id == "TYPE_CHECKING",
        Expr::Attribute(attribute) => {
            attribute.attr.as_str() == "TYPE_CHECKING"
                && matches!(&*attribute.value, Expr::Name(name) if name.id.starts_with("typing"))
        }
        Expr::BooleanLiteral(literal) => !literal.value,
        Expr::Compare(compare) => {
            matches!(&*compare.left, Expr::Name(name) if name.id == "__name__")
                && matches!(compare.comparators.first(), Some(Expr::StringLiteral(text)) if text.value.to_str() == "__main__")
                && compare.ops.first() == Some(&ruff_python_ast::CmpOp::Eq)
        }
        _ => false,
    }
}
