//! Names that only Odoo's Python makes, in answers of SQL's: Odoo's own, for whoever asks, and open where it is away.

use odoo_mcp_tests::parity::{Kind, Question, Verdict};
use odoo_mcp_tests::{Environment, McpClient, Site, scan};
use serde_json::{Value, json};

/// What a question groups by.
type Keys = &'static [&'static str];

/// Models, fields and keys whose names are made by Python, by themselves and beside others.
const MODELS: &[(&str, &[&str], &[Keys])] = &[
    (
        "sale.order.line",
        &["name", "product_id", "order_id", "order_partner_id"],
        &[
            &["product_id"],
            &["state", "product_id"],
            &["product_id", "order_partner_id"],
            &["order_id.warehouse_id"],
        ],
    ),
    (
        "account.move.line",
        &["account_id", "move_id", "journal_id", "debit"],
        &[&["move_id"], &["date:month", "move_id"]],
    ),
    (
        "stock.move",
        &["product_id", "location_id", "location_dest_id", "state"],
        &[&["product_id"], &["location_id", "location_dest_id"]],
    ),
    ("sale.order", &["partner_id"], &[&["partner_id"]]),
];

fn context(mcp: &mut McpClient, lang: &str) -> Value {
    let who = mcp.call_tool("odoo_context", &json!({})).result();
    let companies = who["companies"].as_array().cloned().unwrap_or_default();
    let ids: Vec<Value> = companies.iter().map(|c| c["id"].clone()).collect();
    json!({"lang": lang, "tz": "Europe/Brussels", "allowed_company_ids": ids})
}

#[test]
fn names_are_the_ones_that_odoo_shows_each_user_and_all_else_is_sql_s() {
    let env = Environment::load();
    let (mut answered, mut asked_for) = (0, 0);
    for login in ["admin", "sales_own", "books"] {
        let (mut mcp, odoo) = (env.mcp(login), env.odoo(login));
        for lang in ["en_US", "fr_FR"] {
            let context = context(&mut mcp, lang);
            for (model, fields, keys) in MODELS {
                let search = json!({"fields": fields, "order": "id desc", "limit": 60});
                let of_groups = keys
                    .iter()
                    .map(|keys| json!({"groupby": keys, "aggregates": ["__count"], "limit": 2000}));
                let asked = std::iter::once((Kind::Search, search))
                    .chain(of_groups.map(|more| (Kind::Group, more)));
                for (kind, more) in asked {
                    let question = Question {
                        kind,
                        model: (*model).to_owned(),
                        domain: json!([]),
                        context: context.clone(),
                        more,
                        is_ordered: true,
                    };
                    match question.ask(&mut mcp, &odoo) {
                        Verdict::Same {
                            engine,
                            open_names,
                            asked_names,
                            ..
                        } => {
                            assert_eq!(
                                (engine.as_str(), open_names),
                                ("sql", 0),
                                "{login} {:?}",
                                question.call()
                            );
                            answered += 1;
                            asked_for += usize::from(asked_names);
                        }
                        Verdict::SameRefusal(_) => {}
                        other => panic!("{login} {:?}: {other:?}", question.call()),
                    }
                }
            }
        }
    }
    println!("{answered} answers are SQL's, {asked_for} with names of Odoo's");
    assert!(answered > 50 && asked_for > 40, "{answered} {asked_for}");
}

/// Accounts are sorted by Python besides, which is Odoo's as a whole; sorted otherwise they are SQL's.
#[test]
fn groups_are_in_odoo_s_order() {
    let env = Environment::load();
    let (mut mcp, odoo) = (env.mcp("admin"), env.odoo("admin"));
    let context = context(&mut mcp, "en_US");
    for (order, limit, by) in [
        (None, 2000, "odoo"),
        (None, 3, "odoo"),
        (Some("__count desc"), 2000, "sql"),
    ] {
        let mut more =
            json!({"groupby": ["account_id"], "aggregates": ["__count"], "limit": limit});
        if let Some(order) = order {
            more["order"] = json!(order);
        }
        let question = Question {
            kind: Kind::Group,
            model: "account.move.line".into(),
            domain: json!([]),
            context: context.clone(),
            more,
            is_ordered: order.is_none(),
        };
        match question.ask(&mut mcp, &odoo) {
            Verdict::Same { engine, .. } => assert_eq!(engine, by, "{:?}", question.call()),
            other => panic!("{:?}: {other:?}", question.call()),
        }
    }
}

