use super::{delegated, odoo, refused};
use odoo_compiler::error::Code;
use serde_json::json;

#[test]
fn what_is_wrong_with_a_call_is_said_before_odoo_is_asked() {
    let odoo = odoo();
    for (arguments, code) in [
        (
            json!({"context": {"bin_size": true}}),
            Code::InvalidArguments,
        ),
        (
            json!({"context": {"lang": "xx_XX"}}),
            Code::InvalidArguments,
        ),
        (json!({"context": {"tz": "Mars"}}), Code::InvalidArguments),
        (
            json!({"context": {"allowed_company_ids": [3]}}),
            Code::AccessDenied,
        ),
        (json!({"limit": 1001}), Code::InvalidArguments),
        (json!({"offset": -1}), Code::InvalidArguments),
        (
            json!({"domain": [["partner_id", "any!", []]]}),
            Code::InvalidDomain,
        ),
        (
            json!({"domain": [["partner_id", "not any!", []]]}),
            Code::InvalidDomain,
        ),
        (json!({"domain": "[]"}), Code::InvalidDomain),
        (
            json!({"domain": [["name", "any", []]]}),
            Code::InvalidDomain,
        ),
        (
            json!({"order": "name; drop table x"}),
            Code::InvalidArguments,
        ),
        (json!({"order": "lower(name)"}), Code::UnknownField),
        (json!({"order": "name.id"}), Code::InvalidArguments),
        (json!({"order": "partner_id.name"}), Code::InvalidArguments),
        (json!({"model": "acme.thin"}), Code::UnknownModel),
        (json!({"load": ""}), Code::InvalidArguments),
    ] {
        let mut call = json!({"model": "acme.thing"});
        let arguments = arguments.as_object().expect("arguments");
        call.as_object_mut()
            .expect("a call")
            .extend(arguments.clone());
        let error = refused(&odoo, "odoo_search", &call);
        assert_eq!(error.code, code, "{call}: {error}");
    }
}

#[test]
fn names_are_looked_up_on_every_step_of_their_way() {
    let odoo = odoo();
    for (tool, arguments, near) in [
        ("odoo_search", json!({"fields": ["nam"]}), "name"),
        (
            "odoo_search",
            json!({"fields": ["partner_id.name"]}),
            "partner_id",
        ),
        ("odoo_search", json!({"order": "amout"}), "amount"),
        ("odoo_count", json!({"domain": [["nme", "=", 1]]}), "name"),
        (
            "odoo_count",
            json!({"domain": [["partner_id.emial", "=", 1]]}),
            "email",
        ),
        (
            "odoo_count",
            json!({"domain": [["line_ids.order_id.partner_id.emial", "=", 1]]}),
            "email",
        ),
        (
            "odoo_count",
            json!({"domain": ["!", ["bank_id", "any", ["|", ["id", "=", 1], ["bank_cod", "=", 2]]]]}),
            "bank_code",
        ),
        (
            "odoo_count",
            json!({"domain": [["name.length", "=", 1]]}),
            "",
        ),
        ("odoo_count", json!({"domain": [["day.month", "=", 1]]}), ""),
        ("odoo_count", json!({"domain": [["props.A b", "=", 1]]}), ""),
        (
            "odoo_read_group",
            json!({"groupby": ["partnr_id"]}),
            "partner_id",
        ),
        (
            "odoo_read_group",
            json!({"groupby": ["partner_id.emial"]}),
            "email",
        ),
        (
            "odoo_read_group",
            json!({"aggregates": ["amont:sum"]}),
            "amount",
        ),
        (
            "odoo_read_group",
            json!({"groupby": ["name"], "having": [["amont:sum", ">", 1]]}),
            "amount",
        ),
        (
            "odoo_read_group",
            json!({"groupby": ["name"], "order": "amont:sum"}),
            "amount",
        ),
        ("odoo_describe_model", json!({"fields": ["nam"]}), "name"),
    ] {
        let mut call = json!({"model": "acme.thing"});
        call.as_object_mut()
            .expect("a call")
            .extend(arguments.as_object().expect("arguments").clone());
        let error = refused(&odoo, tool, &call);
        assert_eq!(error.code, Code::UnknownField, "{call}: {error}");
        let hint = error.hint.unwrap_or_default();
        assert!(hint.contains(near), "{call}: {hint}");
    }
}

#[test]
fn who_may_not_read_a_model_is_told_so_by_us_and_not_of_its_fields() {
    let mut odoo = odoo();
    odoo.change("acme.thing", |model| {
        model["access_lists"] = json!([{"group_id": 99, "group": "Acme / User"}]);
    });
    for tool in [
        "odoo_search",
        "odoo_count",
        "odoo_read_group",
        "odoo_describe_model",
    ] {
        let error = refused(&odoo, tool, &json!({"model": "acme.thing"}));
        assert_eq!(error.code, Code::AccessDenied, "{tool}: {error}");
    }
    odoo.change("res.bank", |model| model["access_lists"] = json!([]));
    odoo.change("acme.thing", |model| {
        model["access_lists"] = json!([{"group_id": 10, "group": "Role / User"}]);
    });
    let call = json!({"model": "acme.thing", "domain": [["bank_id.bank_cod", "=", 1]]});
    let error = refused(&odoo, "odoo_count", &call);
    assert!(!error.hint.unwrap_or_default().contains("bank_code"));
}

