//! Names that SQL puts together as a method does that somebody has read, and other verdicts on methods.

use crate::odoo::Odoo;
use odoo_compiler::answer::{Reply, answer};
use odoo_compiler::error::{Code, Error};
use odoo_compiler::facts::{DisplayNameKind, ModelFacts, NameForm, Override};
use serde_json::{Value, json};

fn form(json: Value) -> impl FnOnce(&mut ModelFacts) {
    move |facts| {
        let form: NameForm = serde_json::from_value(json).expect("a form");
        facts.display_name.kind = DisplayNameKind::Form;
        facts.display_name.form = Some(form);
    }
}

/// How a partner's country is shown: with the system's rights.
fn shown(of_countries: Value, lang: &str) -> String {
    let mut odoo = Odoo::new();
    odoo.change_facts("res.country", form(of_countries));
    let call = json!({"model": "res.partner", "fields": ["country_id"], "order": "id", "context": {"lang": lang}});
    let sql = odoo.sql("odoo_search", &call).expect("an answer");
    let end = sql.find(" END AS \"country_id\"").expect("its end");
    let start = sql.find("json_build_array(").expect("its start") + "json_build_array(".len();
    let (_, name) = sql[start..end].split_once(", ").expect("an id and a name");
    name.strip_suffix(')').expect("an array").to_owned()
}

#[test]
fn what_is_false_reads_so_where_python_formats_it() {
    let joined =
        json!({"join": [{"text": "["}, {"field": "code"}, {"text": "] "}, {"field": "name"}]});
    assert_eq!(
        shown(joined, "fr_FR"),
        "COALESCE(to_json(('['::text || COALESCE(t1.\"code\"::text, 'False') || '] '::text || \
         COALESCE(COALESCE(t1.\"name\"->>'fr_FR'::text, t1.\"name\"->>'en_US')::text, 'False'))), 'false'::json)"
    );
    // and is false where it is the name itself
    assert_eq!(
        shown(json!({"field": "code"}), "en_US"),
        "COALESCE(to_json(t1.\"code\"::text), 'false'::json)"
    );
}

#[test]
fn a_test_decides_over_a_part() {
    for (test, sql) in [
        (json!({"set": "code"}), "t1.\"code\" <> ''"),
        (json!({"is": ["code", "/"]}), "t1.\"code\" = '/'::text"),
        (
            json!({"tidy": ["code", 50]}),
            "(t1.\"code\" IS NULL OR char_length(t1.\"code\") <= '50'::bigint AND strpos(' ' || t1.\"code\" || ' ', '  ') = 0 AND translate(",
        ),
    ] {
        let name = json!({"if": [test, {"field": "code"}, "nothing"]});
        let shown = shown(name, "en_US");
        let expected = format!("CASE WHEN {sql}");
        assert!(shown.starts_with(&expected), "{shown}");
        assert!(
            shown.ends_with(
                " THEN COALESCE(to_json(t1.\"code\"::text), 'false'::json) ELSE 'false'::json END"
            ),
            "{shown}"
        );
    }
}

#[test]
fn ids_differ_where_one_of_them_is_not_set_too() {
    let mut odoo = Odoo::new();
    let of_companies = json!({"if": [{"differ": ["parent_id", "parent_id.parent_id"]}, {"field": "name"}, "nothing"]});
    odoo.change_facts("res.company", form(of_companies));
    let call = json!({"model": "sale.order", "fields": ["company_id"]});
    let sql = odoo.sql("odoo_search", &call).expect("an answer");
    assert!(
        sql.contains("CASE WHEN t1.\"parent_id\" IS DISTINCT FROM t2.\"parent_id\" THEN"),
        "{sql}"
    );
}

#[test]
fn a_name_of_all_above_is_by_the_path() {
    let mut odoo = Odoo::new();
    let lineage = json!({"lineage": {"field": "name", "separator": " / "}});
    odoo.change_facts("product.category", form(lineage));
    let call = json!({"model": "product.category", "fields": ["display_name"]});
    let sql = odoo.sql("odoo_search", &call).expect("an answer");
    assert!(
        sql.contains("(SELECT string_agg(COALESCE(t1.\"name\", ''), ' / '::text ORDER BY strpos('/' || t0.\"parent_path\", '/' || t1.\"id\"::text || '/')) FROM \"public\".\"product_category\" AS t1 WHERE t1.\"id\" = ANY (string_to_array(rtrim(t0.\"parent_path\", '/'), '/')::int4[]))"),
        "{sql}"
    );
    odoo.change_facts("product.category", |facts| facts.parent_store = false);
    assert!(odoo.sql("odoo_search", &call).is_err());
}

fn own_name(odoo: &Odoo) -> Result<String, Error> {
    let call = json!({"model": "res.country", "fields": ["display_name"]});
    odoo.sql("odoo_search", &call)
}

