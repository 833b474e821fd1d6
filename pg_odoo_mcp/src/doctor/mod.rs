//! What can be seen from inside the database of whatever may keep calls from being answered.
//!
//! A front's role may ask, too, so there is nothing in it that somebody who broke into a front
//! could use: no login, no token, no name of a person.

mod facts;
mod finding;

use crate::catalog::{self, Overview};
use crate::exec::key_table::{KeyTable, Patience};
use crate::exec::plan::Bind;
use crate::exec::read_only::Reader;
use crate::exec::subxact::{self, Failure};
use crate::exec::{native, owner};
use crate::govern::facts::age;
use crate::govern::installation::Installation;
use crate::govern::token;
use crate::gucs;
use finding::Finding;
use odoo_compiler::error::Code;
use pgrx::pg_sys;

const SERVER: &str = include_str!("../../../sql/statements/doctor_server.sql");
const SETUP: &str = include_str!("../../../sql/statements/doctor_setup.sql");
const FRONT_ROLE: &str = include_str!("../../../sql/statements/front_role.sql");
const RELEASE: &str = include_str!("../../../sql/statements/doctor_release.sql");

/// How many models a finding names.
const NAMED: usize = 3;

/// What only a front knows; nothing where a person asks.
pub(crate) struct Asker<'a> {
    /// Connections that it may take.
    pub pool_size: Option<i32>,
    /// The name of Odoo's database in its settings.
    pub odoo_db: Option<&'a str>,
    /// Its release.
    pub front_version: Option<&'a str>,
    /// Seconds since 1970 by its clock.
    pub front_clock: Option<f64>,
}

/// Every finding, in reading order.
pub(crate) fn examine(asker: &Asker<'_>) -> Vec<Finding> {
    let mut findings = release(asker);
    let binds = [
        Bind::new(
            pg_sys::INT4OID,
            asker.pool_size.map(|size| size.to_string()),
        ),
        Bind::new(
            pg_sys::FLOAT8OID,
            asker.front_clock.map(|clock| clock.to_string()),
        ),
    ];
    findings.extend(rows(SERVER, &binds));
    findings.extend(process());
    let Some(installation) = Installation::find() else {
        findings.push(Finding::of_error("setup", Installation::missing()));
        return findings;
    };
    // people may ask as whom they like
    let is_front = asker.pool_size.is_some();
    let is_front = Bind::new(pg_sys::BOOLOID, Some(is_front.to_string()));
    findings.extend(rows(SETUP, &[is_front]));
    // whatever goes wrong on Odoo's tables is a finding, too
    let seen = subxact::contain(gucs::call_timeout(), || {
        let is_at_home = installation.is_at_home()?;
        let holders = token::holders();
        let (overview, absent) = Reader::within(&installation.source, |reader| {
            let overview = catalog::overview(reader)?;
            Ok((overview, catalog::absent_holders(reader, &holders)?))
        })?;
        Ok((is_at_home, overview, absent, age(&installation)?))
    });
    match seen {
        Ok((is_at_home, overview, absent, age)) => {
            findings.push(identity(is_at_home));
            findings.extend(tokens(absent));
            findings.extend(odoo(&overview, installation.minter.is_some()));
            findings.extend(facts::findings(&age));
        }
        Err(Failure::Expected(error)) => findings.push(Finding::of_error("odoo's tables", error)),
        Err(Failure::Unexpected(text)) => {
            pgrx::log!("odoo_mcp: doctor failed on Odoo's tables: {text}");
            findings.push(Finding::error(
                "odoo's tables",
                "they cannot be read",
                "the server's log has the reason, in a line with: odoo_mcp: doctor failed",
            ));
        }
    }
    findings.extend(delegation(&installation));
    findings
}

/// What stands in the way of keys for Odoo, where any are made.
fn delegation(installation: &Installation) -> Option<Finding> {
    let minter = installation.minter.filter(|_| !native::is_read_only())?;
    let looked = subxact::contain(gucs::call_timeout(), || {
        KeyTable::within(&installation.source, minter, Patience::None, |_| Ok(()))
    });
    match looked {
        // somebody who holds the table for a moment is no finding
        Err(Failure::Expected(error)) if error.code == Code::NotSupported => {
            Some(Finding::of_error("delegation", error))
        }
        _ => None,
    }
}

