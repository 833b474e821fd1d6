//! The front's functions.

use crate::exec::native;
use crate::govern::admission;
use crate::govern::audit::{self, Attempt};
use crate::govern::delegation::{self, Way};
use crate::govern::identity;
use crate::govern::installation::Installation;
use crate::govern::key;
use crate::govern::pause;
use crate::govern::perform::{Call, Done, Question};
use crate::govern::token::{LiveToken, TokenHash};
use odoo_compiler::error::{Code, Error, Result};
use odoo_compiler::refusal::Refusal;
use pgrx::datum::Inet;
use pgrx::prelude::*;
use pgrx::{JsonB, Uuid};
use std::time::Instant;

/// Authenticates, writes the attempt, and leaves an admission for `run`; answers only refusals.
#[pg_extern(schema = "odoo_mcp", volatile, parallel_unsafe)]
pub(crate) fn admit(
    call_id: Option<Uuid>,
    token_hash: Option<&[u8]>,
    client_address: Option<Inet>,
    tool: Option<&str>,
    arguments: Option<&str>,
) -> Option<String> {
    let (Some(call_id), Some(tool), Some(arguments)) = (call_id, tool, arguments) else {
        return Some(envelope(Err(missing_argument())));
    };
    if native::is_in_subtransaction() {
        // its rollback would take the entry back and leave the admission
        return Some(envelope(Err(not_alone("serve"))));
    }
    let client_address = client_address.map(|address| address.0);
    let installation = Installation::find();
    if let Some(refusal) = pause::refusal(installation.as_ref()) {
        return Some(refusal);
    }
    let Some((hash, token)) = live_token(token_hash, installation.as_ref()) else {
        audit::count_refusal(client_address);
        return Some(Refusal::Unauthorized.to_json());
    };
    let call_id = call_id.to_string();
    let attempt = Attempt {
        call_id: &call_id,
        token_id: Some(token.id),
        user_id: token.user_id,
        login: &token.login,
        tool,
        arguments,
        client_address,
    };
    match attempt.write() {
        Err(error) => return Some(envelope(Err(error))),
        Ok(false) => {}
        Ok(true) => {
            delegation::sweep();
            key::sweep_in_passing();
        }
    }
    admission::leave(
        call_id,
        token.id,
        hash,
        tool.to_owned(),
        arguments.to_owned(),
    );
    None
}

/// Answers the call that was admitted under that call_id, once.
#[pg_extern(schema = "odoo_mcp", volatile, parallel_unsafe)]
pub(crate) fn run(call_id: Uuid) -> String {
    let started = Instant::now();
    let call_id = call_id.to_string();
    if native::is_in_transaction_block() || native::is_in_subtransaction() {
        // whoever can roll back could keep the outcome out of the audit
        return envelope(Err(not_alone("serve")));
    }
    let admission = admission::take(&call_id);
    let Some(admission) = admission.filter(|found| audit::is_attempted(&call_id, found)) else {
        return envelope(Err(not_admitted()));
    };
    // looked at again: it may have been revoked between the two transactions
    let Some(token) = LiveToken::find(&admission.token_hash) else {
        let outcome = audit::Outcome {
            code: "unauthorized",
            ..audit::Outcome::default()
        };
        outcome.write(&call_id, started.elapsed());
        return Refusal::Unauthorized.to_json();
    };
    let installation = match Installation::get() {
        Ok(installation) => installation,
        Err(error) => {
            let outcome = audit::Outcome {
                code: error.code.name(),
                ..audit::Outcome::default()
            };
            outcome.write(&call_id, started.elapsed());
            return envelope(Err(error));
        }
    };
    let call = Call {
        call_id: &call_id,
        user_id: token.user_id,
        token: Some(token.shown),
        tool: &admission.tool,
        arguments: &admission.arguments,
    };
    let way = Way::ThroughFront(&installation, token.id);
    let performed = call.perform(Question::Answer, way, &installation.source);
    match performed.outcome {
        Some(outcome) => outcome.write(&call_id, started.elapsed()),
        None => delegation::commit_without_waiting(),
    }
    if performed.is_user_gone
        && let Some(reason) = key::end(token.id)
    {
        pgrx::log!("odoo_mcp: keys of a user who is gone are not removed yet: {reason}");
    }
    match performed.done {
        Ok(Done::Answer(answer)) => envelope(Ok(answer.json)),
        Ok(Done::Delegate(errand)) => errand,
        Err(error) => envelope(Err(error)),
    }
}

