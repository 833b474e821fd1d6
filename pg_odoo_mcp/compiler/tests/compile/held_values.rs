//! What `odoo_describe_model` tells of the values that fields hold.

use crate::groups::row;
use crate::odoo::Odoo;
use odoo_compiler::error::Code;
use serde_json::{Value, json};

fn call(fields: Value) -> Value {
    json!({"model": "sale.order", "fields": fields, "values": true})
}

#[test]
fn values_are_counted_among_the_latest_records_that_the_user_sees() {
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
    odoo.more_rows = vec![vec![
        row(&[Some("sale"), Some("5"), Some("5"), Some("3")]),
        row(&[None, Some("2"), Some("2"), Some("3")]),
        row(&[Some("draft"), Some("1"), Some("1"), Some("3")]),
    ]];
    let answer = odoo
        .call(
            "odoo_describe_model",
            &call(json!(["state", "validity_date"])),
        )
        .expect("a description");
    assert_eq!(answer["sample"], json!({"records": 8, "of_latest": 10000}));
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
    for statement in odoo.ran.borrow().iter() {
        let text = &statement.text;
        assert!(
            text.contains("t0.\"id\" IN (SELECT t") && text.contains("DESC LIMIT 10000)"),
            "{text}"
        );
        // the rules hold as ever
        assert!(text.contains("t0.\"user_id\" IS NULL"), "{text}");
    }
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
