//! What an operator has done from the command line, on a connection of its own.

use crate::{
    config::{Config, ConfigError},
    pool::{Place, Trouble},
};
use serde::Deserialize;
use std::fmt;
use tokio_postgres::{NoTls, SimpleQueryMessage};

/// What `odoo_mcp.pause` answers.
#[derive(Debug, Deserialize)]
pub struct Pause {
    paused_until: String,
    ended_sessions: u64,
    still_connected: Vec<Connected>,
}

/// Sessions of a role in the database.
#[derive(Debug, Deserialize)]
struct Connected {
    role: String,
    sessions: u64,
}

impl fmt::Display for Pause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "paused until {}; sessions of fronts that were ended: {}",
            self.paused_until, self.ended_sessions
        )?;
        for Connected { role, sessions } in &self.still_connected {
            write!(
                f,
                "\nstill connected, and in the way of a copy or a drop: {sessions} session(s) of {role}"
            )?;
        }
        Ok(())
    }
}

/// Has all fronts of the database refuse calls and hold no connection, for as long as
/// `duration` says in PostgreSQL's words for an interval (`1h`, `90 minutes`).
pub async fn pause(config: &Config, duration: &str) -> Result<Pause, ConfigError> {
    // the simple protocol has no parameters, and answers JSON as text
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b" .:".contains(&byte);
    if !duration.bytes().all(is_plain) {
        return Err(ConfigError {
            message: "the duration is not valid".into(),
            hint: "as in --for 30min, 1h or '2 hours'".into(),
        });
    }
    let answer = call(config, &format!("CALL odoo_mcp.pause('{duration}')")).await?;
    serde_json::from_str(&answer).map_err(|error| refusal(&error.to_string()))
}

/// Ends a pause.
pub async fn resume(config: &Config) -> Result<(), ConfigError> {
    call(config, "CALL odoo_mcp.resume()").await.map(drop)
}

async fn call(config: &Config, statement: &str) -> Result<String, ConfigError> {
    let url = config.database_url.expose();
    let (client, connection) = url
        .connect(NoTls)
        .await
        .map_err(|error| refused(config, &error))?;
    let connection = tokio::spawn(connection);
    let outcome = client.simple_query(statement).await;
    drop(client);
    // its end is the end of the session: Odoo's command may follow at once
    let _ = connection.await;
    outcome
        .map_err(|error| refused(config, &error))?
        .into_iter()
        .find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        })
        .ok_or_else(|| refusal("the database gave no answer"))
}

/// The server's words carry no secret of ours: statement and parameter were the operator's. Its own
/// hint comes first; else the one that a front has for the same.
fn refused(config: &Config, error: &tokio_postgres::Error) -> ConfigError {
    let Trouble { problem, hint, .. } = Trouble::of(error, &Place::of(config));
    match error.as_db_error() {
        Some(error) => ConfigError {
            message: error.message().to_owned(),
            hint: error.hint().map_or(hint, str::to_owned),
        },
        None => ConfigError {
            message: format!("the database cannot be reached: {problem}"),
            hint,
        },
    }
}

fn refusal(message: &str) -> ConfigError {
    ConfigError {
        message: message.to_owned(),
        hint: "run: odoo-mcp doctor".to_owned(),
    }
}
