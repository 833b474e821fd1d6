//! Whether Odoo answers at its address, which Odoo it is, and whether it serves this database.

use super::{
    Finding,
    http::{self, NoAnswer},
};
use crate::config::{Config, HttpUrl};
use axum::{
    body::Bytes,
    http::{
        StatusCode, Uri,
        header::{CONTENT_TYPE, DATE, LOCATION},
    },
};
use hyper::Response;
use serde_json::{Value, json};
use std::time::SystemTime;

const CHECK: &str = "odoo";
const ADDRESS: &str =
    "set ODOO_MCP_ODOO_URL to where Odoo itself listens: http://host:http_port, as in odoo.conf";
/// Seconds by which clocks may differ; a Date header has no parts of them.
const MOST_SECONDS: u64 = 5;
/// Characters of a path that are shown.
const MOST_OF_PATH: usize = 60;

pub(super) async fn examine(config: &Config) -> Vec<Finding> {
    let Some(url) = &config.odoo_url else {
        return vec![Finding {
            hint: Some(
                "to have Odoo answer the rest, set ODOO_MCP_ODOO_URL=http://127.0.0.1:8069 and restart the front".into(),
            ),
            ..Finding::ok(CHECK, "ODOO_MCP_ODOO_URL is not set: what SQL may not answer is not answered")
        }];
    };
    if is_front(config, url) {
        return vec![Finding::error(
            CHECK,
            "ODOO_MCP_ODOO_URL is the front's own address",
            ADDRESS,
        )];
    }
    match recognise(url).await {
        Err(finding) => vec![finding],
        Ok(found) => {
            let mut findings = vec![Finding::ok(
                CHECK,
                format!("Odoo {} at {}", found.version, url.as_str()),
            )];
            findings.extend(found.clock.clone());
            let name = config
                .odoo_db
                .as_deref()
                .or(config.database_url.expose().get_dbname());
            if let Some(name) = name {
                findings.push(serves(url, &found, name).await);
            }
            findings
        }
    }
}

fn is_front(config: &Config, url: &HttpUrl) -> bool {
    let is_listened_on = url.port() == config.listen.port()
        && (url.is_loopback()
            && (config.listen.ip().is_loopback() || config.listen.ip().is_unspecified())
            || url.address().0 == config.listen.ip().to_string());
    let is_public = config
        .public_url
        .as_ref()
        .is_some_and(|public| public.has_origin_of(url));
    is_listened_on || is_public
}

/// An Odoo that answered.
struct Found {
    version: String,
    major: Option<u32>,
    clock: Option<Finding>,
    has_jsonrpc: bool,
}

/// Odoo 19 tells its version to a GET, those before to a call of `common.version`.
async fn recognise(url: &HttpUrl) -> Result<Found, Finding> {
    let answer = http::send(url, "/web/version", &[], None)
        .await
        .map_err(|reason| unanswered(url, &reason))?;
    // now, for the next request may take long
    let clock = header(&answer, DATE).and_then(|date| clock(&date, SystemTime::now()));
    if answer.status().is_success()
        && let Ok(body) = serde_json::from_slice::<Value>(answer.body())
        && let Some(version) = version(&body["version"]).filter(|_| body["version_info"].is_array())
    {
        let has_jsonrpc = call(url, "common", "version", json!([])).await.is_some();
        return Ok(Found {
            version: version.to_owned(),
            major: major_of(version),
            clock,
            has_jsonrpc,
        });
    }
    if let Some(body) = call(url, "common", "version", json!([])).await
        && let Some(version) = version(&body["server_version"])
    {
        return Ok(Found {
            version: version.to_owned(),
            major: major_of(version),
            clock,
            has_jsonrpc: true,
        });
    }
    Err(no_odoo(url, &answer).await)
}

/// A text that can be one of Odoo's versions: whoever answers there says what they like.
fn version(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| {
        (1..=40).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"~.+-".contains(&byte))
    })
}

