//! What `admit` leaves for `run`: once, in this backend, after its transaction is committed.

use crate::exec::native;
use crate::govern::token::TokenHash;
use pgrx::{PgXactCallbackEvent, pg_sys, register_xact_callback};
use std::cell::RefCell;

/// A call that may be run.
#[derive(Debug)]
pub(crate) struct Admission {
    /// Only the same call_id takes it.
    pub call_id: String,
    /// The token it was admitted with.
    pub token_id: i64,
    /// The same by its hash, to be looked at again.
    pub token_hash: TokenHash,
    /// What to run.
    pub tool: String,
    /// With what.
    pub arguments: String,
    role: pg_sys::Oid,
    is_committed: bool,
}

thread_local! {
    static PENDING: RefCell<Option<Admission>> = const { RefCell::new(None) };
}

/// Leaves an admission. It counts from the commit of this transaction on: what could be rolled
/// back would let an answer out without its entry.
pub(crate) fn leave(
    call_id: String,
    token_id: i64,
    token_hash: TokenHash,
    tool: String,
    arguments: String,
) {
    PENDING.set(Some(Admission {
        call_id,
        token_id,
        token_hash,
        tool,
        arguments,
        role: native::current_role(),
        is_committed: false,
    }));
    register_xact_callback(PgXactCallbackEvent::Commit, || {
        PENDING.with_borrow_mut(|pending| {
            if let Some(admission) = pending {
                admission.is_committed = true;
            }
        });
    });
    register_xact_callback(PgXactCallbackEvent::Abort, || PENDING.set(None));
}

/// Takes the admission of that call, if there is one. Whatever was left is gone afterwards.
pub(crate) fn take(call_id: &str) -> Option<Admission> {
    PENDING.take().filter(|admission| {
        admission.is_committed
            && admission.call_id == call_id
            && admission.role == native::current_role()
    })
}
