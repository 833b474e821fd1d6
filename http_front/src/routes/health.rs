//! `/healthz`: this process runs. `/readyz`: calls would be answered.

use crate::{
    address,
    error::json_response,
    pool::{DbError, Trouble},
    state::Front,
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;
use serde_json::json;
use std::{sync::Arc, time::Duration};
use uuid::Uuid;

/// Answers as long as there is a process; a restart would not mend the database.
pub(crate) async fn process() -> Response {
    json_response(
        StatusCode::OK,
        &json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")}),
    )
}

/// What `odoo_mcp.health` answers.
#[derive(Deserialize)]
struct Health {
    extension_version: String,
    library_version: String,
    is_set_up: bool,
    is_front: bool,
    problem: Option<String>,
    #[serde(default)]
    hint: Option<String>,
}

/// Asks the extension.
pub(crate) async fn database(State(front): State<Arc<Front>>, request: Request) -> Response {
    let verdict = match front.health(Uuid::new_v4()).await {
        Err(DbError::Paused(seconds)) => return paused(seconds),
        Err(error) => Err(of_error(&error)),
        Ok(text) => judge(&text).and_then(|version| match front.pool.trouble() {
            Some(trouble) => Err((trouble.problem, trouble.hint)),
            None => Ok(version),
        }),
    };
    match verdict {
        Ok(version) => json_response(
            StatusCode::OK,
            &json!({"status": "ready", "extension_version": version}),
        ),
        Err((problem, hint)) => {
            // no token is asked for here, and the reason names roles and databases
            let (problem, hint) = match is_of_this_machine(&request) {
                true => (problem, hint),
                false => (
                    "the database can't serve calls".into(),
                    "on the front's machine: odoo-mcp doctor, or its log".into(),
                ),
            };
            json_response(
                StatusCode::SERVICE_UNAVAILABLE,
                &json!({"status": "unavailable", "problem": problem, "hint": hint}),
            )
        }
    }
}

/// Whether nobody further away can have asked, as behind a proxy.
fn is_of_this_machine(request: &Request) -> bool {
    let is_forwarded = ["forwarded", "x-forwarded-for", "x-real-ip", "via"]
        .iter()
        .any(|name| request.headers().contains_key(*name));
    !is_forwarded && address::of(request).is_loopback()
}

fn paused(seconds: u64) -> Response {
    json_response(
        StatusCode::SERVICE_UNAVAILABLE,
        &json!({
            "status": "paused",
            "problem": format!("paused by the operator, for {seconds} s at most"),
            "hint": "odoo-mcp resume",
        }),
    )
}

/// How long to wait before the database is asked again whether it is ready.
const PATIENCE: Duration = Duration::from_secs(15);

/// Says in the log whether calls would be answered, and if not, why; then asks until they are.
pub(crate) async fn announce(front: &Front) {
    let mut said = None;
    loop {
        match verdict(front).await {
            Ok(extension_version) => {
                tracing::info!(extension_version, "the database is ready");
                return;
            }
            Err(reason) if said.as_ref() != Some(&reason) => {
                let (problem, hint) = &reason;
                tracing::error!(problem, hint, "the database is not ready");
                said = Some(reason);
            }
            Err(_) => {}
        }
        tokio::time::sleep(PATIENCE).await;
    }
}

async fn verdict(front: &Front) -> Verdict {
    match front.health(Uuid::new_v4()).await {
        Ok(text) => judge(&text),
        Err(error) => Err(of_error(&error)),
    }
}

/// The version, or a problem and what to do about it.
type Verdict = Result<String, (String, String)>;

fn judge(text: &str) -> Verdict {
    let Ok(health) = serde_json::from_str::<Health>(text) else {
        return Err((
            "the extension's health report cannot be read".into(),
            "install front and extension of the same release".into(),
        ));
    };
    let Health {
        extension_version,
        library_version,
        is_set_up,
        is_front,
        problem,
        hint,
    } = health;
    if extension_version != library_version {
        return Err((
            format!(
                "the extension is {extension_version} in the database, its library is {library_version}"
            ),
            if is_older(&library_version, &extension_version) {
                // an update leads forward only
                format!(
                    "install the package of release {extension_version} on the database server, then restart the front"
                )
            } else {
                "alter extension pg_odoo_mcp update, then restart the front".into()
            },
        ));
    }
    if !is_set_up {
        return Err((
            "the extension is not set up".into(),
            "a superuser runs: select odoo_mcp.setup(); select odoo_mcp.grant_front('role of ODOO_MCP_DATABASE_URL')".into(),
        ));
    }
    match problem {
        Some(problem) => {
            let hint = hint.unwrap_or_else(|| "a superuser sees more in psql: select * from odoo_mcp.doctor()".into());
            Err((problem, hint))
        }
        // also where the role could answer all the same, because it is a superuser
        None if !is_front => Err((
            "the role of ODOO_MCP_DATABASE_URL was not granted as a front's".into(),
            "a superuser runs: select odoo_mcp.grant_front('a LOGIN role of its own'); then connect as that role".into(),
        )),
        None => Ok(extension_version),
    }
}

/// Whether one release came before another; what is no number counts as nothing.
fn is_older(release: &str, other: &str) -> bool {
    let numbers = |release: &str| -> Vec<u32> {
        release
            .split('.')
            .map(|part| part.parse().unwrap_or_default())
            .collect()
    };
    numbers(release) < numbers(other)
}

fn of_error(error: &DbError) -> (String, String) {
    let (problem, hint) = match error {
        DbError::Paused(_) => ("paused by the operator", "odoo-mcp resume"),
        DbError::Busy => (
            "all connections are in use",
            "raise ODOO_MCP_POOL_SIZE, or run another front",
        ),
        DbError::TimedOut => (
            "the database does not answer in time",
            "see what it is busy with: select pid, state, wait_event, query from pg_stat_activity",
        ),
        DbError::Cancelled => (
            "somebody cancelled the look at the database's health",
            "ask again",
        ),
        DbError::Unavailable(Trouble { problem, hint, .. })
        | DbError::Internal(Trouble { problem, hint, .. }) => (problem.as_str(), hint.as_str()),
    };
    (problem.to_owned(), hint.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(library: &str, is_set_up: bool, is_front: bool, problem: Option<&str>) -> Verdict {
        let report = json!({
            "extension_version": "0.1.0", "library_version": library,
            "is_set_up": is_set_up, "is_front": is_front, "problem": problem,
        });
        judge(&report.to_string())
    }

    #[test]
    fn ready_means_versions_setup_and_grants() {
        assert_eq!(report("0.1.0", true, true, None), Ok("0.1.0".into()));
        assert!(report("0.2.0", true, true, None).is_err());
        assert!(report("0.1.0", false, false, None).is_err());
        assert!(report("0.1.0", true, false, None).is_err());
        assert!(report("0.1.0", true, true, Some("a grant is missing")).is_err());
        assert!(judge("{}").is_err());
    }

    #[test]
    fn an_update_is_said_only_where_it_leads_somewhere() {
        let hint = |library| {
            report(library, true, true, None)
                .expect_err("they differ")
                .1
        };
        for newer in ["0.1.1", "0.2.0", "0.10.0", "1.0.0"] {
            assert!(hint(newer).contains("alter extension"), "{newer}");
        }
        for older in ["0.0.9", "0.0.10"] {
            assert!(hint(older).contains("package of release 0.1.0"), "{older}");
        }
    }
}
