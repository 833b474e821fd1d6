//! Odoo's filters: from a list in prefix notation to a tree.

mod expression;
mod json;
mod operator;
mod parse;

pub use expression::{Names, evaluate};
pub use operator::Operator;
pub use parse::{MAX_CONDITIONS, MAX_DEPTH, MAX_PATH, parse, parse_json};

use crate::value::Value;

/// A filter on one model's records, names not resolved yet.
#[derive(Debug, Clone, PartialEq)]
pub enum Domain {
    /// Every record, or none.
    Const(bool),
    /// All of them hold; `&`.
    All(Vec<Domain>),
    /// Any of them holds; `|`.
    Any(Vec<Domain>),
    /// `!`
    Not(Box<Domain>),
    /// One test.
    Condition(Condition),
}

/// One test of a field.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// Field name or dotted path.
    pub field_path: String,
    /// How it is compared.
    pub operator: Operator,
    /// With what.
    pub operand: Operand,
}

/// The right side of a condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// A literal.
    Value(Value),
    /// The domain of `any` and `not any`.
    Domain(Box<Domain>),
}

impl Default for Domain {
    /// Every record.
    fn default() -> Domain {
        Domain::Const(true)
    }
}

impl Domain {
    /// A condition with a literal.
    pub fn condition(field_path: impl Into<String>, operator: Operator, value: Value) -> Domain {
        Domain::Condition(Condition {
            field_path: field_path.into(),
            operator,
            operand: Operand::Value(value),
        })
    }

    /// `path any domain`
    pub fn exists(field_path: impl Into<String>, operator: Operator, domain: Domain) -> Domain {
        Domain::Condition(Condition {
            field_path: field_path.into(),
            operator,
            operand: Operand::Domain(Box::new(domain)),
        })
    }

    /// The conjunction, simplified where a side is constant.
    pub fn all(parts: Vec<Domain>) -> Domain {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Domain::Const(true) => {}
                Domain::Const(false) => return Domain::Const(false),
                Domain::All(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        match kept.len() {
            0 => Domain::Const(true),
            1 => kept.remove(0),
            _ => Domain::All(kept),
        }
    }

    /// The disjunction, simplified where a side is constant.
    pub fn any(parts: Vec<Domain>) -> Domain {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Domain::Const(false) => {}
                Domain::Const(true) => return Domain::Const(true),
                Domain::Any(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        match kept.len() {
            0 => Domain::Const(false),
            1 => kept.remove(0),
            _ => Domain::Any(kept),
        }
    }

    /// Whether some condition of this level is on exactly that field; sub-domains do not count,
    /// nor does what stands beside a constant that settles it.
    pub fn names_field(&self, field: &str) -> bool {
        self.constant().is_none()
            && match self {
                Domain::Const(_) => false,
                Domain::All(parts) | Domain::Any(parts) => {
                    parts.iter().any(|p| p.names_field(field))
                }
                Domain::Not(inner) => inner.names_field(field),
                Domain::Condition(c) => c.field_path == field,
            }
    }

    /// The constant that the constants in it make of it.
    fn constant(&self) -> Option<bool> {
        let settled = |parts: &[Domain], by: bool| {
            let constants: Vec<Option<bool>> = parts.iter().map(Domain::constant).collect();
            if constants.contains(&Some(by)) {
                Some(by)
            } else {
                constants.iter().all(Option::is_some).then_some(!by)
            }
        };
        match self {
            Domain::Const(value) => Some(*value),
            Domain::Not(inner) => inner.constant().map(|value| !value),
            Domain::All(parts) => settled(parts, false),
            Domain::Any(parts) => settled(parts, true),
            Domain::Condition(_) => None,
        }
    }
}
