//! one2many and many2many fields: in domains and as values.

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
fn full(odoo: &Odoo, model: &str, domain: Value) -> String {
    let found = odoo.condition(model, domain.clone(), json!({}));
    let own = odoo.condition(model, json!([]), json!({}));
    match found.strip_suffix(&own) {
        Some(rest) => rest.trim_end_matches(" AND ").to_owned(),
        None => found,
    }
}

fn without_access(model: &str) -> Odoo {
    let mut odoo = Odoo::new();
    odoo.change(model, |model| {
        model["access_lists"] = json!([{"group_id": 50, "group": "Others"}]);
    });
    odoo
}

const LINKED: &str =
    r#"EXISTS (SELECT FROM "public"."sale_order_tag_rel" AS t2 WHERE t2."order_id" = t0."id""#;
const NAME: &str = r#"COALESCE(t1."name"->>'en_US'::text, t1."name"->>'en_US')"#;

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
                "invalid_domain: \"tag_ids\" of sale.order is compared with true, but takes ids, names or false",
            ),
            (
                json!([["tag_ids", "in", [1.5]]]),
                "invalid_domain: \"tag_ids\" of sale.order is compared with 1.5, but takes ids, names or false",
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

mod archived {
    use super::*;

    fn found(domain: Value) -> bool {
        let found = full(&Odoo::new(), "res.company", domain.clone());
        assert!(found.contains("EXISTS"), "{domain}: {found}");
        found.contains(r#""active" IS"#)
    }

    /// The filter on the records that a field leads to.
    fn filtered(domain: Value) -> bool {
        let found = full(&Odoo::new(), "product.template", domain.clone());
        assert!(found.contains("EXISTS"), "{domain}: {found}");
        found.contains(r#"t1."active" IS TRUE"#)
    }

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
        assert!(with(json!([["active", "in", [true, false]]]), json!({})));
        assert!(with(json!([["active", "=?", false]]), json!({})));
        assert!(with(
            json!(["|", ["active", "=", false], ["active", "=", true]]),
            json!({})
        ));
        assert!(with(
            json!(["|", ["active", "=", false], [1, "=", 1]]),
            json!({})
        ));
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
            found.contains(r#"t1."active" IS TRUE"#)
                && found.contains(r#"t3."active" IS NOT TRUE"#),
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
        let _ = (found as fn(Value) -> bool, filtered as fn(Value) -> bool);
        let behind = |field: &str| {
            let domain = json!([[field, "any", [["child_ids", "any", [["name", "=", "x"]]]]]]);
            full(&Odoo::new(), "res.company", domain)
        };
        let children = behind("child_ids");
        assert!(
            children.contains(r#"t1."active" IS TRUE"#)
                && children.contains(r#"t2."active" IS TRUE"#),
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
    }

    #[test]
    fn a_comodel_that_nobody_vetted_is_refused_with_a_way_out() {
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

mod values {
    use super::*;

    fn read(odoo: &Odoo, model: &str, field: &str, context: Value) -> String {
        let call = json!({"model": model, "fields": [field], "context": context});
        match odoo.sql("odoo_search", &call) {
            Ok(sql) => sql.replace('\n', " "),
            Err(error) => format!("{}: {}", error.code.name(), error.message),
        }
    }

    #[test]
    fn the_records_the_user_sees_in_their_own_order() {
        let sql = read(&Odoo::new(), "sale.order", "tag_ids", json!({}));
        let expected = format!(
            r#"(SELECT COALESCE(json_agg(t1.id ORDER BY {NAME}, t1."id"), '[]'::json) FROM "public"."crm_tag" AS t1 LEFT JOIN "public"."sale_order_tag_rel" AS t2 ON t1."id" = t2."tag_id" WHERE t2."order_id" = t0."id") AS "tag_ids""#
        );
        assert!(sql.contains(&expected), "{sql}");
        let sql = read(&Odoo::new(), "sale.order", "order_line", json!({}));
        let expected = r#"FROM "public"."sale_order_line" AS t1 LEFT JOIN "public"."sale_order" AS t2 ON t1."order_id" = t2."id" WHERE t1."order_id" = t0."id" AND t1."company_id" = ANY ('{"1","2"}'::bigint[])) AS "order_line""#;
        assert!(sql.contains(expected), "{sql}");
    }

    #[test]
    fn access_is_asked_even_where_a_search_asks_none() {
        // sale.order.order_line bypasses access in searches
        let mut odoo = without_access("sale.order.line");
        let call = json!({"model": "sale.order", "fields": ["order_line"]});
        let sql = odoo.sql("odoo_search", &call).expect("a plan");
        assert!(!sql.contains("sale_order_line"), "{sql}");
        // as soon as there is a record to read it of
        odoo.rows = vec![vec![Some(r#"{"id":1,"order_line":null}"#.into())]];
        let error = odoo.call("odoo_search", &call).expect_err("refused");
        assert_eq!(error.code, Code::AccessDenied);
        odoo.rows.clear();
        let answer = odoo.call("odoo_search", &call).expect("an answer");
        assert_eq!(answer["records"], json!([]));
    }

    #[test]
    fn archived_ones_are_left_out_unless_the_field_says_otherwise() {
        let odoo = Odoo::new();
        let with = |field: &str, context: Value| {
            read(&odoo, "res.company", field, context).contains(r#"t1."active" IS TRUE"#)
        };
        assert!(with("child_ids", json!({})));
        // Odoo takes the call's word for the records, not for their values
        assert!(with("child_ids", json!({"active_test": false})));
        assert!(!with("all_child_ids", json!({})));
        let own = read(
            &odoo,
            "res.partner",
            "child_ids",
            json!({"active_test": false}),
        );
        assert_eq!(own.matches(r#"t1."active" IS TRUE"#).count(), 1, "{own}");
    }
}
