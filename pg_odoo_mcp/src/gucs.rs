//! Every setting of the extension.

use pgrx::{GucContext, GucFlags, GucRegistry, GucSetting};
use std::time::Duration;

/// Milliseconds a call may take.
static CALL_TIMEOUT_MS: GucSetting<i32> = GucSetting::<i32>::new(30_000);
/// Kilobytes of result text a call may read.
static ANSWER_BUDGET_KB: GucSetting<i32> = GucSetting::<i32>::new(8 * 1024);
/// Kilobytes of temporary files a call may write.
static TEMP_FILE_BUDGET_KB: GucSetting<i32> = GucSetting::<i32>::new(1024 * 1024);
/// Milliseconds a call waits for a lock on one of Odoo's tables.
static LOCK_TIMEOUT_MS: GucSetting<i32> = GucSetting::<i32>::new(2_000);

/// Defines the settings and keeps their prefix for us.
pub(crate) fn init() {
    for (name, short, setting, lowest, highest, unit) in [
        (
            c"pg_odoo_mcp.call_timeout",
            c"Time one call may take.",
            &CALL_TIMEOUT_MS,
            1,
            3_600_000,
            GucFlags::UNIT_MS,
        ),
        (
            c"pg_odoo_mcp.answer_budget",
            c"Result text one call may read.",
            &ANSWER_BUDGET_KB,
            1,
            1024 * 1024,
            GucFlags::UNIT_KB,
        ),
        (
            c"pg_odoo_mcp.temp_file_budget",
            c"Temporary files one call may write.",
            &TEMP_FILE_BUDGET_KB,
            0,
            i32::MAX,
            GucFlags::UNIT_KB,
        ),
        (
            c"pg_odoo_mcp.lock_timeout",
            c"Time one call waits for a lock on a table of Odoo's.",
            &LOCK_TIMEOUT_MS,
            1,
            3_600_000,
            GucFlags::UNIT_MS,
        ),
    ] {
        GucRegistry::define_int_guc(
            name,
            short,
            short,
            setting,
            lowest,
            highest,
            GucContext::Suset,
            unit,
        );
    }
    #[cfg(not(any(feature = "pg13", feature = "pg14")))]
    crate::exec::settings::reserve_prefix(c"pg_odoo_mcp");
}

/// Time one call may take.
pub(crate) fn call_timeout() -> Duration {
    Duration::from_millis(CALL_TIMEOUT_MS.get().unsigned_abs().into())
}

/// Bytes of result text one call may read.
pub(crate) fn answer_budget() -> usize {
    ANSWER_BUDGET_KB.get().unsigned_abs() as usize * 1024
}

/// `temp_file_limit` for a call, in the unit that PostgreSQL has it in: kB.
pub(crate) fn temp_file_limit() -> String {
    TEMP_FILE_BUDGET_KB.get().to_string()
}

/// `lock_timeout` for a call, in the unit that PostgreSQL has it in: ms.
pub(crate) fn lock_timeout() -> String {
    LOCK_TIMEOUT_MS.get().to_string()
}
