//! Whether a relation may be touched at all.
//!
//! Odoo's role owns what we read. A view, a policy, a column type, an expression index: each is
//! code of its owner that would run as the reading role. So a statement is analysed, which locks
//! what it names and runs nothing, then each relation it depends on is checked, then it is planned.

use super::native;
use super::plan::{Bind, Plan, Row};
use super::read_only::Source;
use odoo_compiler::catalog::Table;
use odoo_compiler::error::{Code, Error, Result};
use pgrx::pg_sys;
use std::cell::RefCell;
use std::collections::HashSet;

const PROBLEM: &str = include_str!("../../../sql/statements/relation_problem.sql");

thread_local! {
    /// Relations found harmless, with the roles that were asked for. PostgreSQL's own invalidation
    /// clears it: whatever changes the verdict touches the relation's cache entry, and its message
    /// is taken in when the relation is locked.
    static HARMLESS: RefCell<HashSet<(u32, u32, u32)>> = RefCell::default();
}

/// The relation, or every one for an invalid oid, is to be checked again.
pub(super) fn forget(relation: pg_sys::Oid) {
    HARMLESS.with_borrow_mut(|known| match relation {
        pg_sys::InvalidOid => known.clear(),
        relation => known.retain(|(oid, ..)| *oid != relation.to_u32()),
    });
}

/// Locks relations against change until the (sub)transaction ends; waits within lock_timeout.
pub(crate) fn lock(relations: &[pg_sys::Oid]) {
    for relation in relations {
        // SAFETY: a lock on an oid, whether or not there is such a relation
        unsafe { pg_sys::LockRelationOid(*relation, pg_sys::AccessShareLock as i32) };
    }
}

/// Locks a relation for rows to be written, which keeps its definition as it is until the (sub)transaction ends. Whether it
/// is locked; it always is where `waits`, or lock_timeout has ended the wait.
pub(super) fn lock_for_writing(relation: pg_sys::Oid, waits: bool) -> bool {
    let mode = pg_sys::RowExclusiveLock as i32;
    // SAFETY: a lock on an oid, whether or not there is such a relation
    unsafe {
        if waits {
            pg_sys::LockRelationOid(relation, mode);
            return true;
        }
        pg_sys::ConditionalLockRelationOid(relation, mode)
    }
}

/// The same for a relation by its name.
pub(crate) fn check_named(table: &Table, source: &Source) -> Result<()> {
    match native::relation_oid(&table.schema, &table.name) {
        Some(relation) => check(relation, source),
        None => Err(refusal(&table.name, "is gone")),
    }
}

/// Locks the relation and refuses it unless reading it runs nobody's code.
pub(crate) fn check(relation: pg_sys::Oid, source: &Source) -> Result<()> {
    if relation.to_u32() < pg_sys::FirstNormalObjectId {
        return Ok(());
    }
    lock(&[relation]);
    let key = (
        relation.to_u32(),
        source.role.to_u32(),
        source.odoo_role.to_u32(),
    );
    if HARMLESS.with_borrow(|known| known.contains(&key)) {
        return Ok(());
    }
    match problem(relation, source)? {
        None => {
            HARMLESS.with_borrow_mut(|known| known.insert(key));
            Ok(())
        }
        Some(problem) => Err(refusal(&name(relation), &problem)),
    }
}

fn refusal(relation: &str, problem: &str) -> Error {
    Error::new(Code::NotSupported, format!("{relation} {problem}"))
        .detail("reading it could run code of whoever owns it, so it is not read")
        .hint("a DBA runs: select odoo_mcp.check_grants(); where that does not help, looks at the table")
}

/// Refuses functions that did not come with PostgreSQL, except the one that is trusted.
pub(crate) fn check_functions(hashes: &[u32], trusted: Option<pg_sys::Oid>) -> Result<()> {
    let trusted = trusted.map(|function| {
        let null = pg_sys::Datum::null();
        // SAFETY: only computes a hash of the key
        unsafe {
            pg_sys::GetSysCacheHashValue(
                pg_sys::SysCacheIdentifier::PROCOID as i32,
                function.into(),
                null,
                null,
                null,
            )
        }
    });
    if hashes.iter().all(|hash| Some(*hash) == trusted) {
        return Ok(());
    }
    Err(Error::new(Code::NotSupported, "the statement would call a function that is not PostgreSQL's own")
        .hint("a DBA looks for functions and operators in Odoo's schema that take the place of PostgreSQL's"))
}

/// The state after the lock was taken, which the call's snapshot may not show: a snapshot of its own.
fn problem(relation: pg_sys::Oid, source: &Source) -> Result<Option<String>> {
    let binds = [
        Bind::oid(relation),
        Bind::text(source.odoo_schema.clone()),
        Bind::oid(source.odoo_role),
    ];
    let mut problem = Some(String::from("is gone"));
    let outcome = read_latest(Plan::kept(PROBLEM, &binds), &binds, &mut |row| {
        problem = row.into_iter().next().flatten();
        Ok(())
    });
    outcome.map(|()| problem)
}

/// Reads what is there now, whatever the call's snapshot shows.
pub(super) fn read_latest(
    plan: Plan,
    binds: &[Bind],
    each: &mut dyn FnMut(Row) -> Result<()>,
) -> Result<()> {
    // SAFETY: pushed and popped around one read of pg_catalog; an error ends the subtransaction
    unsafe { pg_sys::PushActiveSnapshot(pg_sys::GetLatestSnapshot()) };
    let outcome = plan.read(binds, each);
    // SAFETY: as above
    unsafe { pg_sys::PopActiveSnapshot() };
    outcome
}

fn name(relation: pg_sys::Oid) -> String {
    // SAFETY: a look-up in the catalog cache; the string is copied before it is freed
    unsafe {
        let name = pg_sys::get_rel_name(relation);
        if name.is_null() {
            return String::from("a relation");
        }
        let owned = std::ffi::CStr::from_ptr(name)
            .to_string_lossy()
            .into_owned();
        pg_sys::pfree(name.cast());
        owned
    }
}
