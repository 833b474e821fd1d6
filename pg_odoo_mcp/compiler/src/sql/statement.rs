//! A finished statement: text, bound parameters, and the relations it reads.

use crate::catalog::Table;

/// The type a parameter is bound as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are PostgreSQL's")]
pub enum PgType {
    Bool,
    Int4,
    Int8,
    Float8,
    Numeric,
    Text,
    Date,
    Timestamp,
    Int4Array,
    Int8Array,
    NumericArray,
    Float8Array,
    TextArray,
    DateArray,
    TimestampArray,
}

/// A bound value in PostgreSQL's text form for its type, checked by whoever made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// How it is bound.
    pub pg_type: PgType,
    /// Text form; nothing is NULL.
    pub text: Option<String>,
}

/// One statement. Every output column is of type text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// SQL with `$1` … placeholders.
    pub text: String,
    /// The values, in order.
    pub params: Vec<Param>,
    /// Every relation of Odoo's that the text names, to be locked and checked before planning.
    pub relations: Vec<Table>,
}
impl PgType {
    /// The type's name, for casts.
    pub fn name(self) -> &'static str {
        match self {
            PgType::Bool => "boolean",
            PgType::Int4 => "integer",
            PgType::Int8 => "bigint",
            PgType::Float8 => "double precision",
            PgType::Numeric => "numeric",
            PgType::Text => "text",
            PgType::Date => "date",
            PgType::Timestamp => "timestamp",
            PgType::Int4Array => "integer[]",
            PgType::Int8Array => "bigint[]",
            PgType::NumericArray => "numeric[]",
            PgType::Float8Array => "double precision[]",
            PgType::TextArray => "text[]",
            PgType::DateArray => "date[]",
            PgType::TimestampArray => "timestamp[]",
        }
    }

    /// The array type of an element type.
    fn array(self) -> PgType {
        match self {
            PgType::Int4 => PgType::Int4Array,
            PgType::Int8 => PgType::Int8Array,
            PgType::Float8 => PgType::Float8Array,
            PgType::Numeric => PgType::NumericArray,
            PgType::Date => PgType::DateArray,
            PgType::Timestamp => PgType::TimestampArray,
            _ => PgType::TextArray,
        }
    }
}

impl Param {
    /// A text.
    pub fn text(text: impl Into<String>) -> Param {
        Param {
            pg_type: PgType::Text,
            text: Some(text.into()),
        }
    }

    /// A whole number.
    pub fn int8(value: i64) -> Param {
        Param {
            pg_type: PgType::Int8,
            text: Some(value.to_string()),
        }
    }

    /// An array in PostgreSQL's text form, every element quoted.
    pub fn array(element: PgType, texts: impl Iterator<Item = String>) -> Param {
        let mut out = String::from("{");
        for (i, text) in texts.enumerate() {
            if i > 0 {
                out.push(',');
            }
            out.push('"');
            for c in text.chars() {
                if matches!(c, '"' | '\\') {
                    out.push('\\');
                }
                out.push(c);
            }
            out.push('"');
        }
        out.push('}');
        Param {
            pg_type: element.array(),
            text: Some(out),
        }
    }
}
