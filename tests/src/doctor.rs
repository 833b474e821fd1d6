//! What the two doctors say: the program's, and the one in the database.

use std::process::Command;

use postgres::Client;
use serde_json::Value;

use crate::environment::Environment;

/// What `odoo-mcp doctor` says.
pub struct Report {
    findings: Vec<Value>,
    /// Whether one of its findings is an error.
    pub has_failed: bool,
    /// All of it, as JSON.
    pub text: String,
}

impl Report {
    /// Asks it with these settings.
    ///
    /// # Panics
    /// If it says something else than how it ended.
    #[must_use]
    pub fn of(env: &Environment, settings: &[(&str, &str)]) -> Self {
        let output = Command::new(&env.front_binary)
            .args(["doctor", "--json"])
            .env_remove("ODOO_MCP_LISTEN")
            .envs(settings.iter().copied())
            .output()
            .expect("the program is there");
        let text = String::from_utf8(output.stdout).expect("text");
        let body: Value = serde_json::from_str(&text).unwrap_or_else(|error| {
            panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr))
        });
        let findings = body["findings"].as_array().expect("findings").clone();
        let errors = findings.iter().filter(|f| f["status"] == "error").count();
        assert_eq!(body["errors"], errors, "{text}");
        assert_eq!(output.status.code(), Some(i32::from(errors > 0)), "{text}");
        assert_eq!(
            findings.last().map(|f| f["status"] == "error"),
            Some(errors > 0),
            "the worst is the last: {text}"
        );
        Self {
            findings,
            has_failed: errors > 0,
            text,
        }
    }

    /// Of the stack's database, with an Odoo at this address.
    ///
    /// # Panics
    /// As [`Self::of`].
    #[must_use]
    pub fn with_odoo(env: &Environment, url: &str, database: &str) -> Self {
        Self::of(
            env,
            &[
                ("ODOO_MCP_DATABASE_URL", &env.front_role_url),
                ("ODOO_MCP_ODOO_URL", url),
                ("ODOO_MCP_ODOO_DB", database),
            ],
        )
    }

    /// Asserts that a finding has this status and these words.
    ///
    /// # Panics
    /// If none has.
    pub fn says(&self, status: &str, finding: &str, hint: &str) {
        let found = self.findings.iter().any(|f| {
            f["status"] == status
                && f["finding"]
                    .as_str()
                    .is_some_and(|text| text.contains(finding))
                && f["hint"].as_str().unwrap_or("").contains(hint)
        });
        assert!(found, "{status} {finding:?} → {hint:?}: {}", self.text);
    }
}

/// What `odoo_mcp.doctor()` says: `status check finding → hint`, a line each.
///
/// # Panics
/// If it is refused, or says next to nothing.
pub fn findings(client: &mut Client) -> String {
    let rows = client
        .query(
            "select format('%s %s %s → %s', status, \"check\", finding, hint) from odoo_mcp.doctor()",
            &[],
        )
        .unwrap_or_else(|error| panic!("{error:?}"));
    assert!(rows.len() > 8, "{} findings", rows.len());
    rows.iter()
        .map(|row| row.get::<_, String>(0) + "\n")
        .collect()
}
