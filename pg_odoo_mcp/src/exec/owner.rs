//! Statements on our own tables, run as the role that owns them.

use super::plan::{Bind, Plan, Row, connected};
use super::{native, role};
use pgrx::{PgLogLevel, PgSqlErrorCode, pg_sys::panic::ErrorReport};

/// Runs a named statement on private tables. Their owner is whom `setup` made, or, before it, the
/// superuser who created the extension.
pub(crate) fn run(text: &'static str, binds: &[Bind]) -> Vec<Row> {
    if native::is_read_only() {
        refuse_writing();
    }
    let Some(owner) = native::relation_owner("odoo_mcp_private", "installation") else {
        panic!("the extension's tables are not there");
    };
    role::acting_as(owner, || connected(|| Plan::kept(text, binds).write(binds)))
}

/// PostgreSQL's own words would name neither the reason nor the way out.
fn refuse_writing() {
    let (message, hint) = if native::in_recovery() {
        (
            "this server is a standby: what is asked here is written down first, and nothing can be written",
            "connect to the primary",
        )
    } else {
        (
            "this transaction is read-only: what is asked here is written down first",
            "begin it with: begin read write; what makes it read-only is: show default_transaction_read_only",
        )
    };
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_READ_ONLY_SQL_TRANSACTION,
        message,
        "",
    )
    .set_hint(hint)
    .report(PgLogLevel::ERROR);
}

/// The same, reading in the caller's snapshot and writing nothing: works on a standby.
pub(crate) fn read(text: &'static str, binds: &[Bind]) -> Vec<Row> {
    read_with(binds, || Plan::kept(text, binds))
}

/// The same for statements that a session runs seldom: no plan of them is kept.
pub(crate) fn read_once(text: &'static str, binds: &[Bind]) -> Vec<Row> {
    read_with(binds, || Plan::prepare(text, binds))
}

fn read_with(binds: &[Bind], plan: impl FnOnce() -> Plan) -> Vec<Row> {
    let Some(owner) = native::relation_owner("odoo_mcp_private", "installation") else {
        panic!("the extension's tables are not there");
    };
    let mut rows = Vec::new();
    let outcome = role::acting_as(owner, || {
        connected(|| {
            plan().read(binds, &mut |row| {
                rows.push(row);
                Ok(())
            })
        })
    });
    assert!(outcome.is_ok(), "collecting rows does not fail");
    rows
}
