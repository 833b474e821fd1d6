//! What each operator means for each type of field: the cases of Odoo's own documentation of NULL.

use crate::odoo::Odoo;
use odoo_compiler::catalog::Unaccent;
use serde_json::{Value, json};

#[track_caller]
fn same(model: &str, domain: Value, expected: &str) {
    assert_eq!(
        Odoo::new().filter(model, domain.clone()),
        expected,
        "{domain}"
    );
}

#[test]
fn texts_take_null_for_empty() {
    same(
        "res.partner",
        json!([["ref", "=", "A"]]),
        r#"t0."ref" = ANY ('{"A"}'::text[])"#,
    );
    same(
        "res.partner",
        json!([["ref", "!=", "A"]]),
        r#"(t0."ref" <> ALL ('{"A"}'::text[]) OR t0."ref" IS NULL)"#,
    );
    same(
        "res.partner",
        json!([["ref", "=", false]]),
        r#"(t0."ref" = ANY ('{""}'::text[]) OR t0."ref" IS NULL)"#,
    );
    same(
        "res.partner",
        json!([["ref", "=", ""]]),
        r#"(t0."ref" = ANY ('{""}'::text[]) OR t0."ref" IS NULL)"#,
    );
    same(
        "res.partner",
        json!([["ref", "!=", false]]),
        r#"t0."ref" <> ALL ('{""}'::text[])"#,
    );
    same(
        "res.partner",
        json!([["ref", "in", ["A", false]]]),
        r#"(t0."ref" = ANY ('{"A",""}'::text[]) OR t0."ref" IS NULL)"#,
    );
    same(
        "res.partner",
        json!([["ref", "<", "b"]]),
        r#"(t0."ref" < 'b'::text OR t0."ref" IS NULL)"#,
    );
    same(
        "res.partner",
        json!([["ref", ">", "b"]]),
        r#"t0."ref" > 'b'::text"#,
    );
}

#[test]
fn numbers_take_null_for_zero_but_for_odoo_s_whole_zero_of_money() {
    same(
        "res.partner",
        json!([["color", "=", 0]]),
        r#"(t0."color" = ANY ('{"0"}'::bigint[]) OR t0."color" IS NULL)"#,
    );
    same(
        "res.partner",
        json!([["color", "!=", 5]]),
        r#"(t0."color" <> ALL ('{"5"}'::bigint[]) OR t0."color" IS NULL)"#,
    );
    same(
        "res.partner",
        json!([["color", "<=", 5]]),
        r#"(t0."color" <= '5'::bigint OR t0."color" IS NULL)"#,
    );
    same(
        "res.partner",
        json!([["color", ">", -1]]),
        r#"(t0."color" > '-1'::bigint OR t0."color" IS NULL)"#,
    );
    same(
        "res.partner",
        json!([["color", "=", 5.7]]),
        r#"t0."color" = ANY ('{"5"}'::bigint[])"#,
    );
    same(
        "sale.order",
        json!([["amount_total", "=", 0]]),
        r#"t0."amount_total" = ANY ('{"0"}'::numeric[])"#,
    );
    same(
        "sale.order",
        json!([["amount_total", "=", 0.0]]),
        r#"(t0."amount_total" = ANY ('{"0.0"}'::numeric[]) OR t0."amount_total" IS NULL)"#,
    );
    same(
        "sale.order",
        json!([["amount_total", "=", false]]),
        r#"(t0."amount_total" = ANY ('{"0.0"}'::numeric[]) OR t0."amount_total" IS NULL)"#,
    );
    same(
        "sale.order",
        json!([["amount_total", ">", 100]]),
        r#"t0."amount_total" > '100'::numeric"#,
    );
}

