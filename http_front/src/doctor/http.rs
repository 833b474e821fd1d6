//! One small request to an address that an operator wrote down, soon given up.

pub(super) use crate::http_client::NoAnswer;

use crate::{
    config::HttpUrl,
    http_client::{self, HttpClient},
};
use axum::body::Bytes;
use http_body_util::Full;
use hyper::{Response, header};
use std::time::Duration;
use tokio::time::timeout;

/// For one request, connection and answer included. Odoo's first answer after its start is slow.
const LIMIT: Duration = Duration::from_secs(15);
/// No answer that is asked for here has more.
const MOST_BYTES: usize = 64 * 1024;

/// A GET, or a POST of JSON.
pub(super) async fn send(
    url: &HttpUrl,
    path: &str,
    extra: &[(&'static str, &str)],
    json: Option<String>,
) -> Result<Response<Bytes>, NoAnswer> {
    let mut request = http_client::request(url, path);
    for (name, value) in extra {
        request = request.header(*name, *value);
    }
    let request = match json {
        None => request.body(Full::default()),
        Some(json) => request
            .method("POST")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::from(json)),
    };
    // only a header that is none can fail, as of a database with a line break in its name
    let request = request.map_err(|_| NoAnswer::Broken)?;
    let client = HttpClient::new(url);
    timeout(LIMIT, client.send(request, MOST_BYTES))
        .await
        .unwrap_or(Err(NoAnswer::Slow))
}
