//! What PostgreSQL tells a backend of changes in its catalogs: when a relation is locked, when a
//! transaction begins, and for its own changes, also those that are rolled back.

use super::relation;
use pgrx::{pg_guard, pg_sys};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

thread_local! {
    /// Relations whose change somebody waits for.
    static WATCHED: RefCell<BTreeSet<u32>> = const { RefCell::new(BTreeSet::new()) };
    /// Whether one of them, or a role, was changed since the last look.
    static HAS_CHANGED: Cell<bool> = const { Cell::new(true) };
}

/// Asks PostgreSQL to be told.
pub(crate) fn init() {
    // SAFETY: callbacks of the right types that live as long as the library
    unsafe {
        pg_sys::CacheRegisterRelcacheCallback(Some(on_relation_change), pg_sys::Datum::null());
        for (cache, callback) in [
            (
                pg_sys::SysCacheIdentifier::PROCOID,
                on_function_change as unsafe extern "C-unwind" fn(pg_sys::Datum, i32, u32),
            ),
            (pg_sys::SysCacheIdentifier::AUTHOID, on_role_change),
            (pg_sys::SysCacheIdentifier::AUTHMEMMEMROLE, on_role_change),
        ] {
            pg_sys::CacheRegisterSyscacheCallback(
                cache as i32,
                Some(callback),
                pg_sys::Datum::null(),
            );
        }
    }
}

/// From now on changes of these relations, and no others, count.
pub(crate) fn watch(relations: impl IntoIterator<Item = pg_sys::Oid>) {
    let relations: BTreeSet<u32> = relations.into_iter().map(pg_sys::Oid::to_u32).collect();
    WATCHED.with_borrow_mut(|watched| {
        if *watched != relations {
            *watched = relations;
            HAS_CHANGED.set(true);
        }
    });
}

/// Whether a watched relation was defined anew, rewritten, vacuumed or analysed, or a role or a
/// membership was changed, since this was asked last.
pub(crate) fn take_change() -> bool {
    HAS_CHANGED.replace(false)
}

#[pg_guard]
unsafe extern "C-unwind" fn on_relation_change(_arg: pg_sys::Datum, relation: pg_sys::Oid) {
    relation::forget(relation);
    let is_watched = relation == pg_sys::InvalidOid
        || WATCHED.with_borrow(|watched| watched.contains(&relation.to_u32()));
    if is_watched {
        HAS_CHANGED.set(true);
    }
}

#[pg_guard]
unsafe extern "C-unwind" fn on_function_change(_arg: pg_sys::Datum, _cache: i32, _hash: u32) {
    relation::forget(pg_sys::InvalidOid);
}

#[pg_guard]
unsafe extern "C-unwind" fn on_role_change(_arg: pg_sys::Datum, _cache: i32, _hash: u32) {
    HAS_CHANGED.set(true);
}