#[test]
fn tables_of_figures_have_the_names_too() {
    let env = Environment::load();
    let mut mcp = env.mcp("sales_all");
    let by_product = json!({"model": "sale.order.line", "groupby": ["product_id"], "limit": 2000});
    let groups = mcp.call_tool("odoo_read_group", &by_product).result();
    let mut named: Vec<String> = groups["groups"]
        .as_array()
        .expect("groups")
        .iter()
        .map(|group| group["product_id"].to_string())
        .collect();
    named.sort();
    assert!(named.len() > 3, "{groups}");
    let pivot = json!({
        "model": "sale.order.line", "rows": ["product_id"], "columns": ["state"],
        "measures": ["__count"], "top": 2000,
    });
    let series = json!({
        "model": "sale.order.line", "date_field": "create_date", "period": "year",
        "group_by": ["product_id"], "fill": "none",
    });
    for (tool, call, at) in [("odoo_pivot", pivot, 0), ("odoo_time_series", series, 1)] {
        let table = mcp.call_tool(tool, &call).result();
        assert_eq!(table["engine"], "sql");
        let rows = table["rows"].as_array().expect("rows");
        let mut found: Vec<String> = rows.iter().map(|row| row[at].to_string()).collect();
        found.sort();
        found.dedup();
        assert_eq!(found, named, "{tool}");
    }
}

fn lines(mcp: &mut McpClient) -> Value {
    let call = json!({
        "model": "sale.order.line", "fields": ["product_id", "product_uom_qty"],
        "domain": [["product_id", "!=", false]], "order": "id", "limit": 40,
    });
    mcp.call_tool("odoo_search", &call).result()
}

fn ids(answer: &Value) -> Vec<Value> {
    let records = answer["records"].as_array().expect("records");
    let of = |record: &Value| json!([record["id"], record["product_id"][0]]);
    records.iter().map(of).collect()
}

#[test]
fn they_take_one_request_and_without_odoo_they_are_open() {
    let env = Environment::load();
    let mut site = Site::unscanned(&env, "names", "");
    scan::load(&env, &mut site.scratch.superuser());
    let token = site.scratch.token("sales_all");
    let mut mcp = site.mcp_with(&token);
    let before = lines(&mut mcp);
    assert_eq!(before["engine"], "sql", "{before}");
    let rows = ids(&before).len();
    assert!(rows > 5, "{before}");
    assert!(
        before["records"][0]["product_id"][1].is_string(),
        "{before}"
    );
    let requests = |site: &Site| site.tap.heard().matches("POST /json/2/").count();
    assert_eq!(requests(&site), 1, "{}", site.tap.heard());

    // nothing to name, nothing to ask
    let call = json!({"model": "sale.order.line", "fields": ["product_id"], "domain": [["product_id", "=", false]]});
    let unnamed = mcp.call_tool("odoo_search", &call).result();
    assert!(unnamed.get("engine_reason").is_none(), "{unnamed}");
    assert_eq!(requests(&site), 1);

    site.odoo.stop();
    let open = lines(&mut mcp);
    assert_eq!((&open["engine"], ids(&open)), (&json!("sql"), ids(&before)));
    let records = open["records"].as_array().expect("records");
    assert!(
        records.iter().all(|r| r["product_id"][1].is_null()),
        "{open}"
    );
    let warning = &open["warnings"][0];
    assert_eq!(warning["code"], "display_name_open", "{open}");
    let message = warning["message"].as_str().expect("a message");
    assert!(
        message.contains("product_id") && message.contains("reach"),
        "{message}"
    );
    site.odoo.start_again();
    assert_eq!(lines(&mut mcp), before);

    // the audit says whose the answers are, and nothing waits
    let mut superuser = site.scratch.superuser();
    let said = superuser
        .query(
            "select engine, outcome, row_count from odoo_mcp.audit_entries where tool = 'odoo_search' order by tried_at",
            &[],
        )
        .expect("entries");
    let said: Vec<(String, String, i64)> = said
        .iter()
        .map(|row| (row.get(0), row.get(1), row.get(2)))
        .collect();
    let count = i64::try_from(rows).expect("a count");
    let own = |count| ("sql".to_owned(), "ok".to_owned(), count);
    assert_eq!(said[0], own(count));
    assert_eq!(said[2..], [own(count), own(count)]);
    let waiting: i64 = superuser
        .query_one("select count(*) from odoo_mcp_private.delegation", &[])
        .expect("a count")
        .get(0);
    assert_eq!(waiting, 0);
}
