//! Answers: fields, order, pages, time series.

use crate::odoo::Odoo;
use odoo_compiler::domain::Operator;
use odoo_compiler::error::Code;
use serde_json::{Value, json};

fn text(values: &[Option<&str>]) -> Vec<Option<String>> {
    values.iter().map(|v| v.map(str::to_owned)).collect()
}

fn series(odoo: &Odoo, more: Value) -> Value {
    let mut arguments = json!({"model": "sale.order", "date_field": "date_order", "period": "month", "measures": ["amount_total:sum", "__count"]});
    for (key, value) in more.as_object().expect("an object") {
        arguments[key] = value.clone();
    }
    odoo.call("odoo_time_series", &arguments)
        .unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn a_search_names_its_fields_and_ends_its_order_with_the_id() {
    let odoo = Odoo::new();
    let sql = odoo
        .sql("odoo_search", &json!({"model": "sale.order", "fields": ["name", "partner_id", "date_order"], "order": "partner_id desc nulls last", "limit": 5}))
        .expect("a plan");
    assert!(
        sql.contains(r#"AS "id", COALESCE(to_json(t0."name"), 'false'::json) AS "name""#),
        "{sql}"
    );
    assert!(
        sql.contains(r#"LEFT JOIN "public"."res_partner" AS t1 ON t0."partner_id" = t1."id""#),
        "{sql}"
    );
    assert!(
        sql.contains(
            r#"ORDER BY (t0."partner_id" IS NULL), t1."complete_name" DESC, t1."id", t0."id""#
        ),
        "{sql}"
    );
    assert!(
        sql.contains("LIMIT '5'::bigint OFFSET '0'::bigint"),
        "{sql}"
    );
    let sql = odoo
        .sql("odoo_search", &json!({"model": "sale.order"}))
        .expect("a plan");
    assert!(
        sql.contains(r#"ORDER BY t0."date_order" DESC, t0."id" DESC"#),
        "{sql}"
    );
}

#[test]
fn a_page_knows_how_many_there_are() {
    let mut odoo = Odoo::new();
    odoo.rows = vec![text(&[Some(r#"{"id":1}"#)]), text(&[Some(r#"{"id":2}"#)])];
    let answer = odoo
        .call("odoo_search", &json!({"model": "sale.order", "offset": 4}))
        .expect("an answer");
    assert_eq!(
        (&answer["total"], &answer["has_more"]),
        (&json!(6), &json!(false))
    );
    assert_eq!(odoo.ran.borrow().len(), 1);
    // a full page asks for the number
    odoo.rows = vec![text(&[Some("9")])];
    let answer = odoo
        .call("odoo_search", &json!({"model": "sale.order", "limit": 1}))
        .expect("an answer");
    assert_eq!(
        (&answer["total"], &answer["has_more"]),
        (&json!(9), &json!(true))
    );
}

#[test]
fn limits_are_refused_beyond_their_maximum() {
    let odoo = Odoo::new();
    for more in [
        json!({"limit": 1001}),
        json!({"limit": 0}),
        json!({"limit": -1}),
        json!({"offset": -1}),
        json!({"limit": "5"}),
        json!({"fields": [1]}),
    ] {
        let mut arguments = json!({"model": "sale.order"});
        arguments
            .as_object_mut()
            .expect("an object")
            .extend(more.as_object().expect("an object").clone());
        let error = odoo.call("odoo_search", &arguments).expect_err("refused");
        assert_eq!(error.code, Code::InvalidArguments, "{arguments}");
    }
}

#[test]
fn an_unknown_selection_value_finds_nothing_and_says_why() {
    let mut odoo = Odoo::new();
    odoo.rows = vec![text(&[Some("0")])];
    let answer = odoo
        .call(
            "odoo_count",
            &json!({"model": "sale.order", "domain": [["state", "=", "sold"]]}),
        )
        .expect("an answer");
    assert_eq!(answer["count"], 0);
    let warning = answer["warnings"][0]["message"]
        .as_str()
        .expect("a warning");
    assert!(warning.contains("draft, sale"), "{warning}");
}

#[test]
fn gaps_are_filled_between_the_first_and_the_last_month() {
    let mut odoo = Odoo::new();
    odoo.rows = vec![
        text(&[
            Some("2026-01-01 00:00:00"),
            Some("USD"),
            Some("2"),
            Some("150.50"),
            Some("2"),
        ]),
        text(&[
            Some("2026-03-01 00:00:00"),
            Some("USD"),
            Some("1"),
            Some("20.00"),
            Some("1"),
        ]),
    ];
    let answer = series(&odoo, json!({}));
    assert_eq!(
        answer["columns"],
        json!(["date_order:month", "amount_total:sum", "__count"])
    );
    assert_eq!(
        answer["rows"],
        json!([
            ["2026-01-01", 150.5, 2],
            ["2026-02-01", 0, 0],
            ["2026-03-01", 20.0, 1]
        ])
    );
    assert_eq!(
        (&answer["currencies"], &answer["timezone"]),
        (&json!(["USD"]), &json!("Europe/Brussels"))
    );
    assert_eq!(
        series(&odoo, json!({"fill": "null"}))["rows"][1],
        json!(["2026-02-01", null, null])
    );
    assert_eq!(
        series(&odoo, json!({"fill": "previous"}))["rows"][1],
        json!(["2026-02-01", 150.5, 2])
    );
    assert_eq!(
        series(&odoo, json!({"fill": "linear"}))["rows"][1],
        json!(["2026-02-01", 85.25, 1.5])
    );
    assert_eq!(
        series(&odoo, json!({"fill": "none"}))["rows"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    let wide = series(&odoo, json!({"from": "2025-12-15", "to": "2026-04-30"}));
    assert_eq!(wide["rows"].as_array().map(Vec::len), Some(5));
    assert_eq!(wide["warnings"][0]["code"], "partial_period");
}

#[test]
fn currencies_are_never_added() {
    let mut odoo = Odoo::new();
    odoo.rows = vec![
        text(&[
            Some("2026-01-01 00:00:00"),
            Some("USD"),
            Some("2"),
            Some("100"),
            Some("2"),
        ]),
        text(&[
            Some("2026-01-01 00:00:00"),
            Some("EUR"),
            Some("1"),
            Some("7"),
            Some("1"),
        ]),
    ];
    let answer = series(&odoo, json!({}));
    assert_eq!(
        answer["columns"],
        json!([
            "date_order:month",
            "currency",
            "amount_total:sum",
            "__count"
        ])
    );
    assert_eq!(
        answer["rows"],
        json!([["2026-01-01", "USD", 100, 2], ["2026-01-01", "EUR", 7, 1]])
    );
    assert_eq!(answer["warnings"][0]["code"], "several_currencies");
}

#[test]
fn each_group_has_every_period_and_records_without_a_date_are_told() {
    let mut odoo = Odoo::new();
    odoo.rows = vec![
        text(&[
            Some("2026-01-01 00:00:00"),
            Some("5"),
            Some(r#""Azure""#),
            Some("3"),
            Some("3"),
        ]),
        text(&[
            Some("2026-02-01 00:00:00"),
            None,
            None,
            Some("1"),
            Some("1"),
        ]),
        text(&[None, None, None, Some("4"), Some("4")]),
    ];
    let answer = series(
        &odoo,
        json!({"measures": ["__count"], "group_by": "partner_id"}),
    );
    assert_eq!(
        answer["columns"],
        json!(["date_order:month", "partner_id", "__count"])
    );
    assert_eq!(
        answer["rows"],
        json!([
            ["2026-01-01", [5, "Azure"], 3],
            ["2026-02-01", [5, "Azure"], 0],
            ["2026-01-01", false, 0],
            ["2026-02-01", false, 1]
        ])
    );
    assert_eq!(answer["warnings"][0]["code"], "undated_records");
    assert_eq!(answer["total"], 2);
}

#[test]
fn averages_of_nothing_are_no_zero() {
    let mut odoo = Odoo::new();
    odoo.rows = vec![
        text(&[
            Some("2026-01-01 00:00:00"),
            Some("USD"),
            Some("1"),
            Some("5"),
        ]),
        text(&[
            Some("2026-03-01 00:00:00"),
            Some("USD"),
            Some("1"),
            Some("7"),
        ]),
    ];
    let answer = series(&odoo, json!({"measures": ["amount_total:avg"]}));
    assert_eq!(answer["rows"][1], json!(["2026-02-01", null]));
}

#[test]
fn weeks_follow_the_language_and_hours_the_timezone() {
    let odoo = Odoo::new();
    let sql = |more: Value| {
        let mut arguments =
            json!({"model": "sale.order", "date_field": "date_order", "period": "week"});
        arguments
            .as_object_mut()
            .expect("an object")
            .extend(more.as_object().expect("an object").clone());
        odoo.sql("odoo_time_series", &arguments).expect("a plan")
    };
    assert!(sql(json!({})).contains("+ interval '1 day' * 1) - interval '1 day' * 1"));
    assert!(!sql(json!({"context": {"lang": "fr_FR"}})).contains("interval"));
    assert!(
        sql(json!({"timezone": "Asia/Tokyo"}))
            .contains(r#"timezone('Asia/Tokyo'::text, timezone('UTC', t0."date_order"))"#)
    );
}

#[test]
fn a_series_may_begin_and_end_on_a_relative_day() {
    let odoo = Odoo::new();
    let call = |from: &str, to: &str| {
        json!({"model": "sale.order", "date_field": "date_order", "period": "day",
            "from": from, "to": to, "timezone": "Asia/Tokyo"})
    };
    let sql = |from: &str, to: &str| {
        odoo.sql("odoo_time_series", &call(from, to))
            .expect("a plan")
    };
    // in Tokyo it is the 31st, at 19:00
    assert_eq!(sql("today -7d", "now +6H"), sql("2026-12-24", "2027-01-01"));
    let error = odoo
        .call("odoo_time_series", &call("30 days ago", "today"))
        .expect_err("words");
    assert_eq!(error.code, Code::InvalidArguments);
    assert_eq!(
        error.hint.as_deref(),
        Some("write \"today -30d\" (2026-12-01)")
    );
    let error = odoo
        .call("odoo_time_series", &call("today", "yesterday"))
        .expect_err("words");
    assert!(error.message.starts_with("to is"), "{error}");
}

#[test]
fn what_a_series_cannot_be() {
    let odoo = Odoo::new();
    for (more, code) in [
        (json!({"period": "fortnight"}), Code::InvalidArguments),
        (json!({"period": "fiscal_year"}), Code::NotSupported),
        (json!({"date_field": "name"}), Code::InvalidArguments),
        (
            json!({"date_field": "validity_date", "period": "hour"}),
            Code::InvalidArguments,
        ),
        (
            json!({"measures": ["amount_total"]}),
            Code::InvalidArguments,
        ),
        (
            json!({"measures": ["amount_total:total"]}),
            Code::InvalidArguments,
        ),
        (json!({"measures": ["name:sum"]}), Code::InvalidArguments),
        (
            json!({"from": "2026-02-01", "to": "2026-01-01"}),
            Code::InvalidArguments,
        ),
        (json!({"from": "soon"}), Code::InvalidArguments),
        (json!({"group_by": ["date_order"]}), Code::InvalidArguments),
        (
            json!({"timezone": "Europe/Brusels"}),
            Code::InvalidArguments,
        ),
    ] {
        let mut arguments =
            json!({"model": "sale.order", "date_field": "date_order", "period": "month"});
        arguments
            .as_object_mut()
            .expect("an object")
            .extend(more.as_object().expect("an object").clone());
        let error = odoo
            .call("odoo_time_series", &arguments)
            .expect_err("refused");
        assert_eq!(error.code, code, "{more}: {error}");
        assert!(
            error.hint.is_some() || error.code == Code::InvalidArguments,
            "{more}"
        );
    }
}

#[test]
fn every_tool_has_a_closed_schema_and_says_that_it_only_reads() {
    let list: Value = serde_json::from_str(&odoo_compiler::tool::list()).expect("JSON");
    let tools = list["tools"].as_array().expect("tools");
    assert_eq!(tools.len(), 11);
    for tool in tools {
        assert_eq!(tool["inputSchema"]["additionalProperties"], false, "{tool}");
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool}");
    }
}

#[test]
fn a_period_that_has_not_ended_or_begun_is_no_figure_like_the_others() {
    let mut odoo = Odoo::new();
    odoo.rows = vec![text(&[
        Some("2026-12-01 00:00:00"),
        Some("USD"),
        Some("1"),
        Some("5"),
        Some("1"),
    ])];
    let codes = |answer: Value| -> Vec<String> {
        let warnings = answer["warnings"].as_array().cloned().unwrap_or_default();
        warnings
            .iter()
            .filter_map(|w| w["code"].as_str().map(str::to_owned))
            .collect()
    };
    assert_eq!(codes(series(&odoo, json!({}))), ["running_period"]);
    let year = json!({"from": "2026-12-01", "to": "2027-02-28"});
    assert_eq!(
        codes(series(&odoo, year)),
        ["future_periods", "running_period"]
    );
    let past = json!({"from": "2026-01-01", "to": "2026-11-30", "fill": "previous"});
    odoo.rows.clear();
    assert_eq!(codes(series(&odoo, past)), ["filled_values"]);
}

#[test]
fn a_series_from_a_day_on_goes_on_until_now() {
    let mut odoo = Odoo::new();
    odoo.rows = vec![text(&[
        Some("2026-10-01 00:00:00"),
        Some("USD"),
        Some("1"),
        Some("5"),
        Some("1"),
    ])];
    let starts = |answer: &Value| -> Vec<String> {
        let rows = answer["rows"].as_array().cloned().unwrap_or_default();
        rows.iter()
            .filter_map(|row| row[0].as_str().map(str::to_owned))
            .collect()
    };
    let answer = series(&odoo, json!({"from": "2026-09-01"}));
    assert_eq!(
        starts(&answer),
        ["2026-09-01", "2026-10-01", "2026-11-01", "2026-12-01"]
    );
    // without a first day it shows what there is, and says that it ends there
    let answer = series(&odoo, json!({}));
    assert_eq!(starts(&answer), ["2026-10-01"]);
    assert_eq!(answer["warnings"][0]["code"], "ends_with_the_records");
    odoo.rows.clear();
    let answer = series(&odoo, json!({"from": "2026-11-01"}));
    assert_eq!(starts(&answer), ["2026-11-01", "2026-12-01"]);
}

#[test]
fn what_every_client_is_told_is_short() {
    let list: Value = serde_json::from_str(&odoo_compiler::tool::list()).expect("JSON");
    let tools = list["tools"].to_string().chars().count();
    let instructions = list["instructions"]
        .as_str()
        .map(str::len)
        .unwrap_or_default();
    println!("{tools} {instructions}");
    for operator in Operator::names().filter(|name| !["==", "<>"].contains(name)) {
        // `not` forms are said once for the whole family
        let name = operator.strip_prefix("not ").unwrap_or(operator);
        let told = list["instructions"].as_str().unwrap_or_default();
        assert!(told.contains(name), "nobody is told of {operator}");
    }
    assert!(tools <= 8_100, "tools: {tools} characters");
    assert!(
        instructions <= 2_000,
        "instructions: {instructions} characters"
    );
}
