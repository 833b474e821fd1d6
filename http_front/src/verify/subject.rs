//! What questions about a model are made from: what a user is told of it, and what the user sees of it.

use super::description::{Description, Field};
use serde_json::{Value, json};
use std::{collections::BTreeMap, rc::Rc};

/// A model that has more records than this is asked about a part of them: Odoo would sort and group them all.
const MANY: u64 = 20_000;
/// The part, in ids.
const PART: i64 = 5_000;

/// A model, as one user sees it.
pub(super) struct Subject {
    pub(super) description: Rc<Description>,
    /// Records of it, with some of their fields.
    pub(super) seen: Vec<Value>,
    /// How many the user sees.
    pub(super) total: u64,
    /// Models that it leads to, as far as SQL answers them.
    pub(super) related: BTreeMap<String, Rc<Description>>,
    /// The user's.
    pub(super) company_ids: Vec<i64>,
}

impl Subject {
    /// Values of a field that are there; none is false.
    pub(super) fn values(&self, field: &Field) -> Vec<&Value> {
        let values = self
            .seen
            .iter()
            .filter_map(|record| record.get(&field.name));
        values
            .filter(|value| !value.is_null() && **value != Value::Bool(false))
            .collect()
    }

    /// Conditions that keep questions about a large model small.
    pub(super) fn part(&self) -> Vec<Value> {
        let first = self.seen.first().and_then(|record| record["id"].as_i64());
        match first.filter(|_| self.total > MANY) {
            Some(first) => vec![
                json!(["id", ">=", first]),
                json!(["id", "<", first.saturating_add(PART)]),
            ],
            None => Vec::new(),
        }
    }
}