/// Whether the token lives, for requests that are not tool calls.
#[pg_extern(schema = "odoo_mcp", volatile, parallel_unsafe)]
pub(crate) fn authenticate(token_hash: Option<&[u8]>, client_address: Option<Inet>) -> String {
    let installation = Installation::find();
    if let Some(refusal) = pause::refusal(installation.as_ref()) {
        return refusal;
    }
    if live_token(token_hash, installation.as_ref()).is_some() {
        return String::from(r#"{"ok":true}"#);
    }
    audit::count_refusal(client_address.map(|address| address.0));
    Refusal::Unauthorized.to_json()
}

/// The body of `tools/list` and the text of `instructions`.
#[pg_extern(schema = "odoo_mcp", stable, parallel_safe)]
pub(crate) fn list_tools() -> String {
    odoo_compiler::tool::list()
}

/// Whether the extension works in this database, and if not, why; never raises for want of setup.
#[pg_extern(schema = "odoo_mcp", volatile, parallel_unsafe)]
pub(crate) fn health() -> JsonB {
    let installation = Installation::find();
    let problem = match &installation {
        None => Some(Installation::missing()),
        Some(_) if native::in_recovery() => Some(
            Error::new(
                Code::NotSupported,
                "this server is a standby, where calls cannot be written down",
            )
            .hint("name the primary in ODOO_MCP_DATABASE_URL; to have more than one tried: host=a,b and target_session_attrs=read-write"),
        ),
        Some(installation) => match installation.is_at_home() {
            Ok(true) => None,
            Ok(false) => Some(
                Error::new(
                    Code::NotSupported,
                    "this is a copy of the database that was set up",
                )
                .hint("if it is to serve calls, a superuser runs: select odoo_mcp.adopt_database()"),
            ),
            Err(error) => Some(error),
        },
    };
    if problem.is_none() && !native::is_read_only() {
        // a key may have no end of its own, and nobody may be calling
        key::sweep_in_passing();
    }
    let paused_seconds = installation.as_ref().and_then(Installation::paused_seconds);
    if paused_seconds.is_some() {
        pause::release_session();
    }
    JsonB(serde_json::json!({
        "extension_version": extension_version(),
        "library_version": env!("CARGO_PKG_VERSION"),
        "is_set_up": installation.is_some(),
        // whether the role that asks may serve calls of others; one that was made a superuser
        // after it was granted no longer
        "is_front": installation.is_some()
            && identity::is_front()
            && !native::is_superuser(native::session_role()),
        // whether Odoo may be asked what SQL does not answer
        "delegation": installation.as_ref().is_some_and(|installation| installation.minter.is_some()),
        // for how long fronts are to stay away
        "paused_seconds": paused_seconds,
        "problem": problem.as_ref().map(|problem| problem.message.as_str()),
        "hint": problem.as_ref().and_then(|problem| problem.hint.as_deref()),
    }))
}

/// The live token of that hash, where this is the database that it was issued in.
fn live_token(
    hash: Option<&[u8]>,
    installation: Option<&Installation>,
) -> Option<(TokenHash, LiveToken)> {
    let hash = TokenHash::from_bytes(hash?)?;
    let token = LiveToken::find(&hash)?;
    let is_at_home = installation?.is_at_home().unwrap_or(false);
    is_at_home.then_some((hash, token))
}

pub(crate) fn envelope(answer: Result<String>) -> String {
    match answer {
        Ok(json) => format!(r#"{{"result":{json}}}"#),
        Err(error) => serde_json::json!({ "error": error.to_json() }).to_string(),
    }
}

fn missing_argument() -> Error {
    Error::new(
        Code::InvalidArguments,
        "call_id, tool and arguments are all needed",
    )
}

pub(crate) fn not_alone(function: &str) -> Error {
    Error::new(
        Code::InvalidArguments,
        "admit is not for savepoints, and what follows it is not for transaction blocks",
    )
    .hint(format!(
        "call odoo_mcp.{function}() outside a transaction block"
    ))
}

fn not_admitted() -> Error {
    Error::new(
        Code::InvalidArguments,
        "no call is admitted under this call_id",
    )
    .hint("call odoo_mcp.serve(), which admits, commits and runs")
}

fn extension_version() -> Option<String> {
    let rows = crate::exec::owner::read(
        "select e.extversion from pg_catalog.pg_extension e where e.extname = 'pg_odoo_mcp'",
        &[],
    );
    rows.into_iter().flatten().flatten().next()
}
