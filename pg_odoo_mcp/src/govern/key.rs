//! Odoo's API keys for delegated calls: random, shown to one front once, of minutes of life.

use crate::exec::key_table::{KeyTable, NewKey, Patience};
use crate::exec::plan::{Bind, Row};
use crate::exec::subxact::{self, Failure};
use crate::exec::{native, owner};
use crate::govern::base64;
use crate::govern::delegation;
use crate::govern::installation::Installation;
use crate::gucs;
use odoo_compiler::error::Result;
use pgrx::pg_sys;
use sha2::Sha512;
use std::fmt;
use std::time::Duration;

const HOLDER: &str = include_str!("../../../sql/statements/key_holder.sql");
const FORMER: &str = include_str!("../../../sql/statements/key_former.sql");
const NOTE: &str = include_str!("../../../sql/statements/key_note.sql");
const DUE: &str = include_str!("../../../sql/statements/key_due.sql");
const FORGET: &str = include_str!("../../../sql/statements/key_forget.sql");
const ANNOUNCE: &str = include_str!("../../../sql/statements/key_announce.sql");
const END: &str = include_str!("../../../sql/statements/key_end.sql");
const POSTPONE: &str = include_str!("../../../sql/statements/key_postpone.sql");

/// How many characters of a key Odoo stores in clear, to look it up by.
const INDEX_LENGTH: usize = 8;

/// Odoo hashes its own keys 6000 times, as if people had thought of them. These are 160 random bits,
/// of which the index tells 32: no number of rounds makes them harder to guess, it would only be paid
/// again by Odoo at every delegated call. The count is part of the hash, and Odoo takes any.
const ROUNDS: u32 = 1;

/// How many keys one role may have of a token: whoever shares the role has a key for each of its fronts, and one that was
/// restarted leaves its last one behind. Beyond it the oldest makes room, so no front is kept from its own by others.
const KEYS_OF_A_ROLE: i64 = 32;

/// How many keys an admitted call takes away at most: the next one goes on.
const SWEPT_BY_A_CALL: i64 = 20;

/// What that may take, before the call itself is looked at.
const SWEEP_BUDGET: Duration = Duration::from_millis(250);

/// An API key in clear. It goes to the front that asked, and is stored nowhere.
pub(crate) struct PlainKey(String);

impl fmt::Debug for PlainKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlainKey(redacted)")
    }
}

impl PlainKey {
    /// 160 bits, as Odoo makes its own.
    fn random() -> Self {
        let bits = native::random_bits();
        PlainKey(
            bits[..20]
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        )
    }

    fn index(&self) -> &str {
        &self.0[..INDEX_LENGTH]
    }

    /// As passlib writes it: Odoo asks nothing else.
    fn hash(&self) -> String {
        let salt = &native::random_bits()[..16];
        let derived: [u8; 64] =
            pbkdf2::pbkdf2_hmac_array::<Sha512, 64>(self.0.as_bytes(), salt, ROUNDS);
        format!(
            "$pbkdf2-sha512${ROUNDS}${}${}",
            base64::passlib(salt),
            base64::passlib(&derived)
        )
    }

    /// The text, to be shown once.
    fn reveal(self) -> String {
        self.0
    }
}

/// Makes a key for the token's user and that call, in the place of the former one of that front, and writes it into the audit.
/// Nothing where the token has ended.
pub(crate) fn mint(
    call_id: &str,
    token_id: i64,
    front: &str,
    installation: &Installation,
    minter: pg_sys::Oid,
) -> Result<Option<String>, Failure> {
    let lifetime = gucs::delegation_key_lifetime().as_secs();
    let secret = subxact::contain(gucs::call_timeout(), || {
        let holder = owner::run(HOLDER, &[Bind::int8(Some(token_id))]);
        let Some((user_id, token_name)) = holder.into_iter().next().and_then(holder_of) else {
            return Ok(None);
        };
        delegation::count_key(call_id)?;
        let front = Bind::uuid(front);
        let former = Rows::of(owner::run(
            FORMER,
            &[
                Bind::int8(Some(token_id)),
                front.clone(),
                Bind::int8(Some(KEYS_OF_A_ROLE)),
            ],
        ));
        let key = PlainKey::random();
        let (id, has_signal) =
            KeyTable::within(&installation.source, minter, Patience::OfACall, |table| {
                table.delete(&former.key_ids)?;
                let id = table.insert(NewKey {
                    // whoever looks at their keys in Odoo sees whose it is
                    name: format!("odoo-mcp: {token_name}"),
                    user_id,
                    index: key.index(),
                    hash: key.hash(),
                    lifetime,
                })?;
                Ok((id, table.has_signal()))
            })?;
        former.put_away(has_signal);
        owner::run(
            NOTE,
            &[
                Bind::int4(id),
                Bind::int8(Some(token_id)),
                front,
                Bind::new(pg_sys::FLOAT8OID, Some(lifetime.to_string())),
                Bind::uuid(call_id),
                Bind::int4(user_id),
            ],
        );
        Ok(Some(key))
    })?;
    Ok(secret.map(|secret| {
        serde_json::json!({"key": {"secret": secret.reveal(), "expires_in": lifetime}}).to_string()
    }))
}

