//! What is said of a field beforehand is what a search meets that asks for it.

use crate::odoo::Odoo;
use odoo_compiler::catalog::Catalog;
use odoo_compiler::error::Code;
use odoo_compiler::facts::document::FieldFacts;
use odoo_compiler::plan::{Against, Registry};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Orders with a field of each kind that SQL leaves to Odoo, and what is said of it.
const LEFT_TO_ODOO: &[(&str, &str)] = &[
    ("computed", "Odoo computes it"),
    ("of_bytes", "fields of its type are not read in SQL"),
    ("of_a_record", "fields of its type are not read in SQL"),
    ("secret", "the reading role has no right to its column"),
    ("retyped", "its column has the type int4"),
    ("brought_along", "no scanned module defines it"),
    ("x_related", "its groups are not known"),
    ("x_lines", "it was made by an administrator"),
    ("unread", "a loop"),
    (
        "overridden",
        "its own code decides over it: read of the module sale (sale/models/sale_order.py:7)",
    ),
    ("lines_by_domain", "its domain comes from Odoo's Python"),
    ("lines_by_context", "its context may change what Odoo finds"),
    ("searched_lines", "Odoo computes it"),
    ("bank_ids", "the model it leads to is not answered in SQL"),
];

fn orders() -> Odoo {
    let mut odoo = Odoo::new();
    odoo.change("sale.order", |model| {
        let stored = json!({"type": "char", "store": true, "column": "varchar"});
        let lines = json!({"type": "one2many", "store": true, "relation": "sale.order.line", "inverse": "order_id"});
        let mut add = |name: &str, like: &Value, more: Value| {
            let mut field = like.clone();
            field["name"] = name.into();
            for (key, value) in more.as_object().into_iter().flatten() {
                field[key] = value.clone();
            }
            model["fields"][name] = field;
        };
        add("computed", &stored, json!({"store": false, "column": null}));
        add("by_company", &stored, json!({"company_dependent": true, "column": "jsonb"}));
        add("of_bytes", &stored, json!({"type": "binary", "column": "bytea"}));
        add("of_a_record", &stored, json!({"type": "reference"}));
        add("secret", &stored, json!({"column": null}));
        add("retyped", &stored, json!({"column": "int4"}));
        add("brought_along", &stored, json!({}));
        add("x_made", &stored, json!({"manual": true}));
        add("x_related", &stored, json!({"manual": true, "related": "create_uid.login"}));
        add("x_lines", &lines, json!({"manual": true}));
        add("unread", &stored, json!({}));
        add("overridden", &stored, json!({}));
        add("ordered", &stored, json!({}));
        add("lines_by_domain", &lines, json!({}));
        add("lines_by_context", &lines, json!({}));
        add("searched_lines", &lines, json!({}));
        add("bank_ids", &lines, json!({"relation": "res.bank", "inverse": "id"}));
        add("bank_id", &stored, json!({"type": "many2one", "column": "int4", "relation": "res.bank"}));
    });
    odoo.change_facts("sale.order", |facts| {
        let known = &mut facts.fields.with_facts;
        let mut know = |name: &str, facts: FieldFacts| known.insert(name.into(), facts);
        for name in ["computed", "by_company", "of_bytes", "of_a_record", "secret", "retyped", "x_lines", "overridden", "ordered", "bank_ids", "bank_id"] {
            know(name, FieldFacts::default());
        }
        know("unread", FieldFacts { unread: Some("a loop".into()), ..FieldFacts::default() });
        know("lines_by_domain", FieldFacts { open_domain: true, ..FieldFacts::default() });
        know("lines_by_context", FieldFacts { open_context: true, ..FieldFacts::default() });
        know("searched_lines", FieldFacts { search: true, ..FieldFacts::default() });
        for (effect, method, field) in [("values", "read", "overridden"), ("order", "_order_field_to_sql", "ordered")] {
            let json = json!({
                "effect": effect, "method": method, "module": "sale", "file": "sale/models/sale_order.py", "line": 7,
                "fields": [field],
            });
            facts.overrides.push(serde_json::from_value(json).expect("an override"));
        }
    });
    odoo
}

/// A user of every group, so that rights are in nobody's way.
fn with_every_group(mut odoo: Odoo) -> Odoo {
    for model in odoo.names() {
        let model = odoo.model(&model).expect("a catalog").expect("a model");
        for facts in model
            .standing
            .facts
            .iter()
            .flat_map(|facts| facts.fields.with_facts.values())
        {
            let groups = facts.groups.iter().flat_map(|groups| groups.split(','));
            let groups = groups
                .filter(|group| !group.starts_with('!'))
                .map(str::to_owned);
            odoo.principal.group_names.extend(groups);
        }
    }
    odoo
}

fn registry(odoo: &Odoo) -> Registry {
    let model = |name: String| odoo.model(&name).expect("a catalog").expect("a model");
    Registry::new(odoo.names().into_iter().map(|name| (*model(name)).clone()))
}

fn verdicts(odoo: &Odoo, model: &str) -> BTreeMap<String, Result<(), Against>> {
    let verdicts = registry(odoo).fields(model).expect("an answered model");
    verdicts.into_iter().collect()
}

fn search(model: &str, field: &str) -> Value {
    json!({"model": model, "fields": [field], "order": "id"})
}

