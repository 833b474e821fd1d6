//! Grouped reads, and keys and measures that they share with pivots.

use crate::odoo::Odoo;
use odoo_compiler::error::Code;
use serde_json::{Value, json};

pub(crate) fn row(values: &[Option<&str>]) -> Vec<Option<String>> {
    values.iter().map(|v| v.map(str::to_owned)).collect()
}

pub(crate) fn with(tool_arguments: &Value, more: Value) -> Value {
    let mut arguments = tool_arguments.clone();
    for (key, value) in more.as_object().expect("an object") {
        arguments[key] = value.clone();
    }
    arguments
}

fn read_group(more: Value) -> Value {
    with(
        &json!({"model": "sale.order", "groupby": ["date_order:month", "partner_id"], "aggregates": ["amount_total:sum", "__count"]}),
        more,
    )
}

pub(crate) fn pivot(more: Value) -> Value {
    with(
        &json!({"model": "sale.order", "rows": ["partner_id"], "columns": ["state"], "measures": ["amount_total:sum"]}),
        more,
    )
}

#[test]
fn records_are_grouped_by_id_and_named_afterwards() {
    let sql = Odoo::new()
        .sql("odoo_read_group", &read_group(json!({})))
        .expect("a plan");
    let (outer, page) = sql.split_once("\nFROM (").expect("a page");
    assert!(outer.contains("complete_name"), "{outer}");
    let (head, inner) = page.split_once("\nFROM (").expect("groups");
    assert_eq!(head, "SELECT t1.*, count(*) OVER () AS all_groups");
    let (inner, after) = inner.split_once(") AS t").expect("an alias");
    assert!(!inner.contains("JOIN"), "{inner}");
    assert!(
        inner.contains(r#"timezone('Europe/Brussels'::text, timezone('UTC', t0."date_order"))) AS k1, t0."partner_id" AS k2, min(t0."currency_id") AS lowest_currency, max(t0."currency_id") AS highest_currency, "#),
        "{inner}"
    );
    assert!(inner.ends_with("GROUP BY 1, 2"), "{inner}");
    // by month, then by the partners' own order, then by what tells groups apart
    assert!(
        after.contains(r#"ORDER BY t1."k1", t2."complete_name", t2."id" DESC, t1."k2""#),
        "{after}"
    );
    let (_, after) = after
        .split_once("LIMIT '200'::bigint OFFSET '0'::bigint) AS t1\n")
        .expect("the page, of which names are made");
    assert!(after.starts_with("LEFT JOIN"), "{after}");
    assert!(
        after.ends_with(r#"ORDER BY t1."k1", t2."complete_name", t2."id" DESC, t1."k2""#),
        "{after}"
    );
}

#[test]
fn groups_are_written_like_odoo_s() {
    let mut odoo = Odoo::new();
    odoo.rows = vec![
        row(&[
            Some("2026-01-01 00:00:00"),
            Some("5"),
            Some(r#""Azure""#),
            Some("1"),
            Some("1"),
            Some("2"),
            Some("150.50"),
            Some("2"),
            Some("7"),
        ]),
        row(&[
            None,
            None,
            None,
            None,
            None,
            Some("1"),
            None,
            Some("1"),
            Some("7"),
        ]),
    ];
    let answer = odoo
        .call(
            "odoo_read_group",
            &read_group(json!({"context": {"lang": "fr_FR"}, "limit": 2})),
        )
        .expect("an answer");
    assert_eq!(
        answer["groups"],
        json!([
            {
                "date_order:month": ["2025-12-31 23:00:00", "janvier 2026"],
                "partner_id": [5, "Azure"],
                "__extra_domain": ["&", "&", ["date_order", ">=", "2025-12-31 23:00:00"], ["date_order", "<", "2026-01-31 23:00:00"], ["partner_id", "=", 5]],
                "amount_total:sum": 150.5, "__count": 2,
            },
            {
                "date_order:month": false, "partner_id": false,
                "__extra_domain": ["&", ["date_order", "=", false], ["partner_id", "=", false]],
                "amount_total:sum": false, "__count": 1,
            },
        ])
    );
    assert_eq!(
        (&answer["total"], &answer["has_more"], &answer["timezone"]),
        (&json!(7), &json!(true), &json!("Europe/Brussels"))
    );
}

#[test]
fn sums_over_several_currencies_are_named() {
    let arguments =
        json!({"model": "sale.order", "groupby": ["state"], "order": "amount_total:sum"});
    let line = |state: &str, low: &str, high: &str| {
        row(&[
            Some(state),
            Some(low),
            Some(high),
            Some("2"),
            Some("2"),
            Some("10.00"),
            Some("2"),
        ])
    };
    let message = |rows: Vec<Vec<Option<String>>>| {
        let mut odoo = Odoo::new();
        odoo.rows = rows;
        odoo.more_rows = vec![vec![row(&[Some("USD")]), row(&[Some("EUR")])]];
        let answer = odoo.call("odoo_read_group", &arguments).expect("an answer");
        assert_eq!(answer["currencies"], json!(["EUR", "USD"]));
        assert_eq!(answer["warnings"][0]["code"], "several_currencies");
        let ran = odoo.ran.borrow();
        assert!(ran[1].text.contains("AS currency"), "{}", ran[1].text);
        answer["warnings"][0]["message"].to_string()
    };
    // each group in one currency, but not in the same
    let apart = message(vec![line("sale", "1", "1"), line("draft", "2", "2")]);
    assert!(apart.contains("each in one"), "{apart}");
    let mixed = message(vec![line("sale", "1", "2")]);
    assert!(mixed.contains("sums are of plain numbers"), "{mixed}");
    // one currency is named without reading the records again
    let mut odoo = Odoo::new();
    odoo.rows = vec![line("sale", "2", "2")];
    odoo.more_rows = vec![vec![row(&[Some("USD")])]];
    let answer = odoo.call("odoo_read_group", &arguments).expect("an answer");
    assert_eq!(
        (&answer["currencies"], answer.get("warnings")),
        (&json!(["USD"]), None)
    );
    assert!(!odoo.ran.borrow()[1].text.contains("sale_order"));
    // a count adds no money up
    let count =
        json!({"model": "sale.order", "groupby": ["state"], "aggregates": ["amount_total:count"]});
    let sql = odoo.sql("odoo_read_group", &count).expect("a plan");
    assert!(!sql.contains("currency"), "{sql}");
}

#[test]
fn a_price_without_a_currency_of_its_own_is_told() {
    let mut odoo = Odoo::new();
    odoo.change("product.template", |model| {
        model["fields"]["currency_id"] =
            json!({"name": "currency_id", "type": "many2one", "relation": "res.currency"});
    });
    let explained = odoo
        .explained(
            "odoo_read_group",
            &json!({"model": "product.template", "groupby": [], "aggregates": ["list_price:avg"]}),
        )
        .expect("an explanation");
    assert_eq!(
        explained["warnings"][0]["code"], "no_currency",
        "{explained}"
    );
}

#[test]
fn groups_are_filtered_and_sorted_by_figures_that_are_not_answered() {
    let sql = Odoo::new()
        .sql(
            "odoo_read_group",
            &json!({
                "model": "sale.order", "groupby": ["state"],
                "having": ["|", ["amount_total:sum", ">", 100], "!", ["__count", "in", [1, 2]]],
                "order": "amount_total:avg desc, state",
            }),
        )
        .expect("a plan");
    assert!(
        sql.contains(
            r#"WHERE (t1."m3" > '100'::numeric OR t1."m1" <> ALL ('{"1","2"}'::numeric[]))"#
        ),
        "{sql}"
    );
    assert!(sql.contains(r#"ORDER BY t1."m2" DESC, t1."k1""#), "{sql}");
    // only what was asked for is answered
    let mut odoo = Odoo::new();
    odoo.rows = vec![row(&[
        Some("sale"),
        Some("1"),
        Some("1"),
        Some("4"),
        Some("4"),
        Some("25"),
        Some("100.00"),
        Some("1"),
    ])];
    let answer = odoo
        .call("odoo_read_group", &json!({"model": "sale.order", "groupby": ["state"], "having": [["amount_total:sum", ">", 99]], "order": "amount_total:avg"}))
        .expect("an answer");
    assert_eq!(
        answer["groups"],
        json!([{"state": "sale", "__extra_domain": [["state", "=", "sale"]], "__count": 4}])
    );
}

#[test]
fn a_path_goes_to_records_the_user_may_see() {
    let mut odoo = Odoo::new();
    let by_company = json!({"model": "sale.order", "groupby": ["partner_id.country_id"]});
    let sql = odoo.sql("odoo_read_group", &by_company).expect("a plan");
    assert!(
        sql.contains(
            r#"LEFT JOIN "public"."res_partner" AS t1 ON t0."partner_id" = t1."id" AND ("#
        ) && sql.contains("partner_share"),
        "{sql}"
    );
    odoo.rows = vec![row(&[None, None, Some("3"), Some("3"), Some("1")])];
    let answer = odoo
        .call("odoo_read_group", &by_company)
        .expect("an answer");
    assert_eq!(
        answer["groups"][0]["__extra_domain"],
        json!([
            "|",
            ["partner_id", "not any", []],
            ["partner_id", "any", [["country_id", "=", false]]]
        ])
    );
    odoo.change("res.partner", |model| model["access_lists"] = json!([]));
    let error = odoo
        .call("odoo_read_group", &by_company)
        .expect_err("refused");
    assert_eq!(error.code, Code::AccessDenied);
}

#[test]
fn keys_and_measures_that_make_no_sense_are_refused() {
    let odoo = Odoo::new();
    for (tool, arguments, code) in [
        (
            "odoo_read_group",
            read_group(json!({"groupby": ["date_order"]})),
            Code::InvalidArguments,
        ),
        (
            "odoo_read_group",
            read_group(json!({"groupby": ["date_order:mnth"]})),
            Code::InvalidArguments,
        ),
        (
            "odoo_read_group",
            read_group(json!({"groupby": ["validity_date:hour"]})),
            Code::InvalidArguments,
        ),
        (
            "odoo_read_group",
            read_group(json!({"groupby": ["state:month"]})),
            Code::InvalidArguments,
        ),
        (
            "odoo_read_group",
            read_group(json!({"groupby": ["state", "state"]})),
            Code::InvalidArguments,
        ),
        (
            "odoo_read_group",
            read_group(json!({"groupby": ["stat"]})),
            Code::UnknownField,
        ),
        (
            "odoo_read_group",
            read_group(json!({"groupby": ["tag_ids.name"]})),
            Code::InvalidArguments,
        ),
        (
            "odoo_read_group",
            read_group(json!({"order": "amount_total"})),
            Code::InvalidArguments,
        ),
        (
            "odoo_read_group",
            read_group(json!({"order": "partner_id sideways"})),
            Code::InvalidArguments,
        ),
        (
            "odoo_read_group",
            read_group(json!({"having": [["amount_total:sum", "ilike", "1"]]})),
            Code::InvalidArguments,
        ),
        (
            "odoo_read_group",
            read_group(json!({"having": [["amount_total:sum", ">", "1"]]})),
            Code::InvalidArguments,
        ),
        (
            "odoo_read_group",
            read_group(json!({"having": [["amount_total:sum", "any", []]]})),
            Code::InvalidArguments,
        ),
        (
            "odoo_read_group",
            read_group(json!({"groupby": [], "having": [["__count", ">", 1]]})),
            Code::InvalidArguments,
        ),
        (
            "odoo_read_group",
            read_group(json!({"limit": 2001})),
            Code::InvalidArguments,
        ),
        (
            "odoo_read_group",
            read_group(json!({"aggregates": ["state:sum"]})),
            Code::InvalidArguments,
        ),
        (
            "odoo_read_group",
            read_group(json!({"aggregates": ["partner_id.color:sum"]})),
            Code::InvalidArguments,
        ),
        (
            "odoo_pivot",
            pivot(json!({"rows": []})),
            Code::InvalidArguments,
        ),
        (
            "odoo_pivot",
            pivot(json!({"columns": ["partner_id"]})),
            Code::InvalidArguments,
        ),
        (
            "odoo_pivot",
            pivot(json!({"sort": "state"})),
            Code::InvalidArguments,
        ),
        (
            "odoo_pivot",
            pivot(json!({"top": 0})),
            Code::InvalidArguments,
        ),
        (
            "odoo_pivot",
            pivot(json!({"totals": "yes"})),
            Code::InvalidArguments,
        ),
    ] {
        let error = odoo
            .call(tool, &arguments)
            .expect_err(&arguments.to_string());
        assert_eq!(error.code, code, "{arguments}: {error}");
    }
}

#[test]
fn a_field_for_other_groups_is_no_key_no_measure_and_no_order() {
    for more in [
        json!({"groupby": ["credit_limit"]}),
        json!({"groupby": ["active"], "aggregates": ["credit_limit:sum"]}),
        json!({"groupby": ["active"], "order": "credit_limit:sum"}),
        json!({"groupby": ["active"], "having": [["credit_limit:sum", ">", 1]]}),
    ] {
        let mut odoo = Odoo::new();
        odoo.principal.group_names.clear();
        odoo.change("res.partner", |model| {
            model["fields"]["credit_limit"] = json!({"name": "credit_limit", "label": "Credit", "type": "float", "store": true, "column": "float8"});
        });
        let error = odoo
            .call(
                "odoo_read_group",
                &with(&json!({"model": "res.partner"}), more.clone()),
            )
            .expect_err("refused");
        assert_eq!(error.code, Code::AccessDenied, "{more}: {error}");
    }
}

#[test]
fn a_long_path_is_refused_before_it_is_followed() {
    let odoo = Odoo::new();
    let steps = |n: usize| "parent_id.".repeat(n) + "name";
    let of = |key: String| json!({"model": "res.partner", "groupby": [key.clone()], "rows": [key]});
    let refused = |tool: &str, key: String| {
        let mut arguments = of(key);
        let unwanted = if tool == "odoo_pivot" {
            "groupby"
        } else {
            "rows"
        };
        arguments
            .as_object_mut()
            .expect("an object")
            .remove(unwanted);
        odoo.call(tool, &arguments).expect_err("refused").code
    };
    for tool in ["odoo_read_group", "odoo_pivot"] {
        // each step would be a level of recursion, and a join for the planner
        assert_eq!(refused(tool, steps(9)), Code::InvalidArguments);
        assert_eq!(refused(tool, steps(20_000)), Code::InvalidArguments);
    }
    let keys: Vec<String> = (0..5)
        .map(|i| "parent_id.".repeat(7) + ["name", "color", "ref", "vat", "email"][i])
        .collect();
    let error = odoo
        .call(
            "odoo_read_group",
            &json!({"model": "res.partner", "groupby": keys}),
        )
        .expect_err("35 joins");
    assert_eq!(error.code, Code::OverBudget);
}

#[test]
fn the_groups_of_a_many2many_are_for_those_who_may_read_it_and_of_records_in_use() {
    let by_tag = json!({"model": "sale.order", "groupby": ["tag_ids"]});
    let mut odoo = Odoo::new();
    odoo.change("crm.tag", |model| {
        model["fields"]["active"] =
            json!({"name": "active", "type": "boolean", "store": true, "column": "bool", "manual": true});
    });
    let sql = odoo.sql("odoo_read_group", &by_tag).expect("a plan");
    assert!(sql.contains(r#"t2."active" IS TRUE"#), "{sql}");
    let with_archived = with(&by_tag, json!({"context": {"active_test": false}}));
    let sql = odoo.sql("odoo_read_group", &with_archived).expect("a plan");
    assert!(!sql.contains("active"), "{sql}");
    odoo.principal.group_names.clear();
    let error = odoo.call("odoo_read_group", &by_tag).expect_err("refused");
    assert_eq!(error.code, Code::AccessDenied);
}

#[test]
fn a_negated_having_turns_its_connectives_and_inequalities() {
    let sql = |having: Value| {
        let arguments = json!({"model": "sale.order", "groupby": ["state"], "having": having});
        let sql = Odoo::new()
            .sql("odoo_read_group", &arguments)
            .expect("a plan");
        let (_, filter) = sql.split_once("\nWHERE ").expect("a filter of records");
        let (_, filter) = filter.rsplit_once("\nWHERE ").expect("a filter of groups");
        filter
            .split("\nORDER")
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(
        sql(json!(["!", ["__count", ">", 1]])),
        r#"t1."m1" <= '1'::numeric"#
    );
    assert_eq!(
        sql(json!(["!", "&", ["__count", ">", 1], ["__count", "<", 9]])),
        r#"(t1."m1" <= '1'::numeric OR t1."m1" >= '9'::numeric)"#
    );
    assert_eq!(
        sql(json!(["!", "|", ["__count", "=", 1], ["__count", "<=", 9]])),
        r#"t1."m1" <> ALL ('{"1"}'::numeric[])
  AND t1."m1" > '9'::numeric"#
    );
}
