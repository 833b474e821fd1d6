//! one2many fields whose records point back by an id beside the name of a model, and ways on which no rights are checked.

use crate::odoo::{Odoo, described};
use odoo_compiler::error::Code;
use odoo_compiler::facts::FieldFacts;
use serde_json::{Value, json};

const LINES: &[&str] = &[
    "res_model char varchar",
    "res_id many2one_reference int4",
    "parent_res_id integer int4",
    "body text text",
    "active boolean bool",
    "author_id many2one int4 relation=res.partner",
];

/// Ratings of orders and messages about them: those are Odoo's to read, and the way to them is open.
fn odoo() -> Odoo {
    let mut odoo = Odoo::new();
    odoo.add(described("rating.rating", LINES));
    odoo.add(described("mail.message", LINES));
    odoo.change("sale.order", |model| {
        for (name, relation, inverse) in [
            ("rating_ids", "rating.rating", "res_id"),
            ("message_ids", "mail.message", "res_id"),
            ("child_rating_ids", "rating.rating", "parent_res_id"),
            ("by_id_ids", "rating.rating", "id"),
        ] {
            model["fields"][name] = json!({
                "name": name, "label": name, "type": "one2many", "store": true, "relation": relation, "inverse": inverse,
            });
        }
    });
    for model in ["rating.rating", "mail.message"] {
        odoo.change_facts(model, |facts| {
            let named = FieldFacts {
                model_field: Some("res_model".into()),
                ..FieldFacts::default()
            };
            facts.overrides.clear();
            let known = &mut facts.fields.with_facts;
            known.insert("res_id".into(), named);
            for name in ["res_model", "parent_res_id", "body", "active", "author_id"] {
                known.insert(name.into(), FieldFacts::default());
            }
        });
    }
    odoo.change_facts("mail.message", |facts| {
        for method in ["_search", "_check_access"] {
            let by = json!({"effect": "rows", "method": method, "module": "mail", "file": "mail/m.py", "line": 7, "only_where": "checked"});
            facts.overrides.push(serde_json::from_value(by).expect("an override"));
        }
    });
    odoo.change_facts("sale.order", |facts| {
        let known = &mut facts.fields.with_facts;
        for name in ["rating_ids", "child_rating_ids", "by_id_ids"] {
            known.insert(name.into(), FieldFacts::default());
        }
        let through = FieldFacts {
            bypass: true,
            domain: Some(json!([["body", "!=", "x"]])),
            ..FieldFacts::default()
        };
        known.insert("message_ids".into(), through);
    });
    odoo
}

const RATING: &str =
    r#"EXISTS (SELECT FROM "public"."rating_rating" AS t1 WHERE t1."res_id" = t0."id" AND "#;
const OF_ORDERS: &str = r#"t1."res_model" = ANY ('{"sale.order"}'::text[])"#;

#[test]
fn an_id_counts_beside_the_name_of_the_field_s_own_model_alone() {
    let odoo = odoo();
    let having = |domain: Value| odoo.filter("sale.order", domain);
    assert_eq!(
        having(json!([["rating_ids", "!=", false]])),
        format!("{RATING}{OF_ORDERS})")
    );
    let among = r#"t1."id" = ANY ('{"3"}'::bigint[])"#;
    assert_eq!(
        having(json!([["rating_ids", "not in", [3]]])),
        format!("NOT {RATING}({among} AND {OF_ORDERS}))")
    );
    let found = having(json!([["rating_ids.body", "=", "y"]]));
    assert!(
        found.starts_with(RATING) && found.contains(OF_ORDERS),
        "{found}"
    );
    let read = json!({"model": "sale.order", "fields": ["rating_ids"]});
    let sql = odoo.sql("odoo_search", &read).expect("an answer");
    let of_orders = r#""res_model" = ANY ('{"sale.order"}'::text[])"#;
    assert!(sql.contains(of_orders), "{sql}");
}

#[test]
fn an_id_alone_points_to_this_model_and_no_other() {
    let odoo = odoo();
    let found = odoo.filter("sale.order", json!([["child_rating_ids", "!=", false]]));
    assert_eq!(
        found,
        r#"EXISTS (SELECT FROM "public"."rating_rating" AS t1 WHERE t1."parent_res_id" = t0."id")"#
    );
    let found = odoo.filter("sale.order", json!([["by_id_ids", "!=", false]]));
    assert!(found.contains("no stored many2one"), "{found}");
}

#[test]
fn an_id_beside_a_name_that_nobody_knows_is_odoo_s() {
    let mut odoo = odoo();
    odoo.change_facts("rating.rating", |facts| {
        let known = &mut facts.fields.with_facts;
        known.insert("res_id".into(), FieldFacts::default());
    });
    let found = odoo.filter("sale.order", json!([["rating_ids", "!=", false]]));
    assert!(found.starts_with("not_supported"), "{found}");
    // what an older Odoo adds is not looked at
    let mut odoo = self::odoo();
    odoo.dialect.rewrites = false;
    let found = odoo.filter("sale.order", json!([["rating_ids", "!=", false]]));
    assert!(found.starts_with("not_supported"), "{found}");
}

