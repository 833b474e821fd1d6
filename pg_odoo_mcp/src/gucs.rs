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
/// Milliseconds that Odoo may take to answer a delegated call.
static DELEGATION_TIMEOUT_MS: GucSetting<i32> = GucSetting::<i32>::new(60_000);
/// Seconds that a key lives which is minted for delegated calls.
static DELEGATION_KEY_LIFETIME_S: GucSetting<i32> = GucSetting::<i32>::new(600);

/// Whether Odoo answers all that it has a method for. Anybody may set it: whoever does gets nothing that the Odoo user
/// could not have from Odoo itself.
static DELEGATE_ALL: GucSetting<bool> = GucSetting::<bool>::new(false);

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
        (
            c"pg_odoo_mcp.delegation_timeout",
            c"Time Odoo may take to answer a delegated call.",
            &DELEGATION_TIMEOUT_MS,
            1_000,
            600_000,
            GucFlags::UNIT_MS,
        ),
        (
            c"pg_odoo_mcp.delegation_key_lifetime",
            c"Time that an API key lives which is minted for delegated calls.",
            &DELEGATION_KEY_LIFETIME_S,
            60,
            86_400,
            GucFlags::UNIT_S,
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
    let delegate_all = c"Odoo answers what SQL could; odoo-mcp verify compares the two.";
    GucRegistry::define_bool_guc(
        c"pg_odoo_mcp.delegate_all",
        delegate_all,
        delegate_all,
        &DELEGATE_ALL,
        GucContext::Userset,
        GucFlags::default(),
    );
    #[cfg(not(any(feature = "pg13", feature = "pg14")))]
    crate::exec::settings::reserve_prefix(c"pg_odoo_mcp");
}

/// Time one call may take.
pub(crate) fn call_timeout() -> Duration {
    Duration::from_millis(CALL_TIMEOUT_MS.get().unsigned_abs().into())
}

/// Time Odoo may take to answer a delegated call.
pub(crate) fn delegation_timeout() -> Duration {
    Duration::from_millis(DELEGATION_TIMEOUT_MS.get().unsigned_abs().into())
}

/// Time that a minted key lives: long enough to be used once more after a delegated call that took all its time.
pub(crate) fn delegation_key_lifetime() -> Duration {
    let wanted = Duration::from_secs(DELEGATION_KEY_LIFETIME_S.get().unsigned_abs().into());
    wanted.max(delegation_timeout() + Duration::from_secs(60))
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

/// Whether Odoo answers what SQL could.
pub(crate) fn delegate_all() -> bool {
    DELEGATE_ALL.get()
}
