//! `odoo_read` as Odoo's `read`.

use super::body::Object;
use super::frame::Frame;
use super::records::{self, Shown, Skipped, asked_fields};
use super::{Delegation, Form, Shape, Warned, body};
use crate::answer::Answer;
use crate::catalog::{Field, FieldType};
use crate::error::{Error, Result};
use crate::tool::{Call, MAX_IDS, missing};
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;

/// Records by their ids.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Page {
    #[serde(flatten)]
    shown: Shown,
    ids: Vec<i64>,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    head: body::Head<'a>,
    records: Vec<Box<RawValue>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    skipped_fields: Vec<Skipped<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Warned>,
}

/// What Odoo is asked.
pub(crate) fn delegation(call: &Call<'_>, refusal: Error) -> Result<Delegation> {
    let frame = Frame::new(call, refusal)?;
    let ids = call.arguments.ids("ids", MAX_IDS)?;
    let shown = asked_fields(&frame, call.arguments.names("fields")?)?;
    let mut read = shown.fields.clone();
    // of what has no column in the table Odoo looks at no record, and shows those that are not there
    for name in ["create_date", "display_name"] {
        if !read.iter().any(|name| has_column(&frame, name)) && frame.field(name).is_ok() {
            read.push(name.into());
        }
    }
    let asked = vec![("ids", json!(ids)), ("fields", json!(read))];
    let request = frame.request("read", asked, None);
    let page = Page { shown, ids };
    Ok(frame.delegation(vec![request], Form::Read(page)))
}

/// Whether reading the field looks the record up.
fn has_column(frame: &Frame<'_>, name: &str) -> bool {
    let is_x2many =
        |on: &Field| matches!(on.field_type, FieldType::One2many | FieldType::Many2many);
    let on = frame.model.fields.get(name);
    name != "id"
        && on.is_some_and(|on| on.store && !is_x2many(on) && on.field_type != FieldType::Binary)
}

impl Page {
    /// The answer of what Odoo says.
    pub(super) fn complete(&self, shape: &Shape, result: &RawValue) -> Result<Answer> {
        let found: Vec<Object> = body::read(result, "list of records")?;
        if found.len() > self.ids.len() {
            return Err(body::unexpected("there are more records than ids"));
        }
        let seen: Vec<i64> = found.iter().filter_map(records::id).collect();
        let mut absent: Vec<i64> = self.ids.clone();
        absent.retain(|id| !seen.contains(id));
        absent.sort_unstable();
        absent.dedup();
        let (records, skipped_fields) = self.shown.records(found)?;
        let row_count = records.len() as u64;
        let missing = (!absent.is_empty()).then(|| missing(&shape.model, &absent));
        let missing = missing.map(|(code, message)| Warned::new(code, message));
        let body = Body {
            head: body::Head::new(shape),
            records,
            skipped_fields,
            warnings: body::warnings(shape, missing.into_iter().collect()),
        };
        body::answer(shape, &body, row_count)
    }
}
