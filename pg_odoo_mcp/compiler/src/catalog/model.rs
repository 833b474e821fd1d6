use super::{Fields, Standing};
use serde::Deserialize;

/// One model as the database describes it.
#[derive(Debug, Clone, Deserialize)]
pub struct Model {
    /// Dotted name, as `sale.order`.
    pub name: String,
    /// `ir_model.name` in English, for people.
    pub label: String,
    /// The relation's schema and name, if an ordinary table of that name exists. The extension
    /// fills it only from `pg_class`, so both are safe to quote.
    pub table: Option<Table>,
    /// `ir_model."order"`: Odoo's `_order`. Text an Odoo admin can write; parsed by its grammar.
    pub order: String,
    /// What decides who answers it.
    #[serde(flatten)]
    pub standing: Standing,
    /// Fields by name.
    pub fields: Fields,
    /// Active `ir_model_access` rows that grant read.
    pub access_lists: Vec<AccessList>,
    /// Active `ir_rule` rows that apply to read.
    pub rules: Vec<RecordRule>,
}

/// The relation behind a model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Table {
    /// `pg_namespace.nspname`
    pub schema: String,
    /// `pg_class.relname`
    pub name: String,
}

/// A grant of read on the model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AccessList {
    /// The group it is for; nothing means everybody.
    pub group_id: Option<i64>,
    /// The group's name with its privilege or category, as `Sales / Administrator`.
    pub group: Option<String>,
}

/// A record rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RecordRule {
    /// `ir_rule.name`
    pub name: String,
    /// `ir_rule.domain_force`: a Python expression.
    pub domain: Option<String>,
    /// The stored column `ir_rule.global`.
    pub is_global: bool,
    /// `rule_group_rel`
    pub group_ids: Vec<i64>,
}

impl Model {
    /// Table names are the model's with underscores, but for a few; those have no table here.
    pub fn table_name(model: &str) -> String {
        model.replace('.', "_")
    }
}
