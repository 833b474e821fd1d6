//! Every model that a user may read and every field of it, asked of the front and of Odoo: whichever engine answers, the
//! answers are the same.
//!
//! `SWEEP=all` sweeps everything (minutes), `SWEEP=mail.message,res.users` these models, `SWEEP=N` as many models of a
//! user drawn from `PARITY_SEED`; unset, a few.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use odoo_mcp_tests::Environment;
use odoo_mcp_tests::parity::Random;
use odoo_mcp_tests::parity::sweep::{Asker, Found, models};
use serde_json::{Value, json};

const USERS: [&str; 5] = ["admin", "sales_own", "books", "nobody", "portal"];
/// Models of each user, unless asked otherwise.
const MODELS: usize = 12;
/// Odoo of the stack has as many workers.
const THREADS: usize = 2;
/// Differences that are shown.
const SHOWN: usize = 60;

/// The models to sweep of those that a user may read.
fn chosen(mut all: Vec<String>, random: &mut Random) -> Vec<String> {
    let setting = std::env::var("SWEEP").unwrap_or_default();
    let count = match setting.as_str() {
        "all" => return all,
        "" => MODELS,
        text => match text.parse() {
            Ok(count) => count,
            Err(_) => {
                all.retain(|model| text.split(',').any(|name| name == model));
                return all;
            }
        },
    };
    for at in (1..all.len()).rev() {
        all.swap(at, random.below(at + 1));
    }
    all.truncate(count);
    all
}

fn context(who: &Value) -> Value {
    let companies = who["companies"].as_array().into_iter().flatten();
    json!({
        "lang": who["user"]["lang"], "tz": who["user"]["tz"],
        "allowed_company_ids": companies.map(|company| company["id"].clone()).collect::<Vec<_>>(),
    })
}

fn report(found: &Found, took: std::time::Duration) {
    for (engine, answered) in &found.same {
        println!(
            "{engine}: {} questions the same, of {} models and {} fields",
            answered.questions,
            answered.models.len(),
            answered.fields.len()
        );
    }
    println!(
        "refused by both: {:?}; Odoo fails, and so do we: {:?}; secrets that no answer shows: {}; too large: {:?}; Odoo answers differently each time: {:?}; {} different; {:.0} s",
        found.refused,
        found.fails,
        found.kept_back.len(),
        found.too_large,
        found.unstable,
        found.differences.len(),
        took.as_secs_f64()
    );
}

#[test]
fn every_model_and_field_is_answered_as_odoo_answers_it() {
    let environment = Environment::load();
    let seed = std::env::var("PARITY_SEED").map_or(19, |text| text.parse().expect("a number"));
    let start = Instant::now();
    // the models of a user in turn, so that two threads share the longest list
    let mut work: Vec<(&str, String)> = Vec::new();
    let mut contexts = Vec::new();
    for (place, login) in USERS.into_iter().enumerate() {
        let mut mcp = environment.mcp(login);
        let mut random = Random::new(seed + place as u64);
        let list = chosen(models(&mut mcp), &mut random);
        work.extend(list.into_iter().map(|model| (login, model)));
        contexts.push(context(&mcp.call_tool("odoo_context", &json!({})).result()));
    }
    let next = AtomicUsize::new(0);
    let all = Mutex::new(Found::default());
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let mut clients: Vec<_> = USERS
                    .iter()
                    .map(|login| (environment.mcp(login), environment.odoo(login)))
                    .collect();
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some((login, model)) = work.get(index) else {
                        break;
                    };
                    let place = USERS.iter().position(|user| user == login).expect("one");
                    let (mcp, odoo) = &mut clients[place];
                    let mut found = Found::default();
                    let mut random = Random::new(seed.wrapping_mul(7919) + index as u64);
                    Asker {
                        login,
                        mcp,
                        odoo,
                        context: &contexts[place],
                    }
                    .sweep(model, &mut random, &mut found);
                    all.lock().expect("no thread failed").absorb(found);
                }
            });
        }
    });
    let found = all.into_inner().expect("no thread failed");
    report(&found, start.elapsed());
    let shown = found.differences.len().min(SHOWN);
    assert!(
        found.differences.is_empty(),
        "{} differences:\n{}",
        found.differences.len(),
        found.differences[..shown].join("\n")
    );
    let questions: usize = found.same.values().map(|answered| answered.questions).sum();
    assert!(
        questions > work.len() * 2,
        "{questions} questions about {} models",
        work.len()
    );
}
