//! `/mcp`: one message in, one answer out.
//!
//! Every answer but that of a tool call passes through `authenticate` first, refusals of malformed
//! messages too: who has no token learns nothing but that. A tool call brings its token to `serve`,
//! which does the same in the one round trip there is.

use crate::{
    db,
    error::{Failure, Kind},
    mcp::{
        Era, handshake,
        jsonrpc::{self, Message},
        meta::Meta,
        routing,
        tools::{self, Call, Envelope, kind_of},
    },
    middleware::RequestLine,
    state::Front,
    token::{TokenError, TokenHash},
};
use axum::{
    body::{Body, Bytes},
    extract::{Extension, Request, State},
    http::{HeaderMap, Method, StatusCode, header::CONTENT_TYPE, request::Parts},
    response::{IntoResponse, Response},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::value::RawValue;
use std::{borrow::Cow, sync::Arc, time::Duration};

/// The contract's limit.
const BODY_LIMIT: usize = 1 << 20;

/// Long enough for the limit over a slow line, short enough that slow bodies hold few places.
const BODY_TIMEOUT: Duration = Duration::from_secs(15);

/// What a well-formed message wants.
enum Wish<'a> {
    Call {
        era: Era,
        id: &'a RawValue,
        call: Call<'a>,
    },
    Other {
        era: Era,
        id: &'a RawValue,
        method: Cow<'a, str>,
        params: Option<&'a RawValue>,
    },
    Nothing,
}

pub(crate) async fn handle(
    State(front): State<Arc<Front>>,
    Extension(line): Extension<Arc<RequestLine>>,
    request: Request,
) -> Result<Response, Failure> {
    let token = TokenHash::from_headers(request.headers()).map_err(|error| match error {
        TokenError::Missing => Kind::TokenMissing,
        TokenError::Malformed => Kind::TokenInvalid,
    })?;
    let (head, body) = request.into_parts();
    let (body, refusal) = match receive(&head, body).await {
        Ok(body) => (body, None),
        Err(failure) => (Bytes::new(), Some(failure)),
    };
    let wish = refusal.map_or_else(|| understand(&head.headers, &body, &line), Err);
    if let Ok(Wish::Call { era, id, call }) = wish {
        let arguments = call.arguments();
        let answer = front
            .call(line.call_id, token, line.client, &call.name, arguments)
            .await;
        return tools::answer(era, id, line.call_id, answer);
    }
    authenticate(&front, &line, token).await?;
    match wish? {
        Wish::Other {
            era,
            id,
            method,
            params,
        } => answer(&front, &line, era, id, &method, params).await,
        Wish::Nothing | Wish::Call { .. } => Ok(StatusCode::ACCEPTED.into_response()),
    }
}

/// The body, if request line and headers are such that there is one to read.
async fn receive(head: &Parts, body: Body) -> Result<Bytes, Failure> {
    if head.method != Method::POST {
        return Err(Kind::MethodNotAllowed.into());
    }
    if !is_json(&head.headers) {
        return Err(Kind::MediaType.into());
    }
    let body = Limited::new(body, BODY_LIMIT).collect();
    match tokio::time::timeout(BODY_TIMEOUT, body).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Kind::TooLarge.into()),
        Ok(Err(_)) => Err(Kind::InvalidRequest("the body breaks off").into()),
        Err(_) => Err(Kind::TooSlow.into()),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let text = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    let essence = text.split(';').next().unwrap_or("").trim();
    essence.eq_ignore_ascii_case("application/json")
}

fn understand<'a>(
    headers: &HeaderMap,
    body: &'a [u8],
    line: &RequestLine,
) -> Result<Wish<'a>, Failure> {
    match jsonrpc::parse(body)? {
        Message::Request { id, method, params } => {
            line.note_method(&method);
            let era = classify(headers, &method, params, line)
                .map_err(|kind| kind.answering(Some(id)))?;
            if method != "tools/call" {
                return Ok(Wish::Other {
                    era,
                    id,
                    method,
                    params,
                });
            }
            let call = Call::parse(id, params)?;
            line.note_tool(&call.name);
            routing::check_name(headers, era, &call.name)
                .map_err(|kind| kind.answering(Some(id)))?;
            Ok(Wish::Call { era, id, call })
        }
        Message::Notification { method } => {
            line.note_method(&method);
            line.note_era(Era::of_notification(headers)?);
            Ok(Wish::Nothing)
        }
        Message::Response => match Era::of_notification(headers)? {
            Era::Legacy => Ok(Wish::Nothing),
            Era::Modern => Err(Kind::InvalidRequest("a message needs a method").into()),
        },
    }
}

/// The era of a request, once it has said all that its era wants to hear.
fn classify(
    headers: &HeaderMap,
    method: &str,
    params: Option<&RawValue>,
    line: &RequestLine,
) -> Result<Era, Kind> {
    let meta = Meta::read(params)?;
    if let Some(traceparent) = meta.as_ref().and_then(Meta::traceparent) {
        line.note_traceparent(traceparent);
    }
    let era = Era::of_request(headers, method, meta.as_ref())?;
    line.note_era(era);
    routing::check_method(headers, era, method)?;
    Ok(era)
}

async fn authenticate(front: &Front, line: &RequestLine, token: TokenHash) -> Result<(), Failure> {
    let text = db::authenticate(&front.pool, line.call_id, token, line.client)
        .await
        .map_err(|error| Kind::of_database(&error, line.call_id))?;
    match serde_json::from_str(&text) {
        Ok(Envelope::Ok(true)) => Ok(()),
        Ok(Envelope::Refused(refusal)) => Err(kind_of(&refusal).into()),
        _ => {
            tracing::error!(call_id = %line.call_id, "odoo_mcp.authenticate answered something else than a verdict");
            Err(Kind::Internal(line.call_id).into())
        }
    }
}

async fn answer(
    front: &Front,
    line: &RequestLine,
    era: Era,
    id: &RawValue,
    method: &str,
    params: Option<&RawValue>,
) -> Result<Response, Failure> {
    let list = async {
        let list = front.tool_list(line.call_id).await;
        list.map_err(|error| Kind::of_database(&error, line.call_id).answering(Some(id)))
    };
    match (era, method) {
        (Era::Legacy, "initialize") => handshake::initialize(id, params, &*list.await?),
        (Era::Legacy, "ping") => Ok(jsonrpc::result(id, &serde_json::Map::new())),
        (Era::Modern, "server/discover") => Ok(list.await?.discover(id)),
        (_, "tools/list") => list.await?.answer(era, id, params),
        _ => Err(Kind::UnknownMethod(era).answering(Some(id))),
    }
}
