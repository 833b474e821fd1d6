//! What the records of a group come to: lists, sums over currencies, extremes, and filters by them.

use crate::groups::row;
use crate::odoo::Odoo;
use odoo_compiler::error::Code;
use odoo_compiler::facts::ModelFacts;
use serde_json::{Value, json};

fn call(aggregates: Value) -> Value {
    json!({"model": "sale.order", "groupby": ["state"], "aggregates": aggregates})
}

fn sql(arguments: &Value) -> String {
    Odoo::new()
        .sql("odoo_read_group", arguments)
        .expect("a plan")
}

/// The WHERE of the groups.
fn having(aggregates: Value, having: Value) -> String {
    let mut arguments = call(aggregates);
    arguments["having"] = having;
    let sql = sql(&arguments);
    let (_, groups) = sql.split_once(") AS t").expect("groups");
    let (_, filter) = groups.split_once("\nWHERE ").expect("a filter");
    filter
        .split("\nORDER")
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn lists_are_in_the_order_of_the_records_or_in_their_own() {
    let sql = sql(&call(json!([
        "partner_id:array_agg",
        "name:array_agg_distinct"
    ])));
    assert!(
        sql.contains(r#"array_agg(t0."partner_id" ORDER BY t0."id") AS m1, array_agg(DISTINCT t0."name" ORDER BY t0."name") AS m2"#),
        "{sql}"
    );
    assert!(sql.contains(r#"to_json(t1."m1")::text"#), "{sql}");
}

#[test]
fn lists_are_written_like_odoo_s() {
    let mut odoo = Odoo::new();
    odoo.rows = vec![row(&[Some("3")])];
    odoo.more_rows = vec![vec![
        row(&[
            Some("sale"),
            Some("2"),
            Some("[5,null]"),
            Some(r#"["2026-01-31T09:30:00.123456",null]"#),
            Some("1"),
        ]),
        row(&[None, Some("2"), None, None, Some("1")]),
    ]];
    // what Odoo calls recordset it answers as array_agg
    let answer = odoo
        .call(
            "odoo_read_group",
            &call(json!([
                "partner_id:recordset",
                "partner_id:array_agg",
                "date_order:array_agg"
            ])),
        )
        .expect("an answer");
    assert_eq!(
        answer["groups"],
        json!([
            {
                "state": "sale", "__extra_domain": [["state", "=", "sale"]],
                "partner_id:array_agg": [5, null],
                "date_order:array_agg": ["2026-01-31 09:30:00", null],
            },
            {
                "state": false, "__extra_domain": [["state", "=", false]],
                "partner_id:array_agg": [], "date_order:array_agg": [],
            },
        ])
    );
}

#[test]
fn lists_are_made_of_few_records_only() {
    let mut odoo = Odoo::new();
    let two = call(json!(["partner_id:array_agg", "id:array_agg"]));
    odoo.rows = vec![row(&[Some("50001")])];
    let error = odoo.call("odoo_read_group", &two).expect_err("too many");
    assert_eq!(error.code, Code::OverBudget, "{error}");
    assert!(error.message.contains("100002"), "{error}");
    let counted = odoo.ran.borrow();
    assert_eq!(counted.len(), 1);
    assert!(
        counted[0].text.starts_with("SELECT count(*)"),
        "{}",
        counted[0].text
    );
    drop(counted);
    // a record is in the list of each of its tags
    odoo.ran.borrow_mut().clear();
    let mut tags = two.clone();
    tags["groupby"] = json!(["tag_ids"]);
    odoo.call("odoo_read_group", &tags).expect_err("too many");
    let text = odoo.ran.borrow()[0].text.clone();
    assert!(
        text.starts_with("SELECT count(*)") && text.contains("sale_order_tag_rel"),
        "{text}"
    );
    // Odoo makes them without a bound, so it is not asked
    odoo.delegates = true;
    let mut of_odoo = two;
    of_odoo["domain"] = json!([["partner_id.unknown_to_sql", "=", 1]]);
    odoo.change("res.partner", |model| {
        model["fields"]["unknown_to_sql"] =
            json!({"name": "unknown_to_sql", "label": "x", "type": "integer", "store": false});
    });
    let error = odoo.call("odoo_read_group", &of_odoo).expect_err("a list");
    assert_eq!(error.code, Code::NotSupported, "{error}");
    assert!(error.message.contains("is made in SQL alone"), "{error}");
    odoo.delegates = false;
    // nor of long texts
    let error = odoo
        .call("odoo_read_group", &call(json!(["note:array_agg"])))
        .expect_err("long texts");
    assert_eq!(error.code, Code::NotSupported, "{error}");
    // and no cell of a pivot is one
    let pivot =
        json!({"model": "sale.order", "rows": ["state"], "measures": ["partner_id:array_agg"]});
    let error = odoo.call("odoo_pivot", &pivot).expect_err("a list");
    assert_eq!(error.code, Code::InvalidArguments, "{error}");
}

/// Where the rates of currencies are known.
fn with_rates() -> Odoo {
    let mut odoo = Odoo::new();
    let rates = [
        "id integer int4 not_null",
        "name date date",
        "rate float numeric",
        "currency_id many2one int4",
        "company_id many2one int4",
    ];
    odoo.add(crate::odoo::described("res.currency.rate", &rates));
    let plain = |facts: &mut ModelFacts| {
        for name in ["name", "rate", "currency_id", "company_id"] {
            facts.fields.with_facts.entry(name.into()).or_default();
        }
    };
    odoo.change_facts("res.currency.rate", plain);
    odoo
}

#[test]
fn a_sum_over_currencies_divides_by_the_rates_of_the_company_at_the_top() {
    let mut odoo = with_rates();
    odoo.principal.companies[0].parent_path = "9/1/".into();
    let arguments = call(json!(["amount_total:sum_currency"]));
    let sql = odoo.sql("odoo_read_group", &arguments).expect("a plan");
    assert!(
        sql.contains(r#"sum(t0."amount_total" / COALESCE(('{"1.0","0.85"}'::numeric[])[array_position('{"1","2"}'::bigint[], t0."currency_id"::bigint)], 1.0)) AS m1"#),
        "{sql}"
    );
    let ran = odoo.ran.borrow();
    assert_eq!(ran[0].params[0].text.as_deref(), Some("9"));
    assert_eq!(ran[0].params[1].text.as_deref(), Some("Europe/Brussels"));
    drop(ran);
    let explained = odoo
        .explained("odoo_read_group", &arguments)
        .expect("an explanation");
    let warning = &explained["warnings"][0];
    assert_eq!(warning["code"], "converted");
    assert_eq!(
        warning["message"],
        r#""amount_total:sum_currency" is in USD, the currency of Main (company 1): as in Odoo each amount is divided by its currency's rate of company 9, which is above it, of 2026-12-31, the latest up to that day or else the first after it, and the sum is not rounded"#
    );
    // the company's currency is the one whose rate is 1 unless somebody gave it another
    let of_beta = json!({"model": "sale.order", "aggregates": ["amount_total:sum_currency"],
        "context": {"allowed_company_ids": [2]}});
    let explained = odoo
        .explained("odoo_read_group", &of_beta)
        .expect("an explanation");
    let told = explained["warnings"][0]["message"]
        .as_str()
        .expect("a text");
    assert!(
        told.contains("is not in EUR, the currency of Beta (company 2), whose own rate is 0.85, but in the one whose rate is 1:"),
        "{told}"
    );
    // not of a plain number, whose currency nobody knows
    let error = odoo
        .call("odoo_read_group", &call(json!(["id:sum_currency"])))
        .expect_err("no money");
    assert_eq!(error.code, Code::InvalidArguments);
    // nor where the rates are for some groups only, or are what Python makes them
    odoo.change_facts("res.currency.rate", |facts| {
        let rate = facts.fields.with_facts.entry("rate".into()).or_default();
        rate.groups = Some("base.group_system".into());
    });
    let error = odoo
        .call("odoo_read_group", &arguments)
        .expect_err("not for everybody");
    assert_eq!(error.code, Code::NotSupported, "{error}");
}

#[test]
fn a_sum_over_currencies_has_no_place_in_a_row_of_one() {
    let mut odoo = with_rates();
    let pivot = |measures: Value| json!({"model": "sale.order", "rows": ["partner_id"], "measures": measures});
    let series = |measures: Value| {
        json!({"model": "sale.order", "date_field": "date_order", "period": "month",
            "from": "2026-01-01", "to": "2026-03-31", "measures": measures})
    };
    let mixed = json!(["amount_total:sum_currency", "amount_total:avg"]);
    let alone = json!(["__count", "amount_total:sum_currency"]);
    for (tool, asked, fine) in [
        ("odoo_pivot", pivot(mixed.clone()), pivot(alone.clone())),
        ("odoo_time_series", series(mixed.clone()), series(alone)),
    ] {
        let error = odoo.sql(tool, &asked).expect_err(tool);
        assert_eq!(error.code, Code::InvalidArguments, "{tool}");
        assert_eq!(
            error.message,
            r#""amount_total:sum_currency" is a sum over all currencies, and the other measures of money are split by theirs"#
        );
        assert_eq!(error.hint.as_deref(), Some("ask for them in two calls"));
        odoo.sql(tool, &fine).expect(tool);
    }
    // groups are not split, and say which currencies they are in
    odoo.rows = vec![row(&[
        Some("sale"),
        Some("1"),
        Some("2"),
        Some("2"),
        Some("7"),
        Some("8"),
        Some("1"),
    ])];
    let answer = odoo.call("odoo_read_group", &call(mixed));
    let answer = answer.expect("an answer");
    assert_eq!(answer["groups"][0]["amount_total:avg"], 8.0);
    let ran = odoo.ran.borrow();
    let of_currencies = ran.last().expect("a statement");
    assert!(
        of_currencies.text.contains("avg("),
        "{}",
        of_currencies.text
    );
    assert!(
        !of_currencies.text.contains("numeric[]"),
        "{}",
        of_currencies.text
    );
}

#[test]
fn extremes_are_of_texts_and_records_too() {
    let mut odoo = Odoo::new();
    odoo.rows = vec![row(&[
        Some("sale"),
        Some("2"),
        Some("S9"),
        Some("70"),
        Some("1"),
    ])];
    let answer = odoo
        .call(
            "odoo_read_group",
            &call(json!(["name:max", "partner_id:min"])),
        )
        .expect("an answer");
    assert_eq!(answer["groups"][0]["name:max"], "S9");
    assert_eq!(answer["groups"][0]["partner_id:min"], 70);
    let error = odoo
        .call("odoo_read_group", &call(json!(["locked:max"])))
        .expect_err("PostgreSQL has no extremes of booleans");
    assert_eq!(error.code, Code::InvalidArguments);
}

/// Not an arm for each of two hundred thousand values: two truths are all there are.
#[test]
fn a_truth_that_is_named_often_is_named_once() {
    let many = json!(vec![true; 200_000]);
    let short = having(
        json!(["__count"]),
        json!([["locked:bool_or", "in", [true]]]),
    );
    assert_eq!(
        having(json!(["__count"]), json!([["locked:bool_or", "in", many]])),
        short
    );
    let not = having(
        json!(["__count"]),
        json!([["locked:bool_or", "not in", many]]),
    );
    assert_eq!(not, "t1.\"m2\" IS NOT NULL\n  AND t1.\"m2\" IS NOT TRUE");
    let any = having(
        json!(["__count"]),
        json!([["locked:bool_or", "in", [true, false, true]]]),
    );
    assert_eq!(any, "t1.\"m2\" IS NOT NULL");
}

#[test]
fn groups_are_filtered_by_every_kind_of_figure() {
    assert_eq!(
        having(json!(["__count"]), json!([["locked:bool_or", "=", true]])),
        r#"t1."m2" IS NOT NULL
  AND t1."m2" IS TRUE"#
    );
    assert_eq!(
        having(json!(["__count"]), json!([["locked:bool_and", "!=", true]])),
        r#"t1."m2" IS NOT NULL
  AND t1."m2" IS NOT TRUE"#
    );
    assert_eq!(
        having(
            json!(["__count"]),
            json!([["validity_date:max", ">=", "2026-01-31"]])
        ),
        r#"t1."m2" >= '2026-01-31'::date"#
    );
    // as Odoo takes it, a moment is one in UTC, and a day its midnight
    assert_eq!(
        having(
            json!(["__count"]),
            json!(["!", ["date_order:min", "<", "2026-01-31"]])
        ),
        r#"t1."m2" >= '2026-01-31 00:00:00'::timestamp"#
    );
    assert_eq!(
        having(json!(["__count"]), json!([["name:min", "in", ["a", "b"]]])),
        r#"t1."m2" = ANY ('{"a","b"}'::text[])"#
    );
    let mut arguments = call(json!(["__count"]));
    arguments["having"] = json!([["validity_date:max", ">", "soon"]]);
    let error = Odoo::new()
        .call("odoo_read_group", &arguments)
        .expect_err("no date");
    assert!(error.message.contains("takes a date"), "{error}");
}
