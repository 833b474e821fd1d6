//! Which fields Odoo is asked for, and how files are told.

use super::{completed, delegated, json2, odoo, refused};
use odoo_compiler::error::Code;
use serde_json::{Value, json};

/// The small Odoo with a model that is read, and that Odoo answers for Python decides over its rows.
fn with_files() -> crate::odoo::Odoo {
    let mut odoo = odoo();
    odoo.add(crate::odoo::described(
        "ir.attachment",
        &[
            "name char varchar",
            "description text text",
            "datas binary -",
            "raw binary -",
            "type selection varchar",
            "company_id many2one int4 relation=res.company",
            "access_token char varchar",
        ],
    ));
    odoo.change_facts("ir.attachment", |facts| {
        let json = json!({
            "effect": "rows", "method": "_search", "module": "base", "file": "base/m.py", "line": 7,
        });
        facts.overrides = vec![serde_json::from_value(json).expect("an override")];
        facts.display_name.rec_name = Some("name".into());
        for name in ["name", "type", "company_id", "access_token", "datas", "raw"] {
            facts.fields.with_facts.entry(name.into()).or_default();
        }
        let company = facts.fields.with_facts.get_mut("company_id");
        company.expect("a field").groups = Some("base.group_system".into());
    });
    odoo
}

fn fields(request: &odoo_compiler::delegate::Request) -> Value {
    request.kwargs["fields"].clone()
}

#[test]
fn files_are_told_by_their_size_and_never_sent_whole() {
    let odoo = with_files();
    for tool in ["odoo_search", "odoo_read"] {
        let mut call = json!({"model": "ir.attachment", "fields": ["name", "datas", "raw"]});
        if tool == "odoo_read" {
            call["ids"] = json!([7]);
        }
        let delegation = delegated(&odoo, tool, &call);
        for request in &delegation.requests {
            assert_eq!(request.kwargs["context"]["bin_size"], true, "{tool}");
        }
        let records = json!([{"id": 7, "name": "a.pdf", "datas": "12.34 Kb", "raw": "12.34 Kb"}]);
        let answer =
            completed(&delegation, &json2(&[records.clone(), json!(1)])).expect("an answer");
        assert_eq!(answer["records"], records);
        assert_eq!(answer["warnings"][0]["code"], "binary_size", "{answer}");
        // what has no files is asked as ever
        call["fields"] = json!(["name"]);
        let delegation = delegated(&odoo, tool, &call);
        assert_eq!(
            delegation.requests[0].kwargs["context"].get("bin_size"),
            None
        );
    }
}

#[test]
fn nobody_is_sent_a_file_unasked_and_what_is_withheld_is_named() {
    let odoo = with_files();
    let delegation = delegated(&odoo, "odoo_search", &json!({"model": "ir.attachment"}));
    assert_eq!(
        fields(&delegation.requests[0]),
        json!(["id", "name", "type"])
    );
    let answer = completed(
        &delegation,
        &json2(&[json!([{"id": 7, "name": "a", "type": "url"}]), json!(1)]),
    )
    .expect("an answer");
    assert_eq!(
        answer["skipped_fields"],
        json!([{"field": "company_id", "reason": "access"}])
    );
    assert_eq!(answer.get("warnings"), None);
}

#[test]
fn money_has_no_noise_of_python_s_arithmetic() {
    let odoo = odoo();
    let call = json!({"model": "acme.thing", "fields": ["amount", "weight"]});
    let delegation = delegated(&odoo, "odoo_search", &call);
    let records = json!([{"id": 7, "amount": 14.999999999999998, "weight": 14.999999999999998}]);
    let answer = completed(&delegation, &json2(&[records, json!(1)])).expect("an answer");
    assert_eq!(
        answer["records"][0],
        json!({"id": 7, "amount": 15.0, "weight": 14.999999999999998})
    );
    let call =
        json!({"model": "acme.thing", "groupby": [], "aggregates": ["amount:sum", "amount:avg"]});
    let delegation = delegated(&odoo, "odoo_read_group", &call);
    let group = json!([{"__extra_domain": [], "amount:sum": 0.30000000000000004, "amount:avg": 0.30000000000000004}]);
    let answer = completed(&delegation, &json2(&[group])).expect("an answer");
    assert_eq!(answer["groups"][0]["amount:sum"], 0.3);
    assert_eq!(answer["groups"][0]["amount:avg"], 0.30000000000000004);
}

#[test]
fn a_model_that_odoo_answers_says_so_in_plain_words_before_the_developer_s() {
    let reason = |model: &str, fields: Value| {
        let call = json!({"model": model, "fields": fields});
        delegated(&with_files(), "odoo_search", &call).reason
    };
    assert_eq!(
        reason("ir.attachment", json!(["name"])),
        "Odoo answers for ir.attachment: its own code decides what is read of it: _search of the module base (base/m.py:7)"
    );
    let mut odoo = odoo();
    odoo.change("sale.order", |model| {
        model["fields"]["note"]["store"] = json!(false);
    });
    let call = json!({"model": "sale.order", "fields": ["note"]});
    let reason = delegated(&odoo, "odoo_search", &call).reason;
    assert_eq!(
        reason,
        "Odoo answers for \"note\" of sale.order: Odoo computes it"
    );
}

#[test]
fn where_python_says_who_reads_which_field_none_is_read_unasked() {
    let mut odoo = with_files();
    let asked = |odoo: &crate::odoo::Odoo| {
        let call = json!({"model": "ir.attachment"});
        fields(&delegated(odoo, "odoo_search", &call).requests[0])
    };
    odoo.change_facts("ir.attachment", |facts| {
        let json = json!({
            "effect": "field_access", "method": "_has_field_access", "module": "base", "file": "base/m.py", "line": 7,
            "only_for": "base.group_portal",
        });
        facts.overrides.push(serde_json::from_value(json).expect("an override"));
    });
    assert_eq!(asked(&odoo), json!(["id", "name", "type"]));
    odoo.principal
        .group_names
        .insert("base.group_portal".into());
    assert_eq!(asked(&odoo), json!(["id", "display_name"]));
}

#[test]
fn a_path_among_fields_is_refused_with_the_way_to_its_value() {
    let odoo = with_files();
    for model in ["ir.attachment", "sale.order"] {
        let call = json!({"model": model, "fields": ["company_id.name"]});
        let error = refused(&odoo, "odoo_search", &call);
        assert_eq!(error.code, Code::UnknownField);
        assert_eq!(
            error.hint.as_deref(),
            Some(
                "fields take no paths: read company_id, then name of its records by odoo_read; odoo_read_group groups by company_id.name"
            )
        );
    }
}
