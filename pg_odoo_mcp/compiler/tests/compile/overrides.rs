//! What Python takes part in is not answered by SQL, the rest of the model is.

use crate::odoo::Odoo;
use odoo_compiler::error::Code;
use serde_json::{Value, json};

/// Sale orders with an override of that effect, limited to fields or not.
fn with_override(effect: &str, fields: Value) -> Odoo {
    let mut odoo = Odoo::new();
    odoo.change_facts("sale.order", |facts| {
        let json = json!({
            "effect": effect, "method": "_method", "module": "sale", "file": "sale/models/sale_order.py", "line": 7,
            "fields": fields,
        });
        let known = serde_json::from_value(json).expect("an override");
        facts.overrides.push(known);
    });
    odoo
}

#[track_caller]
fn assert_refused(odoo: &Odoo, tool: &str, arguments: Value) {
    let error = odoo.explained(tool, &arguments);
    let reason = match error {
        Ok(explained) => explained["reason"].as_str().unwrap_or("").to_owned(),
        Err(error) => {
            assert_eq!(error.code, Code::NotSupported, "{error}");
            error.message
        }
    };
    assert!(reason.contains("sale/models/sale_order.py:7"), "{reason}");
}

#[track_caller]
fn assert_answered(odoo: &Odoo, tool: &str, arguments: Value) {
    let explained = odoo.explained(tool, &arguments).expect("answered");
    assert_eq!(explained["engine"], "sql", "{explained}");
}

fn search(more: Value) -> Value {
    let mut arguments = json!({"model": "sale.order", "fields": ["name"], "order": "id"});
    for (key, value) in more.as_object().expect("an object") {
        arguments[key] = value.clone();
    }
    arguments
}

#[test]
fn overridden_groups_leave_records_alone() {
    let odoo = with_override("groups", Value::Null);
    let groups = json!({"model": "sale.order", "groupby": ["state"]});
    assert_refused(&odoo, "odoo_read_group", groups);
    assert_answered(&odoo, "odoo_search", search(json!({})));
}

#[test]
fn overridden_values_leave_counts_and_groups_alone() {
    let odoo = with_override("values", Value::Null);
    assert_refused(&odoo, "odoo_search", search(json!({})));
    assert_answered(&odoo, "odoo_count", json!({"model": "sale.order"}));
    let groups = json!({"model": "sale.order", "groupby": ["state"]});
    assert_answered(&odoo, "odoo_read_group", groups);
}

#[test]
fn an_overridden_order_leaves_counts_alone() {
    let odoo = with_override("order", Value::Null);
    assert_refused(&odoo, "odoo_search", search(json!({"order": "name"})));
    let through = json!({"model": "sale.order.line", "fields": ["name"], "order": "order_id"});
    assert_refused(&odoo, "odoo_search", through);
    assert_answered(&odoo, "odoo_count", json!({"model": "sale.order"}));
}

#[test]
fn an_override_of_some_fields_leaves_the_others_alone() {
    let domain = json!([["state", "=", "sale"]]);
    let uses = [
        (
            "values",
            "odoo_search",
            search(json!({"fields": ["state"]})),
        ),
        ("order", "odoo_search", search(json!({"order": "state"}))),
        ("rows", "odoo_search", search(json!({"domain": domain}))),
        (
            "rows",
            "odoo_count",
            json!({"model": "sale.order.line", "domain": [["order_id.state", "=", "sale"]]}),
        ),
        (
            "groups",
            "odoo_read_group",
            json!({"model": "sale.order", "groupby": ["state"]}),
        ),
    ];
    for effect in [
        "rows",
        "values",
        "groups",
        "order",
        "columns",
        "field_access",
    ] {
        let odoo = with_override(effect, json!(["state"]));
        for (of, tool, arguments) in &uses {
            if effect == *of || matches!(effect, "columns" | "field_access") {
                assert_refused(&odoo, tool, arguments.clone());
            } else {
                assert_answered(&odoo, tool, arguments.clone());
            }
        }
        let other = search(json!({"order": "name", "domain": [["name", "=", "x"]]}));
        assert_answered(&odoo, "odoo_search", other);
    }
}

