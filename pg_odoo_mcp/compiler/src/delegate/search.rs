//! `odoo_search` as Odoo's `search_read` and its `search_count`.

use super::body::Object;
use super::frame::Frame;
use super::{Delegation, Form, Shape, Warned, body, domain};
use crate::access::check_field;
use crate::answer::Answer;
use crate::catalog::FieldType;
use crate::error::{Code, Error, Result};
use crate::plan::{self, Written, parse_terms};
use crate::tool::{Call, MAX_OFFSET, SEARCH_LIMITS};
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;

/// A page of records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Page {
    /// The keys of each record, `id` first.
    fields: Vec<String>,
    limit: u64,
    offset: u64,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    head: body::Head<'a>,
    records: Vec<Box<RawValue>>,
    total: u64,
    has_more: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    skipped_fields: Vec<Skipped<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Warned>,
}

#[derive(Serialize)]
struct Skipped<'a> {
    field: &'a str,
    reason: &'static str,
}

/// What Odoo is asked. Fields are always named: what Odoo would read by itself is everything.
pub(crate) fn delegation(call: &Call<'_>, refusal: Error) -> Result<Delegation> {
    let frame = Frame::new(call, refusal)?;
    let arguments = &call.arguments;
    let (default, most) = SEARCH_LIMITS;
    let limit = arguments.number("limit", default, 1..=most)?;
    let offset = arguments.number("offset", 0, 0..=MAX_OFFSET)?;
    let domain = arguments.domain()?;
    domain::check(&frame.scope, &frame.model, &domain)?;
    let order = order(&frame, arguments.text("order")?)?;
    let mut fields = vec!["id".to_owned()];
    match arguments.names("fields")?.filter(|names| !names.is_empty()) {
        Some(names) => {
            for name in names {
                frame.field(&name)?;
                if !fields.contains(&name) {
                    fields.push(name);
                }
            }
        }
        None => fields.extend(default_fields(&frame)),
    }
    let domain = domain.to_json();
    let mut asked = vec![
        ("domain", domain.clone()),
        ("fields", json!(fields)),
        ("offset", json!(offset)),
        ("limit", json!(limit)),
    ];
    asked.extend(order.map(|order| ("order", json!(order))));
    let read = frame.request("search_read", asked, None);
    // a page that is not full need not be the last one: of messages Odoo leaves some out after it has cut the page
    let count = frame.request("search_count", vec![("domain", domain)], None);
    let page = Page {
        fields,
        limit,
        offset,
    };
    Ok(frame.delegation(vec![read, count], Form::Search(page)))
}

/// The fields a person would want of a model that is known; else its name, and the way to more.
fn default_fields(frame: &Frame<'_>) -> Vec<String> {
    let principal = frame.scope.principal;
    if let Some(of) = &frame.subject {
        let mut names = plan::default_fields(of);
        names.retain(|name| check_field(of, name, principal).is_ok() && frame.field(name).is_ok());
        return names;
    }
    frame.scope.warn(
        "fields_not_named",
        "no field is named, so there are only ids and names: name fields; odoo_describe_model lists them",
    );
    vec!["display_name".into()]
}

/// An order by its grammar, with the id last so that pages do not overlap; nothing for Odoo's own.
fn order(frame: &Frame<'_>, text: Option<&str>) -> Result<Option<String>> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let terms = parse_terms(&frame.model.name, text)?;
    for term in &terms {
        let name = match term.path.split_once('.') {
            None => term.path,
            Some((name, "id")) if frame.field(name)?.field_type == FieldType::Many2one => name,
            Some(_) => {
                return Err(Error::new(
                    Code::InvalidArguments,
                    format!("the order {:?} is not understood", term.path),
                )
                .hint("only a many2one's .id may follow a field"));
            }
        };
        frame.field(name)?;
    }
    let mut written: Vec<String> = terms.iter().map(write).collect();
    if !terms.iter().any(|term| term.path == "id") {
        written.push("id".into());
    }
    Ok(Some(written.join(", ")))
}

/// A term as Odoo reads it.
pub(super) fn write(term: &Written<'_>) -> String {
    let direction = if term.descending { " desc" } else { "" };
    let nulls = match term.nulls_first {
        None => "",
        Some(true) => " nulls first",
        Some(false) => " nulls last",
    };
    format!("{}{direction}{nulls}", term.path)
}

impl Page {
    /// The answer of what Odoo says.
    pub(super) fn complete(
        &self,
        shape: &Shape,
        page: &RawValue,
        count: Option<&RawValue>,
    ) -> Result<Answer> {
        let found: Vec<Object> = body::read(page, "list of records")?;
        let is_longer = found.len() as u64 > self.limit;
        let mut skipped: Vec<&str> = Vec::new();
        let mut records = Vec::new();
        for record in found.into_iter().take(self.limit as usize) {
            let id = record.get("id").map(|id| id.get().parse::<i64>());
            if !matches!(id, Some(Ok(_))) {
                return Err(body::unexpected("a record has no id"));
            }
            let missing = self
                .fields
                .iter()
                .filter(|name| !record.contains_key(*name));
            for name in missing {
                if !skipped.contains(&name.as_str()) {
                    skipped.push(name);
                }
            }
            let members = self
                .fields
                .iter()
                .filter_map(|name| Some((name.as_str(), &**record.get(name)?)));
            records.push(body::object(members)?);
        }
        let row_count = records.len() as u64;
        let end = self.offset + row_count;
        let count = count.ok_or_else(|| body::unexpected("the records were not counted"))?;
        let counted: u64 = body::read(count, "number of records")?;
        // the two requests see the records of two moments; what was seen in the first one is there
        let total = counted.max(row_count);
        let body = Body {
            head: body::Head::new(shape),
            has_more: end < total || is_longer,
            total: total + u64::from(is_longer && end >= total),
            records,
            skipped_fields: skipped
                .into_iter()
                .map(|field| Skipped {
                    field,
                    reason: "Odoo left it out of a record",
                })
                .collect(),
            warnings: body::warnings(shape, Vec::new()),
        };
        body::answer(shape, &body, row_count)
    }
}
