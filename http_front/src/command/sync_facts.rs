//! `odoo-mcp sync-facts`.

use super::{document, progress::Progress};
use clap::Args;
use http_front::{
    administrator::Administrator,
    config::{ConfigError, HttpUrl, admin_database},
    sync::{self, Found, Source},
};
use std::{path::PathBuf, process::ExitCode, time::Instant};

#[derive(Args)]
#[command(after_help = AFTER)]
pub(crate) struct Arguments {
    /// The login of the Odoo user who asks: one in all groups, such as the administrator.
    #[arg(long, value_name = "LOGIN")]
    login: String,
    /// Odoo's own address, http:// or https://.
    #[arg(
        long,
        value_name = "URL",
        env = "ODOO_MCP_ODOO_URL",
        hide_env_values = true
    )]
    odoo_url: Option<String>,
    /// The name by which Odoo knows the database.
    #[arg(
        long,
        value_name = "NAME",
        env = "ODOO_MCP_ODOO_DB",
        hide_env_values = true
    )]
    odoo_db: Option<String>,
    /// The database with the extension, as a role that administers it: postgresql://scanner@/odoo?host=/var/run/postgresql.
    /// A password is better kept in the variable. Not needed with --output.
    #[arg(
        long,
        value_name = "URL",
        env = "ODOO_MCP_ADMIN_DATABASE_URL",
        hide_env_values = true
    )]
    database_url: Option<String>,
    /// Write the facts into this file too, in JSON; - for the standard output.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the facts of a scan, which say more.
    #[arg(long)]
    replace: bool,
}

const AFTER: &str = "\
The user's API key comes from the variable ODOO_MCP_ODOO_API_KEY, and from nowhere else.

Odoo's RPC tells of fields, and nothing of what Python does to reads: every model stays with Odoo until a DBA says otherwise, \
select odoo_mcp.set_model_engine(model, 'sql', reason, force => true), which every answer of it then repeats. \
Where Odoo's source can be read: odoo-mcp scan-addons.";

/// Where the key is; a command line is seen by everybody on the machine.
const KEY: &str = "ODOO_MCP_ODOO_API_KEY";

/// Asks Odoo, loads what it says, and sums up.
pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode, ConfigError> {
    let source = source(arguments)?;
    let is_said = arguments
        .database_url
        .as_deref()
        .is_some_and(|url| !url.is_empty());
    if !is_said && arguments.output.is_some() {
        let found = read(source).await?;
        document::write(
            arguments.output.as_deref(),
            &document::json(&found.document)?,
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    let url = admin_database(arguments.database_url.as_deref())?;
    let database = Administrator::connect(&url).await?;
    // before minutes are spent, and again before anything is replaced
    check_origin(arguments, &database).await?;
    let found = read(source).await?;
    let document = document::json(&found.document)?;
    check_origin(arguments, &database).await?;
    let summary = database.load_facts(&document, arguments.replace).await?;
    database.close().await;
    document::write(arguments.output.as_deref(), &document)?;
    document::report(arguments.output.as_deref(), &summary);
    Ok(ExitCode::SUCCESS)
}

fn source(arguments: &Arguments) -> Result<Source, ConfigError> {
    let missing = |message: &str, hint: &str| ConfigError {
        message: message.to_owned(),
        hint: hint.to_owned(),
    };
    let said = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let url = said(&arguments.odoo_url).and_then(|url| HttpUrl::parse(&url));
    let url = url.ok_or_else(|| {
        missing(
            "Odoo's address is not said, or is none",
            "set ODOO_MCP_ODOO_URL: http(s)://host[:port][/path], without user or password",
        )
    })?;
    let database = said(&arguments.odoo_db).ok_or_else(|| {
        missing(
            "the database is not named",
            "set ODOO_MCP_ODOO_DB: the name by which Odoo knows it",
        )
    })?;
    let key = std::env::var(KEY).ok().filter(|key| !key.is_empty());
    let key = key.ok_or_else(|| {
        missing(
            "there is no API key",
            "set ODOO_MCP_ODOO_API_KEY to one of the user, made in Odoo under Preferences, Account Security",
        )
    })?;
    Source::new(
        url,
        database,
        arguments.login.clone(),
        key.trim().to_owned(),
    )
}

/// A scan has read what this can't learn.
async fn check_origin(arguments: &Arguments, database: &Administrator) -> Result<(), ConfigError> {
    if !arguments.replace && database.origin().await?.as_deref() == Some("scan_addons") {
        return Err(ConfigError {
            message: "there are facts of a scan, which say more than Odoo's RPC does".to_owned(),
            hint: "odoo-mcp scan-addons renews them; --replace gives them up".to_owned(),
        });
    }
    Ok(())
}

async fn read(source: Source) -> Result<Found, ConfigError> {
    let (started, read_at) = (Instant::now(), document::moment());
    let program = concat!("odoo-mcp ", env!("CARGO_PKG_VERSION"));
    let mut progress = Progress::new("reading", "models");
    let found = sync::read(source, program, &mut |at, of, name| {
        progress.show(at, of, name)
    })
    .await;
    progress.end();
    let mut found = found?;
    found.document.read_at = read_at;
    eprintln!(
        "asked Odoo for {} models of {} modules in {:.1} s",
        found.document.models.len(),
        found.document.modules.len(),
        started.elapsed().as_secs_f64()
    );
    warn(&found);
    Ok(found)
}

/// What the answer lacks: it stays unknown, and unknown stays with Odoo.
fn warn(found: &Found) {
    if !found.missing_groups.is_empty() {
        eprintln!(
            "warning: the user is not in these groups, and sees no field that is theirs alone: {}",
            found.missing_groups.join(", ")
        );
    }
    if found.hidden_fields > 0 {
        eprintln!(
            "{} fields are not shown to the user; they stay with Odoo",
            found.hidden_fields
        );
    }
    if !found.untold.is_empty() {
        eprintln!(
            "{} models are not told; they stay with Odoo:",
            found.untold.len()
        );
        for (name, why) in &found.untold {
            eprintln!("  {name}: {why}");
        }
    }
}
