//! Records by their ids: `read`.

use serde_json::{Value, json};

use super::question::{Kind, Question};
use super::random::Random;
use super::records::fields;
use super::shape::Shape;
use crate::odoo::{OdooClient, OdooError};

pub(super) fn read(random: &mut Random, shape: &Shape, context: Value) -> Question {
    let model = shape.any_model(random);
    let (mut fields, unordered) = fields(random, shape, model);
    // Odoo looks at no row for fields that no column holds, and shows records that are not there
    if !fields.contains(&"create_date") {
        fields.push("create_date");
    }
    let known = model.field("id").map_or(&[][..], |id| &id.values);
    let are_there = !known.is_empty() && random.once_in(2);
    if !are_there {
        // for x2many fields it asks Python for the rules, which let records that are not there pass or not, by whether
        // they look at more than the id
        fields.retain(|name| !model.field(name).is_some_and(|field| field.is_to_many()));
    }
    let mut ids: Vec<Value> = Vec::new();
    for _ in 0..random.below(7) {
        ids.push(match random.below(8) {
            0 if !ids.is_empty() => random.pick(&ids).clone(),
            _ if are_there => random.pick(known).clone(),
            1 => json!(*random.pick(&[999_999_999_i64, 987_654, -1, 9_876_543_210])),
            2..5 if !known.is_empty() => random.pick(known).clone(),
            _ => json!(1 + random.below(25)),
        });
    }
    Question {
        kind: Kind::Read,
        model: model.name.clone(),
        domain: json!([]),
        context,
        more: json!({"ids": ids, "fields": fields, "_unordered": unordered}),
        is_ordered: true,
    }
}

impl Question {
    pub(super) fn odoo_read(&self, odoo: &OdooClient) -> Result<Value, OdooError> {
        let arguments = json!({"ids": self.more["ids"], "fields": self.more["fields"], "context": self.odoo_context()});
        let records = odoo.call(&self.model, "read", &arguments)?;
        Ok(json!({"records": self.sorted(records)}))
    }

    pub(super) fn our_read(&self, content: &Value) -> Value {
        json!({"records": self.sorted(content["records"].clone())})
    }
}
