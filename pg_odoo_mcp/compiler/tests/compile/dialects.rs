//! Odoos that do not rewrite domains: what each takes for not set, and what it is left to answer.

use crate::odoo::Odoo;
use odoo_compiler::catalog::Dialect;
use odoo_compiler::error::Code;
use serde_json::{Value, json};

/// 16 but for its weeks, and 17.
const STRICT: Dialect = Dialect {
    rewrites: false,
    falsy_is_unset: false,
    local_weeks: true,
};
/// 18.
const FALSY: Dialect = Dialect {
    falsy_is_unset: true,
    ..STRICT
};

fn of(dialect: Dialect) -> Odoo {
    let mut odoo = Odoo::new();
    odoo.dialect = dialect;
    odoo
}

#[track_caller]
fn reads(domain: Value, strict: &str, falsy: &str) {
    let filter = |dialect| of(dialect).filter("res.partner", domain.clone());
    assert_eq!(filter(STRICT), strict, "{domain}");
    assert_eq!(filter(FALSY), falsy, "{domain}");
}

#[test]
fn only_null_is_not_set_or_the_falsy_value_is_too() {
    reads(
        json!([["ref", "=", false]]),
        r#"t0."ref" IS NULL"#,
        r#"(t0."ref" = ANY ('{""}'::text[]) OR t0."ref" IS NULL)"#,
    );
    reads(
        json!([["ref", "!=", ""]]),
        r#"t0."ref" <> ALL ('{""}'::text[])"#,
        r#"t0."ref" <> ALL ('{""}'::text[])"#,
    );
    reads(
        json!([["ref", "not in", [""]]]),
        r#"(t0."ref" <> ALL ('{""}'::text[]) OR t0."ref" IS NULL)"#,
        r#"t0."ref" <> ALL ('{""}'::text[])"#,
    );
    reads(
        json!([["color", "=", 0]]),
        r#"t0."color" = ANY ('{"0"}'::bigint[])"#,
        r#"(t0."color" = ANY ('{"0"}'::bigint[]) OR t0."color" IS NULL)"#,
    );
    // an inequality takes NULL for zero, never for the empty text
    reads(
        json!([["color", "<", 5]]),
        r#"t0."color" < '5'::bigint"#,
        r#"(t0."color" < '5'::bigint OR t0."color" IS NULL)"#,
    );
    reads(
        json!([["ref", "<", "b"]]),
        r#"t0."ref" < 'b'::text"#,
        r#"t0."ref" < 'b'::text"#,
    );
}

#[test]
fn what_they_read_otherwise_is_not_answered() {
    let left = [
        json!([["ref", "=", ["A"]]]),
        json!(["!", ["ref", "=like", "A%"]]),
        json!(["!", ["parent_id", "child_of", 1]]),
        json!([["parent_id", "child_of", "Azure"]]),
        json!([["child_ids", "in", [1, false]]]),
    ];
    for domain in left {
        for dialect in [STRICT, FALSY] {
            let asked = json!({"model": "res.partner", "domain": domain});
            let error = of(dialect)
                .call("odoo_count", &asked)
                .expect_err("not answered");
            assert_eq!(error.code, Code::NotSupported, "{domain}: {error}");
        }
    }
    // all other names, where the older one searches those
    let named = json!({"model": "res.partner", "domain": [["parent_id", "not ilike", "Azure"]]});
    let error = of(STRICT).call("odoo_count", &named);
    assert_eq!(error.expect_err("not answered").code, Code::NotSupported);
    of(FALSY).sql("odoo_count", &named).expect("answered");
    let names = json!({"model": "res.partner", "domain": [["display_name", "ilike", "Azure"]]});
    let error = of(STRICT).call("odoo_count", &names);
    assert_eq!(error.expect_err("not answered").code, Code::NotSupported);
}

#[test]
fn a_relative_date_is_none_however_long_it_is() {
    let asked =
        |field: &str, text: &str| json!({"model": "sale.order", "domain": [[field, "<", text]]});
    let relative = [
        (STRICT, "validity_date", "today -10d"),
        (FALSY, "validity_date", "today -10d"),
        (STRICT, "date_order", "today -10d"),
        (FALSY, "date_order", "today -10d"),
        (FALSY, "date_order", "today =monday -100d"),
    ];
    for (dialect, field, text) in relative {
        let error = of(dialect).call("odoo_count", &asked(field, text));
        let error = error.expect_err("not answered");
        assert_eq!(error.code, Code::NotSupported, "{field} {text}: {error}");
    }
    for (field, text) in [
        ("validity_date", "2026-01-31"),
        ("date_order", "2026-01-31"),
        ("date_order", "2026-01-31 13:00:00"),
    ] {
        of(STRICT)
            .sql("odoo_count", &asked(field, text))
            .expect("answered");
    }
}

#[test]
fn numbers_of_dates_and_aggregates_that_only_the_latest_has_are_not_answered() {
    let domain = |path: &str, operator: &str| json!({"model": "sale.order", "domain": [[path, operator, 1]]});
    let key = |key: &str| json!({"model": "sale.order", "groupby": [key]});
    let measure = |measure: &str| json!({"model": "sale.order", "groupby": ["state"], "aggregates": [measure]});
    let latest = [
        ("odoo_count", domain("date_order.day_of_week", "=")),
        ("odoo_count", domain("validity_date.month_number", "!=")),
        ("odoo_count", domain("validity_date.year_number", "=?")),
        ("odoo_read_group", key("date_order:day_of_week")),
        ("odoo_read_group", key("validity_date:month_number")),
        ("odoo_read_group", measure("amount_total:sum_currency")),
        ("odoo_read_group", measure("name:array_agg_distinct")),
    ];
    for (tool, asked) in latest {
        for (dialect, is_left) in [(STRICT, true), (FALSY, true), (Dialect::default(), false)] {
            let error = of(dialect).sql(tool, &asked).err();
            let why = error.map(|e| (e.code, e.message.contains("this Odoo has")));
            assert_eq!(
                why == Some((Code::NotSupported, true)),
                is_left,
                "{asked}: {why:?}"
            );
        }
    }
    for asked in [key("date_order:month"), measure("name:array_agg")] {
        for dialect in [STRICT, FALSY] {
            let answered = of(dialect).sql("odoo_read_group", &asked);
            answered.expect("answered");
        }
    }
}

#[test]
fn a_name_that_is_a_column_of_its_own_ends_no_server() {
    let mut odoo = of(STRICT);
    odoo.change_facts("res.partner", |facts| {
        facts.name_search = Some(vec!["display_name".into(), "ref".into()]);
    });
    let named = json!({"model": "res.partner", "domain": [["parent_id", "ilike", "Azure"]]});
    let error = odoo.call("odoo_count", &named).expect_err("not answered");
    assert_eq!(error.code, Code::NotSupported, "{error}");
}

#[test]
fn a_right_that_is_missing_on_the_way_is_for_that_odoo_to_ask() {
    let asked = json!({"model": "res.partner", "domain": [["country_id.name", "=", "Belgium"]]});
    for (dialect, is_left) in [(STRICT, true), (FALSY, true), (Dialect::default(), false)] {
        let mut odoo = of(dialect);
        odoo.delegates = true;
        odoo.change("res.country", |model| model["access_lists"] = json!([]));
        let answered = odoo.sql("odoo_count", &asked);
        let error = answered.expect_err("not answered in SQL");
        assert_eq!(error.code == Code::NotSupported, is_left, "{error}");
    }
}
