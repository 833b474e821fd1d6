//! Facts on their way into the database, on a connection of an administrator's own.

use crate::{config::ConfigError, secret::Secret};
use serde::Deserialize;
use std::fmt;
use tokio::task::JoinHandle;
use tokio_postgres::{Client, NoTls, Row, error::SqlState, types::Type};

/// A connection as a role that may load facts; it is never the front's.
pub struct Database {
    client: Client,
    connection: JoinHandle<Result<(), tokio_postgres::Error>>,
}

/// What `odoo_mcp.load_facts` answers.
#[derive(Debug, Deserialize)]
pub struct Summary {
    models: u64,
    sql: u64,
    /// By the facts that were there before.
    #[serde(default)]
    sql_before: u64,
    odoo: u64,
    /// The same facts were there before.
    pub unchanged: bool,
    reasons: Vec<Reason>,
}

/// Why Odoo answers some models.
#[derive(Debug, Deserialize)]
struct Reason {
    reason: String,
    models: u64,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let news = if self.unchanged {
            "as they were loaded before"
        } else {
            "new"
        };
        writeln!(f, "facts of {} models, {news}", self.models)?;
        write!(
            f,
            "answered by SQL: {} models, by Odoo: {}",
            self.sql, self.odoo
        )?;
        if !self.reasons.is_empty() {
            write!(
                f,
                "; why by Odoo, and of how many models it is the first reason:"
            )?;
        }
        for Reason { reason, models } in &self.reasons {
            write!(f, "\n{models:6}  {reason}")?;
        }
        write!(f, "\neach model: select * from odoo_mcp.model_status")
    }
}

impl Summary {
    /// What was good is not given up by mistake: a folder that was not named, say.
    fn check_loss(&self) -> Result<(), ConfigError> {
        if self.sql.saturating_mul(4) >= self.sql_before.saturating_mul(3) {
            return Ok(());
        }
        let reasons = self.reasons.iter().take(3);
        let reasons: Vec<String> = reasons
            .map(|Reason { reason, models }| format!("{reason} ({models} models)"))
            .collect();
        Err(ConfigError {
            message: format!(
                "SQL answered {} models and would answer {}; the facts stay as they were. Why by Odoo: {}",
                self.sql_before,
                self.sql,
                reasons.join("; ")
            ),
            hint: "name the folders of all addons; --replace loads these facts all the same"
                .to_owned(),
        })
    }
}

impl Database {
    /// Connects.
    ///
    /// # Errors
    /// In words for the administrator, without a secret.
    pub async fn connect(url: &Secret<tokio_postgres::Config>) -> Result<Self, ConfigError> {
        let (client, connection) = url.expose().connect(NoTls).await.map_err(|e| refused(&e))?;
        Ok(Self {
            client,
            connection: tokio::spawn(connection),
        })
    }

    /// Odoo's installed modules, with their versions.
    ///
    /// # Errors
    /// The role may not ask, or there is no such extension.
    pub async fn installed_modules(&self) -> Result<Vec<(String, String)>, ConfigError> {
        let rows = self
            .client
            .query_typed(
                "SELECT name::text, version::text FROM odoo_mcp.installed_modules()",
                &[],
            )
            .await
            .map_err(|error| refused(&error))?;
        let module = |row: &Row| Ok((row.try_get(0)?, row.try_get(1)?));
        rows.iter()
            .map(|row| module(row).map_err(|error| refused(&error)))
            .collect()
    }

    /// Where the facts come from that the database keeps, if it keeps any.
    ///
    /// # Errors
    /// The role may not ask, or there is no such extension.
    pub async fn origin(&self) -> Result<Option<String>, ConfigError> {
        let rows = self
            .client
            .query_typed("SELECT origin::text FROM odoo_mcp.facts", &[])
            .await
            .map_err(|error| refused(&error))?;
        let origin = rows.first().map(|row| row.try_get(0));
        origin.transpose().map_err(|error| refused(&error))
    }

