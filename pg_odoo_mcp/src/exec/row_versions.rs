//! Which rows a key leads to, and which transaction wrote each: from index and heap, without a statement.
//!
//! A statement would say the same; this says it some ten times as fast, and it is asked in every call.

use super::plan::Bind;
use pgrx::pg_sys;
use sha2::Digest;
use std::cell::RefCell;

/// Rows of a relation.
pub(crate) struct LookUp {
    /// The relation.
    pub relation: pg_sys::Oid,
    /// Those to which a key leads; else all of them.
    pub by: Option<IndexKey>,
    places: RefCell<Option<Vec<pg_sys::ItemPointerData>>>,
}

/// What is looked for in an index that has all rows of its relation.
pub(crate) struct IndexKey {
    /// The index.
    pub index: pg_sys::Oid,
    /// The key before the other in it, where there is one: a single text.
    pub first: Option<Key>,
    /// The key: an array of values.
    pub key: Key,
    /// How many values these are, where each has one row at most.
    pub unique: Option<usize>,
}

/// A column and what is looked for in it.
pub(crate) struct Key {
    /// The column's number.
    pub column: i16,
    /// Its collation in the index.
    pub collation: pg_sys::Oid,
    /// Its type in the index.
    pub key_type: KeyType,
    /// A value, or an array of them.
    pub value: Bind,
}

/// The types that a key may have.
#[derive(Clone, Copy)]
pub(crate) enum KeyType {
    Int4,
    Oid,
    Text,
    Name,
}

impl KeyType {
    /// By its name in PostgreSQL.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "int4" => KeyType::Int4,
            "oid" => KeyType::Oid,
            "text" => KeyType::Text,
            "name" => KeyType::Name,
            _ => return None,
        })
    }

    /// The type of an array of it.
    pub(crate) fn array(self) -> pg_sys::Oid {
        match self {
            KeyType::Int4 => pg_sys::INT4ARRAYOID,
            KeyType::Oid => pg_sys::OIDARRAYOID,
            KeyType::Text => pg_sys::TEXTARRAYOID,
            KeyType::Name => pg_sys::NAMEARRAYOID,
        }
    }

    fn equality(self) -> pg_sys::Oid {
        pg_sys::Oid::from_u32(match self {
            KeyType::Int4 => pg_sys::F_INT4EQ,
            KeyType::Oid => pg_sys::F_OIDEQ,
            KeyType::Text => pg_sys::F_TEXTEQ,
            KeyType::Name => pg_sys::F_NAMEEQ,
        })
    }
}

/// Whether indexes are used at all: a session may be begun without those of the system, and then
/// PostgreSQL reads the table instead, by a comparison that an array of values does not fit.
pub(crate) fn are_to_be_had() -> bool {
    // SAFETY: a flag of the backend
    unsafe { !pg_sys::IgnoreSystemIndexes }
}

impl LookUp {
    pub(crate) fn new(relation: pg_sys::Oid, by: Option<IndexKey>) -> Self {
        LookUp {
            relation,
            by,
            places: RefCell::default(),
        }
    }

    /// Whether the index is there and has all rows, now: what a snapshot says of it may be over.
    pub(crate) fn is_usable(&self) -> bool {
        let Some(by) = &self.by else {
            return true;
        };
        // SAFETY: opened only if it is there; its description is read while it is open, and the lock
        // stays until the transaction ends
        unsafe {
            let index =
                pg_sys::try_relation_open(by.index, pg_sys::AccessShareLock as pg_sys::LOCKMODE);
            if index.is_null() {
                return false;
            }
            let described = (*index).rd_index;
            let is_usable = !described.is_null()
                && (*described).indrelid == self.relation
                && (*described).indisvalid
                && (*described).indisready
                && (*described).indislive
                && !(*described).indcheckxmin;
            pg_sys::relation_close(index, pg_sys::NoLock as pg_sys::LOCKMODE);
            is_usable
        }
    }

