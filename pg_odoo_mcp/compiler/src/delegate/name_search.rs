//! `odoo_name_search` as Odoo's `name_search`.

use super::frame::Frame;
use super::{Delegation, Form, Shape, Warned, body, domain};
use crate::answer::Answer;
use crate::domain::Domain;
use crate::error::{Error, Result};
use crate::tool::{Call, Wanted};
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;

/// The names that are found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Page {
    limit: u64,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    head: body::Head<'a>,
    records: Vec<(i64, Box<RawValue>)>,
    /// Nothing where Odoo stopped at the limit: it does not say whether there are more.
    #[serde(skip_serializing_if = "Option::is_none")]
    has_more: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Warned>,
}

/// What Odoo is asked.
pub(crate) fn delegation(call: &Call<'_>, refusal: Error) -> Result<Delegation> {
    let frame = Frame::new(call, refusal)?;
    let wanted = Wanted::of(&call.arguments)?;
    let narrowed = call.arguments.domain()?;
    domain::check(&frame.scope, &frame.model, &narrowed)?;
    let mut asked = vec![
        ("name", json!(wanted.name)),
        ("operator", json!(wanted.operator.name())),
        ("limit", json!(wanted.limit)),
    ];
    if narrowed != Domain::Const(true) {
        asked.push(("domain", narrowed.to_json()));
    }
    // one more than the limit would not do: some Python puts other records first where it is reached
    let request = frame.request("name_search", asked, None);
    let page = Page {
        limit: wanted.limit,
    };
    Ok(frame.delegation(vec![request], Form::NameSearch(page)))
}

impl Page {
    /// The answer of what Odoo says.
    pub(super) fn complete(&self, shape: &Shape, result: &RawValue) -> Result<Answer> {
        let mut records: Vec<(i64, Box<RawValue>)> = body::read(result, "list of names")?;
        let is_full = records.len() as u64 >= self.limit;
        records.truncate(self.limit as usize);
        let row_count = records.len() as u64;
        let noted = is_full.then(|| {
            Warned::new(
                "limit_reached",
                "Odoo stopped at the limit and does not say whether there are more",
            )
        });
        let body = Body {
            head: body::Head::new(shape),
            records,
            has_more: (!is_full).then_some(false),
            warnings: body::warnings(shape, noted.into_iter().collect()),
        };
        body::answer(shape, &body, row_count)
    }
}