/// How many fields SQL answers, and how many Odoo, where both agree on it.
#[track_caller]
fn agreed(odoo: &mut Odoo) -> (usize, usize) {
    odoo.delegates = true;
    let registry = registry(odoo);
    let (mut in_sql, mut in_odoo) = (0, 0);
    for model in odoo.names() {
        let Ok(verdicts) = registry.fields(&model) else {
            let refusal = odoo.sql("odoo_count", &json!({"model": model}));
            let refusal = refusal.expect_err("a model that SQL does not answer");
            assert_eq!(refusal.code, Code::NotSupported, "{model}");
            continue;
        };
        for (field, verdict) in verdicts {
            match (&verdict, odoo.sql("odoo_search", &search(&model, &field))) {
                (Ok(()), Ok(_)) => in_sql += 1,
                (Err(_), Err(error)) if error.code != Code::AccessDenied => in_odoo += 1,
                (_, found) => panic!("{model}.{field}: {verdict:?}, and a search: {found:?}"),
            }
        }
    }
    (in_sql, in_odoo)
}

#[test]
fn a_description_says_the_same_where_odoo_can_t_be_asked() {
    for odoo in [Odoo::new(), orders()] {
        let odoo = with_every_group(odoo);
        for model in odoo.names() {
            let of_it = odoo.model(&model).expect("a catalog").expect("a model");
            for field in of_it.fields.keys() {
                let named = json!({"model": model, "fields": [field]});
                let described = odoo.call("odoo_describe_model", &named);
                let is_read =
                    described.is_ok_and(|answer| answer["fields"][0]["unsupported"].is_null());
                let found = odoo.sql("odoo_search", &search(&model, field));
                assert_eq!(is_read, found.is_ok(), "{model}.{field}: {found:?}");
            }
        }
    }
}

#[test]
fn what_is_said_of_every_field_is_what_a_search_for_it_meets() {
    let (in_sql, in_odoo) = agreed(&mut with_every_group(Odoo::new()));
    assert!(in_sql > 70 && in_odoo > 4, "{in_sql} {in_odoo}");
    let (_, more) = agreed(&mut with_every_group(orders()));
    assert_eq!(more, in_odoo + LEFT_TO_ODOO.len());
    for effect in ["values", "order", "groups"] {
        let mut odoo = orders();
        odoo.change_facts("sale.order", |facts| {
            let json = json!({"effect": effect, "method": "_m", "module": "sale", "file": "sale/m.py", "line": 3});
            facts.overrides.push(serde_json::from_value(json).expect("an override"));
        });
        agreed(&mut with_every_group(odoo));
    }
}

#[test]
fn each_field_that_is_left_to_odoo_says_why() {
    let odoo = orders();
    let verdicts = verdicts(&odoo, "sale.order");
    for (field, reason) in LEFT_TO_ODOO {
        let against = verdicts[*field].as_ref().expect_err("it is Odoo's");
        assert!(
            against.reason.contains(reason),
            "{field}: {}",
            against.reason
        );
    }
    let line = |field: &str| {
        let against = verdicts[field].as_ref().expect_err("it is Odoo's");
        against.by.as_ref().map(|by| (by.module.as_str(), by.line))
    };
    assert_eq!(line("overridden"), Some(("sale", 7)));
    assert_eq!(line("bank_ids"), Some(("l10n_us_account", 1)));
    assert_eq!(line("computed"), None);
    // the names of banks are Python's, and asked for by themselves
    for field in [
        "name",
        "x_made",
        "ordered",
        "order_line",
        "partner_id",
        "bank_id",
    ] {
        assert_eq!(verdicts[field], Ok(()), "{field}");
    }
}

#[test]
fn rights_have_no_say_in_which_engine_reads_a_field() {
    let mut odoo = Odoo::new();
    odoo.change_facts("sale.order", |facts| {
        let known = facts.fields.with_facts.entry("note".into());
        known.or_default().groups = Some("base.group_nobody".into());
    });
    odoo.change("res.partner", |model| {
        model["access_lists"] = json!([]);
        model["rules"] =
            json!([{"id": 1, "name": "odd", "domain": "odd(", "is_global": true, "group_ids": []}]);
    });
    odoo.change("sale.order.line", |model| {
        model["rules"] =
            json!([{"id": 1, "name": "odd", "domain": "odd(", "is_global": true, "group_ids": []}]);
    });
    let verdicts = verdicts(&odoo, "sale.order");
    assert_eq!(verdicts["order_line"], Ok(()));
    assert_eq!(verdicts["note"], Ok(()));
    assert_eq!(verdicts["partner_id"], Ok(()));
}

#[test]
fn a_description_says_why_a_field_of_other_records_is_not_read() {
    let unsupported = |odoo: &Odoo| {
        let named = json!({"model": "sale.order", "fields": ["order_line"]});
        let answer = odoo.call("odoo_describe_model", &named).expect("it");
        answer["fields"][0]["unsupported"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(unsupported(&Odoo::new()), "");
    let mut odoo = Odoo::new();
    odoo.change("sale.order.line", |model| model["access_lists"] = json!([]));
    assert_eq!(unsupported(&odoo), "the user may not read where it leads");
    // not the field itself, but one that its records are sorted by
    let mut odoo = Odoo::new();
    odoo.change("sale.order.line", |model| {
        model["fields"]["sequence"]["store"] = json!(false);
    });
    let said = unsupported(&odoo);
    assert!(said.contains("\"sequence\" of sale.order.line"), "{said}");
}

#[test]
fn python_that_reads_all_values_reads_each_field() {
    for (effect, what) in [("values", "its values"), ("order", "its order")] {
        let mut odoo = Odoo::new();
        odoo.change_facts("crm.tag", |facts| {
            let json = json!({"effect": effect, "method": "_m", "module": "crm", "file": "crm/m.py", "line": 3});
            facts.overrides.push(serde_json::from_value(json).expect("an override"));
        });
        for (field, verdict) in verdicts(&odoo, "crm.tag") {
            let against = verdict.expect_err(&field);
            assert!(against.reason.contains(what), "{}", against.reason);
            assert_eq!(against.by.map(|by| by.line), Some(3), "{field}");
        }
    }
}
