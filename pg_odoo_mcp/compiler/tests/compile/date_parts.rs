//! Numbers of dates, such as the month of any year: as group keys and in conditions.

use crate::groups::{row, with};
use crate::odoo::Odoo;
use serde_json::{Value, json};

fn filter(domain: Value) -> String {
    Odoo::new().filter("sale.order", domain)
}

fn refused(domain: Value) -> String {
    let call = json!({"model": "sale.order", "domain": domain});
    let error = Odoo::new().call("odoo_count", &call).expect_err("refused");
    format!("{}: {}", error.code.name(), error.hint.unwrap_or_default())
}

#[test]
fn a_number_of_a_date_is_compared_as_it_is_in_the_caller_s_timezone() {
    let month = "date_part('month'::text, timezone('Europe/Brussels'::text, timezone('UTC', t0.\"date_order\")))";
    assert_eq!(
        filter(json!([["date_order.month_number", "=", 12]])),
        format!("{month} = ANY ('{{\"12\"}}'::double precision[])")
    );
    assert_eq!(
        filter(json!([["date_order.month_number", ">=", 6.5]])),
        format!("{month} >= '6.5'::double precision")
    );
    // a date without a time is the same everywhere
    assert_eq!(
        filter(json!([["validity_date.day_of_week", "in", [0, 6]]])),
        "date_part('dow'::text, t0.\"validity_date\"::timestamp) = ANY ('{\"0\",\"6\"}'::double precision[])"
    );
    let path = filter(json!([[
        "sale_order_ids.date_order.year_number",
        "=",
        2026
    ]]));
    assert!(path.contains("unknown_field"), "{path}");
    let path = Odoo::new().filter(
        "res.partner",
        json!([["sale_order_ids.date_order.year_number", "=", 2026]]),
    );
    assert!(path.contains("date_part('year'::text"), "{path}");
}

#[test]
fn a_date_that_is_not_set_has_no_number() {
    let week = "date_part('week'::text, t0.\"validity_date\"::timestamp)";
    let one = "'{\"1\"}'::double precision[]";
    for (condition, expected) in [
        (
            json!(["validity_date.iso_week_number", "=", false]),
            format!("{week} IS NULL"),
        ),
        (
            json!(["validity_date.iso_week_number", "!=", false]),
            format!("{week} IS NOT NULL"),
        ),
        (
            json!(["validity_date.iso_week_number", "!=", 1]),
            format!("({week} <> ALL ({one}) OR {week} IS NULL)"),
        ),
        (
            json!(["validity_date.iso_week_number", "in", [1, false]]),
            format!("({week} = ANY ({one}) OR {week} IS NULL)"),
        ),
        (
            json!(["validity_date.iso_week_number", "not in", [1, false]]),
            format!("{week} <> ALL ({one})"),
        ),
        (
            json!(["validity_date.iso_week_number", "in", []]),
            "FALSE".into(),
        ),
        (
            json!(["validity_date.iso_week_number", "=?", false]),
            "TRUE".into(),
        ),
    ] {
        assert_eq!(filter(json!([condition])), expected, "{condition}");
    }
    assert_eq!(
        filter(json!(["!", ["validity_date.iso_week_number", "<", 9]])),
        format!("({week} >= '9'::double precision OR {week} IS NULL)")
    );
    // the database says that the column always has a value
    let not_null = filter(json!([["date_order.year_number", "!=", 2026]]));
    assert!(!not_null.contains("IS NULL"), "{not_null}");
    assert_eq!(
        filter(json!([["date_order.year_number", "=", false]])),
        "FALSE"
    );
}

#[test]
fn what_is_no_number_of_a_date_is_refused_with_the_next_thing_to_do() {
    for (condition, expected) in [
        (
            json!(["date_order.month_numbr", "=", 1]),
            "unknown_field: did you mean month_number?",
        ),
        (json!(["state.month_number", "=", 1]), "unknown_field: "),
        (
            json!(["date_order.month_number", "=", "1"]),
            "not_supported: write the number without quotes",
        ),
        (
            json!(["date_order.month_number", "=", true]),
            "not_supported: ",
        ),
        (
            json!(["date_order.month_number", "like", 1]),
            "not_supported: compare it with =, !=, in, not in, <, <=, > or >=",
        ),
        (
            json!(["date_order.month_number", "any", []]),
            "invalid_domain: ",
        ),
    ] {
        assert_eq!(refused(json!([condition])), expected, "{condition}");
    }
}

