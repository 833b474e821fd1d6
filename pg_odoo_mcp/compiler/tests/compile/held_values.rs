//! What `odoo_describe_model` tells of the values that fields hold.

use crate::groups::row;
use crate::odoo::Odoo;
use odoo_compiler::error::Code;
use odoo_compiler::facts::DisplayNameKind;
use serde_json::{Value, json};

fn call(fields: Value) -> Value {
    json!({"model": "sale.order", "fields": fields, "values": true})
}

#[test]
fn values_are_counted_among_the_records_with_the_highest_ids_that_the_user_sees() {
    let mut odoo = Odoo::new();
    // records, then the figures of both fields
    odoo.rows = vec![row(&[
        Some("8"),
        Some("8"),
        Some("6"),
        Some("2"),
        Some("2026-01-31"),
        Some("2026-06-30"),
        Some("1"),
    ])];
    let values = vec![
        row(&[Some("sale"), Some("5"), Some("5"), Some("3")]),
        row(&[None, Some("2"), Some("2"), Some("3")]),
        row(&[Some("draft"), Some("1"), Some("1"), Some("3")]),
    ];
    // and no record that was not looked at
    odoo.more_rows = vec![values.clone(), Vec::new()];
    let answer = odoo
        .call(
            "odoo_describe_model",
            &call(json!(["state", "validity_date"])),
        )
        .expect("a description");
    assert_eq!(answer["sample"], json!({"records": 8}));
    let fields = answer["fields"].as_array().expect("fields");
    // what one record alone has is not told
    assert_eq!(
        fields[0]["values"],
        json!({"filled": 0.75, "frequent": [["sale", 5], [false, 2]]})
    );
    assert_eq!(
        fields[1]["values"],
        json!({"filled": 0.25, "lowest": "2026-01-31", "highest": "2026-06-30"})
    );
    let ran = odoo.ran.take();
    let (last, of_records) = ran.split_last().expect("statements");
    assert_eq!(
        last.text,
        "SELECT 'more'::text FROM \"public\".\"sale_order\" AS t0 LIMIT 1 OFFSET 10000"
    );
    for statement in of_records {
        let text = &statement.text;
        assert!(
            text.contains("t0.\"id\" IN (SELECT t") && text.contains("DESC LIMIT 10000)"),
            "{text}"
        );
        // the rules hold as ever
        assert!(text.contains("t0.\"user_id\" IS NULL"), "{text}");
    }
    odoo.more_rows = vec![values, vec![row(&[Some("more")])]];
    let answer = odoo
        .call(
            "odoo_describe_model",
            &call(json!(["state", "validity_date"])),
        )
        .expect("a description");
    assert_eq!(answer["sample"], json!({"records": 8, "of_latest": 10000}));
    assert_eq!(answer["warnings"][0]["code"], "sample_only", "{answer}");
}

#[test]
fn values_are_of_a_few_named_fields_alone() {
    let odoo = Odoo::new();
    for arguments in [
        json!({"model": "sale.order", "values": true}),
        call(json!([
            "f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10"
        ])),
    ] {
        let error = odoo
            .call("odoo_describe_model", &arguments)
            .expect_err("refused");
        assert_eq!(error.code, Code::InvalidArguments, "{error}");
        assert_eq!(error.hint.as_deref(), Some("name them in `fields`"));
    }
    // and nothing is counted unasked
    odoo.call(
        "odoo_describe_model",
        &json!({"model": "sale.order", "fields": ["state"]}),
    )
    .expect("a description");
    assert!(odoo.ran.borrow().is_empty());
}

#[test]
fn no_value_is_told_of_a_field_that_the_user_may_not_read_or_that_sql_does_not() {
    let mut odoo = Odoo::new();
    odoo.change_facts("sale.order", |facts| {
        let note = facts.fields.with_facts.entry("note".into()).or_default();
        note.groups = Some("base.group_system".into());
    });
    let error = odoo
        .call("odoo_describe_model", &call(json!(["note"])))
        .expect_err("refused");
    assert_eq!(error.code, Code::AccessDenied);
    assert!(odoo.ran.borrow().is_empty());
    // a column that the reading role has no right to
    odoo.change("sale.order", |model| {
        model["fields"]["state"]["column"] = Value::Null;
    });
    odoo.rows = vec![row(&[Some("8"), Some("8"), Some("1")])];
    let answer = odoo
        .call("odoo_describe_model", &call(json!(["state"])))
        .expect("a description");
    assert_eq!(answer["fields"][0]["values"], json!({}));
    // rules that SQL can't answer
    odoo.change("sale.order", |model| {
        model["rules"][0]["domain"] = json!("[('company_id', 'in', unknown())]");
    });
    let answer = odoo
        .call("odoo_describe_model", &call(json!(["name"])))
        .expect("a description");
    assert_eq!(answer["fields"][0].get("values"), None);
    let codes: Vec<&Value> = answer["warnings"]
        .as_array()
        .expect("warnings")
        .iter()
        .map(|warning| &warning["code"])
        .collect();
    assert!(codes.contains(&&json!("values_open")), "{answer}");
}

