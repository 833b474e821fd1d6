//! The official conformance suite, in both eras of the protocol: what applies to any server, check by check.
//!
//! What does not apply is listed in `tests/clients/conformance` with the reason.

use std::path::Path;
use std::process::Command;

use odoo_mcp_tests::{Environment, Proxy, conformance};

const PAGE: &str = include_str!("../../doc/clients.md");

fn run(revision: &str, file: &str) {
    let env = Environment::load();
    let proxy = Proxy::start(&env.mcp_url, env.token("sales_own"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("conformance-{revision}"));
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("the results of another run");
    }
    // its exit code counts what does not apply, too
    let output = Command::new(&env.node)
        .arg(
            env.clients
                .join("node_modules/@modelcontextprotocol/conformance/dist/index.js"),
        )
        .args([
            "server",
            "--url",
            &proxy.url,
            "--requirements",
            revision,
            "-o",
        ])
        .arg(&folder)
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}", env.node.display()));
    assert!(
        folder.exists(),
        "the suite did not run: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let results = conformance::read_results(&folder);
    let report = conformance::judge(file, &results);
    println!(
        "MCP conformance, revision {revision}: {} of {} scenarios apply, {} checks succeed\n{}",
        report.applying,
        results.len(),
        report.succeeded,
        report.table
    );
    assert!(report.mistakes.is_empty(), "{}", report.mistakes.join("\n"));
    let row = format!(
        "| {revision} | {} of {} | {} | {} | {} |",
        report.applying,
        results.len(),
        report.checks,
        report.succeeded,
        report.checks - report.succeeded
    );
    assert!(
        PAGE.contains(&row),
        "doc/clients.md says otherwise than {row}"
    );
}

#[test]
fn revision_2026_07_28() {
    run(
        "2026-07-28",
        include_str!("../clients/conformance/2026-07-28.txt"),
    );
}

#[test]
fn revision_2025_11_25() {
    run(
        "2025-11-25",
        include_str!("../clients/conformance/2025-11-25.txt"),
    );
}
