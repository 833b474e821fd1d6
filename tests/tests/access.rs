//! A user without a right gets an error that names it, and never a row.

use odoo_mcp_tests::Environment;
use serde_json::{Value, json};

/// The three ways to ask about a model's rows.
fn questions(model: &str) -> [(&'static str, Value); 3] {
    [
        ("odoo_search", json!({"model": model})),
        ("odoo_count", json!({"model": model})),
        (
            "odoo_time_series",
            json!({"model": model, "date_field": "create_date", "period": "month", "measures": ["__count"]}),
        ),
    ]
}

#[test]
fn a_missing_right_is_named_and_no_row_comes() {
    let env = Environment::load();
    for (login, model) in [
        ("nobody", "sale.order"),
        ("nobody", "crm.lead"),
        ("nobody", "account.move"),
        ("books", "crm.lead"),
        ("portal", "crm.lead"),
    ] {
        let theirs = env
            .odoo(login)
            .call(model, "search_count", &json!({"domain": []}));
        assert!(
            theirs.as_ref().is_err_and(|error| error.status == 403),
            "Odoo refuses {login} {model} too: {theirs:?}"
        );
        let mut mcp = env.mcp(login);
        for (tool, arguments) in questions(model) {
            let answer = mcp.call_tool(tool, &arguments);
            assert_eq!(answer.code(), "access_denied", "{login} {tool} {model}");
            let error = answer.error();
            let said = error.to_string();
            assert!(
                said.contains(model),
                "{login} {tool}: the error names the model: {said}"
            );
            assert!(
                ["detail", "hint"]
                    .iter()
                    .any(|key| error[*key].as_str().is_some_and(|text| text.len() > 10)),
                "{login} {tool}: the error says which right would do: {said}"
            );
            assert_eq!(
                answer.content.as_object().map(serde_json::Map::len),
                Some(1),
                "nothing but the error: {said}"
            );
        }
    }
}

#[test]
fn the_groups_that_would_do_are_odoo_s() {
    let env = Environment::load();
    let answer = env
        .mcp("nobody")
        .call_tool("odoo_count", &json!({"model": "sale.order"}));
    let said = answer.error().to_string();
    // Odoo's own error lists the groups whose access list gives the right
    assert!(said.contains("Sales"), "{said}");
}

#[test]
fn a_field_of_a_group_is_not_to_be_had_by_others() {
    let env = Environment::load();
    // res.partner.signup_type is for base.group_erp_manager: admin has it, a salesperson has not
    let mut admin = env.mcp("admin");
    let mut mcp = env.mcp("sales_all");
    for arguments in [
        json!({"model": "res.partner", "fields": ["name", "signup_type"]}),
        json!({"model": "res.partner", "domain": [["signup_type", "!=", "signup"]]}),
        json!({"model": "res.partner", "order": "signup_type desc"}),
        json!({"model": "sale.order", "domain": [["partner_id.signup_type", "!=", "signup"]]}),
    ] {
        let answer = mcp.call_tool("odoo_search", &arguments);
        assert_eq!(
            answer.code(),
            "access_denied",
            "{arguments}: {}",
            answer.content
        );
        // whoever has the group is not told of a missing right
        let allowed = admin.call_tool("odoo_search", &arguments);
        assert!(
            !allowed.content.to_string().contains("access_denied"),
            "{arguments}: {}",
            allowed.content
        );
    }
}

#[test]
fn rows_of_another_company_stay_there() {
    let env = Environment::load();
    let mut beta = env.mcp("beta_user");
    let companies = beta.call_tool("odoo_context", &json!({})).result()["companies"].clone();
    assert_eq!(companies.as_array().map(Vec::len), Some(1), "{companies}");
    let own = companies[0]["id"].clone();
    let foreign = beta
        .call_tool(
            "odoo_count",
            &json!({"model": "sale.order", "domain": [["company_id", "!=", own]]}),
        )
        .result();
    assert_eq!(foreign["count"], 0);
    let answer = beta.call_tool(
        "odoo_count",
        &json!({"model": "sale.order", "context": {"allowed_company_ids": [1]}}),
    );
    assert_eq!(
        answer.code(),
        "access_denied",
        "a company that is not the user's: {}",
        answer.content
    );
}

#[test]
fn the_same_question_has_another_answer_for_another_user() {
    let env = Environment::load();
    let question = json!({"model": "sale.order", "domain": [["state", "=", "sale"]]});
    let count =
        |login: &str| env.mcp(login).call_tool("odoo_count", &question).result()["count"].as_i64();
    let (all, own) = (count("sales_all"), count("sales_own"));
    assert!(own > Some(0) && all > own, "all {all:?}, own {own:?}");
    for (login, ours) in [("sales_all", all), ("sales_own", own)] {
        let theirs = env.odoo(login).call(
            "sale.order",
            "search_count",
            &json!({"domain": [["state", "=", "sale"]]}),
        );
        assert_eq!(theirs.map(|count| count.as_i64()), Ok(ours), "{login}");
    }
}
