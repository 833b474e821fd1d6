//! The only place where SQL text is made: from catalog identifiers and bound values, never from a
//! caller's text.

mod cell;
mod formed;
mod fragment;
mod groups;
mod hierarchy;
mod path;
mod predicate;
mod rates;
mod select;
mod statement;

pub use groups::{currency_code, group_count, groups, has_more};
pub use path::user_path;
pub use rates::currency_rates;
pub use select::{count, ids, select};
pub use statement::{Param, PgType, Statement};