#[test]
fn a_record_s_own_name_is_made_with_the_user_s_rights() {
    let of_currency = json!({"join": [{"field": "name"}, {"field": "currency_id.name"}]});
    let with_currency = |odoo: &mut Odoo| {
        odoo.change("res.country", |model| {
            model["fields"]["currency_id"] = json!({"name": "currency_id", "label": "Currency", "type": "many2one",
                "store": true, "column": "int4", "relation": "res.currency"});
        });
        odoo.change_facts("res.country", form(of_currency.clone()));
    };
    let mut odoo = Odoo::new();
    with_currency(&mut odoo);
    let sql = own_name(&odoo).expect("an answer");
    assert!(
        sql.contains("LEFT JOIN \"public\".\"res_currency\""),
        "{sql}"
    );
    // a rule that may refuse one of the records on the way
    odoo.change("res.currency", |model| {
        model["rules"] = json!([{"id": 5, "name": "some", "domain": "[('name', '=', 'EUR')]", "is_global": true, "group_ids": []}]);
    });
    assert_eq!(
        own_name(&odoo).expect_err("refused").code,
        Code::NotSupported
    );
    // no access list
    let mut odoo = Odoo::new();
    with_currency(&mut odoo);
    odoo.change("res.currency", |model| model["access_lists"] = json!([]));
    assert_eq!(
        own_name(&odoo).expect_err("refused").code,
        Code::NotSupported
    );
    // a field that is for others, which a name for another record needs no right to
    let mut odoo = Odoo::new();
    with_currency(&mut odoo);
    odoo.change_facts("res.currency", |facts| {
        let of_managers = json!({"groups": "base.group_system"});
        let of_managers = serde_json::from_value(of_managers).expect("facts of a field");
        facts.fields.with_facts.insert("name".into(), of_managers);
    });
    assert_eq!(
        own_name(&odoo).expect_err("refused").code,
        Code::NotSupported
    );
    let through = json!({"model": "res.partner", "fields": ["country_id"], "order": "id"});
    let sql = odoo.sql("odoo_search", &through).expect("an answer");
    assert!(sql.contains("\"res_currency\""), "{sql}");
}

#[test]
fn a_part_that_is_not_read_for_certain_leaves_the_name_to_odoo() {
    for of_countries in [
        json!({"field": "gone"}),
        json!({"field": "name.code"}),
        json!({"field": "id"}),
        json!({"name_of": "code"}),
        json!({"join": [{"field": "name"}, "odoo"]}),
        json!({"lineage": {"field": "name", "separator": "/"}}),
    ] {
        let mut odoo = Odoo::new();
        odoo.change_facts("res.country", form(of_countries.clone()));
        assert!(own_name(&odoo).is_err(), "{of_countries}");
        let through = json!({"model": "res.partner", "fields": ["country_id"], "order": "id"});
        let sql = odoo.sql("odoo_search", &through).expect("an answer");
        assert!(!sql.contains("res_country"), "{of_countries}: {sql}");
    }
    let overridden: Override = serde_json::from_value(json!({
        "effect": "values", "method": "read", "module": "base", "file": "base/models/res_country.py", "line": 7, "fields": ["code"],
    }))
    .expect("an override");
    let mut odoo = Odoo::new();
    odoo.change_facts("res.country", form(json!({"field": "code"})));
    assert!(own_name(&odoo).is_ok());
    odoo.change_facts("res.country", |facts| facts.overrides.push(overridden));
    assert!(own_name(&odoo).is_err());
}

#[test]
fn the_part_that_is_odoo_s_is_asked_for_where_it_is_shown() {
    let mut odoo = Odoo::new();
    odoo.delegates = true;
    let of_countries = json!({"if": [{"set": "code"}, {"field": "code"}, "odoo"]});
    odoo.change_facts("res.country", form(of_countries));
    let through = json!({"model": "res.partner", "fields": ["country_id"], "order": "id"});
    let sql = odoo.sql("odoo_search", &through).expect("an answer");
    assert!(
        sql.contains("ELSE json_build_object('', json_build_array("),
        "{sql}"
    );
    // its own is Odoo's as a whole
    assert!(own_name(&odoo).is_err());
}

#[test]
fn a_model_without_a_name_and_one_named_by_another_record() {
    let mut odoo = Odoo::new();
    odoo.change_facts("res.country", |facts| facts.display_name.rec_name = None);
    let sql = own_name(&odoo).expect("an answer");
    assert!(
        sql.contains("'res.country,'::text || COALESCE(t0.\"id\"::text, 'False')"),
        "{sql}"
    );
    let mut odoo = Odoo::new();
    odoo.change_facts("sale.order.line", |facts| {
        facts.display_name.kind = DisplayNameKind::RecName;
        facts.display_name.rec_name = Some("order_id".into());
    });
    let named = json!({"model": "sale.order.line", "name": ""});
    odoo.change_facts("sale.order.line", |facts| {
        facts.name_search = Some(vec!["name".into()])
    });
    let sql = odoo.sql("odoo_name_search", &named).expect("an answer");
    assert!(sql.contains("NULLIF(t1.\"name\", '')"), "{sql}");
}

fn only(where_: &str) -> Override {
    serde_json::from_value(json!({
        "effect": "rows", "method": "_search", "module": "sale", "file": "sale/models/sale_order.py", "line": 7, "only_where": where_,
    }))
    .expect("an override")
}

