//! one2many and many2many fields: in domains.

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

/// With rules and the active filter of the context, the model's own left away.
#[track_caller]
pub(crate) fn full(odoo: &Odoo, model: &str, domain: Value) -> String {
    let found = odoo.condition(model, domain.clone(), json!({}));
    let own = odoo.condition(model, json!([]), json!({}));
    match found.strip_suffix(&own) {
        Some(rest) => rest.trim_end_matches(" AND ").to_owned(),
        None => found,
    }
}

pub(crate) fn without_access(model: &str) -> Odoo {
    let mut odoo = Odoo::new();
    odoo.change(model, |model| {
        model["access_lists"] = json!([{"group_id": 50, "group": "Others"}]);
    });
    odoo
}

const LINKED: &str =
    r#"EXISTS (SELECT FROM "public"."sale_order_tag_rel" AS t2 WHERE t2."order_id" = t0."id""#;
pub(crate) const NAME: &str = r#"COALESCE(t1."name"->>'en_US'::text, t1."name"->>'en_US')"#;

mod ids {
    use super::*;

    #[test]
    fn one_of_them_is_linked_or_none_is() {
        let with = format!(r#"{LINKED} AND t2."tag_id" = ANY ('{{"1","2"}}'::bigint[]))"#);
        same("sale.order", json!([["tag_ids", "in", [1, 2]]]), &with);
        same(
            "sale.order",
            json!([["tag_ids", "not in", [1, 2]]]),
            &format!("NOT {with}"),
        );
        same(
            "sale.order",
            json!(["!", ["tag_ids", "=", [1, 2]]]),
            &format!("NOT {with}"),
        );
        same("sale.order", json!([["tag_ids", "in", []]]), "FALSE");
        same("sale.order", json!([["tag_ids", "not in", []]]), "TRUE");
    }

    #[test]
    fn false_is_having_none() {
        same(
            "sale.order",
            json!([["tag_ids", "=", false]]),
            &format!("NOT {LINKED})"),
        );
        same(
            "sale.order",
            json!([["tag_ids", "!=", false]]),
            &format!("{LINKED})"),
        );
        same(
            "sale.order",
            json!([["tag_ids", "like", ""]]),
            &format!("{LINKED})"),
        );
        same(
            "sale.order",
            json!([["tag_ids", "=", []]]),
            &format!("NOT {LINKED})"),
        );
        // 0 is False to Python
        same(
            "sale.order",
            json!([["tag_ids", "in", [0]]]),
            &format!("NOT {LINKED})"),
        );
        let three = r#"EXISTS (SELECT FROM "public"."sale_order_tag_rel" AS t4 WHERE t4."order_id" = t0."id" AND t4."tag_id" = ANY ('{"3"}'::bigint[]))"#;
        same(
            "sale.order",
            json!([["tag_ids", "in", [false, 3]]]),
            &format!("(NOT {LINKED}) OR {three})"),
        );
        same(
            "sale.order",
            json!([["tag_ids", "not in", [false, 3]]]),
            &format!("{LINKED}) AND NOT {three}"),
        );
    }

    #[test]
    fn a_field_s_own_domain_counts() {
        same(
            "res.partner",
            json!([["child_ids", "in", [1]]]),
            r#"EXISTS (SELECT FROM "public"."res_partner" AS t1 WHERE t1."parent_id" = t0."id" AND (t1."id" = ANY ('{"1"}'::bigint[]) AND t1."active" IS TRUE))"#,
        );
        same(
            "res.partner",
            json!([["child_ids", "=", false]]),
            r#"NOT EXISTS (SELECT FROM "public"."res_partner" AS t1 WHERE t1."parent_id" = t0."id" AND t1."active" IS TRUE)"#,
        );
    }

    #[test]
    fn nobody_s_rights_and_no_active_filter_are_asked() {
        let odoo = without_access("sale.order");
        let found = full(&odoo, "res.partner", json!([["sale_order_ids", "in", [1]]]));
        assert_eq!(
            found,
            r#"EXISTS (SELECT FROM "public"."sale_order" AS t1 WHERE t1."partner_id" = t0."id" AND t1."id" = ANY ('{"1"}'::bigint[]))"#
        );
        let found = full(
            &Odoo::new(),
            "res.company",
            json!([["child_ids", "!=", false]]),
        );
        assert_eq!(
            found,
            r#"EXISTS (SELECT FROM "public"."res_company" AS t1 WHERE t1."parent_id" = t0."id")"#
        );
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for (domain, expected) in [
            (
                json!([["tag_ids", "in", [true]]]),
                "not_supported: \"tag_ids\" of sale.order is compared with true, but takes ids, names or false",
            ),
            (
                json!([["tag_ids", "in", [1.5]]]),
                "not_supported: \"tag_ids\" of sale.order is compared with 1.5, but takes ids, names or false",
            ),
            (
                json!([["tag_ids", ">", 1]]),
                "invalid_domain: > does not fit \"tag_ids\" of sale.order, which holds several records",
            ),
            (
                json!([["tag_ids", "any", 1]]),
                "invalid_domain: a domain is a list of conditions",
            ),
        ] {
            same("sale.order", domain, expected);
        }
    }
}

mod any {
    use super::*;

