//! What a server process keeps for itself after it has looked at much.

use odoo_mcp_tests::Environment;
use odoo_mcp_tests::backend::{Backend, widest_models};
use serde_json::json;

#[test]
fn sixty_models_that_sql_answers_fit_in_twelve_mebibytes() {
    let env = Environment::load();
    let models = widest_models(&mut env.superuser(), 60);
    assert_eq!(models.len(), 60);
    let mut backend = Backend::new(env.front_role(), env.token("admin"));
    // what any call needs is there before: the library, and PostgreSQL's own view of a few of Odoo's tables
    backend.call("odoo_count", &json!({"model": "res.lang"}));
    let before = backend.private_bytes();
    backend.touch(&models);
    let grown = backend.private_bytes().saturating_sub(before);
    println!("{:.2} MiB", grown as f64 / 1024.0 / 1024.0);
    assert!(grown <= 12 * 1024 * 1024, "{grown} bytes");
}