#[test]
fn selections_dates_and_relations_keep_null_apart() {
    same(
        "sale.order",
        json!([["state", "!=", "sale"]]),
        r#"(t0."state" <> ALL ('{"sale"}'::text[]) OR t0."state" IS NULL)"#,
    );
    same(
        "sale.order",
        json!([["state", "=", false]]),
        r#"t0."state" IS NULL"#,
    );
    same(
        "sale.order",
        json!([["user_id", "=", 7]]),
        r#"t0."user_id" = ANY ('{"7"}'::bigint[])"#,
    );
    same(
        "sale.order",
        json!([["user_id", "in", [7, false]]]),
        r#"(t0."user_id" = ANY ('{"7"}'::bigint[]) OR t0."user_id" IS NULL)"#,
    );
    same(
        "sale.order",
        json!([["user_id", "not in", [7, false]]]),
        r#"t0."user_id" <> ALL ('{"7"}'::bigint[])"#,
    );
    same("sale.order", json!([["partner_id", "=", false]]), "FALSE");
    same("sale.order", json!([["id", "!=", false]]), "TRUE");
    same(
        "sale.order",
        json!([["validity_date", "<", "2026-01-31"]]),
        r#"t0."validity_date" < '2026-01-31'::date"#,
    );
    same(
        "sale.order",
        json!([["validity_date", "<", false]]),
        "FALSE",
    );
    same(
        "sale.order",
        json!(["!", ["validity_date", "<", "2026-01-31"]]),
        r#"(t0."validity_date" IS NULL OR t0."validity_date" >= '2026-01-31'::date)"#,
    );
}

#[test]
fn booleans_are_true_or_not() {
    same(
        "sale.order",
        json!([["locked", "=", true]]),
        r#"t0."locked" IS TRUE"#,
    );
    same(
        "sale.order",
        json!([["locked", "=", false]]),
        r#"t0."locked" IS NOT TRUE"#,
    );
    same(
        "sale.order",
        json!([["locked", "!=", false]]),
        r#"t0."locked" IS TRUE"#,
    );
    same(
        "sale.order",
        json!([["locked", "in", [true, false]]]),
        "TRUE",
    );
    same(
        "sale.order",
        json!([["locked", ">", false]]),
        r#"not_supported: "locked" of sale.order is compared with false, but takes = or !="#,
    );
}

#[test]
fn empty_lists_and_unset_values() {
    same("sale.order", json!([["state", "in", []]]), "FALSE");
    same("sale.order", json!([["state", "not in", []]]), "TRUE");
    same(
        "sale.order",
        json!([["user_id", "=", []]]),
        r#"t0."user_id" IS NULL"#,
    );
    same("sale.order", json!([["state", "=?", false]]), "TRUE");
    same("sale.order", json!(["!", ["state", "=?", false]]), "FALSE");
    same(
        "sale.order",
        json!([["state", "=?", "sale"]]),
        r#"t0."state" = ANY ('{"sale"}'::text[])"#,
    );
}

#[test]
fn dates_are_local_days_of_datetimes() {
    // Brussels in winter is an hour ahead
    same(
        "sale.order",
        json!([["date_order", ">=", "2026-01-01"]]),
        r#"t0."date_order" >= '2025-12-31 23:00:00'::timestamp"#,
    );
    same(
        "sale.order",
        json!([["date_order", "<=", "2026-01-01"]]),
        r#"t0."date_order" < '2026-01-01 23:00:00'::timestamp"#,
    );
    same(
        "sale.order",
        json!([["date_order", ">", "2026-01-01 10:00:00"]]),
        r#"t0."date_order" >= '2026-01-01 10:00:01'::timestamp"#,
    );
    same(
        "sale.order",
        json!([["date_order", "=", "2026-01-01 10:00:00"]]),
        r#"t0."date_order" >= '2026-01-01 10:00:00'::timestamp AND t0."date_order" < '2026-01-01 10:00:01'::timestamp"#,
    );
    same(
        "sale.order",
        json!([["date_order", ">", "9999-12-31"]]),
        "FALSE",
    );
    same(
        "sale.order",
        json!([["date_order", ">", "today +3H"]]),
        "not_supported: the relative date \"today +3H\" is not answered in SQL",
    );
    same(
        "sale.order",
        json!([["date_order", ">", "soon"]]),
        r#"invalid_domain: "date_order" of sale.order is compared with "soon", but takes a date such as "2026-01-31" or a datetime in UTC such as "2026-01-31 13:00:00""#,
    );
}