fn rows(text: &'static str, binds: &[Bind]) -> Vec<Finding> {
    let found = owner::read_once(text, binds);
    found.into_iter().filter_map(Finding::of_row).collect()
}

/// Library, SQL objects, files and front: of one release.
fn release(asker: &Asker<'_>) -> Vec<Finding> {
    let library = env!("CARGO_PKG_VERSION");
    let binds = [
        Bind::new(
            pg_sys::TEXTOID,
            asker.odoo_db.map(std::borrow::ToOwned::to_owned),
        ),
        Bind::text(library),
        Bind::new(
            pg_sys::TEXTOID,
            asker.front_version.map(std::borrow::ToOwned::to_owned),
        ),
    ];
    rows(RELEASE, &binds)
}

/// What this server process shows of itself.
fn process() -> Vec<Finding> {
    let mut findings = Vec::new();
    if std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0") {
        findings.push(Finding::warning(
            "environment",
            "the server was started with RUST_BACKTRACE, which puts build paths into the details of errors",
            "take it out of the environment of PostgreSQL's service, and restart it",
        ));
    }
    if !native::is_preloaded("pg_odoo_mcp") {
        findings.push(
            Finding::ok(
                "preload",
                "not preloaded: the first call of a connection also loads the library",
            )
            .hint(format!("to have that done while connecting: alter role {} set session_preload_libraries = 'pg_odoo_mcp'", front_role())),
        );
    }
    findings
}

/// Its name in SQL, or what stands for it where there is none or more than one.
fn front_role() -> String {
    let rows = owner::read_once(FRONT_ROLE, &[]);
    let name = rows.into_iter().flatten().flatten().next();
    name.unwrap_or_else(|| "<the front's role>".to_owned())
}

/// Tokens that are live and of no use: their users were archived or removed.
fn tokens(absent: usize) -> Option<Finding> {
    (absent > 0).then(|| {
        Finding::warning(
            "tokens",
            format!("live tokens of Odoo users who are archived or gone, with which no call is answered: {absent}"),
            "revoke them, or activate the users in Odoo; whose they are: select id, login, name from odoo_mcp.tokens where is_live",
        )
    })
}

fn identity(is_at_home: bool) -> Finding {
    if is_at_home {
        Finding::ok("database", "the one that was set up")
    } else {
        Finding::error(
            "database",
            "this is a copy of the database that was set up, so no token of it is accepted",
            "if it is to serve calls of its own, a superuser runs: select odoo_mcp.adopt_database()",
        )
    }
}

/// The first of some names, and how many more there are.
fn named(names: &[String]) -> String {
    let more = names.len().saturating_sub(NAMED);
    let named = names[..names.len().min(NAMED)].join(", ");
    match more {
        0 => named,
        _ => format!("{named} and {more} more"),
    }
}

fn odoo(overview: &Overview, delegates: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !overview.other_surfaces.is_empty() {
        findings.push(Finding::warning(
            "other mcp",
            format!(
                "Odoo has another way in for agents: {}; what goes through it is neither limited nor written down here",
                overview.other_surfaces
            ),
            "if it is not wanted, uninstall it in Odoo under Apps",
        ));
    }
    let coverage = &overview.coverage;
    let others = match delegates {
        true => "Odoo the others",
        false => "the others are refused, for delegation is switched off",
    };
    let finding = format!(
        "Odoo {}; SQL answers {} of the {} models with records that somebody may read, {others}",
        overview.odoo_version, coverage.answered, coverage.total
    );
    findings.push(Finding::ok("models", finding).hint(
        "why, for each: select model, reason, remedy from odoo_mcp.model_status where engine = 'odoo'",
    ));
    // without any, that is said of all of them at once
    if coverage.unscanned > 0 && coverage.unscanned < coverage.total {
        findings.push(Finding::warning(
            "models",
            format!(
                "{} models have no facts: what their Python does to reads is not known, so Odoo answers them",
                coverage.unscanned
            ),
            "odoo-mcp scan-addons --odoo-conf /etc/odoo/odoo.conf",
        ));
    }
    for (module, models) in &coverage.outdated {
        let named = named(models);
        findings.push(Finding::warning(
            "models",
            format!("{named}: answered by Odoo, because the module {module} is not as it was scanned, or was not scanned"),
            "odoo-mcp scan-addons, with the folder of that module too",
        ));
    }
    findings
}
