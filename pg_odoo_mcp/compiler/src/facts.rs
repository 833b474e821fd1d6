//! What only Odoo's Python knows of the vetted models: a list made by `facts/export.py` and read
//! by hand. A general mechanism takes its place later; until then, what is not here is not answered.

use crate::domain::{Domain, parse_json};
use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;

pub mod document;

/// The facts of every vetted model.
#[derive(Debug, Deserialize)]
pub struct Facts {
    /// The modules that extend the base of all models.
    base_modules: Names,
    /// By model name.
    pub models: BTreeMap<String, ModelFacts>,
    /// How records of any model are called and sorted, by model name.
    pub display_names: BTreeMap<String, DisplayName>,
}

/// One vetted model.
#[derive(Debug, Deserialize)]
pub struct ModelFacts {
    /// The modules whose code was read; any other one that touches the model makes it unknown.
    pub modules: Modules,
    /// Fields a person wants to see when none is named.
    pub defaults: Vec<String>,
    /// `_inherits`: parent model by name, with the link field.
    pub inherits: BTreeMap<String, String>,
    /// Every field the vetted modules define.
    pub fields: Fields,
    /// `_rec_names_search` or `_rec_name`, where text search by name is the framework's own.
    #[serde(default)]
    pub name_search: Option<Vec<String>>,
    /// A field the model's Python appends to every order.
    #[serde(default)]
    pub order_suffix: Option<String>,
    /// `_parent_name`, where it is not `parent_id`.
    #[serde(default)]
    parent_name: Option<String>,
    /// `_parent_store`: `parent_path` holds the ids from the top down to each record.
    #[serde(default)]
    pub parent_store: bool,
}

impl ModelFacts {
    /// `_parent_name`: the many2one to the record above in the model's own hierarchy.
    pub fn parent_name(&self) -> &str {
        self.parent_name.as_deref().unwrap_or("parent_id")
    }
}

/// Names with blanks between them: a text for each would take more memory than the names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names(Box<str>);

impl<'a> FromIterator<&'a str> for Names {
    fn from_iter<I: IntoIterator<Item = &'a str>>(names: I) -> Self {
        let names: Vec<&str> = names.into_iter().collect();
        Names(names.join(" ").into_boxed_str())
    }
}

impl Names {
    /// Whether the name is one of them.
    pub fn contains(&self, name: &str) -> bool {
        self.iter().any(|known| known == name)
    }

    /// Each name.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split_ascii_whitespace()
    }
}

/// The modules whose code was read for a model.
#[derive(Debug, Default, Deserialize)]
pub struct Modules(Names);

impl Modules {
    /// Whether the module was read: it is listed here, or it extends the base of all models.
    pub fn contains(&self, module: &str) -> bool {
        self.0.contains(module) || vetted().base_modules.contains(module)
    }
}

/// The fields of a model; most have no facts beyond their name.
#[derive(Debug, Default, Deserialize)]
pub struct Fields {
    plain: Names,
    with_facts: BTreeMap<String, FieldFacts>,
}

impl Fields {
    /// The facts of the field, if it is vetted.
    pub fn get(&self, name: &str) -> Option<&FieldFacts> {
        static PLAIN: FieldFacts = FieldFacts::PLAIN;
        let found = self.with_facts.get(name);
        found.or_else(|| self.plain.contains(name).then_some(&PLAIN))
    }

    /// Whether the field is vetted.
    pub fn contains_key(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The fields that have facts, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &FieldFacts)> {
        self.with_facts.iter()
    }
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
    /// What an x2many field's comodel records must fulfil besides being linked.
    #[serde(deserialize_with = "domain")]
    pub domain: Option<Box<Domain>>,
    /// That domain comes from Python.
    pub open_domain: bool,
    /// `active_test` in an x2many field's context, for the comodel and all that is reached from it.
    pub active_test: Option<bool>,
    /// An x2many field's context holds more than that.
    pub open_context: bool,
}

impl FieldFacts {
    const PLAIN: FieldFacts = FieldFacts {
        groups: None,
        search: false,
        inherited: false,
        bypass: false,
        digits: None,
        currency: None,
        company_currency: false,
        open_selection: false,
        domain: None,
        open_domain: false,
        active_test: None,
        open_context: false,
    };
}

fn domain<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Box<Domain>>, D::Error> {
    let json = serde_json::Value::deserialize(deserializer)?;
    let domain = parse_json(&json).map_err(D::Error::custom)?;
    Ok(Some(Box::new(domain)))
}

/// How a float is rounded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Digits {
    /// Decimal places.
    Places(u8),
    /// A `decimal_precision` by name.
    Named(String),
}

/// How `display_name` is made, and what the model's records are sorted by.
#[derive(Debug, Deserialize)]
pub struct DisplayName {
    /// Where it comes from.
    pub kind: DisplayNameKind,
    /// The stored column, for [`DisplayNameKind::Column`].
    #[serde(default)]
    pub rec_name: Option<String>,
    /// The modules whose code was read.
    pub modules: Modules,
    /// The fields of `_order` without groups whose columns are here or behind many2one columns;
    /// nothing where Python writes the order.
    #[serde(default)]
    pub order_fields: Option<Names>,
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
    use super::vetted;

    #[test]
    fn the_file_is_well_formed_and_its_defaults_exist() {
        for (name, model) in &vetted().models {
            assert!(vetted().display_names.contains_key(name), "{name}");
            for field in model.defaults.iter().chain(model.inherits.values()) {
                assert!(model.fields.contains_key(field), "{name}.{field}");
            }
        }
    }

    #[test]
    fn fields_with_and_without_facts_are_found_and_others_are_not() {
        let partner = &vetted().models["res.partner"];
        assert!(partner.fields.contains_key("color") && !partner.fields.contains_key("colour"));
        let children = partner.fields.get("child_ids").expect("it is vetted");
        assert!(children.domain.is_some() && children.active_test == Some(false));
        assert!(partner.modules.contains("base") && !partner.modules.contains("acme"));
        assert_eq!(vetted().models["uom.uom"].parent_name(), "relative_uom_id");
        assert!(vetted().models["product.category"].parent_store && !partner.parent_store);
    }
}
