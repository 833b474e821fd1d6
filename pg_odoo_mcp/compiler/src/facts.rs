//! What only Odoo's Python knows of the vetted models: a list made by `facts/export.py` and read
//! by hand. A general mechanism takes its place later; until then, what is not here is not answered.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The facts of every vetted model.
#[derive(Debug, Deserialize)]
pub struct Facts {
    /// By model name.
    pub models: BTreeMap<String, ModelFacts>,
    /// How records of any model are called, by model name.
    pub display_names: BTreeMap<String, DisplayName>,
}

/// One vetted model.
#[derive(Debug, Deserialize)]
pub struct ModelFacts {
    /// The modules whose code was read; any other one that touches the model makes it unknown.
    pub modules: Vec<String>,
    /// Fields a person wants to see when none is named.
    pub defaults: Vec<String>,
    /// `_inherits`: parent model by name, with the link field.
    pub inherits: BTreeMap<String, String>,
    /// Every field the vetted modules define.
    pub fields: BTreeMap<String, FieldFacts>,
    /// `_rec_names_search` or `_rec_name`, where text search by name is the framework's own.
    #[serde(default)]
    pub name_search: Option<Vec<String>>,
    /// A field the model's Python appends to every order.
    #[serde(default)]
    pub order_suffix: Option<String>,
}

/// One field.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct FieldFacts {
    /// `groups`: external ids, comma separated, `!` before those that must be absent.
    pub groups: Option<String>,
    /// Searched by a Python method.
    pub search: bool,
    /// Comes from an `_inherits` parent.
    pub inherited: bool,
    /// `bypass_search_access`: paths through it ask no rights of the comodel.
    pub bypass: bool,
    /// Decimal places of a float, or the name of the decimal precision.
    pub digits: Option<Digits>,
    /// The currency field of a monetary one.
    pub currency: Option<String>,
    /// The currency of the record's company, or else of the first allowed company.
    pub company_currency: bool,
    /// The selection's keys come from Python.
    pub open_selection: bool,
}

/// How a float is rounded.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Digits {
    /// Decimal places.
    Places(u8),
    /// A `decimal_precision` by name.
    Named(String),
}

/// How `display_name` is made.
#[derive(Debug, Clone, Deserialize)]
pub struct DisplayName {
    /// Where it comes from.
    pub kind: DisplayNameKind,
    /// The stored column, for [`DisplayNameKind::Column`].
    #[serde(default)]
    pub rec_name: Option<String>,
    /// The modules whose code was read.
    #[serde(default)]
    pub modules: Vec<String>,
}

/// Where a display name comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisplayNameKind {
    /// The column `rec_name`.
    Column,
    /// `res.partner`: its stored `complete_name`.
    Partner,
    /// `res.users`: its partner's name.
    User,
    /// Python we do not reproduce.
    Python,
}

static VETTED: LazyLock<Facts> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "the file is part of the program; a test reads it"
    )]
    serde_json::from_str(include_str!("../facts/vetted.json"))
        .expect("facts/vetted.json is well formed")
});

/// The facts this build carries.
pub fn vetted() -> &'static Facts {
    &VETTED
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_file_is_well_formed_and_its_defaults_exist() {
        for (name, model) in &super::vetted().models {
            assert!(super::vetted().display_names.contains_key(name), "{name}");
            for field in model.defaults.iter().chain(model.inherits.values()) {
                assert!(model.fields.contains_key(field), "{name}.{field}");
            }
        }
    }
}
