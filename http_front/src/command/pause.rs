//! `odoo-mcp pause`.

use super::Settings;
use clap::Args;
use http_front::{config::ConfigError, operate};

#[derive(Args)]
pub(crate) struct Arguments {
    /// How long at most: 30min, 1h, 2 hours; 4 hours are the most.
    #[arg(long = "for", value_name = "DURATION", default_value = "1h")]
    duration: String,
    #[command(flatten)]
    settings: Settings,
}

/// Pauses every front of the database and says who is still connected to it.
pub(crate) async fn run(arguments: &Arguments) -> Result<(), ConfigError> {
    let (config, _) = arguments.settings.load_or_packaged()?;
    println!("{}", operate::pause(&config, &arguments.duration).await?);
    Ok(())
}
