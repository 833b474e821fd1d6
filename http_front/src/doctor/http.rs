//! One small request to an address that an operator wrote down: nothing is followed, little is
//! read, and soon given up. hyper is in the program already; a client with more would follow
//! redirects and keep connections, which is what must not happen here.

use crate::config::HttpUrl;
use axum::body::{Body, Bytes};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::{Request, Response, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use std::{io, time::Duration};
use tokio::{net::TcpStream, time::timeout};

/// For one request, connection and answer included. Odoo's first answer after its start is slow.
const LIMIT: Duration = Duration::from_secs(15);
/// No answer that is asked for here has more.
const MOST_BYTES: usize = 64 * 1024;

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// There is no connection.
    Unreachable(io::Error),
    /// It took too long.
    Slow,
    /// What came is not HTTP, or broke off.
    NotHttp,
    /// The answer is larger than anything that is asked for.
    TooLarge,
}

/// A GET, or a POST of JSON.
pub(super) async fn send(
    url: &HttpUrl,
    path: &str,
    extra: &[(&'static str, &str)],
    json: Option<String>,
) -> Result<Response<Bytes>, NoAnswer> {
    timeout(LIMIT, exchange(url, path, extra, json))
        .await
        .unwrap_or(Err(NoAnswer::Slow))
}

/// Whether anything listens there.
pub(super) async fn connect(url: &HttpUrl) -> Result<TcpStream, NoAnswer> {
    let (host, port) = url.address();
    match timeout(LIMIT, TcpStream::connect((host, port))).await {
        Ok(stream) => stream.map_err(NoAnswer::Unreachable),
        Err(_) => Err(NoAnswer::Slow),
    }
}

async fn exchange(
    url: &HttpUrl,
    path: &str,
    extra: &[(&'static str, &str)],
    json: Option<String>,
) -> Result<Response<Bytes>, NoAnswer> {
    let stream = connect(url).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|_| NoAnswer::NotHttp)?;
    let driver = tokio::spawn(connection);
    let mut request = Request::builder()
        .uri(format!("{}{path}", url.path()))
        .header(header::HOST, url.host_and_port())
        .header(
            header::USER_AGENT,
            concat!("odoo-mcp/", env!("CARGO_PKG_VERSION")),
        )
        .header(header::ACCEPT, "application/json");
    for (name, value) in extra {
        request = request.header(*name, *value);
    }
    let request = match json {
        None => request.body(Body::empty()),
        Some(json) => request
            .method("POST")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(json)),
    };
    // only a header that is none can fail, as of a database with a line break in its name
    let request = request.map_err(|_| NoAnswer::NotHttp)?;
    let answer = async {
        let (head, body) = sender
            .send_request(request)
            .await
            .map_err(|_| NoAnswer::NotHttp)?
            .into_parts();
        let body = Limited::new(body, MOST_BYTES).collect().await;
        match body {
            Ok(body) => Ok(Response::from_parts(head, body.to_bytes())),
            Err(error) if error.is::<LengthLimitError>() => Err(NoAnswer::TooLarge),
            Err(_) => Err(NoAnswer::NotHttp),
        }
    }
    .await;
    driver.abort();
    answer
}
