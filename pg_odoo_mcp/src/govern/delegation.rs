//! Calls that Odoo is to answer, from the compiler's word to the front's report.

use crate::exec::plan::Bind;
use crate::exec::read_only::Reader;
use crate::exec::subxact::{self, Failure};
use crate::exec::{native, owner, settings};
use crate::govern::audit::Outcome;
use crate::govern::installation::Installation;
use crate::govern::perform::{answer_within_budget, internal};
use crate::govern::token;
use crate::gucs;
use odoo_compiler::answer::Answer;
use odoo_compiler::delegate::{self, Delegation, Errand, Protocol, Shape};
use odoo_compiler::error::{Code, Error, Result};
use pgrx::pg_sys;
use std::time::{Duration, Instant};

const INSERT: &str = include_str!("../../../sql/statements/delegation_insert.sql");
const TAKE: &str = include_str!("../../../sql/statements/delegation_take.sql");
const TOKEN: &str = include_str!("../../../sql/statements/delegation_token.sql");
const KEY_COUNT: &str = include_str!("../../../sql/statements/delegation_key_count.sql");
const SWEEP: &str = include_str!("../../../sql/statements/delegation_sweep.sql");
const RPC_MODULE: &str = include_str!("../../../sql/statements/rpc_module.sql");

/// What the front may take besides Odoo's time: for a key, and to report.
const GRACE: Duration = Duration::from_secs(30);
/// How long an answer of SQL's waits for the names that it lacks; without them they are null, with a warning.
const NAMES: Duration = Duration::from_secs(5);

/// How much longer a report or a shape may be than the answers in it.
const REPORT_OVERHEAD: usize = 64 * 1024;

/// What may become of a call that SQL does not answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Way<'a> {
    /// A front waits that can ask Odoo; the token that the call came with.
    ThroughFront(&'a Installation, i64),
    /// A person in psql waits.
    Psql,
    /// The call is one of a batch, which came so.
    InBatch(&'a Way<'a>),
}

/// A call that Odoo can be asked.
pub(crate) struct Asked {
    token_id: i64,
    protocol: Protocol,
    delegation: Delegation,
}

/// Which of Odoo's protocols answers in this database.
fn protocol(reader: &Reader<'_>) -> Result<Protocol> {
    Ok(match reader.named(RPC_MODULE, &[])?.is_empty() {
        true => Protocol::Jsonrpc,
        false => Protocol::Json2,
    })
}

impl Way<'_> {
    /// Whether Odoo can be asked.
    pub(crate) fn is_open(&self) -> bool {
        match self {
            // what only Odoo answers is refused, then; names alone are left open, and the answer says so
            Way::InBatch(way) => way.is_open(),
            way => way.closed().is_none(),
        }
    }

    /// Why Odoo can't be asked, and what to do where somebody wants it.
    pub(crate) fn closed(&self) -> Option<&'static str> {
        match self {
            Way::Psql => Some("the front (odoo-mcp) has Odoo answer this"),
            Way::ThroughFront(installation, _) if installation.minter.is_none() => Some(
                "Odoo could answer, but delegation is switched off here; a DBA who wants it runs: select odoo_mcp.setup(delegation => true)",
            ),
            // as on every standby: the call is remembered in a table
            Way::ThroughFront(..) if native::is_read_only() => {
                Some("Odoo could answer, which only the primary can have done")
            }
            Way::ThroughFront(..) => None,
            Way::InBatch(way) => way.closed().or(Some(
                "Odoo can answer, and not in the snapshot of a batch: make this call alone",
            )),
        }
    }

    /// What Odoo is to be asked; refused where nobody can, in SQL's own words.
    pub(crate) fn asked(&self, reader: &Reader<'_>, delegation: Delegation) -> Result<Asked> {
        match (self, self.closed()) {
            (Way::ThroughFront(_, token_id), None) => Ok(Asked {
                token_id: *token_id,
                protocol: protocol(reader)?,
                delegation,
            }),
            (_, way_out) => {
                let refusal = delegation.refusal;
                let hints: Vec<&str> = refusal.hint.as_deref().into_iter().chain(way_out).collect();
                let hint = hints.join("; ");
                Err(refusal.hint(hint))
            }
        }
    }
}

