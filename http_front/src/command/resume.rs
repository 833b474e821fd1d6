//! `odoo-mcp resume`.

use super::Settings;
use clap::Args;
use http_front::{config::ConfigError, operate};

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    settings: Settings,
}

/// Ends the pause of every front of the database.
pub(crate) async fn run(arguments: &Arguments) -> Result<(), ConfigError> {
    let (config, _) = arguments.settings.load_or_packaged()?;
    operate::resume(&config).await?;
    println!("resumed");
    Ok(())
}
