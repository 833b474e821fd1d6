//! What SQL may not answer, Odoo does, as that user: the answers, each class of error, an Odoo that is away, slow or
//! another one. The keys are in `delegation_secrets.rs`.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use odoo_mcp_tests::parity::{Kind, Question, Verdict};
use odoo_mcp_tests::query::number;
use odoo_mcp_tests::tap::Manner;
use odoo_mcp_tests::{Environment, Front, McpClient, Site, ToolAnswer, scan};
use serde_json::{Value, json};

const USERS: [&str; 5] = ["admin", "sales_all", "nobody", "books", "portal"];

/// Models whose rows Python decides, in Odoo as it comes: fields, and a key.
const MODELS: &[(&str, &[&str], &str)] = &[
    (
        "mail.message",
        &[
            "subject",
            "date",
            "model",
            "res_id",
            "author_id",
            "message_type",
        ],
        "message_type",
    ),
    (
        "mail.activity",
        &["res_model", "summary", "date_deadline", "user_id"],
        "user_id",
    ),
    (
        "ir.attachment",
        &["name", "res_model", "res_id", "mimetype"],
        "mimetype",
    ),
    (
        "calendar.event",
        &["name", "start", "stop", "user_id"],
        "start:month",
    ),
    (
        "hr.employee",
        &["name", "department_id", "user_id"],
        "department_id",
    ),
    (
        "res.users",
        &["name", "login", "partner_id", "company_id"],
        "company_id",
    ),
    (
        "sale.report",
        &["date", "product_id", "price_total", "state"],
        "state",
    ),
];

/// Of these, Odoo answers everything whatever anybody finds out about the others.
const ALWAYS: [&str; 3] = ["mail.message", "ir.attachment", "sale.report"];

/// Odoo leaves messages and activities out after it has cut a page, so that pages by offset lose some of them: by the way
/// that the answer names, none is lost. The dates of a report's rows are alike, and its pages do not overlap.
#[test]
fn pages_of_odoo_s_answers_lose_nothing_and_show_nothing_twice() {
    let env = Environment::load();
    let mut short_pages = 0;
    for login in USERS {
        let (mut mcp, odoo) = (env.mcp(login), env.odoo(login));
        let context = context(&mut mcp);
        for (model, least) in [
            ("mail.message", 197),
            ("mail.activity", 4),
            ("sale.report", 4),
        ] {
            let asked = json!({"domain": [], "context": context});
            let Ok(there) = odoo.call(model, "search", &asked) else {
                continue;
            };
            let mut there: Vec<i64> = serde_json::from_value(there).expect("ids");
            there.sort_unstable();
            let (mut shown, mut limit, mut offset) = (Vec::<i64>::new(), least, 0);
            while shown.len() < there.len() {
                let mut call =
                    json!({"model": model, "fields": ["id"], "limit": limit, "context": context});
                match model {
                    "sale.report" => call["offset"] = offset.into(),
                    _ => {
                        call["order"] = "id".into();
                        call["domain"] = json!([["id", ">", shown.last().copied().unwrap_or(0)]]);
                    }
                }
                let answer = mcp.call_tool("odoo_search", &call).result();
                assert_eq!(answer["engine"], "odoo", "{answer}");
                let records = answer["records"].as_array().expect("records");
                shown.extend(records.iter().filter_map(|record| record["id"].as_i64()));
                offset += limit;
                let is_cut = answer["warnings"]
                    .as_array()
                    .is_some_and(|all| all.iter().any(|warning| warning["code"] == "page_cut"));
                let is_short = records.len() < limit && answer["has_more"] == true;
                assert_eq!(is_cut, is_short, "{login} {model}: {answer}");
                short_pages += usize::from(is_cut);
                limit = if records.is_empty() { limit * 2 } else { least };
                assert!(limit <= 1000, "{login} {model}: {answer}");
            }
            shown.sort_unstable();
            assert_eq!(shown, there, "{login} {model}");
        }
    }
    assert!(
        short_pages > 0,
        "no page of Odoo's own is short, so this shows nothing"
    );
}

fn context(mcp: &mut McpClient) -> Value {
    let who = mcp.call_tool("odoo_context", &json!({})).result();
    let companies = who["companies"].as_array().cloned().unwrap_or_default();
    let ids: Vec<Value> = companies.iter().map(|c| c["id"].clone()).collect();
    json!({"lang": who["user"]["lang"], "tz": "Europe/Brussels", "allowed_company_ids": ids})
}

