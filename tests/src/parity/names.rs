//! Records by what they are called: `name_search`.

use serde_json::{Value, json};

use super::domain::domain;
use super::question::{Kind, Question};
use super::random::Random;
use super::shape::Shape;
use crate::odoo::{OdooClient, OdooError};

/// Fields that are part of what records are called.
const NAMES: &[&str] = &[
    "complete_name",
    "name",
    "code",
    "default_code",
    "ref",
    "email",
    "vat",
];

const OPERATORS: &[&str] = &[
    "like",
    "not ilike",
    "not like",
    "=",
    "!=",
    "=like",
    "=ilike",
    "not =ilike",
];

pub(super) fn name_search(random: &mut Random, shape: &Shape, context: Value) -> Question {
    let model = shape.any_model(random);
    let known: Vec<&str> = NAMES
        .iter()
        .filter_map(|name| model.field(name))
        .flat_map(|field| field.values.iter().filter_map(Value::as_str))
        .collect();
    let whole = match known.is_empty() {
        true => "a",
        false => random.pick(&known),
    };
    let name = match random.below(6) {
        0 => String::new(),
        1 => random
            .pick(&["a", "E", "%", "_o", "\\", "[", "é"])
            .to_string(),
        2 => whole.to_owned(),
        3 => whole.to_uppercase(),
        _ => whole
            .chars()
            .skip(random.below(3))
            .take(1 + random.below(5))
            .collect(),
    };
    let is_ordered = model.has_total_order();
    let mut more = json!({
        "name": name,
        "limit": if is_ordered { 1 + random.below(40) } else { 1000 },
    });
    if random.once_in(2) {
        more["operator"] = json!(*random.pick(OPERATORS));
    }
    let mut question = Question {
        kind: Kind::NameSearch,
        model: model.name.clone(),
        domain: match random.once_in(3) {
            true => domain(random, shape, model),
            false => json!([]),
        },
        context,
        more,
        is_ordered,
    };
    question.narrow(model, 1000);
    question
}

impl Question {
    pub(super) fn odoo_names(&self, odoo: &OdooClient) -> Result<Value, OdooError> {
        let mut arguments = json!({"domain": self.domain, "context": self.context});
        for key in ["name", "operator", "limit"] {
            if let Some(value) = self.more.get(key) {
                arguments[key] = value.clone();
            }
        }
        let names = odoo.call(&self.model, "name_search", &arguments)?;
        Ok(json!({"records": self.sorted_names(names)}))
    }

    pub(super) fn our_names(&self, content: &Value) -> Value {
        json!({"records": self.sorted_names(content["records"].clone())})
    }

    fn sorted_names(&self, mut names: Value) -> Value {
        if let Some(list) = names.as_array_mut().filter(|_| !self.is_ordered) {
            list.sort_by_key(|named| named[0].as_i64());
        }
        names
    }
}
