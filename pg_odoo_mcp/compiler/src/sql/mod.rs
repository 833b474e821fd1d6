//! The only place where SQL text is made: from catalog identifiers and bound values, never from a
//! caller's text.

mod cell;
mod fragment;
mod predicate;
mod select;
mod series;
mod statement;

pub use select::{count, select};
pub use series::series;
pub use statement::{Param, PgType, Statement};