#[test]
fn rows_that_python_decides_are_the_ones_that_odoo_shows_each_user() {
    let env = Environment::load();
    let mut by_odoo = BTreeSet::new();
    let mut answered = 0;
    for login in USERS {
        let (mut mcp, odoo) = (env.mcp(login), env.odoo(login));
        let context = context(&mut mcp);
        for (model, fields, key) in MODELS {
            let asked = [
                (Kind::Count, json!({})),
                (
                    Kind::Search,
                    json!({"fields": fields, "order": "id desc", "limit": 30}),
                ),
                (
                    Kind::Search,
                    json!({"fields": fields, "order": "id", "limit": 5, "offset": 3}),
                ),
                (
                    Kind::Group,
                    json!({"groupby": [key], "aggregates": ["__count"], "limit": 2000}),
                ),
            ];
            for (kind, more) in asked {
                for domain in [json!([]), json!([["create_date", "!=", false]])] {
                    let question = Question {
                        kind,
                        model: (*model).to_owned(),
                        domain,
                        context: context.clone(),
                        more: more.clone(),
                        is_ordered: kind != Kind::Group,
                    };
                    match question.ask(&mut mcp, &odoo) {
                        Verdict::Same { engine, .. } => {
                            answered += 1;
                            if engine == "odoo" {
                                by_odoo.insert(*model);
                            } else {
                                assert!(!ALWAYS.contains(model), "{login} {model}: {engine}");
                            }
                        }
                        Verdict::SameRefusal(_) => {}
                        // views of reports have no such column
                        other => panic!("{login} {:?}: {other:?}", question.call()),
                    }
                }
            }
        }
    }
    println!("{answered} answers are Odoo's; delegated: {by_odoo:?}");
    assert!(
        ALWAYS.iter().all(|model| by_odoo.contains(model)),
        "{by_odoo:?}"
    );
    assert!(answered > 100, "{answered}");
}

#[test]
fn a_delegated_answer_says_so_and_why() {
    let env = Environment::load();
    let mut mcp = env.mcp("sales_all");
    for (tool, more) in [
        ("odoo_count", json!({})),
        ("odoo_search", json!({"fields": ["date"], "limit": 3})),
        ("odoo_read_group", json!({"groupby": ["message_type"]})),
        ("odoo_describe_model", json!({"fields": ["author_id"]})),
    ] {
        let mut arguments = json!({"model": "mail.message"});
        arguments
            .as_object_mut()
            .expect("an object")
            .extend(more.as_object().cloned().unwrap_or_default());
        let answer = mcp.call_tool(tool, &arguments).result();
        assert_eq!(answer["engine"], "odoo", "{tool}: {answer}");
        let reason = answer["engine_reason"].as_str().unwrap_or_default();
        assert!(reason.len() > 10, "{tool}: {answer}");
    }
    // a page of a longer list
    let page = json!({"model": "mail.message", "fields": ["date"], "limit": 3});
    let page = mcp.call_tool("odoo_search", &page).result();
    let total = page["total"].as_u64().expect("a total");
    assert!(total > 3 && page["has_more"] == true, "{page}");
}

fn grumble(word: &str) -> Value {
    json!({"model": "odoo_mcp_grumble.grumble", "domain": [["name", "=", word]]})
}

#[test]
fn each_class_of_error_keeps_its_class_and_odoo_s_words() {
    let env = Environment::load();
    let site = Site::unscanned(&env, "grumble", "odoo_mcp_grumble");
    scan::load(&env, &mut site.scratch.superuser());
    let mut mcp = site.mcp("sales_all");
    for (word, code, said) in [
        ("access", "access_denied", "grumble: no right"),
        ("missing", "missing_record", "grumble: it is gone"),
        ("validation", "odoo_error", "grumble: not valid"),
        ("user", "odoo_error", "grumble: not now"),
        ("lock", "odoo_error", "grumble: somebody else has it"),
    ] {
        for tool in ["odoo_count", "odoo_search", "odoo_read_group"] {
            let answer = mcp.call_tool(tool, &grumble(word));
            assert_eq!(answer.code(), code, "{tool} {word}: {}", answer.content);
            let text = answer.content.to_string();
            assert!(text.contains(said), "{tool} {word}: {text}");
            assert!(!text.contains("Traceback"), "{text}");
        }
    }
    // what nobody meant to say stays in Odoo's log
    for word in ["crash", "value", "redirect", "denied"] {
        let answer = mcp.call_tool("odoo_count", &grumble(word));
        let text = answer.content.to_string();
        assert!(answer.is_error, "{text}");
        for hidden in ["Traceback", "secret of the server", ".py", "File "] {
            assert!(!text.contains(hidden), "{word}: {text}");
        }
    }
    // and the next question is answered
    let calm = mcp.call_tool("odoo_count", &grumble("calm")).result();
    assert_eq!(
        (&calm["count"], &calm["engine"]),
        (&json!(1), &json!("odoo"))
    );
    // each of them is in the audit, with the engine
    let entries = "select count(*) from odoo_mcp.audit_entries where to_jsonb(audit_entries)::text like '%\"odoo\"%'";
    assert!(number(&mut site.scratch.superuser(), entries) >= 15);
}