    /// Adds place and writer (ctid, xmin, cmin) of each row that the active snapshot shows, and says
    /// how many there are.
    ///
    /// Where each value has its one row, that is asked of the rows themselves from the second time on:
    /// as long as it shows them, there can be no others.
    pub(crate) fn digest_into(&self, digest: &mut impl Digest) -> usize {
        if let Some(places) = self.places.borrow().as_deref() {
            return self.digest_places(places, digest);
        }
        let mut places = Vec::new();
        let mut keys: Vec<pg_sys::ScanKeyData> = Vec::with_capacity(2);
        if let Some(by) = &self.by {
            keys.extend(by.first.as_ref().map(|first| first.scan_key(0)));
            keys.push(by.key.scan_key(pg_sys::SK_SEARCHARRAY));
        }
        // SAFETY: relation and index are locked until the transaction ends, and the index is the
        // relation's; the keys outlive the scan; a tuple is only used until the next one is asked for
        unsafe {
            let relation =
                pg_sys::table_open(self.relation, pg_sys::AccessShareLock as pg_sys::LOCKMODE);
            let scan = pg_sys::systable_beginscan(
                relation,
                self.by.as_ref().map_or(pg_sys::InvalidOid, |by| by.index),
                self.by.is_some(),
                pg_sys::GetActiveSnapshot(),
                keys.len() as i32,
                keys.as_mut_ptr(),
            );
            loop {
                let tuple = pg_sys::systable_getnext(scan);
                if tuple.is_null() {
                    break;
                }
                places.push((*tuple).t_self);
                digest_tuple(&*tuple, digest);
            }
            pg_sys::systable_endscan(scan);
            pg_sys::table_close(relation, pg_sys::NoLock as pg_sys::LOCKMODE);
        }
        // where one look-up ends
        digest.update([0xff; 4]);
        let count = places.len();
        let unique = self.by.as_ref().and_then(|by| by.unique);
        if unique == Some(count) {
            places.shrink_to_fit();
            self.places.replace(Some(places));
        }
        count
    }

    fn digest_places(&self, places: &[pg_sys::ItemPointerData], digest: &mut impl Digest) -> usize {
        let mut count = 0;
        // SAFETY: the relation is a heap, locked until the transaction ends, so it does not get shorter
        // than it is found to be; a tuple is only used while its page is pinned
        unsafe {
            let relation =
                pg_sys::table_open(self.relation, pg_sys::AccessShareLock as pg_sys::LOCKMODE);
            let snapshot = pg_sys::GetActiveSnapshot();
            let blocks =
                pg_sys::RelationGetNumberOfBlocksInFork(relation, pg_sys::ForkNumber::MAIN_FORKNUM);
            for place in places {
                let block = u32::from(place.ip_blkid.bi_hi) << 16 | u32::from(place.ip_blkid.bi_lo);
                if block >= blocks {
                    continue;
                }
                let mut tuple = pg_sys::HeapTupleData {
                    t_self: *place,
                    ..pg_sys::HeapTupleData::default()
                };
                let mut page = pg_sys::InvalidBuffer as pg_sys::Buffer;
                if fetch(relation, snapshot, &mut tuple, &mut page) {
                    count += 1;
                    digest_tuple(&tuple, digest);
                    pg_sys::ReleaseBuffer(page);
                }
            }
            pg_sys::table_close(relation, pg_sys::NoLock as pg_sys::LOCKMODE);
        }
        digest.update([0xff; 4]);
        count
    }
}

/// Whether the snapshot shows the row at the tuple's place; then its page is pinned.
///
/// # Safety
/// The relation must be an open heap that has such a page.
unsafe fn fetch(
    relation: pg_sys::Relation,
    snapshot: pg_sys::Snapshot,
    tuple: &mut pg_sys::HeapTupleData,
    page: &mut pg_sys::Buffer,
) -> bool {
    // SAFETY: as the caller says
    unsafe {
        #[cfg(any(feature = "pg13", feature = "pg14"))]
        return pg_sys::heap_fetch(relation, snapshot, tuple, page);
        #[cfg(not(any(feature = "pg13", feature = "pg14")))]
        return pg_sys::heap_fetch(relation, snapshot, tuple, page, false);
    }
}

/// # Safety
/// The tuple must have its data.
unsafe fn digest_tuple(tuple: &pg_sys::HeapTupleData, digest: &mut impl Digest) {
    let place = tuple.t_self;
    // SAFETY: as the caller says; a stored tuple has these two
    unsafe {
        let written = (*tuple.t_data).t_choice.t_heap;
        digest.update(place.ip_blkid.bi_hi.to_ne_bytes());
        digest.update(place.ip_blkid.bi_lo.to_ne_bytes());
        digest.update(place.ip_posid.to_ne_bytes());
        digest.update(u32::from(written.t_xmin).to_ne_bytes());
        digest.update(written.t_field3.t_cid.to_ne_bytes());
    }
}

impl Key {
    fn scan_key(&self, flags: u32) -> pg_sys::ScanKeyData {
        let mut key = pg_sys::ScanKeyData::default();
        let (datum, _) = self.value.datum();
        // SAFETY: fills the key; the function is PostgreSQL's own
        unsafe {
            pg_sys::ScanKeyEntryInitialize(
                &mut key,
                flags as i32,
                self.column,
                pg_sys::BTEqualStrategyNumber as pg_sys::StrategyNumber,
                pg_sys::InvalidOid,
                self.collation,
                self.key_type.equality(),
                datum,
            );
        }
        key
    }
}
