//! Whether what is known of Odoo's Python is that of the Odoo that is installed.

use super::finding::Finding;
use super::named;
use crate::exec::owner;
use crate::govern::facts::Age;

const FACTS: &str = include_str!("../../../sql/statements/doctor_facts.sql");

/// What reads the source of the Odoo that is configured there.
const SCAN: &str = "odoo-mcp scan-addons --odoo-conf /etc/odoo/odoo.conf";

/// What there is to say of facts that are this old.
pub(super) fn findings(age: &Age) -> Vec<Finding> {
    let Some(row) = owner::read_once(FACTS, &[]).into_iter().next() else {
        return vec![Finding::warning(
            "facts",
            "nobody has scanned Odoo's source yet: what its Python does to reads is not known, so Odoo answers every model",
            SCAN,
        )];
    };
    let [loaded_at, program, signal, modules, models, forced, origin] =
        <[Option<String>; 7]>::try_from(row).unwrap_or_default();
    let loaded_at = loaded_at.unwrap_or_default();
    let mut findings = Vec::new();
    if !age.changed.is_empty() {
        findings.push(Finding::warning(
            "facts",
            format!(
                "modules that are others than when they were scanned, {loaded_at}: {}; until the next scan, Odoo answers the models that they have a say in",
                named(&age.changed)
            ),
            SCAN,
        ));
    }
    if !age.unread.is_empty() {
        findings.push(Finding::warning(
            "facts",
            format!(
                "installed modules that were not scanned: {}; Odoo answers the models that they have a say in",
                named(&age.unread)
            ),
            format!("{SCAN}, with the folders of these modules too"),
        ));
    }
    if findings.is_empty() {
        let signalled = match signal == age.signal {
            true => "",
            // as for a custom field: what is not in Python is read from the database in every call
            false => "; Odoo has made its registry anew since, of the same modules",
        };
        let how = match origin.as_deref() {
            Some("sync_facts") => {
                "asked of Odoo's RPC and not scanned, so SQL answers what a DBA forces,"
            }
            _ => "scanned",
        };
        findings.push(Finding::ok(
            "facts",
            format!(
                "{} modules and {} models, {how} {loaded_at} by {}{signalled}",
                modules.unwrap_or_default(),
                models.unwrap_or_default(),
                program.unwrap_or_default()
            ),
        ));
    }
    if let Some(forced) = forced {
        findings.push(Finding::warning(
            "facts",
            format!("SQL answers against what the scan found, because a DBA decided so: {forced}"),
            "why: select * from odoo_mcp.model_engine_changes; to take it back: select odoo_mcp.set_model_engine('the model', 'auto', 'why')",
        ));
    }
    findings
}
