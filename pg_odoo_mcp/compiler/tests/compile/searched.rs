//! Conditions on fields that a method of Odoo's searches, where somebody has read it, and on related fields.

use crate::odoo::Odoo;
use odoo_compiler::facts::document::{Effect, FieldFacts, Only, Override};
use serde_json::{Value, json};

/// Orders with activities, whose rights Python decides over, and with fields that lead to their partners.
fn odoo() -> Odoo {
    let mut odoo = Odoo::new();
    let column = |name: &str, kind: &str, column: &str| json!({"name": name, "label": name, "type": kind, "store": true, "column": column});
    let activities = json!({
        "id": column("id", "integer", "int4"), "res_model": column("res_model", "char", "varchar"),
        "res_id": column("res_id", "many2one_reference", "int4"), "user_id": column("user_id", "many2one", "int4"),
        "date_deadline": column("date_deadline", "date", "date"), "active": column("active", "boolean", "bool"),
    });
    odoo.add(json!({
        "name": "mail.activity", "label": "Activity", "table": {"schema": "public", "name": "mail_activity"}, "order": "id",
        "modules": ["base"], "rules": [], "access_lists": [], "fields": activities,
    }));
    odoo.change_facts("mail.activity", |facts| {
        facts.overrides = vec![Override {
            effect: Effect::Rows,
            method: "_search".into(),
            module: "mail".into(),
            file: "mail/models/mail_activity.py".into(),
            line: 1,
            fields: None,
            only_for: None,
            only_where: Some(Only::Checked),
        }];
        for name in ["active", "date_deadline", "res_model", "user_id"] {
            let fields = &mut facts.fields.with_facts;
            fields.insert(name.into(), FieldFacts::default());
        }
        let says = serde_json::from_value(json!({"model_field": "res_model"}));
        let says: FieldFacts = says.expect("facts of a field");
        facts.fields.with_facts.insert("res_id".into(), says);
    });
    let computed = |name: &str, kind: &str| json!({"name": name, "label": name, "type": kind, "store": false, "column": null});
    odoo.change("sale.order", |model| {
        let fields = &mut model["fields"];
        fields["activity_ids"] = json!({"name": "activity_ids", "label": "Activities", "type": "one2many", "store": true,
            "column": null, "relation": "mail.activity", "inverse": "res_id"});
        for (name, kind) in [
            ("my_deadline", "date"),
            ("is_late", "boolean"),
            ("category", "selection"),
        ] {
            fields[name] = computed(name, kind);
        }
        for (name, kind, path) in [
            ("partner_ref", "char", "partner_id.ref"),
            ("user_color", "integer", "partner_id.parent_id.color"),
        ] {
            fields[name] = computed(name, kind);
            fields[name]["related"] = json!(path);
        }
    });
    let mine = json!([[
        "activity_ids",
        "any",
        [
            ["active", "=", true],
            ["date_deadline", "=", "$value"],
            ["user_id", "=", "$user"],
            ["res_model", "=", "$model"]
        ]
    ]]);
    let positive = json!(["in", "<", "<=", ">", ">="]);
    let facts = [
        ("activity_ids", json!({"bypass": true})),
        (
            "my_deadline",
            json!({"search": true, "searched": {"domain": [{"operators": positive, "means": {"domain": mine}}]}}),
        ),
        (
            "is_late",
            json!({"search": true, "searched": {"domain": [{"operators": ["in"], "values": "true",
                "means": {"domain": [["validity_date", "<", "2026-01-01"]]}}]}}),
        ),
        (
            "category",
            json!({"search": true, "searched": {"domain": [{"operators": ["in"], "means": {"each": {
                "old": [["amount_total", "<", 5]], "new": [["amount_total", ">=", 5]]}}}]}}),
        ),
        (
            "partner_ref",
            json!({"search": true, "searched": "related"}),
        ),
        ("user_color", json!({"search": true, "searched": "related"})),
    ];
    odoo.change_facts("sale.order", |of| {
        for (name, facts) in facts {
            let facts: FieldFacts = serde_json::from_value(facts).expect("facts of a field");
            of.fields.with_facts.insert(name.into(), facts);
        }
    });
    odoo
}

