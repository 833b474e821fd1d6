//! What the tools tell of a model.

use serde::Deserialize;
use serde_json::Value;

/// A model as a user is told of it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Description {
    pub(super) model: String,
    /// `date_order desc, id desc`
    order: String,
    /// Without those that SQL does not read.
    pub(super) fields: Vec<Field>,
}

/// A field of it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Field {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) relation: Option<String>,
    #[serde(default)]
    selection: Vec<(String, String)>,
    stored: bool,
    pub(super) groupable: bool,
    /// Not stored, but domains may name it.
    #[serde(default)]
    searchable: bool,
}

impl Description {
    /// The model that an answer of `odoo_describe_model` tells of.
    pub(super) fn read(answer: &Value) -> Option<Self> {
        let mut found = Self::deserialize(answer).ok()?;
        found.fields.retain(|field| field.name != "id");
        Some(found)
    }

    /// Whether the model's own order leaves no two records equal.
    pub(super) fn has_total_order(&self) -> bool {
        self.order
            .split(',')
            .any(|term| term.split_whitespace().next() == Some("id"))
    }

    /// Those of some types.
    pub(super) fn of(&self, kinds: &[&str]) -> Vec<&Field> {
        let is_one = |field: &&Field| kinds.contains(&field.kind.as_str());
        self.fields.iter().filter(is_one).collect()
    }
}

impl Field {
    pub(super) fn is_to_many(&self) -> bool {
        matches!(self.kind.as_str(), "one2many" | "many2many")
    }

    /// Whether a domain may name it.
    pub(super) fn can_be_searched(&self) -> bool {
        self.stored || self.searchable
    }

    /// Whether records can be sorted by it and figures made of it.
    pub(super) fn is_column(&self) -> bool {
        self.stored && !self.is_to_many()
    }

    /// The keys of a selection.
    pub(super) fn keys(&self) -> Vec<Value> {
        self.selection
            .iter()
            .map(|(key, _)| Value::from(key.as_str()))
            .collect()
    }
}
