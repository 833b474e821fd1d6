//! `tools/list` and `tools/call`: what the extension says, in the frame that MCP wants.
//!
//! The extension's JSON is spliced in as text. Reading it into values and writing it again would
//! cost more than all the rest here, and could change a number on its way.

use super::jsonrpc;
use crate::{
    error::{Failure, Kind, Outcome},
    pool::DbError,
};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{json, value::RawValue};
use std::borrow::Cow;
use uuid::Uuid;

/// The tools, as a finished answer, and what a client's model is told about them all.
#[derive(Debug)]
pub(crate) struct ToolList {
    tools: Box<RawValue>,
    pub(super) instructions: Option<String>,
}

impl ToolList {
    /// Reads what `odoo_mcp.list_tools` answers.
    pub(crate) fn parse(text: &str) -> serde_json::Result<Self> {
        #[derive(Deserialize)]
        struct Wire {
            tools: Vec<Box<RawValue>>,
            instructions: Option<String>,
        }
        #[derive(Serialize)]
        struct Finished {
            tools: Vec<Box<RawValue>>,
        }
        let Wire {
            tools,
            instructions,
        } = serde_json::from_str(text)?;
        Ok(ToolList {
            tools: serde_json::value::to_raw_value(&Finished { tools })?,
            instructions,
        })
    }

    /// `tools/list`.
    pub(crate) fn answer(
        &self,
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
        match page.cursor.is_none_or(|cursor| cursor.is_empty()) {
            true => Ok(jsonrpc::result(id, &self.tools)),
            false => Err(Kind::InvalidParams("unknown cursor".into(), None).answering(Some(id))),
        }
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
    /// Only from `authenticate`.
    Ok(bool),
}

/// Why a call was not admitted.
#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub(crate) enum Refusal {
    Unauthorized,
    RateLimited { retry_after: f64 },
}

impl Refusal {
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Refusal::Unauthorized => Kind::TokenInvalid,
            // too early is refused again, hence up; the cast saturates
            Refusal::RateLimited { retry_after } => {
                Kind::RateLimited((retry_after.ceil() as u64).max(1))
            }
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

/// Turns the extension's answer to a call into the protocol's.
pub(crate) fn answer(
    id: &RawValue,
    call_id: Uuid,
    answer: Result<String, DbError>,
) -> Result<Response, Failure> {
    let text = match answer {
        Ok(text) => text,
        Err(DbError::TimedOut) => return Ok(timed_out(id)),
        Err(DbError::Internal(_)) => return Ok(internal(id, call_id)),
        Err(error) => return Err(Kind::of_database(&error, call_id).answering(Some(id))),
    };
    match serde_json::from_str(&text) {
        Ok(Envelope::Result(result)) if result.get().starts_with('{') => {
            Ok(tool_result(id, result, false, "ok"))
        }
        Ok(Envelope::Error(error)) => match serde_json::from_str::<ToolError>(error.get()) {
            Ok(ToolError { code, message }) if code == "unknown_tool" => Err(Kind::InvalidParams(
                message.into_owned(),
                Some(error.to_owned()),
            )
            .answering(Some(id))),
            Ok(_) => Ok(tool_error(id, error)),
            Err(_) => Ok(unreadable(id, call_id)),
        },
        Ok(Envelope::Refused(refusal)) => Err(refusal.kind().answering(Some(id))),
        Ok(Envelope::Result(_) | Envelope::Ok(_)) | Err(_) => Ok(unreadable(id, call_id)),
    }
}

fn unreadable(id: &RawValue, call_id: Uuid) -> Response {
    tracing::error!(%call_id, "odoo_mcp.serve answered something else than an envelope");
    internal(id, call_id)
}

fn timed_out(id: &RawValue) -> Response {
    our_error(
        id,
        json!({
            "code": "timed_out",
            "message": "the call was ended because it took too long",
            "hint": "narrow the domain, the period or the fields, and try again",
        }),
    )
}

fn internal(id: &RawValue, call_id: Uuid) -> Response {
    our_error(
        id,
        json!({
            "code": "internal",
            "message": "the call failed inside the server",
            "detail": format!("reference {call_id}"),
            "hint": "give the reference to the operator, who finds it in log and audit",
        }),
    )
}

fn our_error(id: &RawValue, error: serde_json::Value) -> Response {
    match serde_json::value::to_raw_value(&error) {
        Ok(error) => tool_error(id, &error),
        Err(_) => unreachable!("a value has string keys only"),
    }
}

fn tool_error(id: &RawValue, error: &RawValue) -> Response {
    #[derive(Serialize)]
    struct Body<'a> {
        error: &'a RawValue,
    }
    match serde_json::value::to_raw_value(&Body { error }) {
        Ok(body) => tool_result(id, &body, true, "tool_error"),
        Err(_) => unreachable!("a struct of raw text always serializes"),
    }
}

fn tool_result(
    id: &RawValue,
    content: &RawValue,
    is_error: bool,
    outcome: &'static str,
) -> Response {
    #[derive(Serialize)]
    struct Text<'a> {
        r#type: &'static str,
        text: &'a str,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct ToolResult<'a> {
        content: [Text<'a>; 1],
        structured_content: &'a RawValue,
        is_error: bool,
    }
    let text = Text {
        r#type: "text",
        text: content.get(),
    };
    let body = ToolResult {
        content: [text],
        structured_content: content,
        is_error,
    };
    let mut response = jsonrpc::result(id, &body);
    response.extensions_mut().insert(Outcome(outcome));
    response
}

#[cfg(test)]
mod tests;
