//! What PostgreSQL tells a backend of changes in its catalogs: when a relation is locked, when a
//! transaction begins, and for its own changes, also those that are rolled back.

use super::relation;
use pgrx::{pg_guard, pg_sys};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

thread_local! {
    /// Counts news.
    static CLOCK: Cell<u64> = const { Cell::new(1) };
    /// The relations whose news somebody waits for, and when the last of each came.
    static HEARD: RefCell<HashMap<u32, u64>> = RefCell::default();
    /// When news came last that concern everything: a role, a membership, or all relations at once.
    static HEARD_OF_ALL: Cell<u64> = const { Cell::new(0) };
}

/// Waits for news of some relations: that one was defined anew, rewritten, vacuumed or analysed; and
/// for news of roles.
pub(crate) struct Watch {
    relations: Vec<u32>,
    since: u64,
}

impl Watch {
    /// From now on.
    pub(crate) fn over(relations: impl IntoIterator<Item = pg_sys::Oid>) -> Self {
        let mut relations: Vec<u32> = relations.into_iter().map(pg_sys::Oid::to_u32).collect();
        relations.sort_unstable();
        relations.dedup();
        HEARD.with_borrow_mut(|heard| {
            for relation in &relations {
                heard.entry(*relation).or_default();
            }
        });
        Watch {
            relations,
            since: CLOCK.get(),
        }
    }

    /// Whether it is over the same relations.
    pub(crate) fn is_like(&self, other: &Watch) -> bool {
        self.relations == other.relations
    }

    /// Whether any came. A relation's are in once it is locked.
    pub(crate) fn has_news(&self) -> bool {
        HEARD_OF_ALL.get() > self.since
            || HEARD.with_borrow(|heard| {
                self.relations
                    .iter()
                    .any(|relation| heard.get(relation).is_none_or(|at| *at > self.since))
            })
    }
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
            (pg_sys::SysCacheIdentifier::NAMESPACEOID, on_schema_change),
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

/// Whatever was kept is to be read again: something was heard of too late.
pub(crate) fn distrust() {
    HEARD_OF_ALL.set(tick());
    relation::forget(pg_sys::InvalidOid);
}

fn tick() -> u64 {
    CLOCK.set(CLOCK.get() + 1);
    CLOCK.get()
}

#[pg_guard]
unsafe extern "C-unwind" fn on_relation_change(_arg: pg_sys::Datum, relation: pg_sys::Oid) {
    relation::forget(relation);
    if relation == pg_sys::InvalidOid {
        HEARD_OF_ALL.set(tick());
        return;
    }
    HEARD.with_borrow_mut(|heard| {
        if let Some(at) = heard.get_mut(&relation.to_u32()) {
            *at = tick();
        }
    });
}

#[pg_guard]
unsafe extern "C-unwind" fn on_function_change(_arg: pg_sys::Datum, _cache: i32, _hash: u32) {
    relation::forget(pg_sys::InvalidOid);
}

// another schema's tables may go by the names that are known
#[pg_guard]
unsafe extern "C-unwind" fn on_schema_change(_arg: pg_sys::Datum, _cache: i32, _hash: u32) {
    distrust();
}

#[pg_guard]
unsafe extern "C-unwind" fn on_role_change(_arg: pg_sys::Datum, _cache: i32, _hash: u32) {
    HEARD_OF_ALL.set(tick());
}