#[test]
fn relative_dates_are_the_user_s_days_and_moments() {
    // it is 2026-12-31 10:00:00 in UTC, and an hour later in Brussels
    same(
        "sale.order",
        json!([["date_order", ">=", "today -7d"]]),
        r#"t0."date_order" >= '2026-12-23 23:00:00'::timestamp"#,
    );
    // to Odoo it is a moment and no whole day
    same(
        "sale.order",
        json!([["date_order", "<=", "today"]]),
        r#"t0."date_order" < '2026-12-30 23:00:01'::timestamp"#,
    );
    same(
        "sale.order",
        json!([["date_order", "=", "now -3H"]]),
        r#"t0."date_order" >= '2026-12-31 07:00:00'::timestamp AND t0."date_order" < '2026-12-31 07:00:01'::timestamp"#,
    );
    same(
        "sale.order",
        json!([["validity_date", "in", ["today =1d", "-1m"]]]),
        r#"t0."validity_date" = ANY ('{"2026-12-01","2026-11-30"}'::date[])"#,
    );
    // weeks start on Sunday in the user's language, whatever that of the call
    let week = Odoo::new().condition(
        "sale.order",
        json!([["validity_date", ">", "today =week_start"]]),
        json!({"lang": "fr_FR"}),
    );
    assert!(week.contains("'2026-12-27'::date"), "{week}");
}

#[test]
fn patterns_keep_the_caller_s_wildcards() {
    same(
        "res.partner",
        json!([["name", "ilike", "50%_a"]]),
        r#"t0."name"::text ILIKE '%50%_a%'::text"#,
    );
    same(
        "res.partner",
        json!([["name", "not like", "a"]]),
        r#"(t0."name"::text NOT LIKE '%a%'::text OR t0."name" IS NULL)"#,
    );
    same(
        "res.partner",
        json!([["name", "=ilike", "a%"]]),
        r#"t0."name"::text ILIKE 'a%'::text"#,
    );
    same("res.partner", json!([["name", "like", ""]]), "TRUE");
    same(
        "res.partner",
        json!([["name", "not ilike", false]]),
        "FALSE",
    );
    same(
        "res.partner",
        json!([["color", "like", 1]]),
        r#"t0."color"::text LIKE '%1%'::text"#,
    );
    same(
        "res.country",
        json!([["name", "ilike", "b"]]),
        r#"COALESCE(t0."name"->>'en_US'::text, t0."name"->>'en_US')::text ILIKE '%b%'::text"#,
    );
}

#[test]
fn ilike_is_blind_to_accents_where_odoo_s_is() {
    let mut odoo = Odoo::new();
    odoo.unaccent = Unaccent::Trusted;
    assert_eq!(
        odoo.filter("res.partner", json!([["name", "ilike", "Élan"]])),
        r#""public".unaccent(t0."name"::text) ILIKE "public".unaccent('%Élan%'::text)"#
    );
    assert_eq!(
        odoo.filter("res.partner", json!([["name", "not =ilike", "Élan"]])),
        r#"("public".unaccent(t0."name"::text) NOT ILIKE "public".unaccent('Élan'::text) OR t0."name" IS NULL)"#
    );
    // not where case counts
    assert_eq!(
        odoo.filter("res.partner", json!([["name", "like", "Élan"]])),
        r#"t0."name"::text LIKE '%Élan%'::text"#
    );
    // and a function of somebody else's is never run
    odoo.unaccent = Unaccent::Foreign;
    let refused = odoo.filter("res.partner", json!([["name", "ilike", "Élan"]]));
    assert!(refused.starts_with("not_supported: ilike"), "{refused}");
}

#[test]
fn a_translated_text_is_the_language_s_or_else_the_english_one() {
    let country = |lang: &str, domain: Value| {
        Odoo::new().condition("res.country", domain, json!({"lang": lang}))
    };
    assert_eq!(
        country("fr_FR", json!([["name", "=", "Belgique"]])),
        r#"COALESCE(t0."name"->>'fr_FR'::text, t0."name"->>'en_US') = ANY ('{"Belgique"}'::text[])"#
    );
    assert_eq!(
        country("en_US", json!([["name", "=", false]])),
        r#"(COALESCE(t0."name"->>'en_US'::text, t0."name"->>'en_US') = ANY ('{""}'::text[]) OR COALESCE(t0."name"->>'en_US'::text, t0."name"->>'en_US') IS NULL)"#
    );
}

#[test]
fn paths_ask_the_comodel_and_exclude_what_is_not_set() {
    same(
        "res.partner",
        json!([["parent_id.color", "!=", 5]]),
        r#"t0."parent_id" IN (SELECT t1.id FROM "public"."res_partner" AS t1 WHERE (t1."color" <> ALL ('{"5"}'::bigint[]) OR t1."color" IS NULL))"#,
    );
}

