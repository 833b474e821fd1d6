use super::{completed, context, delegated, json2, odoo, refused, reply};
use crate::odoo::Odoo;
use odoo_compiler::answer::Reply;
use odoo_compiler::delegate::Delegation;
use odoo_compiler::error::Code;
use serde_json::{Value, json};

fn requests(delegation: &Delegation) -> Value {
    serde_json::to_value(&delegation.requests).expect("requests are JSON")
}

#[test]
fn a_search_of_a_model_that_nobody_read_is_asked_of_odoo() {
    let call = json!({
        "model": "acme.thing", "fields": ["name", "partner_id", "name"], "limit": 5,
        "domain": [["partner_id.name", "ilike", "azure"], ["amount", ">", 0.0]],
        "order": "\"amount\" DESC, partner_id.id  asc nulls first",
    });
    let delegation = delegated(&odoo(), "odoo_search", &call);
    assert!(
        delegation.reason.contains("acme.thing"),
        "{}",
        delegation.reason
    );
    let domain = json!([
        "&",
        ["partner_id.name", "ilike", "azure"],
        ["amount", ">", 0.0]
    ]);
    assert_eq!(
        requests(&delegation),
        json!([
            {"model": "acme.thing", "method": "search_read", "kwargs": {
                "domain": domain, "fields": ["id", "name", "partner_id"], "offset": 0, "limit": 5,
                "order": "amount desc, partner_id.id nulls first, id", "context": context(),
            }},
            {"model": "acme.thing", "method": "search_count", "kwargs": {"domain": domain, "context": context()}},
        ])
    );
}

#[test]
fn fields_are_always_named_and_who_names_none_is_told_how() {
    let delegation = delegated(&odoo(), "odoo_search", &json!({"model": "acme.thing"}));
    let kwargs = &delegation.requests[0].kwargs;
    assert_eq!(kwargs["fields"], json!(["id", "display_name"]));
    assert_eq!(kwargs["limit"], 100);
    assert!(!kwargs.contains_key("order"));
    let shape = serde_json::to_string(&delegation.shape).expect("JSON");
    assert!(shape.contains("odoo_describe_model"), "{shape}");
}

#[test]
fn of_a_model_that_is_known_the_usual_fields_are_read() {
    let call = json!({"model": "sale.order", "domain": [["date_order", ">", "today +3H"]]});
    let delegation = delegated(&odoo(), "odoo_search", &call);
    let fields = delegation.requests[0].kwargs["fields"].to_string();
    assert!(
        fields.contains("\"amount_total\"") && !fields.contains("display_name"),
        "{fields}"
    );
    assert_eq!(
        delegation.reason,
        "the relative date \"today +3H\" is not answered in SQL"
    );
}

#[test]
fn a_page_that_is_not_the_first_is_always_counted() {
    let call = json!({"model": "acme.thing", "offset": 10});
    let delegation = delegated(&odoo(), "odoo_search", &call);
    assert_eq!(delegation.requests[1].only_if_rows, None);
}

/// Odoo leaves messages out after it has cut a page, so its pages may be short, and empty, before the last.
#[test]
fn a_page_that_python_has_left_records_out_of_says_so() {
    let mut odoo = odoo();
    odoo.change_facts("sale.order", |facts| {
        let by = json!({"effect": "rows", "method": "_search", "module": "sale", "file": "sale/models/sale_order.py", "line": 7});
        facts
            .overrides
            .push(serde_json::from_value(by).expect("an override"));
    });
    let record = |id: i64| json!({"id": id, "name": format!("S{id}")});
    for (model, offset, rows, total, is_told) in [
        ("sale.order", 0, 1, 7, true),
        ("sale.order", 0, 0, 7, true),
        ("sale.order", 0, 3, 7, false),
        ("sale.order", 0, 2, 2, false),
        // whether it is the last one can't be known
        ("sale.order", 6, 1, 7, true),
        ("acme.thing", 0, 1, 7, true),
        ("acme.thing", 6, 1, 7, false),
    ] {
        let call = json!({"model": model, "fields": ["name"], "limit": 3, "offset": offset});
        let delegation = delegated(&odoo, "odoo_search", &call);
        let page: Vec<Value> = (0..rows).map(record).collect();
        let answer =
            completed(&delegation, &json2(&[json!(page), json!(total)])).expect("an answer");
        let warnings = answer["warnings"].as_array().cloned().unwrap_or_default();
        let told = warnings.iter().any(|warning| warning["code"] == "page_cut");
        assert_eq!(told, is_told, "{model} {offset}: {answer}");
        assert_eq!(answer["has_more"], offset + rows < total, "{answer}");
    }
}