fn filter(domain: Value) -> String {
    odoo().filter("sale.order", domain)
}

#[track_caller]
fn refused(domain: Value) {
    let sql = filter(domain.clone());
    assert!(sql.starts_with("not_supported"), "{domain}: {sql}");
}

/// Own activities that fulfil the condition.
fn mine(deadline: &str) -> String {
    format!(
        r#"EXISTS (SELECT FROM "public"."mail_activity" AS t1 WHERE t1."res_id" = t0."id" AND (t1."active" IS TRUE AND {deadline} AND t1."user_id" = ANY ('{{"7"}}'::bigint[]) AND t1."res_model" = ANY ('{{"sale.order"}}'::text[]) AND t1."res_model" = ANY ('{{"sale.order"}}'::text[])))"#
    )
}

#[test]
fn a_reviewed_method_is_the_domain_that_it_makes_of_a_condition() {
    let before = r#"t1."date_deadline" < '2026-03-01'::date"#;
    assert_eq!(
        filter(json!([["my_deadline", "<", "2026-03-01"]])),
        mine(before)
    );
    // the activities themselves are nothing that SQL answers: their rights are Python's
    let mut odoo = odoo();
    odoo.change("mail.activity", |model| {
        model["access_lists"] = json!([{"group_id": null, "group": null}]);
    });
    let asked = odoo.condition("mail.activity", json!([]), json!({}));
    assert!(asked.starts_with("not_supported"), "{asked}");
}

