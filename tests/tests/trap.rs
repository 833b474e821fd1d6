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
        "odoo_mcp_trap.thing",
        &["name", "hidden", "owner_id", "company_id", "amount"],
        "owner_id",
        "amount:sum",
        r#"[["amount", ">", 15]]"#,
    ),
    (
        "odoo_mcp_trap.thing",
        &["name", "margin"],
        "hidden",
        "margin:sum",
        r#"[["margin", ">", 1]]"#,
    ),
    (
        "odoo_mcp_trap.thing",
        &["name", "spare_ids", "part_ids"],
        "company_id",
        "__count",
        r#"[["spare_ids.quantity", ">", 1]]"#,
    ),
    // the model is harmless, the one that the path leads through is not
    (
        "odoo_mcp_trap.part",
        &["name", "kind", "thing_id", "quantity"],
        "thing_id",
        "quantity:sum",
        r#"[["thing_id.name", "ilike", "e"]]"#,
    ),
    (
        "odoo_mcp_trap.part",
        &["name", "kind", "quantity", "shelf_id"],
        "shelf_id",
        "quantity:sum",
        r#"[["shelf_id.rank", ">", 1]]"#,
    ),
    (
        "odoo_mcp_trap.shelf",
        &["name", "rank", "display_name"],
        "rank",
        "rank:max",
        r#"[["display_name", "ilike", "middle"]]"#,
    ),
    (
        "odoo_mcp_trap.decoy",
        &["name", "rank"],
        "rank",
        "rank:max",
        r#"[["rank", "<", 3]]"#,
    ),
    (
        "odoo_mcp_trap.letter",
        &["name", "discreet"],
        "discreet",
        "__count",
        r#"[["name", "ilike", "open"]]"#,
    ),
    (
        "odoo_mcp_trap.ledger",
        &["name", "state", "amount", "date"],
        "state",
        "amount:sum",
        r#"[["amount", ">", 200]]"#,
    ),
    (
        "odoo_mcp_trap.ledger",
        &["name", "date"],
        "date:month",
        "amount:avg",
        r#"[["date", ">=", "2026-02-01"]]"#,
    ),
    (
        "odoo_mcp_trap.permit",
        &["name", "public"],
        "public",
        "__count",
        r#"[["name", "!=", "x"]]"#,
    ),
    (
        "odoo_mcp_trap.dossier",
        &["name", "reader_ids", "is_mine"],
        "reader_ids",
        "__count",
        r#"[["is_mine", "=", true]]"#,
    ),
    (
        "odoo_mcp_trap.price",
        &["name", "rate", "note"],
        "note",
        "__count",
        r#"[["rate", ">", 1]]"#,
    ),
    (
        "odoo_mcp_trap.price",
        &["name", "partner_id"],
        "partner_id",
        "__count",
        r#"[["name", "ilike", "p"]]"#,
    ),
    (
        "odoo_mcp_grumble.grumble",
        &["name", "weight"],
        "name",
        "weight:sum",
        r#"[["weight", ">", 1]]"#,
    ),
    (
        "odoo_mcp_grumble.report",
        &["name", "weight"],
        "name",
        "weight:sum",
        r#"[["weight", ">", 0]]"#,
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
                json!({"groupby": [key], "aggregates": [measure], "limit": 2000}),
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
    let site = Site::unscanned(&env, "trap", "odoo_mcp_trap,odoo_mcp_grumble");

    let engines = ask_all(&site);
    let sql: Vec<_> = engines.keys().filter(|(_, e)| e != "odoo").collect();
    assert!(sql.is_empty(), "nobody has scanned: {sql:?}");

    println!("{}", site.scan());
    let engines = ask_all(&site);
    println!("{engines:?}");
    for model in [
        "odoo_mcp_trap.part",
        "odoo_mcp_trap.shelf",
        "odoo_mcp_trap.decoy",
        "odoo_mcp_trap.price",
        "crm.tag",
    ] {
        assert!(answers(&engines, model, "sql") > 0, "{model}: {engines:?}");
    }
    for model in [
        "odoo_mcp_trap.thing",
        "odoo_mcp_trap.letter",
        "odoo_mcp_grumble.grumble",
        "odoo_mcp_grumble.report",
    ] {
        assert_eq!(answers(&engines, model, "sql"), 0, "{model}: {engines:?}");
        assert_eq!(status(&site, model).0, "odoo", "{model}");
    }
    for model in [
        "odoo_mcp_trap.part",
        "odoo_mcp_trap.ledger",
        "odoo_mcp_trap.dossier",
    ] {
        assert!(answers(&engines, model, "odoo") > 0, "{model}: {engines:?}");
    }
    for (model, file, class, method) in [
        (
            "odoo_mcp_trap.thing",
            "odoo_mcp_trap/models/thing.py",
            "class Thing",
            "def _search",
        ),
        (
            "odoo_mcp_trap.letter",
            "odoo_mcp_trap/models/letter.py",
            "class Discreet",
            "def _search",
        ),
        (
            "odoo_mcp_grumble.report",
            "odoo_mcp_grumble/models/report.py",
            "class Report",
            "def _table_query",
        ),
    ] {
        assert_names(&site, model, line_of(file, class, method));
    }

    // only groups of it are Odoo's, and such an answer says where that is written
    let groups = json!({"model": "odoo_mcp_trap.ledger", "groupby": ["state"]});
    let groups = site.mcp("books").call_tool("odoo_read_group", &groups);
    let reason = groups.result()["engine_reason"].to_string();
    let (file, _) = line_of(
        "odoo_mcp_trap/models/ledger.py",
        "class Ledger",
        "def _read_group",
    );
    assert!(reason.contains(&file), "{reason}");

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
            .filter(|((model, by), _)| model.starts_with("odoo_mcp_trap.") && by == engine)
            .map(|(_, count)| count)
            .sum::<usize>()
    };
    assert_eq!(of_traps("sql"), 0, "{engines:?}");
    assert!(of_traps("odoo") > 0);
    assert!(
        answers(&engines, "crm.tag", "sql") > 0,
        "no module that changed touches it: {engines:?}"
    );
    let (engine, row) = status(&site, "odoo_mcp_trap.shelf");
    assert!(engine == "odoo" && row.contains("odoo_mcp_trap"), "{row}");
}

#[test]
fn an_override_on_base_delegates_every_model() {
    let env = Environment::load();
    let mut site = Site::unscanned(&env, "trap_base", "odoo_mcp_trap,odoo_mcp_grumble");
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
    assert_names(&site, "odoo_mcp_trap.shelf", place);
}
