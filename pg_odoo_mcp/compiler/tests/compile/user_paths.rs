//! What record rules read of the user who asks.

use crate::odoo::Odoo;
use odoo_compiler::error::Code;
use serde_json::{Value, json};

/// An Odoo with a rule on countries, and with users and employees.
fn with_rule(domain: &str) -> Odoo {
    let mut odoo = Odoo::new();
    let many2one = |name: &str, relation: &str| json!({"name": name, "label": name, "type": "many2one", "store": true, "relation": relation, "column": "int4"});
    let related = |name: &str, relation: &str, path: &str| json!({"name": name, "label": name, "type": "many2one", "store": false, "relation": relation, "related": path});
    let model = |name: &str, fields: Value| {
        json!({
            "name": name, "label": name, "table": {"schema": "public", "name": name.replace('.', "_")},
            "order": "id", "modules": ["acme"], "fields": fields, "access_lists": [], "rules": [],
        })
    };
    odoo.add(model(
        "res.users",
        json!({
            "manager_id": many2one("manager_id", "hr.employee"),
            "boss_id": related("boss_id", "hr.employee", "manager_id.parent_id"),
            "twice_id": related("twice_id", "hr.employee", "boss_id.parent_id"),
            "circle_id": related("circle_id", "res.users", "circle_id.circle_id"),
            "employee_id": {"name": "employee_id", "label": "x", "type": "many2one", "store": false, "relation": "hr.employee"},
            "warehouse_id": {"name": "warehouse_id", "label": "x", "type": "many2one", "store": true, "relation": "x", "column": "jsonb", "company_dependent": true},
            "employee_ids": {"name": "employee_ids", "label": "x", "type": "one2many", "store": true, "relation": "hr.employee"},
            "login": {"name": "login", "label": "x", "type": "char", "store": true, "column": "varchar"},
        }),
    ));
    odoo.add(model(
        "hr.employee",
        json!({"parent_id": many2one("parent_id", "hr.employee")}),
    ));
    odoo.change("res.country", |model| {
        model["rules"] =
            json!([{"id": 1, "name": "r", "domain": domain, "is_global": true, "group_ids": []}]);
    });
    odoo
}

fn filter(odoo: &Odoo) -> String {
    odoo.condition("res.country", json!([]), json!({}))
}

#[test]
fn what_the_principal_has_is_not_read_again() {
    let odoo = with_rule(
        "[('id', '=', user.partner_id.id), ('id', 'in', user.commercial_partner_id.ids)]",
    );
    assert_eq!(
        filter(&odoo),
        r#"t0."id" = ANY ('{"70"}'::bigint[]) AND t0."id" = ANY ('{"70"}'::bigint[])"#
    );
    assert!(odoo.ran.borrow().is_empty());
}

#[test]
fn a_chain_of_columns_is_read_once() {
    let odoo = with_rule(
        "[('id', '=', user.manager_id.parent_id.id), ('id', 'in', user.manager_id.parent_id.ids)]",
    );
    assert_eq!(
        filter(&odoo),
        r#"t0."id" = ANY ('{"44"}'::bigint[]) AND t0."id" = ANY ('{"44"}'::bigint[])"#
    );
    let ran = odoo.ran.borrow();
    let [statement] = ran.as_slice() else {
        panic!("{ran:?}");
    };
    assert_eq!(
        statement.text,
        "SELECT t1.\"parent_id\"::text\nFROM \"public\".\"res_users\" AS t0\nJOIN \"public\".\"hr_employee\" AS t1 ON t1.id = t0.\"manager_id\"\nWHERE t0.id = $1::bigint"
    );
    assert_eq!(statement.params[0].text.as_deref(), Some("7"));
    assert_eq!(statement.relations.len(), 2);
}

#[test]
fn related_fields_are_the_chains_they_stand_for() {
    let odoo = with_rule("[('id', '=', user.twice_id.id)]");
    assert_eq!(filter(&odoo), r#"t0."id" = ANY ('{"44"}'::bigint[])"#);
    let text = odoo.ran.borrow()[0].text.clone();
    assert!(
        text.starts_with("SELECT t2.\"parent_id\"::text")
            && text.contains("AS t2 ON t2.id = t1.\"parent_id\""),
        "{text}"
    );
}

#[test]
fn a_chain_that_leads_nowhere_is_false_or_nothing() {
    let mut odoo = with_rule("[('id', 'in', user.manager_id.ids)]");
    odoo.user_path = None;
    assert_eq!(filter(&odoo), "FALSE");
    let mut odoo = with_rule("['|', ('currency_id', '=', user.manager_id.id), ('code', '=', 'x')]");
    odoo.change("res.country", |model| {
        model["fields"]["currency_id"] = json!({"name": "currency_id", "label": "x", "type": "many2one", "store": true, "relation": "res.currency", "column": "int4"});
    });
    odoo.user_path = None;
    assert!(filter(&odoo).contains(r#"t0."currency_id" IS NULL"#));
}

#[test]
fn what_only_odoo_can_say_is_refused_by_name() {
    for (expression, why) in [
        (
            "user.employee_id.id",
            "the rule uses user.employee_id, which Odoo computes",
        ),
        (
            "user.employee_id.parent_id.id",
            "the rule uses user.employee_id.parent_id, and Odoo computes \"employee_id\" of res.users",
        ),
        (
            "user.employee_ids.ids",
            "the rule uses user.employee_ids, and \"employee_ids\" of res.users holds several records",
        ),
        (
            "user.warehouse_id.id",
            "the rule uses user.warehouse_id, and \"warehouse_id\" of res.users has a value for each company",
        ),
        (
            "user.circle_id.id",
            "the rule uses user.circle_id, which leads through too many fields",
        ),
        (
            "user.nothing_id.id",
            "the rule uses user.nothing_id, and res.users has no field \"nothing_id\"",
        ),
        (
            "user.login",
            "the rule uses user.login, which does not end in .id or .ids",
        ),
        (
            "user.login.id",
            "the rule uses user.login, and \"login\" of res.users is no many2one",
        ),
        (
            "user.env.company.id",
            "the rule uses user.env.company.id, which only Odoo's Python can say",
        ),
        (
            "user.env.companies.mapped('country_id')",
            "the rule calls user.env.companies.mapped",
        ),
        (
            "website.company_id.id",
            "the rule uses website.company_id.id, which is no name that rules are given here",
        ),
        ("company_ids[0]", "the rule looks into company_ids"),
    ] {
        let odoo = with_rule(&format!("[('id', '=', {expression})]"));
        let error = odoo
            .call("odoo_count", &json!({"model": "res.country"}))
            .expect_err("refused");
        assert_eq!(error.code, Code::NotSupported, "{expression}");
        let detail = error.detail.unwrap_or_default();
        assert!(detail.contains(why), "{expression}: {detail}");
    }
}
