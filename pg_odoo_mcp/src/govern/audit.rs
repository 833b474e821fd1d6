//! The audit: an attempt before, an outcome after.

use crate::exec::plan::Bind;
use crate::exec::{native, owner, settings};
use crate::govern::admission::Admission;
use crate::govern::batch;
use odoo_compiler::answer::Answer;
use odoo_compiler::error::{Code, Error, Result};
use odoo_compiler::tool::{BATCH, batched_calls};
use pgrx::pg_sys;
use sha2::{Digest, Sha256};
use std::time::Duration;

const ATTEMPT_INSERT: &str = include_str!("../../../sql/statements/attempt_insert.sql");
const ATTEMPT_EXISTS: &str = include_str!("../../../sql/statements/attempt_exists.sql");
const OUTCOME_INSERT: &str = include_str!("../../../sql/statements/outcome_insert.sql");
const REFUSAL_COUNT: &str = include_str!("../../../sql/statements/refusal_count.sql");

/// Longest name of a tool or model that an entry keeps: the caller chose it.
const NAME_LENGTH: usize = 200;

/// Arguments longer than this are refused later, so they are not parsed here.
const PARSED_LENGTH: usize = 1024 * 1024;

/// A call about to be tried.
pub(crate) struct Attempt<'a> {
    /// Unique for ever.
    pub call_id: &'a str,
    /// Nothing in psql.
    pub token_id: Option<i64>,
    /// Odoo's user.
    pub user_id: i64,
    /// That user's login.
    pub login: &'a str,
    /// As the caller wrote it.
    pub tool: &'a str,
    /// As the caller wrote them; only their hash is kept.
    pub arguments: &'a str,
    /// Where the front saw the call come from.
    pub client_address: Option<String>,
}

impl Attempt<'_> {
    /// Writes the entry, and those of the calls of a batch; they are on the disk when this transaction is
    /// committed. Says whether keys or calls of earlier ones are to be swept.
    pub(crate) fn write(&self) -> Result<bool> {
        settings::set_for_transaction(c"synchronous_commit", c"on");
        native::force_sync_commit();
        let is_due = self.insert(None)?;
        if self.tool == BATCH {
            // what is no batch is refused as a whole
            for (place, call) in batched_calls(self.arguments)
                .into_iter()
                .flatten()
                .enumerate()
            {
                Attempt {
                    call_id: &batch::call_id(self.call_id, place),
                    tool: &call.tool,
                    arguments: &call.arguments,
                    client_address: self.client_address.clone(),
                    ..*self
                }
                .insert(Some(self.call_id))?;
            }
        }
        Ok(is_due)
    }

    fn insert(&self, batch_id: Option<&str>) -> Result<bool> {
        let rows = owner::run(
            ATTEMPT_INSERT,
            &[
                Bind::new(pg_sys::UUIDOID, Some(self.call_id.to_owned())),
                Bind::int8(self.token_id),
                Bind::int4(self.user_id),
                Bind::text(self.login),
                Bind::text(cut(self.tool)),
                Bind::new(pg_sys::TEXTOID, model_of(self.arguments)),
                Bind::bytes(&Sha256::digest(self.arguments.as_bytes())),
                Bind::new(pg_sys::INETOID, self.client_address.clone()),
                Bind::new(pg_sys::UUIDOID, batch_id.map(str::to_owned)),
            ],
        );
        let Some(row) = rows.into_iter().next() else {
            return Err(
                Error::new(Code::InvalidArguments, "this call_id was used before")
                    .hint("every call takes a new random call_id"),
            );
        };
        Ok(row.get(1).and_then(Option::as_deref) == Some("true"))
    }
}

/// Whether just this call's attempt, by this session, is to be seen in the caller's snapshot.
pub(crate) fn is_attempted(call_id: &str, admission: &Admission) -> bool {
    let binds = [
        Bind::new(pg_sys::UUIDOID, Some(call_id.to_owned())),
        Bind::int8(Some(admission.token_id)),
        Bind::text(cut(&admission.tool)),
        Bind::bytes(&Sha256::digest(admission.arguments.as_bytes())),
    ];
    !owner::read(ATTEMPT_EXISTS, &binds).is_empty()
}

/// How a call ended.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// `ok` or a code of the error table.
    pub code: &'static str,
    /// Who answered, or was asked: `sql` or `odoo`.
    pub engine: Option<&'static str>,
    /// Records, rows or groups.
    pub row_count: Option<i64>,
    /// Bytes of the answer.
    pub byte_count: Option<i64>,
    /// The server's words for an internal error.
    pub server_error: Option<String>,
}

impl Outcome {
    /// Of a call that was answered.
    pub(crate) fn of_answer(answer: &Answer) -> Self {
        Outcome {
            code: "ok",
            engine: Some("sql"),
            row_count: i64::try_from(answer.row_count).ok(),
            byte_count: i64::try_from(answer.json.len()).ok(),
            server_error: None,
        }
    }

    /// Of a call that was refused in our own words.
    pub(crate) fn of_error(error: &Error) -> Self {
        Outcome {
            code: error.code.name(),
            ..Outcome::default()
        }
    }

    /// Writes it without waiting for the disk. On a standby there is nowhere to write it.
    pub(crate) fn write(&self, call_id: &str, duration: Duration) {
        if native::in_recovery() {
            return;
        }
        settings::set_for_transaction(c"synchronous_commit", c"off");
        self.write_here(call_id, duration);
    }

    /// Writes it with whatever else the transaction does.
    pub(crate) fn write_here(&self, call_id: &str, duration: Duration) {
        owner::run(
            OUTCOME_INSERT,
            &[
                Bind::new(pg_sys::UUIDOID, Some(call_id.to_owned())),
                Bind::text(self.code),
                Bind::new(pg_sys::TEXTOID, self.engine.map(str::to_owned)),
                Bind::int8(self.row_count),
                Bind::int8(self.byte_count),
                Bind::new(
                    pg_sys::FLOAT8OID,
                    Some((duration.as_secs_f64() * 1000.0).to_string()),
                ),
                Bind::new(pg_sys::TEXTOID, self.server_error.clone()),
            ],
        );
    }
}

/// Counts a call without a valid token, with no row of its own and no wait for the disk.
pub(crate) fn count_refusal(client_address: Option<String>) {
    settings::set_for_transaction(c"synchronous_commit", c"off");
    owner::run(REFUSAL_COUNT, &[Bind::new(pg_sys::INETOID, client_address)]);
}

/// The model that the arguments name, if they can be read at all.
fn model_of(arguments: &str) -> Option<String> {
    if arguments.len() > PARSED_LENGTH {
        return None;
    }
    // read as the tool reads them: of a key that comes twice the last one counts
    let arguments: serde_json::Value = serde_json::from_str(arguments).ok()?;
    arguments["model"].as_str().map(cut)
}

fn cut(name: &str) -> String {
    name.chars()
        .filter(|character| *character != '\0')
        .take(NAME_LENGTH)
        .collect()
}
