//! A client of Odoo's JSON-2, the oracle of every comparison.

use std::fmt;
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;

use crate::mcp::agent_that_waits;

/// A client with one user's API key.
#[derive(Clone, Debug)]
pub struct OdooClient {
    agent: Agent,
    url: String,
    database: String,
    key: String,
}

/// What Odoo refused, as it said it.
#[derive(Clone, Debug, PartialEq)]
pub struct OdooError {
    /// HTTP status.
    pub status: u16,
    /// The exception's class, as `odoo.exceptions.AccessError`.
    pub name: String,
    /// Its text.
    pub message: String,
}

impl fmt::Display for OdooError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}: {}", self.status, self.name, self.message)
    }
}

impl std::error::Error for OdooError {}

impl OdooClient {
    /// A client for one database.
    #[must_use]
    pub fn new(url: &str, database: &str, key: &str) -> Self {
        Self {
            // some groups of a million orders take Odoo minutes
            agent: agent_that_waits(Duration::from_secs(900)),
            url: url.to_owned(),
            database: database.to_owned(),
            key: key.to_owned(),
        }
    }

    /// Calls a method with named arguments (`ids` and `context` among them).
    ///
    /// # Errors
    /// What Odoo refused.
    ///
    /// # Panics
    /// If Odoo is not there or does not answer JSON.
    pub fn call(&self, model: &str, method: &str, arguments: &Value) -> Result<Value, OdooError> {
        let url = format!("{}/json/2/{model}/{method}", self.url);
        let mut answer = self
            .agent
            .post(&url)
            .header("Authorization", format!("Bearer {}", self.key))
            .header("X-Odoo-Database", &self.database)
            .header("Content-Type", "application/json")
            .send(arguments.to_string())
            .unwrap_or_else(|error| panic!("{url}: {error}"));
        let status = answer.status().as_u16();
        let body = answer
            .body_mut()
            .with_config()
            .limit(256 << 20)
            .read_to_string()
            .unwrap_or_else(|error| panic!("{url}: {error}"));
        let value: Value = match serde_json::from_str(&body) {
            Ok(value) => value,
            // where even making an answer fails there is a page: of bytes among the values, for instance
            Err(_) if status >= 500 => {
                return Err(OdooError {
                    status,
                    name: "a page".into(),
                    message: body,
                });
            }
            Err(error) => panic!("{url}: {status} {body}: {error}"),
        };
        if status == 200 {
            return Ok(value);
        }
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        Err(OdooError {
            status,
            name: text("name"),
            message: text("message"),
        })
    }
}
