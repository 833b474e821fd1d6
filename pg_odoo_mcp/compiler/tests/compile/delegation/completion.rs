use super::{completed, delegated, json2, jsonrpc, odoo};
use odoo_compiler::delegate::Delegation;
use odoo_compiler::error::Code;
use serde_json::{Value, json};

fn search(limit: u64, offset: u64) -> Delegation {
    let call = json!({"model": "acme.thing", "fields": ["name", "partner_id"], "limit": limit, "offset": offset});
    delegated(&odoo(), "odoo_search", &call)
}

fn thing(id: i64) -> Value {
    json!({"partner_id": [7, "Azure"], "id": id, "name": format!("T{id}"), "message_ids": [1, 2]})
}

#[test]
fn records_have_the_fields_that_were_asked_for_in_that_order() {
    for answers in [json2, jsonrpc] {
        let answer =
            completed(&search(5, 0), &answers(&[json!([thing(3)]), json!(1)])).expect("an answer");
        assert_eq!(answer["engine"], "odoo");
        assert!(
            answer["engine_reason"]
                .as_str()
                .is_some_and(|r| r.contains("acme.thing"))
        );
        assert_eq!(
            answer["records"].to_string(),
            r#"[{"id":3,"name":"T3","partner_id":[7,"Azure"]}]"#
        );
        assert_eq!(
            (&answer["total"], &answer["has_more"]),
            (&json!(1), &json!(false))
        );
    }
}

#[test]
fn numbers_stay_as_odoo_wrote_them() {
    let delegation = delegated(
        &odoo(),
        "odoo_search",
        &json!({"model": "acme.thing", "fields": ["amount"]}),
    );
    let outcome = r#"{"answers": [{"status": 200, "body": [{"id": 1, "amount": 12345678901234567890.10}]}, {"status": 200, "body": 1}]}"#;
    let outcome = serde_json::from_str(outcome).expect("an outcome");
    let answer = odoo_compiler::delegate::complete(&delegation.shape, outcome).expect("an answer");
    assert!(
        answer.json.contains("12345678901234567890.10"),
        "{}",
        answer.json
    );
    assert_eq!(answer.row_count, 1);
}

#[test]
fn totals_hold_although_two_requests_see_two_moments() {
    let page = |count: i64| json!((0..count).map(thing).collect::<Vec<_>>());
    for (limit, offset, rows, count, total, has_more) in [
        (2, 0, 1, 1, 1, false),
        (2, 0, 0, 0, 0, false),
        // not full, for Odoo leaves some out after it has cut the page
        (5, 0, 2, 9, 9, true),
        (2, 4, 1, 99, 99, true),
        // full
        (2, 0, 2, 7, 7, true),
        (2, 0, 2, 2, 2, false),
        // records were deleted in between: what was read was there
        (2, 0, 2, 1, 2, false),
        (2, 4, 2, 3, 3, false),
        // behind the last one, and one came in between
        (2, 9, 0, 4, 4, false),
        (2, 9, 0, 10, 10, true),
    ] {
        let bodies = [page(rows), json!(count)];
        let answer = completed(&search(limit, offset), &json2(&bodies)).expect("an answer");
        assert_eq!(
            (&answer["total"], &answer["has_more"]),
            (&json!(total), &json!(has_more)),
            "{limit} {offset} {rows} {count}"
        );
    }
    // a page that nobody counted might be cut
    let error = completed(&search(2, 0), &json2(&[page(2)])).expect_err("refused");
    assert_eq!(error.code, Code::OdooUnavailable);
}