/// As of `sale.report`, whose dates are alike.
#[test]
fn the_order_of_a_model_that_was_read_has_the_id_last() {
    let order = |odoo: &Odoo| {
        let call = json!({"model": "sale.order", "domain": [["date_order", ">", "today +3H"]]});
        let delegation = delegated(odoo, "odoo_search", &call);
        delegation.requests[0].kwargs.get("order").cloned()
    };
    let mut odoo = odoo();
    assert_eq!(order(&odoo), Some(json!("date_order desc, id desc")));
    odoo.change("sale.order", |model| {
        model["order"] = json!("date_order desc")
    });
    assert_eq!(order(&odoo), Some(json!("date_order desc, id")));
    odoo.change("sale.order", |model| model["order"] = json!("gone"));
    assert_eq!(order(&odoo), None);
    odoo.change("sale.order", |model| {
        model["order"] = json!("date_order desc")
    });
    odoo.change_facts("sale.order", |facts| {
        let by = json!({"effect": "order", "method": "_order_to_sql", "module": "sale", "file": "sale/models/sale_order.py", "line": 7});
        facts.overrides.push(serde_json::from_value(by).expect("an override"));
    });
    assert_eq!(order(&odoo), None);
}

#[test]
fn a_misspelt_selection_and_a_day_for_a_moment_are_told_of_odoo_s_answers_too() {
    let warned = |odoo: &Odoo, domain: Value| {
        let call = json!({"model": "sale.order", "domain": ["&", ["date_order", ">", "today +3H"], domain]});
        let delegation = delegated(odoo, "odoo_count", &call);
        let answer = completed(&delegation, &json2(&[json!(3)])).expect("an answer");
        answer["warnings"][0]["code"].clone()
    };
    let mut odoo = odoo();
    for (domain, code) in [
        (
            json!(["state", "in", ["sale", "sold"]]),
            "unknown_selection_value",
        ),
        (
            json!(["order_line.order_id.state", "!=", "sold"]),
            "unknown_selection_value",
        ),
        (json!(["date_order", "=", "2026-11-21"]), "day_is_midnight"),
    ] {
        assert_eq!(warned(&odoo, domain.clone()), code, "{domain}");
    }
    for quiet in [
        json!(["state", "=", "sale"]),
        json!(["state", "=", false]),
        json!(["state", "like", "sold"]),
        json!(["date_order", "<", "2026-11-21"]),
        json!(["date_order", "=", "2026-11-21 00:00:00"]),
    ] {
        assert_eq!(warned(&odoo, quiet.clone()), Value::Null, "{quiet}");
    }
    // Python makes the keys
    odoo.change_facts("sale.order", |facts| {
        let mut of_state = facts.fields.get("state").cloned().unwrap_or_default();
        of_state.open_selection = true;
        facts.fields.with_facts.insert("state".into(), of_state);
    });
    assert_eq!(warned(&odoo, json!(["state", "=", "sold"])), Value::Null);
}

