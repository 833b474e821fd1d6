//! Fields with a value for each company: that of the first company of the call, or else Odoo's default.

use crate::odoo::Odoo;
use odoo_compiler::error::Code;
use odoo_compiler::facts::{Digits, FieldFacts};
use serde_json::{Value, json};

/// The small Odoo with such fields of contacts.
fn odoo() -> Odoo {
    let mut odoo = Odoo::new();
    let fields = [
        ("credit_limit", "float", Value::Null),
        ("trust", "selection", Value::Null),
        ("ignored", "boolean", Value::Null),
        ("home_country_id", "many2one", json!("res.country")),
        ("x_date", "date", Value::Null),
        ("x_moment", "datetime", Value::Null),
    ];
    odoo.change("res.partner", |model| {
        for (name, kind, relation) in &fields {
            model["fields"][name] = json!({
                "name": name, "type": kind, "relation": relation, "store": true,
                "column": "jsonb", "company_dependent": true,
            });
        }
    });
    odoo.change_facts("res.partner", |facts| {
        for (name, ..) in &fields {
            facts
                .fields
                .with_facts
                .insert((*name).into(), FieldFacts::default());
        }
    });
    odoo
}

#[test]
fn what_each_company_has_for_itself_is_shown_when_it_is_named() {
    let mut odoo = odoo();
    let phone = |by_company: bool| {
        json!({
            "name": "phone", "type": "char", "store": true, "company_dependent": by_company,
            "column": if by_company { "jsonb" } else { "varchar" },
        })
    };
    odoo.change_facts("res.partner", |facts| {
        let fields = &mut facts.fields.with_facts;
        fields.insert("phone".into(), FieldFacts::default());
    });
    let has_phone = |odoo: &Odoo, call: &Value| {
        let sql = odoo.sql("odoo_search", call).expect("a plan");
        sql.contains(r#""phone""#)
    };
    let unasked = json!({"model": "res.partner"});
    odoo.change("res.partner", |model| {
        model["fields"]["phone"] = phone(false);
    });
    assert!(has_phone(&odoo, &unasked));
    odoo.change("res.partner", |model| {
        model["fields"]["phone"] = phone(true);
    });
    assert!(!has_phone(&odoo, &unasked));
    let named = json!({"model": "res.partner", "fields": ["phone"]});
    assert!(has_phone(&odoo, &named));
}

#[test]
fn a_company_without_a_value_has_the_default() {
    let mut odoo = odoo();
    let trust = |odoo: &Odoo| odoo.filter("res.partner", json!([["trust", "=", "good"]]));
    assert_eq!(
        trust(&odoo),
        r#"(t0."trust"->'1'::text->>0)::text = ANY ('{"good"}'::text[])"#
    );
    odoo.company_defaults
        .insert("trust".into(), "\"normal\"".into());
    assert!(
        trust(&odoo).contains("to_jsonb('normal'::text)"),
        "{}",
        trust(&odoo)
    );
    // a number that is not set is zero, a truth false
    assert_eq!(
        odoo.filter("res.partner", json!([["credit_limit", ">", 5]])),
        r#"(COALESCE(t0."credit_limit"->'1'::text, to_jsonb('0.0'::double precision)))::double precision > '5.0'::numeric"#
    );
    odoo.change_facts("res.partner", |facts| {
        let facts = facts.fields.with_facts.get_mut("credit_limit");
        facts.expect("a field").digits = Some(Digits::Unrounded(false));
    });
    assert_eq!(
        odoo.filter("res.partner", json!([["credit_limit", "like", "0"]])),
        r#"(COALESCE(t0."credit_limit"->'1'::text, to_jsonb('0.0'::numeric)))::numeric::text LIKE '%0%'::text"#
    );
    assert_eq!(
        odoo.filter("res.partner", json!([["ignored", "=", true]])),
        r#"(COALESCE(t0."ignored"->'1'::text, to_jsonb('false'::boolean)))::boolean IS TRUE"#
    );
    // what Odoo would change before it took it is Odoo's
    odoo.company_defaults
        .insert("credit_limit".into(), "\"many\"".into());
    let refused = odoo.filter("res.partner", json!([["credit_limit", ">", 5]]));
    assert!(refused.starts_with("not_supported"), "{refused}");
}

#[test]
fn the_company_is_the_first_of_the_call() {
    let call = json!({
        "model": "res.partner", "fields": ["trust"], "context": {"allowed_company_ids": [2, 1]},
    });
    let sql = odoo().sql("odoo_search", &call).expect("a plan");
    assert!(sql.contains(r#"t0."trust"->'2'::text"#), "{sql}");
}

#[test]
fn whose_values_they_are_is_said_to_who_has_several_companies() {
    let mut odoo = odoo();
    let by_tool = [
        ("odoo_search", json!({"fields": ["trust"]})),
        ("odoo_count", json!({"domain": [["trust", "=", "good"]]})),
        ("odoo_read_group", json!({"groupby": ["trust"]})),
        (
            "odoo_read_group",
            json!({"aggregates": ["credit_limit:sum"]}),
        ),
    ];
    for delegates in [false, true] {
        (odoo.delegates, odoo.delegates_all) = (delegates, delegates);
        for (tool, arguments) in &by_tool {
            let mut call = arguments.clone();
            call["model"] = json!("res.partner");
            call["context"] = json!({"allowed_company_ids": [2, 1]});
            let told = told(&odoo, tool, &call);
            assert!(
                told.contains("company_value")
                    && told.contains("that of Beta (company 2), the first of allowed_company_ids"),
                "{tool} {call}: {told}"
            );
        }
        let other = told(
            &odoo,
            "odoo_search",
            &json!({"model": "res.partner", "fields": ["name"]}),
        );
        assert!(!other.contains("company_value"), "{other}");
    }
    (odoo.delegates, odoo.delegates_all) = (false, false);
    odoo.principal.companies.truncate(1);
    let call = json!({"model": "res.partner", "fields": ["trust"]});
    let alone = told(&odoo, "odoo_search", &call);
    assert!(!alone.contains("company_value"), "{alone}");
}

/// The warnings of a call, whoever answers it.
fn told(odoo: &Odoo, tool: &str, call: &Value) -> String {
    let explained = odoo.explained(tool, call).expect("an explanation");
    explained["warnings"].to_string()
}

#[test]
fn a_record_that_is_gone_is_none() {
    let odoo = odoo();
    let country = r#"(SELECT t1.id FROM "public"."res_country" AS t1 WHERE t1.id = (t0."home_country_id"->'1'::text->>0)::integer)"#;
    let filter = odoo.filter("res.partner", json!([["home_country_id", "=", false]]));
    assert!(
        filter.starts_with(country) && filter.ends_with("->>0)::integer) IS NULL"),
        "{filter}"
    );
    let call = json!({"model": "res.partner", "groupby": ["home_country_id"], "aggregates": ["credit_limit:sum"]});
    let sql = odoo.sql("odoo_read_group", &call).expect("a plan");
    assert!(sql.contains("(SELECT t"), "{sql}");
}

#[test]
fn a_value_of_each_company_is_for_those_who_may_read_the_field() {
    let mut odoo = odoo();
    odoo.change_facts("res.partner", |facts| {
        let trust = facts.fields.with_facts.get_mut("trust");
        trust.expect("a field").groups = Some("base.group_system".into());
    });
    let call = json!({"model": "res.partner", "fields": ["trust"]});
    let error = odoo.call("odoo_search", &call).expect_err("refused");
    assert_eq!(error.code, Code::AccessDenied);
}

#[test]
fn a_date_of_the_company_has_numbers_and_periods_as_others_have() {
    let odoo = odoo();
    let date = r#"(t0."x_date"->'1'::text->>0)::date"#;
    let moment = r#"timezone('Europe/Brussels'::text, timezone('UTC', (t0."x_moment"->'1'::text->>0)::timestamp))"#;
    let of_date = format!("date_part('month'::text, {date}::timestamp)");
    let of_moment = format!("date_part('hour'::text, {moment})");
    for (path, number) in [
        ("x_date.month_number", &of_date),
        ("x_moment.hour_number", &of_moment),
    ] {
        let filter = odoo.filter("res.partner", json!([[path, "<", 6]]));
        assert_eq!(filter, format!("{number} < '6'::double precision"));
    }
    for (key, value) in [
        ("x_date:month_number", &of_date),
        ("x_moment:hour_number", &of_moment),
        (
            "x_date:month",
            &format!("date_trunc('month'::text, {date}::timestamp)"),
        ),
        (
            "x_moment:month",
            &format!("date_trunc('month'::text, {moment})"),
        ),
    ] {
        let call = json!({"model": "res.partner", "groupby": [key]});
        let sql = odoo.sql("odoo_read_group", &call).expect("a plan");
        assert!(sql.contains(&format!("SELECT {value} AS k1")), "{sql}");
    }
}