    const LINE: &str =
        r#"EXISTS (SELECT FROM "public"."sale_order_line" AS t1 WHERE t1."order_id" = t0."id""#;

    #[test]
    fn a_path_is_any_and_its_negation_is_no_path_to_the_opposite() {
        let x = r#"t1."name" = ANY ('{"x"}'::text[])"#;
        same(
            "sale.order",
            json!([["order_line.name", "=", "x"]]),
            &format!("{LINE} AND {x})"),
        );
        same(
            "sale.order",
            json!(["!", ["order_line.name", "=", "x"]]),
            &format!("NOT {LINE} AND {x})"),
        );
        same(
            "sale.order",
            json!([["order_line", "not any", [["name", "=", "x"]]]]),
            &format!("NOT {LINE} AND {x})"),
        );
        same(
            "sale.order",
            json!([["order_line.name", "!=", "x"]]),
            &format!(r#"{LINE} AND t1."name" <> ALL ('{{"x"}}'::text[]))"#),
        );
        same(
            "sale.order",
            json!([["order_line", "any", []]]),
            &format!("{LINE})"),
        );
        same(
            "sale.order",
            json!([["order_line", "any", [[0, "=", 1]]]]),
            "FALSE",
        );
        same(
            "sale.order",
            json!([["order_line", "not any", [[0, "=", 1]]]]),
            "TRUE",
        );
    }

    #[test]
    fn a_field_s_own_domain_counts() {
        same(
            "res.partner",
            json!([["child_ids.name", "=", "x"]]),
            r#"EXISTS (SELECT FROM "public"."res_partner" AS t1 WHERE t1."parent_id" = t0."id" AND (t1."name" = ANY ('{"x"}'::text[]) AND t1."active" IS TRUE))"#,
        );
    }

    #[test]
    fn texts_are_names() {
        let within = |test: &str| {
            format!(
                r#"{LINKED} AND t2."tag_id" IN (SELECT t1.id FROM "public"."crm_tag" AS t1 WHERE {NAME}{test}))"#
            )
        };
        let like = within("::text ILIKE '%x%'::text");
        same("sale.order", json!([["tag_ids", "ilike", "x"]]), &like);
        same(
            "sale.order",
            json!([["tag_ids", "not ilike", "x"]]),
            &format!("NOT {like}"),
        );
        let equal = within(r#" = ANY ('{"x"}'::text[])"#);
        same("sale.order", json!([["tag_ids", "=", "x"]]), &equal);
        same(
            "sale.order",
            json!([["tag_ids", "!=", "x"]]),
            &format!("NOT {equal}"),
        );
        let mixed = Odoo::new().filter("sale.order", json!([["tag_ids", "not in", ["x", 4]]]));
        assert!(
            mixed.starts_with(&format!("NOT {equal} AND NOT EXISTS")),
            "{mixed}"
        );
    }

    #[test]
    fn it_asks_for_access_and_obeys_rules() {
        let found = full(
            &Odoo::new(),
            "res.partner",
            json!([["sale_order_ids.name", "=", "x"]]),
        );
        assert_eq!(
            found,
            r#"EXISTS (SELECT FROM "public"."sale_order" AS t1 WHERE t1."partner_id" = t0."id" AND (t1."name" = ANY ('{"x"}'::text[]) AND t1."company_id" = ANY ('{"1","2"}'::bigint[]) AND (t1."user_id" = ANY ('{"7"}'::bigint[]) OR t1."user_id" IS NULL)))"#
        );
        let odoo = without_access("sale.order");
        for domain in [
            json!([["sale_order_ids.name", "=", "x"]]),
            json!([["sale_order_ids", "any", []]]),
            json!([["sale_order_ids", "not any", []]]),
            json!([["sale_order_ids", "ilike", "x"]]),
        ] {
            let call = json!({"model": "res.partner", "domain": domain});
            let error = odoo.call("odoo_count", &call).expect_err("refused");
            assert_eq!(error.code, Code::AccessDenied, "{domain}");
        }
        // what is constant asks nobody
        let nothing = json!([["sale_order_ids", "any", [[0, "=", 1]]]]);
        assert_eq!(odoo.filter("res.partner", nothing), "FALSE");
    }

    #[test]
    fn a_field_that_bypasses_access_asks_neither() {
        // sale.order.order_line
        let odoo = without_access("sale.order.line");
        let found = odoo.condition(
            "sale.order",
            json!([["order_line.name", "=", "x"]]),
            json!({}),
        );
        assert!(
            found.starts_with(&format!(
                r#"{LINE} AND t1."name" = ANY ('{{"x"}}'::text[])) AND"#
            )),
            "{found}"
        );
    }

    #[test]
    fn fields_of_other_groups_are_refused_inside() {
        let mut odoo = Odoo::new();
        odoo.change("res.partner", |model| {
            model["fields"]["signup_type"] = json!({"name": "signup_type", "label": "x", "type": "char", "store": true, "column": "varchar"});
        });
        let found = odoo.filter("res.partner", json!([["child_ids.signup_type", "=", "x"]]));
        assert!(found.starts_with("access_denied"), "{found}");
    }
}

mod refusals {
    use super::*;

    #[test]
    fn what_odoo_decides_in_python_is_not_answered() {
        let with = |field: &str, change: fn(&mut Value)| {
            let mut odoo = Odoo::new();
            odoo.change("sale.order", |model| change(&mut model["fields"][field]));
            odoo.filter("sale.order", json!([[field, "any", []]]))
        };
        let refused = |found: String, why: &str| {
            assert!(
                found.starts_with("not_supported") && found.ends_with(why),
                "{found}"
            );
        };
        refused(
            with("tag_ids", |f| f["store"] = json!(false)),
            "Odoo computes it",
        );
        refused(
            with("tag_ids", |f| f["link"] = Value::Null),
            "it has no table of its own",
        );
        refused(
            with("tag_ids", |f| f["manual"] = json!(true)),
            "its domain is not known",
        );
        refused(
            with("order_line", |f| f["inverse"] = json!("name")),
            "points back is no stored many2one",
        );
        let open = |model: &mut Value| {
            model["fields"]["message_ids"] = json!({"name": "message_ids", "label": "x", "type": "one2many", "store": true, "relation": "sale.order.line", "inverse": "order_id"});
        };
        let mut odoo = Odoo::new();
        odoo.change("sale.order", open);
        refused(
            odoo.filter("sale.order", json!([["message_ids", "any", []]])),
            "its domain comes from Odoo's Python",
        );
        let mut odoo = Odoo::new();
        odoo.change_facts("sale.order", |facts| {
            let known = facts.fields.with_facts.entry("order_line".into());
            known.or_default().open_context = true;
        });
        refused(
            odoo.filter("sale.order", json!([["order_line", "any", []]])),
            "its context may change what Odoo finds",
        );
    }

    #[test]
    fn conditions_on_a_field_that_python_decides_over_are_not_answered() {
        let conditions = [
            ("tag_ids", json!([["tag_ids", "in", [1]]])),
            ("tag_ids", json!([["tag_ids", "=", false]])),
            ("tag_ids", json!([["tag_ids.name", "=", "x"]])),
            (
                "order_line",
                json!([["order_line", "any", [["sequence", "=", 1]]]]),
            ),
        ];
        for (field, domain) in conditions {
            let mut odoo = Odoo::new();
            assert!(
                !odoo
                    .filter("sale.order", domain.clone())
                    .starts_with("not_supported"),
                "{domain}"
            );
            odoo.change_facts("sale.order", |facts| {
                let json = json!({
                    "effect": "rows", "method": "_search_it", "module": "sale", "file": "sale/m.py", "line": 7, "fields": [field],
                });
                facts.overrides.push(serde_json::from_value(json).expect("an override"));
            });
            let found = odoo.filter("sale.order", domain.clone());
            assert!(
                found.starts_with("not_supported") && found.contains("sale/m.py:7"),
                "{domain}: {found}"
            );
        }
    }

    #[test]
    fn a_comodel_that_nobody_scanned_is_refused_with_a_way_out() {
        let mut odoo = Odoo::new();
        odoo.change("sale.order", |model| {
            model["fields"]["tag_ids"]["relation"] = json!("res.bank")
        });
        for domain in [
            json!([["tag_ids", "in", [1]]]),
            json!([["tag_ids.name", "=", "x"]]),
        ] {
            let call = json!({"model": "sale.order", "domain": domain});
            let error = odoo.call("odoo_count", &call).expect_err("refused");
            assert_eq!(error.code, Code::NotSupported);
            assert!(
                error.hint.is_some_and(|hint| hint.contains("tag_ids")),
                "{domain}"
            );
        }
    }
}
