//! Conditions on display names that methods take part in which somebody has read.

use crate::odoo::Odoo;
use odoo_compiler::error::Code;
use odoo_compiler::facts::NameFinder;
use serde_json::{Value, json};

/// An Odoo where the model's names are searched so, and by the framework in `names`.
fn searched(model: &str, names: &[&str], by: &Value) -> Odoo {
    let mut odoo = Odoo::new();
    odoo.change_facts(model, |facts| {
        facts.name_search = Some(names.iter().map(|name| (*name).to_owned()).collect());
        facts.text_search = Some(serde_json::from_value(by.clone()).expect("a search"));
    });
    odoo
}

fn named(odoo: &Odoo, model: &str, operator: &str, value: &Value) -> String {
    odoo.condition(model, json!([["display_name", operator, value]]), json!({}))
}

#[test]
fn a_search_by_text_that_somebody_has_read() {
    let mut odoo = Odoo::new();
    let by = json!({"any_of": {"texts": ["country_id.name", "email"], "exact": ["ref"], "brackets": ["[", "]"]}});
    odoo.change_facts("res.partner", |facts| {
        facts.name_search = None;
        facts.text_search = Some(serde_json::from_value(by).expect("a search"));
        facts.name_finder = NameFinder::Python;
    });
    let condition = |operator: &str, value: Value| {
        odoo.filter("res.partner", json!([["display_name", operator, value]]))
    };
    assert_eq!(
        condition("ilike", json!("az")),
        "(t0.\"country_id\" IN (SELECT t1.id FROM \"public\".\"res_country\" AS t1 WHERE COALESCE(t1.\"name\"->>'en_US'::text, t1.\"name\"->>'en_US')::text ILIKE '%az%'::text) OR t0.\"email\"::text ILIKE '%az%'::text OR t0.\"ref\" = ANY ('{\"az\"}'::text[]))"
    );
    let not = condition("not ilike", json!("az"));
    assert!(!not.contains("\"ref\"") && not.contains(" AND "), "{not}");
    for (operator, value) in [
        ("ilike", json!("")),
        ("=", json!("a [b] c")),
        ("=", json!(false)),
        (">", json!("a")),
        ("in", json!([])),
    ] {
        let refused = condition(operator, value.clone());
        assert!(
            refused.starts_with("not_supported"),
            "{operator} {value}: {refused}"
        );
    }
    // the tool's own search is another method's
    let call = json!({"model": "res.partner", "name": "az"});
    assert!(odoo.sql("odoo_name_search", &call).is_err());
    odoo.change("res.country", |model| model["access_lists"] = json!([]));
    let searched = odoo.condition(
        "res.partner",
        json!([["display_name", "ilike", "az"]]),
        json!({}),
    );
    assert!(searched.starts_with("access_denied"), "{searched}");
}

#[test]
fn just_the_records_of_that_login_are_found_if_there_are_some() {
    let odoo = searched("res.country", &["name"], &json!({"first": "code"}));
    let name = "COALESCE(t0.\"name\"->>'en_US'::text, t0.\"name\"->>'en_US')";
    let found = "SELECT t1.id FROM \"public\".\"res_country\" AS t1\nWHERE t1.\"code\" = ANY ('{\"az\"}'::text[])";
    for (operator, framework) in [
        ("ilike", format!("{name}::text ILIKE '%az%'::text")),
        ("=", format!("{name} = ANY ('{{\"az\"}}'::text[])")),
        ("in", format!("{name} = ANY ('{{\"az\"}}'::text[])")),
    ] {
        let value = if operator == "in" {
            json!(["az"])
        } else {
            json!("az")
        };
        assert_eq!(
            named(&odoo, "res.country", operator, &value).replace('\n', " "),
            format!("(t0.\"id\" IN ({found}) OR (NOT EXISTS ({found}) AND {framework}))")
                .replace('\n', " ")
        );
    }
    // any other operator is the framework's alone
    for operator in ["like", "=ilike", "not ilike", "!="] {
        let sql = named(&odoo, "res.country", operator, &json!("az"));
        assert!(
            !sql.contains("\"code\"") && sql.contains("\"name\""),
            "{operator}: {sql}"
        );
    }
    let refused = named(&odoo, "res.country", "in", &json!(["az", ""]));
    assert!(refused.starts_with("not_supported"), "{refused}");
    assert_eq!(named(&odoo, "res.country", "ilike", &json!("")), "TRUE");
}

