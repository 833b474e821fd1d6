//! While Odoo's tables are read, no function runs that did not come with PostgreSQL.
//!
//! Relations are checked before a statement is planned, but whoever owns them may add an index in
//! between, and the planner folds constant calls in its expression. So PostgreSQL is asked to say
//! before it executes a function.

use pgrx::{PgSqlErrorCode, ereport, pg_guard, pg_sys};
use std::cell::Cell;
use std::ffi::c_void;
use std::sync::OnceLock;

/// The hook that was there before.
static PREVIOUS: OnceLock<pg_sys::object_access_hook_type> = OnceLock::new();

thread_local! {
    /// How many readers are active.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    /// The one function that may be called all the same.
    static TRUSTED: Cell<pg_sys::Oid> = const { Cell::new(pg_sys::InvalidOid) };
}

/// Puts the hook in, before whatever is there.
pub(crate) fn init() {
    // SAFETY: one thread, once, when the library is loaded
    unsafe {
        let previous = pg_sys::object_access_hook;
        if PREVIOUS.set(previous).is_ok() {
            pg_sys::object_access_hook = Some(on_access);
        }
    }
}

/// The guard is up until this is dropped, by an error too.
pub(crate) struct FunctionGuard(());

impl FunctionGuard {
    pub(crate) fn up() -> Self {
        DEPTH.set(DEPTH.get() + 1);
        FunctionGuard(())
    }
}

impl Drop for FunctionGuard {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get().saturating_sub(1));
        TRUSTED.set(pg_sys::InvalidOid);
    }
}

/// This function may be called until the guard is down.
pub(crate) fn trust(function: pg_sys::Oid) {
    TRUSTED.set(function);
}

#[pg_guard]
unsafe extern "C-unwind" fn on_access(
    access: pg_sys::ObjectAccessType::Type,
    class: pg_sys::Oid,
    object: pg_sys::Oid,
    sub_object: i32,
    argument: *mut c_void,
) {
    if let Some(Some(previous)) = PREVIOUS.get() {
        // SAFETY: handed on as it came
        unsafe { previous(access, class, object, sub_object, argument) }
    }
    let is_foreign = access == pg_sys::ObjectAccessType::OAT_FUNCTION_EXECUTE
        && object.to_u32() >= pg_sys::FirstNormalObjectId
        && object != TRUSTED.get();
    if is_foreign && DEPTH.get() > 0 {
        ereport!(
            ERROR,
            PgSqlErrorCode::ERRCODE_FEATURE_NOT_SUPPORTED,
            "a function that is not PostgreSQL's own was about to run as the reading role"
        );
    }
}
