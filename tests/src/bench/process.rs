//! What the cache of a server process does: first call, warm call, call after a change, memory. By SQL, without a front.

use std::fmt::Write;
use std::time::Duration;

use serde_json::json;

use super::database::connect;
use crate::backend::{Backend, widest_models};

const WARM_UP: usize = 20;
const ROUNDS: usize = 30;
const BACKENDS: usize = 10;
const WIDEST: i64 = 60;

/// A table of fresh server processes.
///
/// # Panics
/// If the database does not answer.
#[must_use]
pub fn processes(url: &str, token: &str) -> String {
    let question = json!({"model": "res.partner", "limit": 20,
        "fields": ["name", "email", "city", "country_id", "user_id", "company_id"]});
    let mut superuser = connect(url);
    let mut first = Vec::new();
    let (mut warm, mut changed) = (Vec::new(), Vec::new());
    for _ in 0..BACKENDS {
        let mut backend = Backend::new(connect(url), token);
        first.push(backend.time("odoo_search", &question));
        backend.median(WARM_UP, "odoo_search", &question);
        warm.push(backend.median(ROUNDS, "odoo_search", &question));
        superuser
            .batch_execute("update ir_model_fields set help = help where model = 'res.partner' and name = 'city'")
            .expect("a field's row written anew");
        changed.push(backend.time("odoo_search", &question));
    }
    let warm = middle(warm);
    let mut text = format!(
        "| one server process, \"20 partners, 6 fields\", median of {BACKENDS} | | |\n|---|--:|--:|\n"
    );
    for (what, took) in [
        ("warm call", warm),
        ("first call of a process", middle(first)),
        ("call after a change of the model", middle(changed)),
    ] {
        let _ = writeln!(
            text,
            "| {what} | {:.2} ms | {:.1} × |",
            took.as_secs_f64() * 1000.0,
            took.as_secs_f64() / warm.as_secs_f64()
        );
    }
    let models = widest_models(&mut superuser, WIDEST);
    let mut backend = Backend::new(connect(url), token);
    let before = backend.private_bytes();
    backend.call("odoo_search", &question);
    let one = backend.private_bytes();
    backend.touch(&models);
    let all = backend.private_bytes();
    for (what, bytes) in [
        ("after that call".to_owned(), one),
        (format!("after the {WIDEST} widest models"), all),
    ] {
        let _ = writeln!(
            text,
            "| private memory {what} | {:.2} MiB | |",
            bytes.saturating_sub(before) as f64 / 1024.0 / 1024.0
        );
    }
    text
}

fn middle(mut took: Vec<Duration>) -> Duration {
    took.sort_unstable();
    took[took.len() / 2]
}