#[test]
fn a_count_is_one_request() {
    let call = json!({"model": "res.bank", "domain": ["|", ["name", "=?", false], "!", ["bank_code", "==", null]]});
    let delegation = delegated(&odoo(), "odoo_count", &call);
    assert_eq!(
        requests(&delegation),
        json!([{"model": "res.bank", "method": "search_count", "kwargs": {
            "domain": ["|", ["name", "=?", false], "!", ["bank_code", "=", false]], "context": context(),
        }}])
    );
}

#[test]
fn a_read_of_ids_is_asked_as_one() {
    let mut odoo = odoo();
    odoo.change("acme.thing", |model| {
        for name in ["name", "tag_ids"] {
            model["fields"][name]["store"] = json!(true);
        }
    });
    let call = json!({"model": "acme.thing", "ids": [3, 1, 3], "fields": ["name", "name"]});
    let delegation = delegated(&odoo, "odoo_read", &call);
    assert_eq!(
        requests(&delegation),
        json!([{"model": "acme.thing", "method": "read", "kwargs": {
            "ids": [3, 1, 3], "fields": ["id", "name"], "context": context(),
        }}])
    );
    // of what has no column Odoo looks at no record
    for (fields, asked) in [
        (json!(["id"]), json!(["id", "display_name"])),
        (json!(["tag_ids"]), json!(["id", "tag_ids", "display_name"])),
        (json!(["weight"]), json!(["id", "weight", "display_name"])),
    ] {
        let call = json!({"model": "acme.thing", "ids": [3], "fields": fields});
        let delegation = delegated(&odoo, "odoo_read", &call);
        assert_eq!(delegation.requests[0].kwargs["fields"], asked);
        let record = json!({"id": 3, "weight": 1.5, "tag_ids": [1], "display_name": "T"});
        let answer = completed(&delegation, &json2(&[json!([record])])).expect("an answer");
        assert_eq!(answer["records"][0]["display_name"], Value::Null);
    }
}

#[test]
fn a_search_by_name_is_asked_as_one_of_odoo_s_own_methods() {
    let call = json!({"model": "acme.thing", "name": "a", "operator": "=", "limit": 7, "domain": [["amount", ">", 1]]});
    let delegation = delegated(&odoo(), "odoo_name_search", &call);
    assert_eq!(
        requests(&delegation),
        json!([{"model": "acme.thing", "method": "name_search", "kwargs": {
            "name": "a", "operator": "=", "limit": 7, "domain": [["amount", ">", 1]], "context": context(),
        }}])
    );
    let delegation = delegated(
        &odoo(),
        "odoo_name_search",
        &json!({"model": "acme.thing", "name": ""}),
    );
    let kwargs = &delegation.requests[0].kwargs;
    assert_eq!(
        (&kwargs["operator"], &kwargs["limit"]),
        (&json!("ilike"), &json!(100))
    );
    assert!(!kwargs.contains_key("domain"));
}

#[test]
fn the_context_is_spelled_out_and_is_the_caller_s() {
    let call = json!({"model": "res.bank", "context": {"lang": "fr_FR", "tz": "UTC", "allowed_company_ids": [2], "active_test": false}});
    let delegation = delegated(&odoo(), "odoo_count", &call);
    assert_eq!(
        delegation.requests[0].kwargs["context"],
        json!({"lang": "fr_FR", "tz": "UTC", "allowed_company_ids": [2], "active_test": false})
    );
}

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
fn what_sql_answers_is_not_delegated_and_what_it_can_t_is_with_the_reason() {
    let odoo = odoo();
    let plain = json!({"model": "sale.order", "fields": ["name"]});
    assert!(matches!(
        reply(&odoo, "odoo_search", &plain),
        Ok(Reply::Answer(_))
    ));
    let mut ruled = super::odoo();
    ruled.change("sale.order", |model| {
        model["rules"] = json!([{"name": "odd", "domain": "[('id', 'in', user.env.ref('a.b').ids)]", "is_global": true, "group_ids": []}]);
    });
    let delegation = delegated(&ruled, "odoo_search", &plain);
    assert!(
        delegation.reason.contains("\"odd\""),
        "{}",
        delegation.reason
    );
    assert!(!delegation.reason.contains('\n') && delegation.reason.len() < 1000);
    assert_eq!(delegation.refusal.code, Code::NotSupported);
}

