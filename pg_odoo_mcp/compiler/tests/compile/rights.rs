//! Rights: access lists, record rules, field groups, companies, archived records.

use crate::odoo::Odoo;
use odoo_compiler::access::is_readable;
use odoo_compiler::answer::{Reply, answer};
use odoo_compiler::error::Code;
use odoo_compiler::facts::{FieldFacts, TextSearch};
use serde_json::{Value, json};

pub(crate) fn filter(odoo: &Odoo, model: &str, more: Value) -> String {
    let mut arguments = json!({"model": model});
    for (key, value) in more.as_object().expect("an object") {
        arguments[key] = value.clone();
    }
    let sql = odoo
        .sql("odoo_count", &arguments)
        .unwrap_or_else(|e| panic!("{e}"));
    sql.split_once("\nWHERE ")
        .map_or("TRUE".into(), |(_, filter)| {
            filter.replace("\n  AND ", " AND ").replace('\n', " ")
        })
}

const COMPANIES: &str = r#"t0."company_id" = ANY ('{"1","2"}'::bigint[])"#;

#[test]
fn global_rules_all_and_group_rules_any() {
    let mut odoo = Odoo::new();
    let own = r#"(t0."user_id" = ANY ('{"7"}'::bigint[]) OR t0."user_id" IS NULL)"#;
    assert_eq!(
        filter(&odoo, "sale.order", json!({})),
        format!("{COMPANIES} AND {own}")
    );
    // one group that sees all lifts the others, but no global rule
    odoo.principal.group_ids.insert(12);
    assert_eq!(filter(&odoo, "sale.order", json!({})), COMPANIES);
}

#[test]
fn a_rule_that_cannot_be_evaluated_refuses_the_model() {
    let mut odoo = Odoo::new();
    odoo.principal.group_ids.insert(13);
    let error = odoo
        .call("odoo_count", &json!({"model": "sale.order"}))
        .expect_err("refused");
    assert_eq!(error.code, Code::NotSupported, "{error}");
    // unless another of the user's groups sees all
    odoo.principal.group_ids.insert(12);
    assert_eq!(filter(&odoo, "sale.order", json!({})), COMPANIES);
}

