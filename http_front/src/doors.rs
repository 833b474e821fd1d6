//! Against DNS rebinding: a web page must not reach a front that listens on its reader's machine.

use crate::{
    config::HttpUrl,
    error::{Failure, Kind},
    state::Front,
};
use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName,
        header::{HOST, ORIGIN},
        uri::Authority,
    },
    middleware::Next,
    response::Response,
};
use std::{net::SocketAddr, str::FromStr, sync::Arc};

/// Which hosts and origins are let in.
pub(crate) struct Doors {
    is_local: bool,
    public_url: Option<HttpUrl>,
}

impl Doors {
    pub(crate) fn new(listen: SocketAddr, public_url: Option<HttpUrl>) -> Self {
        Doors {
            is_local: listen.ip().to_canonical().is_loopback(),
            public_url,
        }
    }

    fn admit(&self, headers: &HeaderMap) -> Result<(), Kind> {
        if self.is_local && !self.has_known_host(headers) {
            return Err(Kind::Forbidden(
                "the Host is not one of this server; set ODOO_MCP_PUBLIC_URL",
            ));
        }
        if !headers
            .get_all(ORIGIN)
            .iter()
            .all(|origin| origin.to_str().is_ok_and(|text| self.is_known_origin(text)))
        {
            return Err(Kind::Forbidden(
                "the Origin is not allowed; set ODOO_MCP_PUBLIC_URL",
            ));
        }
        Ok(())
    }

    /// A front that listens to the network has names that it does not know; one that listens on
    /// loopback has those of loopback and of the proxy before it.
    fn has_known_host(&self, headers: &HeaderMap) -> bool {
        only(headers, HOST)
            .and_then(|text| Authority::from_str(text).ok())
            .is_some_and(|host| {
                crate::config::is_loopback(host.host())
                    || self
                        .public_url
                        .as_ref()
                        .is_some_and(|url| url.has_host(&host))
            })
    }

    fn is_known_origin(&self, origin: &str) -> bool {
        HttpUrl::parse(origin).is_some_and(|origin| {
            origin.is_loopback()
                || self
                    .public_url
                    .as_ref()
                    .is_some_and(|url| url.has_origin_of(&origin))
        })
    }
}

fn only(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// The layer.
pub(crate) async fn guard(
    State(front): State<Arc<Front>>,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    front.doors.admit(request.headers())?;
    Ok(next.run(request).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(doors: &Doors, headers: &[(HeaderName, &str)]) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), value.parse().expect("a value")))
            .collect();
        doors.admit(&headers).is_ok()
    }

    fn doors(listen: &str, public_url: Option<&str>) -> Doors {
        Doors::new(
            listen.parse().expect("an address"),
            public_url.and_then(HttpUrl::parse),
        )
    }

    #[test]
    fn on_loopback_only_loopback_and_the_public_name_enter() {
        let doors = doors("127.0.0.1:8765", Some("https://mcp.example.com/mcp"));
        for host in [
            "localhost:8765",
            "127.0.0.1",
            "[::1]:8765",
            "mcp.example.com",
            "MCP.example.com:443",
        ] {
            assert!(admits(&doors, &[(HOST, host)]), "{host}");
        }
        for host in [
            "evil.example.com",
            "localhost.evil.net:8765",
            "192.0.2.1",
            "",
            "a b",
        ] {
            assert!(!admits(&doors, &[(HOST, host)]), "{host}");
        }
        assert!(!admits(&doors, &[]));
    }

    #[test]
    fn on_the_network_any_host_but_no_strange_origin_enters() {
        let doors = doors("0.0.0.0:8765", Some("https://mcp.example.com/mcp"));
        let host = (HOST, "anything.example.net");
        assert!(admits(&doors, std::slice::from_ref(&host)));
        for origin in [
            "https://mcp.example.com",
            "http://localhost:6274",
            "http://127.0.0.1",
        ] {
            assert!(
                admits(&doors, &[host.clone(), (ORIGIN, origin)]),
                "{origin}"
            );
        }
        for origin in [
            "null",
            "https://evil.net",
            "http://mcp.example.com",
            "https://mcp.example.com.evil.net",
            "",
        ] {
            assert!(
                !admits(&doors, &[host.clone(), (ORIGIN, origin)]),
                "{origin}"
            );
        }
    }

    #[test]
    fn a_second_host_or_origin_hides_nothing() {
        let doors = doors("[::1]:8765", None);
        let mut headers = HeaderMap::new();
        headers.append(HOST, "localhost".parse().expect("a value"));
        headers.append(ORIGIN, "http://localhost".parse().expect("a value"));
        assert!(doors.admit(&headers).is_ok());
        headers.append(ORIGIN, "http://evil.net".parse().expect("a value"));
        assert!(doors.admit(&headers).is_err());
        headers.remove(ORIGIN);
        headers.append(HOST, "evil.net".parse().expect("a value"));
        assert!(doors.admit(&headers).is_err());
    }
}
