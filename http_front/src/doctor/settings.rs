//! What can be seen of the settings alone.

use super::Finding;
use crate::config::{Config, HttpUrl};
use std::{os::unix::fs::PermissionsExt, path::Path};
use tokio_postgres::config::Host;

pub(super) fn examine(config: &Config, file: Option<&Path>) -> Vec<Finding> {
    let mut findings = vec![listening(config)];
    findings.extend(way_to_database(config));
    findings.extend(config.odoo_url.as_ref().and_then(way_to_odoo));
    findings.extend(file.and_then(permissions));
    findings
}

/// Tokens must not travel in clear.
fn listening(config: &Config) -> Finding {
    let listen = config.listen;
    if let Some(url) = &config.public_url
        && !url.is_https()
        && !url.is_loopback()
    {
        return Finding::warning(
            "listen",
            "clients use the front by http: whoever is on the way reads tokens and answers",
            "put TLS before it (a reverse proxy), and set ODOO_MCP_PUBLIC_URL to its https:// address",
        );
    }
    if !listen.ip().to_canonical().is_loopback() {
        return Finding::warning(
            "listen",
            format!(
                "the front listens on {listen}, where others than this machine reach it, without TLS"
            ),
            "if a proxy with TLS on this machine stands before it: ODOO_MCP_LISTEN=127.0.0.1:8765",
        );
    }
    Finding::ok("listen", format!("{listen}, this machine alone"))
}

/// TLS to PostgreSQL is not built in.
fn way_to_database(config: &Config) -> Option<Finding> {
    let database = config.database_url.expose();
    let is_here = |host: &Host| match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => crate::config::is_loopback(name) || name == "::1",
    };
    let is_local = match database.get_hostaddrs() {
        [] => database.get_hosts().iter().all(is_here),
        addresses => addresses.iter().all(|address| address.is_loopback()),
    };
    (!is_local).then(|| {
        Finding::warning(
            "database url",
            "the database is on another machine, and the way there is not encrypted",
            "run the front beside the database, or lead the connection through a tunnel (ssh -L, WireGuard)",
        )
    })
}

/// Keys of users go there.
fn way_to_odoo(url: &HttpUrl) -> Option<Finding> {
    (!url.is_https() && !url.is_loopback()).then(|| {
        Finding::warning(
            "odoo url",
            "Odoo is on another machine and asked by http: whoever is on the way reads keys and answers",
            "set ODOO_MCP_ODOO_URL to its https:// address, or lead the connection through a tunnel (ssh -L, WireGuard)",
        )
    })
}

/// The file may hold the database's password.
fn permissions(file: &Path) -> Option<Finding> {
    let mode = std::fs::metadata(file).ok()?.permissions().mode();
    let shown = file.display();
    Some(if mode & 0o007 != 0 {
        Finding::error(
            "settings file",
            format!(
                "everybody on this machine can read {shown}, which may hold the database's password"
            ),
            format!("chmod o= {shown}"),
        )
    } else {
        Finding::ok("settings file", format!("{shown}, not for everybody"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_clear_are_warned_of_where_others_could_read_them() {
        let is_warned = |url: &str| HttpUrl::parse(url).as_ref().and_then(way_to_odoo).is_some();
        assert!(is_warned("http://10.0.0.5:8069") && is_warned("http://odoo:8069"));
        for url in [
            "http://127.0.0.1:8069",
            "http://localhost",
            "http://[::1]:8069",
            "https://erp.example.com",
        ] {
            assert!(!is_warned(url), "{url}");
        }
    }
}
