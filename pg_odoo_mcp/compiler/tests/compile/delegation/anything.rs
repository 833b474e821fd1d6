use super::{completed, delegated, odoo, reply};
use odoo_compiler::answer::Reply;
use odoo_compiler::domain::Operator;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const CONTEXT: [&str; 4] = ["lang", "tz", "allowed_company_ids", "active_test"];

/// Words that callers send where names, operators and values belong.
fn word() -> impl Strategy<Value = Value> {
    let words = [
        "name",
        "partner_id",
        "partner_id.name",
        "partner_id.country_id.code",
        "bank_id.bank_code",
        "tag_ids",
        "line_ids",
        "access_token",
        "props.a",
        "day",
        "day:month",
        "moment.month_number",
        "amount:sum",
        "__count",
        "id",
        "active",
        "=",
        "in",
        "any",
        "not any",
        "any!",
        "not any!",
        "ilike",
        "child_of",
        "&",
        "|",
        "!",
        "x",
        "name desc",
        "sudo",
        "",
    ];
    prop_oneof![
        6 => prop::sample::select(words.to_vec()).prop_map(Value::from),
        1 => any::<i32>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(json!([])),
    ]
}

fn condition() -> impl Strategy<Value = Value> {
    let inner = (word(), word(), word()).prop_map(|(a, b, c)| json!([a, b, c]));
    let fields = ["name", "partner_id", "tag_ids.name", "bank_id", "line_ids"];
    prop_oneof![
        (word(), word(), word()).prop_map(|(a, b, c)| json!([a, b, c])),
        (
            prop::sample::select(fields.to_vec()),
            prop::sample::select(&["=", "any", "not any", "in", "any!"][..]),
            inner
        )
            .prop_map(|(field, operator, inner)| json!([field, operator, [inner]])),
        word(),
    ]
}

fn arguments() -> impl Strategy<Value = Value> {
    let names = || prop::collection::vec(word(), 0..3).prop_map(Value::from);
    let domain = || prop::collection::vec(condition(), 0..3).prop_map(Value::from);
    let context = prop::sample::subsequence(
        vec![
            ("lang", json!("fr_FR")),
            ("tz", json!("UTC")),
            ("active_test", json!(false)),
            ("allowed_company_ids", json!([2])),
            ("bin_size", json!(true)),
            ("read_group_expand", json!(true)),
        ],
        0..3,
    );
    let context = context.prop_map(|pairs| {
        let map: Map<String, Value> = pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
        Value::from(map)
    });
    let id = prop_oneof![9 => (1..9_i64).prop_map(Value::from), 1 => word()];
    let ids = prop::collection::vec(id, 0..4).prop_map(Value::from);
    let pairs = (
        names(),
        names(),
        names(),
        domain(),
        domain(),
        word(),
        ids,
        context,
    );
    pairs.prop_map(|(fields, groupby, aggregates, domain, having, order, ids, context)| {
        json!({"fields": fields, "groupby": groupby, "aggregates": aggregates, "domain": domain, "having": having, "order": order, "name": order, "ids": ids, "context": context})
    })
}

/// The fields and operators of a domain, those of its sub-domains too.
fn parts(domain: &Value, names: &mut Vec<String>, operators: &mut Vec<String>) {
    for part in domain.as_array().into_iter().flatten() {
        let Some([name, operator, value]) = part.as_array().map(Vec::as_slice) else {
            continue;
        };
        names.extend(name.as_str().map(str::to_owned));
        let operator = operator.as_str().unwrap_or_default();
        operators.push(operator.to_owned());
        if operator.ends_with("any") {
            parts(value, names, operators);
        }
    }
}

