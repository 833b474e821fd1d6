//! What Odoo says, in either protocol: the bare result of JSON-2, or JSON-RPC's envelope.

use super::{HttpAnswer, Shape, Warned, fault};
use crate::answer::Answer;
use crate::error::{Code, Error, Result};
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value as Json;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt::Formatter;

/// An object whose values are passed on as they are.
pub(super) type Object = BTreeMap<String, Box<RawValue>>;

/// The members of an object in their order, to be passed on as they are.
pub(super) struct Members<'a>(pub(super) Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(
                self,
                mut map: A,
            ) -> std::result::Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }
        from.deserialize_map(InOrder).map(Members)
    }
}

/// The result of a call, or the error that Odoo made of it.
pub(super) fn result<'a>(shape: &Shape, answer: &'a HttpAnswer) -> Result<&'a RawValue> {
    let body: &RawValue = &answer.body;
    let envelope = envelope(body);
    if let Some(error) = envelope.as_ref().and_then(|envelope| envelope.get("error")) {
        return Err(fault::error(shape, answer.status, error));
    }
    if !(200..300).contains(&answer.status) {
        return Err(fault::error(shape, answer.status, body));
    }
    match envelope {
        Some(mut envelope) => envelope
            .remove("result")
            .ok_or_else(|| unexpected("it holds no result")),
        None => Ok(body),
    }
}

/// The members of JSON-RPC's envelope, if it is one.
fn envelope(body: &RawValue) -> Option<BTreeMap<String, &RawValue>> {
    if !body.get().starts_with('{') {
        return None;
    }
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(body.get()).ok()?;
    (members.get("jsonrpc")?.get() == "\"2.0\"").then_some(members)
}

/// A result of the form that was asked for.
pub(super) fn read<T: DeserializeOwned>(result: &RawValue, form: &str) -> Result<T> {
    serde_json::from_str(result.get()).map_err(|_| unexpected(&format!("it is no {form}")))
}

/// An answer that no question of ours has.
pub(super) fn unexpected(what: &str) -> Error {
    Error::new(
        Code::OdooUnavailable,
        "what answers at Odoo's address does not answer as Odoo does",
    )
    .detail(what)
    .hint("the operator runs odoo-mcp doctor, which looks at the address and at what answers there")
}

/// What every answer of Odoo's begins with.
#[derive(Serialize)]
pub(super) struct Head<'a> {
    engine: &'static str,
    engine_reason: &'a str,
}

impl<'a> Head<'a> {
    pub(super) fn new(shape: &'a Shape) -> Head<'a> {
        Head {
            engine: "odoo",
            engine_reason: &shape.reason,
        }
    }
}

/// The answer with that body.
pub(super) fn answer(shape: &Shape, body: &impl Serialize, row_count: u64) -> Result<Answer> {
    let json =
        serde_json::to_string(body).map_err(|e| Error::new(Code::Internal, e.to_string()))?;
    Ok(Answer {
        json,
        model: Some(shape.model.clone()),
        row_count,
    })
}

/// The warnings of the request and those of the answer.
pub(super) fn warnings(shape: &Shape, more: Vec<Warned>) -> Vec<Warned> {
    shape.warnings.iter().cloned().chain(more).collect()
}

/// An object with these members in this order.
pub(super) fn object<'a>(
    members: impl IntoIterator<Item = (&'a str, &'a RawValue)>,
) -> Result<Box<RawValue>> {
    let members: Vec<String> = members
        .into_iter()
        .map(|(name, value)| format!("{}:{}", Json::from(name), value.get()))
        .collect();
    RawValue::from_string(format!("{{{}}}", members.join(",")))
        .map_err(|e| Error::new(Code::Internal, e.to_string()))
}
