use super::{context, delegated, odoo, refused, requests};
use crate::odoo::Odoo;
use odoo_compiler::error::Code;
use serde_json::{Value, json};

#[test]
fn a_grouped_read_asks_for_one_group_more_and_counts_the_rest() {
    let call = json!({
        "model": "acme.thing", "groupby": ["day:month", "partner_id.country_id", "tag_ids", "props.color", "moment:hour_number"],
        "aggregates": ["amount:sum", "__count"], "having": [["__count", ">", 1]], "order": "amount:sum desc", "limit": 2, "offset": 4,
    });
    let delegation = delegated(&odoo(), "odoo_read_group", &call);
    let keys = json!([
        "day:month",
        "partner_id.country_id",
        "tag_ids",
        "props.color",
        "moment:hour_number"
    ]);
    assert_eq!(
        requests(&delegation),
        json!([
            {"model": "acme.thing", "method": "formatted_read_group", "kwargs": {
                "domain": [], "groupby": keys, "aggregates": ["amount:sum", "__count"], "having": [["__count", ">", 1]],
                "limit": 3, "offset": 4, "order": "amount:sum desc, day:month, partner_id.country_id, tag_ids, props.color, moment:hour_number", "context": context(),
            }},
            {"model": "acme.thing", "method": "formatted_read_group", "kwargs": {
                "domain": [], "groupby": keys, "aggregates": [], "having": [["__count", ">", 1]], "limit": 2007, "offset": 0, "context": context(),
            }},
        ])
    );
    let shape = serde_json::to_string(&delegation.shape).expect("JSON");
    assert!(
        shape.contains("overlapping_groups") && shape.contains("no_currency"),
        "{shape}"
    );
}

#[test]
fn what_cannot_be_grouped_is_refused_as_it_is_for_sql() {
    let odoo = odoo();
    for arguments in [
        json!({"groupby": ["day"]}),
        json!({"groupby": ["day:fortnight"]}),
        json!({"groupby": ["day:day_of_moon"]}),
        json!({"groupby": ["day:hour"]}),
        json!({"groupby": ["name:month"]}),
        json!({"groupby": ["props.color:fortnight"]}),
        json!({"groupby": ["tag_ids.name"]}),
        json!({"groupby": ["line_ids"]}),
        json!({"groupby": ["name", "name"]}),
        json!({"groupby": ["a", "b", "c", "d", "e", "f"]}),
        json!({"aggregates": ["amount"]}),
        json!({"aggregates": ["sum(amount)"]}),
        json!({"aggregates": ["amount:median"]}),
        json!({"aggregates": ["weight:sum_currency"]}),
        json!({"aggregates": ["name:sum"]}),
        json!({"aggregates": ["line_ids:max"]}),
        json!({"aggregates": ["amount:bool_and"]}),
        json!({"aggregates": ["partner_id.color:sum"]}),
        json!({"aggregates": ["__count", "__count"]}),
        json!({"having": [["__count", ">", 1]]}),
        json!({"groupby": ["name"], "having": [["__count", ">", "1"]]}),
        json!({"groupby": ["name"], "having": [["__count", "like", 1]]}),
        json!({"groupby": ["name"], "having": [["day:max", ">", 1]]}),
        json!({"groupby": ["name"], "having": [["__count", "any", []]]}),
        json!({"groupby": ["name"], "having": [["day:array_agg", "=", 1]]}),
        json!({"groupby": ["name"], "having": [["active:bool_or", "=", 1]]}),
        json!({"groupby": ["name"], "order": "name.upper desc"}),
        json!({"groupby": ["name"], "limit": 2001}),
    ] {
        let mut call = json!({"model": "acme.thing"});
        call.as_object_mut()
            .expect("a call")
            .extend(arguments.as_object().expect("arguments").clone());
        let error = refused(&odoo, "odoo_read_group", &call);
        assert_eq!(error.code, Code::InvalidArguments, "{call}: {error}");
    }
}

#[test]
fn a_having_is_written_as_odoo_takes_it() {
    let odoo = odoo();
    let having = |having: Value| {
        let call = json!({"model": "acme.thing", "groupby": ["name"], "having": having});
        delegated(&odoo, "odoo_read_group", &call).requests[0].kwargs["having"].clone()
    };
    assert_eq!(having(json!([])), json!([]));
    assert_eq!(
        having(json!([
            ["__count", "in", [1, 2]],
            ["weight:sum", "not in", [1.5]]
        ])),
        json!([
            "&",
            "|",
            ["__count", "=", 1],
            ["__count", "=", 2],
            ["weight:sum", "!=", 1.5]
        ])
    );
    assert_eq!(having(json!([["__count", "not in", []]])), json!([]));
    assert_eq!(
        having(json!(["|", [0, "=", 1], ["__count", "in", []]])),
        json!([["__count", "<", 0]])
    );
    assert_eq!(
        having(json!(["!", ["__count", "<", 2]])),
        json!(["!", ["__count", "<", 2]])
    );
}

