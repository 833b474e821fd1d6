//! What goes wrong between a running front and the roles of its database: the wrong role connects, an administrator ends a
//! call, the role is made anew.

use std::time::Duration;

use odoo_mcp_tests::doctor::Report;
use odoo_mcp_tests::mcp::HttpAnswer;
use odoo_mcp_tests::wait::until;
use odoo_mcp_tests::{Environment, Front, McpClient, Scratch};
use serde_json::{Value, json};

fn count(front: &Front, token: &str) -> HttpAnswer {
    McpClient::new(&front.mcp_url(), token)
        .try_request(
            "tools/call",
            &json!({"name": "odoo_count", "arguments": {"model": "sale.order"}}),
        )
        .expect("the front answers")
}

/// The scratch database as that role, by the front's address.
fn url_as(scratch: &Scratch, role: &str) -> String {
    let url = scratch.front_url();
    let (_, address) = url.rsplit_once('@').expect("a URL with a role");
    format!("postgresql://{role}:secret@{address}")
}

/// A role of one test, dropped in the end: roles are the whole cluster's.
struct Role<'a> {
    env: &'a Environment,
    name: String,
}

impl<'a> Role<'a> {
    fn new(env: &'a Environment, name: &str, rights: &str) -> Self {
        let role = Self {
            env,
            name: format!("omcp_{name}_{}", std::process::id()),
        };
        role.create(rights);
        role
    }

    fn create(&self, rights: &str) {
        self.env
            .superuser()
            .batch_execute(&format!(
                "create role {} login password 'secret' {rights}",
                self.name
            ))
            .expect("a superuser may");
    }
}

impl Drop for Role<'_> {
    fn drop(&mut self) {
        let statement = format!("drop role {}", self.name);
        if let Err(error) = self.env.superuser().batch_execute(&statement) {
            eprintln!("{statement}: {error:?}");
        }
    }
}

#[test]
fn a_superuser_is_no_front() {
    let env = Environment::load();
    let role = Role::new(&env, "root", "superuser");
    let scratch = Scratch::set_up(&env, "root_front");
    let token = scratch.token("sales_all");
    let url = url_as(&scratch, &role.name);
    let front = Front::start_unready(&env, &url);
    let answer = count(&front, &token);
    assert_eq!(answer.status, 503, "{answer:?}");
    let attempts: i64 = scratch
        .superuser()
        .query_one("select count(*) from odoo_mcp.audit_entries", &[])
        .expect("a number")
        .get(0);
    assert_eq!(attempts, 0);
    let text = front.problem();
    assert!(text.contains("grant_front("), "{text}");
    let report = Report::of(&env, &[("ODOO_MCP_DATABASE_URL", &url)]);
    assert!(report.has_failed, "{}", report.text);
    report.says("error", "connects as", "grant_front('odoo_front')");
}

#[test]
fn a_role_that_was_made_anew_is_let_in_again() {
    let env = Environment::load();
    let role = Role::new(&env, "anew", "");
    let scratch = Scratch::set_up(&env, "anew_front");
    let token = scratch.token("sales_all");
    let grant = format!("select odoo_mcp.grant_front('{}')", role.name);
    let revoke = format!("select odoo_mcp.revoke_front('{}')", role.name);
    let mut superuser = scratch.superuser();
    superuser.batch_execute(&grant).expect("a front");
    let front = Front::start(&env, &url_as(&scratch, &role.name));
    assert_eq!(count(&front, &token).status, 200);
    superuser.batch_execute(&revoke).expect("no front");
    superuser
        .batch_execute(&format!("drop role {}", role.name))
        .expect("nothing holds it");
    role.create("");
    superuser.batch_execute(&grant).expect("a front again");
    // the first call after it may still come by an old session
    let first = count(&front, &token);
    assert!([200, 503].contains(&first.status), "{first:?}");
    for _ in 0..3 {
        let answer = count(&front, &token);
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    superuser.batch_execute(&revoke).expect("no front");
}

#[test]
fn a_call_that_an_administrator_ends_is_no_timeout() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "ended_call");
    let token = scratch.token("sales_all");
    let front = Front::start(&env, &scratch.front_url());
    assert_eq!(count(&front, &token).status, 200);
    for (function, status) in [("pg_cancel_backend", 200), ("pg_terminate_backend", 503)] {
        // the call waits to write its attempt down, where no budget of ours has begun yet
        let mut blocker = scratch.superuser();
        let mut transaction = blocker.transaction().expect("a transaction");
        transaction
            .batch_execute("lock table odoo_mcp_private.audit_attempt in exclusive mode")
            .expect("a lock");
        let answer = std::thread::scope(|threads| {
            let call = threads.spawn(|| count(&front, &token));
            let mut administrator = scratch.superuser();
            until("the call is ended", Duration::from_secs(20), || {
                let ended = administrator.query(
                    &format!(
                        "select {function}(pid) from pg_stat_activity
                          where datname = current_database() and application_name = 'odoo-mcp' and wait_event_type = 'Lock'"
                    ),
                    &[],
                );
                !ended.expect("a superuser may").is_empty()
            });
            call.join().expect("an answer")
        });
        transaction.rollback().expect("rollback");
        assert_eq!(answer.status, status, "{function}: {answer:?}");
        let message = answer.json();
        let code: &Value = match status {
            200 => &message["result"]["structuredContent"]["error"]["code"],
            _ => &message["error"]["data"]["code"],
        };
        let expected = if status == 200 {
            "cancelled"
        } else {
            "unavailable"
        };
        assert_eq!(code, expected, "{function}: {message}");
        assert_eq!(count(&front, &token).status, 200, "{function}");
    }
}
