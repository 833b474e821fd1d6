//! Parity on a live system: questions made from what users see, asked of SQL and of Odoo through the same
//! tools, and the answers compared.
//!
//! - `desk`: what the administrator's connection is for;
//! - `people`: as whom questions are asked;
//! - `side`: the two who are asked;
//! - `look`, `description`, `subject`: a model as one user sees it;
//! - `random`, `domain`, `question`: a question, which a seed names;
//! - `comparison`: whether two answers are the same;
//! - `run`: one after the other, until there were enough;
//! - `report`: what was found.

mod comparison;
mod description;
mod desk;
mod domain;
mod look;
mod people;
mod question;
mod random;
mod report;
mod run;
mod side;
mod subject;

pub use report::{Difference, Report};

use crate::{
    administrator::Administrator,
    config::{Config, ConfigError},
    secret::Secret,
};
use run::Run;
use side::Side;
use uuid::Uuid;

/// What is to be asked.
#[derive(Debug, Clone)]
pub struct Options {
    /// Models; all that SQL answers where none is named.
    pub models: Vec<String>,
    /// Logins; some who differ where none is named.
    pub users: Vec<String>,
    /// Questions in all.
    pub sample: usize,
    /// What they are made of.
    pub seed: u64,
    /// Whether Odoo is to answer a model from now on whose answers differ.
    pub quarantine: bool,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// What was found, up to the end or to the trouble.
    pub report: Report,
    /// Why it did not get to the end, or says nothing.
    pub trouble: Option<ConfigError>,
}

/// Asks until there were enough questions, or `stop` resolves. `progress` hears of each: its number, of how many, and its model.
/// No token outlives it, unless the administrator's connection is lost: then they end within the hour.
pub async fn verify(
    options: &Options,
    config: &Config,
    admin_url: &Secret<tokio_postgres::Config>,
    stop: impl Future<Output = ()>,
    progress: &mut dyn FnMut(usize, usize, &str),
) -> Outcome {
    let mut report = Report {
        seed: options.seed,
        ..Report::default()
    };
    let administrator = match Administrator::connect(admin_url).await {
        Ok(administrator) => administrator,
        Err(error) => {
            return Outcome {
                report,
                trouble: Some(error),
            };
        }
    };
    // of this run alone: another one may be under way
    let mut token_name = Uuid::new_v4().simple().to_string();
    token_name.truncate(8);
    token_name.insert_str(0, "verify ");
    let (sql, odoo) = (Side::sql(config), Side::odoo(config));
    let mut run = Run::new(
        options,
        &administrator,
        &token_name,
        (&sql, &odoo),
        &mut report,
    );
    let done = tokio::select! {
        biased;
        () = stop => Err(interrupted()),
        done = run.ask_all(config, progress) => done,
    };
    sql.close().await;
    odoo.close().await;
    let revoked = end_tokens(administrator, admin_url, &token_name).await;
    let trouble = done.and(revoked).err();
    let trouble = trouble.or_else(|| (report.compared() == 0).then(nothing_compared));
    Outcome { report, trouble }
}

/// On this connection, or on a new one: the server may have been restarted.
async fn end_tokens(
    administrator: Administrator,
    admin_url: &Secret<tokio_postgres::Config>,
    name: &str,
) -> Result<(), ConfigError> {
    let mut revoked = administrator.revoke(name).await;
    administrator.close().await;
    if revoked.is_err()
        && let Ok(again) = Administrator::connect(admin_url).await
    {
        revoked = again.revoke(name).await;
        again.close().await;
    }
    revoked.map_err(|error| ConfigError {
        message: format!(
            "the tokens named {name:?} could not be revoked, and end by themselves within the hour: {}",
            error.message
        ),
        hint: format!(
            "select odoo_mcp.revoke_token(id) from odoo_mcp.tokens where name = '{name}'"
        ),
    })
}

fn interrupted() -> ConfigError {
    ConfigError {
        message: "interrupted".to_owned(),
        hint: "the same --seed asks the same questions again".to_owned(),
    }
}

fn nothing_compared() -> ConfigError {
    ConfigError {
        message: "nothing could be compared".to_owned(),
        hint: "name other --models or --users; select model, engine, reason from odoo_mcp.model_status says what SQL answers"
            .to_owned(),
    }
}
