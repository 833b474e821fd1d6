//! The client's side of HTTP: follows nothing, reads up to a limit, asks for no compression. Its
//! connections are kept for a while, so that many requests to one address cost one handshake.

use crate::config::HttpUrl;
use axum::body::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{Request, Response, header, http::request};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{self, Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use rustls::{ClientConfig, RootCertStore, crypto};
use std::{error::Error, io, sync::Arc, time::Duration};

/// For a connection to be there, TLS not included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection is kept without work: less than servers keep theirs, Apache's 5 s being
/// the shortest that is common. A request that goes out just as the other side closes is lost.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// Connections kept without work.
const MOST_IDLE: usize = 32;

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum NoAnswer {
    /// Nothing listens there.
    Refused,
    /// The name means nothing to the resolver.
    UnknownHost,
    /// No connection for another reason.
    Unreachable,
    /// No TLS, or none that this machine trusts; in the library's words.
    Untrusted(String),
    /// Not TLS, which was expected.
    Plain,
    /// What came is not HTTP, or broke off.
    Broken,
    /// It took too long.
    Slow,
    /// The answer is larger than was allowed.
    TooLarge,
}

/// A client with its kept connections.
#[derive(Clone)]
pub(crate) struct HttpClient(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

impl HttpClient {
    /// A client for this address. The system's certificates are read only where they are needed.
    pub(crate) fn new(url: &HttpUrl) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        tcp.set_keepalive(Some(Duration::from_secs(30)));
        tcp.set_nodelay(true);
        tcp.enforce_http(false);
        let provider = Arc::new(crypto::ring::default_provider());
        let tls = match url.is_https() {
            true => HttpsConnectorBuilder::new()
                .with_provider_and_native_roots(provider.clone())
                .inspect_err(|error| tracing::error!(%error, "no certificates of authorities on this machine, so no https is trusted"))
                .ok(),
            false => None,
        }
        .unwrap_or_else(|| HttpsConnectorBuilder::new().with_tls_config(trusting_nobody(provider)));
        let connector = tls.https_or_http().enable_http1().wrap_connector(tcp);
        // a request is sent again only where a kept connection turned out to be closed before the
        // first byte of it was written; that is the library's default, named because it matters
        let client = Client::builder(TokioExecutor::new())
            .retry_canceled_requests(true)
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(MOST_IDLE)
            .build(connector);
        HttpClient(client)
    }

    /// One exchange. Dropping the future ends it, and the connection with it.
    pub(crate) async fn send(
        &self,
        request: Request<Full<Bytes>>,
        most_bytes: usize,
    ) -> Result<Response<Bytes>, NoAnswer> {
        let (head, body) = self.0.request(request).await.map_err(of)?.into_parts();
        match Limited::new(body, most_bytes).collect().await {
            Ok(body) => Ok(Response::from_parts(head, body.to_bytes())),
            Err(error) if error.is::<LengthLimitError>() => Err(NoAnswer::TooLarge),
            Err(_) => Err(NoAnswer::Broken),
        }
    }
}

/// A request to `path` under the address, still without method and body.
pub(crate) fn request(url: &HttpUrl, path: &str) -> request::Builder {
    Request::builder()
        .uri(url.with_path(path))
        .header(
            header::USER_AGENT,
            concat!("odoo-mcp/", env!("CARGO_PKG_VERSION")),
        )
        .header(header::ACCEPT, "application/json")
        .header(header::ACCEPT_ENCODING, "identity")
}

fn trusting_nobody(provider: Arc<crypto::CryptoProvider>) -> ClientConfig {
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap_or_else(|_| unreachable!("ring has suites for TLS 1.2 and 1.3"))
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth()
}

/// The reason lies deep: the client wraps the connector's error, which wraps the system's or TLS's.
fn of(error: legacy::Error) -> NoAnswer {
    let is_connecting = error.is_connect();
    let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(error) = cause {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return match tls {
                rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType) => {
                    NoAnswer::Plain
                }
                _ => NoAnswer::Untrusted(tls.to_string()),
            };
        }
        let of_system = error.downcast_ref::<io::Error>();
        match of_system.map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => return NoAnswer::Refused,
            Some(io::ErrorKind::TimedOut) if is_connecting => return NoAnswer::Slow,
            // the resolver's errors have no kind of their own
            Some(_) if error.to_string().contains("lookup address") => {
                return NoAnswer::UnknownHost;
            }
            _ => {}
        }
        // what is inside such an error is not its source
        cause = match of_system.and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    match is_connecting {
        true => NoAnswer::Unreachable,
        false => NoAnswer::Broken,
    }
}
