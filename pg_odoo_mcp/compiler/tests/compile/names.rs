//! Records by their names.

use crate::odoo::Odoo;
use odoo_compiler::answer::Row;
use odoo_compiler::error::Code;
use serde_json::{Value, json};

fn sql(odoo: &Odoo, call: Value) -> String {
    odoo.sql("odoo_name_search", &call)
        .unwrap_or_else(|e| panic!("{call}: {e}"))
}

#[test]
fn a_name_is_looked_for_in_the_fields_of_rec_names_search() {
    let call = json!({"model": "res.partner", "name": "az", "limit": 8});
    let sql = sql(&Odoo::new(), call);
    assert!(
        sql.starts_with("SELECT row_to_json(record)::text\nFROM (SELECT CASE WHEN t0.\"id\" IS NULL THEN 'false'::json ELSE json_build_array(t0.\"id\", "),
        "{sql}"
    );
    for name in ["complete_name", "email", "ref", "vat", "company_registry"] {
        let test = format!("t0.\"{name}\"::text ILIKE '%az%'::text");
        assert!(sql.contains(&test), "{test} is not in {sql}");
    }
    // its own limit and one more, Odoo's order, archived ones left out
    assert!(sql.contains("LIMIT '9'::bigint"), "{sql}");
    assert!(
        sql.contains("ORDER BY t0.\"complete_name\", t0.\"id\" DESC"),
        "{sql}"
    );
    assert!(sql.contains("t0.\"active\" IS TRUE"), "{sql}");
}

#[test]
fn an_empty_name_is_every_record() {
    let odoo = Odoo::new();
    let condition = |call: Value| {
        let sql = sql(&odoo, call);
        let from = sql.find("\nWHERE ").map_or("", |at| &sql[at..]);
        from.split("\nORDER").next().unwrap_or_default().to_owned()
    };
    assert_eq!(condition(json!({"model": "crm.tag", "name": ""})), "");
    let none = json!({"model": "crm.tag", "name": "", "operator": "not ilike"});
    assert_eq!(condition(none), "\nWHERE FALSE");
    let domain = json!({"model": "crm.tag", "name": "", "domain": [["id", ">", 3]]});
    assert_eq!(condition(domain), "\nWHERE t0.\"id\" > '3'::bigint");
}

#[test]
fn names_are_pairs_and_one_more_than_asked_for_says_that_there_are_more() {
    let mut odoo = Odoo::new();
    let row = |id: i64| -> Row { vec![Some(format!(r#"{{"named":[{id}, "T{id}"]}}"#))] };
    odoo.rows = vec![row(2), row(1)];
    let call = |limit: u64| json!({"model": "crm.tag", "name": "t", "limit": limit});
    let answer = odoo.call("odoo_name_search", &call(2)).expect("an answer");
    assert_eq!(
        answer,
        json!({"engine": "sql", "records": [[2, "T2"], [1, "T1"]], "has_more": false})
    );
    let answer = odoo.call("odoo_name_search", &call(1)).expect("an answer");
    assert_eq!(
        answer,
        json!({"engine": "sql", "records": [[2, "T2"]], "has_more": true})
    );
}

#[test]
fn what_a_name_is_made_of_needs_no_right_of_the_user() {
    let mut odoo = Odoo::new();
    odoo.change("crm.tag", |model| model["order"] = json!("id"));
    odoo.change_facts("crm.tag", |facts| {
        let of_managers = json!({"groups": "base.group_system"});
        let of_managers = serde_json::from_value(of_managers).expect("facts of a field");
        facts.fields.with_facts.insert("name".into(), of_managers);
    });
    let call = json!({"model": "crm.tag", "name": ""});
    assert!(odoo.sql("odoo_name_search", &call).is_ok());
    // to look for something in it does
    let call = json!({"model": "crm.tag", "name": "x"});
    let error = odoo.sql("odoo_name_search", &call).expect_err("refused");
    assert_eq!(error.code, Code::AccessDenied);
}

#[test]
fn where_python_searches_it_is_odoo_s_whatever_the_domain() {
    let mut odoo = Odoo::new();
    odoo.change_facts("crm.tag", |facts| facts.name_search = None);
    for domain in [json!([]), json!([[0, "=", 1]])] {
        let call = json!({"model": "crm.tag", "name": "x", "domain": domain});
        let error = odoo.call("odoo_name_search", &call).expect_err("refused");
        assert_eq!(error.code, Code::NotSupported, "{call}: {error}");
    }
}

#[test]
fn names_that_python_makes_are_odoo_s() {
    let call = json!({"model": "product.product", "name": ""});
    let error = Odoo::new()
        .call("odoo_name_search", &call)
        .expect_err("refused");
    assert_eq!(error.code, Code::NotSupported);
}

#[test]
fn what_is_wrong_with_a_search_by_name_is_said() {
    let odoo = Odoo::new();
    for more in [
        json!({"name": null}),
        json!({"name": 5}),
        json!({"name": ["a"]}),
        json!({"name": "a\0b"}),
        json!({"operator": "in"}),
        json!({"operator": "child_of"}),
        json!({"operator": "<"}),
        json!({"operator": "any"}),
        json!({"operator": "=?"}),
        json!({"operator": "nlike"}),
        json!({"limit": 0}),
        json!({"limit": 1001}),
    ] {
        let mut call = json!({"model": "crm.tag", "name": "x"});
        for (key, value) in more.as_object().expect("an object") {
            call[key] = value.clone();
        }
        let error = odoo.call("odoo_name_search", &call).expect_err("refused");
        assert_eq!(error.code, Code::InvalidArguments, "{call}: {error}");
    }
}