fn holder_of(row: Row) -> Option<(i64, String)> {
    let [user_id, name] = <[Option<String>; 2]>::try_from(row).ok()?;
    Some((user_id?.parse().ok()?, name?))
}

/// Has the keys of a token end now. Says what stands in the way; they are tried again later then.
pub(crate) fn end(token_id: i64) -> Option<String> {
    if owner::run(END, &[Bind::int8(Some(token_id))]).is_empty() {
        return None;
    }
    remove_due()
}

/// Removes all keys whose time has come, and says what stands in the way.
pub(crate) fn remove_due() -> Option<String> {
    match sweep(Patience::OfACall, i64::MAX, gucs::call_timeout()) {
        Ok(()) => None,
        Err(Failure::Expected(error)) => Some(error.message),
        Err(Failure::Unexpected(text)) => {
            pgrx::log!("odoo_mcp: minted keys could not be removed: {text}");
            Some(String::from("the server's log has the reason"))
        }
    }
}

/// The same by the way, without waiting for anybody.
pub(crate) fn sweep_in_passing() {
    let reason = match sweep(Patience::None, SWEPT_BY_A_CALL, SWEEP_BUDGET) {
        Ok(()) => return,
        Err(Failure::Expected(error)) => error.message,
        Err(Failure::Unexpected(text)) => text,
    };
    pgrx::log!("odoo_mcp: minted keys are not removed yet: {reason}");
    owner::run(POSTPONE, &[]);
}

fn sweep(patience: Patience, limit: i64, budget: Duration) -> Result<(), Failure> {
    let Some((installation, minter)) = Installation::find().and_then(|installation| {
        let minter = installation.minter?;
        Some((installation, minter))
    }) else {
        return Ok(());
    };
    subxact::contain(budget, || {
        let due = Rows::of(owner::run(DUE, &[Bind::int8(Some(limit))]));
        if due.ids.is_empty() && due.announced.is_empty() {
            return Ok(());
        }
        let has_signal = KeyTable::within(&installation.source, minter, patience, |table| {
            table.delete(&due.key_ids)?;
            if due.key_ids.is_empty() {
                table.signal();
            }
            Ok(table.has_signal())
        })?;
        due.put_away(has_signal);
        Ok(())
    })
}

/// Rows of our own table of keys.
#[derive(Default)]
struct Rows {
    /// Of those that are still in Odoo's table.
    ids: Vec<i64>,
    /// The same there.
    key_ids: Vec<i64>,
    /// Of those that were taken out by an earlier transaction.
    announced: Vec<i64>,
}

impl Rows {
    fn of(rows: Vec<Row>) -> Self {
        let mut found = Rows::default();
        for row in rows {
            let mut cells = row
                .into_iter()
                .map(|cell| cell.and_then(|id| id.parse::<i64>().ok()));
            match (cells.next().flatten(), cells.next().flatten()) {
                (Some(id), Some(key_id)) => {
                    found.ids.push(id);
                    found.key_ids.push(key_id);
                }
                (Some(id), None) => found.announced.push(id),
                (None, _) => {}
            }
        }
        found
    }

    /// After their removal: forgotten at once, or once Odoo's workers are told of it after this transaction.
    fn put_away(&self, has_signal: bool) {
        if has_signal && !self.ids.is_empty() {
            owner::run(ANNOUNCE, &[Bind::int8_array(self.ids.iter())]);
        }
        let mut done = self.announced.clone();
        if !has_signal {
            done.extend(&self.ids);
        }
        if !done.is_empty() {
            owner::run(FORGET, &[Bind::int8_array(done.iter())]);
        }
    }
}