/// SQL goes on.
#[track_caller]
fn assert_sql_is_answered(mcp: &mut McpClient) {
    let answer = mcp
        .call_tool("odoo_count", &json!({"model": "sale.order"}))
        .result();
    assert_eq!(answer["engine"], "sql", "{answer}");
}

fn messages(mcp: &mut McpClient) -> ToolAnswer {
    mcp.call_tool("odoo_count", &json!({"model": "mail.message"}))
}

#[track_caller]
fn assert_delegated(mcp: &mut McpClient) {
    let answer = messages(mcp).result();
    assert_eq!(answer["engine"], "odoo", "{answer}");
}

#[track_caller]
fn assert_unavailable(mcp: &mut McpClient, code: &str, words: &[&str]) -> String {
    let answer = messages(mcp);
    assert_eq!(answer.code(), code, "{}", answer.content);
    let text = answer.content.to_string().to_lowercase();
    assert!(words.iter().any(|word| text.contains(word)), "{text}");
    for hidden in ["<html", "elsewhere.example", "bearer"] {
        assert!(!text.contains(hidden), "{text}");
    }
    assert_sql_is_answered(mcp);
    text
}

#[test]
fn odoo_away_and_back_redirecting_slow_too_long_or_another_one() {
    let env = Environment::load();
    let mut site = Site::unscanned(&env, "away", "");
    scan::load(&env, &mut site.scratch.superuser());
    let token = site.scratch.token("sales_all");
    let mut mcp = site.mcp_with(&token);
    let before = messages(&mut mcp).result();
    assert_eq!(before["engine"], "odoo", "{before}");

    site.odoo.stop();
    assert_unavailable(
        &mut mcp,
        "odoo_unavailable",
        &["reach", "connect", "answer"],
    );
    site.odoo.start_again();
    assert_eq!(messages(&mut mcp).result(), before);

    site.tap.say(
        "303 See Other",
        "Location: http://elsewhere.example/\r\n",
        "",
    );
    assert_unavailable(&mut mcp, "odoo_unavailable", &["redirect"]);
    site.tap.say(
        "200 OK",
        "Content-Type: text/html\r\n",
        "<html><body>maintenance</body></html>",
    );
    assert_unavailable(&mut mcp, "odoo_unavailable", &["json", "html"]);
    site.tap.say(
        "200 OK",
        "Content-Type: application/json\r\n",
        &format!("[\"{}\"]", "x".repeat(20 << 20)),
    );
    assert_unavailable(&mut mcp, "over_budget", &["larger"]);
    site.tap.set(Manner::Pass);
    assert_eq!(messages(&mut mcp).result(), before);

    // Odoo knows no such database, or not that one
    let lost = Front::start_before(&env, &site.scratch.front_url(), &site.tap.url, "no_such_db");
    let mut elsewhere = McpClient::new(&lost.mcp_url(), &token);
    elsewhere.initialize();
    assert_unavailable(&mut elsewhere, "odoo_unavailable", &["database"]);
}

/// Odoo waits for a lock, which it would do for ever.
#[test]
fn a_slow_odoo_is_given_up_in_time_and_sql_goes_on_meanwhile() {
    let env = Environment::load();
    let site = Site::unscanned(&env, "slow", "");
    scan::load(&env, &mut site.scratch.superuser());
    site.scratch
        .superuser()
        .batch_execute(&format!(
            "alter database {} set {} = '2s'",
            site.scratch.database, TIMEOUT
        ))
        .expect("a setting");
    let token = site.scratch.token("sales_all");
    let front = Front::start_before(
        &env,
        &site.scratch.front_url(),
        &site.tap.url,
        &site.scratch.database,
    );
    let mut mcp = McpClient::new(&front.mcp_url(), &token);
    mcp.initialize();
    assert_delegated(&mut mcp);
    let mut holder = site.scratch.superuser();
    holder
        .batch_execute("begin; lock table mail_message in access exclusive mode")
        .expect("a lock");
    let waiting = std::thread::spawn({
        let mut mcp = mcp.clone();
        move || {
            let start = Instant::now();
            (messages(&mut mcp), start.elapsed())
        }
    });
    for _ in 0..5 {
        assert_sql_is_answered(&mut mcp);
    }
    let (answer, took) = waiting.join().expect("an answer");
    assert_eq!(answer.code(), "timed_out", "{}", answer.content);
    assert!(took < Duration::from_secs(10), "{took:?}");
    holder.batch_execute("rollback").expect("the lock is free");
    assert_delegated(&mut mcp);
}

/// How long Odoo may take for a call.
const TIMEOUT: &str = "pg_odoo_mcp.delegation_timeout";
