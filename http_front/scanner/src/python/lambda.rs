//! Lambdas that give a model's name among plain values: `lambda self: [("res_model", "=", self._name)]`.

use super::Literal;
use ruff_python_ast::{Expr, ExprLambda, Number, UnaryOp};

/// More than any domain has.
const MOST: usize = 200;

/// The list that the lambda gives for every model, nothing where it may look at anything but the name of its only
/// argument. A name of the file may stand for something else by the time of the call.
pub(super) fn list(lambda: &ExprLambda) -> Option<Literal> {
    let parameters = lambda.parameters.as_deref()?;
    let [only] = &*parameters.args else {
        return None;
    };
    let is_alone = parameters.len() == 1 && only.default.is_none();
    let Expr::List(_) = &*lambda.body else {
        return None;
    };
    let mut left = MOST;
    is_alone.then(|| part(&lambda.body, only.parameter.name.as_str(), &mut left))?
}

fn part(expr: &Expr, model: &str, left: &mut usize) -> Option<Literal> {
    *left = left.checked_sub(1)?;
    let mut all = |parts: &[Expr]| {
        let parts = parts.iter().map(|one| part(one, model, left));
        parts.collect::<Option<Vec<_>>>().map(Literal::List)
    };
    Some(match expr {
        Expr::List(list) => all(&list.elts)?,
        Expr::Tuple(tuple) => all(&tuple.elts)?,
        Expr::StringLiteral(text) => Literal::Str(text.value.to_str().to_owned()),
        Expr::BooleanLiteral(truth) => Literal::Bool(truth.value),
        Expr::NoneLiteral(_) => Literal::None,
        Expr::NumberLiteral(number) => integer(&number.value)?,
        Expr::UnaryOp(unary) => match (unary.op, &*unary.operand) {
            (UnaryOp::USub, Expr::NumberLiteral(number)) => match integer(&number.value)? {
                Literal::Int(it) => Literal::Int(it.checked_neg()?),
                _ => return None,
            },
            _ => return None,
        },
        Expr::Attribute(attribute) => match &*attribute.value {
            Expr::Name(name) if name.id == model && attribute.attr.as_str() == "_name" => {
                Literal::ModelName
            }
            _ => return None,
        },
        _ => return None,
    })
}

fn integer(number: &Number) -> Option<Literal> {
    match number {
        Number::Int(it) => it.as_i64().map(Literal::Int),
        Number::Float(_) | Number::Complex { .. } => None,
    }
}