#[test]
fn companies_are_the_user_s_and_no_others() {
    let odoo = Odoo::new();
    let beta = filter(
        &odoo,
        "sale.order",
        json!({"context": {"allowed_company_ids": [2]}}),
    );
    assert!(
        beta.starts_with(r#"t0."company_id" = ANY ('{"2"}'::bigint[])"#),
        "{beta}"
    );
    let error = odoo
        .call(
            "odoo_count",
            &json!({"model": "sale.order", "context": {"allowed_company_ids": [2, 3]}}),
        )
        .expect_err("refused");
    assert_eq!(error.code, Code::AccessDenied);
    assert!(error.hint.is_some_and(|hint| hint.contains("2 (Beta)")));
}

#[test]
fn no_access_list_no_answer_and_the_missing_right_is_named() {
    let mut odoo = Odoo::new();
    odoo.principal.group_ids = [99].into();
    for tool in ["odoo_search", "odoo_count"] {
        let error = odoo
            .call(
                tool,
                &json!({"model": "sale.order", "domain": [[0, "=", 1]]}),
            )
            .expect_err("refused");
        assert_eq!(error.code, Code::AccessDenied);
        assert_eq!(
            error.detail.as_deref(),
            Some("read is granted by the groups: Role / User")
        );
    }
    assert!(odoo.ran.borrow().is_empty());
}

#[test]
fn a_path_needs_rights_on_what_it_leads_to() {
    let mut odoo = Odoo::new();
    odoo.change("res.partner", |model| {
        model["access_lists"] = json!([{"group_id": 50, "group": "Contacts"}])
    });
    for domain in [
        json!([["partner_id.name", "=", "x"]]),
        json!([["partner_id", "ilike", "x"]]),
        json!([["partner_id", "any", [["id", "=", 1]]]]),
    ] {
        let error = odoo
            .call(
                "odoo_count",
                &json!({"model": "sale.order", "domain": domain}),
            )
            .expect_err("refused");
        assert_eq!(error.code, Code::AccessDenied, "{domain}");
    }
}

#[test]
fn a_path_obeys_the_rules_of_what_it_leads_to_and_sees_the_archived() {
    let found = filter(
        &Odoo::new(),
        "sale.order",
        json!({"domain": [["partner_id.name", "=", "x"]]}),
    );
    assert!(
        found.contains(r#"t1."partner_share" IS NOT TRUE"#),
        "{found}"
    );
    assert!(!found.contains("active"), "{found}");
}

#[test]
fn archived_records_are_left_out_unless_asked_for() {
    let odoo = Odoo::new();
    let with = |more| filter(&odoo, "res.partner", more).contains(r#"t0."active" IS TRUE"#);
    assert!(with(json!({})));
    assert!(!with(json!({"context": {"active_test": false}})));
    assert!(!with(json!({"domain": [["active", "=", false]]})));
    assert!(!with(json!({"domain": [["active", "in", [true, false]]]})));
    assert!(with(json!({"domain": [["parent_id.active", "=", false]]})));
    // a constant beside it settles the matter before the name is seen
    assert!(with(
        json!({"domain": ["|", [1, "=", 1], ["active", "=", false]]})
    ));
}

#[test]
fn a_field_of_another_group_is_unusable_in_every_position() {
    let mut odoo = Odoo::new();
    // sale.order.note is not restricted in Odoo, so take a field that is
    odoo.change("res.partner", |model| {
        model["fields"]["signup_type"] = json!({"name": "signup_type", "label": "x", "type": "char", "store": true, "column": "varchar"});
    });
    for arguments in [
        json!({"model": "res.partner", "fields": ["signup_type"]}),
        json!({"model": "res.partner", "domain": [["signup_type", "=", "x"]]}),
        json!({"model": "res.partner", "domain": ["!", ["signup_type", "ilike", "x"]]}),
        json!({"model": "res.partner", "order": "signup_type"}),
        json!({"model": "sale.order", "domain": [["partner_id.signup_type", "=", "x"]]}),
    ] {
        let error = odoo.call("odoo_search", &arguments).expect_err("refused");
        assert_eq!(error.code, Code::AccessDenied, "{arguments}: {error}");
        assert!(
            error
                .detail
                .is_some_and(|d| d.contains("base.group_erp_manager")),
            "{arguments}"
        );
    }
}

#[test]
fn a_field_of_another_group_is_no_key_and_no_measure() {
    let mut odoo = Odoo::new();
    odoo.change("res.partner", |model| {
        for (name, kind, column) in [
            ("signup_type", "char", "varchar"),
            ("create_date", "datetime", "timestamp"),
        ] {
            model["fields"][name] =
                json!({"name": name, "label": "x", "type": kind, "store": true, "column": column});
        }
    });
    let partners = |more: Value| {
        let mut arguments = more;
        arguments["model"] = json!("res.partner");
        ("odoo_read_group", arguments)
    };
    let by_month = |more: Value| {
        let mut arguments = more;
        arguments["model"] = json!("res.partner");
        arguments["date_field"] = json!("create_date");
        arguments["period"] = json!("month");
        ("odoo_time_series", arguments)
    };
    for (tool, arguments) in [
        partners(json!({"groupby": ["signup_type"]})),
        partners(json!({"groupby": ["country_id", "parent_id.signup_type"]})),
        partners(json!({"groupby": ["country_id"], "aggregates": ["signup_type:count"]})),
        partners(json!({"groupby": ["country_id"], "order": "signup_type:count_distinct"})),
        partners(json!({"groupby": ["country_id"], "having": [["signup_type:count", ">", 1]]})),
        by_month(json!({"group_by": ["signup_type"]})),
        by_month(json!({"measures": ["signup_type:count"]})),
    ] {
        let error = odoo.call(tool, &arguments).expect_err("refused");
        assert_eq!(
            error.code,
            Code::AccessDenied,
            "{tool} {arguments}: {error}"
        );
    }
    assert!(odoo.ran.borrow().is_empty());
}

#[test]
fn a_model_that_an_unknown_module_extends_is_not_answered() {
    let mut odoo = Odoo::new();
    odoo.change("sale.order", |model| {
        model["modules"] = json!(["sale", "acme_hidden_orders"])
    });
    let error = odoo
        .call("odoo_count", &json!({"model": "sale.order"}))
        .expect_err("refused");
    assert!(
        error.code == Code::NotSupported && error.message.contains("acme_hidden_orders"),
        "{error}"
    );
    let error = odoo
        .call("odoo_count", &json!({"model": "res.bank"}))
        .expect_err("refused");
    assert!(
        error.code == Code::NotSupported
            && error
                .hint
                .as_deref()
                .is_some_and(|h| h.contains("odoo_list_models")),
        "{error:?}"
    );
}

#[test]
fn a_field_that_no_scan_found_is_not_answered() {
    let mut odoo = Odoo::new();
    let unknown =
        json!({"name": "acme", "label": "x", "type": "char", "store": true, "column": "varchar"});
    odoo.change("sale.order", |model| {
        model["fields"]["acme"] = unknown.clone()
    });
    let error = odoo
        .call(
            "odoo_search",
            &json!({"model": "sale.order", "fields": ["acme"]}),
        )
        .expect_err("refused");
    assert_eq!(error.code, Code::NotSupported);
    // one that an admin made has no groups
    odoo.change("sale.order", |model| {
        model["fields"]["acme"]["manual"] = json!(true)
    });
    assert!(
        odoo.sql(
            "odoo_search",
            &json!({"model": "sale.order", "fields": ["acme"]})
        )
        .is_ok()
    );
}

#[test]
fn field_groups_may_be_wanted_or_unwanted() {
    let mut user = Odoo::new().principal;
    user.group_names = ["a.x", "a.y"].map(String::from).into();
    let cases = [
        ("a.x", true),
        ("a.z", false),
        ("a.z,a.y", true),
        ("!a.x", false),
        ("!a.z", true),
        ("a.x,!a.y", false),
        (".", false),
    ];
    for (groups, expected) in cases {
        assert_eq!(is_readable(Some(groups), &user), expected, "{groups}");
    }
}

#[test]
fn what_is_settled_already_needs_no_rights() {
    let mut odoo = Odoo::new();
    odoo.change("res.partner", |model| {
        model["access_lists"] = json!([{"group_id": 50, "group": "Contacts"}]);
        model["fields"]["kind"] = json!({"name": "kind", "label": "Kind", "type": "selection", "store": true,
            "column": "varchar", "selection": [["a", "A"], ["b", "B"]]});
        model["fields"]["trust_level"] =
            json!({"name": "trust_level", "label": "Trust", "type": "char", "store": false});
    });
    let nothing = json!([[0, "=", 1], ["partner_id.name", "=", "x"]]);
    let everything = json!(["|", [1, "=", 1], ["partner_id.name", "=", "x"]]);
    assert_eq!(odoo.filter("sale.order", nothing.clone()), "FALSE");
    assert_eq!(odoo.filter("sale.order", everything.clone()), "TRUE");
    let mut negated = vec![json!("!")];
    negated.extend(everything.as_array().expect("a list").clone());
    assert_eq!(odoo.filter("sale.order", json!(negated)), "FALSE");
    // what only Odoo reads may ask for rights of its own before it is dropped, and nothing behind a right is told
    let domain = json!([[0, "=", 1], ["partner_id.trust_level", "=", "x"]]);
    let text = odoo.filter("sale.order", domain);
    assert!(
        text.starts_with("not_supported: a condition on records"),
        "{text}"
    );
    // and nothing of it is told in warnings
    odoo.rows = vec![vec![Some("2".into())]];
    odoo.change_facts("res.partner", |facts| {
        let fields = &mut facts.fields.with_facts;
        fields.insert("kind".into(), FieldFacts::default());
    });
    let settled = json!({"model": "sale.order", "domain": ["|", [1, "=", 1], ["partner_id.kind", "=", "zz"]]});
    let answer = odoo.call("odoo_count", &settled).expect("an answer");
    assert_eq!(answer.get("warnings"), None, "{answer}");
    odoo.change("res.partner", |model| {
        model["access_lists"] = json!([{"group_id": null, "group": null}]);
    });
    let answer = odoo.call("odoo_count", &settled).expect("an answer");
    assert_eq!(answer["warnings"][0]["code"], "unknown_selection_value");
    odoo.change("res.partner", |model| {
        model["access_lists"] = json!([{"group_id": 50, "group": "Contacts"}]);
    });
    // a hierarchy is read at once
    let domain = json!([[0, "=", 1], ["partner_id", "child_of", [3]]]);
    let text = odoo.filter("sale.order", domain);
    assert!(
        text.starts_with("not_supported: a condition on records"),
        "{text}"
    );
    // so may a method that somebody has read
    odoo.change_facts("res.partner", |facts| {
        facts.text_search = Some(TextSearch::AnyOf {
            texts: vec!["name".into()],
            exact: Vec::new(),
            brackets: None,
        });
    });
    let domain = json!([[0, "=", 1], ["partner_id", "ilike", "x"]]);
    let text = odoo.filter("sale.order", domain);
    assert!(
        text.starts_with("not_supported: a condition on records"),
        "{text}"
    );
    // a name that does not exist is wrong all the same
    let wrong = json!([[0, "=", 1], ["partnr_id", "=", 1]]);
    assert!(
        odoo.filter("sale.order", wrong)
            .starts_with("unknown_field")
    );
}

#[test]
fn names_of_fields_of_other_groups_are_not_suggested() {
    let mut odoo = Odoo::new();
    odoo.change("res.partner", |model| {
        model["fields"]["signup_type"] = json!({"name": "signup_type", "label": "x", "type": "char", "store": true, "column": "varchar"});
    });
    let ask = |odoo: &Odoo| {
        odoo.call(
            "odoo_search",
            &json!({"model": "res.partner", "fields": ["signup_typ"]}),
        )
        .expect_err("no such field")
    };
    assert_eq!(
        ask(&odoo).hint.as_deref(),
        Some("odoo_describe_model lists the fields")
    );
    odoo.principal
        .group_names
        .insert("base.group_erp_manager".into());
    assert_eq!(
        ask(&odoo).hint.as_deref(),
        Some("did you mean signup_type?")
    );
}

#[test]
fn what_a_statement_may_hold_is_bounded_before_the_planner_sees_it() {
    let odoo = Odoo::new();
    let many: Vec<Value> = (0..40)
        .map(|i| json!(["child_ids.name", "=", i.to_string()]))
        .collect();
    let error = odoo
        .call(
            "odoo_count",
            &json!({"model": "res.partner", "domain": many}),
        )
        .expect_err("refused");
    assert_eq!(error.code, Code::OverBudget);
    let hierarchies: Vec<Value> = (1..40).map(|i| json!(["id", "child_of", i])).collect();
    let error = odoo
        .call(
            "odoo_count",
            &json!({"model": "res.partner", "domain": hierarchies}),
        )
        .expect_err("refused");
    assert_eq!(error.code, Code::OverBudget);
    let long = json!([["parent_id.".repeat(9) + "name", "=", "x"]]);
    let error = odoo
        .call(
            "odoo_count",
            &json!({"model": "res.partner", "domain": long}),
        )
        .expect_err("refused");
    assert_eq!(error.code, Code::InvalidDomain);
}

#[test]
fn a_model_that_the_user_may_not_read_is_neither_described_nor_suggested() {
    let mut odoo = Odoo::new();
    odoo.change("res.bank", |model| model["access_lists"] = json!([]));
    let code = |name: &str| {
        odoo.call("odoo_count", &json!({"model": name}))
            .expect_err("refused")
    };
    // not `not answered in SQL`, which says more
    assert_eq!(code("res.bank").code, Code::AccessDenied);
    let error = code("res.bnk");
    assert_eq!(error.code, Code::UnknownModel);
    assert!(!format!("{error:?}").contains("res.bank"), "{error:?}");
}

#[test]
fn what_a_caller_sends_is_neither_repeated_nor_compared_whole() {
    let odoo = Odoo::new();
    let long = "E".repeat(1_000_000);
    for arguments in [
        json!({"model": "sale.order", "context": {"tz": long}}),
        json!({"model": "sale.order", "context": {"lang": long}}),
        json!({"model": "sale.order", "domain": [["name", long, 1]]}),
        json!({"model": "sale.order", "domain": [[long, "=", 1]]}),
    ] {
        let error = odoo.call("odoo_count", &arguments).expect_err("refused");
        assert!(format!("{error:?}").len() < 1_000, "{}", error.code.name());
    }
}

/// Where a hierarchy by name finds nothing Odoo asks for no right on the way, and what it finds only Odoo knows here.
#[test]
fn rights_on_the_way_to_a_hierarchy_by_name_are_odoo_s_to_ask() {
    let mut odoo = Odoo::new();
    odoo.delegates = true;
    odoo.change("res.partner", |model| model["access_lists"] = json!([]));
    let reply = |value: Value| {
        let domain = json!([["partner_id.parent_id", "child_of", value]]);
        let call = json!({"model": "sale.order", "domain": domain});
        answer("odoo_count", &call.to_string(), &odoo.principal, &odoo)
    };
    assert!(matches!(reply(json!("My")), Ok(Reply::Delegate(_))));
    assert!(matches!(reply(json!(["My"])), Ok(Reply::Delegate(_))));
    let denied = reply(json!(7)).expect_err("of a record it asks");
    assert_eq!(denied.code, Code::AccessDenied);
}
