//! Laws of domains and rules, on what is found: they need no oracle, and hold of whatever is drawn.

use std::collections::BTreeSet;

use odoo_mcp_tests::parity::{Random, Shape, domain};
use odoo_mcp_tests::serve::serve;
use odoo_mcp_tests::{Environment, McpClient, Scratch};
use serde_json::{Value, json};

const SEED: u64 = 7;
/// Pairs of domains that each user is given.
const PAIRS: usize = 160;
/// Of them, those that SQL must answer for the laws to have been looked at.
const LEAST: usize = 90;
const USERS: [&str; 4] = ["admin", "sales_own", "both_user", "books"];
/// Small enough to be found whole.
const MODELS: &[&str] = &[
    "sale.order",
    "sale.order.line",
    "crm.lead",
    "res.partner",
    "product.product",
    "product.template",
    "account.move",
    "purchase.order",
];
const MOST: usize = 1000;

/// A domain as one term in prefix notation, so that a connective can stand before it.
fn term(domain: &Value) -> Vec<Value> {
    let parts = domain.as_array().expect("a domain is a list");
    let arity = |part: &Value| match part.as_str() {
        Some("!") => 0,
        Some(_) => -1,
        None => 1,
    };
    let terms: i32 = parts.iter().map(arity).sum();
    match terms {
        0 => vec![json!([1, "=", 1])],
        _ => {
            let mut term = vec![json!("&"); terms.unsigned_abs() as usize - 1];
            term.extend_from_slice(parts);
            term
        }
    }
}

fn joined(connectives: &[&str], terms: &[&[Value]]) -> Value {
    let connectives = connectives.iter().map(|connective| json!(connective));
    connectives
        .chain(terms.iter().copied().flatten().cloned())
        .collect()
}

/// The records of each domain, all in one snapshot; nothing where SQL does not answer one of them.
fn found(mcp: &mut McpClient, model: &str, domains: &[Value]) -> Option<Vec<BTreeSet<i64>>> {
    // whether a domain names `active` would change what the others find
    let context = json!({"active_test": false});
    let calls: Vec<Value> = domains
        .iter()
        .map(|domain| {
            let arguments = json!({"model": model, "domain": domain, "fields": ["id"], "limit": MOST, "context": context});
            json!({"tool": "odoo_search", "arguments": arguments})
        })
        .collect();
    let mut answer = mcp
        .call_tool("odoo_batch", &json!({"calls": calls}))
        .result();
    let results = answer["results"].as_array_mut().expect("results");
    results
        .iter()
        .map(|result| match result.get("error") {
            None => {
                assert_eq!(
                    result["has_more"], false,
                    "{model} has more than {MOST} records"
                );
                let ids: BTreeSet<i64> = ids(result);
                assert_eq!(result["total"], ids.len(), "{model} {domains:?}");
                Some(ids)
            }
            // of one of them, and so of all: a law that holds of errors says nothing
            Some(error) => {
                let code = error["code"].as_str().expect("a code");
                assert!(
                    [
                        // an operator or a value that parity draws to be refused
                        "invalid_domain",
                        "not_supported",
                        "access_denied",
                        "not_permitted",
                        "over_budget"
                    ]
                    .contains(&code),
                    "{model} {error}"
                );
                None
            }
        })
        .collect()
}

fn ids(result: &Value) -> BTreeSet<i64> {
    let records = result["records"].as_array().expect("records");
    records
        .iter()
        .filter_map(|record| record["id"].as_i64())
        .collect()
}