impl Asked {
    /// Remembers the call until the front reports; what the front is to do, as JSON.
    pub(crate) fn begin(self, call_id: &str, user_id: i64) -> Result<String> {
        let Asked {
            token_id,
            protocol,
            delegation,
        } = self;
        let is_for_names = delegation.shape.is_for_names();
        let timeout = match is_for_names {
            true => gucs::delegation_timeout().min(NAMES),
            false => gucs::delegation_timeout(),
        };
        let errand = Errand {
            protocol,
            database: native::database_name(),
            user_id,
            is_for_names,
            timeout_ms: u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX),
            byte_limit: gucs::answer_budget(),
            requests: delegation.requests,
        };
        let shape = serde_json::to_string(&delegation.shape).map_err(unreadable)?;
        check_length(shape.len())?;
        let errand = serde_json::to_string(&errand).map_err(unreadable)?;
        let deadline = (timeout + GRACE).as_secs_f64();
        owner::run(
            INSERT,
            &[
                Bind::uuid(call_id),
                Bind::int8(Some(token_id)),
                Bind::new(pg_sys::JSONOID, Some(shape)),
                Bind::new(pg_sys::FLOAT8OID, Some(deadline.to_string())),
            ],
        );
        Ok(format!(r#"{{"delegate":{errand}}}"#))
    }
}

fn unreadable(error: serde_json::Error) -> Error {
    Error::new(Code::Internal, "the delegation can't be written down").detail(error.to_string())
}

/// The token of a call that waits, where this session's role was told of it and there is still time.
pub(crate) fn waiting_token(call_id: &str) -> Option<i64> {
    let row = owner::read(TOKEN, &[Bind::uuid(call_id)])
        .into_iter()
        .next()?;
    row.into_iter().next()??.parse().ok()
}

/// Counts a key for a call that waits: a front that Odoo refused one asks once more, and nobody oftener.
pub(crate) fn count_key(call_id: &str) -> Result<()> {
    if owner::run(KEY_COUNT, &[Bind::uuid(call_id)]).is_empty() {
        return Err(
            Error::new(Code::NotPermitted, "no more keys are made for this call")
                .hint("a delegated call has one key, and another where Odoo refuses the first"),
        );
    }
    Ok(())
}

/// How a report ends.
pub(crate) enum Ending {
    /// With an answer, or the error to be told.
    Said(Result<Answer>),
    /// The token is no longer good for one.
    Unauthorized,
}

/// Takes the call that waits and makes its answer of what the front reports; also writes how it ended.
/// Whatever comes of it, no second report is heard.
pub(crate) fn end(call_id: &str, report: &str) -> Ending {
    let began = Instant::now();
    let taken = owner::run(TAKE, &[Bind::uuid(call_id)]);
    let Some([token_id, shape, elapsed_ms, is_in_time]) = taken
        .into_iter()
        .next()
        .and_then(|row| <[Option<String>; 4]>::try_from(row).ok())
    else {
        return Ending::Said(Err(not_waiting()));
    };
    let elapsed = elapsed_ms.and_then(|ms| ms.parse().ok()).unwrap_or(0.0);
    let elapsed = Duration::try_from_secs_f64(f64::max(elapsed, 0.0) / 1000.0).unwrap_or_default();
    let write = |outcome: Outcome| {
        let outcome = Outcome {
            engine: outcome.engine.or(Some("odoo")),
            ..outcome
        };
        outcome.write(call_id, elapsed + began.elapsed());
    };
    let is_live = token_id
        .and_then(|id| id.parse().ok())
        .is_some_and(token::is_live);
    if !is_live {
        write(Outcome {
            code: "unauthorized",
            ..Outcome::default()
        });
        return Ending::Unauthorized;
    }
    let made = subxact::contain(gucs::call_timeout(), || {
        if is_in_time.as_deref() != Some("true") {
            return Err(too_late());
        }
        make(shape.as_deref().unwrap_or_default(), report)
    });
    let (answer, outcome) = match made {
        Ok((answer, engine)) => {
            let outcome = Outcome {
                engine: Some(engine),
                ..Outcome::of_answer(&answer)
            };
            (Ok(answer), outcome)
        }
        Err(failure) => fault(call_id, failure),
    };
    write(outcome);
    Ending::Said(answer)
}

/// A delegation has few requests, and not every one of them is answered at length; nor are the places for names
/// in an answer that waits for them.
fn check_length(length: usize) -> Result<()> {
    let budget = gucs::answer_budget();
    if length <= 2 * budget + REPORT_OVERHEAD {
        return Ok(());
    }
    Err(
        Error::new(Code::OverBudget, "the answer is larger than its budget")
            .detail(format!("it is {length} bytes, the budget {budget}"))
            .hint("ask for fewer fields, groups or periods, or a smaller limit"),
    )
}

/// The answer, and who it is of.
fn make(shape: &str, report: &str) -> Result<(Answer, &'static str)> {
    check_length(report.len())?;
    let shape: Shape = serde_json::from_str(shape).map_err(|error| {
        Error::new(Code::Internal, "the delegation can't be read back").detail(error.to_string())
    })?;
    let outcome = serde_json::from_str(report).map_err(|error| {
        Error::new(
            Code::InvalidArguments,
            "the outcome is not what a front reports",
        )
        // where in it, and nothing of it
        .detail(format!("line {} column {}", error.line(), error.column()))
        .hint("front and extension must be of one release: odoo-mcp doctor")
    })?;
    let answer = answer_within_budget(delegate::complete(&shape, outcome)?)?;
    Ok((answer, shape.engine()))
}

/// What is told and what is written down of a failure.
pub(crate) fn fault(call_id: &str, failure: Failure) -> (Result<Answer>, Outcome) {
    let failure = match failure {
        // said by ourselves, and as little for the caller
        Failure::Expected(error) if error.code == Code::Internal => {
            Failure::Unexpected(error.to_string())
        }
        other => other,
    };
    match failure {
        Failure::Expected(error) => {
            let outcome = Outcome {
                code: error.code.name(),
                ..Outcome::default()
            };
            (Err(error), outcome)
        }
        Failure::Unexpected(text) => {
            pgrx::log!("odoo_mcp: call {call_id} failed: {text}");
            let outcome = Outcome {
                code: Code::Internal.name(),
                server_error: Some(text),
                ..Outcome::default()
            };
            (Err(internal(call_id)), outcome)
        }
    }
}

/// Forgets calls whose fronts never reported.
pub(crate) fn sweep() {
    owner::run(SWEEP, &[]);
}

/// The commit of this transaction waits for nothing: what is lost with the server is of no use after.
pub(crate) fn commit_without_waiting() {
    settings::set_for_transaction(c"synchronous_commit", c"off");
}

/// That nothing waits under that call_id.
pub(crate) fn not_waiting() -> Error {
    Error::new(
        Code::InvalidArguments,
        "no call waits for Odoo under this call_id",
    )
    .hint("a delegated call is completed once, in time, by the role that it was handed to")
}

fn too_late() -> Error {
    Error::new(Code::TimedOut, "Odoo's answer came too late")
        .detail(format!(
            "it has {} s",
            gucs::delegation_timeout().as_secs_f64()
        ))
        .hint("narrow the domain or ask for less; try again if Odoo is busy")
}
