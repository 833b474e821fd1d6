//! The compiler's statements that ran last, as PostgreSQL analysed them.
//!
//! The same question has the same text, whoever asks: what differs is bound. Kept is the analysed
//! statement, as a driver's prepared statements are; PostgreSQL plans it for the values it is run
//! with, or once for all of them where it expects that to cost no more.

use super::native;
use super::plan::{Bind, Plan};
use super::relation;
use pgrx::pg_sys;
use std::cell::RefCell;

/// How much may be kept, in bytes. A search over Odoo's wide tables takes a few hundred kilobytes,
/// because PostgreSQL notes all columns of each table, and of each join once more.
const BUDGET: usize = 2 * 1024 * 1024;

/// Where a table has more rows, a plan for the very values pays for itself, and one for any value
/// may be slow.
const LARGE: f32 = 50_000.0;

struct Entry {
    text: String,
    types: Vec<pg_sys::Oid>,
    plan: Plan,
}

thread_local! {
    /// The one that was used last is at the end.
    static ENTRIES: RefCell<Vec<Entry>> = const { RefCell::new(Vec::new()) };
}

/// A statement in use. It is not among the kept ones meanwhile, so nothing frees it.
pub(super) struct Lease(Option<Entry>);

/// The statement, analysed now or before; the relations it names are locked.
pub(super) fn lease(text: &str, binds: &[Bind]) -> Lease {
    let types: Vec<pg_sys::Oid> = binds.iter().map(Bind::type_oid).collect();
    if let Some(kept) = take(text, &types) {
        // a lock that is not to be had puts it back, like any error
        relation::lock(&kept.plan().dependencies().0);
        if kept.plan().is_valid() {
            return kept;
        }
        // the locks brought news of a change: what is there now is analysed, and checked, anew
        kept.discard();
    }
    let plan = Plan::prepare(text, binds);
    let (relations, _) = plan.dependencies();
    if relations
        .iter()
        .any(|relation| native::row_estimate(*relation) > LARGE)
    {
        plan.plan_for_values();
    }
    plan.keep();
    Lease(Some(Entry {
        text: text.to_owned(),
        types,
        plan,
    }))
}

fn take(text: &str, types: &[pg_sys::Oid]) -> Option<Lease> {
    ENTRIES.with_borrow_mut(|entries| {
        let place = entries
            .iter()
            .position(|entry| entry.text == text && entry.types == types)?;
        Some(Lease(Some(entries.remove(place))))
    })
}

impl Lease {
    pub(super) fn plan(&self) -> Plan {
        match &self.0 {
            Some(entry) => entry.plan,
            None => unreachable!("only drop and discard take it"),
        }
    }

    fn discard(mut self) {
        if let Some(entry) = self.0.take() {
            entry.plan.free();
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(entry) = self.0.take() else {
            return;
        };
        let surplus = ENTRIES.with_borrow_mut(|entries| {
            entries.push(entry);
            // an error is on its way up: PostgreSQL is asked for nothing before it is caught
            if std::thread::panicking() {
                return Vec::new();
            }
            let mut size = 0;
            let surplus = entries.iter().rposition(|entry| {
                size += entry.plan.size();
                size > BUDGET
            });
            // the newest stays, whatever its size
            let count = surplus.map_or(0, |place| (place + 1).min(entries.len() - 1));
            entries.drain(..count).collect()
        });
        for entry in surplus {
            entry.plan.free();
        }
    }
}
