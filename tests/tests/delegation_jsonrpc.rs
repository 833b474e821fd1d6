//! What Odoo 16 to 18 are asked by, proven against a real Odoo: the newest still answers JSON-RPC, too.

use std::collections::BTreeSet;

use odoo_mcp_tests::parity::{Kind, Question, Verdict};
use odoo_mcp_tests::query::number;
use odoo_mcp_tests::{Environment, Front, McpClient, Site, scan};
use serde_json::{Value, json};

/// A site whose database says that this Odoo has no JSON-2, once it runs.
fn site(env: &Environment, name: &str, modules: &str) -> Site {
    let site = Site::unscanned(env, name, modules);
    scan::load(env, &mut site.scratch.superuser());
    site.scratch
        .odoo_role()
        .batch_execute("update ir_module_module set state = 'uninstalled' where name = 'rpc'")
        .expect("it is Odoo's");
    site
}

/// The keys that went over: an argument of its own in each call.
fn secrets(site: &Site) -> BTreeSet<String> {
    let heard = site.tap.heard();
    assert!(!heard.contains("/json/2"), "JSON-2 is not asked");
    heard
        .split('"')
        .filter(|text| text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .map(str::to_owned)
        .collect()
}

#[test]
fn what_is_asked_by_jsonrpc_is_what_odoo_shows_each_user() {
    let env = Environment::load();
    let site = site(&env, "jsonrpc", "");
    let mut answered = 0;
    for login in ["admin", "sales_all", "portal"] {
        let (mut mcp, odoo) = (site.mcp(login), site.odoo(login));
        let who = mcp.call_tool("odoo_context", &json!({})).result();
        let companies = who["companies"].as_array().cloned().unwrap_or_default();
        let ids: Vec<Value> = companies.iter().map(|c| c["id"].clone()).collect();
        let context = json!({"lang": who["user"]["lang"], "tz": "Europe/Brussels", "allowed_company_ids": ids});
        for (model, fields, key) in [
            ("mail.message", ["subject", "date"], "message_type"),
            ("ir.attachment", ["name", "res_model"], "mimetype"),
            ("sale.report", ["date", "price_total"], "state"),
        ] {
            for (kind, more) in [
                (Kind::Count, json!({})),
                (
                    Kind::Search,
                    json!({"fields": fields, "order": "id desc", "limit": 5, "offset": 1}),
                ),
                (
                    Kind::Group,
                    json!({"groupby": [key], "aggregates": ["__count"], "limit": 2000}),
                ),
            ] {
                let question = Question {
                    kind,
                    model: model.to_owned(),
                    domain: json!([["id", ">", 1]]),
                    context: context.clone(),
                    more,
                    is_ordered: kind != Kind::Group,
                };
                match question.ask(&mut mcp, &odoo) {
                    Verdict::Same { engine, .. } => {
                        assert_eq!(engine, "odoo", "{login} {:?}", question.call());
                        answered += 1;
                    }
                    Verdict::SameRefusal(_) => {}
                    other => panic!("{login} {:?}: {other:?}", question.call()),
                }
            }
        }
        let fields = json!({"model": "mail.message", "fields": ["author_id"]});
        let described = mcp.call_tool("odoo_describe_model", &fields).result();
        assert_eq!(described["engine"], "odoo", "{described}");
    }
    assert!(answered >= 15, "{answered}");
    let keys = secrets(&site);
    assert_eq!(keys.len(), 3, "one for each token");
    for key in &keys {
        assert!(!site.front.log().contains(key) && !site.odoo.log().contains(key));
    }
}

fn grumble(mcp: &mut McpClient, tool: &str, word: &str) -> (bool, String, Value) {
    let arguments = json!({"model": "odoo_mcp_grumble.grumble", "domain": [["name", "=", word]]});
    let answer = mcp.call_tool(tool, &arguments);
    let code = match answer.is_error {
        true => answer.code().to_owned(),
        false => String::new(),
    };
    (answer.is_error, code, answer.content)
}

#[test]
fn each_class_of_error_keeps_its_class_and_odoo_s_words_by_jsonrpc() {
    let env = Environment::load();
    let mut site = site(&env, "jsonrpc_grumble", "odoo_mcp_grumble");
    let token = site.scratch.token("sales_all");
    let mut mcp = site.mcp_with(&token);
    for (word, code, said) in [
        ("access", "access_denied", "grumble: no right"),
        ("missing", "missing_record", "grumble: it is gone"),
        ("validation", "odoo_error", "grumble: not valid"),
        ("user", "odoo_error", "grumble: not now"),
        ("lock", "odoo_error", "grumble: somebody else has it"),
    ] {
        for tool in ["odoo_count", "odoo_search", "odoo_read_group"] {
            let (_, found, content) = grumble(&mut mcp, tool, word);
            assert_eq!(found, code, "{tool} {word}: {content}");
            let text = content.to_string();
            assert!(
                text.contains(said) && !text.contains("Traceback"),
                "{tool} {word}: {text}"
            );
        }
    }
    for word in ["crash", "value", "redirect"] {
        let (is_error, _, content) = grumble(&mut mcp, "odoo_count", word);
        let text = content.to_string();
        assert!(is_error, "{word}: {text}");
        for hidden in ["Traceback", "secret of the server", ".py", "File "] {
            assert!(!text.contains(hidden), "{word}: {text}");
        }
    }
    let (_, _, calm) = grumble(&mut mcp, "odoo_count", "calm");
    assert_eq!(
        (&calm["count"], &calm["engine"]),
        (&json!(1), &json!("odoo"))
    );
    // by JSON-RPC a model's own refusal of access looks like that of the key, which is tried anew, and never twice
    let before = secrets(&site).len();
    let (_, code, content) = grumble(&mut mcp, "odoo_count", "denied");
    assert!(
        ["odoo_unavailable", "access_denied"].contains(&code.as_str()),
        "{content}"
    );
    assert!(secrets(&site).len() <= before + 1);
    // a key that its user removed in Odoo: the next call has another
    let (_, _, calm) = grumble(&mut mcp, "odoo_count", "calm");
    assert_eq!(calm["count"], 1, "{calm}");
    let mut superuser = site.scratch.superuser();
    let removed = superuser
        .execute(
            "delete from public.res_users_apikeys where name like 'odoo-mcp:%'",
            &[],
        )
        .expect("they are Odoo's");
    assert_eq!(removed, 1);
    // a worker keeps what it let in until it is told, or starts anew
    site.odoo.stop();
    site.odoo.start_again();
    let known = secrets(&site).len();
    let (_, _, again) = grumble(&mut mcp, "odoo_count", "calm");
    assert_eq!(again["count"], 1, "{again}");
    assert_eq!(secrets(&site).len(), known + 1, "with a key of its own");
    let audited = "select count(*) from odoo_mcp.audit_keys";
    assert_eq!(
        number(&mut superuser, audited),
        i64::try_from(known + 1).expect("few"),
        "and each of them is in the audit"
    );
    // another database than Odoo has
    let lost = Front::start_before(&env, &site.scratch.front_url(), &site.tap.url, "no_such_db");
    let mut elsewhere = McpClient::new(&lost.mcp_url(), &token);
    elsewhere.initialize();
    let (_, code, content) = grumble(&mut elsewhere, "odoo_count", "calm");
    assert_eq!(code, "odoo_unavailable", "{content}");
    assert!(
        content.to_string().to_lowercase().contains("database"),
        "{content}"
    );
}
