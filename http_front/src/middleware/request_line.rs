//! One line in the log for each request, also for one whose client went away.

use crate::{address, error::Outcome, mcp::Era};
use axum::{
    extract::Request,
    http::{Method, StatusCode},
    middleware::Next,
    response::Response,
};
use std::{
    net::IpAddr,
    sync::{Arc, OnceLock},
    time::Instant,
};
use uuid::Uuid;

/// What is known of a request so far. Handlers find it in the request's extensions and add to it;
/// arguments, tokens and headers have no place in it.
pub(crate) struct RequestLine {
    /// Random; names the call in audit and log, and serves as the reference in errors.
    pub(crate) call_id: Uuid,
    pub(crate) client: IpAddr,
    era: OnceLock<Era>,
    method: OnceLock<String>,
    tool: OnceLock<String>,
    traceparent: OnceLock<String>,
    http_method: Method,
    path: &'static str,
    since: Instant,
}

impl RequestLine {
    fn of(request: &Request) -> Self {
        RequestLine {
            call_id: Uuid::new_v4(),
            client: address::of(request),
            era: OnceLock::new(),
            method: OnceLock::new(),
            tool: OnceLock::new(),
            traceparent: OnceLock::new(),
            http_method: request.method().clone(),
            path: match request.uri().path() {
                "/mcp" => "/mcp",
                "/healthz" => "/healthz",
                "/readyz" => "/readyz",
                _ => "other",
            },
            since: Instant::now(),
        }
    }

    /// The method of the message.
    pub(crate) fn note_method(&self, method: &str) {
        let _ = self.method.set(clip(method));
    }

    /// The era of the protocol that it belongs to.
    pub(crate) fn note_era(&self, era: Era) {
        let _ = self.era.set(era);
    }

    /// The caller's trace, whose form has been looked at.
    pub(crate) fn note_traceparent(&self, traceparent: &str) {
        let _ = self.traceparent.set(traceparent.to_owned());
    }

    /// The tool that is called.
    pub(crate) fn note_tool(&self, tool: &str) {
        let _ = self.tool.set(clip(tool));
    }
}

/// Who calls chooses the words; the log bounds them.
fn clip(text: &str) -> String {
    text.chars().take(128).collect()
}

/// Writes the line when it is dropped, which is also what happens to it when the client leaves.
struct Pen {
    line: Arc<RequestLine>,
    end: Option<(StatusCode, &'static str)>,
}

impl Drop for Pen {
    fn drop(&mut self) {
        let line = &self.line;
        // 499, as proxies log a client that closed the connection
        let (status, outcome) = self.end.map_or((499, "client_gone"), |(status, outcome)| {
            (status.as_u16(), outcome)
        });
        let (method, tool) = (line.method.get(), line.tool.get());
        let era = line.era.get().map(|era| era.name());
        let traceparent = line.traceparent.get();
        let (call_id, client, path, http_method) =
            (line.call_id, line.client, line.path, &line.http_method);
        let ms = line.since.elapsed().as_micros() as f64 / 1000.0;
        if path != "/mcp" && status == 200 {
            // probes come every few seconds
            tracing::debug!(%http_method, path, status, ms, %client, "request");
        } else {
            tracing::info!(%http_method, path, era, method, tool, status, outcome, ms, %call_id, %client, traceparent, "request");
        }
    }
}

/// The layer.
pub(crate) async fn write(mut request: Request, next: Next) -> Response {
    let line = Arc::new(RequestLine::of(&request));
    request.extensions_mut().insert(line.clone());
    let mut pen = Pen { line, end: None };
    let response = next.run(request).await;
    let outcome = response
        .extensions()
        .get::<Outcome>()
        .map_or("ok", |outcome| outcome.0);
    pen.end = Some((response.status(), outcome));
    response
}