#[test]
fn records_that_users_are_checked_for_are_filtered_by_where_nobody_is() {
    let mut odoo = odoo();
    odoo.delegates = true;
    let delegated = |odoo: &Odoo, tool: &str, call: &Value| match odoo.sql(tool, call) {
        Ok(_) => false,
        Err(error) if error.code == Code::NotSupported => true,
        Err(error) => panic!("{call}: {error}"),
    };
    let count = |domain: Value| json!({"model": "sale.order", "domain": domain});
    for domain in [
        json!([["message_ids.body", "ilike", "x"]]),
        json!([["message_ids", "not any", [["author_id", "=", 3]]]]),
        json!([["message_ids", "=", false]]),
        json!([["message_ids", "in", [3]]]),
    ] {
        assert!(
            !delegated(&odoo, "odoo_count", &count(domain.clone())),
            "{domain}"
        );
    }
    let found = odoo.condition(
        "sale.order",
        count(json!([["message_ids.active", "=", true]]))["domain"].clone(),
        json!({}),
    );
    let own_domain = r#"t1."body" <> ALL ('{"x"}'::text[])"#;
    assert!(
        found.contains(OF_ORDERS) && found.contains(own_domain),
        "{found}"
    );
    let read = json!({"model": "sale.order", "fields": ["message_ids"]});
    assert!(delegated(&odoo, "odoo_search", &read));
    let direct = json!({"model": "mail.message"});
    assert!(delegated(&odoo, "odoo_count", &direct));

    // where the way asks for rights, only ids and having none do not
    odoo.change_facts("sale.order", |facts| {
        let messages = facts.fields.with_facts.get_mut("message_ids");
        messages.expect("a field").bypass = false;
    });
    for (domain, is_odoos) in [
        (json!([["message_ids.body", "ilike", "x"]]), true),
        (json!([["message_ids", "any", []]]), true),
        (json!([["message_ids", "=", false]]), false),
        (json!([["message_ids", "in", [3]]]), false),
    ] {
        assert_eq!(
            delegated(&odoo, "odoo_count", &count(domain.clone())),
            is_odoos,
            "{domain}"
        );
    }
    // another override of it decides for everybody
    odoo.change_facts("mail.message", |facts| facts.overrides[0].only_where = None);
    let having = count(json!([["message_ids", "=", false]]));
    assert!(delegated(&odoo, "odoo_count", &having));
}

#[test]
fn what_is_for_users_without_an_access_list_is_not_for_the_system() {
    let mut odoo = Odoo::new();
    odoo.delegates = true;
    odoo.change("sale.order", |model| model["access_lists"] = json!([]));
    odoo.change_facts("sale.order", |facts| {
        let by = json!({"effect": "rows", "method": "_search", "module": "sale", "file": "sale/m.py", "line": 7, "only_where": "unlisted"});
        facts.overrides.push(serde_json::from_value(by).expect("an override"));
    });
    let counted = |odoo: &Odoo, domain: Value| {
        let call = json!({"model": "sale.order.line", "domain": domain});
        odoo.sql("odoo_count", &call)
    };
    odoo.change("sale.order.line", |model| {
        model["rules"] =
            json!([{"id": 9, "name": "Sold", "domain": "[('order_id.state', '=', 'sale')]", "is_global": true, "group_ids": []}]);
    });
    let sql = counted(&odoo, json!([])).expect("the rule is the system's");
    assert!(sql.contains("sale_order\""), "{sql}");
    // a way that bypasses rights is still the user's
    odoo.change_facts("sale.order.line", |facts| {
        let known = facts.fields.with_facts.entry("order_id".into());
        known.or_default().bypass = true;
    });
    let refused = counted(&odoo, json!([["order_id.name", "=", "x"]]));
    assert_eq!(refused.map_err(|e| e.code), Err(Code::NotSupported));
}

#[test]
fn whether_rights_are_asked_where_sql_cannot_read_a_domain_is_odoo_s_to_say() {
    let mut odoo = crate::x2many::without_access("sale.order");
    odoo.change("sale.order", |model| {
        model["fields"]["computed"] =
            json!({"name": "computed", "label": "x", "type": "char", "store": false});
    });
    let call = |condition: Value| json!({"model": "res.partner", "domain": [["sale_order_ids", "any", [condition]]]});
    let code = |odoo: &Odoo, condition: Value| {
        let found = odoo.sql("odoo_count", &call(condition));
        found.expect_err("it is refused").code
    };
    let (open, plain) = (json!(["computed", "=", "x"]), json!(["partner_id", "=", 3]));
    assert_eq!(code(&odoo, open.clone()), Code::AccessDenied);
    odoo.delegates = true;
    assert_eq!(code(&odoo, open), Code::NotSupported);
    assert_eq!(code(&odoo, plain), Code::AccessDenied);
}
