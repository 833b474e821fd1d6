//! Few records on the way to many are read first: PostgreSQL then knows which they are.

use crate::odoo::Odoo;
use serde_json::{Value, json};

fn large() -> Odoo {
    let mut odoo = Odoo::new();
    odoo.counted = [
        ("res_partner", 200_000.0),
        ("res_country", 250.0),
        ("sale_order", 1_000_000.0),
    ]
    .map(|(name, rows)| (name.to_owned(), rows))
    .into();
    odoo.ids = vec![233];
    odoo
}

fn of_us(operator: &str) -> Value {
    json!([["country_id.code", operator, "US"]])
}

#[test]
fn the_few_are_read_first_and_bound() {
    let odoo = large();
    let filter = odoo.filter("res.partner", of_us("="));
    assert!(
        filter.contains(r#"t0."country_id" = ANY ('{"233"}'::integer[])"#),
        "{filter}"
    );
    let call =
        json!({"model": "res.partner", "domain": of_us("="), "fields": ["name"], "limit": 1});
    odoo.explained("odoo_search", &call).expect("explained");
    let ran = odoo.ran.borrow();
    let [statement] = ran.as_slice() else {
        panic!("once, though a page and its number are asked for: {ran:?}");
    };
    assert!(
        statement
            .text
            .starts_with("SELECT t1.id::text FROM \"public\".\"res_country\" AS t1\nWHERE t1.\"code\" = ANY ($1::text[])"),
        "{}",
        statement.text
    );
}

#[test]
fn they_are_shown_where_a_call_is_explained() {
    let arguments = json!({"model": "res.partner", "domain": of_us("=")});
    let explained = large()
        .explained("odoo_count", &arguments)
        .expect("explained");
    let statements = explained["statements"].as_array().expect("statements");
    assert_eq!(statements.len(), 2, "{explained}");
    let text = statements[0]["sql"].as_str().unwrap_or_default();
    assert!(text.starts_with("SELECT t1.id::text"), "{text}");
    assert!(explained.get("before").is_none());
}

#[test]
fn a_negation_leaves_out_the_same_and_keeps_what_has_none() {
    let filter = large().filter("res.partner", json!(["!", ["country_id.code", "=", "US"]]));
    assert!(
        filter.contains(
            r#"(t0."country_id" <> ALL ('{"233"}'::integer[]) OR t0."country_id" IS NULL)"#
        ),
        "{filter}"
    );
    let mut none = large();
    none.ids = Vec::new();
    let filter = none.filter("res.partner", of_us("="));
    assert!(filter.contains("= ANY ('{}'::integer[])"), "{filter}");
}

#[test]
fn small_tables_many_ids_and_uncounted_ones_stay_in_the_statement() {
    let mut uncounted = large();
    uncounted.counted.remove("res_country");
    let mut small = large();
    small.counted.insert("res_partner".into(), 40_000.0);
    let mut many = large();
    many.ids = (0..10_001).collect();
    for odoo in [uncounted, small, many] {
        let filter = odoo.filter("res.partner", of_us("="));
        assert!(filter.contains("IN (SELECT t1.id FROM"), "{filter}");
    }
    // and partners are not few
    let filter = large().filter("sale.order", json!([["partner_id.ref", "=", "Gent"]]));
    assert!(filter.contains("IN (SELECT"), "{filter}");
}

/// A rule may look at records that the user does not see, and a call that is explained shows what is bound.
#[test]
fn what_a_rule_looks_at_stays_in_the_statement() {
    let mut odoo = large();
    odoo.change("res.partner", |model| {
        model["rules"] = json!([{"id": 1, "name": "r", "domain": "[('country_id.code', '=', 'US')]", "is_global": true, "group_ids": []}]);
    });
    let filter = odoo.condition("res.partner", json!([]), json!({}));
    assert!(filter.contains("IN (SELECT t1.id FROM"), "{filter}");
    assert!(odoo.ran.borrow().is_empty());
}
