//! `odoo-mcp verify`.

use super::{Settings, progress::Progress};
use clap::Args;
use http_front::{
    config::{ConfigError, admin_database},
    verify::{self, Options, Outcome},
};
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

#[derive(Args)]
#[command(after_help = AFTER)]
pub(crate) struct Arguments {
    /// Models, comma separated; else all that SQL answers and that have records.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    models: Vec<String>,
    /// Logins of Odoo users, comma separated; else five internal ones who differ in their groups, and one portal user.
    #[arg(long, value_name = "LOGINS", value_delimiter = ',')]
    users: Vec<String>,
    /// Questions in all.
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    sample: u32,
    /// What the questions are made of: the same seed and data, the same questions. Any, if left out; the report names it.
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Have Odoo answer a model from now on whose answers differ.
    #[arg(long)]
    quarantine: bool,
    /// JSON instead of lines for people.
    #[arg(long)]
    json: bool,
    /// The same database as a role that administers it: postgresql://scanner@/odoo?host=/var/run/postgresql.
    /// A password is better kept in the variable.
    #[arg(
        long,
        value_name = "URL",
        env = "ODOO_MCP_ADMIN_DATABASE_URL",
        hide_env_values = true
    )]
    admin_database_url: Option<String>,
    #[command(flatten)]
    settings: Settings,
}

const AFTER: &str = "\
Only reads, one question after the other, of at most 80 records. Needs the service's settings, odoo_url among them \
(odoo-mcp doctor --help names their variables), and the administrator's address.

Ends with 0 if all answers were the same, 1 if some differ, 2 if it could not run or not compare anything.";

/// It could not run, which is another thing than a difference.
const COULD_NOT_RUN: u8 = 2;

/// Asks SQL and Odoo the same, and says where their answers differ.
pub(crate) async fn run(arguments: &Arguments) -> ExitCode {
    match outcome(arguments).await {
        Ok(outcome) => said(arguments, &outcome),
        Err(error) => failed(&error),
    }
}

async fn outcome(arguments: &Arguments) -> Result<Outcome, ConfigError> {
    let admin_url = admin_database(arguments.admin_database_url.as_deref())?;
    let (config, _) = arguments.settings.load_or_packaged()?;
    let options = Options {
        models: named(&arguments.models),
        users: named(&arguments.users),
        sample: arguments.sample as usize,
        // short enough to be typed
        seed: arguments
            .seed
            .unwrap_or_else(|| u64::from(uuid::Uuid::new_v4().as_fields().0)),
        quarantine: arguments.quarantine,
    };
    let of_system = |error: std::io::Error| ConfigError {
        message: format!("cannot wait for signals: {error}"),
        hint: "this is a fault of the system".to_owned(),
    };
    let mut terminate = signal(SignalKind::terminate()).map_err(of_system)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(of_system)?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    let mut progress = Progress::new("asking", "questions");
    let outcome = verify::verify(&options, &config, &admin_url, stop, &mut |at, of, name| {
        progress.show(at, of, name);
    })
    .await;
    progress.end();
    Ok(outcome)
}

fn named(names: &[String]) -> Vec<String> {
    let names = names.iter().map(|name| name.trim().to_owned());
    names.filter(|name| !name.is_empty()).collect()
}

fn said(arguments: &Arguments, outcome: &Outcome) -> ExitCode {
    let Outcome { report, trouble } = outcome;
    match serde_json::to_string_pretty(report) {
        Ok(json) if arguments.json => println!("{json}"),
        // what was found before the trouble is worth knowing
        _ if trouble.is_none() || report.asked > 0 => println!("{report}"),
        _ => {}
    }
    match trouble {
        Some(error) => failed(error),
        None if report.differences.is_empty() => ExitCode::SUCCESS,
        None => ExitCode::FAILURE,
    }
}

fn failed(error: &ConfigError) -> ExitCode {
    eprintln!("odoo-mcp: {error}");
    ExitCode::from(COULD_NOT_RUN)
}
