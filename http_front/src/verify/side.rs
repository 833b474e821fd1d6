//! The two who are asked: the database as the service asks it, and Odoo through the same tools.

use crate::{
    config::{Config, ConfigError},
    pool::{DbError, Trouble},
    secret::Secret,
    state::Front,
    token::TokenHash,
};
use serde::Deserialize;
use serde_json::Value;
use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
    time::Duration,
};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

/// Has the extension hand on whatever Odoo has a method for.
const DELEGATE_ALL: &str = "-c pg_odoo_mcp.delegate_all=on";

/// For calls that were given up to be over.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// The longest wait for a token's rate to allow another call.
const LONGEST_WAIT: f64 = 120.0;

/// One of the two.
pub(super) struct Side(Arc<Front>);

/// What a call was answered.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Answer {
    Result(Value),
    Error(Fault),
}

/// A tool's error.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Fault {
    pub(super) code: String,
    pub(super) message: String,
    pub(super) detail: Option<String>,
}

/// What the extension says of itself, as far as it matters here.
#[derive(Deserialize)]
pub(super) struct Health {
    pub(super) is_set_up: bool,
    pub(super) delegation: bool,
    pub(super) problem: Option<String>,
    pub(super) hint: Option<String>,
}

impl Side {
    /// The service's own way.
    pub(super) fn sql(config: &Config) -> Self {
        Side(Front::new(&Config {
            // one question after the other
            pool_size: 1,
            ..config.clone()
        }))
    }

    /// The same, all of it handed on to Odoo.
    pub(super) fn odoo(config: &Config) -> Self {
        let mut url = config.database_url.expose().clone();
        let options = match url.get_options() {
            Some(options) => format!("{options} {DELEGATE_ALL}"),
            None => DELEGATE_ALL.to_owned(),
        };
        url.options(options);
        Side::sql(&Config {
            database_url: Secret::new(url),
            ..config.clone()
        })
    }

    /// Asks for the extension's health.
    pub(super) async fn health(&self) -> Result<Health, ConfigError> {
        let text = self.0.health(Uuid::new_v4()).await.map_err(gone)?;
        serde_json::from_str(&text).map_err(|_| ConfigError {
            message: "the extension says of itself what this program does not know".to_owned(),
            hint: "program and extension are of different versions: odoo-mcp doctor".to_owned(),
        })
    }

    /// Makes one call; waits where the token's rate wants it.
    pub(super) async fn ask(
        &self,
        token: TokenHash,
        tool: &str,
        arguments: &Value,
    ) -> Result<Answer, ConfigError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Envelope {
            Result(Value),
            Error(Fault),
            Refused(Refusal),
        }
        #[derive(Deserialize)]
        struct Refusal {
            retry_after: Option<f64>,
        }
        let arguments = arguments.to_string();
        let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
        loop {
            let answer = self
                .0
                .call(Uuid::new_v4(), token, here, tool, &arguments)
                .await;
            let text = match answer {
                Ok(text) => text,
                Err(error) => return ended(error),
            };
            match serde_json::from_str(&text) {
                Ok(Envelope::Result(result)) => return Ok(Answer::Result(result)),
                Ok(Envelope::Error(fault)) => return Ok(Answer::Error(fault)),
                Ok(Envelope::Refused(Refusal {
                    retry_after: Some(seconds),
                })) => sleep(Duration::from_secs_f64(seconds.clamp(0.1, LONGEST_WAIT))).await,
                Ok(Envelope::Refused(_)) => {
                    return Err(ConfigError {
                        message: "the front's database does not know the token that the administrator's has issued, or it was revoked"
                            .to_owned(),
                        hint: "ODOO_MCP_DATABASE_URL and ODOO_MCP_ADMIN_DATABASE_URL must name the same database"
                            .to_owned(),
                    });
                }
                Err(_) => {
                    return Err(ConfigError {
                        message:
                            "the extension answers a call with what this program does not know"
                                .to_owned(),
                        hint: "program and extension are of different versions: odoo-mcp doctor"
                            .to_owned(),
                    });
                }
            }
        }
    }

    /// Lets go of database and Odoo.
    pub(super) async fn close(&self) {
        let Front { odoo, pool, .. } = &*self.0;
        // the database is told what became of a call that was given up
        odoo.halt();
        let last = async {
            odoo.close().await;
            pool.close().await;
        };
        let _ = timeout(LAST_WORDS, last).await;
    }
}

/// A call that the database did not answer: its own fault, or nothing can be asked any more.
fn ended(error: DbError) -> Result<Answer, ConfigError> {
    let code = match &error {
        DbError::TimedOut => "timed_out",
        DbError::Cancelled => "cancelled",
        DbError::Internal(_) => "internal",
        DbError::Busy | DbError::Paused(_) | DbError::Unavailable(_) => return Err(gone(error)),
    };
    Ok(Answer::Error(Fault {
        code: code.to_owned(),
        message: "the call was ended in the server".to_owned(),
        detail: None,
    }))
}

fn gone(error: DbError) -> ConfigError {
    match error {
        DbError::Paused(seconds) => ConfigError {
            message: format!("the operator has paused the fronts, for {seconds} s more"),
            hint: "odoo-mcp resume, or run this later".to_owned(),
        },
        DbError::Unavailable(Trouble { problem, hint, .. })
        | DbError::Internal(Trouble { problem, hint, .. }) => ConfigError {
            message: problem,
            hint,
        },
        DbError::Busy | DbError::TimedOut | DbError::Cancelled => ConfigError {
            message: "the database does not answer in time".to_owned(),
            hint: "odoo-mcp doctor".to_owned(),
        },
    }
}