#[test]
fn a_search_of_a_method_s_own_is_the_user_s() {
    let mut odoo = searched("res.partner", &["name"], &json!({"first": "ref"}));
    let ask = |odoo: &Odoo, context: Value| {
        odoo.condition(
            "sale.order",
            json!([["partner_id", "ilike", "az"]]),
            context,
        )
    };
    // as often as it is made, with rules and without archived records
    let sql = ask(&odoo, json!({}));
    assert_eq!(sql.matches("\"partner_share\"").count(), 3, "{sql}");
    assert_eq!(sql.matches("\"active\" IS TRUE").count(), 2, "{sql}");
    let sql = ask(&odoo, json!({"active_test": false}));
    assert_eq!(sql.matches("\"active\"").count(), 0, "{sql}");
    odoo.change("res.partner", |model| model["access_lists"] = json!([]));
    let refused = ask(&odoo, json!({}));
    assert!(refused.starts_with("access_denied"), "{refused}");
}

#[test]
fn a_name_is_that_of_a_linked_record_too() {
    let mut odoo = searched(
        "product.template",
        &["name"],
        &json!({"or_linked": "product_variant_ids"}),
    );
    odoo.change_facts("product.product", |facts| {
        facts.name_search = Some(vec!["default_code".into()]);
    });
    let sql = named(&odoo, "product.template", "ilike", &json!("az"));
    assert!(
        sql.starts_with("t0.\"id\" IN (SELECT t1.id FROM \"public\".\"product_template\" AS t1 WHERE (COALESCE(t1.\"name\"")
            && sql.contains(" OR EXISTS (SELECT FROM \"public\".\"product_product\""),
        "{sql}"
    );
    let not = named(&odoo, "product.template", "not ilike", &json!("az"));
    assert!(
        not.contains("NOT ILIKE")
            && not.contains("NOT EXISTS (SELECT FROM \"public\".\"product_product\"")
            && !not.contains(" IN (SELECT t1.id FROM \"public\".\"product_template\""),
        "{not}"
    );
    let all = json!([["display_name", "ilike", ""]]);
    assert_eq!(odoo.filter("product.template", all), "TRUE");
    let refused = named(&odoo, "product.template", "=ilike", &json!(""));
    assert!(refused.starts_with("not_supported"), "{refused}");
}

#[test]
fn what_stands_below_is_found_by_the_name_above() {
    let mut odoo = searched("product.category", &["name"], &json!("below"));
    for (operator, within, like) in [
        ("ilike", " IN (", " ILIKE "),
        ("like", " IN (", " LIKE "),
        ("not ilike", " NOT IN (", " ILIKE "),
        ("not like", " NOT IN (", " LIKE "),
    ] {
        let sql = named(&odoo, "product.category", operator, &json!("az"));
        assert!(
            sql.starts_with(&format!("t0.\"id\"{within}"))
                && sql.contains("parent_path LIKE")
                && sql.contains(like)
                && !sql.contains("NOT LIKE")
                && !sql.contains("NOT ILIKE"),
            "{operator}: {sql}"
        );
    }
    // equality stays with the record
    for operator in ["=", "!=", "in"] {
        let sql = named(&odoo, "product.category", operator, &json!(["az"]));
        assert!(!sql.contains("parent_path"), "{operator}: {sql}");
    }
    odoo.change_facts("product.category", |facts| facts.parent_store = false);
    let refused = named(&odoo, "product.category", "ilike", &json!("az"));
    assert!(refused.starts_with("not_supported"), "{refused}");
}

