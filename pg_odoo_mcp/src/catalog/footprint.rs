//! Where the rows stand that something was made of, and who wrote them.
//!
//! As long as the same look-ups lead to the same versions of rows, making it again would give the
//! same. What a look-up looks for comes from rows that other look-ups cover, so no row can become
//! part of it without one of them noticing. This is no age and no signal: it is asked in every call,
//! of the call's own snapshot.

use crate::exec::invalidation::Watch;
use crate::exec::native;
use crate::exec::plan::{Bind, Row};
use crate::exec::read_only::Reader;
use crate::exec::row_versions::{self, IndexKey, Key, KeyType, LookUp};
use odoo_compiler::error::Result;
use pgrx::pg_sys;
use sha2::{Digest, Sha256};

const LOOK_UP_INDEX: &str = include_str!("../../../sql/statements/look_up_index.sql");

/// Rows as a snapshot had them.
pub(super) struct Footprint {
    look_ups: Vec<LookUp>,
    /// Nothing where it can't be told, for want of an index above all.
    digest: Option<[u8; 32]>,
    /// Rewriting a table moves its rows, so places say nothing afterwards.
    watch: Watch,
}

impl Footprint {
    /// That of the rows to which the look-ups lead that a statement gives.
    pub(super) fn read(
        reader: &Reader<'_>,
        statement: &'static str,
        binds: &[Bind],
    ) -> Result<Self> {
        let rows = reader.named(statement, binds)?;
        let wanted = rows.len();
        let mut relations = Vec::new();
        let mut look_ups = Vec::new();
        for row in rows {
            let (relation, look_up) = look_up(reader, row)?;
            relations.extend(relation);
            look_ups.extend(look_up);
        }
        let watch = Watch::over(relations);
        let is_known = look_ups.len() == wanted;
        Ok(Footprint {
            digest: is_known.then(|| digest(reader, &look_ups)).flatten(),
            look_ups,
            watch,
        })
    }

    /// Whether the call's snapshot has the same rows.
    pub(super) fn holds(&self, reader: &Reader<'_>) -> bool {
        if self.digest.is_none() {
            return false;
        }
        // the locks bring in the news
        reader.lock_relations(self.look_ups.iter().map(|look_up| look_up.relation));
        !self.watch.has_news() && digest(reader, &self.look_ups) == self.digest
    }

    /// Whether it can't be had, and looking for it again would find that again.
    pub(super) fn is_out_of_reach(&self) -> bool {
        self.digest.is_none() && !self.watch.has_news()
    }
}

/// Nothing where it can't be told. The first look-up leads to what all the rest hangs on, so a
/// footprint that has nothing there is none.
fn digest(reader: &Reader<'_>, look_ups: &[LookUp]) -> Option<[u8; 32]> {
    // a table that must not be read is refused by whoever reads it then, with its reason
    let are_usable = row_versions::are_to_be_had()
        && look_ups
            .iter()
            .all(|look_up| reader.check_relation(look_up.relation).is_ok() && look_up.is_usable());
    if !are_usable {
        return None;
    }
    let mut digest = Sha256::new();
    let counts: Vec<usize> = look_ups
        .iter()
        .map(|look_up| look_up.digest_into(&mut digest))
        .collect();
    counts
        .first()
        .is_some_and(|count| *count > 0)
        .then(|| digest.finalize().into())
}

/// A row of a statement of look-ups: its relation, and with an index to use the look-up.
fn look_up(reader: &Reader<'_>, row: Row) -> Result<(Option<pg_sys::Oid>, Option<LookUp>)> {
    let Ok(
        [
            schema,
            relation,
            first_column,
            first_value,
            column,
            key_type,
            keys,
            key_count,
        ],
    ) = <[Option<String>; 8]>::try_from(row)
    else {
        return Ok((None, None));
    };
    let (Some(schema), Some(name)) = (schema, relation) else {
        return Ok((None, None));
    };
    let Some(relation) = native::relation_oid(&schema, &name) else {
        return Ok((None, None));
    };
    let (Some(column), Some(key_type), Some(keys)) = (column, key_type, keys) else {
        return Ok((Some(relation), Some(LookUp::new(relation, None))));
    };
    let found = reader.named(
        LOOK_UP_INDEX,
        &[
            Bind::text(schema),
            Bind::text(name),
            Bind::new(pg_sys::TEXTOID, first_column),
            Bind::text(column),
            Bind::text(key_type.clone()),
        ],
    )?;
    let index = found.into_iter().next();
    let look_up =
        index.and_then(|index| index_look_up(index, first_value, key_type, keys, key_count));
    Ok((
        Some(relation),
        look_up.filter(|look_up| look_up.relation == relation),
    ))
}

/// A row of look_up_index.sql with the values that are looked for.
fn index_look_up(
    row: Row,
    first_value: Option<String>,
    key_type: String,
    keys: String,
    key_count: Option<String>,
) -> Option<LookUp> {
    let [
        relation,
        index,
        first_column,
        first_collation,
        column,
        collation,
        is_unique,
    ] = <[Option<String>; 7]>::try_from(row).ok()?;
    let oid = |text: Option<String>| Some(pg_sys::Oid::from_u32(text?.parse().ok()?));
    let first = match first_value {
        None => None,
        Some(value) => Some(Key {
            column: first_column?.parse().ok()?,
            collation: oid(first_collation)?,
            key_type: KeyType::Text,
            value: Bind::text(value),
        }),
    };
    let key_type = KeyType::parse(&key_type)?;
    let unique = match is_unique.as_deref() {
        Some("true") => key_count.and_then(|count| count.parse().ok()),
        _ => None,
    };
    let by = IndexKey {
        index: oid(index)?,
        first,
        key: Key {
            column: column?.parse().ok()?,
            collation: oid(collation)?,
            key_type,
            value: Bind::new(key_type.array(), Some(keys)),
        },
        unique,
    };
    Some(LookUp::new(oid(relation)?, Some(by)))
}
