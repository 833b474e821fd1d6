use super::{completed, context, delegated, json2, odoo, refused, reply, requests};
use crate::odoo::Odoo;
use odoo_compiler::answer::Reply;
use odoo_compiler::error::Code;
use serde_json::{Value, json};

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
