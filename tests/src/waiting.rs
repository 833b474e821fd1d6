//! A call that waits for Odoo, as `serve` leaves one, and what a front does with it.

use postgres::Client;
use serde_json::Value;

use crate::environment::Environment;

/// How an answer of `search_count` becomes that of `odoo_count`.
pub const SHAPE: &str =
    r#"{"model": "res.partner", "reason": "as the test says", "form": "count"}"#;

/// One that was put there by a superuser, whatever the compiler would delegate.
pub struct Waiting {
    /// Under which the front reports.
    pub call_id: String,
}

impl Waiting {
    /// A call of the token with that id, told to the front's role, for the next minute.
    ///
    /// # Panics
    /// If the server refuses.
    #[must_use]
    pub fn of(superuser: &mut Client, token_id: i64, shape: &str) -> Self {
        Self::told_to(superuser, token_id, shape, "mcp_front")
    }

    /// The same, told to another role.
    ///
    /// # Panics
    /// If the server refuses.
    #[must_use]
    pub fn told_to(superuser: &mut Client, token_id: i64, shape: &str, front_role: &str) -> Self {
        let call_id = superuser
            .query_one(
                "with made as (
                     insert into odoo_mcp_private.delegation
                         (call_id, token_id, session_role, shape, deadline)
                     values (gen_random_uuid(), $1, $3, $2::text::json, clock_timestamp() + interval '1 minute')
                     returning *)
                 insert into odoo_mcp_private.audit_attempt (call_id, token_id, user_id, login, tool, model, arguments_hash)
                 select m.call_id, t.id, t.user_id, t.login, 'odoo_count', 'res.partner', sha256('')
                   from made m join odoo_mcp_private.token t on t.id = m.token_id
                 returning call_id::text",
                &[&token_id, &shape, &front_role],
            )
            .expect("a call that waits")
            .get(0);
        Self { call_id }
    }

    /// Asks for a key.
    ///
    /// # Panics
    /// If the server raises.
    pub fn ask_for_key(&self, front: &mut Client, name: &str) -> Value {
        let answer: String = front
            .query_one(
                "select odoo_mcp.delegation_key($1::text::uuid, $2::text::uuid)",
                &[&self.call_id, &name],
            )
            .unwrap_or_else(|error| panic!("delegation_key: {error:?}"))
            .get(0);
        serde_json::from_str(&answer).expect("JSON")
    }

    /// The key that it gets.
    ///
    /// # Panics
    /// If it gets none.
    pub fn key(&self, front: &mut Client, name: &str) -> String {
        let answer = self.ask_for_key(front, name);
        answer["key"]["secret"]
            .as_str()
            .unwrap_or_else(|| panic!("no key: {answer}"))
            .to_owned()
    }

    /// Reports what Odoo said; the envelope.
    ///
    /// # Panics
    /// If the server raises.
    pub fn complete(&self, front: &mut Client, outcome: &str) -> Value {
        let answer: String = front
            .query_one(
                "select odoo_mcp.complete($1::text::uuid, $2)",
                &[&self.call_id, &outcome],
            )
            .unwrap_or_else(|error| panic!("complete: {error:?}"))
            .get(0);
        serde_json::from_str(&answer).expect("JSON")
    }
}

/// The token with its id.
///
/// # Panics
/// If there is none.
pub fn token_id(superuser: &mut Client, token: &str) -> i64 {
    superuser
        .query_one(
            "select id from odoo_mcp_private.token where token_hash = odoo_mcp.hash_token($1)",
            &[&token],
        )
        .expect("its row")
        .get(0)
}

/// A random name, as a front makes one when it starts.
///
/// # Panics
/// If the server does not answer.
pub fn front_name(client: &mut Client) -> String {
    crate::serve::call_id(client)
}

/// Whoever has a token of its own in the database that Odoo serves; it is revoked at the end.
pub struct Holder {
    /// Of the token.
    pub id: i64,
    /// `res.users` id.
    pub user_id: i32,
    /// A connection as PostgreSQL's superuser.
    pub superuser: Client,
}

impl Holder {
    /// With a token of that name.
    ///
    /// # Panics
    /// If it is refused.
    #[must_use]
    pub fn of(env: &Environment, login: &str, name: &str) -> Self {
        let mut superuser = env.superuser();
        let token: String = superuser
            .query_one("select odoo_mcp.issue_token($1, $2)", &[&login, &name])
            .expect("a token")
            .get(0);
        let id = token_id(&mut superuser, &token);
        Self {
            id,
            user_id: env.users.of(login).id,
            superuser,
        }
    }

    /// A call of it that waits for a count.
    pub fn waiting(&mut self) -> Waiting {
        Waiting::of(&mut self.superuser, self.id, SHAPE)
    }

    /// Ids in Odoo's table of the keys made for it.
    ///
    /// # Panics
    /// If our table can't be read.
    pub fn key_ids(&mut self) -> Vec<i32> {
        self.superuser
            .query(
                "select key_id from odoo_mcp_private.delegation_key where token_id = $1 and key_id is not null order by key_id",
                &[&self.id],
            )
            .expect("our table")
            .iter()
            .map(|row| row.get(0))
            .collect()
    }

    /// Whether Odoo's table has a key of that id.
    ///
    /// # Panics
    /// If it can't be read.
    pub fn is_in_odoo(&mut self, key_id: i32) -> bool {
        self.superuser
            .query_one(
                "select exists (select from public.res_users_apikeys where id = $1)",
                &[&key_id],
            )
            .expect("Odoo's table")
            .get(0)
    }

    /// Ends the token.
    ///
    /// # Panics
    /// If it is refused.
    pub fn revoke(&mut self) -> bool {
        self.superuser
            .query_one("select odoo_mcp.revoke_token($1)", &[&self.id])
            .expect("revoke_token")
            .get(0)
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _revoked = self
            .superuser
            .execute("select odoo_mcp.revoke_token($1)", &[&self.id]);
    }
}
