//! Statements on our own tables, run as the role that owns them.

use super::plan::{Bind, Plan, Row, connected};
use super::{native, role};

/// Runs a named statement on private tables. Their owner is whom `setup` made, or, before it, the
/// superuser who created the extension.
pub(crate) fn run(text: &'static str, binds: &[Bind]) -> Vec<Row> {
    let Some(owner) = native::relation_owner("odoo_mcp_private", "installation") else {
        panic!("the extension's tables are not there");
    };
    role::acting_as(owner, || connected(|| Plan::kept(text, binds).write(binds)))
}

/// The same, reading in the caller's snapshot and writing nothing: works on a standby.
pub(crate) fn read(text: &'static str, binds: &[Bind]) -> Vec<Row> {
    let Some(owner) = native::relation_owner("odoo_mcp_private", "installation") else {
        panic!("the extension's tables are not there");
    };
    let mut rows = Vec::new();
    let outcome = role::acting_as(owner, || {
        connected(|| {
            Plan::kept(text, binds).read(binds, &mut |row| {
                rows.push(row);
                Ok(())
            })
        })
    });
    assert!(outcome.is_ok(), "collecting rows does not fail");
    rows
}
