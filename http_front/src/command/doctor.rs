//! `odoo-mcp doctor`.

use super::Settings;
use clap::Args;
use http_front::{
    config::ConfigError,
    doctor::{self, Status},
};
use std::process::ExitCode;

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    settings: Settings,
    /// JSON instead of lines for people.
    #[arg(long)]
    json: bool,
}

/// Looks at everything and says what to type next; fails where something is in error.
pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode, ConfigError> {
    let (config, file) = arguments.settings.load_or_packaged()?;
    let findings = doctor::examine(&config, file.as_deref()).await;
    match arguments.json {
        true => println!("{}", doctor::as_json(&findings)),
        false => println!("{}", doctor::as_text(&findings)),
    }
    let is_in_error = findings
        .iter()
        .any(|finding| finding.status == Status::Error);
    Ok(match is_in_error {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}