#[test]
fn groups_by_a_number_of_a_date_lead_to_their_records() {
    let call = json!({"model": "sale.order", "groupby": ["date_order:month_number", "state"]});
    let mut odoo = Odoo::new();
    let sql = odoo.sql("odoo_read_group", &call).expect("a plan");
    assert!(
        sql.contains("SELECT date_part('month'::text, timezone('Europe/Brussels'::text, timezone('UTC', t0.\"date_order\"))) AS k1, "),
        "{sql}"
    );
    odoo.rows = vec![row(&[
        Some("12"),
        Some("sale"),
        Some("3"),
        Some("3"),
        Some("1"),
    ])];
    let answer = odoo.call("odoo_read_group", &call).expect("an answer");
    assert_eq!(
        answer["groups"],
        json!([{
            "date_order:month_number": 12, "state": "sale", "__count": 3,
            "__extra_domain": ["&", ["date_order.month_number", "=", 12], ["state", "=", "sale"]],
        }])
    );
    assert_eq!(answer["timezone"], "Europe/Brussels");
    assert_eq!(answer.get("warnings"), None);
    // who asks in a timezone of the call's finds the records with it alone, whoever answers
    for key in [
        "date_order:month_number",
        "validity_date:month_number",
        "date_order:month",
    ] {
        let call =
            json!({"model": "sale.order", "groupby": [key], "context": {"tz": "Asia/Tokyo"}});
        for delegates in [false, true] {
            (odoo.delegates, odoo.delegates_all) = (delegates, delegates);
            let explained = odoo.explained("odoo_read_group", &call).expect("explained");
            let told = explained["warnings"].to_string();
            assert_eq!(
                told.contains("timezone_of_part") && told.contains(r#"context.tz \"Asia/Tokyo\""#),
                key == "date_order:month_number",
                "{key}: {told}"
            );
        }
    }
    (odoo.delegates, odoo.delegates_all) = (false, false);
    // of a date that is not set
    odoo.rows = vec![row(&[None, None, Some("3"), Some("3"), Some("1")])];
    let call = with(
        &call,
        json!({"groupby": ["validity_date:quarter_number", "state"]}),
    );
    let answer = odoo.call("odoo_read_group", &call).expect("an answer");
    assert_eq!(
        answer["groups"][0]["__extra_domain"],
        json!([
            "&",
            ["validity_date.quarter_number", "=", false],
            ["state", "=", false]
        ])
    );
    assert_eq!(answer.get("timezone"), None);
}

#[test]
fn weekdays_are_sorted_from_the_first_of_the_language_s_week() {
    let call = |lang: &str| {
        let call = json!({"model": "sale.order", "groupby": ["validity_date:day_of_week"], "context": {"lang": lang}});
        let sql = Odoo::new().sql("odoo_read_group", &call).expect("a plan");
        let (_, order) = sql.split_once("ORDER BY ").expect("an order");
        order.split('\n').next().unwrap_or_default().to_owned()
    };
    assert_eq!(call("en_US"), "mod(7 - 7 + t1.\"k1\"::int, 7), t1.\"k1\"");
    assert_eq!(call("fr_FR"), "mod(7 - 1 + t1.\"k1\"::int, 7), t1.\"k1\"");
    let answer = Odoo::new()
        .call(
            "odoo_read_group",
            &json!({"model": "sale.order", "groupby": ["validity_date:day_of_week"]}),
        )
        .expect("an answer");
    assert_eq!(answer["week_start"], "sunday");
}

#[test]
fn a_pivot_has_numbers_of_dates_across() {
    let call = json!({"model": "sale.order", "rows": ["state"], "columns": ["date_order:hour_number"], "measures": ["__count"]});
    let mut odoo = Odoo::new();
    odoo.rows = vec![
        row(&[Some("sale"), Some("9"), Some("0"), Some("2"), Some("2")]),
        row(&[Some("sale"), None, Some("1"), Some("2"), Some("2")]),
        row(&[None, Some("9"), Some("2"), Some("2"), Some("2")]),
        row(&[None, None, Some("3"), Some("2"), Some("2")]),
    ];
    let answer = odoo.call("odoo_pivot", &call).expect("an answer");
    assert_eq!(
        answer["columns"][1],
        json!({"measure": "__count", "date_order:hour_number": 9})
    );
    assert_eq!(answer["timezone"], "Europe/Brussels");
}
