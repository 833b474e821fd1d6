//! `odoo-mcp doctor`: whatever may keep calls from being answered, and what to type next.
//!
//! What can be seen from inside the database is found there, by `odoo_mcp.doctor()`. Here is what
//! only this side sees: whether the database can be reached, the settings, the front that runs by
//! them, Odoo's own address.

mod database;
mod finding;
mod front;
mod http;
mod odoo;
mod report;
mod settings;

pub use finding::{Finding, Status};
pub use report::{as_json, as_text};

use crate::config::Config;
use std::path::Path;

/// Looks at everything; the worst findings come last.
pub async fn examine(config: &Config, file: Option<&Path>) -> Vec<Finding> {
    let mut findings = settings::examine(config, file);
    findings.extend(front::examine(config).await);
    findings.extend(odoo::examine(config).await);
    findings.extend(database::examine(config).await);
    // the end is what stays in sight on a terminal; the order within a kind is kept
    findings.sort_by_key(|finding| finding.status);
    findings
}