#[test]
fn a_text_of_two_parts_is_looked_for_in_two_fields() {
    let odoo = searched(
        "res.partner",
        &["name"],
        &json!({"parts": {"separator": ": ", "paths": ["ref", "email"]}}),
    );
    for (operator, value, expected) in [
        (
            "ilike",
            json!("a: b"),
            "t0.\"ref\"::text ILIKE '%a%'::text AND t0.\"email\"::text ILIKE '%b%'::text",
        ),
        (
            "not ilike",
            json!("a: b"),
            "(t0.\"ref\"::text NOT ILIKE '%a%'::text OR t0.\"ref\" IS NULL) AND (t0.\"email\"::text NOT ILIKE '%b%'::text OR t0.\"email\" IS NULL)",
        ),
        (
            "=",
            json!("a: b"),
            "t0.\"ref\" = ANY ('{\"a\"}'::text[]) AND t0.\"email\" = ANY ('{\"b\"}'::text[])",
        ),
        (
            "ilike",
            json!("a: b: c"),
            "t0.\"name\"::text ILIKE '%a: b: c%'::text",
        ),
        (
            "in",
            json!(["a: b", "c"]),
            "((t0.\"ref\" = ANY ('{\"a\"}'::text[]) AND t0.\"email\" = ANY ('{\"b\"}'::text[])) OR t0.\"name\" = ANY ('{\"c\"}'::text[]))",
        ),
        (
            "!=",
            json!("a: b"),
            "((t0.\"ref\" <> ALL ('{\"a\"}'::text[]) OR t0.\"ref\" IS NULL) OR (t0.\"email\" <> ALL ('{\"b\"}'::text[]) OR t0.\"email\" IS NULL))",
        ),
    ] {
        let sql = odoo.filter("res.partner", json!([["display_name", operator, value]]));
        assert_eq!(sql, expected, "{operator} {value}");
    }
    // each of them is a domain
    let many: Vec<String> = (0..40_000).map(|at| format!("{at}: b")).collect();
    let refused = named(&odoo, "res.partner", "in", &json!(many));
    assert!(refused.starts_with("not_supported"), "{refused}");
    for text in [": b", "a: ", ": "] {
        let refused = named(&odoo, "res.partner", "ilike", &json!(text));
        assert!(refused.starts_with("not_supported"), "{text}: {refused}");
    }
}

#[test]
fn a_list_by_name_that_a_method_makes_is_odoo_s_and_conditions_are_not() {
    let mut odoo = Odoo::new();
    let list = |odoo: &Odoo, domain: Value| {
        let call = json!({"model": "crm.tag", "name": "az", "domain": domain});
        odoo.sql("odoo_name_search", &call)
    };
    odoo.change_facts("crm.tag", |facts| facts.name_finder = NameFinder::Python);
    let refused = list(&odoo, json!([])).expect_err("refused");
    assert!(
        refused.code == Code::NotSupported && refused.to_string().contains("list by name"),
        "{refused}"
    );
    let sql = named(&odoo, "crm.tag", "ilike", &json!("az"));
    assert!(sql.contains(" ILIKE "), "{sql}");
    odoo.change_facts("crm.tag", |facts| {
        facts.name_finder = NameFinder::UnlessAsked("id".into());
    });
    assert!(list(&odoo, json!([["name", "=", "a"]])).is_ok());
    for domain in [
        json!([["id", ">", 0]]),
        json!(["!", ["id", "=", 3]]),
        json!(["|", ["id", "=", 3], [1, "=", 1]]),
    ] {
        assert!(list(&odoo, domain.clone()).is_err(), "{domain}");
    }
}

#[test]
fn an_older_odoo_searches_names_in_another_way() {
    let mut odoo = searched("res.country", &["name"], &json!({"first": "code"}));
    odoo.change_facts("crm.tag", |facts| facts.name_finder = NameFinder::Python);
    for model in ["res.country", "crm.tag"] {
        odoo.dialect.rewrites = true;
        assert!(named(&odoo, model, "ilike", &json!("az")).contains(" ILIKE "));
        odoo.dialect.rewrites = false;
        let refused = named(&odoo, model, "ilike", &json!("az"));
        assert!(refused.starts_with("not_supported"), "{model}: {refused}");
    }
}