#[test]
fn negation_keeps_what_is_not_set() {
    let within = r#"(SELECT t1.id FROM "public"."res_partner" AS t1 WHERE t1."color" = ANY ('{"5"}'::bigint[]))"#;
    same(
        "res.partner",
        json!(["!", ["parent_id.color", "=", 5]]),
        &format!(r#"(t0."parent_id" NOT IN {within} OR t0."parent_id" IS NULL)"#),
    );
    same(
        "res.partner",
        json!([["parent_id", "not any", [["color", "=", 5]]]]),
        &format!(r#"(t0."parent_id" NOT IN {within} OR t0."parent_id" IS NULL)"#),
    );
    same(
        "res.partner",
        json!(["!", "|", ["color", "=", 5], ["is_company", "=", true]]),
        r#"(t0."color" <> ALL ('{"5"}'::bigint[]) OR t0."color" IS NULL) AND t0."is_company" IS NOT TRUE"#,
    );
}

#[test]
fn a_negation_turns_every_connective_below_it() {
    let turned = |a: &str, b: &str, c: &str| {
        let domain = json!([
            "!",
            a,
            b,
            ["color", "=", 5],
            ["is_company", "=", true],
            ["partner_share", "=", true]
        ]);
        (domain, c.to_owned())
    };
    let color = r#"t0."color" <> ALL ('{"5"}'::bigint[]) OR t0."color" IS NULL"#;
    let (company, share) = (
        r#"t0."is_company" IS NOT TRUE"#,
        r#"t0."partner_share" IS NOT TRUE"#,
    );
    for (domain, expected) in [
        turned("|", "&", &format!("(({color}) OR {company}) AND {share}")),
        turned("&", "|", &format!("((({color}) AND {company}) OR {share})")),
        turned("|", "|", &format!("({color}) AND {company} AND {share}")),
        turned("&", "&", &format!("(({color}) OR {company} OR {share})")),
    ] {
        same("res.partner", domain, &expected);
    }
}

#[test]
fn a_negation_turns_conditions_on_the_same_relation_too() {
    let codes = |connective: &str| {
        let found = Odoo::new().filter(
            "res.partner",
            json!([
                "!",
                connective,
                ["country_id.code", "=", "US"],
                ["country_id.code", "=", "BE"]
            ]),
        );
        let within: Vec<&str> = found.split("NOT IN").collect();
        assert_eq!(within.len(), 2, "one subquery: {found}");
        within[1].to_owned()
    };
    // neither of two is not either; not both is the other thing
    assert!(codes("|").contains(" OR t1.\"code\""), "{}", codes("|"));
    assert!(codes("&").contains(" AND t1.\"code\""), "{}", codes("&"));
}

#[test]
fn a_many2one_compared_to_a_text_searches_the_name() {
    let filter = Odoo::new().filter("sale.order", json!([["partner_id", "ilike", "azure"]]));
    for field in ["complete_name", "email", "ref", "vat", "company_registry"] {
        assert!(
            filter.contains(&format!(r#"t1."{field}"::text ILIKE '%azure%'::text"#)),
            "{filter}"
        );
    }
    let filter = Odoo::new().filter("sale.order", json!([["partner_id", "!=", "azure"]]));
    assert!(
        filter.starts_with(r#"t0."partner_id" NOT IN (SELECT t1.id"#),
        "{filter}"
    );
}

#[test]
fn what_is_not_exact_is_not_answered() {
    same(
        "sale.order",
        json!([["user_id.login", "=", "x"]]),
        "unknown_model: there is no model \"res.users\"",
    );
    same(
        "res.partner",
        json!([["partner_latitude", "=", 1.123456789012]]),
        "not_supported: \"partner_latitude\" has 7 decimal places, 1.123456789012 has more",
    );
}

#[test]
fn near_names_are_suggested() {
    let error = Odoo::new()
        .call(
            "odoo_count",
            &json!({"model": "sale.order", "domain": [["amount_totl", ">", 1]]}),
        )
        .expect_err("no such field");
    assert_eq!(
        (error.code.name(), error.hint.as_deref()),
        ("unknown_field", Some("did you mean amount_total?"))
    );
    let error = Odoo::new()
        .call("odoo_count", &json!({"model": "sale.ordr"}))
        .expect_err("no such model");
    assert_eq!(
        (error.code.name(), error.hint.as_deref()),
        ("unknown_model", Some("did you mean sale.order?"))
    );
    let error = Odoo::new()
        .call("odoo_count", &json!({"model": "sale.order", "domian": []}))
        .expect_err("no such argument");
    assert_eq!(
        (error.code.name(), error.hint.as_deref()),
        ("invalid_arguments", Some("did you mean domain?"))
    );
}

#[test]
fn days_in_words_are_answered_with_how_odoo_writes_them() {
    let refused = |odoo: &Odoo, day: &str| {
        let call = json!({"model": "sale.order", "domain": [["date_order", ">=", day]]});
        let error = odoo.call("odoo_count", &call).expect_err(day);
        (error.code.name(), error.hint.unwrap_or_default())
    };
    let mut odoo = Odoo::new();
    for delegates in [false, true] {
        odoo.delegates = delegates;
        for (day, hint) in [
            ("yesterday", "write \"today -1d\" (2026-12-30)"),
            ("today -7 days", "write \"today -7d\" (2026-12-24)"),
            (
                "last month",
                "write >= \"today =1d -1m\" (2026-11-01) and < \"today =1d\" (2026-12-01)",
            ),
            (
                "start of last month",
                "write \"today =1d -1m\" (2026-11-01)",
            ),
            ("=month_start", "write \"today =1d\" (2026-12-01)"),
            (
                "last quarter",
                "write >= \"2026-07-01\" and < \"2026-10-01\"",
            ),
            (
                "whenever",
                "relative dates are \"today -7d\", \"=week_start\" or \"now -3H\"",
            ),
        ] {
            let expected = ("invalid_domain", hint.to_owned());
            assert_eq!(refused(&odoo, day), expected, "{day}");
        }
    }
}

#[test]
fn a_day_that_odoo_takes_for_its_first_second_is_said_to_be_one() {
    let told = |field: &str, operator: &str, value: Value| {
        let mut odoo = Odoo::new();
        let call = json!({"model": "sale.order", "domain": [[field, operator, value]]});
        [false, true].map(|delegates| {
            (odoo.delegates, odoo.delegates_all) = (delegates, delegates);
            let explained = odoo.explained("odoo_count", &call).expect("explained");
            explained["warnings"]
                .to_string()
                .contains("day_is_midnight")
        })
    };
    for (operator, value) in [
        ("=", json!("2026-12-31")),
        ("!=", json!("today")),
        ("in", json!(["2026-12-31 10:00:00", "today -1d"])),
        ("<=", json!("today")),
        (">", json!("=monday")),
    ] {
        let both = told("date_order", operator, value.clone());
        assert_eq!(both, [true, true], "{operator} {value}");
    }
    for (field, operator, value) in [
        ("date_order", "<=", json!("2026-12-31")),
        ("date_order", "<", json!("today")),
        ("date_order", ">=", json!("=monday")),
        ("date_order", "<=", json!("now -3H")),
        ("date_order", "=", json!("2026-12-31 00:00:00")),
        ("validity_date", "<=", json!("today")),
    ] {
        let both = told(field, operator, value.clone());
        assert_eq!(both, [false, false], "{field} {operator} {value}");
    }
}

#[test]
fn nothing_a_caller_writes_becomes_sql() {
    let odoo = Odoo::new();
    let evil = "x\"'; drop table res_users; --";
    for domain in [
        json!([["name", "=", evil]]),
        json!([["name", "ilike", evil]]),
        json!([["name", "in", [evil, "\\"]]]),
    ] {
        let answer = odoo_compiler::answer::explain(
            "odoo_count",
            &json!({"model": "sale.order", "domain": domain}).to_string(),
            &odoo.principal,
            &odoo,
        )
        .expect("a plan");
        let json: Value = serde_json::from_str(&answer.json).expect("JSON");
        assert!(!json["statements"][0]["sql"].to_string().contains("drop"));
    }
    for arguments in [
        json!({"model": evil}),
        json!({"model": "sale.order", "fields": [evil]}),
        json!({"model": "sale.order", "order": evil}),
        json!({"model": "sale.order", "domain": [[evil, "=", 1]]}),
        json!({"model": "sale.order", "context": {"lang": evil}}),
        json!({"model": "sale.order", "context": {"tz": evil}}),
    ] {
        assert!(odoo.sql("odoo_search", &arguments).is_err(), "{arguments}");
    }
}

#[test]
fn partners_below_another_are_found_by_their_hierarchy() {
    let tree = r#"(WITH RECURSIVE tree (id) AS (SELECT unnest('{"70"}'::bigint[]) UNION SELECT child.id FROM tree JOIN "public"."res_partner" AS child ON child."parent_id" = tree.id) SELECT id FROM tree)"#;
    same(
        "sale.order",
        json!([["partner_id", "child_of", 70]]),
        &format!(r#"t0."partner_id" IN {tree}"#),
    );
    same(
        "res.partner",
        json!(["!", ["id", "child_of", [70]]]),
        &format!(r#"t0."id" NOT IN {tree}"#),
    );
    same(
        "sale.order",
        json!([["partner_id", "child_of", false]]),
        "FALSE",
    );
}

#[test]
fn a_number_that_is_written_as_a_text_is_one_for_an_inequality() {
    let filter =
        |value: Value| Odoo::new().filter("sale.order", json!([["amount_total", "<", value]]));
    for (text, number) in [("0", 0.0), ("1.5", 1.5), ("-20", -20.0)] {
        assert_eq!(filter(json!(text)), filter(json!(number)));
    }
    for other in [" 1", "1_0", "1e3", "inf", "1.", ".5", "--1", "1.5.2", "+1"] {
        let refused = filter(json!(other));
        assert!(refused.starts_with("not_supported"), "{other}: {refused}");
    }
}

#[test]
fn values_of_another_type_are_left_to_odoo_and_words_are_no_numbers() {
    for (domain, expected) in [
        (
            json!([["amount_total", "<", ""]]),
            r#"not_supported: "amount_total" of sale.order is compared with "", but takes a number"#,
        ),
        (
            json!([["amount_total", "=", "1.5"]]),
            r#"not_supported: "amount_total" of sale.order is compared with "1.5", but takes a number"#,
        ),
        (
            json!([["amount_total", ">", "lots"]]),
            r#"invalid_domain: "amount_total" of sale.order is compared with "lots", but takes a number"#,
        ),
        (
            json!([["name", "like", ["S0", false]]]),
            r#"not_supported: "name" of sale.order is compared with ["S0", false], but takes a text"#,
        ),
        (
            json!([["name", ">", 1.5]]),
            r#"not_supported: "name" of sale.order is compared with 1.5, but takes a text"#,
        ),
    ] {
        same("sale.order", domain, expected);
    }
}

#[test]
fn a_value_that_only_odoo_reads_is_not_dropped_with_what_cannot_matter() {
    for value in [json!("today +1x"), json!(99)] {
        let domain = json!([[0, "=", 1], ["date_order", ">", value]]);
        let text = Odoo::new().filter("sale.order", domain.clone());
        assert!(text.starts_with("not_supported"), "{domain}: {text}");
    }
}

#[test]
fn what_odoo_reads_in_another_way_than_sql_is_left_to_it() {
    let odoo = Odoo::new();
    for (domain, expected) in [
        // zero is False to a many2one
        (json!([["partner_id", ">=", 0]]), "not_supported"),
        (json!([["partner_id", ">=", 1]]), "t0."),
        // a null among others is not False everywhere
        (json!([["partner_id", "in", [null, 1]]]), "not_supported"),
        (json!([["partner_id", "in", [false, 1]]]), "t0."),
        // no id has a fraction
        (json!([["id", "in", [1.5]]]), "not_supported"),
        (json!([["id", "in", [1.0]]]), "t0."),
        // nothing is below false
        (json!([["state", "child_of", false]]), "FALSE"),
        (json!([["partner_id", "child_of", false]]), "FALSE"),
    ] {
        let text = odoo.filter("sale.order", domain.clone());
        assert!(text.starts_with(expected), "{domain}: {text}");
    }
    let text = odoo.filter("res.partner", json!([["active", "child_of", false]]));
    assert!(text.starts_with("invalid_domain"), "{text}");
}