#[test]
fn a_grouped_read_asks_for_one_group_more_and_counts_the_rest() {
    let call = json!({
        "model": "acme.thing", "groupby": ["day:month", "partner_id.country_id", "tag_ids", "props.color", "moment:hour_number"],
        "aggregates": ["amount:sum", "__count"], "having": [["__count", ">", 1]], "order": "amount:sum desc", "limit": 2, "offset": 4,
    });
    let delegation = delegated(&odoo(), "odoo_read_group", &call);
    let keys = json!([
        "day:month",
        "partner_id.country_id",
        "tag_ids",
        "props.color",
        "moment:hour_number"
    ]);
    assert_eq!(
        requests(&delegation),
        json!([
            {"model": "acme.thing", "method": "formatted_read_group", "kwargs": {
                "domain": [], "groupby": keys, "aggregates": ["amount:sum", "__count"], "having": [["__count", ">", 1]],
                "limit": 3, "offset": 4, "order": "amount:sum desc, day:month, partner_id.country_id, tag_ids, props.color, moment:hour_number", "context": context(),
            }},
            {"model": "acme.thing", "method": "formatted_read_group", "kwargs": {
                "domain": [], "groupby": keys, "aggregates": [], "having": [["__count", ">", 1]], "limit": 2007, "offset": 0, "context": context(),
            }},
        ])
    );
    let shape = serde_json::to_string(&delegation.shape).expect("JSON");
    assert!(
        shape.contains("overlapping_groups") && shape.contains("no_currency"),
        "{shape}"
    );
}

#[test]
fn what_cannot_be_grouped_is_refused_as_it_is_for_sql() {
    let odoo = odoo();
    for arguments in [
        json!({"groupby": ["day"]}),
        json!({"groupby": ["day:fortnight"]}),
        json!({"groupby": ["day:day_of_moon"]}),
        json!({"groupby": ["day:hour"]}),
        json!({"groupby": ["name:month"]}),
        json!({"groupby": ["props.color:fortnight"]}),
        json!({"groupby": ["tag_ids.name"]}),
        json!({"groupby": ["line_ids"]}),
        json!({"groupby": ["name", "name"]}),
        json!({"groupby": ["a", "b", "c", "d", "e", "f"]}),
        json!({"aggregates": ["amount"]}),
        json!({"aggregates": ["sum(amount)"]}),
        json!({"aggregates": ["amount:median"]}),
        json!({"aggregates": ["weight:sum_currency"]}),
        json!({"aggregates": ["name:sum"]}),
        json!({"aggregates": ["line_ids:max"]}),
        json!({"aggregates": ["amount:bool_and"]}),
        json!({"aggregates": ["partner_id.color:sum"]}),
        json!({"aggregates": ["__count", "__count"]}),
        json!({"having": [["__count", ">", 1]]}),
        json!({"groupby": ["name"], "having": [["__count", ">", "1"]]}),
        json!({"groupby": ["name"], "having": [["__count", "like", 1]]}),
        json!({"groupby": ["name"], "having": [["day:max", ">", 1]]}),
        json!({"groupby": ["name"], "having": [["__count", "any", []]]}),
        json!({"groupby": ["name"], "having": [["day:array_agg", "=", 1]]}),
        json!({"groupby": ["name"], "having": [["active:bool_or", "=", 1]]}),
        json!({"groupby": ["name"], "order": "name.upper desc"}),
        json!({"groupby": ["name"], "limit": 2001}),
    ] {
        let mut call = json!({"model": "acme.thing"});
        call.as_object_mut()
            .expect("a call")
            .extend(arguments.as_object().expect("arguments").clone());
        let error = refused(&odoo, "odoo_read_group", &call);
        assert_eq!(error.code, Code::InvalidArguments, "{call}: {error}");
    }
}

