//! `tools/list` and `tools/call`: what the extension says, in the frame that MCP wants.
//!
//! The extension's JSON is spliced in as text. Reading it into values and writing it again would
//! cost more than all the rest here, and could change a number on its way.

use super::{
    Era, discovery,
    identity::{Cacheable, Complete},
    jsonrpc,
};
use crate::{
    error::{Failure, Kind, Outcome},
    pool::DbError,
};
use axum::response::Response;
use odoo_compiler::{delegate::Errand, refusal::Refusal};
use serde::{Deserialize, Serialize};
use serde_json::{json, value::RawValue};
use std::borrow::Cow;
use uuid::Uuid;

/// The tools and what a client's model is told about them all, as finished results.
#[derive(Debug)]
pub(crate) struct ToolList {
    legacy: Box<RawValue>,
    modern: Box<RawValue>,
    discovery: Box<RawValue>,
    instructions: Option<String>,
}

impl ToolList {
    /// Reads what `odoo_mcp.list_tools` answers.
    pub(crate) fn parse(text: &str) -> serde_json::Result<Self> {
        #[derive(Deserialize)]
        struct Wire<'a> {
            #[serde(borrow)]
            tools: Vec<&'a RawValue>,
            instructions: Option<String>,
        }
        #[derive(Serialize)]
        struct Finished<'a> {
            #[serde(flatten)]
            complete: Option<Complete>,
            tools: &'a [&'a RawValue],
            #[serde(flatten)]
            cacheable: Option<Cacheable>,
        }
        let wire: Wire = serde_json::from_str(text)?;
        let finished = |era| {
            serde_json::value::to_raw_value(&Finished {
                complete: Complete::of(era),
                tools: &wire.tools,
                cacheable: Cacheable::of(era),
            })
        };
        Ok(ToolList {
            legacy: finished(Era::Legacy)?,
            modern: finished(Era::Modern)?,
            discovery: discovery::result(wire.instructions.as_deref())?,
            instructions: wire.instructions,
        })
    }

    /// How to use the tools, for a client's model.
    pub(super) fn instructions(&self) -> Option<&str> {
        self.instructions.as_deref()
    }

    /// `server/discover`.
    pub(crate) fn discover(&self, id: &RawValue) -> Response {
        jsonrpc::result(id, &self.discovery)
    }

    /// `tools/list`.
    pub(crate) fn answer(
        &self,
        era: Era,
        id: &RawValue,
        params: Option<&RawValue>,
    ) -> Result<Response, Failure> {
        #[derive(Deserialize)]
        struct Page<'a> {
            #[serde(borrow)]
            cursor: Option<Cow<'a, str>>,
        }
        let page: Page = jsonrpc::params(id, params, "cursor must be a string")?;
        // there is one page, so no cursor of ours can come back
        if page.cursor.is_some_and(|cursor| !cursor.is_empty()) {
            return Err(Kind::InvalidParams("unknown cursor".into(), None).answering(Some(id)));
        }
        Ok(jsonrpc::result(
            id,
            match era {
                Era::Legacy => &self.legacy,
                Era::Modern => &self.modern,
            },
        ))
    }
}

/// The parameters of `tools/call`.
#[derive(Deserialize)]
pub(crate) struct Call<'a> {
    #[serde(borrow)]
    pub(crate) name: Cow<'a, str>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
}

impl<'a> Call<'a> {
    pub(crate) fn parse(id: &'a RawValue, params: Option<&'a RawValue>) -> Result<Self, Failure> {
        let call: Call = jsonrpc::params(id, params, "name must be a string")?;
        let refuse =
            |reason: &str| Err(Kind::InvalidParams(reason.into(), None).answering(Some(id)));
        // the names that the protocol allows; others could not be audited as they are
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte);
        if call.name.is_empty() || call.name.len() > 128 || !call.name.bytes().all(is_plain) {
            return refuse("name must be 1 to 128 letters, digits, or _ - . /");
        }
        if !call.arguments().starts_with('{') {
            return refuse("arguments must be an object");
        }
        Ok(call)
    }

    /// The arguments as they came; absent ones are empty ones.
    pub(crate) fn arguments(&self) -> &'a str {
        self.arguments.map_or("{}", RawValue::get)
    }
}

/// What `odoo_mcp.serve` and `odoo_mcp.authenticate` answer: one of these.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Envelope<'a> {
    #[serde(borrow)]
    Result(&'a RawValue),
    #[serde(borrow)]
    Error(&'a RawValue),
    Refused(Refusal),
    /// Only from `serve`.
    Delegate(Errand),
    /// Only from `authenticate`.
    Ok(bool),
}

/// What a caller is told who is not let in.
pub(crate) fn kind_of(refusal: &Refusal) -> Kind {
    match refusal {
        Refusal::Unauthorized => Kind::TokenInvalid,
        Refusal::Paused { retry_after } => Kind::Paused(*retry_after),
        // too early is refused again, hence up; the cast saturates
        Refusal::RateLimited { retry_after } => {
            Kind::RateLimited((retry_after.ceil() as u64).max(1))
        }
    }
}

/// The part of a tool's error that decides where it goes.
#[derive(Deserialize)]
struct ToolError<'a> {
    #[serde(borrow)]
    code: Cow<'a, str>,
    #[serde(borrow)]
    message: Cow<'a, str>,
}

