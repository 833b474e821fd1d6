//! What `odoo-mcp scan-addons` reads in the source is what the registry of a running Odoo has.

use odoo_mcp_tests::{Environment, OdooCommand};
use std::path::Path;
use std::process::Command;

/// The script prints a line on what it compared, and each difference.
#[test]
fn the_source_says_of_every_model_and_field_what_odoos_registry_says() {
    let env = Environment::load();
    let odoo = OdooCommand::new(&env, "registry");
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("odoo");
    let facts = odoo.shell(&env.database, &scripts.join("registry_facts.py"));
    assert!(facts.is_ok, "{}", facts.text);
    let of_registry = odoo.path("registry.txt");
    std::fs::write(&of_registry, &facts.text).expect("the folder is the test's own");

    let installed = odoo_mcp_tests::query::text(
        &mut env.superuser(),
        "select string_agg(name, ',') from public.ir_module_module where state = 'installed'",
    );
    let document = odoo.path("document.json");
    let scan = Command::new(&env.front_binary)
        .arg("scan-addons")
        .arg("--odoo-conf")
        .arg(&env.odoo_conf)
        .args(["--modules", &installed, "--output"])
        .arg(&document)
        .output()
        .expect("the front's program");
    assert!(scan.status.success(), "{scan:?}");

    let compared = Command::new(env.odoo_home.join("venv/bin/python"))
        .arg(scripts.join("registry_compare.py"))
        .args([&document, &of_registry])
        .output()
        .expect("Odoo's Python");
    let said = String::from_utf8_lossy(&compared.stdout);
    println!("{said}");
    assert!(compared.status.success(), "{said}{compared:?}");
    let count = |what: &str| {
        let line = said.lines().find(|line| line.ends_with(what));
        let count = line.and_then(|line| line.split_whitespace().next()?.parse::<u32>().ok());
        count.unwrap_or_else(|| panic!("{what} is not in: {said}"))
    };
    assert!(count("  models") > 400 && count("  fields") > 10_000);
}

/// A verdict is for a text: one whose text Odoo's source does not have any more is nobody's.
#[test]
fn every_reviewed_override_is_in_odoos_source() {
    let env = Environment::load();
    let script =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../http_front/scanner/review/digest.py");
    let checked = Command::new(env.odoo_home.join("venv/bin/python"))
        .arg(script)
        .arg("check")
        .arg(
            env.odoo_home
                .join("usr/lib/python3/dist-packages/odoo/addons"),
        )
        .output()
        .expect("Odoo's Python");
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(checked.status.success(), "{said}{checked:?}");
    assert!(said.contains(" entries, 0 that do not match"), "{said}");
}
