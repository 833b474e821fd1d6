//! Small facts of the server, behind safe functions.

use pgrx::pg_sys;
use std::ffi::{CStr, CString};

/// The role whose rights apply now.
pub(crate) fn current_role() -> pg_sys::Oid {
    // SAFETY: reads a global of the backend
    unsafe { pg_sys::GetUserId() }
}

/// The role that logged in.
pub(crate) fn session_role() -> pg_sys::Oid {
    // SAFETY: reads a global of the backend
    unsafe { pg_sys::GetSessionUserId() }
}

/// Whether the role may do anything anyway.
pub(crate) fn is_superuser(role: pg_sys::Oid) -> bool {
    // SAFETY: a look-up in the backend's catalog cache
    unsafe { pg_sys::superuser_arg(role) }
}

/// The oid of this database.
pub(crate) fn database_oid() -> pg_sys::Oid {
    // SAFETY: reads a global of the backend, set when it connected
    unsafe { pg_sys::MyDatabaseId }
}

/// The name of this database.
pub(crate) fn database_name() -> String {
    // SAFETY: a look-up in the catalog cache; the string is copied before it is freed
    unsafe {
        let name = pg_sys::get_database_name(pg_sys::MyDatabaseId);
        if name.is_null() {
            return String::new();
        }
        let owned = CStr::from_ptr(name).to_string_lossy().into_owned();
        pg_sys::pfree(name.cast());
        owned
    }
}

/// The cluster's identifier, from initdb.
pub(crate) fn system_identifier() -> i64 {
    // SAFETY: reads the control file's copy in memory
    unsafe { pg_sys::GetSystemIdentifier() }.cast_signed()
}

/// Whether this is a standby.
pub(crate) fn in_recovery() -> bool {
    // SAFETY: reads shared memory
    unsafe { pg_sys::RecoveryInProgress() }
}

/// Whether nothing may be written in this transaction, as on every standby.
pub(crate) fn is_read_only() -> bool {
    // SAFETY: reads a global of the backend
    unsafe { pg_sys::XactReadOnly }
}

/// Whether sessions load the library before their first call, by the server's settings or the session's.
pub(crate) fn is_preloaded(library: &str) -> bool {
    // SAFETY: strings of the backend's settings, copied before anything can change them
    unsafe {
        [
            pg_sys::shared_preload_libraries_string,
            pg_sys::session_preload_libraries_string,
            pg_sys::local_preload_libraries_string,
        ]
    }
    .into_iter()
    .filter(|list| !list.is_null())
    // SAFETY: as above; each ends in NUL
    .map(|list| {
        unsafe { CStr::from_ptr(list) }
            .to_string_lossy()
            .into_owned()
    })
    .any(|list| list.contains(library))
}

/// Whether the caller began a transaction that it will end itself.
pub(crate) fn is_in_transaction_block() -> bool {
    // SAFETY: reads the state of the backend's transaction
    unsafe { pg_sys::IsTransactionBlock() }
}

/// Whether this runs in a savepoint, or a block with an exception handler.
pub(crate) fn is_in_subtransaction() -> bool {
    // SAFETY: reads the state of the backend's transaction
    unsafe { pg_sys::GetCurrentTransactionNestLevel() > 1 }
}

/// The commit of this transaction waits for the disk, whatever synchronous_commit says by then.
pub(crate) fn force_sync_commit() {
    // SAFETY: sets a flag of the transaction
    unsafe { pg_sys::ForceSyncCommit() }
}

/// 256 random bits.
pub(crate) fn random_bits() -> [u8; 32] {
    let mut bits = [0u8; 32];
    // SAFETY: the buffer is as long as said
    let is_strong = unsafe { pg_sys::pg_strong_random(bits.as_mut_ptr().cast(), bits.len()) };
    assert!(is_strong, "no random bits to be had");
    bits
}

/// The relation of that schema and name.
pub(crate) fn relation_oid(schema: &str, name: &str) -> Option<pg_sys::Oid> {
    let (schema, name) = (CString::new(schema).ok()?, CString::new(name).ok()?);
    // SAFETY: look-ups in the catalog cache by strings that end in NUL
    let relation = unsafe {
        let namespace = pg_sys::get_namespace_oid(schema.as_ptr(), true);
        pg_sys::get_relname_relid(name.as_ptr(), namespace)
    };
    (relation != pg_sys::InvalidOid).then_some(relation)
}

/// The type of a relation's column, if it has one of that name.
pub(crate) fn column_type(relation: pg_sys::Oid, column: &str) -> Option<pg_sys::Oid> {
    let column = CString::new(column).ok()?;
    // SAFETY: look-ups in the catalog cache by a string that ends in NUL
    unsafe {
        match pg_sys::get_attnum(relation, column.as_ptr()) {
            number if number > 0 => Some(pg_sys::get_atttype(relation, number)),
            _ => None,
        }
    }
}

/// Whether a relation is a sequence.
pub(crate) fn is_sequence(relation: pg_sys::Oid) -> bool {
    // SAFETY: a look-up in the catalog cache
    unsafe { pg_sys::get_rel_relkind(relation) }.cast_unsigned() == pg_sys::RELKIND_SEQUENCE
}

/// How many rows a relation had when it was vacuumed or analysed last; negative where it never was.
pub(crate) fn row_estimate(relation: pg_sys::Oid) -> f32 {
    // SAFETY: a look-up in the catalog cache; the tuple is only used until it is released
    unsafe {
        let tuple =
            pg_sys::SearchSysCache1(pg_sys::SysCacheIdentifier::RELOID as i32, relation.into());
        if tuple.is_null() {
            return -1.0;
        }
        let class: *const pg_sys::FormData_pg_class = pg_sys::GETSTRUCT(tuple).cast();
        let rows = (*class).reltuples;
        pg_sys::ReleaseSysCache(tuple);
        rows
    }
}

/// The owner of a relation, if it is there.
pub(crate) fn relation_owner(schema: &str, name: &str) -> Option<pg_sys::Oid> {
    let relation = relation_oid(schema, name)?;
    // SAFETY: a look-up in the catalog cache; the tuple is only used until it is released
    unsafe {
        let tuple =
            pg_sys::SearchSysCache1(pg_sys::SysCacheIdentifier::RELOID as i32, relation.into());
        if tuple.is_null() {
            return None;
        }
        let class: *const pg_sys::FormData_pg_class = pg_sys::GETSTRUCT(tuple).cast();
        let owner = (*class).relowner;
        pg_sys::ReleaseSysCache(tuple);
        Some(owner)
    }
}
