//! The tools in psql: as an Odoo user that the session says, with PostgreSQL's own errors.

use crate::api::explanation;
use crate::catalog;
use crate::exec::jsonb::JsonbText;
use crate::exec::read_only::Reader;
use crate::govern::audit::Attempt;
use crate::govern::delegation::Way;
use crate::govern::identity;
use crate::govern::installation::Installation;
use crate::govern::perform::{Call, Done, Question};
use crate::report::or_raise;
use odoo_compiler::error::{Code, Error, Result};
use pgrx::Uuid;
use pgrx::prelude::*;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::time::Instant;

/// Acts as an Odoo user: to the end of the transaction, or of the session.
#[pg_extern(schema = "odoo_mcp", volatile, parallel_unsafe)]
pub(crate) fn act_as(login: &str, session: default!(bool, "false")) {
    or_raise(assume(login, session));
}

fn assume(login: &str, for_session: bool) -> Result<()> {
    let installation = Installation::get()?;
    identity::check_right(login)?;
    if !installation.is_at_home()? {
        return Err(Error::new(
            Code::NotPermitted,
            "this is a copy of the database that was set up: rights in it are the original's",
        )
        .hint("if it is to be asked, a superuser runs: select odoo_mcp.adopt_database()"));
    }
    let user_id = Reader::within(&installation.source, |reader| {
        catalog::user_by_login(reader, login)
    })
    // other people's logins are not for everybody
    .map_err(|error| {
        if identity::may_see_logins() {
            error
        } else {
            Error {
                hint: None,
                ..error
            }
        }
    })?;
    identity::assume(user_id, login.to_owned(), for_session);
    Ok(())
}

/// One tool call, with the arguments and the answer that MCP has.
// json and not jsonb, for it keeps the order of keys and the digits of numbers; its form is text's
#[pg_extern(sql = r#"
CREATE FUNCTION odoo_mcp.call(tool text, arguments jsonb DEFAULT '{}') RETURNS json
STRICT VOLATILE PARALLEL UNSAFE
LANGUAGE c AS 'MODULE_PATHNAME', '@FUNCTION_NAME@';
"#)]
pub(crate) fn call(tool: &str, arguments: JsonbText) -> String {
    let answer = or_raise(perform(Question::Answer, tool, &arguments.0));
    // functions that make a table of the answer have no room for them
    let said: Said = serde_json::from_str(&answer).unwrap_or_default();
    for warning in said.warnings {
        pgrx::notice!("{}", warning.message);
    }
    // whoever names a limit knows of it
    let named: Named = serde_json::from_str(&arguments.0).unwrap_or_default();
    let is_limited = named.limit.is_some() || named.top.is_some();
    if let (true, Some(total)) = (said.has_more && !is_limited, said.total) {
        pgrx::notice!("there are {total} in all, and not all of them are shown");
    }
    answer
}

/// Limits that the caller gave.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Named {
    limit: Option<IgnoredAny>,
    top: Option<IgnoredAny>,
}

/// What an answer says besides its rows.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    warnings: Vec<Warning>,
    has_more: bool,
    total: Option<u64>,
}

#[derive(Deserialize)]
struct Warning {
    message: String,
}

/// How a tool call would be answered: its SQL, parameters and rules, without running it.
#[pg_extern(schema = "odoo_mcp", volatile, parallel_unsafe)]
pub(crate) fn explain(
    tool: &str,
    arguments: default!(JsonbText, "'{}'"),
) -> SetOfIterator<'static, String> {
    let json = or_raise(perform(Question::Explain, tool, &arguments.0));
    let explanation = serde_json::from_str(&json).unwrap_or_default();
    SetOfIterator::new(explanation::lines(&explanation))
}

fn perform(question: Question, tool: &str, arguments: &str) -> Result<String> {
    let started = Instant::now();
    let installation = Installation::get()?;
    let identity = identity::current()?;
    let call_id = random_uuid();
    Attempt {
        call_id: &call_id,
        token_id: None,
        user_id: identity.user_id,
        login: &identity.login,
        tool,
        arguments,
        client_address: None,
    }
    .write()?;
    let call = Call {
        call_id: &call_id,
        user_id: identity.user_id,
        token: None,
        tool,
        arguments,
    };
    let performed = call.perform(question, Way::Psql, &installation.source);
    if let Some(outcome) = performed.outcome {
        outcome.write_here(&call_id, started.elapsed());
    }
    performed.done.map(|done| match done {
        Done::Answer(answer) => answer.json,
        Done::Delegate(errand) => errand,
    })
}

fn random_uuid() -> String {
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&crate::exec::native::random_bits()[..16]);
    // version 4, RFC 9562
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    Uuid::from_bytes(bytes).to_string()
}
