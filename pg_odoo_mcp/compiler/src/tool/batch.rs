//! `odoo_batch`: what is in it, and what becomes of it. Each call is made by whoever runs calls, for each has its own
//! budget and its own entry in the audit.

use super::{Arguments, Call, schema};
use crate::answer::Answer;
use crate::error::{Code, Error, Result};
use serde::Serialize;
use serde_json::Value as Json;
use serde_json::value::RawValue;

/// The tool's name.
pub const BATCH: &str = "odoo_batch";

/// How many calls one batch may hold.
pub(super) const MAX_CALLS: usize = 20;

/// One call of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchedCall {
    /// The tool's name, as the caller wrote it.
    pub tool: String,
    /// The text of a JSON object.
    pub arguments: String,
}

/// The calls of a batch, by its arguments.
pub fn batched_calls(arguments: &str) -> Result<Vec<BatchedCall>> {
    let arguments = Arguments::parse(BATCH, arguments, &schema::batch())?;
    let Some(Json::Array(calls)) = arguments.get("calls") else {
        return Err(invalid("calls is no list of calls").hint(FORM));
    };
    if calls.is_empty() || calls.len() > MAX_CALLS {
        return Err(invalid(format!(
            "calls holds {} calls, but must hold 1 to {MAX_CALLS}",
            calls.len()
        )));
    }
    calls
        .iter()
        .enumerate()
        .map(|(at, call)| {
            read(call).ok_or_else(|| invalid(format!("calls[{at}] is no call")).hint(FORM))
        })
        .collect()
}

const FORM: &str =
    "a call is {\"tool\": \"odoo_count\", \"arguments\": {\"model\": \"res.partner\"}}";

fn read(call: &Json) -> Option<BatchedCall> {
    let call = call.as_object()?;
    let is_known = |key: &String| ["tool", "arguments"].contains(&key.as_str());
    let tool = call.get("tool")?.as_str()?;
    let arguments = match call.get("arguments") {
        None | Some(Json::Null) => "{}".to_owned(),
        Some(arguments @ Json::Object(_)) => arguments.to_string(),
        Some(_) => return None,
    };
    call.keys().all(is_known).then(|| BatchedCall {
        tool: tool.to_owned(),
        arguments,
    })
}

/// What became of one call of a batch.
pub type BatchedResult = Result<String, Error>;

/// The answer of a batch: each call's own, or its error.
pub fn batch_answer(results: &[BatchedResult], as_of: &str) -> Result<Answer> {
    #[derive(Serialize)]
    struct Body<'a> {
        engine: &'static str,
        as_of: &'a str,
        results: Vec<Box<RawValue>>,
    }
    let told = |result: &BatchedResult| {
        let text = match result {
            Ok(answer) => answer.clone(),
            Err(error) => serde_json::json!({ "error": error.to_json() }).to_string(),
        };
        RawValue::from_string(text)
            .map_err(|_| Error::new(Code::Internal, "an answer that is no JSON"))
    };
    let body = Body {
        engine: "sql",
        as_of,
        results: results.iter().map(told).collect::<Result<_>>()?,
    };
    let json =
        serde_json::to_string(&body).map_err(|e| Error::new(Code::Internal, e.to_string()))?;
    Ok(Answer {
        json,
        model: None,
        row_count: results.len() as u64,
    })
}

/// A batch is taken apart before its calls come here, so what does come is within another one.
pub(super) fn run(_: &Call<'_>) -> Result<Answer> {
    Err(invalid("a batch holds no other batch").hint("put its calls beside the others"))
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(Code::InvalidArguments, message)
}
