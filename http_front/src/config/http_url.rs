//! An address on the web, down to what an `Origin` or a `Host` can be compared with.

use axum::http::{Uri, uri::Authority};
use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// An absolute http or https URL without user information.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpUrl {
    text: String,
    is_https: bool,
    host: String,
    port: u16,
}

impl HttpUrl {
    /// The URL, if it is one.
    pub fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.parse().ok()?;
        let is_https = match uri.scheme_str()? {
            "http" => false,
            "https" => true,
            _ => return None,
        };
        let authority = uri.authority()?;
        if authority.as_str().contains('@') || authority.host().is_empty() {
            return None;
        }
        Some(HttpUrl {
            text: text.to_owned(),
            is_https,
            host: authority.host().to_ascii_lowercase(),
            port: port_of(authority)?.unwrap_or(if is_https { 443 } else { 80 }),
        })
    }

    /// The URL as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is spoken to over TLS.
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// Where to connect: a name or an address without brackets, and a port.
    pub fn address(&self) -> (&str, u16) {
        (self.host.trim_matches(['[', ']']), self.port)
    }

    /// The port, written or meant.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What a `Host` header says.
    pub fn host_and_port(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// The path without a slash at its end, to put another behind it.
    pub fn path(&self) -> &str {
        let after_scheme = self.text.split_once("://").map_or("", |(_, rest)| rest);
        let path = after_scheme.find('/').map_or("", |at| &after_scheme[at..]);
        path.split(['?', '#'])
            .next()
            .unwrap_or("")
            .trim_end_matches('/')
    }

    /// The whole URL of something under this one; `path` begins with a slash.
    pub fn with_path(&self, path: &str) -> String {
        let scheme = if self.is_https { "https" } else { "http" };
        format!("{scheme}://{}{}{path}", self.host_and_port(), self.path())
    }

    /// Whether both name the same scheme, host and port.
    pub fn has_origin_of(&self, other: &HttpUrl) -> bool {
        (self.is_https, &self.host, self.port) == (other.is_https, &other.host, other.port)
    }

    /// Whether a `Host` header names this host; the port is the proxy's business.
    pub fn has_host(&self, authority: &Authority) -> bool {
        authority.host().eq_ignore_ascii_case(&self.host)
    }

    /// Whether the host is this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }
}

/// Whether a host of a URL or a `Host` header is this machine, whatever a resolver says.
pub(crate) fn is_loopback(host: &str) -> bool {
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    match bare {
        Some(v6) => v6
            .parse::<Ipv6Addr>()
            .is_ok_and(|address| IpAddr::V6(address).to_canonical().is_loopback()),
        None => {
            host.eq_ignore_ascii_case("localhost")
                || host.parse::<Ipv4Addr>().is_ok_and(|v4| v4.is_loopback())
        }
    }
}

/// `None` for a port that is not one, `Some(None)` for none.
fn port_of(authority: &Authority) -> Option<Option<u16>> {
    let after_host = authority.as_str().strip_prefix(authority.host())?;
    match after_host.strip_prefix(':') {
        None => after_host.is_empty().then_some(None),
        Some(port) => port.parse().ok().map(Some),
    }
}

impl fmt::Debug for HttpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> HttpUrl {
        HttpUrl::parse(text).expect(text)
    }

    #[test]
    fn origins_compare_by_scheme_host_and_port() {
        assert!(
            url("https://MCP.example.com/mcp").has_origin_of(&url("https://mcp.example.com:443"))
        );
        assert!(!url("https://mcp.example.com").has_origin_of(&url("http://mcp.example.com")));
        assert!(
            !url("https://mcp.example.com").has_origin_of(&url("https://mcp.example.com:8443"))
        );
        assert!(
            !url("https://mcp.example.com").has_origin_of(&url("https://mcp.example.com.evil.net"))
        );
    }

    #[test]
    fn an_address_and_a_path_can_be_taken_from_it() {
        let proxied = url("http://[::1]:8069/odoo/?x=/y");
        assert_eq!(proxied.address(), ("::1", 8069));
        assert_eq!(proxied.host_and_port(), "[::1]:8069");
        assert_eq!(proxied.path(), "/odoo");
        assert_eq!(url("https://erp.example.com").path(), "");
        assert_eq!(
            proxied.with_path("/web/version"),
            "http://[::1]:8069/odoo/web/version"
        );
        assert_eq!(
            url("https://erp.example.com?x#y").with_path("/jsonrpc"),
            "https://erp.example.com:443/jsonrpc"
        );
    }

    #[test]
    fn loopback_is_a_matter_of_names_not_of_resolvers() {
        for host in [
            "localhost",
            "LOCALHOST",
            "127.0.0.1",
            "127.1.2.3",
            "[::1]",
            "[::ffff:127.0.0.1]",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "localhost.evil.net",
            "127.0.0.1.evil.net",
            "evil.net",
            "0.0.0.0",
            "[::]",
            "::1",
            "128.0.0.1",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn what_is_no_plain_web_address_is_refused() {
        for text in [
            "",
            "mcp.example.com",
            "/mcp",
            "ftp://a.b",
            "https://user:pw@a.b",
            "https://a.b:99999",
            "null",
        ] {
            assert_eq!(HttpUrl::parse(text), None, "{text}");
        }
    }
}
