//! As whom a psql session acts: in backend memory, where no SET reaches it.

use crate::exec::plan::Bind;
use crate::exec::{native, owner};
use odoo_compiler::error::{Code, Error, Result};
use pgrx::{PgXactCallbackEvent, pg_sys, register_xact_callback};
use std::cell::RefCell;

const ACT_AS_RIGHT: &str = include_str!("../../../sql/statements/act_as_right.sql");

/// An Odoo user that a session speaks for.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    /// `res_users.id`
    pub user_id: i64,
    /// That user's login.
    pub login: String,
    session_role: pg_sys::Oid,
    current_role: pg_sys::Oid,
}

#[derive(Default)]
struct Acting {
    in_transaction: Option<Identity>,
    in_session: Option<Identity>,
}

thread_local! {
    static ACTING: RefCell<Acting> = RefCell::default();
}

/// Acts as the user from now on: to the end of the transaction, or of the session.
pub(crate) fn assume(user_id: i64, login: String, for_session: bool) {
    let identity = Identity {
        user_id,
        login,
        session_role: native::session_role(),
        current_role: native::current_role(),
    };
    ACTING.with_borrow_mut(|acting| {
        if for_session {
            acting.in_session = Some(identity);
            acting.in_transaction = None;
        } else {
            acting.in_transaction = Some(identity);
        }
    });
    let forget = || ACTING.with_borrow_mut(|acting| acting.in_transaction = None);
    register_xact_callback(PgXactCallbackEvent::Commit, forget);
    register_xact_callback(PgXactCallbackEvent::Abort, forget);
}

/// The user the caller acts as; its right to it is looked at again.
pub(crate) fn current() -> Result<Identity> {
    let (session_role, current_role) = (native::session_role(), native::current_role());
    let identity = ACTING.with_borrow(|acting| {
        [&acting.in_transaction, &acting.in_session]
            .into_iter()
            .flatten()
            .find(|identity| {
                identity.session_role == session_role && identity.current_role == current_role
            })
            .cloned()
    });
    let Some(identity) = identity else {
        return Err(Error::new(Code::AccessDenied, "it is not said which Odoo user is asking").hint(
            "begin; select odoo_mcp.act_as('login'); … commit; or, for the session: select odoo_mcp.act_as('login', session => true)",
        ));
    };
    check_right(&identity.login)?;
    Ok(identity)
}

/// Whether the current role may learn which logins there are.
pub(crate) fn may_see_logins() -> bool {
    native::is_superuser(native::current_role())
}

/// Whether the current role was granted as a front's.
pub(crate) fn is_front() -> bool {
    owner::read(ACT_AS_RIGHT, &[Bind::oid(native::current_role())])
        .first()
        .and_then(|row| row.first()?.as_deref())
        == Some("true")
}

/// Refuses unless the current role may act as that login. Superusers may; fronts never.
pub(crate) fn check_right(login: &str) -> Result<()> {
    let role = native::current_role();
    let row = owner::read(ACT_AS_RIGHT, &[Bind::oid(role)])
        .into_iter()
        .next()
        .unwrap_or_default();
    let is_front = row.first().and_then(Option::as_deref) == Some("true");
    let logins: Vec<String> = row
        .get(1)
        .and_then(Option::as_deref)
        .and_then(|list| serde_json::from_str(list).ok())
        .unwrap_or_default();
    if !is_front && (native::is_superuser(role) || logins.iter().any(|granted| granted == login)) {
        return Ok(());
    }
    Err(Error::new(
        Code::NotPermitted,
        format!("this role may not act as {login:?}"),
    )
    .hint("a superuser runs: select odoo_mcp.allow_act_as(role, login)"))
}
