//! `odoo_count` as Odoo's `search_count`.

use super::frame::Frame;
use super::{Delegation, Form, Shape, Warned, body, domain};
use crate::answer::Answer;
use crate::error::{Error, Result};
use crate::tool::Call;
use serde::Serialize;
use serde_json::value::RawValue;

#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    head: body::Head<'a>,
    count: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Warned>,
}

/// What Odoo is asked.
pub(crate) fn delegation(call: &Call<'_>, refusal: Error) -> Result<Delegation> {
    let frame = Frame::new(call, refusal)?;
    let domain = call.arguments.domain()?;
    domain::check(&frame.scope, &frame.model, &domain)?;
    let arguments = vec![("domain", domain.to_json())];
    let request = frame.request("search_count", arguments, None);
    Ok(frame.delegation(vec![request], Form::Count))
}

/// The answer of what it says.
pub(super) fn complete(shape: &Shape, result: &RawValue) -> Result<Answer> {
    let body = Body {
        head: body::Head::new(shape),
        count: body::read(result, "number of records")?,
        warnings: body::warnings(shape, Vec::new()),
    };
    body::answer(shape, &body, 1)
}
