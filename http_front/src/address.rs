//! Where a request comes from.

use axum::extract::Request;
use std::net::{IpAddr, Ipv6Addr};

/// The address of the peer of the connection. `X-Forwarded-For` and its kin are not read: without
/// a list of trusted proxies, anyone can write them.
pub(crate) fn of(request: &Request) -> IpAddr {
    request
        .extensions()
        .get::<IpAddr>()
        .copied()
        .unwrap_or(Ipv6Addr::UNSPECIFIED.into())
        .to_canonical()
}
