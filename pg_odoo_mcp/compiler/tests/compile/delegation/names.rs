//! Names that only Odoo's Python makes, in answers of SQL's.

use super::{completed, delegated, json2, jsonrpc, refused, reply};
use crate::odoo::Odoo;
use odoo_compiler::answer::Reply;
use odoo_compiler::delegate::Delegation;
use odoo_compiler::error::Code;
use odoo_compiler::facts::{DisplayNameKind, Effect, Override};
use serde_json::{Value, json};

/// The small Odoo, which can be asked, with these rows for its statements.
fn odoo(rows: &[&[Option<&str>]]) -> Odoo {
    let mut odoo = Odoo::new();
    odoo.delegates = true;
    odoo.rows = rows
        .iter()
        .map(|row| row.iter().map(|cell| cell.map(str::to_owned)).collect())
        .collect();
    odoo
}

const LINES: &[&[Option<&str>]] = &[
    &[Some(
        r#"{"id":11,"product_id":[7, {"" : ["sale.order.line", "product_id", 7, 11]}],"sequence":1.10}"#,
    )],
    &[Some(
        r#"{"id":12,"product_id":[7, {"" : ["sale.order.line", "product_id", 7, 12]}],"sequence":2}"#,
    )],
    &[Some(r#"{"id":13,"product_id":false,"sequence":3}"#)],
    &[Some(
        r#"{"id":14,"product_id":[8, {"" : ["sale.order.line", "product_id", 8, 14]}],"sequence":4}"#,
    )],
];

fn search() -> Value {
    json!({"model": "sale.order.line", "fields": ["product_id", "sequence"]})
}

fn lines() -> Delegation {
    delegated(&odoo(LINES), "odoo_search", &search())
}

fn requests(delegation: &Delegation) -> Value {
    serde_json::to_value(&delegation.requests).expect("requests are JSON")
}

/// The request for the names of a model's fields.
fn request(model: &str, ids: Value, fields: Value) -> Value {
    json!({"model": model, "method": "search_read", "kwargs": {
        "domain": [["id", "in", ids]], "fields": fields, "order": "id",
        "context": {"lang": "en_US", "tz": "Europe/Brussels", "allowed_company_ids": [1, 2], "active_test": false},
    }})
}

fn said() -> Value {
    json!([{"id": 11, "product_id": [7, "[D7] \"Desk\""]}, {"id": 14, "product_id": [8, false]}])
}

#[test]
fn a_search_leaves_the_name_open_in_sql_and_joins_nothing_for_it() {
    let sql = odoo(&[])
        .sql("odoo_search", &search())
        .expect("a statement");
    assert!(
        sql.contains(r#"json_build_array(t0."product_id", json_build_object('', json_build_array('sale.order.line'::text, 'product_id'::text, t0."product_id", t0."id"))) END AS "product_id""#),
        "{sql}"
    );
    assert!(!sql.contains("product_product"), "{sql}");
}

#[test]
fn a_search_asks_for_one_record_of_each_name() {
    let delegation = lines();
    assert_eq!(
        requests(&delegation),
        json!([request(
            "sale.order.line",
            json!([11, 14]),
            json!(["product_id"])
        )])
    );
    assert_eq!(delegation.shape.engine(), "sql");
    for answers in [json2, jsonrpc] {
        let answer = completed(&delegation, &answers(&[said()])).expect("an answer");
        assert_eq!(
            answer["records"].to_string(),
            r#"[{"id":11,"product_id":[7,"[D7] \"Desk\""],"sequence":1.1},{"id":12,"product_id":[7,"[D7] \"Desk\""],"sequence":2},{"id":13,"product_id":false,"sequence":3},{"id":14,"product_id":[8,false],"sequence":4}]"#
        );
        assert_eq!(answer["engine"], "sql");
        assert_eq!(
            answer["engine_reason"],
            "the names of product_id are made by Odoo's Python"
        );
        assert_eq!(
            (&answer["total"], &answer["has_more"]),
            (&json!(4), &json!(false))
        );
        assert!(answer.get("warnings").is_none(), "{answer}");
    }
}

#[test]
fn all_else_stays_as_sql_wrote_it() {
    let outcome = serde_json::from_value(json2(&[said()])).expect("an outcome");
    let answer = odoo_compiler::delegate::complete(&lines().shape, outcome).expect("an answer");
    assert_eq!(answer.row_count, 4);
    assert!(
        answer
            .json
            .starts_with(r#"{"engine":"sql","engine_reason":"#),
        "{}",
        answer.json
    );
    assert!(
        answer.json.contains(r#""sequence":1.10"#),
        "{}",
        answer.json
    );
}

#[test]
fn where_no_name_is_wanted_nothing_is_asked() {
    let rows: &[&[Option<&str>]] = &[&[Some(r#"{"id":13,"product_id":false,"sequence":3}"#)]];
    for rows in [rows, &[]] {
        let Ok(Reply::Answer(answer)) = reply(&odoo(rows), "odoo_search", &search()) else {
            panic!("Odoo is asked for nothing");
        };
        assert!(!answer.json.contains("engine_reason"), "{}", answer.json);
    }
}

#[test]
fn who_names_no_fields_sees_names_too() {
    let call = json!({"model": "sale.order.line"});
    let delegation = delegated(&odoo(LINES), "odoo_search", &call);
    assert_eq!(delegation.shape.engine(), "sql");
}

#[test]
fn a_text_that_looks_like_a_place_for_a_name_is_a_text() {
    let text = r#"{"id":1,"name":"{\"\":[\"sale.order.line\",\"product_id\",7,1]}"}"#;
    let asked = odoo(&[&[Some(text)]]);
    let call = json!({"model": "sale.order.line", "fields": ["name"]});
    let Ok(Reply::Answer(answer)) = reply(&asked, "odoo_search", &call) else {
        panic!("Odoo is asked for nothing");
    };
    assert!(answer.json.contains(text), "{}", answer.json);
}

#[test]
fn where_odoo_can_t_be_asked_the_names_stay_open_and_that_is_said() {
    let mut asked = odoo(LINES);
    asked.principal.companies.truncate(1);
    let call = json!({"model": "sale.order.line", "fields": ["product_id"], "domain": [["order_id.state", "=", "sold"]]});
    let delegation = delegated(&asked, "odoo_search", &call);
    let outcomes = [
        json!({"failure": {"kind": "not_configured"}}),
        json!({"failure": {"kind": "unreachable", "detail": "no key"}}),
        json!({"failure": {"kind": "timed_out"}}),
        json!({"failure": {"kind": "too_large"}}),
        json!({"failure": {"kind": "key_refused"}}),
        json!({"answers": [{"status": 503, "body": {"name": "x"}}]}),
        json!({"answers": [{"status": 200, "body": {"records": []}}]}),
    ];
    for outcome in outcomes {
        let answer = completed(&delegation, &outcome).expect("an answer");
        assert_eq!(answer["engine"], "sql");
        assert!(answer.get("engine_reason").is_none(), "{answer}");
        assert_eq!(answer["records"][0]["product_id"], json!([7, null]));
        assert_eq!(answer["records"][2]["product_id"], json!(false));
        // beside what was noticed before
        let warnings = answer["warnings"].as_array().expect("warnings");
        assert_eq!(warnings.len(), 2, "{answer}");
        assert_eq!(warnings[1]["code"], "display_name_open");
        let message = warnings[1]["message"].as_str().expect("a message");
        assert!(message.contains("product_id"), "{message}");
    }
}

#[test]
fn in_a_batch_which_asks_nobody_they_stay_open_too() {
    let answer = lines().without_names("make this call alone");
    let answer = answer.expect("only names are missing").expect("an answer");
    assert_eq!(answer.row_count, 4);
    let json: Value = serde_json::from_str(&answer.json).expect("an answer is JSON");
    assert_eq!(json["records"][0]["product_id"], json!([7, null]));
    let message = json["warnings"][0]["message"].as_str().expect("a warning");
    assert!(message.ends_with("make this call alone"), "{message}");
    let whole = delegated(
        &odoo(LINES),
        "odoo_search",
        &json!({"model": "sale.order.line", "fields": ["display_name"]}),
    );
    assert!(whole.without_names("make this call alone").is_none());
}

#[test]
fn a_read_by_ids_asks_as_a_search_does_but_where_archived_records_count() {
    let call = json!({"model": "sale.order.line", "ids": [11, 12, 13, 14], "fields": ["product_id", "sequence"]});
    let delegation = delegated(&odoo(LINES), "odoo_read", &call);
    assert_eq!(delegation.shape.engine(), "sql");
    assert_eq!(requests(&delegation), requests(&lines()));
    let mut archived = call;
    archived["context"] = json!({"active_test": false});
    let delegation = delegated(&odoo(LINES), "odoo_read", &archived);
    assert_eq!(delegation.shape.engine(), "odoo");
}

#[test]
fn what_odoo_itself_refuses_is_refused() {
    for (name, status, code) in [
        ("odoo.exceptions.AccessError", 403, Code::AccessDenied),
        ("odoo.exceptions.UserError", 422, Code::OdooError),
        ("odoo.exceptions.MissingError", 404, Code::MissingRecord),
        ("builtins.ZeroDivisionError", 500, Code::OdooError),
    ] {
        let body = json!({"name": name, "message": "not you", "arguments": []});
        let outcome = json!({"answers": [{"status": status, "body": body}]});
        let error = completed(&lines(), &outcome).expect_err("refused");
        assert_eq!(error.code, code, "{name}");
    }
    let outcome = json!({"failure": {"kind": "cancelled"}});
    let error = completed(&lines(), &outcome).expect_err("refused");
    assert_eq!(error.code, Code::Cancelled);
}

#[test]
fn a_name_that_changed_hands_meanwhile_stays_open_and_that_is_said() {
    for body in [
        // the record points elsewhere, nowhere, is gone, or the field is
        json!([{"id": 11, "product_id": [9, "Chair"]}, {"id": 14, "product_id": [8, "Lamp"]}]),
        json!([{"id": 11, "product_id": false}, {"id": 14, "product_id": [8, "Lamp"]}]),
        json!([{"id": 14, "product_id": [8, "Lamp"]}]),
        json!([{"id": 11}, {"id": 14, "product_id": [8, "Lamp"]}]),
        // what is no name
        json!([{"id": 11, "product_id": [7, {"id": 1}]}, {"id": 14, "product_id": [8, "Lamp"]}]),
        json!([{"id": 11, "product_id": [7, true]}, {"id": 14, "product_id": [8, "Lamp"]}]),
    ] {
        let answer = completed(&lines(), &json2(std::slice::from_ref(&body))).expect("an answer");
        assert_eq!(
            answer["records"][0]["product_id"],
            json!([7, null]),
            "{body}"
        );
        assert_eq!(answer["records"][3]["product_id"], json!([8, "Lamp"]));
        assert_eq!(answer["warnings"][0]["code"], "display_name_open");
        assert!(answer.get("engine_reason").is_some());
    }
}

fn groups(more: Value) -> Value {
    let mut call = json!({"model": "sale.order.line", "groupby": ["product_id"]});
    let more = more.as_object().expect("an object").clone();
    call.as_object_mut().expect("an object").extend(more);
    call
}

#[test]
fn a_group_is_asked_for_by_a_record_of_its_own() {
    let sql = odoo(&[])
        .sql("odoo_read_group", &groups(json!({})))
        .expect("a statement");
    assert!(
        sql.contains(r#"count(*) AS m1, min(t0."id") AS m2"#),
        "{sql}"
    );
    assert!(
        sql.contains(r#"(json_build_object('', json_build_array('sale.order.line'::text, 'product_id'::text, t1."k1", t1."m2")))::text"#),
        "{sql}"
    );
    let hole = |id: i64, holder: i64| {
        format!(r#"{{"" : ["sale.order.line", "product_id", {id}, {holder}]}}"#)
    };
    let (desk, lamp) = (hole(7, 11), hole(8, 14));
    let rows: &[&[Option<&str>]] = &[
        &[Some("7"), Some(&desk), Some("2"), Some("2"), Some("3")],
        &[Some("8"), Some(&lamp), Some("1"), Some("1"), Some("3")],
        &[None, Some(&desk), Some("1"), Some("1"), Some("3")],
    ];
    let delegation = delegated(&odoo(rows), "odoo_read_group", &groups(json!({})));
    assert_eq!(
        requests(&delegation),
        json!([request(
            "sale.order.line",
            json!([11, 14]),
            json!(["product_id"])
        )])
    );
    let answer = completed(&delegation, &json2(&[said()])).expect("an answer");
    assert_eq!(
        answer["groups"],
        json!([
            {"product_id": [7, "[D7] \"Desk\""], "__extra_domain": [["product_id", "=", 7]], "__count": 2},
            {"product_id": [8, false], "__extra_domain": [["product_id", "=", 8]], "__count": 1},
            {"product_id": false, "__extra_domain": [["product_id", "=", false]], "__count": 1},
        ])
    );
    assert_eq!(answer["engine"], "sql");
    assert_eq!(answer["total"], 3);
}

#[test]
fn a_key_on_a_path_is_asked_of_the_path_s_model() {
    // in other languages the names of contacts without one are Python's
    let call = groups(
        json!({"groupby": ["product_id", "order_id.partner_id"], "context": {"lang": "fr_FR"}}),
    );
    let sql = odoo(&[])
        .sql("odoo_read_group", &call)
        .expect("a statement");
    assert!(
        sql.contains(r#"min(t0."id") AS m2, min(t1."id") AS m3"#),
        "{sql}"
    );
    assert!(
        sql.contains(r#"= '' THEN json_build_object('', json_build_array('sale.order'::text, 'partner_id'::text, t2."k2", t2."m3")) ELSE to_json("#),
        "{sql}"
    );
    let rows: &[&[Option<&str>]] = &[
        &[
            Some("7"),
            Some(r#"{"":["sale.order.line","product_id",7,11]}"#),
            Some("3"),
            Some(r#"{"":["sale.order","partner_id",3,5]}"#),
            Some("2"),
            Some("2"),
            Some("2"),
        ],
        &[
            Some("7"),
            Some(r#"{"":["sale.order.line","product_id",7,12]}"#),
            Some("4"),
            Some(r#""Azure""#),
            Some("2"),
            Some("2"),
            Some("2"),
        ],
    ];
    let delegation = delegated(&odoo(rows), "odoo_read_group", &call);
    let mut asked = [
        request("sale.order", json!([5]), json!(["partner_id"])),
        request("sale.order.line", json!([11]), json!(["product_id"])),
    ];
    for request in &mut asked {
        request["kwargs"]["context"]["lang"] = json!("fr_FR");
    }
    assert_eq!(requests(&delegation), json!(asked));
    let said = [
        json!([{"id": 5, "partner_id": [3, "Azure, Adresse de facturation"]}]),
        json!([{"id": 11, "product_id": [7, "Bureau"]}]),
    ];
    let answer = completed(&delegation, &json2(&said)).expect("an answer");
    let of = |at: usize| {
        let group = &answer["groups"][at];
        json!([group["product_id"], group["order_id.partner_id"]])
    };
    assert_eq!(
        [of(0), of(1)],
        [
            json!([[7, "Bureau"], [3, "Azure, Adresse de facturation"]]),
            json!([[7, "Bureau"], [4, "Azure"]]),
        ]
    );
    // an answer to one request only is none to the other
    let answer = completed(&delegation, &json2(&said[..1])).expect("an answer");
    assert_eq!(answer["groups"][0]["product_id"], json!([7, null]));
    assert_eq!(answer["warnings"][0]["code"], "display_name_open");
}

#[test]
fn a_grouped_read_of_names_that_can_t_be_asked_for_alone_is_odoo_s_as_a_whole() {
    let whole = |odoo: &Odoo, call: &Value| {
        let delegation = delegated(odoo, "odoo_read_group", call);
        assert_eq!(delegation.shape.engine(), "odoo", "{call}");
        assert_eq!(delegation.requests[0].method, "formatted_read_group");
    };
    // names are asked for without it
    let call = groups(json!({"context": {"active_test": false}}));
    whole(&odoo(&[]), &call);
    // the record itself, which sudo does not show
    whole(&odoo(&[]), &groups(json!({"groupby": ["id"]})));
    // a parent's field, for whoever may not read parents
    let mut inherited = odoo(&[]);
    inherited.change_facts("product.category", |facts| {
        facts.display_name.kind = DisplayNameKind::Python;
    });
    let call = json!({"model": "product.product", "groupby": ["categ_id"]});
    whole(&inherited, &call);
    // records, whose field Python shows
    let mut read = odoo(&[]);
    read.change_facts("sale.order.line", |facts| {
        facts.overrides.push(by_python(Effect::Values))
    });
    whole(&read, &groups(json!({})));
}

fn by_python(effect: Effect) -> Override {
    Override {
        effect,
        method: "_method".into(),
        module: "sale".into(),
        file: "sale/models/x.py".into(),
        line: 1,
        fields: None,
        only_for: None,
        only_where: None,
    }
}

#[test]
fn groups_that_python_sorts_are_odoo_s_as_a_whole_where_it_can_be_asked() {
    let mut sorted = odoo(&[]);
    sorted.change_facts("product.product", |facts| {
        facts.overrides.push(by_python(Effect::Order))
    });
    let call = groups(json!({}));
    let delegation = delegated(&sorted, "odoo_read_group", &call);
    assert_eq!(delegation.shape.engine(), "odoo");
    // sorted by something else they are SQL's
    let by_count = groups(json!({"order": "__count desc"}));
    assert!(sorted.sql("odoo_read_group", &by_count).is_ok());
    sorted.delegates = false;
    let answer = sorted.call("odoo_read_group", &call).expect("an answer");
    let warnings = answer["warnings"].to_string();
    assert!(warnings.contains("order_by_id"), "{warnings}");
}

#[test]
fn tags_are_no_field_that_shows_names() {
    let mut tags = odoo(&[]);
    tags.change_facts("crm.tag", |facts| {
        facts.display_name.kind = DisplayNameKind::Python;
    });
    let call = json!({"model": "sale.order", "groupby": ["tag_ids"]});
    let delegation = delegated(&tags, "odoo_read_group", &call);
    assert_eq!(delegation.shape.engine(), "odoo");
    // a pivot has no whole that Odoo could answer
    let call = json!({"model": "sale.order", "rows": ["tag_ids"]});
    let sql = tags.sql("odoo_pivot", &call).expect("a statement");
    assert!(!sql.contains("json_build_object"), "{sql}");
}

#[test]
fn rows_of_a_pivot_and_series_are_one_for_each_record_by_whatever_others_they_are_asked_for() {
    let hole = |holder: i64| format!(r#"{{"":["sale.order.line","product_id",7,{holder}]}}"#);
    let (first, second) = (hole(11), hole(12));
    let call = json!({"model": "sale.order.line", "rows": ["product_id"], "columns": ["sequence"], "totals": false});
    // by both keys, by rows alone, by columns alone
    let rows: &[&[Option<&str>]] = &[
        &[
            Some("7"),
            Some(&second),
            Some("1"),
            Some("0"),
            Some("1"),
            Some("1"),
        ],
        &[
            Some("7"),
            Some(&first),
            Some("2"),
            Some("0"),
            Some("1"),
            Some("1"),
        ],
        &[
            Some("7"),
            Some(&first),
            None,
            Some("1"),
            Some("2"),
            Some("2"),
        ],
        &[None, None, Some("1"), Some("2"), Some("1"), Some("1")],
        &[None, None, Some("2"), Some("2"), Some("1"), Some("1")],
    ];
    let delegation = delegated(&odoo(rows), "odoo_pivot", &call);
    let said = json!([{"id": 12, "product_id": [7, "Desk"]}]);
    let answer = completed(&delegation, &json2(std::slice::from_ref(&said))).expect("an answer");
    assert_eq!(answer["rows"], json!([[[7, "Desk"], 1, 1]]));

    // as a column it is in the head of the table
    let call = json!({"model": "sale.order.line", "rows": ["sequence"], "columns": ["product_id"], "totals": false});
    let rows: &[&[Option<&str>]] = &[
        &[
            Some("1"),
            Some("7"),
            Some(&second),
            Some("0"),
            Some("1"),
            Some("1"),
        ],
        &[Some("1"), None, None, Some("1"), Some("1"), Some("1")],
        &[
            None,
            Some("7"),
            Some(&first),
            Some("2"),
            Some("1"),
            Some("1"),
        ],
    ];
    let delegation = delegated(&odoo(rows), "odoo_pivot", &call);
    let answer = completed(&delegation, &json2(&[said])).expect("an answer");
    assert_eq!(
        answer["columns"],
        json!(["sequence", {"measure": "__count", "product_id": [7, "Desk"]}])
    );
    assert_eq!(answer["rows"], json!([[1, 1]]));

    let mut dated = odoo(&[
        &[
            Some("2026-01-01 00:00:00"),
            Some("7"),
            Some(&first),
            Some("1"),
            Some("1"),
        ],
        &[
            Some("2026-02-01 00:00:00"),
            Some("7"),
            Some(&second),
            Some("1"),
            Some("1"),
        ],
    ]);
    dated.change("sale.order.line", |model| {
        model["fields"]["create_date"] = json!({"name": "create_date", "label": "Created", "type": "datetime", "store": true, "column": "timestamp"});
    });
    let call = json!({"model": "sale.order.line", "date_field": "create_date", "period": "month", "group_by": ["product_id"]});
    let delegation = delegated(&dated, "odoo_time_series", &call);
    let said = json!([{"id": 11, "product_id": [7, "Desk"]}]);
    let answer = completed(&delegation, &json2(&[said])).expect("an answer");
    assert_eq!(
        answer["rows"],
        json!([
            ["2026-01-01", [7, "Desk"], 1],
            ["2026-02-01", [7, "Desk"], 1]
        ])
    );
}

#[test]
fn a_parent_s_field_is_read_of_the_parent() {
    let mut inherited = odoo(&[]);
    inherited.change_facts("product.category", |facts| {
        facts.display_name.kind = DisplayNameKind::Python;
    });
    let call = json!({"model": "product.product", "fields": ["categ_id"]});
    let sql = inherited.sql("odoo_search", &call).expect("a statement");
    assert!(
        sql.contains(r#"json_build_array('product.template'::text, 'categ_id'::text, t2."categ_id", t2."id")"#),
        "{sql}"
    );
}

#[test]
fn without_a_way_to_odoo_names_are_left_open_as_ever() {
    let mut alone = odoo(&[]);
    alone.delegates = false;
    let sql = alone.sql("odoo_search", &search()).expect("a statement");
    assert!(
        sql.contains(r#"json_build_array(t0."product_id", 'null'::json)"#),
        "{sql}"
    );
    alone.rows = LINES
        .iter()
        .map(|row| row.iter().map(|cell| cell.map(str::to_owned)).collect())
        .collect();
    let answer = alone.call("odoo_search", &search()).expect("an answer");
    assert_eq!(answer["warnings"][0]["code"], "display_name_open");
}

#[test]
fn what_is_sorted_or_filtered_by_such_a_name_is_odoo_s_as_a_whole() {
    for more in [
        json!({"domain": [["product_id", "ilike", "desk"]]}),
        json!({"domain": [["product_id.display_name", "=", "Desk"]]}),
        json!({"fields": ["display_name"]}),
    ] {
        let mut call = search();
        let more = more.as_object().expect("an object").clone();
        call.as_object_mut().expect("an object").extend(more);
        let delegation = delegated(&odoo(LINES), "odoo_search", &call);
        assert_eq!(delegation.shape.engine(), "odoo", "{call}");
    }
    let mut denied = search();
    denied["fields"] = json!(["product_id", "nothing"]);
    let error = refused(&odoo(LINES), "odoo_search", &denied);
    assert_eq!(error.code, Code::UnknownField);
}
