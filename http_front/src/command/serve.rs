//! `odoo-mcp serve`.

use super::Settings;
use clap::Args;
use http_front::{config::ConfigError, log, server, state::Front};
use std::io;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    settings: Settings,
}

/// Serves until the process is told to end.
pub(crate) async fn run(arguments: &Arguments) -> Result<(), ConfigError> {
    let config = arguments.settings.load()?;
    let of_system = |what: &str, error: io::Error| ConfigError {
        message: format!("{what}: {error}"),
        hint: "set ODOO_MCP_LISTEN to a free address:port of this machine".into(),
    };
    let listen = config.listen;
    let mut terminate = signal(SignalKind::terminate())
        .map_err(|error| of_system("cannot wait for SIGTERM", error))?;
    let mut interrupt = signal(SignalKind::interrupt())
        .map_err(|error| of_system("cannot wait for SIGINT", error))?;
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|error| of_system(&format!("cannot listen on {listen}"), error))?;
    log::start(config.log_level);
    if config.odoo_url.is_none() {
        tracing::info!("ODOO_MCP_ODOO_URL is not set: what SQL may not answer is not answered");
    }
    let front = Front::new(&config);
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    // the front serves whatever comes of it: the database may come up later
    tokio::select! {
        () = server::serve(listener, front.clone(), stop) => {}
        () = async { front.announce().await; std::future::pending().await } => {}
    }
    Ok(())
}