#[test]
fn ten_dates_are_asked_for_a_few_at_once() {
    let names: Vec<String> = (0..10).map(|n| format!("day_{n}")).collect();
    let mut odoo = Odoo::new();
    odoo.change("sale.order", |model| {
        for name in &names {
            model["fields"][name] = json!({"name": name, "label": name, "type": "date", "store": true, "column": "date"});
        }
    });
    odoo.change_facts("sale.order", |facts| {
        for name in &names {
            facts.fields.with_facts.entry(name.clone()).or_default();
        }
    });
    // records, the groups, then each field's share, first and last day
    let of = |fields: usize| {
        let figures = [Some("4"), Some("2026-01-31"), Some("2026-06-30")].repeat(fields);
        vec![row(&[
            &[Some("8"), Some("8")],
            figures.as_slice(),
            &[Some("1")],
        ]
        .concat())]
    };
    odoo.rows = of(6);
    odoo.more_rows = vec![of(4)];
    let answer = odoo
        .call("odoo_describe_model", &call(json!(names)))
        .expect("a description");
    assert_eq!(answer["sample"]["records"], 8);
    let fields = answer["fields"].as_array().expect("fields");
    assert_eq!(fields.len(), 10);
    for field in fields {
        assert_eq!(
            field["values"],
            json!({"filled": 0.5, "lowest": "2026-01-31", "highest": "2026-06-30"}),
            "{field}"
        );
    }
}

#[test]
fn an_explanation_shows_what_is_asked_of_the_records_and_under_which_rules() {
    let odoo = Odoo::new();
    let asked = call(json!(["state", "validity_date"]));
    let explained = odoo
        .explained("odoo_describe_model", &asked)
        .expect("an explanation");
    assert!(odoo.ran.borrow().is_empty());
    let statements: Vec<&str> = explained["statements"]
        .as_array()
        .expect("statements")
        .iter()
        .map(|statement| statement["sql"].as_str().expect("sql"))
        .collect();
    assert!(!statements.is_empty());
    assert_eq!(explained["rules"][0]["model"], "sale.order", "{explained}");
    // and it is what is run
    odoo.call("odoo_describe_model", &asked)
        .expect("a description");
    let ran = odoo.ran.borrow();
    let ran: Vec<&str> = ran
        .iter()
        .map(|statement| statement.text.as_str())
        .collect();
    assert_eq!(statements, ran);
    // without values no record is read
    let without = json!({"model": "sale.order", "fields": ["state"]});
    let explained = odoo
        .explained("odoo_describe_model", &without)
        .expect("an explanation");
    assert_eq!(explained["statements"], json!([]));
}

#[test]
fn a_range_of_money_is_of_one_currency() {
    let range = |lowest: &str, highest: &str| {
        let mut odoo = Odoo::new();
        odoo.rows = vec![row(&[
            Some("8"),
            Some("8"),
            Some("4"),
            Some("2026-01-31"),
            Some("2026-06-30"),
            Some("1"),
        ])];
        // the currencies by their ids, records, then the amounts
        odoo.more_rows = vec![vec![row(&[
            Some(lowest),
            Some(highest),
            Some("8"),
            Some("8"),
            Some("6"),
            Some("2.50"),
            Some("900.00"),
            Some("1"),
        ])]];
        // no record beyond those that are looked at
        odoo.more_rows.push(Vec::new());
        let asked = call(json!(["amount_total", "validity_date"]));
        let answer = odoo
            .call("odoo_describe_model", &asked)
            .expect("a description");
        // other ranges stay
        assert_eq!(
            answer["fields"][1]["values"]["lowest"], "2026-01-31",
            "{answer}"
        );
        answer
    };
    let one = range("2", "2");
    assert_eq!(
        one["fields"][0]["values"],
        json!({"filled": 0.75, "lowest": 2.50, "highest": 900.00})
    );
    assert_eq!(one.get("warnings"), None);
    let several = range("1", "2");
    assert_eq!(several["fields"][0]["values"], json!({"filled": 0.75}));
    assert_eq!(
        several["warnings"].as_array().map(Vec::len),
        Some(1),
        "{several}"
    );
    let warning = &several["warnings"][0];
    assert_eq!(warning["code"], "several_currencies");
    let message = warning["message"].as_str().expect("a text");
    assert!(
        message.contains("odoo_read_group by currency_id"),
        "{message}"
    );
}

#[test]
fn names_that_only_python_makes_are_said_to_be_open() {
    let mut odoo = Odoo::new();
    odoo.rows = vec![row(&[Some("8"), Some("8"), Some("8"), Some("1")])];
    odoo.more_rows = vec![vec![row(&[
        Some("7"),
        None,
        Some("5"),
        Some("5"),
        Some("1"),
    ])]];
    odoo.change_facts("res.partner", |facts| {
        facts.display_name.kind = DisplayNameKind::Python;
    });
    let answer = odoo
        .call("odoo_describe_model", &call(json!(["partner_id"])))
        .expect("a description");
    assert_eq!(
        answer["fields"][0]["values"]["frequent"],
        json!([[[7, null], 5]])
    );
    assert_eq!(
        answer["warnings"][0]["code"], "display_name_open",
        "{answer}"
    );
}
