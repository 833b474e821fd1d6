//! What there is to ask: lists of models, and the fields of one.

use crate::odoo::Odoo;
use odoo_compiler::error::Code;
use odoo_compiler::facts::FieldFacts;
use serde_json::{Value, json};

fn listed(odoo: &Odoo, arguments: &Value) -> Value {
    odoo.call("odoo_list_models", arguments).expect("a list")
}

fn names(answer: &Value, of: &str, key: &str) -> Vec<String> {
    let items = answer[of].as_array().expect("a list");
    items
        .iter()
        .map(|item| item[key].as_str().expect("a name").to_owned())
        .collect()
}

fn described(odoo: &Odoo, arguments: &Value) -> Value {
    odoo.call("odoo_describe_model", arguments)
        .expect("a description")
}

fn field(answer: &Value, name: &str) -> Value {
    let fields = answer["fields"].as_array().expect("fields");
    let found = fields.iter().find(|field| field["name"] == name);
    found.cloned().unwrap_or_default()
}

#[test]
fn models_that_people_use_come_first_whoever_answers_and_what_sql_does_not_says_why() {
    let mut odoo = Odoo::new();
    odoo.change("crm.tag", |model| {
        model["modules"] = json!(["base", "extra"])
    });
    odoo.change("res.country", |model| model["table"] = Value::Null);
    let answer = listed(&odoo, &json!({}));
    let models = names(&answer, "models", "model");
    assert_eq!(answer["total"], models.len());
    assert_eq!(answer["has_more"], false);
    let at = |name: &str| models.iter().position(|model| model == name);
    assert!(at("sale.order") < at("res.bank"), "{models:?}");
    assert!(at("crm.tag") < at("sale.order"), "{models:?}");
    let reason = |name: &str| {
        let models = answer["models"].as_array().expect("models");
        let found = models.iter().find(|model| model["model"] == name);
        found.expect("the model")["reason"].clone()
    };
    assert_eq!(reason("sale.order"), Value::Null);
    assert_eq!(
        reason("res.bank"),
        "its own code decides what is read of it: _search of the module l10n_us_account (l10n_us_account/models/x.py:1)"
    );
    assert_eq!(
        reason("crm.tag"),
        "the module extra extends it and has not been scanned"
    );
    assert_eq!(
        reason("res.country"),
        "it has no ordinary table of its own: a database view made by its module, or nothing stored"
    );
}

#[test]
fn models_are_found_in_the_user_s_language_and_cut_at_the_limit() {
    let mut odoo = Odoo::new();
    odoo.principal.lang = Some("fr_FR".into());
    let answer = listed(&odoo, &json!({"query": "sale order fr", "limit": 1}));
    assert_eq!(answer["models"][0]["model"], "sale.order");
    assert_eq!(answer["models"][0]["name"], "sale.order in fr_FR");
    let answer = listed(&odoo, &json!({"query": "product", "limit": 1}));
    assert_eq!(names(&answer, "models", "model"), ["product.product"]);
    assert_eq!(answer["has_more"], true);
    let answer = listed(&odoo, &json!({"query": "templte prodct"}));
    assert_eq!(names(&answer, "models", "model"), ["product.template"]);
    assert_eq!(answer["has_more"], false);
    let answer = listed(&odoo, &json!({"query": "quotation"}));
    assert_eq!(names(&answer, "models", "model"), ["sale.order"]);
}

#[test]
fn a_model_is_found_by_what_it_is_called_in_another_language() {
    let answer = listed(&Odoo::new(), &json!({"query": "sale.order deutsch"}));
    assert_eq!(answer["models"][0]["model"], "sale.order");
    // and shown as the user calls it
    assert_eq!(answer["models"][0]["name"], "sale.order in en_US");
}

#[test]
fn a_list_without_a_match_names_the_nearest() {
    let answer = listed(&Odoo::new(), &json!({"query": "product invention"}));
    assert_eq!(answer["models"], json!([]));
    assert_eq!(answer["warnings"][0]["code"], "no_match");
    let message = answer["warnings"][0]["message"].as_str().expect("text");
    assert!(message.contains("product.product"), "{message}");
}

#[test]
fn models_that_no_access_list_grants_are_not_listed() {
    let mut odoo = Odoo::new();
    odoo.change("sale.order", |model| {
        model["access_lists"] = json!([{"group_id": 99, "group": "Other"}])
    });
    let models = names(&listed(&odoo, &json!({})), "models", "model");
    assert!(!models.contains(&"sale.order".into()), "{models:?}");
    assert!(models.contains(&"res.partner".into()), "{models:?}");
}

