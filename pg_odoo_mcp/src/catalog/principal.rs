//! The user who asks, with what its rights are computed from.

use super::footprint::Footprint;
use super::load;
use crate::exec::plan::Bind;
use crate::exec::read_only::{Reader, Source};
use odoo_compiler::error::Result;
use odoo_compiler::principal::Principal;
use std::cell::RefCell;
use std::rc::Rc;

const PRINCIPAL: &str = include_str!("../../../sql/statements/principal.sql");
const PRINCIPAL_FOOTPRINT: &str = include_str!("../../../sql/statements/principal_footprint.sql");

/// How many users are kept.
const KEPT: usize = 32;

/// A user who asked, and what it was made of, if it asked again: most processes are asked by a few
/// users often, and by some only once.
struct Entry {
    source: Source,
    user_id: i64,
    made: Option<(Rc<Principal>, Footprint)>,
}

thread_local! {
    /// The one that asked last is at the end.
    static ENTRIES: RefCell<Vec<Entry>> = const { RefCell::new(Vec::new()) };
}

/// The active user of that id, as the call's snapshot has it.
pub(crate) fn principal(reader: &Reader<'_>, user_id: i64) -> Result<Option<Rc<Principal>>> {
    let known = take(reader.source(), user_id);
    if let Some(Entry {
        made: Some((principal, footprint)),
        ..
    }) = &known
        && footprint.holds(reader)
    {
        let principal = principal.clone();
        ENTRIES.with_borrow_mut(|entries| entries.extend(known));
        return Ok(Some(principal));
    }
    let Some(principal) = load::json::<Principal>(reader, PRINCIPAL, &[Bind::int4(user_id)])?
    else {
        return Ok(None);
    };
    let principal = Rc::new(principal);
    let footprint = match known {
        None => None,
        Some(Entry {
            made: Some((_, footprint)),
            ..
        }) if footprint.is_out_of_reach() => Some(footprint),
        Some(_) => {
            let binds = [Bind::int4(user_id), Bind::text(reader.odoo_schema())];
            Some(Footprint::read(reader, PRINCIPAL_FOOTPRINT, &binds)?)
        }
    };
    put(Entry {
        source: reader.source().clone(),
        user_id,
        made: footprint.map(|footprint| (principal.clone(), footprint)),
    });
    Ok(Some(principal))
}

fn take(source: &Source, user_id: i64) -> Option<Entry> {
    ENTRIES.with_borrow_mut(|entries| {
        let place = entries
            .iter()
            .position(|entry| entry.user_id == user_id && entry.source == *source)?;
        Some(entries.remove(place))
    })
}

fn put(entry: Entry) {
    ENTRIES.with_borrow_mut(|entries| {
        if entries.len() >= KEPT {
            entries.remove(0);
        }
        entries.push(entry);
    });
}
