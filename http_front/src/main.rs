//! The command `odoo-mcp`.

use clap::{Args, Parser, Subcommand};
use http_front::{
    config::{Config, ConfigError},
    log, server,
    state::Front,
};
use std::{io, path::PathBuf, process::ExitCode};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

/// MCP for Odoo: the HTTP front of the PostgreSQL extension pg_odoo_mcp.
#[derive(Parser)]
#[command(name = "odoo-mcp", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answer MCP over HTTP until SIGTERM or SIGINT.
    Serve(Serve),
}

#[derive(Args)]
#[command(after_help = SETTINGS)]
struct Serve {
    /// Settings as a TOML file; the environment wins over it.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

const SETTINGS: &str = "\
Settings, as variables of the environment (in the file: lower case, without ODOO_MCP_):
  ODOO_MCP_DATABASE_URL         the database with the extension, as a role that grant_front() knows (needed)
  ODOO_MCP_LISTEN               address:port to listen on [127.0.0.1:8765]
  ODOO_MCP_PUBLIC_URL           the URL that clients use, if a proxy stands in between
  ODOO_MCP_ODOO_URL             Odoo's own address
  ODOO_MCP_ODOO_DB              the name of Odoo's database
  ODOO_MCP_POOL_SIZE            connections to the database [8]
  ODOO_MCP_POOL_WAIT_MS         how long a request waits for one of them [5000]
  ODOO_MCP_MAX_REQUESTS         requests at once [256]
  ODOO_MCP_CALL_TIMEOUT_MS      when to give up on a statement [120000]
  ODOO_MCP_SHUTDOWN_TIMEOUT_MS  how long calls may finish at the end [20000]
  ODOO_MCP_LOG_LEVEL            error, warn, info, debug or trace [info]";

#[tokio::main]
async fn main() -> ExitCode {
    let Command::Serve(Serve { config }) = Cli::parse().command;
    let outcome = match Config::load(config.as_deref()) {
        Ok(config) => serve(&config).await.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("odoo-mcp: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(config: &Config) -> Result<(), ConfigError> {
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
    server::serve(listener, Front::new(config), async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
    .await;
    Ok(())
}
