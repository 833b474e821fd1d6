//! What only Odoo's Python knows of models, as [`document`] has it: loaded into the database by
//! `odoo-mcp scan-addons`, and part of how a model stands.

pub mod document;
mod field;
mod name_form;
mod names;
pub mod reading;

pub use document::{
    DisplayName, DisplayNameKind, Effect, FieldFacts, Fields, ModelFacts, NameFinder, Only,
    Override, SearchCase, SearchMeaning, SearchValues, Searched, TextSearch,
};
pub use field::Digits;
pub use name_form::{NameForm, NameTest};
pub use names::Names;
