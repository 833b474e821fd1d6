//! `child_of` and `parent_of`.

use crate::odoo::Odoo;
use odoo_compiler::error::Code;
use serde_json::{Value, json};

#[track_caller]
fn same(model: &str, domain: Value, expected: &str) {
    assert_eq!(
        Odoo::new().filter(model, domain.clone()),
        expected,
        "{domain}"
    );
}

/// The categories below, or above, those of a condition.
fn below(roots: &str) -> String {
    format!(
        r#"(SELECT node.id FROM "public"."product_category" AS node JOIN "public"."product_category" AS root ON node.parent_path LIKE root.parent_path || '%' WHERE {roots})"#
    )
}

fn above(roots: &str) -> String {
    format!(
        r#"(SELECT label::integer FROM "public"."product_category" AS root, unnest(string_to_array(root.parent_path, '/')) AS label WHERE label <> '' AND {roots})"#
    )
}

const ONE: &str = "root.id = ANY ('{\"1\"}'::bigint[])";

#[test]
fn a_parent_path_tells_both_directions() {
    same(
        "product.template",
        json!([["categ_id", "child_of", 1]]),
        &format!(r#"t0."categ_id" IN {}"#, below(ONE)),
    );
    same(
        "product.template",
        json!([["categ_id", "parent_of", [1]]]),
        &format!(r#"t0."categ_id" IN {}"#, above(ONE)),
    );
}

#[test]
fn a_field_of_the_model_itself_is_about_the_record() {
    for field in ["id", "parent_id"] {
        same(
            "product.category",
            json!([[field, "child_of", 1]]),
            &format!(r#"t0."id" IN {}"#, below(ONE)),
        );
    }
}

#[test]
fn a_negation_keeps_what_is_not_set() {
    same(
        "product.template",
        json!(["!", ["categ_id", "child_of", 1]]),
        &format!(
            r#"(t0."categ_id" NOT IN {} OR t0."categ_id" IS NULL)"#,
            below(ONE)
        ),
    );
    same(
        "product.category",
        json!(["!", ["id", "child_of", 1]]),
        &format!(r#"t0."id" NOT IN {}"#, below(ONE)),
    );
}

#[test]
fn without_a_path_records_are_walked() {
    let up = r#"(WITH RECURSIVE tree (id, parent) AS (SELECT root.id, root."parent_id" FROM "public"."res_partner" AS root WHERE root.id = ANY ('{"70"}'::bigint[]) UNION SELECT above.id, above."parent_id" FROM tree JOIN "public"."res_partner" AS above ON above.id = tree.parent) SELECT id FROM tree)"#;
    same(
        "sale.order",
        json!([["partner_id", "parent_of", 70]]),
        &format!(r#"t0."partner_id" IN {up}"#),
    );
}

#[test]
fn nothing_has_nothing_below() {
    for nothing in [json!(false), json!(null), json!([])] {
        same(
            "product.template",
            json!([["categ_id", "child_of", nothing]]),
            "FALSE",
        );
        same(
            "product.template",
            json!(["!", ["categ_id", "parent_of", nothing]]),
            "TRUE",
        );
    }
}

#[test]
fn names_are_searched_as_the_user() {
    let mut odoo = Odoo::new();
    odoo.change("product.category", |model| {
        model["rules"] = json!([{"id": 1, "name": "r", "domain": "[('name', '!=', 'secret')]", "is_global": true, "group_ids": []}]);
    });
    let found = odoo.condition(
        "product.template",
        json!([["categ_id", "child_of", ["goods", 1]]]),
        json!({}),
    );
    let roots = r#"root.id IN (SELECT unnest('{"1"}'::bigint[]) UNION SELECT t2.id FROM "public"."product_category" AS t2 WHERE t2."complete_name"::text ILIKE '%goods%'::text AND t2."name" <> ALL ('{"secret"}'::text[]))"#;
    assert!(found.contains(&below(roots)), "{found}");
    // ids are taken as they are
    let found = odoo.condition(
        "product.template",
        json!([["categ_id", "child_of", 1]]),
        json!({}),
    );
    assert!(!found.contains("secret"), "{found}");
}

#[test]
fn archived_ones_are_found_by_name_only_through_a_many2one() {
    let named = |model: &str, field: &str| {
        let found = Odoo::new().condition(model, json!([[field, "child_of", "a"]]), json!({}));
        assert!(found.contains("ILIKE"), "{found}");
        found.contains(r#""active" IS TRUE AND ("#)
            || found.contains(r#") AND t2."active" IS TRUE"#)
    };
    assert!(!named("sale.order", "partner_id"));
    assert!(named("res.partner", "id"));
}

#[test]
fn access_is_asked_even_for_ids() {
    let mut odoo = Odoo::new();
    for model in ["product.category", "res.company"] {
        odoo.change(model, |model| {
            model["access_lists"] = json!([{"group_id": 50, "group": "Others"}]);
        });
    }
    for domain in [
        json!([["categ_id", "child_of", 1]]),
        json!([["company_id", "parent_of", [1]]]),
        json!([["company_id", "child_of", [1]]]),
    ] {
        let call = json!({"model": "product.template", "domain": domain});
        let error = odoo.call("odoo_count", &call).expect_err("refused");
        assert_eq!(error.code, Code::AccessDenied, "{domain}");
    }
    // but not in a record rule
    let rules = odoo.condition("product.template", json!([]), json!({}));
    assert!(rules.contains("company_id"), "{rules}");
}

#[test]
fn the_companies_above_the_user_s_are_known_and_those_above_others_are_looked_up() {
    let mut odoo = Odoo::new();
    odoo.principal.companies[0].parent_path = "9/1/".into();
    assert_eq!(
        odoo.filter("sale.order", json!([["company_id", "parent_of", [1, 2]]])),
        r#"t0."company_id" = ANY ('{"1","2","9"}'::bigint[])"#
    );
    let found = odoo.filter("sale.order", json!([["company_id", "parent_of", [1, 5]]]));
    assert!(
        found.contains("string_to_array(root.parent_path"),
        "{found}"
    );
}

#[test]
fn an_inherited_field_is_its_parent_s() {
    same(
        "product.product",
        json!([["categ_id", "child_of", 1]]),
        &format!(
            r#"t0."product_tmpl_id" IN (SELECT t1.id FROM "public"."product_template" AS t1 WHERE t1."categ_id" IN {})"#,
            below(ONE)
        ),
    );
}

#[test]
fn several_records_are_linked_to_one_of_the_hierarchy() {
    let mut odoo = Odoo::new();
    odoo.change("sale.order", |model| {
        model["fields"]["tag_ids"]["relation"] = json!("product.category");
    });
    let linked = r#"EXISTS (SELECT FROM "public"."sale_order_tag_rel" AS t4 WHERE t4."order_id" = t0."id" AND t4."tag_id" IN (SELECT t3.id FROM "public"."product_category" AS t3 WHERE t3."id" IN "#;
    // the ids of a many2many are searched with the user's rights
    let searched = r#"root.id IN (SELECT t2.id FROM "public"."product_category" AS t2 WHERE t2."id" = ANY ('{"1"}'::bigint[]))"#;
    assert_eq!(
        odoo.filter("sale.order", json!([["tag_ids", "child_of", 1]])),
        format!("{linked}{}))", below(searched))
    );
    assert_eq!(
        odoo.filter("sale.order", json!(["!", ["tag_ids", "parent_of", 1]])),
        format!("NOT {linked}{}))", above(searched))
    );
}

#[test]
fn the_active_filter_is_on_below_but_not_above() {
    let mut odoo = Odoo::new();
    odoo.change("sale.order", |model| {
        model["fields"]["tag_ids"]["relation"] = json!("product.category");
    });
    odoo.change("product.category", |model| {
        model["fields"]["active"] = json!({"name": "active", "label": "x", "type": "boolean", "store": true, "column": "bool"});
        model["fields"]["active"]["manual"] = json!(true);
    });
    let filtered = |operator: &str, context: Value| {
        let found = odoo.condition("sale.order", json!([["tag_ids", operator, 1]]), context);
        assert!(found.contains("EXISTS"), "{found}");
        found.contains(r#"t3."active" IS TRUE"#)
    };
    assert!(filtered("child_of", json!({})));
    assert!(!filtered("child_of", json!({"active_test": false})));
    assert!(!filtered("parent_of", json!({})));
}

#[test]
fn what_is_no_hierarchy_is_refused() {
    for (model, domain, expected) in [
        (
            "sale.order",
            json!([["tag_ids", "child_of", 1]]),
            "not_supported: child_of on \"tag_ids\" of sale.order is not answered in SQL: crm.tag has no hierarchy, for it has no field \"parent_id\"",
        ),
        (
            "res.partner",
            json!([["child_ids", "child_of", 1]]),
            "not_supported: child_of on \"child_ids\" of res.partner is not answered in SQL: the field leads to several records of its own model",
        ),
        (
            "sale.order",
            json!([["amount_total", "child_of", 1]]),
            "invalid_domain: child_of fits relations and id, not \"amount_total\" of sale.order",
        ),
        (
            "sale.order",
            json!([["partner_id", "child_of", [1, false]]]),
            "not_supported: child_of on \"partner_id\" of sale.order takes ids and names, not false",
        ),
    ] {
        same(model, domain, expected);
    }
}
