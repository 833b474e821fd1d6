//! Calls that wait for Odoo, and what their fronts report of it.

use odoo_mcp_tests::query::text;
use odoo_mcp_tests::serve::{call_id, refusal, serve, serve_as};
use odoo_mcp_tests::waiting::{Holder, Waiting, front_name, token_id};
use odoo_mcp_tests::{Environment, OdooClient, Scratch};
use serde_json::{Value, json};

#[test]
fn a_call_goes_to_odoo_and_back() {
    let env = Environment::load();
    let mut front = env.front_role();
    let user = env.users.of("sales_all");
    let id = call_id(&mut front);
    let arguments = r#"{"model": "mail.message"}"#;
    let told = serve_as(
        &mut front,
        &id,
        env.token("sales_all"),
        "odoo_count",
        arguments,
    )
    .expect("serve answers");
    let errand = &told["delegate"];
    assert_eq!(errand["protocol"], "json2", "{told}");
    assert_eq!(errand["database"], env.database, "{told}");
    assert_eq!(errand["user_id"], user.id, "{told}");
    assert_eq!(errand["timeout_ms"], 60_000, "{told}");
    assert_eq!(errand["byte_limit"], 8 << 20, "{told}");
    let waiting = Waiting { call_id: id };
    let name = front_name(&mut front);
    let key = waiting.key(&mut front, &name);
    let odoo = OdooClient::new(&env.odoo_url, &env.database, &key);
    let answers: Vec<Value> = errand["requests"]
        .as_array()
        .expect("requests")
        .iter()
        .map(|request| {
            let text = |key: &str| request[key].as_str().expect("a name").to_owned();
            let body = odoo
                .call(&text("model"), &text("method"), &request["kwargs"])
                .expect("Odoo answers");
            json!({"status": 200, "body": body})
        })
        .collect();
    let answer = waiting.complete(&mut front, &json!({"answers": answers}).to_string());
    let own = OdooClient::new(&env.odoo_url, &env.database, &user.api_key)
        .call("mail.message", "search_count", &json!({"domain": []}))
        .expect("Odoo answers");
    assert_eq!(answer["result"]["count"], own, "{answer}");
    assert_eq!(answer["result"]["engine"], "odoo", "{answer}");
    let entry = env
        .superuser()
        .query_one(
            "select outcome, engine, model, row_count from odoo_mcp.audit_entries where call_id = $1::text::uuid",
            &[&waiting.call_id],
        )
        .expect("its entry");
    assert_eq!(
        (entry.get::<_, &str>(0), entry.get::<_, &str>(1)),
        ("ok", "odoo")
    );
    assert_eq!(entry.get::<_, &str>(2), "mail.message");
    env.superuser()
        .batch_execute(&format!(
            "update odoo_mcp_private.delegation_key set remove_after = '-infinity' where front = '{name}';
             select odoo_mcp_private.remove_keys()"
        ))
        .expect("tidied up");
}

#[test]
fn who_has_no_way_to_odoo_is_told_so() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "no_way");
    let token = scratch.token("sales_all");
    let mut superuser = scratch.superuser();
    let (state, said) = refusal(
        &mut superuser,
        "begin; select odoo_mcp.act_as('sales_all'); select odoo_mcp.count('mail.message')",
    );
    assert_eq!(
        state,
        postgres::error::SqlState::FEATURE_NOT_SUPPORTED,
        "{said}"
    );
    assert!(said.contains("odoo-mcp"), "{said}");
    superuser.batch_execute("rollback").expect("out of it");
    superuser
        .batch_execute("select odoo_mcp.setup(delegation => false)")
        .expect("switched off");
    let answer = serve(
        &mut scratch.front_role(),
        &token,
        "odoo_count",
        r#"{"model": "mail.message"}"#,
    );
    assert_eq!(answer["error"]["code"], "not_supported", "{answer}");
    assert!(
        answer["error"]["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("setup(delegation => true)")),
        "{answer}"
    );
}

