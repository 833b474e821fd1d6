//! What values expressions have, where that is plain to see; nothing is run.

use super::Literal;
use super::lambda;
use super::module::{Module, is_field};
use super::names::{Binding, Names};
use ruff_python_ast::{Expr, ExprCall, Number, Operator, UnaryOp};

/// As deep as values are followed, through names and into brackets.
const DEEPEST: usize = 100;

/// The largest value that one expression may have, in parts and bytes.
const LARGEST: usize = 1_000_000;

/// Where an expression stands.
#[derive(Clone, Copy)]
pub(super) struct Scope<'m, 't> {
    pub(super) module: &'m Module<'t>,
    pub(super) file: usize,
    /// The names of the class body, before those of the file.
    pub(super) local: Option<&'m Names<'t>>,
}

impl<'t> Scope<'_, 't> {
    /// Its value, as far as it can be told.
    pub(super) fn value(&self, expr: &Expr) -> Literal {
        let mut cost = 0;
        self.eval(expr, 0, &mut cost)
    }

    fn eval(&self, expr: &Expr, depth: usize, cost: &mut usize) -> Literal {
        if depth > DEEPEST || !self.pay(cost, 1) {
            return Literal::Unread;
        }
        let depth = depth + 1;
        match expr {
            Expr::NoneLiteral(_) => Literal::None,
            Expr::BooleanLiteral(literal) => Literal::Bool(literal.value),
            Expr::NumberLiteral(literal) => match &literal.value {
                Number::Int(int) => int.as_i64().map_or(Literal::Unread, Literal::Int),
                Number::Float(float) => Literal::Float(*float),
                Number::Complex { .. } => Literal::Unread,
            },
            Expr::StringLiteral(literal) => {
                let text = literal.value.to_str();
                if self.pay(cost, text.len()) {
                    Literal::Str(text.to_owned())
                } else {
                    Literal::Unread
                }
            }
            Expr::List(list) => self.list(&list.elts, depth, cost),
            Expr::Tuple(tuple) => self.list(&tuple.elts, depth, cost),
            Expr::Set(set) => match self.list(&set.elts, depth, cost) {
                Literal::List(parts) => Literal::Set(parts),
                _ => Literal::Unread,
            },
            Expr::Dict(dict) => {
                let mut pairs = Vec::new();
                for item in &dict.items {
                    let value = self.eval(&item.value, depth, cost);
                    match &item.key {
                        Some(key) => pairs.push((self.eval(key, depth, cost), value)),
                        None => match value {
                            Literal::Dict(more) => pairs.extend(more),
                            _ => return Literal::Unread,
                        },
                    }
                }
                Literal::Dict(last_of_each(pairs))
            }
            Expr::UnaryOp(unary) => match (unary.op, self.eval(&unary.operand, depth, cost)) {
                (UnaryOp::USub, Literal::Int(int)) => {
                    int.checked_neg().map_or(Literal::Unread, Literal::Int)
                }
                (UnaryOp::USub, Literal::Float(float)) => Literal::Float(-float),
                (UnaryOp::UAdd, value @ (Literal::Int(_) | Literal::Float(_))) => value,
                (UnaryOp::Not, Literal::Bool(value)) => Literal::Bool(!value),
                _ => Literal::Unread,
            },
            Expr::BinOp(operation) => {
                let left = self.eval(&operation.left, depth, cost);
                let right = self.eval(&operation.right, depth, cost);
                match operation.op {
                    Operator::Add => self.sum(left, right, cost),
                    Operator::Mod => self.formatted(
                        left,
                        right,
                        matches!(&*operation.right, Expr::Tuple(_)),
                        cost,
                    ),
                    Operator::Mult => match (left, right) {
                        (Literal::Int(a), Literal::Int(b)) => {
                            a.checked_mul(b).map_or(Literal::Unread, Literal::Int)
                        }
                        _ => Literal::Unread,
                    },
                    _ => Literal::Unread,
                }
            }
            Expr::If(choice) => match self.eval(&choice.test, depth, cost) {
                Literal::Bool(true) => self.eval(&choice.body, depth, cost),
                Literal::Bool(false) => self.eval(&choice.orelse, depth, cost),
                _ => Literal::Unread,
            },
            Expr::Subscript(subscript) => {
                let index = self.eval(&subscript.slice, depth, cost);
                match (self.eval(&subscript.value, depth, cost), index) {
                    (Literal::List(parts), Literal::Int(index)) => usize::try_from(index)
                        .ok()
                        .and_then(|index| parts.into_iter().nth(index))
                        .unwrap_or(Literal::Unread),
                    (Literal::Dict(pairs), key @ (Literal::Str(_) | Literal::Int(_)))
                        if pairs
                            .iter()
                            .all(|(key, _)| matches!(key, Literal::Str(_) | Literal::Int(_))) =>
                    {
                        pairs
                            .into_iter()
                            .find(|(other, _)| *other == key)
                            .map_or(Literal::Unread, |(_, value)| value)
                    }
                    _ => Literal::Unread,
                }
            }
            Expr::Lambda(lambda) => Literal::Callable(lambda::list(lambda).map(Box::new)),
            Expr::Name(name) => self.name(&name.id, depth, cost),
            Expr::Attribute(_) => match self.module.path(self.file, self.local, expr) {
                Some(path) => self.path(&path, depth, cost),
                None => Literal::Unread,
            },
            Expr::Call(call) => self.call(call, depth, cost),
            _ => Literal::Unread,
        }
    }

    /// Whether it may still cost this much.
    fn pay(&self, cost: &mut usize, amount: usize) -> bool {
        *cost += amount;
        let left = self.module.budget.get().saturating_sub(amount);
        self.module.budget.set(left);
        *cost <= LARGEST && left > 0
    }

    fn list(&self, parts: &[Expr], depth: usize, cost: &mut usize) -> Literal {
        let mut values = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Expr::Starred(starred) => match self.eval(&starred.value, depth, cost) {
                    Literal::List(more) => values.extend(more),
                    _ => return Literal::Unread,
                },
                part => values.push(self.eval(part, depth, cost)),
            }
        }
        Literal::List(values)
    }

    fn sum(&self, left: Literal, right: Literal, cost: &mut usize) -> Literal {
        match (left, right) {
            (Literal::Str(a), Literal::Str(b)) if self.pay(cost, a.len() + b.len()) => {
                Literal::Str(a + &b)
            }
            (Literal::List(mut a), Literal::List(b)) if self.pay(cost, a.len() + b.len()) => {
                a.extend(b);
                Literal::List(a)
            }
            (Literal::Int(a), Literal::Int(b)) => {
                a.checked_add(b).map_or(Literal::Unread, Literal::Int)
            }
            _ => Literal::Unread,
        }
    }

    /// `"…%s…" % values`, of texts and whole numbers.
    fn formatted(
        &self,
        form: Literal,
        values: Literal,
        is_tuple: bool,
        cost: &mut usize,
    ) -> Literal {
        let Literal::Str(form) = form else {
            return Literal::Unread;
        };
        let values = match values {
            Literal::List(values) if is_tuple => values,
            value @ (Literal::Str(_) | Literal::Int(_)) => vec![value],
            _ => return Literal::Unread,
        };
        let mut values = values.into_iter();
        let mut text = String::new();
        let mut rest = form.chars();
        while let Some(c) = rest.next() {
            if c != '%' {
                text.push(c);
                continue;
            }
            match (rest.next(), values.as_slice().first()) {
                (Some('%'), _) => {
                    text.push('%');
                    continue;
                }
                (Some('s'), Some(Literal::Str(value))) => text.push_str(value),
                (Some('s' | 'd'), Some(Literal::Int(value))) => text.push_str(&value.to_string()),
                _ => return Literal::Unread,
            }
            values.next();
        }
        if values.next().is_some() || !self.pay(cost, text.len()) {
            return Literal::Unread;
        }
        Literal::Str(text)
    }

    fn name(&self, name: &str, depth: usize, cost: &mut usize) -> Literal {
        if let Some(local) = self.local
            && local.bindings.contains_key(name)
        {
            return match local.single(name) {
                Some(Binding::Function) => Literal::Callable(None),
                Some(Binding::Value(value)) if !local.changed.contains(name) => {
                    self.eval(value, depth, cost)
                }
                _ => Literal::Unread,
            };
        }
        let names = &self.module.names[self.file];
        match names.bindings.get(name).map(Vec::as_slice) {
            Some([Binding::Value(value)]) => {
                if names.changed.contains(name) {
                    return Literal::Unread;
                }
                self.in_file(self.file).eval(value, depth, cost)
            }
            // one of several, but each can only be called
            Some(several) if several.iter().all(|one| matches!(one, Binding::Function)) => {
                Literal::Callable(None)
            }
            _ => match self.path_of_name(name) {
                Some(path) => self.path(&path, depth, cost),
                None => Literal::Unread,
            },
        }
    }

    fn path_of_name(&self, name: &str) -> Option<String> {
        let expr = Expr::Name(ruff_python_ast::ExprName {
            node_index: ruff_python_ast::AtomicNodeIndex::NONE,
            range: ruff_text_size::TextRange::default(),
            id: name.into(),
            ctx: ruff_python_ast::ExprContext::Load,
        });
        self.module.path(self.file, None, &expr)
    }

    /// The value of what has this whole dotted name.
    fn path(&self, path: &str, depth: usize, cost: &mut usize) -> Literal {
        if let Some((from, name)) = path.rsplit_once('.')
            && let Some(file) = self.module.tree.by_dotted.get(from)
        {
            let names = &self.module.names[*file];
            return match names.single(name) {
                Some(Binding::Function) => Literal::Callable(None),
                Some(Binding::Value(value)) if !names.changed.contains(name) => {
                    self.in_file(*file).eval(value, depth, cost)
                }
                _ => Literal::Unread,
            };
        }
        match path {
            "odoo.fields.NO_ACCESS" | "odoo.models.NO_ACCESS" | "odoo.orm.models.NO_ACCESS" => {
                Literal::Str(".".to_owned())
            }
            "odoo.SUPERUSER_ID" | "odoo.api.SUPERUSER_ID" => Literal::Int(1),
            "odoo.tools.html_translate"
            | "odoo.tools.xml_translate"
            | "odoo.tools.translate.html_translate"
            | "odoo.tools.translate.xml_translate" => Literal::Callable(None),
            // `fields.Date.today`
            _ => match path.rsplit_once('.') {
                Some((class, name))
                    if is_field(class) && name.starts_with(|c: char| c.is_ascii_lowercase()) =>
                {
                    Literal::Callable(None)
                }
                _ => Literal::Unread,
            },
        }
    }

    fn in_file(&self, file: usize) -> Scope<'_, 't> {
        Scope {
            module: self.module,
            file,
            local: None,
        }
    }

    fn call(&self, call: &ExprCall, depth: usize, cost: &mut usize) -> Literal {
        let arguments = &call.arguments;
        if let Expr::Attribute(attribute) = &*call.func
            && arguments.keywords.is_empty()
        {
            match (attribute.attr.as_str(), &*arguments.args) {
                (method @ ("items" | "keys" | "values"), []) => {
                    let Literal::Dict(pairs) = self.eval(&attribute.value, depth, cost) else {
                        return Literal::Unread;
                    };
                    let part = |(key, value)| match method {
                        "items" => Literal::List(vec![key, value]),
                        "keys" => key,
                        _ => value,
                    };
                    return Literal::List(pairs.into_iter().map(part).collect());
                }
                ("join", [parts]) => {
                    return match (
                        self.eval(&attribute.value, depth, cost),
                        self.eval(parts, depth, cost),
                    ) {
                        (Literal::Str(between), Literal::List(parts)) => {
                            self.joined(&between, &parts, cost)
                        }
                        _ => Literal::Unread,
                    };
                }
                _ => {}
            }
        }
        let path = self.module.path(self.file, self.local, &call.func);
        match (path.as_deref(), &*arguments.args) {
            (
                Some(
                    "builtins._"
                    | "odoo._"
                    | "odoo._lt"
                    | "odoo.tools._"
                    | "odoo.tools._lt"
                    | "odoo.tools.translate._"
                    | "odoo.tools.translate._lt"
                    | "odoo.tools.translate.LazyTranslate",
                ),
                [text],
            ) if arguments.keywords.is_empty() => match self.eval(text, depth, cost) {
                text @ Literal::Str(_) => text,
                _ => Literal::Unread,
            },
            // `_lt = LazyTranslate(__name__)`
            (Some(path), [text]) if path.ends_with("._lt") && arguments.keywords.is_empty() => {
                match self.eval(text, depth, cost) {
                    text @ Literal::Str(_) => text,
                    _ => Literal::Unread,
                }
            }
            (Some("builtins.list" | "builtins.tuple"), [parts])
                if arguments.keywords.is_empty() =>
            {
                match self.eval(parts, depth, cost) {
                    Literal::List(parts) => Literal::List(parts),
                    Literal::Dict(pairs) => {
                        Literal::List(pairs.into_iter().map(|(key, _)| key).collect())
                    }
                    _ => Literal::Unread,
                }
            }
            (Some("builtins.dict"), []) => {
                let mut pairs = Vec::new();
                for keyword in &arguments.keywords {
                    let Some(name) = &keyword.arg else {
                        return Literal::Unread;
                    };
                    let value = self.eval(&keyword.value, depth, cost);
                    pairs.push((Literal::Str(name.to_string()), value));
                }
                Literal::Dict(pairs)
            }
            (
                Some(
                    "builtins.property"
                    | "builtins.staticmethod"
                    | "builtins.classmethod"
                    | "functools.partial"
                    | "functools.partialmethod"
                    | "operator.attrgetter"
                    | "operator.itemgetter"
                    | "operator.methodcaller",
                ),
                _,
            ) => Literal::Callable(None),
            _ => Literal::Unread,
        }
    }

    fn joined(&self, between: &str, parts: &[Literal], cost: &mut usize) -> Literal {
        let mut texts = Vec::new();
        for part in parts {
            match part {
                Literal::Str(text) if self.pay(cost, text.len() + between.len()) => {
                    texts.push(text.as_str())
                }
                _ => return Literal::Unread,
            }
        }
        Literal::Str(texts.join(between))
    }
}

/// A key that is there twice has its last value, in its first place.
fn last_of_each(pairs: Vec<(Literal, Literal)>) -> Vec<(Literal, Literal)> {
    let mut places = std::collections::HashMap::new();
    let mut found: Vec<(Literal, Literal)> = Vec::with_capacity(pairs.len());
    for (key, value) in pairs {
        if let Literal::Str(text) = &key {
            if let Some(at) = places.get(text) {
                let pair: &mut (Literal, Literal) = &mut found[*at];
                pair.1 = value;
                continue;
            }
            places.insert(text.clone(), found.len());
        }
        found.push((key, value));
    }
    found
}
