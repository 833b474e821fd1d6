//! Several calls in one: each as if it came alone, in one snapshot, each with its entry in the audit.

use std::time::Duration;

use odoo_mcp_tests::serve::{call_id, serve, serve_as};
use odoo_mcp_tests::wait::until;
use odoo_mcp_tests::{Environment, Scratch};
use serde_json::{Value, json};

fn call(tool: &str, arguments: Value) -> Value {
    json!({"tool": tool, "arguments": arguments})
}

#[test]
fn each_result_is_what_the_call_alone_answers() {
    let env = Environment::load();
    for login in ["admin", "sales_own", "nobody"] {
        let mut mcp = env.mcp(login);
        let calls = [
            call("odoo_count", json!({"model": "sale.order"})),
            call(
                "odoo_search",
                json!({"model": "sale.order", "fields": ["name", "amount_total"], "limit": 3}),
            ),
            call(
                "odoo_read",
                json!({"model": "res.partner", "ids": [1, 3], "fields": ["name"]}),
            ),
            call(
                "odoo_name_search",
                json!({"model": "res.partner", "name": "azure"}),
            ),
            call(
                "odoo_read_group",
                json!({"model": "sale.order", "groupby": ["state"]}),
            ),
            call(
                "odoo_time_series",
                json!({"model": "sale.order", "date_field": "date_order", "period": "month"}),
            ),
            call(
                "odoo_pivot",
                json!({"model": "sale.order", "rows": ["state"]}),
            ),
            call("odoo_describe_model", json!({"model": "crm.tag"})),
            call("odoo_list_models", json!({"query": "sale"})),
            json!({"tool": "odoo_context"}),
            call("odoo_count", json!({"model": "no.such.model"})),
            call("odoo_count", json!({"model": "sale.order", "domain": "x"})),
        ];
        let answer = mcp
            .call_tool("odoo_batch", &json!({"calls": calls}))
            .result();
        let results = answer["results"].as_array().expect("results");
        assert_eq!(results.len(), calls.len());
        let is_moment = |text: &str| text.len() == 23 && text.ends_with(" UTC");
        assert!(answer["as_of"].as_str().is_some_and(is_moment), "{answer}");
        for (asked, result) in calls.iter().zip(results) {
            let tool = asked["tool"].as_str().expect("a tool");
            let arguments = match asked.get("arguments") {
                Some(arguments) => arguments.clone(),
                None => json!({}),
            };
            let mut alone = mcp.call_tool(tool, &arguments).content;
            let mut result = result.clone();
            for answer in [&mut alone, &mut result] {
                // the clock
                answer["now_utc"] = Value::Null;
                answer["as_of"] = Value::Null;
            }
            assert_eq!(result, alone, "{login} {asked}");
        }
    }
}

#[test]
fn what_only_odoo_answers_is_refused_and_the_rest_is_answered() {
    let env = Environment::load();
    let mut mcp = env.mcp("admin");
    let calls = json!({"calls": [
        call("odoo_count", json!({"model": "mail.message"})),
        call("odoo_count", json!({"model": "sale.order"})),
        // names that Python makes are not left open where Odoo can be asked
        call("odoo_search", json!({"model": "product.product", "fields": ["display_name"]})),
        call("odoo_no_such_tool", json!({})),
        call("odoo_batch", json!({"calls": [{"tool": "odoo_context"}]})),
    ]});
    let answer = mcp.call_tool("odoo_batch", &calls).result();
    let results = &answer["results"];
    for place in [0, 2] {
        let error = &results[place]["error"];
        assert_eq!(error["code"], "not_supported", "{answer}");
        let hint = error["hint"].as_str().unwrap_or_default();
        assert!(hint.contains("make this call alone"), "{error}");
    }
    assert_eq!(results[1]["engine"], "sql", "{answer}");
    assert_eq!(results[3]["error"]["code"], "unknown_tool", "{answer}");
    assert_eq!(results[4]["error"]["code"], "invalid_arguments", "{answer}");
    // alone it is answered
    let alone = mcp.call_tool("odoo_count", &json!({"model": "mail.message"}));
    assert_eq!(alone.result()["engine"], "odoo");
}

#[test]
fn what_is_no_batch_is_refused_whole() {
    let env = Environment::load();
    let mut mcp = env.mcp("admin");
    for arguments in [
        json!({}),
        json!({"calls": []}),
        json!({"calls": vec![json!({"tool": "odoo_context"}); 21]}),
        json!({"calls": [{"tool": "odoo_context", "arguments": "{}"}]}),
    ] {
        let answer = mcp.call_tool("odoo_batch", &arguments);
        assert_eq!(answer.code(), "invalid_arguments", "{arguments}");
    }
}

