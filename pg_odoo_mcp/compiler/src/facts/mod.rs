//! What only Odoo's Python knows of models, as [`document`] has it: loaded into the database by
//! `odoo-mcp scan-addons`, and part of how a model stands.

pub mod document;
mod field;
mod names;

pub use document::{
    DisplayName, DisplayNameKind, Effect, FieldFacts, Fields, ModelFacts, Override,
};
pub use field::Digits;
pub use names::Names;
