//! `odoo_search` as Odoo's `search_read` and its `search_count`. Where Python has a say in which records there are, it may
//! leave some out after Odoo has cut the page: the page is Odoo's own all the same, and says so.

use super::body::Object;
use super::frame::Frame;
use super::money::warn_of_report;
use super::records::{Shown, Skipped, asked_fields};
use super::{Delegation, Form, Shape, Warned, body, domain};
use crate::answer::Answer;
use crate::catalog::FieldType;
use crate::error::{Code, Error, Result};
use crate::facts::Effect;
use crate::plan::{Written, parse_terms};
use crate::tool::{Call, MAX_OFFSET, SEARCH_LIMITS};
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;

/// A page of records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Page {
    #[serde(flatten)]
    shown: Shown,
    limit: u64,
    offset: u64,
    /// Python is known to leave records out of a page that Odoo has cut.
    #[serde(default)]
    leaves_out: bool,
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
    let shown = asked_fields(&frame, arguments.names("fields")?)?;
    warn_of_report(&frame, shown.fields.iter().map(String::as_str));
    let domain = domain.to_json();
    let mut asked = vec![
        ("domain", domain.clone()),
        ("fields", json!(shown.fields)),
        ("offset", json!(offset)),
        ("limit", json!(limit)),
    ];
    asked.extend(order.map(|order| ("order", json!(order))));
    let read = frame.request("search_read", asked, None);
    // a page that is not full need not be the last one
    let count = frame.request("search_count", vec![("domain", domain)], None);
    let page = Page {
        shown,
        limit,
        offset,
        leaves_out: decides_over_rows(&frame),
    };
    Ok(frame.delegation(vec![read, count], Form::Search(page)))
}

/// Whether Python is known to decide which records there are.
fn decides_over_rows(frame: &Frame<'_>) -> bool {
    let facts = frame.model.standing.facts.as_ref();
    facts.is_some_and(|facts| facts.overrides.iter().any(|by| by.effect == Effect::Rows))
}

/// An order by its grammar, with the id last so that pages do not overlap; nothing for Odoo's own.
fn order(frame: &Frame<'_>, text: Option<&str>) -> Result<Option<String>> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(default_order(frame));
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
    Ok(Some(with_id(&terms)))
}

/// The model's own order with the id last; nothing where Python may make an order of its own of none.
fn default_order(frame: &Frame<'_>) -> Option<String> {
    let facts = frame.model.standing.facts.as_ref()?;
    if facts.overrides.iter().any(|by| by.effect == Effect::Order) {
        return None;
    }
    let terms = parse_terms(&frame.model.name, &frame.model.order).ok()?;
    let is_field = |term: &Written<'_>| frame.field(term.path).is_ok();
    terms.iter().all(is_field).then(|| with_id(&terms))
}

fn with_id(terms: &[Written<'_>]) -> String {
    let mut written: Vec<String> = terms.iter().map(write).collect();
    if !terms.iter().any(|term| term.path == "id") {
        written.push("id".into());
    }
    written.join(", ")
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
        let found = found.into_iter().take(self.limit as usize);
        let (records, skipped_fields) = self.shown.records(found)?;
        let row_count = records.len() as u64;
        let end = self.offset + row_count;
        let count = count.ok_or_else(|| body::unexpected("the records were not counted"))?;
        let counted: u64 = body::read(count, "number of records")?;
        // the two requests see the records of two moments; what was seen in the first one is there
        let total = counted.max(row_count);
        let is_short =
            row_count < self.limit && (end < total || self.leaves_out && self.offset > 0);
        let cut = is_short.then(|| Warned::new("page_cut", left_out(row_count, total)));
        let body = Body {
            head: body::Head::new(shape),
            has_more: end < total || is_longer,
            total: total + u64::from(is_longer && end >= total),
            records,
            skipped_fields,
            warnings: body::warnings(shape, cut.into_iter().collect()),
        };
        body::answer(shape, &body, row_count)
    }
}

/// A page that Odoo's Python has left records out of, and how none is lost.
fn left_out(row_count: u64, total: u64) -> String {
    format!(
        "Odoo leaves out what the user may not see after it has cut the page: {row_count} of {total} came, and others may be on other pages. \
         To see all, order by id and go on with [\"id\", \">\", the last id]; where a page is empty, with a larger limit"
    )
}
