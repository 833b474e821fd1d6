//! What the front that runs by these settings says of itself: it knows what its last call met, as
//! a disk that is full for calls alone.

use super::{Finding, http};
use crate::config::{Config, HttpUrl};
use serde::Deserialize;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

const CHECK: &str = "front";

/// Asks its `/readyz`. There need not be one: nothing is found then.
pub(super) async fn examine(config: &Config) -> Option<Finding> {
    #[derive(Deserialize)]
    struct Readiness {
        status: String,
        problem: Option<String>,
        hint: Option<String>,
    }
    let address = reachable(config.listen);
    let url = HttpUrl::parse(&format!("http://{address}"))?;
    let answer = http::send(&url, "/readyz", &[], None).await.ok()?;
    let said: Readiness = serde_json::from_slice(answer.body()).ok()?;
    match (said.status.as_str(), said.problem) {
        ("ready", _) => Some(Finding::ok(CHECK, format!("the one at {address} is ready"))),
        ("unavailable", Some(problem)) => Some(Finding::error(
            CHECK,
            format!("the one at {address} is not ready: {problem}"),
            said.hint.unwrap_or_default(),
        )),
        // a pause is found in the database
        _ => None,
    }
}

/// The address by which this machine reaches what listens there.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
