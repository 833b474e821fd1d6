//! Odoo's table of API keys, as the role that may put keys in and take them out, and do nothing else.
//!
//! Odoo's role owns the table. What a write into it evaluates is checked under a lock that keeps the
//! table as it is until the transaction ends; reading needs less (`relation.rs`).

use super::function_guard::FunctionGuard;
use super::plan::{Bind, Plan, Row, connected};
use super::read_only::{Source, quoted};
use super::{native, relation, role, settings};
use odoo_compiler::error::{Code, Error, Result};
use pgrx::pg_sys;

const TABLE: &str = include_str!("../../../sql/statements/apikey_table.sql");
const INSERT: &str = include_str!("../../../sql/statements/apikey_insert.sql");
const INSERT_ENDLESS: &str = include_str!("../../../sql/statements/apikey_insert_endless.sql");
const DELETE: &str = include_str!("../../../sql/statements/apikey_delete.sql");
const CACHE_SIGNAL: &str = include_str!("../../../sql/statements/cache_signal.sql");

/// How long to wait where another session holds the table or a row of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Patience {
    /// As long as any call waits for a lock.
    OfACall,
    /// Not at all, or as good as.
    None,
}

/// What is written of a key.
pub(crate) struct NewKey<'a> {
    /// What Odoo shows of it.
    pub name: String,
    /// `res_users.id`
    pub user_id: i64,
    /// The first characters of the key, by which Odoo looks it up.
    pub index: &'a str,
    /// By which Odoo checks it.
    pub hash: String,
    /// How long it lives, in seconds.
    pub lifetime: u64,
}

/// The table, locked and found to be as Odoo makes it.
pub(crate) struct KeyTable<'a> {
    source: &'a Source,
    relation: pg_sys::Oid,
    has_end: bool,
    signal: Option<pg_sys::Oid>,
}

impl KeyTable<'_> {
    /// Becomes the minting role, security restricted, with every setting pinned, for `work`. Whatever
    /// fails is to be undone by whoever catches it.
    pub(crate) fn within<T>(
        source: &Source,
        minter: pg_sys::Oid,
        patience: Patience,
        work: impl FnOnce(&KeyTable<'_>) -> Result<T>,
    ) -> Result<T> {
        let _guard = FunctionGuard::up();
        role::acting_as(minter, || {
            if patience == Patience::None {
                settings::tighten(c"lock_timeout", c"20ms");
            }
            connected(|| work(&KeyTable::open(source, patience)?))
        })
    }

    fn open(source: &Source, patience: Patience) -> Result<KeyTable<'_>> {
        const NAME: &str = "res_users_apikeys";
        let named = || native::relation_oid(&source.odoo_schema, NAME);
        let Some(relation) = named() else {
            return Err(refusal("is gone"));
        };
        // stronger than for reading: nobody may give it a trigger, a rule, a constraint or another default
        if !relation::lock_for_writing(relation, patience == Patience::OfACall) {
            return Err(Error::new(
                Code::TimedOut,
                "Odoo's table of API keys is locked by another session",
            ));
        }
        if named() != Some(relation) {
            return Err(refusal("was replaced just now"));
        }
        let binds = [
            Bind::oid(relation),
            Bind::text(source.odoo_schema.clone()),
            Bind::oid(source.odoo_role),
        ];
        let mut found: Option<Row> = None;
        relation::read_latest(Plan::kept(TABLE, &binds), &binds, &mut |row| {
            found = Some(row);
            Ok(())
        })?;
        let Some([problem, has_end, signal]) =
            found.and_then(|row| <[Option<String>; 3]>::try_from(row).ok())
        else {
            return Err(refusal("is gone"));
        };
        if let Some(problem) = problem {
            return Err(refusal(&problem));
        }
        Ok(KeyTable {
            source,
            relation,
            has_end: has_end.as_deref() == Some("true"),
            signal: signal
                .and_then(|oid| oid.parse().ok())
                .map(pg_sys::Oid::from_u32),
        })
    }

    /// Whether workers of Odoo keep the keys that they let in, and are told when one is removed.
    pub(crate) fn has_signal(&self) -> bool {
        self.signal.is_some()
    }

    /// Puts a key in; its id.
    pub(crate) fn insert(&self, key: NewKey<'_>) -> Result<i64> {
        let mut binds = vec![
            Bind::text(key.name),
            Bind::int4(key.user_id),
            Bind::text(key.index),
            Bind::text(key.hash),
        ];
        let text = if self.has_end {
            binds.push(Bind::new(pg_sys::FLOAT8OID, Some(key.lifetime.to_string())));
            INSERT
        } else {
            INSERT_ENDLESS
        };
        let id = self.write(text, &binds)?.into_iter().flatten().next();
        id.flatten()
            .and_then(|id| id.parse().ok())
            .ok_or_else(|| refusal("has not taken the key"))
    }

    /// Takes keys out by their ids, and tells Odoo's workers where they must be.
    pub(crate) fn delete(&self, ids: &[i64]) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        self.write(DELETE, &[Bind::int4_array(ids.iter())])?;
        self.signal();
        Ok(())
    }

    /// Tells Odoo's workers to look every key up again.
    pub(crate) fn signal(&self) {
        if let Some(sequence) = self.signal {
            let binds = [Bind::oid(sequence)];
            Plan::kept(CACHE_SIGNAL, &binds).write(&binds);
        }
    }

    fn write(&self, text: &str, binds: &[Bind]) -> Result<Vec<Row>> {
        let text = text.replace(":odoo.", &format!("{}.", quoted(&self.source.odoo_schema)));
        let mut plan = Plan::kept(&text, binds);
        if !plan.is_valid() {
            Plan::forget(&text);
            plan = Plan::kept(&text, binds);
        }
        self.check(plan)?;
        let rows = plan.write(binds);
        // a schema that was renamed meanwhile gives the name to another table: then all is undone
        self.check(plan)?;
        Ok(rows)
    }

    /// That the statement is about the table that was looked at, and calls nobody's functions.
    fn check(&self, plan: Plan) -> Result<()> {
        let (relations, functions) = plan.dependencies();
        // the default of the id names its sequence
        let is_its_own =
            |relation: &pg_sys::Oid| *relation == self.relation || native::is_sequence(*relation);
        if !relations.contains(&self.relation) || !relations.iter().all(is_its_own) {
            return Err(refusal("was replaced just now"));
        }
        relation::check_functions(&functions, None)
    }
}

fn refusal(problem: &str) -> Error {
    Error::new(
        Code::NotSupported,
        format!("no key for Odoo can be made or removed: res_users_apikeys {problem}"),
    )
    .detail("writing there could run code of whoever owns the table, so it is left alone")
    .hint("a DBA runs: select odoo_mcp.check_grants(); where that does not help, takes from the table what Odoo did not make")
}