#[test]
fn more_records_than_asked_for_are_cut_and_that_is_said() {
    let page = json!([thing(1), thing(2), thing(3)]);
    let answer = completed(&search(2, 0), &json2(&[page, json!(2)])).expect("an answer");
    assert_eq!(answer["records"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        (&answer["total"], &answer["has_more"]),
        (&json!(3), &json!(true))
    );
}

#[test]
fn a_field_that_odoo_leaves_out_is_named() {
    let page = json!([{"id": 1, "name": "a", "partner_id": false}, {"id": 2, "name": "b"}]);
    let answer = completed(&search(5, 0), &json2(&[page, json!(2)])).expect("an answer");
    assert_eq!(answer["records"][1], json!({"id": 2, "name": "b"}));
    assert_eq!(answer["skipped_fields"][0]["field"], "partner_id");
}

#[test]
fn records_of_ids_come_as_odoo_gives_them_and_those_that_it_leaves_out_are_said() {
    let call = json!({"model": "acme.thing", "ids": [9, 3, 1, 3, 9], "fields": ["name"]});
    let delegation = delegated(&odoo(), "odoo_read", &call);
    for answers in [json2, jsonrpc] {
        let found = json!([thing(3), thing(1), thing(3)]);
        let answer = completed(&delegation, &answers(&[found])).expect("an answer");
        assert_eq!(
            answer["records"],
            json!([{"id": 3, "name": "T3"}, {"id": 1, "name": "T1"}, {"id": 3, "name": "T3"}])
        );
        assert_eq!(
            answer["warnings"],
            json!([{"code": "missing_record", "message": "acme.thing has no record 9: deleted, or never there"}])
        );
    }
    // the name that is read along with an id is not shown
    let call = json!({"model": "acme.thing", "ids": [3], "fields": ["id"]});
    let delegation = delegated(&odoo(), "odoo_read", &call);
    let found = json!([{"id": 3, "display_name": "T3"}]);
    let answer = completed(&delegation, &json2(&[found])).expect("an answer");
    assert_eq!(answer["records"], json!([{"id": 3}]));
    for body in [
        json!([thing(1), thing(2)]),
        json!([{"name": "a"}]),
        json!(1),
    ] {
        let error = completed(&delegation, &json2(&[body])).expect_err("refused");
        assert_eq!(error.code, Code::OdooUnavailable);
    }
}

#[test]
fn names_come_as_odoo_gives_them_and_a_full_list_may_be_longer() {
    let call = json!({"model": "acme.thing", "name": "a", "limit": 2});
    let delegation = delegated(&odoo(), "odoo_name_search", &call);
    let names = |body: Value| completed(&delegation, &json2(&[body]));
    let answer = names(json!([[7, "Azure"]])).expect("an answer");
    assert_eq!(answer["records"], json!([[7, "Azure"]]));
    assert_eq!(answer["has_more"], false);
    let answer = names(json!([[7, "Azure"], [3, false]])).expect("an answer");
    assert_eq!(answer["records"], json!([[7, "Azure"], [3, false]]));
    assert_eq!(
        (&answer["has_more"], &answer["warnings"][0]["code"]),
        (&Value::Null, &json!("limit_reached"))
    );
    for body in [json!([7]), json!([["7", "a"]]), json!([[7]]), json!({})] {
        let error = names(body).expect_err("refused");
        assert_eq!(error.code, Code::OdooUnavailable);
    }
}

#[test]
fn what_is_no_answer_of_odoo_s_is_refused() {
    let delegation = search(5, 0);
    for body in [
        json!({}),
        json!("<html>"),
        json!(null),
        json!([1]),
        json!([{"name": "a"}]),
        json!([{"id": "x"}]),
        json!([{"id": false}]),
        json!({"jsonrpc": "2.0", "id": 1}),
        json!({"jsonrpc": "2.0", "result": {"records": []}}),
    ] {
        let bodies = [body.clone(), json!(1)];
        let error = completed(&delegation, &json2(&bodies)).expect_err("refused");
        assert_eq!(error.code, Code::OdooUnavailable, "{body}: {error}");
    }
    for count in [json!(null), json!("1"), json!([1])] {
        let bodies = [json!([thing(1)]), count.clone()];
        let error = completed(&delegation, &json2(&bodies)).expect_err("refused");
        assert_eq!(error.code, Code::OdooUnavailable, "{count}: {error}");
    }
    let error = completed(&delegation, &json!({"answers": []})).expect_err("refused");
    assert_eq!(error.code, Code::OdooUnavailable);
    let count = delegated(&odoo(), "odoo_count", &json!({"model": "acme.thing"}));
    for body in [json!(-1), json!([1]), json!("7"), json!(1.5)] {
        assert!(completed(&count, &json2(&[body])).is_err());
    }
}

#[test]
fn a_count_is_a_number() {
    let count = delegated(&odoo(), "odoo_count", &json!({"model": "acme.thing"}));
    for answers in [json2, jsonrpc] {
        let answer = completed(&count, &answers(&[json!(0)])).expect("an answer");
        assert_eq!(
            (&answer["count"], &answer["engine"]),
            (&json!(0), &json!("odoo"))
        );
    }
}

#[test]
fn where_nothing_is_grouped_by_there_is_one_group_behind_which_is_none() {
    for (offset, page) in [
        (0, json!([{"__extra_domain": [], "amount:sum": 7.5}])),
        (2, json!([])),
    ] {
        let call = json!({"model": "acme.thing", "groupby": [], "aggregates": ["amount:sum"], "limit": 2, "offset": offset});
        let delegation = delegated(&odoo(), "odoo_read_group", &call);
        assert_eq!(delegation.requests.len(), 1);
        let answer = completed(&delegation, &json2(&[page])).expect("an answer");
        assert_eq!(answer["total"], 1, "{offset}: {answer}");
        assert_eq!(answer["has_more"], false, "{offset}: {answer}");
    }
}

fn grouped(offset: u64) -> Delegation {
    let call = json!({"model": "acme.thing", "groupby": ["moment:week", "partner_id"], "aggregates": ["amount:sum"], "limit": 2, "offset": offset});
    delegated(&odoo(), "odoo_read_group", &call)
}

fn group(partner: i64) -> Value {
    json!({
        "partner_id": [partner, "P"], "amount:sum": 1.5, "__fold": false, "moment:week": ["2026-01-03 23:00:00", "W1 2026"],
        "__extra_domain": ["&", ["partner_id", "=", partner], ["moment", ">=", "2026-01-03 23:00:00"]],
    })
}

#[test]
fn groups_have_the_keys_and_figures_that_were_asked_for() {
    let answer = completed(&grouped(0), &json2(&[json!([group(1)])])).expect("an answer");
    assert_eq!(
        answer["groups"].to_string(),
        r#"[{"moment:week":["2026-01-03 23:00:00","W1 2026"],"partner_id":[1,"P"],"__extra_domain":["&",["partner_id","=",1],["moment",">=","2026-01-03 23:00:00"]],"amount:sum":1.5}]"#
    );
    assert_eq!(
        (&answer["total"], &answer["has_more"]),
        (&json!(1), &json!(false))
    );
    assert_eq!(answer["timezone"], "Europe/Brussels");
    assert_eq!(answer["week_start"], "sunday");
    assert_eq!(answer["companies"], json!(["Main", "Beta"]));
    assert_eq!(answer["lineage"], json!({"model": "acme.thing"}));
    assert_eq!(answer["warnings"][0]["code"], "no_currency");
}

#[test]
fn groups_are_counted_as_far_as_that_is_cheap() {
    let groups = |count: i64| json!((0..count).map(group).collect::<Vec<_>>());
    for (offset, page, rest, total, has_more) in [
        (0, 2, None, json!(2), false),
        (4, 1, None, json!(5), false),
        (4, 0, None, Value::Null, false),
        (4, 0, Some(3), json!(3), false),
        (0, 0, None, json!(0), false),
        (0, 3, Some(7), json!(7), true),
        (4, 3, Some(11), json!(11), true),
        // it went in between
        (0, 3, Some(0), json!(3), true),
        (0, 3, Some(2003), Value::Null, true),
        (0, 3, None, Value::Null, true),
    ] {
        let mut bodies = vec![groups(page)];
        bodies.extend(rest.map(groups));
        let answer = completed(&grouped(offset), &json2(&bodies)).expect("an answer");
        assert_eq!(
            (&answer["total"], &answer["has_more"]),
            (&total, &json!(has_more))
        );
        let shown = answer["groups"].as_array().map(Vec::len);
        assert_eq!(shown, Some(page.min(2) as usize));
        assert_eq!(
            answer["warnings"].to_string().contains("total_open"),
            total.is_null()
        );
    }
}

#[test]
fn a_group_that_lacks_a_key_or_its_domain_is_refused() {
    for name in ["partner_id", "amount:sum", "__extra_domain"] {
        let mut group = group(1);
        group.as_object_mut().expect("an object").remove(name);
        let error = completed(&grouped(0), &json2(&[json!([group])])).expect_err(name);
        assert_eq!(error.code, Code::OdooUnavailable);
    }
    let mut other = group(1);
    other["__extra_domain"] = json!("[]");
    assert!(completed(&grouped(0), &json2(&[json!([other])])).is_err());
}

#[test]
fn fields_are_described_as_they_are_for_sql() {
    let described = delegated(
        &odoo(),
        "odoo_describe_model",
        &json!({"model": "acme.thing"}),
    );
    let long = "x".repeat(200);
    let fields = json!({
        "state": {"type": "selection", "string": "State", "selection": [["a", "A"], ["b", "B"]], "store": true, "groupable": true, "required": true, "readonly": false, "searchable": true},
        "name": {"type": "char", "string": "Name", "help": long, "store": true, "groupable": true, "translate": true},
        "total": {"type": "monetary", "string": "Total", "help": false, "store": false, "searchable": true, "currency_field": "currency_id", "related": "order_id.total"},
        "partner_id": {"type": "many2one", "string": "Partner", "relation": "res.partner", "store": false, "related": ["a", "b"], "company_dependent": true},
        "access_token": {"type": "char", "string": "Token", "store": true},
    });
    for answers in [json2, jsonrpc] {
        let answer =
            completed(&described, &answers(std::slice::from_ref(&fields))).expect("an answer");
        assert_eq!(
            (&answer["engine"], &answer["model"], &answer["order"]),
            (&json!("odoo"), &json!("acme.thing"), &json!("name"))
        );
        assert_eq!(answer["name"], "Thing of acme.thing in en_US");
        let names: Vec<&str> = answer["fields"]
            .as_array()
            .expect("fields")
            .iter()
            .filter_map(|f| f["name"].as_str())
            .collect();
        assert_eq!(
            names,
            ["access_token", "name", "partner_id", "state", "total"]
        );
        assert_eq!(
            answer["fields"][3],
            json!({"name": "state", "type": "selection", "label": "State", "selection": [["a", "A"], ["b", "B"]], "required": true, "readonly": false, "stored": true, "groupable": true})
        );
        assert_eq!(
            answer["fields"][4],
            json!({"name": "total", "type": "monetary", "label": "Total", "required": false, "readonly": false, "stored": false, "groupable": false, "searchable": true, "currency_field": "currency_id", "related": "order_id.total"})
        );
        assert_eq!(answer["fields"][2]["related"], "a.b");
        assert_eq!(answer["fields"][1]["help"], Value::Null);
        assert!(
            answer["fields"][0]["unsupported"]
                .as_str()
                .is_some_and(|why| why.contains("secret"))
        );
        assert_eq!(answer["warnings"][0]["code"], "shortened");
    }
}

#[test]
fn a_named_field_that_odoo_does_not_tell_of_is_refused() {
    let call = json!({"model": "acme.thing", "fields": ["name", "amount"]});
    let described = delegated(&odoo(), "odoo_describe_model", &call);
    let fields = json!({"name": {"type": "char", "string": "Name"}});
    let error = completed(&described, &json2(&[fields])).expect_err("refused");
    assert_eq!(error.code, Code::AccessDenied);
    assert!(error.message.contains("\"amount\""), "{error}");
}
