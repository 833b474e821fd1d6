//! Which rows a key leads to, and which transaction wrote each: from index and heap, without a statement.
//!
//! A statement would say the same; this says it some ten times as fast, and it is asked in every call.

use super::plan::Bind;
use pgrx::pg_sys;
use sha2::Digest;

/// Rows of a relation.
pub(crate) struct LookUp {
    /// The relation.
    pub relation: pg_sys::Oid,
    /// Those to which a key leads; else all of them.
    pub by: Option<IndexKey>,
}

/// What is looked for in an index that has all rows of its relation.
pub(crate) struct IndexKey {
    /// The index.
    pub index: pg_sys::Oid,
    /// The key before the other in it, where there is one: a single text.
    pub first: Option<Key>,
    /// The key: an array of values.
    pub key: Key,
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
    pub(crate) fn digest_into(&self, digest: &mut impl Digest) -> usize {
        let mut count = 0;
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
                count += 1;
                let place = (*tuple).t_self;
                let written = (*(*tuple).t_data).t_choice.t_heap;
                digest.update(place.ip_blkid.bi_hi.to_ne_bytes());
                digest.update(place.ip_blkid.bi_lo.to_ne_bytes());
                digest.update(place.ip_posid.to_ne_bytes());
                digest.update(u32::from(written.t_xmin).to_ne_bytes());
                digest.update(written.t_field3.t_cid.to_ne_bytes());
            }
            pg_sys::systable_endscan(scan);
            pg_sys::table_close(relation, pg_sys::NoLock as pg_sys::LOCKMODE);
        }
        // where one look-up ends
        digest.update([0xff; 4]);
        count
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
