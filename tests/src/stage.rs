//! A server process that has answered before, and a change behind its back.

use postgres::Client;
use serde_json::Value;

use crate::backend::Backend;
use crate::environment::Environment;
use crate::scratch::Scratch;

/// How often a process is asked until it reads nothing of what it keeps, but only looks whether it was written: the first
/// call tells it which models the question touches, the second where their rows stand.
pub const SETTLING: usize = 4;

/// A copy of the database, with a server process that answers one user.
pub struct Stage {
    login: &'static str,
    /// The user's.
    pub token: String,
    /// The process.
    pub backend: Backend,
    /// Who changes things: Odoo's role.
    pub odoo: Client,
    /// The copy.
    // last: it drops the database
    pub scratch: Scratch,
}

impl Stage {
    /// Of a copy with that name, for that user.
    #[must_use]
    pub fn new(name: &str, login: &'static str) -> Self {
        let scratch = Scratch::set_up(&Environment::load(), &format!("fresh_{name}"));
        let token = scratch.token(login);
        Self {
            login,
            backend: Backend::new(scratch.front_role(), &token),
            odoo: scratch.odoo_role(),
            token,
            scratch,
        }
    }

    fn ask(&mut self, tool: &str, arguments: &Value) -> Value {
        timeless(self.backend.call(tool, arguments))
    }

    /// Asks until the process keeps what it read, then changes something: the answers before and after.
    ///
    /// # Panics
    /// If that is not so, or the server refuses.
    pub fn change(&mut self, tool: &str, arguments: &Value, sql: &str) -> (Value, Value) {
        let before = self.ask(tool, arguments);
        for _ in 1..SETTLING {
            assert_eq!(before, self.ask(tool, arguments), "nothing changed");
        }
        self.odoo
            .batch_execute(sql)
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        let after = self.ask(tool, arguments);
        let mut fresh = Backend::new(self.scratch.front_role(), &self.token);
        assert_eq!(
            after,
            timeless(fresh.call(tool, arguments)),
            "{}, after {sql}: another answer than a new process gives",
            self.login
        );
        assert_ne!(before, after, "{} does not notice {sql}", self.login);
        for _ in 0..SETTLING {
            let later = self.ask(tool, arguments);
            assert_eq!(
                after, later,
                "{}: {sql} was noticed, and forgotten",
                self.login
            );
        }
        (before, after)
    }

    /// The same where the answers are counts.
    ///
    /// # Panics
    /// If that is not so, or the server refuses.
    pub fn change_count(&mut self, arguments: &Value, sql: &str) -> (i64, i64) {
        let (before, after) = self.change("odoo_count", arguments, sql);
        (count(&before), count(&after))
    }

    /// The same where the change makes an answer a refusal, or leaves it to Odoo; then the change is taken back. Answers
    /// what is said, for a delegated call to somebody in psql, where no front is to ask Odoo.
    ///
    /// # Panics
    /// If that is not so, or the server refuses.
    pub fn refuse(&mut self, tool: &str, arguments: &Value, sql: &str, back: &str) -> String {
        let (before, after) = self.change(tool, arguments, sql);
        assert!(before["result"].is_object(), "{before}");
        let said = if after["delegate"].is_object() {
            self.reason(tool, arguments)
        } else {
            assert!(after["error"].is_object(), "{sql}: {after}");
            after["error"].to_string()
        };
        let (_, again) = self.change(tool, arguments, back);
        assert_eq!(before, again, "after {back}");
        said
    }

    /// Has the process ask, which is to leave it to Odoo: why.
    ///
    /// # Panics
    /// If it answers or refuses, or leaves it to Odoo for psql as well.
    pub fn left_to_odoo(&mut self, tool: &str, arguments: &Value) -> String {
        let envelope = self.ask(tool, arguments);
        assert!(envelope["delegate"].is_object(), "{envelope}");
        self.reason(tool, arguments)
    }

    /// Why SQL does not answer, as somebody in psql is told.
    fn reason(&self, tool: &str, arguments: &Value) -> String {
        let mut superuser = self.scratch.superuser();
        superuser
            .execute(
                "select odoo_mcp.act_as($1, session => true)",
                &[&self.login],
            )
            .expect("acting");
        let refused = superuser
            .query_one("select odoo_mcp.call($1, $2)", &[&tool, arguments])
            .expect_err("psql has no front");
        let said = refused.as_db_error().expect("the server's answer");
        let (message, detail) = (said.message(), said.detail().unwrap_or_default());
        format!("not_supported: {message} ({detail})")
    }

    /// The role that reads Odoo's tables.
    #[must_use]
    pub fn reader(&self) -> String {
        format!("odoo_mcp_{}_reader", self.scratch.database)
    }

    /// What plain SQL counts.
    ///
    /// # Panics
    /// If that is not so, or the server refuses.
    pub fn plain(&mut self, sql: &str) -> i64 {
        self.odoo
            .query_one(sql, &[])
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"))
            .get(0)
    }
}

/// An answer without what differs from second to second.
fn timeless(mut envelope: Value) -> Value {
    if let Some(result) = envelope["result"].as_object_mut() {
        result.remove("now_utc");
    }
    envelope
}

/// The count of an answer.
///
/// # Panics
/// If it is another answer.
#[must_use]
pub fn count(envelope: &Value) -> i64 {
    envelope["result"]["count"]
        .as_i64()
        .unwrap_or_else(|| panic!("no count: {envelope}"))
}
