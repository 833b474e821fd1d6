//! Every refusal that is not a tool's own answer, and how it looks on the wire.
//!
//! A tool that fails answers 200 with `isError`; that is the business of `mcp::tools`. Here is
//! what fails before or instead of a tool: HTTP statuses, and errors of JSON-RPC.

use crate::{
    mcp::{Era, era::REVISIONS},
    pool::DbError,
};
use axum::{
    body::Body,
    http::{
        HeaderValue, StatusCode,
        header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{json, value::RawValue};
use uuid::Uuid;

/// Seconds after which the database may be back.
const UNAVAILABLE_FOR: u64 = 5;

const PARSE_ERROR: i32 = -32700;
const INVALID_REQUEST: i32 = -32600;
const METHOD_NOT_FOUND: i32 = -32601;
const INVALID_PARAMS: i32 = -32602;
const INTERNAL_ERROR: i32 = -32603;
// the protocol's own, of its modern revisions; a client that gets one stays modern
const HEADER_MISMATCH: i32 = -32020;
const UNSUPPORTED_VERSION: i32 = -32022;

/// What went wrong.
#[derive(Debug)]
pub enum Kind {
    /// Host or origin are not ours.
    Forbidden(&'static str),
    /// No token was sent.
    TokenMissing,
    /// One was sent that nobody has, or has no longer.
    TokenInvalid,
    /// Only POST is spoken here.
    MethodNotAllowed,
    /// The body is not declared as JSON.
    MediaType,
    /// The body is over the limit.
    TooLarge,
    /// The body did not come in time.
    TooSlow,
    /// The body is not JSON.
    Parse,
    /// The body is JSON, but no message of ours.
    InvalidRequest(&'static str),
    /// A header is missing that repeats the body, or says something else than it.
    HeaderMismatch(&'static str),
    /// A modern request's `_meta` lacks what it must have.
    InvalidMeta(&'static str),
    /// A modern request wants this revision, which is not served.
    UnsupportedVersion(String),
    /// No such method.
    UnknownMethod(Era),
    /// The method's parameters do not fit; with data to tell more, if there is any.
    InvalidParams(String, Option<Box<RawValue>>),
    /// Over a limit; seconds to wait.
    RateLimited(u64),
    /// Too many requests at once.
    Busy,
    /// The operator has paused the front; for how many seconds more at most.
    Paused(u64),
    /// The database is away.
    Unavailable(Uuid),
    /// A fault of ours, to be looked up by its reference.
    Internal(Uuid),
}

/// A refusal, with the id of the message that it answers where that could be read.
#[derive(Debug)]
pub struct Failure {
    kind: Kind,
    id: Option<Box<RawValue>>,
}

/// What the log calls a refusal. Rides on the response, for the layer that writes the line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outcome(pub(crate) &'static str);

impl Kind {
    /// The failure of a statement that answers no tool call.
    pub(crate) fn of_database(error: &DbError, reference: Uuid) -> Self {
        match error {
            DbError::Busy => Kind::Busy,
            DbError::Paused(seconds) => Kind::Paused(*seconds),
            DbError::Unavailable(_) | DbError::TimedOut | DbError::Cancelled => {
                Kind::Unavailable(reference)
            }
            DbError::Internal(_) => Kind::Internal(reference),
        }
    }

    /// This refusal, in answer to the message `id`.
    pub(crate) fn answering(self, id: Option<&RawValue>) -> Failure {
        Failure {
            kind: self,
            id: id.map(RawValue::to_owned),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Kind::Forbidden(_) => "forbidden",
            Kind::TokenMissing | Kind::TokenInvalid => "unauthorized",
            Kind::MethodNotAllowed => "method_not_allowed",
            Kind::MediaType => "media_type",
            Kind::TooLarge => "too_large",
            Kind::TooSlow => "too_slow",
            Kind::Parse => "parse_error",
            Kind::InvalidRequest(_) => "invalid_request",
            Kind::HeaderMismatch(_) => "header_mismatch",
            Kind::InvalidMeta(_) => "invalid_meta",
            Kind::UnsupportedVersion(_) => "unsupported_version",
            Kind::UnknownMethod(_) => "unknown_method",
            Kind::InvalidParams(..) => "invalid_params",
            Kind::RateLimited(_) => "rate_limited",
            Kind::Busy => "busy",
            Kind::Paused(_) => "paused",
            Kind::Unavailable(_) => "unavailable",
            Kind::Internal(_) => "internal",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Kind::Forbidden(_) => StatusCode::FORBIDDEN,
            Kind::TokenMissing | Kind::TokenInvalid => StatusCode::UNAUTHORIZED,
            Kind::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Kind::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Kind::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Kind::Parse
            | Kind::InvalidRequest(_)
            | Kind::HeaderMismatch(_)
            | Kind::InvalidMeta(_)
            | Kind::UnsupportedVersion(_) => StatusCode::BAD_REQUEST,
            Kind::UnknownMethod(Era::Modern) => StatusCode::NOT_FOUND,
            // these are answers like any other
            Kind::UnknownMethod(Era::Legacy) | Kind::InvalidParams(..) => StatusCode::OK,
            Kind::RateLimited(_) => StatusCode::TOO_MANY_REQUESTS,
            Kind::Busy | Kind::Paused(_) | Kind::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Kind::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn code(&self) -> i32 {
        match self {
            Kind::Parse => PARSE_ERROR,
            Kind::HeaderMismatch(_) => HEADER_MISMATCH,
            Kind::UnsupportedVersion(_) => UNSUPPORTED_VERSION,
            Kind::UnknownMethod(_) => METHOD_NOT_FOUND,
            Kind::InvalidParams(..) | Kind::InvalidMeta(_) => INVALID_PARAMS,
            Kind::RateLimited(_)
            | Kind::Busy
            | Kind::Paused(_)
            | Kind::Unavailable(_)
            | Kind::Internal(_) => INTERNAL_ERROR,
            _ => INVALID_REQUEST,
        }
    }

    fn message(&self) -> String {
        match self {
            Kind::Forbidden(reason)
            | Kind::InvalidRequest(reason)
            | Kind::HeaderMismatch(reason)
            | Kind::InvalidMeta(reason) => (*reason).into(),
            Kind::TokenMissing => "a bearer token is needed".into(),
            Kind::TokenInvalid => "the bearer token is unknown, expired or revoked".into(),
            Kind::MethodNotAllowed => "only POST is served here".into(),
            Kind::MediaType => "the content type must be application/json".into(),
            Kind::TooLarge => "the body is over 1 MiB".into(),
            Kind::TooSlow => "the body did not arrive in time".into(),
            Kind::Parse => "the body is not valid JSON".into(),
            Kind::UnsupportedVersion(_) => "unsupported protocol version".into(),
            Kind::UnknownMethod(_) => "no such method".into(),
            Kind::InvalidParams(message, _) => message.clone(),
            Kind::RateLimited(seconds) => format!("over the limit of calls; wait {seconds} s"),
            Kind::Busy => "too many calls at once; try again".into(),
            Kind::Paused(seconds) => {
                format!("paused by the operator, for {seconds} s at most; try again later")
            }
            Kind::Unavailable(reference) => {
                format!(
                    "the database is not available; the operator finds reference {reference} in the log"
                )
            }
            Kind::Internal(reference) => format!("internal error; reference {reference}"),
        }
    }

    /// What the protocol wants beside the message; else the same body that a tool's error has,
    /// where the contract has a code for it.
    fn data(&self) -> Option<Box<RawValue>> {
        let data = match self {
            Kind::InvalidParams(_, data) => return data.clone(),
            Kind::UnsupportedVersion(requested) => {
                json!({"supported": REVISIONS, "requested": requested})
            }
            Kind::RateLimited(seconds) => json!({"code": "rate_limited", "retry_after": seconds}),
            Kind::Paused(seconds) => json!({"code": "paused", "retry_after": seconds}),
            Kind::Unavailable(reference) => json!({
                "code": "unavailable",
                "retry_after": UNAVAILABLE_FOR,
                "reference": reference.to_string(),
            }),
            Kind::Internal(reference) => {
                json!({"code": "internal", "reference": reference.to_string()})
            }
            _ => return None,
        };
        serde_json::value::to_raw_value(&data).ok()
    }

    fn headers(&self, response: &mut Response) {
        let (name, value) = match self {
            Kind::TokenMissing => (
                WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"odoo-mcp\""),
            ),
            Kind::TokenInvalid => (
                WWW_AUTHENTICATE,
                HeaderValue::from_static(
                    "Bearer realm=\"odoo-mcp\", error=\"invalid_token\", \
                     error_description=\"the token is unknown, expired or revoked\"",
                ),
            ),
            Kind::MethodNotAllowed => (ALLOW, HeaderValue::from_static("POST")),
            Kind::RateLimited(seconds) => (RETRY_AFTER, HeaderValue::from(*seconds)),
            Kind::Busy => (RETRY_AFTER, HeaderValue::from(1)),
            // operators mostly resume before the pause ends by itself
            Kind::Paused(seconds) => (RETRY_AFTER, HeaderValue::from((*seconds).min(30))),
            Kind::Unavailable(_) => (RETRY_AFTER, HeaderValue::from(UNAVAILABLE_FOR)),
            _ => return,
        };
        response.headers_mut().insert(name, value);
    }
}

impl From<Kind> for Failure {
    fn from(kind: Kind) -> Self {
        kind.answering(None)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Message {
            jsonrpc: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            id: Option<Box<RawValue>>,
            error: Error,
        }
        #[derive(Serialize)]
        struct Error {
            code: i32,
            message: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            data: Option<Box<RawValue>>,
        }
        let Failure { kind, id } = self;
        let error = Error {
            code: kind.code(),
            message: kind.message(),
            data: kind.data(),
        };
        let mut response = json_response(
            kind.status(),
            &Message {
                jsonrpc: "2.0",
                id,
                error,
            },
        );
        kind.headers(&mut response);
        response.extensions_mut().insert(Outcome(kind.name()));
        response
    }
}

/// A response of JSON that no cache keeps.
pub(crate) fn json_response(status: StatusCode, body: &impl Serialize) -> Response {
    let body = serde_json::to_vec(body)
        .unwrap_or_else(|_| unreachable!("our bodies have string keys only"));
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
