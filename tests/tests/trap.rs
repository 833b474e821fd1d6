//! Addons that were written to make SQL answer something else than Odoo does. Nobody has scanned them: Odoo answers.
//! They are scanned: SQL answers what it can follow, Odoo the rest, and the status names file and line.

use std::collections::BTreeMap;

use odoo_mcp_tests::parity::{Kind, Question, Verdict};
use odoo_mcp_tests::query::text;
use odoo_mcp_tests::{Environment, McpClient, OdooClient, Site};
use serde_json::{Value, json};

const USERS: [&str; 5] = ["admin", "sales_own", "both_user", "books", "portal"];

/// Each model with fields, a key, a measure, and a domain that leads somewhere.
const MODELS: &[(&str, &[&str], &str, &str, &str)] = &[
    (
        "trap.hidden",
        &["name", "user_id", "amount"],
        "user_id",
        "amount:sum",
        r#"[["amount", ">", 50]]"#,
    ),
    (
        "trap.paper",
        &["name", "is_published", "amount"],
        "is_published",
        "amount:sum",
        r#"[["name", "ilike", "1"]]"#,
    ),
    (
        "trap.report",
        &["name", "amount"],
        "name",
        "amount:sum",
        r#"[["amount", ">", 1]]"#,
    ),
    (
        "trap.called",
        &["name", "level"],
        "level",
        "id:count",
        r#"[["level", "!=", 1]]"#,
    ),
    (
        "trap.searched",
        &["name", "user_id", "is_mine"],
        "user_id",
        "id:count",
        r#"[["is_mine", "=", true]]"#,
    ),
    (
        "trap.grouped",
        &["name", "kind", "amount"],
        "kind",
        "amount:sum",
        r#"[["amount", ">", 20]]"#,
    ),
    (
        "trap.parent",
        &["name", "sequence", "line_ids", "all_line_ids"],
        "sequence",
        "id:count",
        r#"[["line_ids", "any", [["amount", ">", 2.1]]]]"#,
    ),
    (
        "trap.parent",
        &["name", "line_ids"],
        "line_ids",
        "__count",
        r#"[["all_line_ids.active", "=", false]]"#,
    ),
    (
        "trap.line",
        &["name", "active", "kind", "parent_id", "amount", "rate"],
        "parent_id",
        "rate:avg",
        r#"[["parent_id.line_ids.name", "ilike", "3.1"]]"#,
    ),
    // the model is harmless, the one that the path leads through is not
    (
        "trap.line",
        &["name", "hidden_id"],
        "hidden_id",
        "amount:sum",
        r#"[["hidden_id.name", "ilike", "1"]]"#,
    ),
    // for accountants
    (
        "trap.line",
        &["name", "wage"],
        "kind",
        "wage:sum",
        r#"[["wage", ">", 1000]]"#,
    ),
    (
        "trap.tabled",
        &["title", "amount", "display_name"],
        "title",
        "amount:sum",
        r#"[["display_name", "ilike", "2"]]"#,
    ),
    (
        "trap.valued",
        &["name", "price", "note"],
        "note",
        "__count",
        r#"[["price", ">", 100]]"#,
    ),
    (
        "trap.valued",
        &["name", "account_id"],
        "account_id",
        "__count",
        r#"[["name", "ilike", "valu"]]"#,
    ),
    // one of Odoo's own, which only the trap on `base` reaches
    (
        "crm.tag",
        &["name", "color"],
        "color",
        "__count",
        r#"[["name", "!=", "x"]]"#,
    ),
];

fn questions(context: &Value) -> Vec<Question> {
    let mut all = Vec::new();
    for (model, fields, key, measure, domain) in MODELS {
        let domain: Value = serde_json::from_str(domain).expect("JSON");
        let mut ask = |kind, domain: &Value, more: Value| {
            all.push(Question {
                kind,
                model: (*model).to_owned(),
                domain: domain.clone(),
                context: context.clone(),
                more,
                is_ordered: kind != Kind::Group,
            });
        };
        for domain in [&json!([]), &domain] {
            ask(Kind::Count, domain, json!({}));
            ask(
                Kind::Search,
                domain,
                json!({"fields": fields, "order": "id", "limit": 40}),
            );
            ask(
                Kind::Group,
                domain,
                json!({"groupby": [key], "aggregates": ["__count", measure], "limit": 2000}),
            );
        }
        // `_order`, which the model may have from its own Python
        ask(
            Kind::Search,
            &json!([]),
            json!({"fields": ["id"], "limit": 7, "offset": 2}),
        );
    }
    all
}