#[test]
fn what_is_only_for_users_without_an_access_list_is_odoo_s_for_them() {
    let mut odoo = Odoo::new();
    odoo.delegates = true;
    odoo.change_facts("sale.order", |facts| facts.overrides.push(only("unlisted")));
    let count = json!({"model": "sale.order"});
    let through = json!({"model": "sale.order.line", "domain": [["order_id.state", "=", "sale"]]});
    for call in [&count, &through] {
        assert!(odoo.sql("odoo_count", call).is_ok(), "{call}");
    }
    odoo.change("sale.order", |model| model["access_lists"] = json!([]));
    for call in [&count, &through] {
        let reply = answer("odoo_count", &call.to_string(), &odoo.principal, &odoo);
        assert!(matches!(reply, Ok(Reply::Delegate(_))), "{call}: {reply:?}");
    }
}

#[test]
fn what_is_only_for_one_s_own_record_is_odoo_s_where_that_is_read() {
    let mut odoo = Odoo::new();
    odoo.change_facts("sale.order", |facts| {
        facts.overrides.push(only("own_record"))
    });
    let count = json!({"model": "sale.order", "domain": [["id", "=", 7]]});
    assert!(odoo.sql("odoo_count", &count).is_ok());
    let read = |ids: Value| {
        let call = json!({"model": "sale.order", "ids": ids, "fields": ["name"]});
        odoo.sql("odoo_read", &call)
    };
    assert!(read(json!([5, 8])).is_ok());
    // the user's id
    assert_eq!(
        read(json!([5, 7])).expect_err("refused").code,
        Code::NotSupported
    );
    // and Odoo tells people of fields that they see of themselves alone
    let describe = json!({"model": "sale.order"});
    assert!(odoo.call("odoo_describe_model", &describe).is_ok());
    odoo.change_facts("sale.order", |facts| {
        let note = facts.fields.with_facts.entry("note".into()).or_default();
        note.groups = Some("base.group_system".into());
    });
    let error = odoo.call("odoo_describe_model", &describe);
    assert_eq!(error.expect_err("refused").code, Code::NotSupported);
}

/// A rule about who follows a partner, for a field that a method searches.
fn followed(rule: &str) -> Odoo {
    let mut odoo = Odoo::new();
    let column = |name: &str, kind: &str, column: &str| json!({"name": name, "label": name, "type": kind, "store": true, "column": column});
    odoo.add(json!({
        "name": "mail.followers", "label": "Followers", "table": {"schema": "public", "name": "mail_followers"}, "order": "id",
        "modules": ["base"], "rules": [], "access_lists": [],
        "fields": {"id": column("id", "integer", "int4"), "res_model": column("res_model", "char", "varchar"),
            "res_id": column("res_id", "many2one_reference", "int4"), "partner_id": column("partner_id", "many2one", "int4")},
    }));
    odoo.change_facts("mail.followers", |facts| facts.overrides.clear());
    odoo.change("crm.tag", |model| {
        model["fields"]["message_partner_ids"] = json!({"name": "message_partner_ids", "label": "Followers", "type": "many2many",
            "store": false, "column": null, "relation": "res.partner"});
        model["rules"] = json!([{"id": 6, "name": "followers", "domain": rule, "is_global": true, "group_ids": []}]);
    });
    odoo.change_facts("crm.tag", |facts| {
        let searched = json!({"search": true, "searched": "followers"});
        let searched = serde_json::from_value(searched).expect("facts of a field");
        facts
            .fields
            .with_facts
            .insert("message_partner_ids".into(), searched);
    });
    odoo
}

#[test]
fn a_rule_about_followers_asks_their_table() {
    let rule = "[('message_partner_ids', 'in', [user.partner_id.id])]";
    let everyone = json!([]);
    let sql = followed(rule).condition("crm.tag", everyone.clone(), json!({}));
    assert_eq!(
        sql,
        "EXISTS (SELECT FROM \"public\".\"mail_followers\" AS t1 WHERE t1.\"res_id\" = t0.\"id\" AND (t1.\"res_model\" = ANY ('{\"crm.tag\"}'::text[]) AND t1.\"partner_id\" = ANY ('{\"70\"}'::bigint[])))"
    );
    let not = followed("['!', ('message_partner_ids', 'in', [user.partner_id.id])]");
    let not = not.condition("crm.tag", everyone.clone(), json!({}));
    assert_eq!(not, format!("NOT {sql}"));
    for other in [
        "[('message_partner_ids', 'child_of', [user.partner_id.id])]",
        "[('message_partner_ids', 'in', [False])]",
        "[('message_partner_ids', '=', False)]",
    ] {
        let refused = followed(other).condition("crm.tag", everyone.clone(), json!({}));
        assert!(refused.starts_with("not_supported"), "{other}: {refused}");
    }
    // what users ask themselves, Odoo refuses in part
    let asked = json!([["message_partner_ids", "in", [70]]]);
    let refused = followed(rule).condition("crm.tag", asked, json!({}));
    assert!(refused.starts_with("not_supported"), "{refused}");
}
