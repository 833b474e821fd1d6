//! `odoo_describe_model` as Odoo's `fields_get`.

use super::frame::Frame;
use super::told_field::ToldField;
use super::{Delegation, Form, Shape, Warned, body, is_secret};
use crate::answer::Answer;
use crate::error::{Code, Error, Result};
use crate::tool::{self, Call};
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// What is asked of each field.
const ATTRIBUTES: &[&str] = &[
    "type",
    "string",
    "help",
    "relation",
    "selection",
    "required",
    "readonly",
    "store",
    "searchable",
    "groupable",
    "currency_field",
    "translate",
    "company_dependent",
    "related",
];

/// A model and which of its fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Described {
    /// What people call the model.
    name: String,
    order: String,
    /// Nothing for all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fields: Option<Vec<String>>,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    head: body::Head<'a>,
    model: &'a str,
    name: &'a str,
    order: &'a str,
    fields: Vec<tool::Described<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Warned>,
}

/// What Odoo is asked.
pub(crate) fn delegation(call: &Call<'_>, refusal: Error) -> Result<Delegation> {
    let frame = Frame::new(call, refusal)?;
    let mut fields = call.arguments.names("fields")?.filter(|f| !f.is_empty());
    let mut arguments = Vec::new();
    if let Some(names) = &mut fields {
        let mut seen = Vec::new();
        for name in names.drain(..) {
            // a field that holds a secret may be described
            if !frame.model.fields.contains_key(&name) {
                frame.field(&name)?;
            }
            if !seen.contains(&name) {
                seen.push(name);
            }
        }
        *names = seen;
        arguments.push(("allfields", json!(names)));
    }
    if tool::asks_values(call)? {
        frame.scope.warn("values_open", tool::VALUES_OPEN);
    }
    arguments.push(("attributes", json!(ATTRIBUTES)));
    let described = call
        .database
        .described_models(&[&frame.model.name], &frame.scope.lang)?;
    let label = described.get(&frame.model.name).map(|model| &model.label);
    let described = Described {
        name: label.unwrap_or(&frame.model.label).clone(),
        order: frame.model.order.clone(),
        fields,
    };
    let request = frame.request("fields_get", arguments, None);
    Ok(frame.delegation(vec![request], Form::DescribeModel(described)))
}

impl Described {
    /// The answer of what Odoo says.
    pub(super) fn complete(&self, shape: &Shape, result: &RawValue) -> Result<Answer> {
        let told: BTreeMap<String, ToldField> = body::read(result, "description of fields")?;
        let names: Vec<&str> = match &self.fields {
            Some(names) => names.iter().map(String::as_str).collect(),
            None => told.keys().map(String::as_str).collect(),
        };
        let mut is_short = false;
        let mut fields = Vec::new();
        for name in names {
            let Some(field) = told.get(name) else {
                return Err(Error::new(
                    Code::AccessDenied,
                    format!(
                        "the user may not read the field {name:?} of {}",
                        shape.model
                    ),
                )
                .detail("Odoo does not tell this user of it")
                .hint("leave it out"));
            };
            let unsupported = is_secret(&shape.model, name)
                .then(|| "it holds a secret, which no answer shows".to_owned());
            let mut row = field.described(name, unsupported);
            if self.fields.is_none() {
                is_short |= row.shorten();
            }
            fields.push(row);
        }
        let noted = is_short.then(|| {
            Warned::new(
                "shortened",
                "long help and long selections are left out; name fields to see all of them",
            )
        });
        let row_count = fields.len() as u64;
        let body = Body {
            head: body::Head::new(shape),
            model: &shape.model,
            name: &self.name,
            order: &self.order,
            fields,
            warnings: body::warnings(shape, noted.into_iter().collect()),
        };
        body::answer(shape, &body, row_count)
    }
}
