//! Tokens: random, shown once, stored as their SHA-256.

use crate::exec::plan::Bind;
use crate::exec::{native, owner};
use crate::govern::base64;
use odoo_compiler::answer::Token;
use odoo_compiler::error::{Code, Error, Result};
use pgrx::pg_sys;
use sha2::{Digest, Sha256};
use std::fmt;

const TOKEN_BY_HASH: &str = include_str!("../../../sql/statements/token_by_hash.sql");
const TOKEN_INSERT: &str = include_str!("../../../sql/statements/token_insert.sql");
const TOKEN_IS_LIVE: &str = include_str!("../../../sql/statements/token_is_live.sql");
const TOKEN_HOLDERS: &str = include_str!("../../../sql/statements/token_holders.sql");
const TOKEN_REVOKE: &str = include_str!("../../../sql/statements/token_revoke.sql");

/// NEVER CHANGE: secret scanners look for it.
const PREFIX: &str = "omcp_";

/// A token in clear. It is shown to whoever asked for it, once, and never stored.
pub(crate) struct PlainToken(String);

/// What is stored of a token, and what the front sends.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct TokenHash([u8; 32]);

impl fmt::Debug for PlainToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlainToken(redacted)")
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(redacted)")
    }
}

impl PlainToken {
    /// A new one.
    pub(crate) fn random() -> Self {
        PlainToken(format!("{PREFIX}{}", base64::url(&native::random_bits())))
    }

    /// Its hash.
    pub(crate) fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }

    /// The text, to be shown once.
    pub(crate) fn reveal(self) -> String {
        self.0
    }
}

impl TokenHash {
    /// The hash of a token's whole text.
    pub(crate) fn of(text: &str) -> Self {
        TokenHash(Sha256::digest(text.as_bytes()).into())
    }

    /// The hash as it came from the front, if it can be one.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(TokenHash)
    }

    /// The 32 bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// A token that lives: neither revoked nor expired.
#[derive(Debug, Clone)]
pub(crate) struct LiveToken {
    /// `token.id`
    pub id: i64,
    /// The Odoo user it speaks for.
    pub user_id: i64,
    /// That user's login when it was issued.
    pub login: String,
    /// What its holder may know of it.
    pub shown: Token,
}

impl LiveToken {
    /// The token of that hash, looked up in the caller's snapshot.
    pub(crate) fn find(hash: &TokenHash) -> Option<LiveToken> {
        let row = owner::read(TOKEN_BY_HASH, &[Bind::bytes(hash.bytes())])
            .into_iter()
            .next()?;
        let [id, user_id, login, name, scope, expires_at] =
            <[Option<String>; 6]>::try_from(row).ok()?;
        Some(LiveToken {
            id: id?.parse().ok()?,
            user_id: user_id?.parse().ok()?,
            login: login?,
            shown: Token {
                name: name?,
                scope: scope?,
                expires_at,
            },
        })
    }
}

/// Stores a new token for the user and returns it in clear.
pub(crate) fn issue(
    user_id: i64,
    login: &str,
    name: &str,
    scope: &str,
    lifetime: Option<String>,
) -> Result<PlainToken> {
    if scope != "read" {
        return Err(Error::new(
            Code::InvalidArguments,
            format!("there is no token scope {scope:?}"),
        )
        .hint("only \"read\" exists by now; write and admin come later"));
    }
    let token = PlainToken::random();
    let stored = owner::run(
        TOKEN_INSERT,
        &[
            Bind::bytes(token.hash().bytes()),
            Bind::int4(user_id),
            Bind::text(login),
            Bind::text(name),
            Bind::text(scope),
            Bind::new(pg_sys::INTERVALOID, lifetime),
        ],
    );
    if stored.is_empty() {
        return Err(Error::new(
            Code::InvalidArguments,
            "a token that lives for no time would let nobody in",
        )
        .hint("say expires_in => '90 days', or NULL for one without an end"));
    }
    Ok(token)
}

/// Whether the token of that id lives, in the caller's snapshot.
pub(crate) fn is_live(id: i64) -> bool {
    !owner::read(TOKEN_IS_LIVE, &[Bind::int8(Some(id))]).is_empty()
}

/// The Odoo user of each live token.
pub(crate) fn holders() -> Vec<i64> {
    let rows = owner::read_once(TOKEN_HOLDERS, &[]);
    rows.into_iter()
        .flatten()
        .flatten()
        .filter_map(|id| id.parse().ok())
        .collect()
}

/// Ends a token. False where there is no live one of that id.
pub(crate) fn revoke(id: i64) -> bool {
    !owner::run(TOKEN_REVOKE, &[Bind::int8(Some(id))]).is_empty()
}