#[test]
fn a_request_holds_nothing_that_was_not_asked_or_is_not_allowed() {
    let odoo = odoo();
    let asked_of_odoo = std::cell::Cell::new(0);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 3000,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let tools: &[(&str, &[&str])] = &[
        ("odoo_search", &["fields", "domain", "order", "context"]),
        ("odoo_read", &["ids", "fields", "context"]),
        ("odoo_name_search", &["domain", "name", "context"]),
        ("odoo_count", &["domain", "context"]),
        (
            "odoo_read_group",
            &[
                "groupby",
                "aggregates",
                "domain",
                "having",
                "order",
                "context",
            ],
        ),
        ("odoo_describe_model", &["fields", "context"]),
    ];
    let choices = (prop::sample::select(tools), arguments(), any::<u8>());
    let outcome = runner.run(&choices, |((tool, takes), arguments, left_out)| {
        let mut call = json!({"model": "acme.thing"});
        for (at, name) in takes.iter().enumerate() {
            if left_out & (1 << at) == 0 || *name == "context" {
                call[*name] = arguments[*name].clone();
            }
        }
        let Ok(Reply::Delegate(delegation)) = reply(&odoo, tool, &call) else {
            return Ok(());
        };
        asked_of_odoo.set(asked_of_odoo.get() + 1);
        let asked = call.to_string();
        for request in &delegation.requests {
            prop_assert_eq!(&request.model, "acme.thing");
            let kwargs = &request.kwargs;
            let context: Vec<&str> = kwargs["context"]
                .as_object()
                .expect("a context")
                .keys()
                .map(String::as_str)
                .collect();
            // it is said only where the caller says it
            let is_said = call["context"].get("active_test").is_some();
            prop_assert_eq!(context, &CONTEXT[..if is_said { 4 } else { 3 }]);
            let mut names = Vec::new();
            let mut operators = Vec::new();
            for domain in ["domain", "having"] {
                if let Some(domain) = kwargs.get(domain) {
                    parts(domain, &mut names, &mut operators);
                }
            }
            for list in ["fields", "groupby", "aggregates", "allfields"] {
                let list = kwargs
                    .get(list)
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten();
                names.extend(list.filter_map(Value::as_str).map(str::to_owned));
            }
            let own = ["id", "display_name", "__count"];
            for name in &names {
                prop_assert!(
                    own.contains(&name.as_str()) || asked.contains(&format!("{name:?}")),
                    "{} in {}",
                    name,
                    asked
                );
                prop_assert!(
                    tool == "odoo_describe_model" || !name.contains("token"),
                    "{}",
                    asked
                );
            }
            for operator in &operators {
                prop_assert!(
                    Operator::names().any(|known| known == operator),
                    "{}",
                    operator
                );
            }
            let known = [
                "domain",
                "fields",
                "offset",
                "limit",
                "order",
                "groupby",
                "aggregates",
                "having",
                "allfields",
                "attributes",
                "ids",
                "name",
                "operator",
                "context",
            ];
            prop_assert!(kwargs.keys().all(|key| known.contains(&key.as_str())));
            prop_assert!(
                kwargs
                    .get("limit")
                    .is_none_or(|limit| limit.as_u64().is_some_and(|n| n <= 6001))
            );
        }
        Ok(())
    });
    outcome.unwrap_or_else(|e| panic!("{e}"));
    assert!(
        asked_of_odoo.get() > 100,
        "only {} were asked",
        asked_of_odoo.get()
    );
}

/// Any JSON, rich in what Odoo's answers are made of.
fn body() -> impl Strategy<Value = Value> {
    let keys = || {
        let keys = [
            "id",
            "name",
            "message",
            "debug",
            "data",
            "error",
            "result",
            "jsonrpc",
            "code",
            "partner_id",
            "amount:sum",
            "__extra_domain",
            "type",
            "selection",
            "string",
        ];
        prop::sample::select(keys.to_vec())
    };
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!("2.0")),
        Just(json!("odoo.exceptions.UserError")),
    ];
    leaf.prop_recursive(4, 40, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((keys(), inner), 0..5).prop_map(|pairs| {
                let map: Map<String, Value> =
                    pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
                Value::from(map)
            }),
        ]
    })
}

#[test]
fn whatever_answers_there_is_an_answer_or_an_error() {
    let odoo = odoo();
    let delegations = [
        delegated(
            &odoo,
            "odoo_search",
            &json!({"model": "acme.thing", "fields": ["name"], "limit": 1}),
        ),
        delegated(&odoo, "odoo_count", &json!({"model": "acme.thing"})),
        delegated(
            &odoo,
            "odoo_read_group",
            &json!({"model": "acme.thing", "groupby": ["partner_id"], "aggregates": ["amount:sum"], "limit": 1}),
        ),
        delegated(
            &odoo,
            "odoo_describe_model",
            &json!({"model": "acme.thing"}),
        ),
    ];
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let status = prop_oneof![4 => Just(200u16), 1 => any::<u16>()];
    let answers = prop::collection::vec((status, body()), 0..3);
    let outcome = runner.run(&answers, |answers| {
        let answers: Vec<Value> = answers
            .into_iter()
            .map(|(status, body)| json!({"status": status, "body": body}))
            .collect();
        for delegation in &delegations {
            if let Ok(answer) = completed(delegation, &json!({"answers": answers})) {
                prop_assert_eq!(&answer["engine"], "odoo");
            }
        }
        Ok(())
    });
    outcome.unwrap_or_else(|e| panic!("{e}"));
}