#[test]
fn a_report_is_heard_once() {
    let env = Environment::load();
    let mut holder = Holder::of(&env, "sales_all", "once");
    let waiting = holder.waiting();
    let mut front = env.front_role();
    let outcome = r#"{"answers": [{"status": 200, "body": 7}]}"#;
    let answer = waiting.complete(&mut env.superuser(), outcome);
    assert_eq!(
        answer["error"]["code"], "invalid_arguments",
        "another role: {answer}"
    );
    assert!(
        env.odoo_role()
            .execute(
                "select odoo_mcp.complete($1::text::uuid, $2)",
                &[&waiting.call_id, &outcome]
            )
            .is_err()
    );
    let unknown = Waiting {
        call_id: front_name(&mut front),
    };
    let answer = unknown.complete(&mut front, outcome);
    assert_eq!(answer["error"]["code"], "invalid_arguments", "{answer}");
    front.batch_execute("begin").expect("a block");
    let answer = waiting.complete(&mut front, outcome);
    assert_eq!(answer["error"]["code"], "invalid_arguments", "{answer}");
    front.batch_execute("rollback").expect("out of it");
    let answer = waiting.complete(&mut front, outcome);
    assert_eq!(answer["result"]["count"], 7, "{answer}");
    assert_eq!(answer["result"]["engine"], "odoo", "{answer}");
    let again = waiting.complete(&mut front, outcome);
    assert_eq!(again["error"]["code"], "invalid_arguments", "{again}");
    let entry = holder
        .superuser
        .query_one(
            "select outcome, engine, row_count, byte_count, duration_ms from odoo_mcp.audit_entries where call_id = $1::text::uuid",
            &[&waiting.call_id],
        )
        .expect("its entry");
    assert_eq!(
        (entry.get::<_, &str>(0), entry.get::<_, &str>(1)),
        ("ok", "odoo")
    );
    assert_eq!(
        entry.get::<_, i64>(3),
        i64::try_from(answer["result"].to_string().len()).expect("short")
    );
    assert!(entry.get::<_, f64>(4) > 0.0);
}

fn audited(holder: &mut Holder, waiting: &Waiting) -> (String, Option<String>) {
    let entry = holder
        .superuser
        .query_one(
            "select outcome, engine from odoo_mcp.audit_entries where call_id = $1::text::uuid",
            &[&waiting.call_id],
        )
        .expect("its entry");
    (entry.get(0), entry.get(1))
}

#[test]
fn a_report_that_comes_too_late_or_after_the_token_has_ended_gets_no_answer() {
    let env = Environment::load();
    let mut holder = Holder::of(&env, "sales_all", "late");
    let mut front = env.front_role();
    let outcome = r#"{"answers": [{"status": 200, "body": 7}]}"#;
    let late = holder.waiting();
    holder
        .superuser
        .execute(
            "update odoo_mcp_private.delegation set deadline = now() where call_id = $1::text::uuid",
            &[&late.call_id],
        )
        .expect("it is too late");
    let answer = late.complete(&mut front, outcome);
    assert_eq!(answer["error"]["code"], "timed_out", "{answer}");
    assert_eq!(
        audited(&mut holder, &late),
        ("timed_out".to_owned(), Some("odoo".to_owned()))
    );
    let revoked = holder.waiting();
    assert!(holder.revoke());
    let answer = revoked.complete(&mut front, outcome);
    assert_eq!(answer["refused"]["reason"], "unauthorized", "{answer}");
    assert_eq!(audited(&mut holder, &revoked).0, "unauthorized");
}

#[test]
fn a_report_that_is_none_is_refused_and_ends_the_call() {
    let env = Environment::load();
    let mut holder = Holder::of(&env, "sales_all", "garbage");
    let mut front = env.front_role();
    for outcome in [
        "",
        "null",
        "7",
        "{}",
        "not json",
        r#"{"answers": 7}"#,
        r#"{"answers": [{"status": 200}]}"#,
        r#"{"answers": [{"status": 99999, "body": 1}]}"#,
        r#"{"answers": [], "more": 1}"#,
        r#"{"failure": {"kind": "bored"}}"#,
        r#"{"result": {"count": 1}}"#,
    ] {
        let waiting = holder.waiting();
        let answer = waiting.complete(&mut front, outcome);
        assert_eq!(
            answer["error"]["code"], "invalid_arguments",
            "{outcome}: {answer}"
        );
        assert_eq!(audited(&mut holder, &waiting).0, "invalid_arguments");
        let again = waiting.complete(&mut front, r#"{"answers": [{"status": 200, "body": 7}]}"#);
        assert_eq!(again["error"]["code"], "invalid_arguments", "{again}");
    }
    let waiting = holder.waiting();
    let long = format!(
        r#"{{"answers": [{{"status": 200, "body": "{}"}}]}}"#,
        "x".repeat(17 << 20)
    );
    let answer = waiting.complete(&mut front, &long);
    assert_eq!(answer["error"]["code"], "over_budget", "{answer}");
}

/// In a database of its own: the doctor warns of such a fault for an hour.
#[test]
fn a_call_that_can_not_be_read_back_is_a_fault_of_ours_with_a_reference() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "unreadable");
    let mut superuser = scratch.superuser();
    let id = token_id(&mut superuser, &scratch.token("sales_all"));
    let waiting = Waiting::of(&mut superuser, id, r#"{"tool": "no such"}"#);
    let answer = waiting.complete(&mut scratch.front_role(), r#"{"answers": []}"#);
    assert_eq!(answer["error"]["code"], "internal", "{answer}");
    assert!(
        answer["error"]["detail"]
            .as_str()
            .is_some_and(|detail| detail.contains(&waiting.call_id)),
        "{answer}"
    );
    let outcome = format!(
        "select outcome from odoo_mcp.audit_entries where call_id = '{}'",
        waiting.call_id
    );
    assert_eq!(text(&mut superuser, &outcome), "internal");
}
