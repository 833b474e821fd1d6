//! Names and order of the records that a many2one leads to, where Python has a say in them.

use crate::odoo::Odoo;
use odoo_compiler::error::{Code, Result};
use serde_json::{Value, json};

fn overridden(odoo: &mut Odoo, model: &str, effect: &str, method: &str, fields: Value) {
    odoo.change_facts(model, |facts| {
        let json = json!({
            "effect": effect, "method": method, "module": "base", "file": "base/models/m.py", "line": 7, "fields": fields,
        });
        facts.overrides.push(serde_json::from_value(json).expect("an override"));
    });
}

fn restricted(
    odoo: &mut Odoo,
    model: &str,
    field: &str,
    groups: Option<&str>,
    unread: Option<&str>,
) {
    odoo.change_facts(model, |facts| {
        let known = facts.fields.with_facts.entry(field.into()).or_default();
        known.groups = groups.map(str::to_owned);
        known.unread = unread.map(str::to_owned);
    });
}

/// Whether the name of a contact's country is made in SQL.
#[track_caller]
fn names_country(odoo: &Odoo) -> bool {
    let read = json!({"model": "res.partner", "fields": ["country_id"], "order": "id"});
    let sql = odoo
        .sql("odoo_search", &read)
        .expect("ids are read whatever the names are");
    sql.contains(r#"JOIN "public"."res_country""#)
}

#[test]
fn names_are_not_made_where_python_fetches_them() {
    let country = |effect: &str, method: &str, fields: Value| {
        let mut odoo = Odoo::new();
        overridden(&mut odoo, "res.country", effect, method, fields);
        odoo
    };
    // the system reads names, and it is in no search's way
    assert!(names_country(&country("rows", "_search", Value::Null)));
    for method in ["fetch", "_fetch_query", "browse", "exists", "search_fetch"] {
        let mut odoo = country("rows", method, Value::Null);
        assert!(!names_country(&odoo), "{method}");
        assert!(
            names_country(&country("values", method, json!(["code"]))),
            "{method}"
        );
        odoo.delegates = true;
        let read = json!({"model": "res.partner", "fields": ["country_id"], "order": "id"});
        let sql = odoo.sql("odoo_search", &read).expect("Odoo makes it alone");
        let asked = r#"json_build_array('res.partner'::text, 'country_id'::text, t0."country_id", t0."id")"#;
        assert!(sql.contains(asked), "{sql}");
    }
    for effect in ["row_source", "unread"] {
        assert!(
            !names_country(&country(effect, "_method", Value::Null)),
            "{effect}"
        );
    }
}

#[test]
fn names_are_not_made_of_a_field_that_python_reads() {
    for (effect, is_made) in [("values", false), ("columns", false), ("order", true)] {
        let mut odoo = Odoo::new();
        overridden(&mut odoo, "res.country", effect, "_method", json!(["name"]));
        assert_eq!(names_country(&odoo), is_made, "{effect}");
        let mut other = Odoo::new();
        overridden(
            &mut other,
            "res.country",
            effect,
            "_method",
            json!(["code"]),
        );
        assert!(names_country(&other), "{effect}");
    }
}

/// Lines sorted by products that SQL does not answer: by their code, and the name of their template.
fn unanswered_products() -> Odoo {
    let mut odoo = Odoo::new();
    overridden(&mut odoo, "product.product", "rows", "_search", Value::Null);
    odoo
}

fn sorted(odoo: &Odoo) -> Result<String> {
    let lines = json!({"model": "sale.order.line", "fields": ["name"], "order": "product_id"});
    odoo.sql("odoo_search", &lines)
}

#[track_caller]
fn assert_not_sorted(odoo: &Odoo, what: &str) {
    match sorted(odoo) {
        Err(error) => assert_eq!(error.code, Code::NotSupported, "{what}: {error}"),
        Ok(sql) => panic!("{what}: {sql}"),
    }
}

#[test]
fn records_that_sql_does_not_answer_are_sorted_by_columns_that_everybody_may_read() {
    let sql = sorted(&unanswered_products()).expect("an order");
    assert!(sql.contains(r#"ORDER BY t1."default_code", "#), "{sql}");
    assert!(sql.contains(r#"COALESCE(t2."name""#), "{sql}");
    // of the product itself, and of the template that its name is from
    for (model, field) in [
        ("product.product", "default_code"),
        ("product.product", "name"),
        ("product.template", "name"),
    ] {
        let mut odoo = unanswered_products();
        restricted(&mut odoo, model, field, Some("base.group_system"), None);
        assert_not_sorted(&odoo, &format!("{model}.{field} is for some"));
        let mut odoo = unanswered_products();
        restricted(&mut odoo, model, field, None, Some("a loop"));
        assert_not_sorted(&odoo, &format!("{model}.{field} was not read"));
        for effect in ["order", "columns", "field_access"] {
            let mut odoo = unanswered_products();
            overridden(&mut odoo, model, effect, "_method", json!([field]));
            assert_not_sorted(&odoo, &format!("{effect} of {model}.{field}"));
        }
        let mut odoo = unanswered_products();
        overridden(&mut odoo, model, "order", "_method", json!(["company_id"]));
        assert!(sorted(&odoo).is_ok(), "another field of {model}");
    }
}

#[test]
fn records_that_sql_does_not_answer_are_not_sorted_where_python_takes_part() {
    for effect in ["order", "columns", "row_source", "unread"] {
        let mut odoo = unanswered_products();
        overridden(&mut odoo, "product.product", effect, "_method", Value::Null);
        assert_not_sorted(&odoo, effect);
    }
    for effect in ["values", "groups", "rows"] {
        let mut odoo = unanswered_products();
        overridden(&mut odoo, "product.product", effect, "_method", Value::Null);
        assert!(sorted(&odoo).is_ok(), "{effect} is no order");
    }
}
