//! kill -9 amid calls: whatever was delivered has its entry in the audit.
//!
//! Runs after all others (tests/run), because a killed backend takes the whole cluster down for a moment.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

use odoo_mcp_tests::environment::try_connect;
use odoo_mcp_tests::serve::{call_id, serve_as};
use odoo_mcp_tests::wait::until;
use odoo_mcp_tests::{Environment, Front, McpClient};
use postgres::Client;
use serde_json::json;
use sha2::{Digest, Sha256};

/// One at a time: each of them breaks what the other looks at.
static ALONE: Mutex<()> = Mutex::new(());

fn kill(pid: i64) {
    // the shell's own: a small system has no program of this name
    let done = Command::new("sh")
        .args(["-c", &format!("kill -9 {pid}")])
        .status()
        .expect("a shell is there");
    assert!(done.success(), "kill -9 {pid}");
}

fn superuser_again(env: &Environment) -> Client {
    let mut client = None;
    until("the server is back", Duration::from_secs(60), || {
        client = try_connect(&env.superuser_url, &env.database)
            .and_then(|mut client| client.query_one("select 1", &[]).map(|_| client))
            .ok();
        client.is_some()
    });
    client.expect("it is back")
}

fn audited(env: &Environment) -> (BTreeSet<String>, BTreeSet<Vec<u8>>) {
    let rows = superuser_again(env)
        .query(
            "select call_id::text, arguments_hash from odoo_mcp.audit_entries",
            &[],
        )
        .expect("the audit");
    (
        rows.iter().map(|row| row.get(0)).collect(),
        rows.iter().map(|row| row.get(1)).collect(),
    )
}

/// Even where Odoo's role, which owns the database, has switched durable commits off.
fn weaken(env: &Environment) {
    env.odoo_role()
        .batch_execute(&format!(
            "alter database {} set synchronous_commit = off",
            env.database
        ))
        .expect("the owner may");
}

#[test]
fn backend() {
    let _alone = ALONE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let env = Environment::load();
    weaken(&env);
    let mut delivered = BTreeSet::new();
    for round in 0..3 {
        let mut front = env.front_role();
        let pid: i32 = front
            .query_one("select pg_catalog.pg_backend_pid()", &[])
            .expect("a pid")
            .get(0);
        // a new process is slow at first, the more so after a crash: its time begins with the first answer
        let mut killer = None;
        loop {
            let Ok(row) = front.query_one("select pg_catalog.gen_random_uuid()::text", &[]) else {
                break;
            };
            let id: String = row.get(0);
            let Ok(answer) = serve_as(
                &mut front,
                &id,
                env.token("sales_all"),
                "odoo_count",
                r#"{"model": "sale.order"}"#,
            ) else {
                break;
            };
            assert!(answer.get("result").is_some(), "{answer}");
            delivered.insert(id);
            killer.get_or_insert_with(|| {
                spawn(move || {
                    // amid calls, at another moment each round, and before the WAL writer's next round (200 ms)
                    sleep(Duration::from_millis(50 + 37 * round));
                    kill(i64::from(pid));
                })
            });
        }
        let killer = killer.unwrap_or_else(|| panic!("round {round}: nothing was delivered"));
        killer.join().expect("it was killed");
        drop(superuser_again(&env));
    }
    let (ids, _) = audited(&env);
    let missing: Vec<_> = delivered.difference(&ids).collect();
    assert!(
        missing.is_empty(),
        "{} of {} delivered results have no entry",
        missing.len(),
        delivered.len()
    );
}

#[test]
fn front() {
    let _alone = ALONE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let env = Environment::load();
    drop(superuser_again(&env));
    weaken(&env);
    let mut delivered = BTreeSet::new();
    let started = Instant::now();
    for round in 0..3 {
        let mut front = Front::start(&env, &env.front_role_url);
        let (url, token) = (front.mcp_url(), env.token("sales_all").to_owned());
        let at_work = Arc::new(AtomicUsize::new(0));
        let callers: Vec<_> = (0..4)
            .map(|caller| {
                let mut mcp = McpClient::new(&url, &token);
                let at_work = at_work.clone();
                spawn(move || {
                    let mut seen = BTreeSet::new();
                    for call in 0.. {
                        // the domain makes the call's arguments its own
                        let name = format!("front {round} {caller} {call}");
                        let arguments =
                            json!({"model": "sale.order", "domain": [["name", "!=", name]]});
                        let params = json!({"name": "odoo_count", "arguments": arguments});
                        match mcp.try_request("tools/call", &params) {
                            Ok(answer) => {
                                assert_eq!(answer.status, 200, "{}", answer.body);
                                seen.insert(Sha256::digest(arguments.to_string()).to_vec());
                                at_work.fetch_add(usize::from(call == 0), Ordering::Relaxed);
                            }
                            Err(_killed) => break,
                        }
                    }
                    seen
                })
            })
            .collect();
        until(
            "every caller has an answer",
            Duration::from_secs(30),
            || at_work.load(Ordering::Relaxed) == callers.len(),
        );
        sleep(Duration::from_millis(150 + 113 * round));
        front.kill();
        for caller in callers {
            delivered.extend(caller.join().expect("the caller ends with its front"));
        }
    }
    assert!(started.elapsed() < Duration::from_secs(120));
    let (_, hashes) = audited(&env);
    let missing = delivered.difference(&hashes).count();
    assert_eq!(missing, 0, "of {} delivered results", delivered.len());
}

#[test]
fn front_and_odoo_go_on_after_a_crash() {
    let _alone = ALONE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let env = Environment::load();
    let mut superuser = superuser_again(&env);
    let mut mcp = env.mcp("sales_all");
    let _before = mcp
        .call_tool("odoo_count", &json!({"model": "sale.order"}))
        .result();
    let mut front = env.front_role();
    let id = call_id(&mut front);
    assert!(!id.is_empty());
    let pid: i32 = superuser
        .query_one("select pg_backend_pid()", &[])
        .expect("a pid")
        .get(0);
    kill(i64::from(pid));
    drop(superuser_again(&env));
    let stop = AtomicBool::new(false);
    until("the front answers again", Duration::from_secs(30), || {
        let params = json!({"name": "odoo_count", "arguments": {"model": "sale.order"}});
        let answer = mcp.try_request("tools/call", &params);
        let is_well = answer.is_ok_and(|answer| {
            answer.status == 200 && answer.json()["result"]["isError"] == false
        });
        stop.store(is_well, Ordering::Relaxed);
        is_well
    });
    assert!(stop.load(Ordering::Relaxed));
}