#[test]
fn connectives_are_those_of_sets() {
    let env = Environment::load();
    let shape = Shape::load(&mut env.superuser());
    let (mut looked, mut told_apart) = (0, 0);
    for (at, login) in USERS.iter().enumerate() {
        let mut mcp = env.mcp(login);
        let mut random = Random::new(SEED + at as u64);
        for _ in 0..PAIRS {
            let model = *random.pick(MODELS);
            let of = shape.model(model).expect("the model is there");
            let mut draw = || term(&domain(&mut random, &shape, of));
            let (a, b) = (draw(), draw());
            let domains = [
                json!([]),
                joined(&[], &[&a]),
                joined(&[], &[&b]),
                joined(&["&"], &[&a, &b]),
                joined(&["|"], &[&a, &b]),
                joined(&["!"], &[&a]),
                joined(&["!", "!"], &[&a]),
                joined(&["!", "&"], &[&a, &b]),
                joined(&["!", "|"], &[&a, &b]),
                joined(&["&", "|"], &[&a, &b, &a]),
            ];
            let Some(found) = found(&mut mcp, model, &domains) else {
                continue;
            };
            let [
                all,
                a,
                b,
                both,
                either,
                not_a,
                not_not_a,
                not_both,
                neither,
                absorbed,
            ] = &found[..]
            else {
                unreachable!("there is a result for each call");
            };
            let case = format!("{login} {model} {domains:?}");
            looked += 1;
            told_apart += usize::from(!a.is_empty() && a != all && a != b);
            assert_eq!(both, &(a & b), "{case}");
            assert_eq!(either, &(a | b), "{case}");
            assert_eq!(not_not_a, a, "{case}");
            assert_eq!(absorbed, a, "{case}");
            assert_eq!(not_a, &(all - a), "{case}");
            assert_eq!(not_both, &(all - both), "{case}");
            assert_eq!(neither, &(all - either), "{case}");
        }
    }
    println!("{looked} pairs of domains, {told_apart} of which tell records apart");
    // what SQL does not answer is left out, and some find everything or nothing
    assert!(looked > LEAST && told_apart > looked / 8);
}

/// The domain as a rule has it.
fn python(json: &Value) -> String {
    match json {
        Value::Bool(true) => "True".into(),
        Value::Bool(false) | Value::Null => "False".into(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(python).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string(),
    }
}

#[test]
fn a_rule_more_never_shows_a_record_more() {
    let env = Environment::load();
    let shape = Shape::load(&mut env.superuser());
    let scratch = Scratch::set_up(&env, "laws");
    let mut client = scratch.superuser();
    let mut front = scratch.front_role();
    let mut random = Random::new(SEED);
    let tokens = USERS.map(|login| scratch.token(login));
    let mut looked = 0;
    let mut hidden = 0;
    for model in MODELS {
        let of = shape.model(model).expect("the model is there");
        let arguments = json!({"model": model, "fields": ["id"], "limit": MOST, "context": {"active_test": false}}).to_string();
        let mut seen = |token: &String| {
            let answer = serve(&mut front, token, "odoo_search", &arguments);
            answer["result"]["records"]
                .is_array()
                .then(|| ids(&answer["result"]))
        };
        let before: Vec<_> = tokens.iter().map(&mut seen).collect();
        for _ in 0..6 {
            let rule = python(&domain(&mut random, &shape, of));
            if rule.contains('\\') {
                continue;
            }
            client
                .execute(
                    "insert into ir_rule (name, model_id, domain_force, active, global, perm_read)
                     select 'one more', id, $2, true, true, true from ir_model where model = $1",
                    &[model, &rule],
                )
                .expect("the rule is added");
            for (token, before) in tokens.iter().zip(&before) {
                // what SQL can't say of the rule Odoo would
                if let (Some(after), Some(before)) = (seen(token), before) {
                    assert!(after.is_subset(before), "{model} {rule}");
                    looked += 1;
                    hidden += usize::from(&after != before);
                }
            }
            client
                .execute("delete from ir_rule where name = 'one more'", &[])
                .expect("the rule is gone");
        }
        let again: Vec<_> = tokens.iter().map(&mut seen).collect();
        assert_eq!(again, before, "{model} without the rule");
    }
    println!("{looked} users under one rule more, {hidden} of which see less");
    assert!(looked > 60 && hidden > looked / 4, "{looked} {hidden}");
}
