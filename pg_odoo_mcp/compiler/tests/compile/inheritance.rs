//! `_inherits`: what a child model has of its parent.

use crate::odoo::Odoo;
use crate::rights::filter;
use odoo_compiler::error::Code;
use serde_json::json;

const PARENT_RULE: &str = r#"t0."product_tmpl_id" IN (SELECT t1.id FROM "public"."product_template" AS t1 WHERE (t1."company_id" = ANY ('{"1","2"}'::bigint[]) OR t1."company_id" IS NULL))"#;

#[test]
fn a_child_obeys_the_rules_of_its_parent() {
    let odoo = Odoo::new();
    assert_eq!(filter(&odoo, "product.product", json!({})), PARENT_RULE);
}

#[test]
fn an_inherited_field_is_filtered_and_sorted_through_the_parent_without_its_access_list() {
    let mut odoo = Odoo::new();
    odoo.change("product.template", |model| {
        model["access_lists"] = json!([{"group_id": 50, "group": "Products"}]);
    });
    let ask = json!({"model": "product.product", "domain": [["name", "=", "x"]], "fields": ["default_code"]});
    let sql = odoo.sql("odoo_search", &ask).expect("a plan");
    assert!(
        sql.contains(r#"t0."product_tmpl_id" IN (SELECT t1.id"#),
        "{sql}"
    );
    assert!(
        sql.contains(r#"ORDER BY t0."default_code", COALESCE("#),
        "{sql}"
    );
}

#[test]
fn an_inherited_field_is_read_only_with_read_access_to_the_parent() {
    let mut odoo = Odoo::new();
    let ask = json!({"model": "product.product", "fields": ["name"]});
    let sql = odoo.sql("odoo_search", &ask).expect("a plan");
    assert!(
        sql.contains(r#"LEFT JOIN "public"."product_template""#),
        "{sql}"
    );
    odoo.change("product.template", |model| {
        model["access_lists"] = json!([{"group_id": 50, "group": "Products"}]);
    });
    let error = odoo.call("odoo_search", &ask).expect_err("refused");
    assert_eq!(error.code, Code::AccessDenied);
    assert!(error.message.contains("product.template"), "{error}");
}

#[test]
fn inherited_fields_have_the_groups_of_the_parent_s() {
    // reading, filtering and sorting check the one or the other
    crate::facts::document(|facts| {
        for (name, model) in &facts.models {
            for (parent, link) in &model.inherits {
                assert!(model.fields.contains(link), "{name}.{link}");
                let fields = model.fields.with_facts.iter();
                for (field, own) in fields.filter(|(_, f)| f.inherited) {
                    if let Some(theirs) = facts.models[parent].fields.get(field) {
                        assert_eq!(own.groups, theirs.groups, "{name}.{field}");
                    }
                }
            }
        }
    });
}
