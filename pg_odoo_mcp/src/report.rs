//! Our errors as PostgreSQL's, for callers in psql: the single place.

use odoo_compiler::error::{Code, Error};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

/// The report of `error`: its nearest SQLSTATE, our stable code in DETAIL.
pub(crate) fn report(error: Error) -> ErrorReport {
    let detail = match &error.detail {
        Some(detail) => format!("code: {}. {detail}", error.code.name()),
        None => format!("code: {}.", error.code.name()),
    };
    let report = ErrorReport::new(sqlstate(error.code), error.message, "");
    let report = report.set_detail(detail);
    match error.hint {
        Some(hint) => report.set_hint(in_sql(hint)),
        None => report,
    }
}

/// A hint names tools, and where SQL is spoken these are functions of the same names.
fn in_sql(hint: String) -> String {
    [
        "list_models",
        "describe_model",
        "search",
        "count",
        "read_group",
        "time_series",
        "pivot",
        "context",
    ]
    .iter()
    .fold(hint, |hint, name| {
        hint.replace(&format!("odoo_{name}"), &format!("odoo_mcp.{name}()"))
    })
}

/// Raises `error`.
pub(crate) fn raise(error: Error) -> ! {
    report(error).report(PgLogLevel::ERROR);
    unreachable!("reporting at ERROR does not return")
}

/// The value, or the error raised.
pub(crate) fn or_raise<T>(result: Result<T, Error>) -> T {
    result.unwrap_or_else(|error| raise(error))
}

// pgrx's enum is closed, so the five characters of the error table are packed as PostgreSQL does
fn sqlstate(code: Code) -> PgSqlErrorCode {
    let packed = code
        .sqlstate()
        .bytes()
        .enumerate()
        .fold(0i32, |sum, (place, byte)| {
            sum + ((i32::from(byte) - i32::from(b'0')) & 0x3f) * (1 << (6 * place))
        });
    PgSqlErrorCode::from(packed)
}