#[test]
fn a_having_is_written_as_odoo_takes_it() {
    let odoo = odoo();
    let having = |having: Value| {
        let call = json!({"model": "acme.thing", "groupby": ["name"], "having": having});
        delegated(&odoo, "odoo_read_group", &call).requests[0].kwargs["having"].clone()
    };
    assert_eq!(having(json!([])), json!([]));
    assert_eq!(
        having(json!([
            ["__count", "in", [1, 2]],
            ["weight:sum", "not in", [1.5]]
        ])),
        json!([
            "&",
            "|",
            ["__count", "=", 1],
            ["__count", "=", 2],
            ["weight:sum", "!=", 1.5]
        ])
    );
    assert_eq!(having(json!([["__count", "not in", []]])), json!([]));
    assert_eq!(
        having(json!(["|", [0, "=", 1], ["__count", "in", []]])),
        json!([["__count", "<", 0]])
    );
    assert_eq!(
        having(json!(["!", ["__count", "<", 2]])),
        json!(["!", ["__count", "<", 2]])
    );
}

#[test]
fn a_sum_over_currencies_says_into_which_where_odoo_makes_it_too() {
    let mut odoo = odoo();
    odoo.delegates_all = true;
    let call = json!({"model": "sale.order", "aggregates": ["amount_total:sum_currency"]});
    let delegation = delegated(&odoo, "odoo_read_group", &call);
    let told = serde_json::to_string(&delegation.shape).expect("JSON");
    assert!(
        told.contains("is in the currency whose rate is 1, which is USD, that of Main (company 1), unless it has a rate of its own")
            && told.contains("of 2026-12-31"),
        "{told}"
    );
}

/// As `sale.report` and `account.invoice.report`, whose query converts.
#[test]
fn whose_amounts_a_report_s_query_makes_is_told_that() {
    let shape = |odoo: &Odoo, tool: &str, call: Value| {
        let mut call = call;
        call["model"] = json!("sale.order");
        serde_json::to_string(&delegated(odoo, tool, &call).shape).expect("JSON")
    };
    let mut odoo = odoo();
    odoo.change_facts("sale.order", |facts| {
        let by = json!({"effect": "row_source", "method": "_table_query", "module": "sale", "file": "sale/models/sale_order.py", "line": 7});
        facts.overrides.push(serde_json::from_value(by).expect("an override"));
    });
    let sums = json!({"groupby": ["currency_id"], "aggregates": ["amount_total:sum"]});
    let told = shape(&odoo, "odoo_read_group", sums);
    assert!(
        told.contains("report_currency") && !told.contains("several_currencies"),
        "{told}"
    );
    let told = shape(&odoo, "odoo_search", json!({"fields": ["amount_total"]}));
    assert!(told.contains("report_currency"), "{told}");
    for (tool, quiet) in [
        ("odoo_search", json!({"fields": ["name"]})),
        (
            "odoo_read_group",
            json!({"groupby": ["state"], "aggregates": ["amount_total:count", "__count"]}),
        ),
    ] {
        let told = shape(&odoo, tool, quiet);
        assert!(!told.contains("report_currency"), "{told}");
    }
}

#[test]
fn money_that_is_grouped_by_its_currency_is_still_several_currencies() {
    let call = json!({"model": "acme.thing", "groupby": ["currency_id"], "aggregates": ["amount:sum", "amount:count"]});
    let delegation = delegated(&odoo(), "odoo_read_group", &call);
    let shape = serde_json::to_string(&delegation.shape).expect("JSON");
    assert_eq!(shape.matches("several_currencies").count(), 1, "{shape}");
    assert!(!shape.contains("no_currency"), "{shape}");
}

