//! A call that waits for Odoo, as `serve` leaves one, and what a front does with it.

use postgres::Client;
use serde_json::Value;

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
        let call_id = superuser
            .query_one(
                "with made as (
                     insert into odoo_mcp_private.delegation
                         (call_id, token_id, session_role, tool, model, shape, reason, deadline)
                     values (gen_random_uuid(), $1, 'mcp_front', 'odoo_count', 'res.partner', $2::text::json, 'as the test says',
                             clock_timestamp() + interval '1 minute')
                     returning *)
                 insert into odoo_mcp_private.audit_attempt (call_id, token_id, user_id, login, tool, model, arguments_hash)
                 select m.call_id, t.id, t.user_id, t.login, m.tool, m.model, sha256('')
                   from made m join odoo_mcp_private.token t on t.id = m.token_id
                 returning call_id::text",
                &[&token_id, &shape],
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