#[test]
fn a_description_has_defaults_first_and_only_names_what_is_not_answered() {
    let answer = described(&Odoo::new(), &json!({"model": "sale.order"}));
    let fields = names(&answer, "fields", "name");
    assert_eq!(fields[..3], ["name", "partner_id", "date_order"]);
    assert_eq!(answer["order"], "date_order desc, id desc");
    assert_eq!(
        field(&answer, "partner_id"),
        json!({"name": "partner_id", "type": "many2one", "label": "partner_id of sale.order in en_US", "relation": "res.partner",
               "required": true, "readonly": false, "stored": true, "groupable": true})
    );
    assert_eq!(
        field(&answer, "state")["selection"],
        json!([["draft", "Quotation"], ["sale", "Sales Order"]])
    );
    assert_eq!(
        field(&answer, "amount_total")["currency_field"],
        "currency_id"
    );
}

#[test]
fn fields_that_may_be_for_some_alone_are_no_defaults() {
    let defaults = |odoo: &Odoo| {
        let answer = described(odoo, &json!({"model": "res.country"}));
        names(&answer, "fields", "name")[..2].to_owned()
    };
    let reference = |odoo: &mut Odoo| {
        odoo.change("res.country", |model| {
            model["fields"]["default_code"] =
                json!({"name": "default_code", "type": "char", "store": true, "column": "varchar"});
        });
        odoo.change_facts("res.country", |facts| {
            facts
                .fields
                .with_facts
                .insert("default_code".into(), FieldFacts::default());
        });
    };
    let mut odoo = Odoo::new();
    reference(&mut odoo);
    assert_eq!(defaults(&odoo), ["name", "default_code"]);
    // nobody has scanned the module that brought it, or Python says who may read it
    odoo.change_facts("res.country", |facts| {
        facts.fields.with_facts.remove("default_code");
    });
    assert_eq!(defaults(&odoo), ["name", "code"]);
    reference(&mut odoo);
    odoo.change_facts("res.country", |facts| {
        let json = json!({
            "effect": "field_access", "method": "_has_field_access", "module": "base", "file": "base/m.py", "line": 7,
            "fields": ["default_code"],
        });
        facts.overrides.push(serde_json::from_value(json).expect("an override"));
    });
    assert_eq!(defaults(&odoo), ["name", "code"]);
    let read = odoo
        .sql("odoo_search", &json!({"model": "res.country"}))
        .expect("a search");
    assert!(
        read.contains(r#""code""#) && !read.contains("default_code"),
        "{read}"
    );
}

#[test]
fn a_description_is_in_the_language_of_the_context() {
    let arguments =
        json!({"model": "sale.order", "fields": ["note"], "context": {"lang": "fr_FR"}});
    let answer = described(&Odoo::new(), &arguments);
    assert_eq!(answer["name"], "sale.order of sale.order in fr_FR");
    assert_eq!(answer["fields"][0]["label"], "note of sale.order in fr_FR");
    assert_eq!(answer["fields"][0]["help"], "help of sale.order in fr_FR");
}

#[test]
fn an_inherited_field_is_called_as_in_the_parent() {
    let arguments = json!({"model": "product.product", "fields": ["list_price", "default_code"]});
    let answer = described(&Odoo::new(), &arguments);
    let price = field(&answer, "list_price");
    assert_eq!(price["label"], "list_price of product.template in en_US");
    assert_eq!(price["related"], "product_tmpl_id.list_price");
    assert_eq!(price["groupable"], true);
    assert_eq!(
        field(&answer, "default_code")["label"],
        "default_code of product.product in en_US"
    );
}

/// As `stock.quant.lot_properties`, and `product.product.product_properties`.
#[test]
fn properties_of_another_record_are_groups_only_if_they_are_inherited() {
    let mut odoo = Odoo::new();
    let properties = |related: &str| json!({"name": "p", "label": "P", "type": "properties", "store": false, "related": related});
    odoo.change("product.product", |model| {
        model["fields"]["list_price"]["type"] = json!("properties");
        model["fields"]["p"] = properties("product_tmpl_id.list_price");
    });
    odoo.change_facts("product.product", |facts| {
        facts
            .fields
            .with_facts
            .insert("p".into(), FieldFacts::default());
    });
    let arguments = json!({"model": "product.product", "fields": ["p", "list_price"]});
    let answer = described(&odoo, &arguments);
    assert_eq!(field(&answer, "p")["groupable"], false);
    assert_eq!(field(&answer, "list_price")["groupable"], true);
}

#[test]
fn long_selections_are_told_where_the_field_is_named() {
    let mut odoo = Odoo::new();
    let keys: Vec<Value> = (0..31).map(|i| json!([i.to_string(), "label"])).collect();
    odoo.change("sale.order", |model| {
        model["fields"]["state"]["selection"] = json!(keys)
    });
    let answer = described(&odoo, &json!({"model": "sale.order"}));
    let state = field(&answer, "state");
    assert_eq!(
        (&state["selection"], &state["selection_count"]),
        (&Value::Null, &json!(31))
    );
    assert_eq!(answer["warnings"][0]["code"], "shortened");
    let answer = described(&odoo, &json!({"model": "sale.order", "fields": ["state"]}));
    assert_eq!(
        answer["fields"][0]["selection"].as_array().map(Vec::len),
        Some(31)
    );
    assert_eq!(answer["warnings"], Value::Null);
}

#[test]
fn fields_of_other_groups_are_left_out_and_refused_by_name() {
    for is_there in [true, false] {
        let mut odoo = Odoo::new();
        if !is_there {
            odoo.principal.group_names.clear();
        }
        odoo.change("sale.order", |model| {
            model["fields"]["activity_user_id"] = json!({"name": "activity_user_id", "label": "who", "type": "many2one", "relation": "res.users", "store": false});
        });
        let answer = described(&odoo, &json!({"model": "sale.order"})).to_string();
        assert_eq!(answer.contains("activity_user_id"), is_there, "{answer}");
        let named = json!({"model": "sale.order", "fields": ["activity_user_id"]});
        let error = odoo.call("odoo_describe_model", &named).err();
        let code = (!is_there).then_some(Code::AccessDenied);
        assert_eq!(error.map(|error| error.code), code);
    }
}

#[test]
fn a_field_that_no_scan_found_is_not_described() {
    let mut odoo = Odoo::new();
    let unknown = |name: &str, manual: bool| json!({"name": name, "label": "New", "type": "char", "store": true, "column": "varchar", "manual": manual});
    odoo.change("sale.order", |model| {
        model["fields"]["x_made"] = unknown("x_made", true);
        model["fields"]["brought_along"] = unknown("brought_along", false);
    });
    let answer = described(&odoo, &json!({"model": "sale.order"})).to_string();
    assert!(answer.contains("x_made"), "{answer}");
    assert!(!answer.contains("brought_along"), "{answer}");
    let named = json!({"model": "sale.order", "fields": ["brought_along"]});
    let error = odoo
        .call("odoo_describe_model", &named)
        .expect_err("refused");
    assert_eq!(error.code, Code::NotSupported);
}

#[test]
fn rights_are_asked_before_anything_is_said_of_a_model() {
    let mut odoo = Odoo::new();
    let call = |odoo: &Odoo, model: &str| {
        let arguments = json!({"model": model});
        odoo.call("odoo_describe_model", &arguments)
            .expect_err("refused")
    };
    assert_eq!(call(&odoo, "res.bank").code, Code::NotSupported);
    let error = call(&odoo, "sale.ordr");
    assert_eq!(error.code, Code::UnknownModel);
    assert!(error.hint.is_some_and(|hint| hint.contains("sale.order")));
    for model in ["res.bank", "sale.order"] {
        odoo.change(model, |model| {
            model["access_lists"] = json!([{"group_id": 99, "group": "Other / Group"}])
        });
        let error = call(&odoo, model);
        assert_eq!(error.code, Code::AccessDenied, "{model}");
        assert!(
            error
                .detail
                .is_some_and(|detail| detail.contains("Other / Group"))
        );
    }
}

#[test]
fn explanations_say_why_a_model_is_or_is_not_answered() {
    let odoo = Odoo::new();
    let explain = |tool: &str, arguments: Value| -> Value {
        let answer =
            odoo_compiler::answer::explain(tool, &arguments.to_string(), &odoo.principal, &odoo);
        serde_json::from_str(&answer.expect("an explanation").json).expect("JSON")
    };
    let answered = explain("odoo_describe_model", json!({"model": "sale.order"}));
    assert_eq!(
        (&answered["engine"], &answered["statements"]),
        (&json!("sql"), &json!([]))
    );
    assert_eq!(answered["user"], "olga");
    let not = explain("odoo_describe_model", json!({"model": "res.bank"}));
    assert_eq!(not["engine"], "odoo");
    assert!(
        not["reason"]
            .as_str()
            .is_some_and(|why| why.contains("_search of the module")),
        "{not}"
    );
    let list = explain("odoo_list_models", json!({}));
    assert_eq!(
        (&list["engine"], &list["model"]),
        (&json!("sql"), &Value::Null)
    );
}