#[test]
fn a_model_is_described_by_fields_get_with_a_list_of_what_is_asked() {
    let call = json!({"model": "acme.thing", "fields": ["name", "access_token", "name"], "context": {"lang": "fr_FR"}});
    let delegation = delegated(&odoo(), "odoo_describe_model", &call);
    let [request] = delegation.requests.as_slice() else {
        panic!("one request");
    };
    assert_eq!(request.method, "fields_get");
    assert_eq!(request.kwargs["allfields"], json!(["name", "access_token"]));
    assert!(
        request.kwargs["attributes"]
            .as_array()
            .expect("a list")
            .contains(&json!("type"))
    );
    assert_eq!(request.kwargs["context"]["lang"], "fr_FR");
    let all = delegated(
        &odoo(),
        "odoo_describe_model",
        &json!({"model": "acme.thing"}),
    );
    assert!(!all.requests[0].kwargs.contains_key("allfields"));
}

#[test]
fn series_and_pivots_name_the_tool_that_odoo_answers() {
    let odoo = odoo();
    for (tool, call) in [
        (
            "odoo_time_series",
            json!({"model": "acme.thing", "date_field": "day", "period": "month"}),
        ),
        (
            "odoo_pivot",
            json!({"model": "acme.thing", "rows": ["name"]}),
        ),
    ] {
        let error = refused(&odoo, tool, &call);
        assert_eq!(error.code, Code::NotSupported);
        assert!(error.hint.unwrap_or_default().contains("odoo_read_group"));
    }
    // a hint that is nearer stays
    let call = json!({"model": "sale.order", "date_field": "date_order", "period": "fiscal_year"});
    let error = refused(&odoo, "odoo_time_series", &call);
    assert!(error.hint.unwrap_or_default().contains("period year"));
}

#[test]
fn an_explanation_shows_the_requests_and_runs_nothing() {
    let odoo = odoo();
    let call = json!({"model": "acme.thing", "fields": ["name"]});
    let explained = odoo.explained("odoo_search", &call).expect("explained");
    assert_eq!(explained["engine"], "odoo");
    assert_eq!(explained["model"], "acme.thing");
    assert_eq!(explained["requests"][0]["method"], "search_read");
    assert_eq!(explained["statements"], json!([]));
    assert_eq!(explained["user"], "olga");
    assert!(
        explained["reason"]
            .as_str()
            .is_some_and(|r| r.contains("acme.thing"))
    );
    assert!(odoo.ran.borrow().is_empty());
}

#[test]
fn what_is_kept_of_a_call_is_small() {
    let call = json!({"model": "acme.thing", "fields": ["name", "partner_id", "day"]});
    let delegation = delegated(&odoo(), "odoo_search", &call);
    let kept = serde_json::to_string(&delegation.shape).expect("JSON");
    assert!(kept.len() < 400, "{} bytes: {kept}", kept.len());
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

#[test]
fn where_odoo_is_to_answer_all_sql_answers_what_odoo_has_no_method_for() {
    let mut odoo = odoo();
    odoo.delegates = true;
    let tags = json!({"model": "crm.tag"});
    let answered = |odoo: &Odoo, tool| matches!(reply(odoo, tool, &tags), Ok(Reply::Answer(_)));
    odoo.rows = vec![vec![Some("3".into())]];
    assert!(answered(&odoo, "odoo_count"));
    odoo.delegates_all = true;
    for tool in [
        "odoo_count",
        "odoo_search",
        "odoo_read_group",
        "odoo_describe_model",
    ] {
        let delegation = delegated(&odoo, tool, &tags);
        assert!(
            delegation.reason.contains("pg_odoo_mcp.delegate_all"),
            "{tool}: {}",
            delegation.reason
        );
    }
    let context = reply(&odoo, "odoo_context", &json!({})).expect("an answer");
    assert!(matches!(context, Reply::Answer(_)));
    // rights that SQL knows of are looked at all the same
    odoo.change("crm.tag", |model| model["access_lists"] = json!([]));
    assert_eq!(refused(&odoo, "odoo_count", &tags).code, Code::AccessDenied);
}
