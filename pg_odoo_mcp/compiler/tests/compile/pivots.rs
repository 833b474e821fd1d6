//! Pivots.

use crate::groups::{pivot, row};
use crate::odoo::Odoo;
use odoo_compiler::error::Code;
use serde_json::{Value, json};

#[test]
fn a_period_that_is_still_running_is_told() {
    let mut odoo = Odoo::new();
    odoo.rows = vec![
        row(&[Some("2026-12-01 00:00:00"), Some("0"), Some("1"), Some("1")]),
        row(&[None, Some("1"), Some("1"), Some("1")]),
    ];
    let of_months = |key: &str| json!({"model": "sale.order", "rows": [key]});
    let answer = odoo
        .call("odoo_pivot", &of_months("date_order:month"))
        .expect("an answer");
    assert_eq!(answer["warnings"][0]["code"], "running_period");
    assert_eq!(answer["as_of"], "2026-12-31 10:00:00 UTC");
    odoo.rows[0][0] = Some("2026-11-01 00:00:00".into());
    let answer = odoo
        .call("odoo_pivot", &of_months("date_order:month"))
        .expect("an answer");
    assert_eq!(answer.get("warnings"), None);
}

#[test]
fn tags_are_those_the_user_sees_and_a_total_counts_a_record_once() {
    let mut odoo = Odoo::new();
    odoo.change("crm.tag", |model| {
        model["rules"] = json!([{"id": 9, "name": "tags", "domain": "[('id', '>', 3)]", "is_global": true, "group_ids": []}]);
    });
    let sql = odoo
        .sql(
            "odoo_read_group",
            &json!({"model": "sale.order", "groupby": ["tag_ids"]}),
        )
        .expect("a plan");
    assert!(
        sql.contains(r#"LEFT JOIN "public"."sale_order_tag_rel" AS t1 ON t0."id" = t1."order_id" AND t1."tag_id" IN (SELECT t2.id FROM "public"."crm_tag" AS t2"#),
        "{sql}"
    );
    assert!(sql.contains(r#"t2."id" > '3'"#), "{sql}");
    let explained = odoo
        .explained(
            "odoo_pivot",
            &json!({"model": "sale.order", "rows": ["tag_ids"], "columns": ["state"]}),
        )
        .expect("an explanation");
    let statements = explained["statements"].as_array().expect("statements");
    assert_eq!(statements.len(), 2);
    let with_tags: Vec<bool> = statements
        .iter()
        .map(|s| {
            s["sql"]
                .as_str()
                .expect("sql")
                .contains("sale_order_tag_rel")
        })
        .collect();
    assert_eq!(with_tags, [true, false]);
}

#[test]
fn a_pivot_is_one_statement_with_a_set_for_each_total() {
    let sql = Odoo::new()
        .sql("odoo_pivot", &pivot(json!({})))
        .expect("a plan");
    assert!(
        sql.contains("GROUP BY GROUPING SETS ((1, 2, 3), (1, 3), (2, 3), (3))"),
        "{sql}"
    );
    assert!(
        sql.contains(r#"GROUPING(t0."partner_id", t0."state") AS set"#),
        "{sql}"
    );
    let sql = Odoo::new()
        .sql(
            "odoo_pivot",
            &pivot(json!({"totals": false, "measures": ["__count"]})),
        )
        .expect("a plan");
    assert!(
        sql.contains("GROUP BY GROUPING SETS ((1, 2), (1), (2))"),
        "{sql}"
    );
}

/// Rows by partner and state: partner, name, state, currency, set, records, sum.
fn pivot_rows(currency: &str, factor: u32) -> Vec<Vec<Option<String>>> {
    let line = |partner: Option<&str>, state: Option<&str>, set: &str, sum: u32| {
        row(&[
            partner,
            partner.map(|p| if p == "5" { r#""Azure""# } else { r#""Brick""# }),
            state,
            Some(currency),
            Some(set),
            Some("1"),
            Some(&(sum * factor).to_string()),
        ])
    };
    vec![
        line(Some("5"), Some("draft"), "0", 10),
        line(Some("5"), Some("sale"), "0", 20),
        line(Some("5"), None, "1", 30),
        line(Some("6"), Some("sale"), "0", 70),
        line(Some("6"), None, "1", 70),
        line(None, Some("draft"), "2", 10),
        line(None, Some("sale"), "2", 90),
        line(None, None, "3", 100),
    ]
}

#[test]
fn a_pivot_shows_cells_totals_and_where_there_is_nothing() {
    let mut odoo = Odoo::new();
    odoo.rows = pivot_rows("USD", 1);
    let answer = odoo
        .call(
            "odoo_pivot",
            &pivot(json!({"sort": "amount_total:sum desc"})),
        )
        .expect("an answer");
    assert_eq!(
        answer["columns"],
        json!([
            "partner_id",
            {"measure": "amount_total:sum", "state": "draft"},
            {"measure": "amount_total:sum", "state": "sale"},
            {"measure": "amount_total:sum", "total": true},
        ])
    );
    assert_eq!(
        answer["rows"],
        json!([[[6, "Brick"], null, 70, 70], [[5, "Azure"], 10, 20, 30]])
    );
    assert_eq!(answer["totals"], json!([["total", 10, 90, 100]]));
    assert_eq!(answer["currencies"], json!(["USD"]));
    let answer = odoo
        .call("odoo_pivot", &pivot(json!({"top": 1})))
        .expect("an answer");
    assert_eq!(answer["rows"], json!([[[5, "Azure"], 10, 20, 30]]));
    assert_eq!(
        (&answer["total"], &answer["has_more"]),
        (&json!(2), &json!(true))
    );
    // over all rows, shown or not
    assert_eq!(answer["totals"], json!([["total", 10, 90, 100]]));
}

#[test]
fn figures_stand_in_their_row_though_one_statement_had_no_room_for_its_name() {
    let call = json!({
        "model": "sale.order", "rows": ["partner_id"], "columns": ["state"],
        "measures": ["amount_total:sum"], "totals": false,
    });
    for is_named_first in [false, true] {
        let mut odoo = Odoo::new();
        odoo.rows = pivot_rows("USD", 1);
        for row in &mut odoo.rows {
            if (row[2].is_some() != is_named_first) && row[0].is_some() {
                row[1] = Some("null".into());
            }
        }
        let answer = odoo.call("odoo_pivot", &call).expect("an answer");
        assert_eq!(
            answer["rows"],
            json!([[[5, "Azure"], 10, 20], [[6, "Brick"], null, 70]])
        );
    }
}

#[test]
fn a_pivot_never_adds_up_currencies() {
    let mut odoo = Odoo::new();
    odoo.rows = [pivot_rows("USD", 1), pivot_rows("EUR", 2)].concat();
    let answer = odoo
        .call(
            "odoo_pivot",
            &pivot(json!({"sort": "amount_total:sum desc", "top": 1})),
        )
        .expect("an answer");
    assert_eq!(answer["columns"][1], "currency");
    assert_eq!(
        answer["rows"],
        json!([
            [[6, "Brick"], "EUR", null, 140, 140],
            [[6, "Brick"], "USD", null, 70, 70]
        ])
    );
    assert_eq!(
        answer["totals"],
        json!([
            ["total", "EUR", 20, 180, 200],
            ["total", "USD", 10, 90, 100]
        ])
    );
    assert_eq!(answer["total"], 4);
    assert_eq!(answer["warnings"][0]["code"], "several_currencies");
}

#[test]
fn a_pivot_of_too_many_figures_is_refused() {
    let mut odoo = Odoo::new();
    let cell = |partner: Option<usize>, day: Option<usize>, set: &str| {
        let partner = partner.map(|p| p.to_string());
        let day = day.map(|d| format!("state {d}"));
        row(&[
            partner.as_deref(),
            partner.as_ref().map(|_| r#""x""#),
            day.as_deref(),
            Some(set),
            Some("1"),
            Some("1"),
        ])
    };
    // a diagonal: few groups, and a large table around them
    odoo.rows = (0..180)
        .flat_map(|i| {
            [
                cell(Some(i), Some(i), "0"),
                cell(Some(i), None, "1"),
                cell(None, Some(i), "2"),
            ]
        })
        .chain([cell(None, None, "3")])
        .collect();
    let error = odoo
        .call("odoo_pivot", &pivot(json!({"measures": ["__count"]})))
        .expect_err("32,761 figures");
    assert_eq!(error.code, Code::OverBudget);
    let answer = odoo.call(
        "odoo_pivot",
        &pivot(json!({"measures": ["__count"], "top": 100})),
    );
    assert_eq!(
        answer.expect("an answer")["rows"].as_array().map(Vec::len),
        Some(100)
    );
}

#[test]
fn rows_are_sorted_by_the_figure_that_was_asked_for_and_those_without_one_are_last() {
    let line = |state: &str, count: &str, average: Option<&str>| {
        row(&[Some(state), Some("0"), Some(count), Some(count), average])
    };
    let mut odoo = Odoo::new();
    odoo.rows = vec![
        line("draft", "9", Some("1")),
        line("sent", "5", None),
        line("sale", "1", Some("7.5")),
        row(&[None, Some("1"), Some("15"), Some("15"), Some("2")]),
    ];
    let states = |sort: &str| -> Vec<String> {
        let arguments = json!({"model": "sale.order", "rows": ["state"], "measures": ["__count", "id:avg"], "sort": sort});
        let answer = odoo.call("odoo_pivot", &arguments).expect("an answer");
        let rows = answer["rows"].as_array().cloned().unwrap_or_default();
        rows.iter()
            .filter_map(|row| row[0].as_str().map(str::to_owned))
            .collect()
    };
    assert_eq!(states("id:avg desc"), ["sale", "draft", "sent"]);
    assert_eq!(states("id:avg"), ["draft", "sale", "sent"]);
    assert_eq!(states("__count"), ["sale", "sent", "draft"]);
}

#[test]
fn the_statements_of_a_pivot_have_a_budget_each() {
    let conditions: Vec<Value> = (0..11)
        .map(|i| json!(["partner_id.name", "=", i.to_string()]))
        .collect();
    let explained = Odoo::new()
        .explained("odoo_pivot", &json!({"model": "sale.order", "domain": conditions, "rows": ["tag_ids"], "columns": ["state"]}))
        .expect("two statements");
    assert_eq!(explained["statements"].as_array().map(Vec::len), Some(2));
}