#[test]
fn what_a_method_does_not_take_is_the_negation_of_what_it_takes() {
    let on = r#"t1."date_deadline" = ANY ('{"2026-03-01"}'::date[])"#;
    let not = format!("NOT {}", mine(on));
    assert_eq!(filter(json!([["my_deadline", "!=", "2026-03-01"]])), not);
    assert_eq!(
        filter(json!(["!", ["my_deadline", "in", ["2026-03-01"]]])),
        not
    );
    let late = filter(json!([["is_late", "=", true]]));
    assert_eq!(late, r#"t0."validity_date" < '2026-01-01'::date"#);
    let in_time = filter(json!([["is_late", "=", false]]));
    assert_eq!(in_time, filter(json!([["is_late", "!=", true]])));
    assert_eq!(
        in_time,
        filter(json!(["!", ["validity_date", "<", "2026-01-01"]]))
    );
    // an inequality is turned around before the method is asked
    let since = filter(json!(["!", ["my_deadline", "<", "2026-03-01"]]));
    let unset = filter(json!([
        "|",
        ["my_deadline", ">=", "2026-03-01"],
        ["my_deadline", "=", false]
    ]));
    assert_eq!(since, unset);
    assert!(!since.contains("NOT"), "{since}");
}

#[test]
fn each_value_has_its_domain_and_another_is_odoo_s() {
    let both = filter(json!([["category", "in", ["old", "new"]]]));
    let asked = json!(["|", ["amount_total", "<", 5], ["amount_total", ">=", 5]]);
    assert_eq!(both, filter(asked));
    refused(json!([["category", "in", ["old", "third"]]]));
    refused(json!([["category", "=", false]]));
    refused(json!([["category", "ilike", "o"]]));
    refused(json!([["is_late", "in", [true, false]]]));
}

#[test]
fn values_that_odoo_puts_together_first_are_odoo_s() {
    let on = |day: &str| json!(["my_deadline", "=", day]);
    refused(json!([on("2026-03-01"), on("2026-03-02")]));
    refused(json!(["|", "!", on("2026-03-01"), on("2026-03-02")]));
    // whatever stands between them, or comes to a constant later
    let empty = json!(["id", "in", []]);
    refused(json!([on("2026-03-01"), "|", empty, on("2026-03-02")]));
    // one set and an inequality stay apart
    let sql = filter(json!([
        "|",
        on("2026-03-01"),
        ["my_deadline", "<", "2026-03-01"]
    ]));
    assert!(sql.starts_with("EXISTS"), "{sql}");
}

#[test]
fn a_related_field_asks_no_rights_on_its_way() {
    let a = filter(json!([["partner_ref", "=", "a"]]));
    assert_eq!(
        a,
        r#"t0."partner_id" IN (SELECT t1.id FROM "public"."res_partner" AS t1 WHERE t1."ref" = ANY ('{"a"}'::text[]))"#
    );
    assert_eq!(
        filter(json!([["partner_ref", "!=", "a"]])),
        filter(json!(["!", ["partner_ref", "=", "a"]]))
    );
    // with rules that the way of a user has
    let odoo = odoo();
    let way = odoo.condition(
        "sale.order",
        json!([["partner_id.ref", "=", "a"]]),
        json!({}),
    );
    let related = odoo.condition("sale.order", json!([["partner_ref", "=", "a"]]), json!({}));
    assert!(
        way.contains("partner_share") && !related.contains("partner_share"),
        "{way} {related}"
    );
}

#[test]
fn a_related_field_that_is_not_set_may_lead_nowhere() {
    // partner_id is required, parent_id is not
    let unset = filter(json!([["user_color", "=", false]]));
    assert!(
        unset.contains(r#""parent_id" IS NULL"#) && !unset.contains(r#""partner_id" IS NULL"#),
        "{unset}"
    );
    let zero = filter(json!([["user_color", "=", 0]]));
    assert!(zero.contains(r#""parent_id" IS NULL"#), "{zero}");
    let set = filter(json!([["user_color", "!=", false]]));
    assert!(
        !set.contains(r#""parent_id" IS NULL"#) && !set.contains("NOT"),
        "{set}"
    );
    let one = filter(json!([["user_color", "=", 1]]));
    assert!(!one.contains("IS NULL"), "{one}");
}

#[test]
fn what_is_constant_is_so_before_the_method_is_asked() {
    for (domain, expected) in [
        (json!([["my_deadline", "<", false]]), "FALSE"),
        (json!(["!", ["my_deadline", "<", false]]), "TRUE"),
        (json!(["!", ["date_order", ">", null]]), "TRUE"),
        (json!([["category", "ilike", ""]]), "TRUE"),
        (json!([["category", "not like", false]]), "FALSE"),
        (json!([["partner_ref", "ilike", ""]]), "TRUE"),
    ] {
        assert_eq!(filter(domain.clone()), expected, "{domain}");
    }
    refused(json!([["category", "=like", ""]]));
}

#[test]
fn a_field_that_leads_through_several_records_is_asked_once() {
    let mut odoo = odoo();
    odoo.change("sale.order", |model| {
        model["fields"]["line_name"] = json!({"name": "line_name", "label": "x", "type": "char", "store": false,
            "column": null, "related": "order_line.name"});
    });
    odoo.change_facts("sale.order", |facts| {
        let says = json!({"search": true, "searched": "related"});
        let says: FieldFacts = serde_json::from_value(says).expect("facts of a field");
        facts.fields.with_facts.insert("line_name".into(), says);
    });
    let one = json!(["line_name", "=", "a"]);
    let sql = odoo.filter("sale.order", json!([one]));
    assert!(sql.starts_with("EXISTS"), "{sql}");
    let two = odoo.filter("sale.order", json!([one, ["line_name", "=", "b"]]));
    assert!(two.starts_with("not_supported"), "{two}");
    // one record that both are of: a many2one's
    let sql = filter(json!([
        ["partner_ref", "=", "a"],
        ["partner_ref", "!=", "b"]
    ]));
    assert!(!sql.starts_with("not_supported"), "{sql}");
}

#[test]
fn more_values_than_a_method_is_known_to_take_are_odoo_s() {
    let values: Vec<String> = (0..40_000).map(|at| at.to_string()).collect();
    refused(json!([["category", "in", values]]));
    refused(json!([["my_deadline", "in", values]]));
}
