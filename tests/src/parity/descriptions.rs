//! What the fields of a model are: `fields_get`.

use serde_json::{Map, Value, json};

use super::question::{Kind, Question};
use super::random::Random;
use super::shape::Shape;
use crate::odoo::{OdooClient, OdooError};

/// Odoo's one field that is set on a class after it is made, which no scan reads.
const SET_AFTERWARDS: (&str, &str) = ("ir.rule", "global");

pub(super) fn describe(random: &mut Random, shape: &Shape, context: Value) -> Question {
    Question {
        kind: Kind::Describe,
        model: shape.any_model(random).name.clone(),
        domain: json!([]),
        context,
        more: json!({}),
        is_ordered: true,
    }
}

impl Question {
    /// Names with type, label and relation.
    pub(super) fn odoo_fields(&self, odoo: &OdooClient) -> Result<Value, OdooError> {
        let arguments = json!({
            "attributes": ["type", "string", "relation"],
            "context": {"lang": self.context["lang"]},
        });
        let fields = odoo.call(&self.model, "fields_get", &arguments)?;
        // to whom nothing of a model is open, Odoo describes it all the same
        let right = json!({"ids": [], "operation": "read"});
        if odoo.call(&self.model, "has_access", &right)? != true {
            return Err(OdooError {
                status: 403,
                name: "odoo.exceptions.AccessError".into(),
                message: "has_access says no".into(),
            });
        }
        let told: Map<String, Value> = fields
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(name, _)| (self.model.as_str(), name.as_str()) != SET_AFTERWARDS)
            .map(|(name, field)| {
                (
                    name.clone(),
                    json!([field["type"], field["string"], field["relation"]]),
                )
            })
            .collect();
        Ok(json!({ "fields": told }))
    }

    /// The same out of our answer, where the names that only Odoo answers have no more than a name.
    pub(super) fn our_fields(&self, content: &Value, theirs: &Value) -> Value {
        let mut told = Map::new();
        for row in content["fields"].as_array().into_iter().flatten() {
            let name = row["name"].as_str().unwrap_or_default();
            told.insert(
                name.to_owned(),
                json!([row["type"], row["label"], row["relation"]]),
            );
        }
        for names in content["unsupported"].as_object().into_iter().flatten() {
            for name in names.1.as_array().into_iter().flatten() {
                let name = name.as_str().unwrap_or_default();
                told.insert(name.to_owned(), theirs["fields"][name].clone());
            }
        }
        json!({ "fields": told })
    }
}
