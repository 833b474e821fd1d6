//! Being another role for the length of a closure.

use super::settings;
use pgrx::pg_sys;

/// Runs `work` as `role`, security restricted and with every setting pinned.
///
/// An error does not come back this way: it ends the (sub)transaction around, and PostgreSQL
/// restores role and settings with it.
pub(crate) fn acting_as<T>(role: pg_sys::Oid, work: impl FnOnce() -> T) -> T {
    let mut user = pg_sys::InvalidOid;
    let mut context = 0;
    let restricted =
        (pg_sys::SECURITY_RESTRICTED_OPERATION | pg_sys::SECURITY_LOCAL_USERID_CHANGE) as i32;
    let level = settings::enter();
    // SAFETY: plain reads and writes of two globals of the backend
    unsafe {
        pg_sys::GetUserIdAndSecContext(&mut user, &mut context);
        pg_sys::SetUserIdAndSecContext(role, context | restricted);
    }
    let value = work();
    // SAFETY: as above
    unsafe { pg_sys::SetUserIdAndSecContext(user, context) };
    settings::leave(level);
    value
}