#[test]
fn all_calls_of_a_batch_see_one_snapshot() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "batch_snapshot");
    let token = scratch.token("admin");
    let mut superuser = scratch.superuser();
    superuser
        .batch_execute(&format!(
            "alter database {} set pg_odoo_mcp.lock_timeout = '60s'",
            scratch.database
        ))
        .expect("a longer wait");
    let arguments = json!({"calls": [
        call("odoo_count", json!({"model": "utm.source"})),
        call("odoo_count", json!({"model": "crm.tag"})),
        call("odoo_count", json!({"model": "utm.source"})),
    ]})
    .to_string();
    let counts = |answer: &Value| -> Vec<i64> {
        let results = answer["result"]["results"].as_array();
        let results = results.unwrap_or_else(|| panic!("{answer}"));
        results
            .iter()
            .map(|result| {
                result["count"]
                    .as_i64()
                    .unwrap_or_else(|| panic!("{answer}"))
            })
            .collect()
    };
    let mut front = scratch.front_role();
    let before = counts(&serve(&mut front, &token, "odoo_batch", &arguments));

    // what is written while the second call waits is in none of them
    let mut writer = scratch.odoo_role();
    writer
        .batch_execute(
            "begin; lock table crm_tag in access exclusive mode;
             insert into crm_tag (name) values ('{\"en_US\": \"late\"}');
             insert into utm_source (name) values ('late')",
        )
        .expect("a writer");
    let waiting = std::thread::spawn({
        let (token, arguments) = (token.clone(), arguments.clone());
        move || serve(&mut front, &token, "odoo_batch", &arguments)
    });
    until("the second call waits", Duration::from_secs(30), || {
        let row = superuser.query_one(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
            &[],
        );
        row.expect("activity").get::<_, i64>(0) == 1
    });
    writer.batch_execute("commit").expect("it is written");
    let answer = waiting.join().expect("an answer");
    assert_eq!(counts(&answer), before, "{answer}");

    let after = counts(&serve(
        &mut scratch.front_role(),
        &token,
        "odoo_batch",
        &arguments,
    ));
    assert_eq!(after, before.iter().map(|n| n + 1).collect::<Vec<_>>());
}

#[test]
fn each_call_of_a_batch_is_in_the_audit_and_says_whose() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "batch_audit");
    let token = scratch.token("sales_own");
    let mut front = scratch.front_role();
    let id = call_id(&mut front);
    let arguments = json!({"calls": [
        call("odoo_count", json!({"model": "sale.order"})),
        call("odoo_count", json!({"model": "purchase.order"})),
        call("odoo_count", json!({"model": "mail.message"})),
        call("odoo_context", json!({})),
    ]});
    serve_as(
        &mut front,
        &id,
        &token,
        "odoo_batch",
        &arguments.to_string(),
    )
    .expect("an answer");
    let entries = |batch: &str| -> Vec<(String, Option<String>, String, Option<i64>)> {
        let rows = scratch.superuser().query(
            "select tool, model, outcome, row_count from odoo_mcp.audit_entries
              where batch_id = $1::text::uuid order by tried_at",
            &[&batch],
        );
        let rows = rows.expect("entries");
        rows.iter()
            .map(|row| (row.get(0), row.get(1), row.get(2), row.get(3)))
            .collect()
    };
    let of = |tool: &str, model: Option<&str>, outcome: &str, rows: Option<i64>| {
        (
            tool.to_owned(),
            model.map(str::to_owned),
            outcome.to_owned(),
            rows,
        )
    };
    assert_eq!(
        entries(&id),
        [
            of("odoo_count", Some("sale.order"), "ok", Some(1)),
            of("odoo_count", Some("purchase.order"), "access_denied", None),
            of("odoo_count", Some("mail.message"), "not_supported", None),
            of("odoo_context", None, "ok", Some(1)),
        ]
    );
    let whole = scratch
        .superuser()
        .query_one(
            "select tool, outcome, row_count, batch_id is null, byte_count > 100 from odoo_mcp.audit_entries
              where call_id = $1::text::uuid",
            &[&id],
        )
        .expect("the batch's own entry");
    let shown: (String, String, i64, bool, bool) = (
        whole.get(0),
        whole.get(1),
        whole.get(2),
        whole.get(3),
        whole.get(4),
    );
    assert_eq!(shown, ("odoo_batch".into(), "ok".into(), 4, true, true));
}

#[test]
fn a_batch_has_the_budget_of_one_call() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "batch_budget");
    let token = scratch.token("admin");
    let ask = |setting: &str, calls: Value| {
        scratch
            .superuser()
            .batch_execute(&format!(
                "alter database {} set {setting}",
                scratch.database
            ))
            .expect("a setting");
        let arguments = json!({"calls": calls}).to_string();
        let answer = serve(&mut scratch.front_role(), &token, "odoo_batch", &arguments);
        answer["result"]["results"].clone()
    };
    let search = call(
        "odoo_search",
        json!({"model": "res.country", "fields": ["name", "code"], "limit": 100}),
    );
    // each fits, and both together don't
    let results = ask(
        "pg_odoo_mcp.answer_budget = '6kB'",
        json!([search, search, {"tool": "odoo_count", "arguments": {"model": "res.country"}}]),
    );
    assert_eq!(results[0]["records"].as_array().map(Vec::len), Some(100));
    assert_eq!(results[1]["error"]["code"], "over_budget", "{results}");
    assert!(results[2]["count"].is_u64(), "{results}");
}

#[test]
fn a_batch_in_psql_is_the_same() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "batch_psql");
    let mut client = scratch.superuser();
    client
        .batch_execute("select odoo_mcp.act_as('sales_own', session => true)")
        .expect("to be somebody");
    let arguments = json!({"calls": [
        call("odoo_count", json!({"model": "sale.order"})),
        call("odoo_count", json!({"model": "mail.message"})),
    ]});
    let answer: String = client
        .query_one(
            "select odoo_mcp.call('odoo_batch', $1::text::jsonb)::text",
            &[&arguments.to_string()],
        )
        .expect("an answer")
        .get(0);
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    assert!(answer["results"][0]["count"].as_i64() > Some(0), "{answer}");
    assert_eq!(answer["results"][1]["error"]["code"], "not_supported");
    let entries: i64 = client
        .query_one(
            "select count(*) from odoo_mcp.audit_entries where batch_id is not null and outcome <> 'unknown'",
            &[],
        )
        .expect("entries")
        .get(0);
    assert_eq!(entries, 2);
}
