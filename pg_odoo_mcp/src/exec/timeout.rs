//! The time budget of a call: a timer of our own beside the session's statement_timeout.
//!
//! PostgreSQL keeps slots for timers of extensions, so the session's own timer is neither read nor
//! touched, and a cancel is ours exactly where our handler ran.

use pgrx::pg_sys;
use std::cell::Cell;
use std::ffi::c_int;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::Duration;

// the timers are not in pgrx's bindings
unsafe extern "C-unwind" {
    fn RegisterTimeout(id: c_int, handler: unsafe extern "C-unwind" fn()) -> c_int;
    fn enable_timeout_after(id: c_int, delay_ms: c_int);
    fn disable_timeout(id: c_int, keep_indicator: bool);
    // bound there, but behind a guard that has no place in a signal handler
    fn SetLatch(latch: *mut pg_sys::Latch);
}

/// Any number from USER_TIMEOUT on asks for the next free slot; its value differs by version.
const NEXT_FREE_SLOT: c_int = 64;

static SLOT: AtomicI32 = AtomicI32::new(-1);
static HAS_FIRED: AtomicBool = AtomicBool::new(false);

thread_local! {
    static IS_RUNNING: Cell<bool> = const { Cell::new(false) };
}

/// Our slot, taken when the first call needs it: timers of extensions belong to a backend.
fn slot() -> c_int {
    let slot = SLOT.load(Ordering::Relaxed);
    if slot >= 0 {
        return slot;
    }
    // SAFETY: the handler only sets flags; too few slots is FATAL, any other error goes up as a panic
    let slot = unsafe {
        pg_sys::ffi::pg_guard_ffi_boundary(|| RegisterTimeout(NEXT_FREE_SLOT, on_timeout))
    };
    SLOT.store(slot, Ordering::Relaxed);
    slot
}

// Runs in a signal handler: flags only, as PostgreSQL's own does for a cancel.
unsafe extern "C-unwind" fn on_timeout() {
    HAS_FIRED.store(true, Ordering::Relaxed);
    // SAFETY: flags that signal handlers set, and a latch that may be set from one
    unsafe {
        pg_sys::QueryCancelPending = 1;
        pg_sys::InterruptPending = 1;
        SetLatch(pg_sys::MyLatch);
    }
}

/// Starts the budget. Calls do not nest.
pub(crate) fn start(budget: Duration) {
    assert!(!IS_RUNNING.replace(true), "a call is timed already");
    HAS_FIRED.store(false, Ordering::Relaxed);
    let ms = c_int::try_from(budget.as_millis()).unwrap_or(c_int::MAX);
    let slot = slot();
    // SAFETY: the slot is registered
    unsafe { pg_sys::ffi::pg_guard_ffi_boundary(|| enable_timeout_after(slot, ms)) }
}

/// Stops it and says whether it ran out. A cancel that it asked for and nobody took is withdrawn,
/// so that it can't hit what comes next.
pub(crate) fn stop(was_cancelled: bool) -> bool {
    IS_RUNNING.set(false);
    let slot = slot();
    // SAFETY: the slot is registered
    unsafe { pg_sys::ffi::pg_guard_ffi_boundary(|| disable_timeout(slot, false)) };
    let has_fired = HAS_FIRED.swap(false, Ordering::Relaxed);
    if has_fired && !was_cancelled {
        // SAFETY: a flag of the backend
        unsafe { pg_sys::QueryCancelPending = 0 };
    }
    has_fired
}
