//! What Odoo tells people of its models, in their language.

use super::Standing;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A model in a list.
#[derive(Debug, Clone, Deserialize)]
pub struct ListedModel {
    /// `ir_model.model`
    pub name: String,
    /// `ir_model.name` in the language that was asked for.
    pub label: String,
    /// `ir_model.name` in every language that Odoo has it in.
    pub labels: Vec<String>,
    /// What decides who answers it.
    #[serde(flatten)]
    pub standing: Standing,
    /// The ordinary table of its name, if there is one.
    #[serde(default)]
    pub table: Option<String>,
}

/// What Odoo calls a model and its fields.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ModelDescription {
    /// `ir_model.name`
    pub label: String,
    /// By field name.
    pub fields: BTreeMap<String, FieldDescription>,
}

/// What Odoo tells people of a field.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FieldDescription {
    /// `ir_model_fields.field_description`
    pub label: String,
    /// `ir_model_fields.help`
    #[serde(default)]
    pub help: Option<String>,
    /// `ir_model_fields.required`
    pub required: bool,
    /// `ir_model_fields.readonly`
    pub readonly: bool,
    /// A related field that leads to a stored one through many2one fields alone.
    #[serde(default)]
    pub has_related_column: bool,
    /// Keys and labels, also those that a related field takes from where it leads. Empty for
    /// selections that Python makes.
    #[serde(default)]
    pub selection: Vec<(String, String)>,
}
