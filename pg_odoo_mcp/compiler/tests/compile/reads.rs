//! Records by their ids.

use crate::odoo::Odoo;
use odoo_compiler::answer::Row;
use odoo_compiler::error::{Code, Error};
use odoo_compiler::facts::{Effect, Override};
use serde_json::{Value, json};

fn found(ids: &[i64]) -> Vec<Row> {
    let row = |id: &i64| vec![Some(format!(r#"{{"id":{id},"name":"S{id}"}}"#))];
    ids.iter().map(row).collect()
}

fn read(odoo: &Odoo, ids: Value) -> Result<Value, Error> {
    let call = json!({"model": "sale.order", "ids": ids, "fields": ["name"]});
    odoo.call("odoo_read", &call)
}

#[test]
fn a_read_is_of_ids_and_rules_and_of_archived_records_too() {
    let odoo = Odoo::new();
    let call = json!({"model": "sale.order", "ids": [7, 5], "fields": ["name"]});
    let sql = odoo.sql("odoo_read", &call).expect("a plan");
    assert_eq!(
        sql,
        "SELECT row_to_json(record)::text\n\
         FROM (SELECT to_json(COALESCE(t0.\"id\", 0)) AS \"id\", COALESCE(to_json(t0.\"name\"), 'false'::json) AS \"name\"\n\
         FROM \"public\".\"sale_order\" AS t0\n\
         WHERE t0.\"id\" = ANY ('{\"7\",\"5\"}'::bigint[])\n  \
         AND t0.\"company_id\" = ANY ('{\"1\",\"2\"}'::bigint[])\n  \
         AND (t0.\"user_id\" = ANY ('{\"7\"}'::bigint[]) OR t0.\"user_id\" IS NULL)\n\
         ORDER BY t0.\"id\"\n\
         LIMIT '2'::bigint OFFSET '0'::bigint) AS record"
    );
    let call = json!({"model": "res.partner", "ids": [7], "fields": ["email"]});
    let sql = odoo.sql("odoo_read", &call).expect("a plan");
    assert!(!sql.contains("\"active\""), "{sql}");
}

#[test]
fn records_come_in_the_order_of_the_ids_and_as_often() {
    let mut odoo = Odoo::new();
    odoo.rows = found(&[5, 7]);
    let answer = read(&odoo, json!([7, 5, 7])).expect("an answer");
    let seven = json!({"id": 7, "name": "S7"});
    assert_eq!(
        answer,
        json!({"engine": "sql", "records": [seven, {"id": 5, "name": "S5"}, seven]})
    );
    assert_eq!(odoo.ran.borrow().len(), 1);
}

#[test]
fn a_record_that_is_gone_is_left_out_and_said() {
    let mut odoo = Odoo::new();
    odoo.rows = found(&[5]);
    odoo.more_rows = vec![Vec::new()];
    let answer = read(&odoo, json!([9, 5, -1, 4_294_967_296_i64])).expect("an answer");
    assert_eq!(answer["records"], json!([{"id": 5, "name": "S5"}]));
    assert_eq!(
        answer["warnings"],
        json!([{"code": "missing_record", "message": "sale.order has no records -1, 9, 4294967296: deleted, or never there"}])
    );
    // what is looked for again is only what was not found, and by nobody's rules
    let ran = odoo.ran.borrow();
    let existing = ran[1].text.split_once("\nWHERE ").expect("a condition").1;
    assert_eq!(
        existing,
        "t0.\"id\" = ANY ($1::bigint[])\nORDER BY t0.\"id\"\nLIMIT $2::bigint OFFSET $3::bigint) AS record"
    );
    assert_eq!(
        ran[1].params[0].text.as_deref(),
        Some(r#"{"-1","9","4294967296"}"#)
    );
}

#[test]
fn a_record_that_is_there_and_not_for_the_user_refuses_the_call() {
    let mut odoo = Odoo::new();
    odoo.rows = found(&[5]);
    odoo.more_rows = vec![found(&[8])];
    let error = read(&odoo, json!([5, 8, 9])).expect_err("refused");
    assert_eq!(error.code, Code::AccessDenied);
    assert_eq!(
        error.message,
        "user \"olga\" may not read record 8 of sale.order (sale.order)"
    );
    assert_eq!(
        error.detail.as_deref(),
        Some("record rules that apply: \"multi-company\", \"own\"")
    );
}

#[test]
fn no_ids_are_no_records_and_no_statement() {
    let odoo = Odoo::new();
    let answer = read(&odoo, json!([])).expect("an answer");
    assert_eq!(answer, json!({"engine": "sql", "records": []}));
    assert!(odoo.ran.borrow().is_empty());
}

#[test]
fn what_is_no_id_is_refused() {
    let odoo = Odoo::new();
    for ids in [
        json!(null),
        json!(5),
        json!("5"),
        json!([0]),
        json!([true]),
        json!([false]),
        json!(["5"]),
        json!([5.5]),
        json!([null]),
        json!([[5]]),
        json!([18_446_744_073_709_551_615_u64]),
        json!((1..=1001).collect::<Vec<_>>()),
    ] {
        let error = read(&odoo, ids.clone()).expect_err("refused");
        assert_eq!(error.code, Code::InvalidArguments, "{ids}: {error}");
    }
    assert!(read(&odoo, json!((1..=1000).collect::<Vec<_>>())).is_ok());
}

#[test]
fn a_field_that_the_user_may_not_read_is_refused_by_name_and_left_out_unasked() {
    let mut odoo = Odoo::new();
    odoo.change_facts("sale.order", |facts| {
        let of_managers = json!({"groups": "base.group_system"});
        let of_managers = serde_json::from_value(of_managers).expect("facts of a field");
        facts.fields.with_facts.insert("state".into(), of_managers);
    });
    let call = json!({"model": "sale.order", "ids": [], "fields": ["state"]});
    let error = odoo.call("odoo_read", &call).expect_err("refused");
    assert_eq!(error.code, Code::AccessDenied);
    let call = json!({"model": "sale.order", "ids": []});
    let answer = odoo.call("odoo_read", &call).expect("an answer");
    assert_eq!(
        answer["skipped_fields"],
        json!([{"field": "state", "reason": "access"}])
    );
}

#[test]
fn a_model_that_reads_its_own_values_is_odoo_s() {
    let mut odoo = Odoo::new();
    odoo.change_facts("sale.order", |facts| {
        facts.overrides.push(Override {
            effect: Effect::Values,
            method: "read".into(),
            module: "acme".into(),
            file: "acme/models/a.py".into(),
            line: 3,
            fields: None,
            only_for: None,
            only_where: None,
        });
    });
    let error = read(&odoo, json!([5])).expect_err("refused");
    assert_eq!(error.code, Code::NotSupported);
}

#[test]
fn an_id_that_is_named_too_often_is_no_way_to_an_endless_answer() {
    let mut odoo = Odoo::new();
    let long = "x".repeat(100_000);
    odoo.rows = vec![vec![Some(json!({"id": 5, "name": long}).to_string())]];
    assert!(read(&odoo, json!(vec![5; 100])).is_ok());
    let error = read(&odoo, json!(vec![5; 1000])).expect_err("refused");
    assert_eq!(error.code, Code::OverBudget);
}

#[test]
fn explain_shows_both_statements() {
    let call = json!({"model": "sale.order", "ids": [5], "fields": ["name"]});
    let explained = Odoo::new()
        .explained("odoo_read", &call)
        .expect("explained");
    let statements = explained["statements"].as_array().expect("statements");
    assert_eq!(statements.len(), 2);
    assert_eq!(explained["rules"].as_array().map(Vec::len), Some(2));
}