/// What came of all questions of all users: answers by model and engine.
fn ask_all(site: &Site) -> BTreeMap<(String, String), usize> {
    let mut engines = BTreeMap::new();
    let mut wrong = Vec::new();
    for login in USERS {
        let mut mcp = site.mcp(login);
        let odoo = site.odoo(login);
        for context in contexts(&mut mcp) {
            for question in questions(&context) {
                match question.ask(&mut mcp, &odoo) {
                    Verdict::Same { engine, .. } => {
                        *engines.entry((question.model, engine)).or_default() += 1;
                    }
                    Verdict::SameRefusal(_) => {}
                    other => wrong.push(format!("{login}: {:?} {other:?}", question.call())),
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} answers are not Odoo's:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(10)].join("\n")
    );
    engines
}

/// The user's own, and in another language with the companies turned round.
fn contexts(mcp: &mut McpClient) -> [Value; 2] {
    let who = mcp.call_tool("odoo_context", &json!({})).result();
    let companies = who["companies"].as_array().cloned().unwrap_or_default();
    let ids: Vec<Value> = companies.iter().map(|c| c["id"].clone()).collect();
    let turned: Vec<&Value> = ids.iter().rev().collect();
    [
        json!({"lang": who["user"]["lang"], "tz": "Europe/Brussels", "allowed_company_ids": ids}),
        json!({"lang": "fr_FR", "tz": "UTC", "allowed_company_ids": turned}),
    ]
}

fn answers(engines: &BTreeMap<(String, String), usize>, model: &str, engine: &str) -> usize {
    let key = (model.to_owned(), engine.to_owned());
    engines.get(&key).copied().unwrap_or_default()
}

/// Where a line of the addons' source begins with this, after a line that begins with that.
fn line_of(file: &str, class: &str, definition: &str) -> (String, i32) {
    let path = Environment::load().addons.join(file);
    let source = std::fs::read_to_string(&path).expect("the addon's source");
    let line = source
        .lines()
        .enumerate()
        .skip_while(|(_, line)| !line.starts_with(class))
        .find(|(_, line)| line.trim_start().starts_with(definition))
        .unwrap_or_else(|| panic!("{file} has no {definition} after {class}"))
        .0;
    (
        file.to_owned(),
        i32::try_from(line + 1).expect("a short file"),
    )
}

/// The model's status: engine, and a text that has reason, file and line.
fn status(site: &Site, model: &str) -> (String, String) {
    let sql = |what: &str| {
        format!("select {what} from odoo_mcp.model_status s where model = '{model}' limit 1")
    };
    let mut client = site.scratch.superuser();
    (
        text(&mut client, &sql("engine")),
        text(&mut client, &sql("row_to_json(s)::text")),
    )
}

/// A decorator above the method may be where it begins.
#[track_caller]
fn assert_names(site: &Site, model: &str, (file, line): (String, i32)) {
    let (_, row) = status(site, model);
    let row: Value = serde_json::from_str(&row).unwrap_or_else(|error| panic!("{error}: {row}"));
    let named = row["line"].as_i64().unwrap_or_default() as i32;
    assert_eq!(row["file"], file, "{row}");
    assert!((line - 1..=line).contains(&named), "{line}: {row}");
}

#[test]
fn traps_are_delegated_until_they_are_scanned_and_then_named() {
    let env = Environment::load();
    let site = Site::unscanned(&env, "trap", "odoo_mcp_trap");

    let engines = ask_all(&site);
    let sql: Vec<_> = engines.keys().filter(|(_, e)| e != "odoo").collect();
    assert!(sql.is_empty(), "nobody has scanned: {sql:?}");

    println!("{}", site.scan());
    let engines = ask_all(&site);
    println!("{engines:?}");
    for model in [
        "trap.parent",
        "trap.line",
        "trap.tabled",
        "trap.valued",
        "crm.tag",
    ] {
        assert!(answers(&engines, model, "sql") > 0, "{model}: {engines:?}");
    }
    for model in ["trap.hidden", "trap.paper", "trap.report"] {
        assert_eq!(answers(&engines, model, "sql"), 0, "{model}: {engines:?}");
        assert_eq!(status(&site, model).0, "odoo", "{model}");
    }
    for model in ["trap.line", "trap.grouped", "trap.searched", "trap.called"] {
        assert!(answers(&engines, model, "odoo") > 0, "{model}: {engines:?}");
    }
    let rows = "odoo_mcp_trap/models/rows.py";
    assert_names(
        &site,
        "trap.hidden",
        line_of(rows, "class Hidden", "def _search"),
    );
    assert_names(
        &site,
        "trap.paper",
        line_of(rows, "class Discreet", "def _search"),
    );
    assert_names(
        &site,
        "trap.report",
        line_of(rows, "class Report", "def _table_query"),
    );
    assert_names(
        &site,
        "trap.grouped",
        line_of(
            "odoo_mcp_trap/models/groups.py",
            "class Grouped",
            "def _read_group",
        ),
    );

    // an upgrade that nobody has scanned yet
    site.scratch
        .odoo_role()
        .batch_execute(
            "update ir_module_module set latest_version = '19.0.9.9' where name = 'odoo_mcp_trap'",
        )
        .expect("another version");
    let engines = ask_all(&site);
    let of_traps = |engine: &str| {
        engines
            .iter()
            .filter(|((model, by), _)| model.starts_with("trap.") && by == engine)
            .map(|(_, count)| count)
            .sum::<usize>()
    };
    assert_eq!(of_traps("sql"), 0, "{engines:?}");
    assert!(of_traps("odoo") > 0);
    assert!(
        answers(&engines, "crm.tag", "sql") > 0,
        "no module that changed touches it: {engines:?}"
    );
    let (engine, row) = status(&site, "trap.tabled");
    assert!(engine == "odoo" && row.contains("odoo_mcp_trap"), "{row}");
}

#[test]
fn an_override_on_base_delegates_every_model() {
    let env = Environment::load();
    let mut site = Site::unscanned(&env, "trap_base", "odoo_mcp_trap");
    site.scan();
    let simple = |mcp: &mut McpClient, odoo: &OdooClient| {
        let question = Question {
            kind: Kind::Count,
            model: "crm.tag".into(),
            domain: json!([]),
            context: json!({"lang": "en_US", "tz": "UTC"}),
            more: json!({}),
            is_ordered: true,
        };
        question.ask(mcp, odoo)
    };
    let (mut mcp, token_holder) = (site.mcp("sales_own"), site.odoo("sales_own"));
    let before = simple(&mut mcp, &token_holder);
    assert!(
        matches!(&before, Verdict::Same { engine, .. } if engine == "sql"),
        "{before:?}"
    );

    // the very next call after the module is there, on a backend that has answered before
    site.odoo.stop();
    site.odoo.install("odoo_mcp_trap_base");
    site.odoo.start_again();
    for scanned in [false, true] {
        if scanned {
            site.scan();
        }
        let after = simple(&mut mcp, &token_holder);
        assert!(
            matches!(&after, Verdict::Same { engine, .. } if engine == "odoo"),
            "scanned {scanned}: {after:?}"
        );
        let engines = ask_all(&site);
        let sql: Vec<_> = engines.keys().filter(|(_, e)| e != "odoo").collect();
        assert!(sql.is_empty(), "scanned {scanned}: {sql:?}");
    }
    let place = line_of(
        "odoo_mcp_trap_base/models/base.py",
        "class Base",
        "def _search",
    );
    assert_names(&site, "crm.tag", place.clone());
    assert_names(&site, "trap.tabled", place);
}
