//! Archived records behind one2many and many2many fields.

use crate::odoo::Odoo;
use crate::x2many::full;
use serde_json::{Value, json};

fn variants(inner: Value) -> Value {
    json!([["product_variant_ids", "any", inner]])
}

#[test]
fn they_are_left_out_unless_the_call_or_the_domain_says_otherwise() {
    let mut odoo = Odoo::new();
    odoo.change("product.product", |model| {
        model["fields"]["active"] = json!({"name": "active", "label": "x", "type": "boolean", "store": true, "column": "bool"});
    });
    let with = |inner: Value, context: Value| {
        let found = odoo.condition("product.template", variants(inner.clone()), context);
        assert!(found.contains("EXISTS"), "{inner}: {found}");
        found.contains(r#"t1."active" IS TRUE"#)
    };
    assert!(with(json!([]), json!({})));
    assert!(!with(json!([]), json!({"active_test": false})));
    assert!(!with(json!([["active", "=", false]]), json!({})));
    assert!(!with(
        json!(["|", ["active", "=", false], ["default_code", "=", "x"]]),
        json!({})
    ));
    assert!(with(
        json!([["product_tmpl_id.active", "=", false]]),
        json!({})
    ));
    // by then Odoo has dropped what comes to a constant
    let all = odoo.condition("product.template", variants(json!([])), json!({}));
    for inner in [
        json!([["active", "in", [true, false]]]),
        json!([["active", "=?", false]]),
        json!(["|", ["active", "=", false], ["active", "=", true]]),
        json!(["|", ["active", "=", false], [1, "=", 1]]),
    ] {
        let found = odoo.condition("product.template", variants(inner.clone()), json!({}));
        assert_eq!(found, all, "{inner}");
    }
    let never = json!([["active", "=", false], ["active", "=", true]]);
    let found = odoo.condition("product.template", variants(never), json!({}));
    assert_eq!(found, "FALSE");
}

#[test]
fn conditions_on_the_same_field_are_one_and_see_the_same_records() {
    let mut odoo = Odoo::new();
    odoo.change("product.product", |model| {
        model["fields"]["active"] = json!({"name": "active", "label": "x", "type": "boolean", "store": true, "column": "bool"});
    });
    let either = json!([
        "|",
        ["product_variant_ids.default_code", "=", "x"],
        ["product_variant_ids.active", "=", false]
    ]);
    let found = odoo.condition("product.template", either, json!({}));
    assert!(
        found.contains(
            r#"AND ((t1."default_code" = ANY ('{"x"}'::text[]) OR t1."active" IS NOT TRUE) AND"#
        ),
        "{found}"
    );
    // both of them at once may be two records
    let both = json!([
        ["product_variant_ids.default_code", "=", "x"],
        ["product_variant_ids.active", "=", false]
    ]);
    let found = odoo.condition("product.template", both, json!({}));
    assert_eq!(found.matches("EXISTS").count(), 2, "{found}");
    assert!(
        found.contains(r#"t1."active" IS TRUE"#) && found.contains(r#"t3."active" IS NOT TRUE"#),
        "{found}"
    );
    // but through a many2one they are of the same record
    let both = json!([["partner_id.name", "=", "x"], ["partner_id.color", "=", 1]]);
    let found = Odoo::new().filter("sale.order", both);
    assert_eq!(found.matches("SELECT").count(), 1, "{found}");
    let neither = json!([
        "!",
        "|",
        ["partner_id.name", "=", "x"],
        ["partner_id.color", "=", 1]
    ]);
    let found = Odoo::new().filter("sale.order", neither);
    assert!(
        found.matches("SELECT").count() == 1 && found.contains(" OR "),
        "{found}"
    );
}

#[test]
fn a_field_s_context_decides_for_all_that_is_behind_it() {
    let behind = |field: &str| {
        let domain = json!([[field, "any", [["child_ids", "any", [["name", "=", "x"]]]]]]);
        full(&Odoo::new(), "res.company", domain)
    };
    let children = behind("child_ids");
    assert!(
        children.contains(r#"t1."active" IS TRUE"#) && children.contains(r#"t2."active" IS TRUE"#),
        "{children}"
    );
    assert!(!behind("all_child_ids").contains(r#"t1."active""#));
    assert!(!behind("all_child_ids").contains(r#"t2."active""#));
}

#[test]
fn a_many2one_on_the_way_sees_the_archived_but_hides_no_filter_behind_it() {
    let domain = json!([["company_id.child_ids.name", "=", "x"]]);
    let found = full(&Odoo::new(), "sale.order", domain);
    assert!(
        found.contains(r#"t2."active" IS TRUE"#) && !found.contains(r#"t1."active""#),
        "{found}"
    );
}

#[test]
fn record_rules_see_them() {
    let mut odoo = Odoo::new();
    odoo.change("sale.order", |model| {
        model["rules"] = json!([{"id": 1, "name": "r", "domain": "[('company_id.child_ids', 'any', [('name', '=', 'x')])]", "is_global": true, "group_ids": []}]);
    });
    let found = odoo.condition("sale.order", json!([]), json!({}));
    assert!(
        found.contains("EXISTS") && !found.contains("active"),
        "{found}"
    );
}