#[test]
fn secrets_are_asked_of_nobody_in_no_position() {
    for (tool, arguments) in [
        ("odoo_search", json!({"fields": ["access_token"]})),
        ("odoo_search", json!({"order": "access_token"})),
        (
            "odoo_search",
            json!({"domain": [["access_token", "like", "a%"]]}),
        ),
        (
            "odoo_count",
            json!({"domain": [["tag_ids.x_password", "!=", false]]}),
        ),
        (
            "odoo_count",
            json!({"domain": [["tag_ids", "not any", ["!", ["x_password", "=", "a"]]]]}),
        ),
        ("odoo_read_group", json!({"groupby": ["access_token"]})),
        (
            "odoo_read_group",
            json!({"aggregates": ["access_token:count_distinct"]}),
        ),
        (
            "odoo_read_group",
            json!({"groupby": ["name"], "order": "access_token:max"}),
        ),
        (
            "odoo_read_group",
            json!({"groupby": ["name"], "having": [["access_token:count", ">", 1]]}),
        ),
    ] {
        let mut call = json!({"model": "acme.thing"});
        call.as_object_mut()
            .expect("a call")
            .extend(arguments.as_object().expect("arguments").clone());
        let mut with_secret = odoo();
        with_secret.change("crm.tag", |model| {
            model["fields"]["x_password"] = json!({"name": "x_password", "type": "char"});
        });
        let error = refused(&with_secret, tool, &call);
        assert_eq!(error.code, Code::NotPermitted, "{call}: {error}");
    }
    // of a model that SQL answers, too
    let mut known = odoo();
    known.change("sale.order", |model| {
        model["fields"]["access_token"] =
            json!({"name": "access_token", "type": "char", "store": true});
    });
    let call = json!({"model": "sale.order", "fields": ["access_token"]});
    assert_eq!(
        refused(&known, "odoo_search", &call).code,
        Code::NotPermitted
    );
}

#[test]
fn a_model_whose_name_is_no_part_of_an_address_is_not_asked_for() {
    let mut odoo = odoo();
    let mut model = json!({"label": "x", "table": null, "order": "id", "modules": ["acme"], "fields": {}, "rules": []});
    model["access_lists"] = json!([{"group_id": 10, "group": "Role / User"}]);
    for name in ["x/../res.users", "../x", "x?y", "x%2e", "x y", "é"] {
        model["name"] = json!(name);
        odoo.add(model.clone());
        let error = refused(&odoo, "odoo_count", &json!({"model": name}));
        assert_eq!(error.code, Code::NotSupported, "{name}");
    }
}

#[test]
fn who_may_read_what_odoo_answers_is_odoo_s_to_say() {
    // Python may decide over access as well: of employees, everybody is shown some
    let mut odoo = odoo();
    odoo.change("res.bank", |model| model["access_lists"] = json!([]));
    let count = json!({"model": "res.bank"});
    assert_eq!(
        refused(&odoo, "odoo_count", &count).code,
        Code::AccessDenied
    );
    odoo.delegates = true;
    for tool in [
        "odoo_count",
        "odoo_search",
        "odoo_read_group",
        "odoo_describe_model",
    ] {
        delegated(&odoo, tool, &count);
    }
    // where nobody asks Odoo after all, a field that is there is no other refusal than one that is not
    let call = json!({"model": "res.bank", "fields": ["name"]});
    let delegation = delegated(&odoo, "odoo_search", &call);
    assert_eq!(delegation.refusal.code, Code::AccessDenied);
    // what does not get as far as to Odoo tells nothing of the model's fields
    for field in ["nothing", "name"] {
        let call = json!({"model": "res.bank", "domain": [[field, "=?", {}]]});
        let error = refused(&odoo, "odoo_count", &call);
        assert_eq!(error.code, Code::AccessDenied, "{field}: {error}");
    }
    // but not of what SQL answers
    odoo.change("crm.tag", |model| model["access_lists"] = json!([]));
    let count = json!({"model": "crm.tag"});
    assert_eq!(
        refused(&odoo, "odoo_count", &count).code,
        Code::AccessDenied
    );
}

#[test]
fn what_is_wrong_with_ids_and_names_is_said_before_odoo_is_asked() {
    let odoo = odoo();
    for (tool, arguments, code) in [
        ("odoo_read", json!({"ids": [0]}), Code::InvalidArguments),
        ("odoo_read", json!({"ids": ["3"]}), Code::InvalidArguments),
        ("odoo_read", json!({}), Code::InvalidArguments),
        (
            "odoo_read",
            json!({"ids": [1], "fields": ["nam"]}),
            Code::UnknownField,
        ),
        (
            "odoo_read",
            json!({"ids": [1], "fields": ["access_token"]}),
            Code::NotPermitted,
        ),
        ("odoo_name_search", json!({}), Code::InvalidArguments),
        (
            "odoo_name_search",
            json!({"name": "a", "operator": "any"}),
            Code::InvalidArguments,
        ),
        (
            "odoo_name_search",
            json!({"name": "a", "domain": [["access_token", "=", "a"]]}),
            Code::NotPermitted,
        ),
    ] {
        let mut call = arguments.clone();
        call["model"] = json!("acme.thing");
        let error = refused(&odoo, tool, &call);
        assert_eq!(error.code, code, "{tool} {call}: {error}");
    }
}
