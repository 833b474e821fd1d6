//! `odoo-mcp scan-addons`.

use super::{document, progress::Progress};
use clap::Args;
use http_front::administrator::Administrator;
use http_front::config::{ConfigError, admin_database};
use odoo_scanner::addons::{self, Addons};
use odoo_scanner::{Scan, scan};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

#[derive(Args)]
#[command(after_help = AFTER)]
pub(crate) struct Arguments {
    /// Folders of addons, of Odoo, or of a checkout, in the order of addons_path.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Take the folders from Odoo's configuration file.
    #[arg(long, value_name = "FILE")]
    odoo_conf: Option<PathBuf>,
    /// The database with the extension, as a role that administers it: postgresql://scanner@/odoo?host=/var/run/postgresql.
    /// A password is better kept in the variable.
    #[arg(
        long,
        value_name = "URL",
        env = "ODOO_MCP_ADMIN_DATABASE_URL",
        hide_env_values = true
    )]
    database_url: Option<String>,
    /// Without a database: these modules, comma separated; needs --output. For a database they are those that it has
    /// installed: select string_agg(name, ',') from odoo_mcp.installed_modules(). What all modules make together ("all") is of
    /// no use to one that has fewer.
    #[arg(long, value_name = "NAMES", requires = "output")]
    modules: Option<String>,
    /// Write the facts into this file too, in JSON; - for the standard output.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Load nothing; end with 1 if the facts in the database are not those of the source. For a timer.
    #[arg(long, conflicts_with_all = ["modules", "output"])]
    check: bool,
    /// Load facts by which SQL answers far fewer models than before, or of another series of Odoo.
    #[arg(long, conflicts_with = "modules")]
    replace: bool,
}

const AFTER: &str = "\
The source is read and never run. What can't be read for certain stays with Odoo; so does what \
touches a module whose source is not found.";

/// Reads the source of the installed modules, loads what it says, and sums up.
pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode, ConfigError> {
    let addons = find(arguments)?;
    if let Some(modules) = &arguments.modules {
        let names = named(&addons, modules);
        let found = read(addons, names).await?;
        document::write(
            arguments.output.as_deref(),
            &document::json(&found.document)?,
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    let url = admin_database(arguments.database_url.as_deref())?;
    let database = Administrator::connect(&url).await?;
    let installed = database.installed_modules().await?;
    if !arguments.replace {
        check_series(&addons, &installed)?;
    }
    let installed = installed.into_iter().map(|(name, _)| name).collect();
    let found = read(addons, installed).await?;
    let document = document::json(&found.document)?;
    let summary = match arguments.check {
        true => database.compare_facts(&document).await?,
        false => database.load_facts(&document, arguments.replace).await?,
    };
    database.close().await;
    if arguments.check {
        let is_same = summary.unchanged;
        println!(
            "{}",
            if is_same {
                "the facts are those of the source"
            } else {
                STALE
            }
        );
        return Ok(if is_same {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        });
    }
    document::write(arguments.output.as_deref(), &document)?;
    document::report(arguments.output.as_deref(), &summary);
    Ok(ExitCode::SUCCESS)
}

const STALE: &str =
    "the facts are not those of the source: run odoo-mcp scan-addons without --check";

/// Another Odoo's source says nothing of this one.
fn check_series(addons: &Addons, installed: &[(String, String)]) -> Result<(), ConfigError> {
    let series = addons.series.as_str();
    let is_of_it = |version: &str| {
        let rest = version.strip_prefix(series);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    match installed.iter().find(|(name, _)| name == "base") {
        Some((_, version)) if !is_of_it(version) => Err(ConfigError {
            message: format!(
                "the source is Odoo {series}, and the database's base is {version}; nothing was read"
            ),
            hint: "name the folders of the Odoo that uses this database; --replace reads these all the same"
                .to_owned(),
        }),
        _ => Ok(()),
    }
}

fn find(arguments: &Arguments) -> Result<Addons, ConfigError> {
    let paths = &arguments.paths;
    let config = arguments.odoo_conf.as_deref().map(addons::Config::read);
    let config = config.transpose().map_err(trouble)?;
    let is_named = |config: &addons::Config| !config.addons_path.is_empty();
    if paths.is_empty() && !config.as_ref().is_some_and(is_named) {
        return Err(ConfigError {
            message: "no folder of addons was named".to_owned(),
            hint: "odoo-mcp scan-addons PATH…, or --odoo-conf FILE with an addons_path".to_owned(),
        });
    }
    match &config {
        Some(config) => Addons::configured(paths, config),
        None => Addons::find(paths),
    }
    .map_err(trouble)
}

fn trouble(trouble: addons::Trouble) -> ConfigError {
    ConfigError {
        message: trouble.message,
        hint: trouble.hint,
    }
}

fn named(addons: &Addons, modules: &str) -> Vec<String> {
    match modules {
        "all" => {
            let all = addons.modules.iter();
            let installable = all.filter(|(_, module)| module.manifest.is_installable);
            installable.map(|(name, _)| name.clone()).collect()
        }
        names => names
            .split(',')
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect(),
    }
}

/// The scan, beside the runtime's own threads, with its progress and what it left out.
async fn read(addons: Addons, installed: Vec<String>) -> Result<Scan, ConfigError> {
    let (started, read_at) = (Instant::now(), document::moment());
    let reading = tokio::task::spawn_blocking(move || {
        let program = concat!("odoo-mcp ", env!("CARGO_PKG_VERSION"));
        let mut progress = Progress::new("reading", "modules");
        let names = installed.iter().map(String::as_str);
        let found = scan(&addons, names, program, &mut |at, of, name| {
            progress.show(at, of, name)
        });
        progress.end();
        found.map(|found| (found, addons.series.as_str().to_owned()))
    });
    let failed = |error: &dyn std::fmt::Display| ConfigError {
        message: format!("the scan failed: {error}"),
        hint: "this is a fault of the program; please report it".to_owned(),
    };
    let (mut found, series) = reading
        .await
        .map_err(|e| failed(&e))?
        .map_err(|e| failed(&e))?;
    found.document.read_at = read_at;
    eprintln!(
        "read {} modules of Odoo {series} in {:.1} s: {} models",
        found.document.modules.len(),
        started.elapsed().as_secs_f64(),
        found.document.models.len()
    );
    report_missing(&found.missing);
    Ok(found)
}

fn report_missing(missing: &BTreeMap<String, String>) {
    if missing.is_empty() {
        return;
    }
    eprintln!(
        "{} installed modules were not read; what they touch stays with Odoo:",
        missing.len()
    );
    for (name, reason) in missing {
        eprintln!("  {name}: {reason}");
    }
    if missing.values().any(|reason| reason.contains("not found")) {
        eprintln!(
            "hint: name the folders that they lie in, too: those of addons_path in odoo.conf"
        );
    }
}