#[test]
fn an_override_for_a_group_leaves_everybody_else_alone() {
    let mut odoo = Odoo::new();
    odoo.change_facts("sale.order", |facts| {
        let json = json!({
            "effect": "field_access", "method": "_has_field_access", "module": "sale",
            "file": "sale/models/sale_order.py", "line": 7, "only_for": "base.group_portal",
        });
        let known = serde_json::from_value(json).expect("an override");
        facts.overrides.push(known);
    });
    let count = json!({"model": "sale.order"});
    let listed = |odoo: &Odoo| {
        let list = odoo.call("odoo_list_models", &json!({})).expect("a list");
        let models = list["models"].as_array().cloned().unwrap_or_default();
        let of = models.into_iter().find(|of| of["model"] == "sale.order");
        of.expect("it may be read")["engine"].clone()
    };
    assert_answered(&odoo, "odoo_count", count.clone());
    assert_eq!(listed(&odoo), "sql");
    odoo.principal
        .group_names
        .insert("base.group_portal".into());
    assert_refused(&odoo, "odoo_count", count);
    assert_eq!(listed(&odoo), "odoo");
    let through = json!({"model": "sale.order.line", "domain": [["order_id.state", "=", "sale"]]});
    assert_refused(&odoo, "odoo_count", through);
}

#[test]
fn a_field_that_was_not_read_for_certain_is_not_used() {
    let mut odoo = Odoo::new();
    odoo.change_facts("sale.order", |facts| {
        let why = "its groups: sale/models/sale_order.py:7".to_owned();
        facts
            .fields
            .with_facts
            .entry("state".into())
            .or_default()
            .unread = Some(why);
    });
    assert_refused(&odoo, "odoo_search", search(json!({"fields": ["state"]})));
    assert_refused(
        &odoo,
        "odoo_search",
        search(json!({"domain": [["state", "=", "sale"]]})),
    );
    assert_refused(&odoo, "odoo_search", search(json!({"order": "state"})));
}

#[test]
fn a_name_is_for_those_who_may_read_what_it_is_made_of() {
    for field in ["name", "display_name"] {
        let mut odoo = Odoo::new();
        odoo.change_facts("res.country", |facts| {
            let facts = facts.fields.with_facts.entry(field.into()).or_default();
            facts.groups = Some("base.group_system".into());
        });
        let read = json!({"model": "res.country", "fields": ["display_name"]});
        let error = odoo.explained("odoo_search", &read).expect_err("refused");
        assert_eq!(error.code, Code::AccessDenied, "{field}");
        // of another record Odoo shows it as the system
        let through = json!({"model": "res.partner", "fields": ["country_id"], "order": "id"});
        assert_answered(&odoo, "odoo_search", through);
    }
}

#[test]
fn the_value_of_another_field_has_its_groups_which_no_scan_tells_of_an_administrator_s_field() {
    let mut odoo = Odoo::new();
    odoo.change("crm.tag", |model| {
        for (name, related) in [("x_own", None), ("x_other", Some("create_uid.login"))] {
            model["fields"][name] = json!({
                "name": name, "type": "char", "store": true, "column": "varchar", "manual": true, "related": related,
            });
        }
    });
    let asked = |name: &str| {
        [
            ("odoo_search", json!({"model": "crm.tag", "fields": [name]})),
            (
                "odoo_search",
                json!({"model": "crm.tag", "fields": ["id"], "order": name}),
            ),
            (
                "odoo_count",
                json!({"model": "crm.tag", "domain": [[name, "=", "x"]]}),
            ),
            (
                "odoo_read_group",
                json!({"model": "crm.tag", "groupby": [name]}),
            ),
        ]
    };
    for (tool, arguments) in asked("x_own") {
        assert_answered(&odoo, tool, arguments);
    }
    for (tool, arguments) in asked("x_other") {
        let explained = odoo.explained(tool, &arguments);
        let is_open = explained.is_ok_and(|explained| explained["engine"] == "sql");
        assert!(!is_open, "{tool} {arguments}");
    }
}

#[test]
fn a_path_whose_rights_are_not_known_is_odoos_and_the_field_itself_is_not() {
    let mut odoo = Odoo::new();
    odoo.change_facts("sale.order", |facts| {
        let partner = facts.fields.with_facts.entry("partner_id".into());
        partner.or_default().open_bypass = true;
    });
    for (tool, wish) in [
        (
            "odoo_count",
            json!({"domain": [["partner_id.name", "=", "x"]]}),
        ),
        (
            "odoo_read_group",
            json!({"groupby": ["partner_id.country_id"]}),
        ),
    ] {
        let mut call = wish;
        call["model"] = "sale.order".into();
        let error = odoo.call(tool, &call).expect_err("refused");
        assert_eq!(error.code, Code::NotSupported, "{tool}: {}", error.message);
        assert!(
            error.message.contains("rights of its records"),
            "{}",
            error.message
        );
    }
    let plain = json!({"model": "sale.order", "domain": [["partner_id", "=", 7]]});
    assert_answered(&odoo, "odoo_count", plain);
}