/// `19.0`, `saas~18.2`.
fn major_of(version: &str) -> Option<u32> {
    let digits = version.trim_start_matches(|c: char| !c.is_ascii_digit());
    digits
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

/// What answers there, if it is not Odoo.
async fn no_odoo(url: &HttpUrl, answer: &Response<Bytes>) -> Finding {
    let shown = url.as_str();
    let status = answer.status();
    let (what, hint) = if status.is_redirection() {
        let target = header(answer, LOCATION).and_then(|target| shown_target(&target));
        let to = target.map_or_else(String::new, |target| format!(" to {target}"));
        (
            format!("{shown} redirects{to} instead of answering"),
            ADDRESS,
        )
    } else if answer.body().windows(10).any(|part| part == b"HTTPS port") {
        (
            format!("{shown} speaks TLS, and was asked without"),
            ADDRESS,
        )
    } else if is_another_front(url).await {
        (
            format!("at {shown} is a front of this kind, not Odoo"),
            ADDRESS,
        )
    } else if status.is_server_error() {
        (
            format!("{shown} answers with an error of the server ({status})"),
            "Odoo is starting or its proxy does not reach it: see Odoo's log",
        )
    } else if header(answer, CONTENT_TYPE).is_some_and(|kind| kind.starts_with("text/html")) {
        (
            format!("{shown} answers with a page ({status}), not as Odoo does"),
            ADDRESS,
        )
    } else {
        (
            format!("what answers at {shown} ({status}) is not Odoo"),
            ADDRESS,
        )
    };
    Finding::error(CHECK, what, hint)
}

/// Where a redirect leads, without user, password and query.
fn shown_target(location: &str) -> Option<String> {
    let target: Uri = location.parse().ok()?;
    let origin = match (target.scheme_str(), target.authority()) {
        (Some(scheme), Some(authority)) => {
            let port = authority.port().map(|port| format!(":{port}"));
            format!(
                "{scheme}://{}{}",
                authority.host(),
                port.unwrap_or_default()
            )
        }
        _ => String::new(),
    };
    let path: String = target.path().chars().take(MOST_OF_PATH).collect();
    Some(origin + &path)
}

async fn is_another_front(url: &HttpUrl) -> bool {
    let answer = http::send(url, "/healthz", &[], None).await;
    answer.is_ok_and(|answer| {
        serde_json::from_slice::<Value>(answer.body())
            .is_ok_and(|body| body["status"] == "ok" && body["version"].is_string())
    })
}

fn unanswered(url: &HttpUrl, reason: &NoAnswer) -> Finding {
    let shown = url.as_str();
    let (what, hint) = match reason {
        NoAnswer::Refused => (
            format!("nothing listens at {shown}: Odoo is stopped, or has another port"),
            "systemctl start odoo; or correct ODOO_MCP_ODOO_URL, the port is http_port in odoo.conf",
        ),
        NoAnswer::UnknownHost => (
            format!("the host of {shown} is not known"),
            "correct ODOO_MCP_ODOO_URL",
        ),
        NoAnswer::Untrusted(reason) => (
            format!("no TLS that is trusted at {shown}: {reason}"),
            "the certificate's authority must be among those of the system (update-ca-certificates), and its name that in the URL",
        ),
        NoAnswer::Plain => (
            format!("{shown} speaks plain HTTP, and was asked with TLS"),
            ADDRESS,
        ),
        NoAnswer::Unreachable => (
            format!("{shown} cannot be reached"),
            "correct ODOO_MCP_ODOO_URL, or see whether a firewall is in between",
        ),
        NoAnswer::Slow => (
            format!("{shown} does not answer in time"),
            "see Odoo's log: all its workers may be busy; or correct ODOO_MCP_ODOO_URL",
        ),
        NoAnswer::Broken => (
            format!("what listens at {shown} does not speak HTTP"),
            ADDRESS,
        ),
        NoAnswer::TooLarge => (format!("what answers at {shown} is not Odoo"), ADDRESS),
    };
    Finding::error(CHECK, what, hint)
}

/// Whether that Odoo has the database, and lets it be chosen.
async fn serves(url: &HttpUrl, found: &Found, name: &str) -> Finding {
    const CHECK: &str = "odoo's database";
    let is_there = match found.has_jsonrpc {
        true => call(url, "db", "db_exist", json!([name])).await,
        false => None,
    };
    if is_there == Some(Value::Bool(false)) {
        return Finding::error(
            CHECK,
            format!("the Odoo at {} has no database {name:?}", url.as_str()),
            "correct ODOO_MCP_ODOO_DB, or ODOO_MCP_ODOO_URL if another Odoo has it",
        );
    }
    // from 19 on; without a key it says no, but only where the database may be chosen at all
    if found.major.is_some_and(|major| major >= 19) {
        let path = "/json/2/res.users/context_get";
        let chosen = [("X-Odoo-Database", name)];
        let answer = http::send(url, path, &chosen, Some("{}".into())).await;
        return match answer.map(|answer| answer.status()) {
            Ok(StatusCode::UNAUTHORIZED) => Finding::ok(CHECK, format!("{name:?} is served")),
            Ok(StatusCode::NOT_FOUND) => Finding::error(
                CHECK,
                format!(
                    "the Odoo at {} does not serve the database {name:?} at this address",
                    url.as_str()
                ),
                "correct ODOO_MCP_ODOO_DB, or dbfilter in odoo.conf, which chooses by the host in the URL",
            ),
            _ => unknown(name),
        };
    }
    match is_there {
        Some(Value::Bool(true)) => Finding::ok(CHECK, format!("{name:?} is there")),
        _ => unknown(name),
    }
}

fn unknown(name: &str) -> Finding {
    Finding::warning(
        "odoo's database",
        format!("Odoo does not say whether it serves {name:?}"),
        "see dbfilter and server_wide_modules (base,rpc,web) in odoo.conf",
    )
}

/// The result of a method that asks for no login; nothing where there is none.
async fn call(url: &HttpUrl, service: &str, method: &str, args: Value) -> Option<Value> {
    let body = json!({
        "jsonrpc": "2.0", "method": "call", "id": 1,
        "params": {"service": service, "method": method, "args": args},
    });
    let answer = http::send(url, "/jsonrpc", &[], Some(body.to_string()))
        .await
        .ok()?;
    let mut body: Value = serde_json::from_slice(answer.body()).ok()?;
    body.get_mut("result").map(Value::take)
}

fn header(answer: &Response<Bytes>, name: axum::http::HeaderName) -> Option<String> {
    Some(answer.headers().get(name)?.to_str().ok()?.to_owned())
}

/// How far Odoo's clock is from this one; `now` is when its answer came.
fn clock(date: &str, now: SystemTime) -> Option<Finding> {
    let theirs = httpdate::parse_http_date(date).ok()?;
    let (apart, side) = match theirs.duration_since(now) {
        Ok(apart) => (apart, "ahead of"),
        Err(error) => (error.duration(), "behind"),
    };
    let finding = format!("Odoo's clock is {} s {side} the front's", apart.as_secs());
    Some(if apart.as_secs() > MOST_SECONDS {
        Finding::warning(
            "clock",
            finding,
            "Odoo's API keys expire by its clock: see timedatectl on both hosts",
        )
    } else {
        Finding::ok("clock", finding)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_is_shown_without_what_may_be_secret() {
        for (location, shown) in [
            (
                "http://127.0.0.1:8070/web/login",
                "http://127.0.0.1:8070/web/login",
            ),
            (
                "https://u:hunter2@erp.example.com/x?token=1",
                "https://erp.example.com/x",
            ),
            (
                "/odoo/web/database/selector?db=1",
                "/odoo/web/database/selector",
            ),
        ] {
            assert_eq!(shown_target(location).as_deref(), Some(shown));
        }
        let long = shown_target(&format!("/{}", "x".repeat(500)));
        assert_eq!(long.map(|path| path.len()), Some(MOST_OF_PATH));
    }

    #[test]
    fn versions_have_a_major_one() {
        assert_eq!(major_of("19.0-20260901"), Some(19));
        assert_eq!(major_of("saas~18.2+e"), Some(18));
        assert_eq!(major_of("none"), None);
        let is_one = |text: &str| version(&text.into()).is_some();
        assert!(is_one("19.0-20260901") && is_one("saas~18.2+e"));
        let long = "1".repeat(41);
        for text in ["", "19.0 ERROR", "19.0\u{202e}", "19.0\n", &long] {
            assert!(!is_one(text), "{text:?}");
        }
    }
}
