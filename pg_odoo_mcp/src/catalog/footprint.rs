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
use crate::exec::row_versions::{IndexKey, Key, KeyType, LookUp};
use odoo_compiler::error::Result;
use pgrx::pg_sys;
use sha2::{Digest, Sha256};

const LOOK_UP_INDEX: &str = include_str!("../../../sql/statements/look_up_index.sql");

/// Rows as a snapshot had them.
pub(super) struct Footprint {
    look_ups: Vec<LookUp>,
    digest: [u8; 32],
    /// Rewriting a table moves its rows, so places say nothing afterwards.
    watch: Watch,
}

impl Footprint {
    /// That of the rows to which the look-ups lead that a statement gives; nothing where a table
    /// lacks an index for one.
    pub(super) fn read(
        reader: &Reader<'_>,
        statement: &'static str,
        binds: &[Bind],
    ) -> Result<Option<Self>> {
        let mut look_ups = Vec::new();
        for row in reader.named(statement, binds)? {
            let Some(look_up) = look_up(reader, row)? else {
                return Ok(None);
            };
            look_ups.push(look_up);
        }
        for look_up in &look_ups {
            reader.check_relation(look_up.relation)?;
        }
        let watch = Watch::over(look_ups.iter().map(|look_up| look_up.relation));
        let digest = digest(&look_ups);
        Ok(Some(Footprint {
            look_ups,
            digest,
            watch,
        }))
    }

    /// Whether the call's snapshot has the same rows.
    pub(super) fn holds(&self, reader: &Reader<'_>) -> Result<bool> {
        // the locks bring in the news
        for look_up in &self.look_ups {
            reader.check_relation(look_up.relation)?;
        }
        Ok(!self.watch.has_news() && digest(&self.look_ups) == self.digest)
    }
}

fn digest(look_ups: &[LookUp]) -> [u8; 32] {
    let mut digest = Sha256::new();
    for look_up in look_ups {
        look_up.digest_into(&mut digest);
    }
    digest.finalize().into()
}

/// A row of a statement of look-ups, with the index to use.
fn look_up(reader: &Reader<'_>, row: Row) -> Result<Option<LookUp>> {
    let Ok(
        [
            schema,
            relation,
            first_column,
            first_value,
            column,
            key_type,
            keys,
        ],
    ) = <[Option<String>; 7]>::try_from(row)
    else {
        return Ok(None);
    };
    let (Some(schema), Some(relation)) = (schema, relation) else {
        return Ok(None);
    };
    let Some(column) = column else {
        let relation = native::relation_oid(&schema, &relation);
        return Ok(relation.map(|relation| LookUp { relation, by: None }));
    };
    let found = reader.named(
        LOOK_UP_INDEX,
        &[
            Bind::text(schema),
            Bind::text(relation),
            Bind::new(pg_sys::TEXTOID, first_column),
            Bind::text(column),
        ],
    )?;
    let first = found.into_iter().next();
    Ok(first.and_then(|index| index_look_up(index, first_value, key_type?, keys?)))
}

/// A row of look_up_index.sql with the values that are looked for.
fn index_look_up(
    row: Row,
    first_value: Option<String>,
    key_type: String,
    keys: String,
) -> Option<LookUp> {
    let [
        relation,
        index,
        first_column,
        first_collation,
        column,
        collation,
    ] = <[Option<String>; 6]>::try_from(row).ok()?;
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
    Some(LookUp {
        relation: oid(relation)?,
        by: Some(IndexKey {
            index: oid(index)?,
            first,
            key: Key {
                column: column?.parse().ok()?,
                collation: oid(collation)?,
                key_type,
                value: Bind::new(key_type.array(), Some(keys)),
            },
        }),
    })
}
