//! The only catch.
//!
//! Catching an error without a subtransaction leaves its half-done work in the transaction, locks,
//! snapshots and written rows included; so there is one around whatever may be caught.

use super::{invalidation, timeout};
use odoo_compiler::error::{Code, Error};
use pgrx::pg_sys;
use pgrx::pg_sys::panic::CaughtError;
use pgrx::{PgSqlErrorCode, PgTryBuilder};
use std::panic::AssertUnwindSafe;
use std::time::Duration;

/// Why work did not come to its end.
pub(crate) enum Failure {
    /// It said no itself, in words for the caller.
    Expected(Error),
    /// The server or a fault of ours stopped it; this text is for the log, never for the caller.
    Unexpected(String),
}

/// Runs `work` in a subtransaction and within `budget`. Whatever it did is undone unless it
/// succeeds. A cancel by anybody but our own timer is not caught.
pub(crate) fn contain<T>(
    budget: Duration,
    work: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Failure> {
    // SAFETY: reads globals of the backend, to be put back below as PL/pgSQL does
    let (memory, owner) = unsafe { (pg_sys::CurrentMemoryContext, pg_sys::CurrentResourceOwner) };
    // SAFETY: within a transaction; the closing call is below, on every way out
    unsafe {
        pg_sys::BeginInternalSubTransaction(std::ptr::null());
        pg_sys::MemoryContextSwitchTo(memory);
    }
    timeout::start(budget);
    let outcome = PgTryBuilder::new(AssertUnwindSafe(|| Ok(work())))
        .catch_others(|caught| Err(Box::new(caught)))
        .execute();
    let has_timed_out = timeout::stop(matches!(&outcome, Err(caught) if is_cancel(caught)));
    let is_done = matches!(outcome, Ok(Ok(_)));
    // SAFETY: ends the subtransaction begun above and puts back what it changed
    unsafe {
        if is_done {
            pg_sys::ReleaseCurrentSubTransaction();
        } else {
            pg_sys::RollbackAndReleaseCurrentSubTransaction();
        }
        pg_sys::MemoryContextSwitchTo(memory);
        pg_sys::CurrentResourceOwner = owner;
    }
    match outcome {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(Failure::Expected(error)),
        Err(caught) if is_cancel(&caught) => {
            if has_timed_out {
                return Err(Failure::Expected(timed_out(budget)));
            }
            caught.rethrow()
        }
        Err(caught) => Err(translate(&caught)),
    }
}

fn is_cancel(caught: &CaughtError) -> bool {
    sqlstate(caught) == PgSqlErrorCode::ERRCODE_QUERY_CANCELED
}

fn sqlstate(caught: &CaughtError) -> PgSqlErrorCode {
    match caught {
        CaughtError::PostgresError(report) | CaughtError::ErrorReport(report) => {
            report.sql_error_code()
        }
        CaughtError::RustPanic { .. } => PgSqlErrorCode::ERRCODE_INTERNAL_ERROR,
    }
}

fn timed_out(budget: Duration) -> Error {
    Error::new(Code::TimedOut, "the call took longer than its time budget")
        .detail(format!("the budget is {} s", budget.as_secs_f64()))
        .hint("narrow the domain or the period, or ask for fewer groups")
}

/// The few errors of the server that say something to the caller; the rest stays in the log.
fn translate(caught: &CaughtError) -> Failure {
    match sqlstate(caught) {
        PgSqlErrorCode::ERRCODE_LOCK_NOT_AVAILABLE => Failure::Expected(
            Error::new(
                Code::TimedOut,
                "a table that the call reads is locked by another session",
            )
            .hint("Odoo may be updating modules; try again in a minute"),
        ),
        PgSqlErrorCode::ERRCODE_CONFIGURATION_LIMIT_EXCEEDED => Failure::Expected(
            Error::new(
                Code::OverBudget,
                "the call needs more temporary disk space than its budget",
            )
            .hint("narrow the domain, or ask for fewer groups or fields"),
        ),
        PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE => {
            // a right was taken away just when it was looked at: a commit shows before its news come
            invalidation::distrust();
            Failure::Expected(
                Error::new(Code::NotSupported, "the reading role may not read what the call needs")
                    .detail("it is a column that holds a secret, a new column or table, or a table with row security")
                    .hint("leave secrets out; for what is new a DBA runs: select odoo_mcp.check_grants()"),
            )
        }
        // found while matching: a row that the pattern does not get as far with fails neither here nor in Odoo
        PgSqlErrorCode::ERRCODE_INVALID_ESCAPE_SEQUENCE => Failure::Expected(
            Error::new(
                Code::InvalidDomain,
                "a pattern ends with a backslash, which escapes nothing",
            )
            .hint(r"write \\ for a backslash itself"),
        ),
        PgSqlErrorCode::ERRCODE_FEATURE_NOT_SUPPORTED => Failure::Expected(
            Error::new(
                Code::NotSupported,
                "a table that the call reads has code of its owner's in an index or a type",
            )
            .detail("it would run as the reading role, so the table is not read")
            .hint("a DBA looks for functions in indexes and statistics of Odoo's tables"),
        ),
        state => Failure::Unexpected(match caught {
            CaughtError::PostgresError(report) | CaughtError::ErrorReport(report) => {
                format!("{state:?}: {}", report.message())
            }
            CaughtError::RustPanic { ereport, .. } => format!("panic: {}", ereport.message()),
        }),
    }
}
