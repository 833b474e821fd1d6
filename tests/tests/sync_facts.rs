//! Facts of an Odoo whose source nobody can read: what its RPC tells, from a real one to answers.

use odoo_mcp_tests::parity::{Kind, Question, Verdict};
use odoo_mcp_tests::query::{text, value};
use odoo_mcp_tests::serve::refusal;
use odoo_mcp_tests::{Environment, McpClient, OdooClient, Site};
use postgres::error::SqlState;
use serde_json::{Value, json};

/// A model with fields that Odoo tells by their columns, and a key to group by.
const MODELS: [(&str, &[&str], &str); 3] = [
    ("crm.tag", &["name", "color"], "color"),
    (
        "sale.order",
        &["name", "date_order", "state", "amount_total"],
        "state",
    ),
    ("crm.stage", &["name", "sequence", "is_won"], "is_won"),
];

fn questions(model: &str, fields: &[&str], key: &str, context: &Value) -> Vec<Question> {
    let question = |kind: Kind, domain: Value, more: Value| Question {
        kind,
        model: model.to_owned(),
        domain,
        context: context.clone(),
        more,
        is_ordered: kind != Kind::Group,
    };
    let page = json!({"fields": fields, "order": "id desc", "limit": 40});
    vec![
        question(Kind::Count, json!([]), json!({})),
        question(Kind::Count, json!([["id", ">", 2]]), json!({})),
        question(Kind::Search, json!([]), page),
        question(
            Kind::Group,
            json!([]),
            json!({"groupby": [key], "aggregates": ["__count"], "limit": 2000}),
        ),
    ]
}

/// How many answers were the same as Odoo's, by this engine; no other one gave any, but where the user's rules need what only
/// Odoo's Python knows.
fn asked(mcp: &mut McpClient, odoo: &OdooClient, engine: &str, login: &str) -> usize {
    let who = mcp.call_tool("odoo_context", &json!({})).result();
    let companies = who["companies"].as_array().cloned().unwrap_or_default();
    let ids: Vec<Value> = companies.iter().map(|c| c["id"].clone()).collect();
    let context =
        json!({"lang": who["user"]["lang"], "tz": "Europe/Brussels", "allowed_company_ids": ids});
    let mut same = 0;
    for (model, fields, key) in MODELS {
        for question in questions(model, fields, key, &context) {
            match question.ask(mcp, odoo) {
                Verdict::Same { engine: by, .. } => {
                    if login == "sales_own" && model == "sale.order" {
                        assert_eq!(by, "odoo", "{:?}", question.call());
                    } else {
                        assert_eq!(by, engine, "{login} {:?}", question.call());
                    }
                    same += 1;
                }
                Verdict::SameRefusal(_) => {}
                other => panic!("{login} {:?}: {other:?}", question.call()),
            }
        }
    }
    same
}

#[test]
fn models_of_an_odoo_that_only_tells_are_odoo_s_until_a_dba_forces_them() {
    let env = Environment::load();
    let site = Site::unscanned(&env, "synced", "");
    let said = site.sync("admin");
    assert!(said.contains("answered by SQL: 0 models"), "{said}");
    assert!(!said.contains(&env.users.of("admin").api_key), "{said}");
    let mut superuser = site.scratch.superuser();
    assert_eq!(
        text(&mut superuser, "select origin from odoo_mcp.facts"),
        "sync_facts"
    );
    let status = "select to_jsonb(s) from odoo_mcp.model_status s where model = 'sale.order'";
    let left = value(&mut superuser, status);
    assert_eq!(
        (&left["engine"], &left["forced"]),
        (&json!("odoo"), &json!(false))
    );
    assert!(
        left["reason"]
            .to_string()
            .contains("the source was not scanned"),
        "{left}"
    );
    let users = ["sales_all", "sales_own", "books"];
    let mut clients: Vec<(&str, McpClient, OdooClient)> = users
        .into_iter()
        .map(|login| (login, site.mcp(login), site.odoo(login)))
        .collect();
    let mut by_odoo = 0;
    for (login, mcp, odoo) in &mut clients {
        by_odoo += asked(mcp, odoo, "odoo", login);
    }
    assert!(by_odoo >= 20, "{by_odoo}");
    // without saying so nobody has SQL answer them
    let (state, why) = refusal(
        &mut superuser,
        "select odoo_mcp.set_model_engine('sale.order', 'sql', 'it is ours')",
    );
    assert_eq!(state, SqlState::FEATURE_NOT_SUPPORTED, "{why}");
    assert!(why.contains("force => true"), "{why}");
    for (model, _, _) in MODELS {
        superuser
            .execute(
                "select odoo_mcp.set_model_engine($1, 'sql', 'read by hand', force => true)",
                &[&model],
            )
            .unwrap_or_else(|error| panic!("{model}: {error:?}"));
    }
    let forced = value(&mut superuser, status);
    assert_eq!(
        (&forced["engine"], &forced["forced"]),
        (&json!("sql"), &json!(true))
    );
    let mut by_sql = 0;
    for (login, mcp, odoo) in &mut clients {
        by_sql += asked(mcp, odoo, "sql", login);
        let answer = mcp.call_tool("odoo_count", &json!({"model": "crm.tag"}));
        if !answer.is_error {
            let warnings = answer.result()["warnings"].clone();
            assert_eq!(warnings[0]["code"], "engine_forced", "{login}: {warnings}");
            assert!(
                warnings.to_string().contains("read by hand"),
                "{login}: {warnings}"
            );
        }
    }
    assert_eq!(by_sql, by_odoo, "the same questions have an answer");
    // and what leads to a model that nobody decided on stays with Odoo
    let (_, mcp, odoo) = &mut clients[0];
    for (model, domain) in [
        ("res.country", json!([])),
        ("sale.order", json!([["create_uid.login", "!=", "nobody"]])),
    ] {
        let others = json!({"model": model, "domain": domain});
        let others = mcp.call_tool("odoo_count", &others).result();
        assert_eq!(others["engine"], "odoo", "{model}: {others}");
        let theirs = odoo
            .call(model, "search_count", &json!({"domain": domain}))
            .expect("Odoo counts");
        assert_eq!(others["count"], theirs, "{model}");
    }
    // the same again is no news, and a decision stays one
    let again = site.sync("admin");
    assert!(again.contains("as they were loaded before"), "{again}");
    assert_eq!(value(&mut superuser, status), forced);
}
