//! A connection of an administrator's own: as a role that may administer the extension, which is never the front's.

use crate::{config::ConfigError, pool::Parameter, secret::Secret};
use serde::de::DeserializeOwned;
use tokio::task::JoinHandle;
use tokio_postgres::{Client, NoTls, Row, error::SqlState};

/// The connection.
pub struct Administrator {
    client: Client,
    connection: JoinHandle<Result<(), tokio_postgres::Error>>,
}

impl Administrator {
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

    /// Ends the session.
    pub async fn close(self) {
        drop(self.client);
        let _ = self.connection.await;
    }

    /// The first column, where it has a text.
    pub(crate) async fn texts(
        &self,
        statement: &str,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<String>, ConfigError> {
        let rows = self.rows(statement, parameters).await?;
        rows.iter()
            .filter_map(|row| row.try_get(0).map_err(|error| refused(&error)).transpose())
            .collect()
    }

    /// The one JSON text that a statement answers, as what it stands for.
    pub(crate) async fn object<T: DeserializeOwned>(
        &self,
        statement: &str,
        parameters: &[Parameter<'_>],
    ) -> Result<T, ConfigError> {
        let texts = self.texts(statement, parameters).await?;
        let answer = texts.first();
        answer
            .and_then(|answer| serde_json::from_str(answer).ok())
            .ok_or_else(|| ConfigError {
                message: "the database gave an answer that this program does not know".to_owned(),
                hint: "program and extension are of different versions: odoo-mcp doctor".to_owned(),
            })
    }

    pub(crate) async fn batch(&self, statement: &str) -> Result<(), ConfigError> {
        let done = self.client.batch_execute(statement).await;
        done.map_err(|error| refused(&error))
    }

    async fn rows(
        &self,
        statement: &str,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<Row>, ConfigError> {
        let rows = self.client.query_typed(statement, parameters).await;
        rows.map_err(|error| refused(&error))
    }
}

/// The server's words: statement and parameters were the administrator's, and hold no secret.
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
            "this decides over rights: connect as a role that may administer the extension, which a front's may not; \
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