/// What Odoo is to be asked, if the extension's answer says that it is Odoo's to answer. Other
/// answers are not read here: they may be large.
pub(crate) fn delegation(answer: &str) -> Option<Errand> {
    if !answer.starts_with("{\"delegate\"") {
        return None;
    }
    match serde_json::from_str(answer) {
        Ok(Envelope::Delegate(delegation)) => Some(delegation),
        _ => None,
    }
}

/// Turns the extension's answer to a call into the protocol's.
pub(crate) fn answer(
    era: Era,
    id: &RawValue,
    call_id: Uuid,
    answer: Result<String, DbError>,
) -> Result<Response, Failure> {
    let reply = Reply { era, id };
    let text = match answer {
        Ok(text) => text,
        Err(DbError::TimedOut) => return Ok(reply.timed_out()),
        Err(DbError::Cancelled) => return Ok(reply.cancelled()),
        Err(DbError::Internal(_)) => return Ok(reply.internal(call_id)),
        Err(error) => return Err(Kind::of_database(&error, call_id).answering(Some(id))),
    };
    match serde_json::from_str(&text) {
        Ok(Envelope::Result(result)) if result.get().starts_with('{') => {
            Ok(reply.tool_result(result, false, "ok"))
        }
        Ok(Envelope::Error(error)) => match serde_json::from_str::<ToolError>(error.get()) {
            Ok(ToolError { code, message }) if code == "unknown_tool" => Err(Kind::InvalidParams(
                message.into_owned(),
                Some(error.to_owned()),
            )
            .answering(Some(id))),
            Ok(_) => Ok(reply.tool_error(error)),
            Err(_) => Ok(reply.unreadable(call_id)),
        },
        Ok(Envelope::Refused(refusal)) => Err(kind_of(&refusal).answering(Some(id))),
        Ok(Envelope::Result(_) | Envelope::Delegate(_) | Envelope::Ok(_)) | Err(_) => {
            Ok(reply.unreadable(call_id))
        }
    }
}

/// The answer to one call, still without its content.
#[derive(Clone, Copy)]
struct Reply<'a> {
    era: Era,
    id: &'a RawValue,
}

impl Reply<'_> {
    fn unreadable(self, call_id: Uuid) -> Response {
        tracing::error!(%call_id, "odoo_mcp.serve answered something else than an envelope");
        self.internal(call_id)
    }

    fn timed_out(self) -> Response {
        self.our_error(json!({
            "code": "timed_out",
            "message": "the call was ended because it took too long",
            "hint": "narrow the domain, the period or the fields, and try again",
        }))
    }

    fn cancelled(self) -> Response {
        self.our_error(json!({
            "code": "cancelled",
            "message": "the call was stopped by the operator",
            "hint": "do not repeat it unasked: tell the user that the operator stopped it",
        }))
    }

    fn internal(self, call_id: Uuid) -> Response {
        self.our_error(json!({
            "code": "internal",
            "message": "the call failed inside the server",
            "detail": format!("reference {call_id}"),
            "hint": "give the reference to the operator, who finds it in log and audit",
        }))
    }

    fn our_error(self, error: serde_json::Value) -> Response {
        match serde_json::value::to_raw_value(&error) {
            Ok(error) => self.tool_error(&error),
            Err(_) => unreachable!("a value has string keys only"),
        }
    }

    fn tool_error(self, error: &RawValue) -> Response {
        #[derive(Serialize)]
        struct Body<'a> {
            error: &'a RawValue,
        }
        match serde_json::value::to_raw_value(&Body { error }) {
            Ok(body) => self.tool_result(&body, true, "tool_error"),
            Err(_) => unreachable!("a struct of raw text always serializes"),
        }
    }

    fn tool_result(self, content: &RawValue, is_error: bool, outcome: &'static str) -> Response {
        #[derive(Serialize)]
        struct Text<'a> {
            r#type: &'static str,
            text: &'a str,
        }
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct ToolResult<'a> {
            #[serde(flatten)]
            complete: Option<Complete>,
            content: [Text<'a>; 1],
            structured_content: &'a RawValue,
            is_error: bool,
        }
        let text = Text {
            r#type: "text",
            text: content.get(),
        };
        let body = ToolResult {
            complete: Complete::of(self.era),
            content: [text],
            structured_content: content,
            is_error,
        };
        let mut response = jsonrpc::result(self.id, &body);
        response.extensions_mut().insert(Outcome(outcome));
        response
    }
}

#[cfg(test)]
mod tests;
