//! Values of domains, whether they came as JSON or out of a rule's Python expression.

use serde_json::Value as Json;

/// A literal. Python's None is Odoo's False, and so is JSON's null where it is all there is to compare with.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// JSON's null in a list, which Odoo does not take for False everywhere.
    Null,
    /// `true` or `false`; False also stands for "not set".
    Bool(bool),
    /// A whole number written as one.
    Int(i64),
    /// A number written with a point or an exponent.
    Float(f64),
    /// Text.
    Text(String),
    /// A list or tuple.
    List(Vec<Value>),
}

impl Value {
    /// Odoo's "not set".
    pub const FALSE: Value = Value::Bool(false);

    /// The value of a JSON literal; objects and numbers beyond 64 bits have none.
    pub fn from_json(json: &Json) -> Result<Value, String> {
        Ok(match json {
            Json::Null => Value::Null,
            Json::Bool(b) => Value::Bool(*b),
            Json::Number(n) => match n.as_i64() {
                Some(i) => Value::Int(i),
                None if n.is_f64() => Value::Float(n.as_f64().ok_or("a number out of range")?),
                None => return Err(format!("{n} is out of range")),
            },
            Json::String(s) if s.contains('\0') => {
                return Err("a text holds a NUL character".into());
            }
            Json::String(s) => Value::Text(s.clone()),
            Json::Array(items) => Value::List(
                items
                    .iter()
                    .map(Value::from_json)
                    .collect::<Result<_, _>>()?,
            ),
            Json::Object(_) => return Err("an object is not a value of a domain".into()),
        })
    }

    /// The literal as JSON.
    pub fn to_json(&self) -> Json {
        match self {
            Value::Null => Json::Null,
            Value::Bool(b) => Json::Bool(*b),
            Value::Int(i) => Json::from(*i),
            Value::Float(x) => Json::from(*x),
            Value::Text(s) => Json::from(s.as_str()),
            Value::List(items) => items.iter().map(Value::to_json).collect(),
        }
    }

    /// Python's truth.
    pub fn is_truthy(&self) -> bool {
        match self {
            Value::Null => false,
            Value::Bool(b) => *b,
            Value::Int(i) => *i != 0,
            Value::Float(f) => *f != 0.0,
            Value::Text(s) => !s.is_empty(),
            Value::List(l) => !l.is_empty(),
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Null => f.write_str("null"),
            Value::Bool(b) => write!(f, "{b}"),
            Value::Int(i) => write!(f, "{i}"),
            Value::Float(x) => write!(f, "{x:?}"),
            Value::Text(s) => write!(f, "{}", Json::from(s.as_str())),
            Value::List(items) => {
                f.write_str("[")?;
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{item}")?;
                }
                f.write_str("]")
            }
        }
    }
}
