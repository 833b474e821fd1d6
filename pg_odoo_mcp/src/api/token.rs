//! Tokens, for the administrator.

use crate::catalog;
use crate::exec::read_only::Reader;
use crate::govern::installation::Installation;
use crate::govern::key;
use crate::govern::token::{self, TokenHash};
use crate::report::or_raise;
use odoo_compiler::error::{Code, Error};
use pgrx::datum::Interval;
use pgrx::prelude::*;

/// Makes a token for an Odoo user and shows it, once.
#[pg_extern(schema = "odoo_mcp", volatile, parallel_unsafe)]
pub(crate) fn issue_token(
    login: &str,
    name: &str,
    scope: default!(&str, "'read'"),
    expires_in: default!(Option<Interval>, "'30 days'"),
) -> String {
    or_raise(issue(
        login,
        name,
        scope,
        expires_in.map(|interval| interval.to_string()),
    ))
    .reveal()
}

fn issue(
    login: &str,
    name: &str,
    scope: &str,
    lifetime: Option<String>,
) -> Result<token::PlainToken, Error> {
    if name.is_empty() || name.chars().count() > 200 {
        return Err(Error::new(
            Code::InvalidArguments,
            "a token's name has 1 to 200 characters",
        )
        .hint("say where it is used, as in 'Claude on my laptop'"));
    }
    let installation = Installation::get()?;
    if !installation.is_at_home()? {
        return Err(Error::new(
            Code::NotPermitted,
            "this is a copy of the database that was set up",
        )
        .hint("a superuser runs: select odoo_mcp.adopt_database()"));
    }
    let user_id = Reader::within(&installation.source, |reader| {
        catalog::user_by_login(reader, login)
    })?;
    token::issue(user_id, login, name, scope, lifetime)
}

/// Ends a token at once. False where no live one has that id.
#[pg_extern(schema = "odoo_mcp", volatile, parallel_unsafe)]
pub(crate) fn revoke_token(id: i64) -> bool {
    let is_revoked = token::revoke(id);
    // also of one that was revoked before, where they could not be removed then
    if let Some(reason) = key::end(id) {
        pgrx::warning!(
            "the token has ended, but keys that were minted for it stay in Odoo until they can be removed: {reason}"
        );
    }
    is_revoked
}

/// Whom a token can be issued for; group_ids are the groups that they were put into, without those that these imply.
#[pg_extern(schema = "odoo_mcp", volatile, parallel_unsafe)]
pub(crate) fn active_users() -> TableIterator<
    'static,
    (
        name!(login, String),
        name!(is_internal, bool),
        name!(group_ids, Vec<i32>),
    ),
> {
    let installation = or_raise(Installation::get());
    let users = or_raise(Reader::within(&installation.source, catalog::active_users));
    TableIterator::new(users)
}

/// The SHA-256 by which a token is stored.
#[pg_extern(schema = "odoo_mcp", immutable, parallel_safe)]
pub(crate) fn hash_token(token: &str) -> Vec<u8> {
    TokenHash::of(token).bytes().to_vec()
}