#[test]
fn a_sum_over_currencies_says_into_which_where_odoo_makes_it_too() {
    let mut odoo = odoo();
    odoo.delegates_all = true;
    let call = json!({"model": "sale.order", "aggregates": ["amount_total:sum_currency"]});
    let delegation = delegated(&odoo, "odoo_read_group", &call);
    let told = serde_json::to_string(&delegation.shape).expect("JSON");
    assert!(
        told.contains("is in the currency whose rate is 1, which is USD, that of Main (company 1), unless it has a rate of its own")
            && told.contains("of 2026-12-31"),
        "{told}"
    );
}

/// As `sale.report` and `account.invoice.report`, whose query converts.
#[test]
fn whose_amounts_a_report_s_query_makes_is_told_that() {
    let shape = |odoo: &Odoo, tool: &str, call: Value| {
        let mut call = call;
        call["model"] = json!("sale.order");
        serde_json::to_string(&delegated(odoo, tool, &call).shape).expect("JSON")
    };
    let mut odoo = odoo();
    odoo.change_facts("sale.order", |facts| {
        let by = json!({"effect": "row_source", "method": "_table_query", "module": "sale", "file": "sale/models/sale_order.py", "line": 7});
        facts.overrides.push(serde_json::from_value(by).expect("an override"));
    });
    let sums = json!({"groupby": ["currency_id"], "aggregates": ["amount_total:sum"]});
    let told = shape(&odoo, "odoo_read_group", sums);
    assert!(
        told.contains("report_currency") && !told.contains("several_currencies"),
        "{told}"
    );
    let told = shape(&odoo, "odoo_search", json!({"fields": ["amount_total"]}));
    assert!(told.contains("report_currency"), "{told}");
    for (tool, quiet) in [
        ("odoo_search", json!({"fields": ["name"]})),
        (
            "odoo_read_group",
            json!({"groupby": ["state"], "aggregates": ["amount_total:count", "__count"]}),
        ),
    ] {
        let told = shape(&odoo, tool, quiet);
        assert!(!told.contains("report_currency"), "{told}");
    }
}

#[test]
fn money_that_is_grouped_by_its_currency_is_still_several_currencies() {
    let call = json!({"model": "acme.thing", "groupby": ["currency_id"], "aggregates": ["amount:sum", "amount:count"]});
    let delegation = delegated(&odoo(), "odoo_read_group", &call);
    let shape = serde_json::to_string(&delegation.shape).expect("JSON");
    assert_eq!(shape.matches("several_currencies").count(), 1, "{shape}");
    assert!(!shape.contains("no_currency"), "{shape}");
}

#[test]
fn series_and_pivots_name_the_tool_that_odoo_answers() {
    let odoo = odoo();
    for (tool, call) in [
        (
            "odoo_time_series",
            json!({"model": "acme.thing", "date_field": "day", "period": "month"}),
        ),
        (
            "odoo_pivot",
            json!({"model": "acme.thing", "rows": ["name"]}),
        ),
    ] {
        let error = refused(&odoo, tool, &call);
        assert_eq!(error.code, Code::NotSupported);
        assert!(error.hint.unwrap_or_default().contains("odoo_read_group"));
    }
    // groups are no way on for whom no access list lets read the model
    let mut without = self::odoo();
    without.delegates = true;
    without.change("acme.thing", |model| model["access_lists"] = json!([]));
    let call = json!({"model": "acme.thing", "rows": ["name"]});
    let error = refused(&without, "odoo_pivot", &call);
    let hint = error.hint.as_deref().unwrap_or_default();
    assert!(
        hint.starts_with("odoo_search shows") && !hint.contains("odoo_read_group"),
        "{error}: {hint}"
    );
    // a hint that is nearer stays
    let call = json!({"model": "sale.order", "date_field": "date_order", "period": "fiscal_year"});
    let error = refused(&odoo, "odoo_time_series", &call);
    assert!(error.hint.unwrap_or_default().contains("period year"));
}
