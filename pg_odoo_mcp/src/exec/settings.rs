//! A GUC nest level of our own, so that no setting of session, role or database reaches a statement.

use crate::gucs;
use pgrx::pg_sys;
use std::ffi::{CStr, CString};

/// What may change what a statement means, and what it may cost. A database owner can set most of
/// these for every session by ALTER DATABASE.
const PINNED: &[(&CStr, &CStr)] = &[
    (c"search_path", c"pg_catalog, pg_temp"),
    // an error instead of somebody's policy functions
    (c"row_security", c"off"),
    (c"DateStyle", c"ISO, YMD"),
    (c"IntervalStyle", c"postgres"),
    (c"TimeZone", c"UTC"),
    (c"extra_float_digits", c"1"),
    (c"bytea_output", c"hex"),
    (c"array_nulls", c"on"),
    (c"standard_conforming_strings", c"on"),
    (c"transform_null_equals", c"off"),
    // it would fold CHECK expressions, which are code of the table's owner
    (c"constraint_exclusion", c"off"),
    // a limit here makes GIN scans return a random part of the rows
    (c"gin_fuzzy_search_limit", c"0"),
    (c"xmloption", c"content"),
    (c"xmlbinary", c"base64"),
    (c"lc_numeric", c"C"),
    (c"lc_monetary", c"C"),
    (c"lc_time", c"C"),
    // what a statement may take to be planned and run is not for the database's owner to raise
    (c"join_collapse_limit", c"8"),
    (c"from_collapse_limit", c"8"),
    (c"geqo", c"on"),
    (c"geqo_threshold", c"12"),
    // in kB, as PostgreSQL has it
    (c"work_mem", c"32768"),
    (c"hash_mem_multiplier", c"2"),
    // compiling costs more than it saves at our sizes
    (c"jit", c"off"),
];

/// Opens a nest level with everything pinned; [`leave`] it with the returned number. An error in
/// between restores the settings with its (sub)transaction.
pub(crate) fn enter() -> i32 {
    // SAFETY: a plain counter of the backend, within a transaction
    let level = unsafe { pg_sys::NewGUCNestLevel() };
    for (name, value) in PINNED {
        set(name, value, pg_sys::GucAction::GUC_ACTION_SAVE);
    }
    for (name, value) in [
        (c"lock_timeout", gucs::lock_timeout()),
        (c"temp_file_limit", gucs::temp_file_limit()),
    ] {
        let value = CString::new(value).unwrap_or_default();
        set(name, &value, pg_sys::GucAction::GUC_ACTION_SAVE);
    }
    level
}

/// Ends the nest level.
pub(crate) fn leave(level: i32) {
    // SAFETY: `level` came from `enter` and nothing deeper is open, as closures nest
    unsafe { pg_sys::AtEOXact_GUC(true, level) }
}

/// Sets a value until the nest level that is open is left.
pub(super) fn tighten(name: &CStr, value: &CStr) {
    set(name, value, pg_sys::GucAction::GUC_ACTION_SAVE);
}

/// Sets a value until the end of the transaction.
pub(crate) fn set_for_transaction(name: &CStr, value: &CStr) {
    set(name, value, pg_sys::GucAction::GUC_ACTION_LOCAL);
}

/// Sets a value until the end of the session, if the transaction is committed.
pub(crate) fn set_for_session(name: &CStr, value: &CStr) {
    set(name, value, pg_sys::GucAction::GUC_ACTION_SET);
}

fn set(name: &CStr, value: &CStr, action: pg_sys::GucAction::Type) {
    if is(name, value) {
        return;
    }
    // SAFETY: both strings end in NUL and outlive the call, which copies them
    unsafe {
        pg_sys::set_config_option(
            name.as_ptr(),
            value.as_ptr(),
            // some are for superusers; it is us who set them, not the caller
            pg_sys::GucContext::PGC_SUSET,
            pg_sys::GucSource::PGC_S_SESSION,
            action,
            true,
            0,
            false,
        );
    }
}

/// Whether it has that value already: the front's sessions begin with most of them.
fn is(name: &CStr, value: &CStr) -> bool {
    // SAFETY: the name ends in NUL; the text is the setting's own or static, and only compared here
    unsafe {
        let now = pg_sys::GetConfigOption(name.as_ptr(), true, false);
        !now.is_null() && CStr::from_ptr(now) == value
    }
}

/// No other library or SET may use names under `prefix`.
#[cfg(not(any(feature = "pg13", feature = "pg14")))]
pub(crate) fn reserve_prefix(prefix: &CStr) {
    // SAFETY: the string ends in NUL and is static
    unsafe { pg_sys::MarkGUCPrefixReserved(prefix.as_ptr()) }
}