    /// Has the database keep a document of facts; one that leaves SQL far fewer models than it had only where that is meant.
    ///
    /// # Errors
    /// The role may not, the database refuses the document, or SQL would lose too much by it.
    pub async fn load(&self, document: &str, replace: bool) -> Result<Summary, ConfigError> {
        self.batch("BEGIN").await?;
        let summary = self.put(document).await;
        let checked = summary.and_then(|summary| {
            if !replace {
                summary.check_loss()?;
            }
            Ok(summary)
        });
        self.batch(if checked.is_ok() {
            "COMMIT"
        } else {
            "ROLLBACK"
        })
        .await?;
        checked
    }

    async fn put(&self, document: &str) -> Result<Summary, ConfigError> {
        let rows = self
            .client
            .query_typed(
                "SELECT odoo_mcp.load_facts($1::jsonb)::text",
                &[(&document, Type::TEXT)],
            )
            .await
            .map_err(|error| refused(&error))?;
        let answer: Option<&str> = rows.first().and_then(|row| row.try_get(0).ok());
        answer
            .and_then(|answer| serde_json::from_str(answer).ok())
            .ok_or_else(|| ConfigError {
                message: "the database gave an answer that this program does not know".to_owned(),
                hint: "program and extension are of different versions: odoo-mcp doctor".to_owned(),
            })
    }

    /// What [`Database::load`] would say, without keeping anything.
    ///
    /// # Errors
    /// As there.
    pub async fn compare(&self, document: &str) -> Result<Summary, ConfigError> {
        self.batch("BEGIN").await?;
        let summary = self.put(document).await;
        self.batch("ROLLBACK").await?;
        summary
    }

    /// Ends the session.
    pub async fn close(self) {
        drop(self.client);
        let _ = self.connection.await;
    }

    async fn batch(&self, statement: &str) -> Result<(), ConfigError> {
        let done = self.client.batch_execute(statement).await;
        done.map_err(|error| refused(&error))
    }
}

/// The server's words: statement and document were the administrator's, and hold no secret.
fn refused(error: &tokio_postgres::Error) -> ConfigError {
    let Some(answer) = error.as_db_error() else {
        return ConfigError {
            message: format!("the database cannot be reached: {error}"),
            hint: "check host, port, database and password in ODOO_MCP_ADMIN_DATABASE_URL"
                .to_owned(),
        };
    };
    let hint = match *answer.code() {
        SqlState::INSUFFICIENT_PRIVILEGE => {
            "facts are rights: connect as a role that may administer the extension, which a front's may not; \
             a superuser makes one: CREATE ROLE scanner LOGIN PASSWORD '…' IN ROLE odoo_mcp_<database>_admin (what setup() answers as admin)"
        }
        SqlState::UNDEFINED_FUNCTION | SqlState::INVALID_SCHEMA_NAME => {
            "CREATE EXTENSION pg_odoo_mcp and SELECT odoo_mcp.setup() in this database, or ALTER EXTENSION pg_odoo_mcp UPDATE"
        }
        SqlState::INVALID_PASSWORD
        | SqlState::INVALID_AUTHORIZATION_SPECIFICATION
        | SqlState::INVALID_CATALOG_NAME => {
            "correct role, password and database in ODOO_MCP_ADMIN_DATABASE_URL or --database-url"
        }
        _ => "in that database, as that role: select * from odoo_mcp.doctor()",
    };
    ConfigError {
        message: answer.message().to_owned(),
        hint: answer.hint().unwrap_or(hint).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::Summary;

    #[test]
    fn the_summary_says_who_answers_what_and_why() {
        let json = r#"{"models": 3, "sql": 2, "odoo": 1, "unchanged": false,
            "reasons": [{"reason": "_search decides which rows there are", "models": 1}]}"#;
        let summary: Summary = serde_json::from_str(json).expect("the test's own is well formed");
        let text = summary.to_string();
        assert!(text.starts_with("facts of 3 models, new\nanswered by SQL: 2 models, by Odoo: 1;"));
        assert!(text.contains("     1  _search decides"));
    }
}
