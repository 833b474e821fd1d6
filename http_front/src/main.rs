//! The command `odoo-mcp`.

mod command;

use clap::{Parser, Subcommand};
use command::{doctor, pause, resume, scan_addons, serve, sync_facts, verify};
use std::process::ExitCode;

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
    Serve(serve::Arguments),
    /// Refuse calls and let go of the database, so that Odoo can copy or drop it.
    Pause(pause::Arguments),
    /// End a pause.
    Resume(resume::Arguments),
    /// Look at database, settings and Odoo, and say what to type next. Ends with 1 if something is in error.
    Doctor(doctor::Arguments),
    /// Read Odoo's source and load what only it knows, so that SQL may answer.
    ScanAddons(scan_addons::Arguments),
    /// Ask Odoo's RPC for fields and models, where its source can't be read; SQL then answers what a DBA forces.
    SyncFacts(sync_facts::Arguments),
    /// Ask SQL and Odoo the same as real users, and say where the answers differ. For a timer, too.
    Verify(verify::Arguments),
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve(arguments) => serve::run(&arguments).await.map(|()| ExitCode::SUCCESS),
        Command::Pause(arguments) => pause::run(&arguments).await.map(|()| ExitCode::SUCCESS),
        Command::Resume(arguments) => resume::run(&arguments).await.map(|()| ExitCode::SUCCESS),
        Command::Doctor(arguments) => doctor::run(&arguments).await,
        Command::ScanAddons(arguments) => scan_addons::run(&arguments).await,
        Command::SyncFacts(arguments) => sync_facts::run(&arguments).await,
        Command::Verify(arguments) => Ok(verify::run(&arguments).await),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("odoo-mcp: {error}");
            ExitCode::FAILURE
        }
    }
}
