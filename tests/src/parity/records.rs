//! Records and how many there are: `search_read` and `search_count`.

use serde_json::{Value, json};

use super::domain::domain;
use super::models::MODELS;
use super::question::{Kind, Question};
use super::random::Random;
use super::shape::{Model, Shape};
use crate::odoo::{OdooClient, OdooError};

/// Records of an answer at most.
const MAX_LIMIT: usize = 1000;

pub(super) fn count(random: &mut Random, shape: &Shape, context: Value) -> Question {
    let model = shape.any_model(random);
    Question {
        kind: Kind::Count,
        model: model.name.clone(),
        domain: domain(random, shape, model),
        context,
        more: json!({}),
        is_ordered: true,
    }
}

/// Some fields of a model, and those of them whose ids come in no settled order.
pub(super) fn fields<'a>(
    random: &mut Random,
    shape: &Shape,
    model: &'a Model,
) -> (Vec<&'a str>, Vec<&'a str>) {
    let plain: Vec<_> = model.fields.iter().filter(|f| !f.is_to_many()).collect();
    // of x2many fields, those that lead to a model that people use
    let to_many: Vec<_> = model
        .fields
        .iter()
        .filter(|f| f.is_to_many())
        .filter(|f| {
            shape
                .comodel(f)
                .is_some_and(|to| MODELS.contains(&to.name.as_str()))
        })
        .collect();
    let mut fields: Vec<&str> = Vec::new();
    let mut unordered: Vec<&str> = Vec::new();
    for at in 0..2 + random.below(5) {
        let field = if at == 0 && !to_many.is_empty() && random.once_in(2) {
            *random.pick(&to_many)
        } else if random.once_in(30) {
            random.pick(&model.fields)
        } else if random.once_in(30) && !model.others.is_empty() {
            random.pick(&model.others)
        } else {
            *random.pick(&plain)
        };
        if !fields.contains(&field.name.as_str()) {
            fields.push(&field.name);
            if field.is_to_many() && !field.has_ordered_comodel {
                unordered.push(&field.name);
            }
        }
    }
    (fields, unordered)
}

pub(super) fn search(random: &mut Random, shape: &Shape, context: Value) -> Question {
    let model = shape.any_model(random);
    let plain: Vec<_> = model.fields.iter().filter(|f| !f.is_to_many()).collect();
    let (fields, unordered) = fields(random, shape, model);
    let (order, is_ordered) = match random.below(3) {
        0 if model.has_total_order() || model.rows < MAX_LIMIT => (None, model.has_total_order()),
        0 | 1 => (Some("id".to_owned()), true),
        _ => {
            let by = random.pick(&plain);
            let direction = *random.pick(&["", " desc", " asc nulls first", " desc nulls last"]);
            (Some(format!("{}{direction}, id", by.name)), true)
        }
    };
    let mut more = json!({
        "fields": fields,
        "limit": if is_ordered { 5 + random.below(60) } else { MAX_LIMIT },
        "_unordered": unordered,
    });
    if let Some(order) = order {
        more["order"] = json!(order);
    }
    if is_ordered && random.once_in(4) {
        // now and then beyond the end
        let most = *random.pick(&[20, 20, 20, 100_000]);
        more["offset"] = json!(random.below(most));
    }
    Question {
        kind: Kind::Search,
        model: model.name.clone(),
        domain: domain(random, shape, model),
        context,
        more,
        is_ordered,
    }
}

impl Question {
    /// `{records, total}` of `search_read` and `search_count`.
    pub(super) fn odoo_records(&self, odoo: &OdooClient) -> Result<Value, OdooError> {
        let mut arguments = json!({"domain": self.domain, "context": self.odoo_context()});
        for key in ["fields", "limit", "offset", "order"] {
            if let Some(value) = self.more.get(key) {
                arguments[key] = value.clone();
            }
        }
        let records = odoo.call(&self.model, "search_read", &arguments)?;
        let count = records.as_array().map_or(0, Vec::len);
        let offset = self.more["offset"].as_u64().unwrap_or(0) as usize;
        let limit = self.more["limit"].as_u64().unwrap_or(0) as usize;
        let total = if count < limit && (count > 0 || offset == 0) {
            json!(offset + count)
        } else {
            self.odoo_count(odoo)?
        };
        Ok(json!({"records": self.sorted(records), "total": total}))
    }

    pub(super) fn odoo_count(&self, odoo: &OdooClient) -> Result<Value, OdooError> {
        let arguments = json!({"domain": self.domain, "context": self.context});
        odoo.call(&self.model, "search_count", &arguments)
    }

    pub(super) fn our_records(&self, content: &Value) -> Value {
        json!({"records": self.sorted(content["records"].clone()), "total": content["total"]})
    }

    /// Whether Odoo, which asks for the rights to read an x2many field only when it has records to read, found none: it
    /// refuses the same fields of other records.
    pub(super) fn has_nothing_to_refuse(&self, theirs: &Value, odoo: &OdooClient) -> bool {
        if theirs["records"] != json!([]) {
            return false;
        }
        if self.kind == Kind::Read && self.more["ids"] == json!([]) {
            // of no ids it asks for no right at all
            let any = json!({"fields": self.more["fields"], "ids": [1], "context": self.context});
            return odoo
                .call(&self.model, "read", &any)
                .is_err_and(|error| error.status == 403);
        }
        if self.kind != Kind::Search {
            return false;
        }
        let any = json!({"fields": self.more["fields"], "domain": [], "limit": 1, "context": self.context});
        odoo.call(&self.model, "search_read", &any)
            .is_err_and(|error| error.status == 403)
    }

    /// By id, where the order leaves records equal; so the ids of an x2many field.
    pub(super) fn sorted(&self, mut records: Value) -> Value {
        let unordered = self.more["_unordered"].as_array();
        for record in records.as_array_mut().into_iter().flatten() {
            for field in unordered.into_iter().flatten().filter_map(Value::as_str) {
                if let Some(ids) = record[field].as_array_mut() {
                    ids.sort_by_key(Value::as_i64);
                }
            }
        }
        if let Some(list) = records.as_array_mut().filter(|_| !self.is_ordered) {
            list.sort_by_key(|record| record["id"].as_i64());
        }
        records
    }
}
