//! `/healthz`: this process runs. `/readyz`: calls would be answered.

use crate::{error::json_response, pool::DbError, state::Front};
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use tokio_postgres::error::SqlState;
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
}

/// Asks the extension.
pub(crate) async fn database(State(front): State<Arc<Front>>) -> Response {
    let reference = Uuid::new_v4();
    let verdict = match front.health(reference).await {
        Ok(text) => judge(&text),
        Err(DbError::Paused(seconds)) => return paused(seconds),
        Err(error) => Err(of_error(&error)),
    };
    match verdict {
        Ok(version) => json_response(
            StatusCode::OK,
            &json!({"status": "ready", "extension_version": version}),
        ),
        Err((problem, hint)) => json_response(
            StatusCode::SERVICE_UNAVAILABLE,
            &json!({"status": "unavailable", "problem": problem, "hint": hint}),
        ),
    }
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

/// The version, or a problem and what to do about it.
type Verdict = Result<String, (String, &'static str)>;

fn judge(text: &str) -> Verdict {
    let Ok(health) = serde_json::from_str::<Health>(text) else {
        return Err((
            "the extension's health report cannot be read".into(),
            "install front and extension of the same release",
        ));
    };
    let Health {
        extension_version,
        library_version,
        is_set_up,
        is_front,
        problem,
    } = health;
    if extension_version != library_version {
        return Err((
            format!(
                "the extension is {extension_version} in the database, its library is {library_version}"
            ),
            "alter extension pg_odoo_mcp update, then restart the front",
        ));
    }
    if !is_set_up {
        return Err((
            "the extension is not set up".into(),
            "select odoo_mcp.setup(), then odoo_mcp.grant_front(role)",
        ));
    }
    match problem {
        Some(problem) => Err((problem, "the problem says what a superuser runs in psql")),
        // also where the role could answer all the same, because it is a superuser
        None if !is_front => Err((
            "the role of ODOO_MCP_DATABASE_URL was not granted as a front's".into(),
            "select odoo_mcp.grant_front('a LOGIN role of its own'), and connect as that role",
        )),
        None => Ok(extension_version),
    }
}

fn of_error(error: &DbError) -> (String, &'static str) {
    match error {
        DbError::Paused(_) => ("paused by the operator".into(), "odoo-mcp resume"),
        DbError::Busy => (
            "all connections are in use".into(),
            "raise ODOO_MCP_POOL_SIZE, or run another front",
        ),
        DbError::Unavailable | DbError::TimedOut => (
            "the database does not answer".into(),
            "check that it runs and that ODOO_MCP_DATABASE_URL is right; the log has the reason",
        ),
        DbError::Internal(Some(code)) if *code == SqlState::INSUFFICIENT_PRIVILEGE => (
            "the front's role may not call the extension".into(),
            "select odoo_mcp.grant_front('role of ODOO_MCP_DATABASE_URL')",
        ),
        DbError::Internal(Some(code))
            if [SqlState::INVALID_SCHEMA_NAME, SqlState::UNDEFINED_FUNCTION].contains(code) =>
        {
            (
                "the extension is not in this database".into(),
                "create extension pg_odoo_mcp, then select odoo_mcp.setup()",
            )
        }
        DbError::Internal(_) => (
            "the extension fails to report its health".into(),
            "the log has the reason",
        ),
    }
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
}
