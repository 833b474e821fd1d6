//! What each target does with its input.

use crate::odoo::Odoo;
use crate::outcome::{check_error, in_time};
use crate::statement::{check, check_all, names};
use crate::unread;
use odoo_compiler::answer::{Reply, Row, answer, explain};
use odoo_compiler::delegate::{Outcome, complete};
use odoo_compiler::domain::{Domain, Names, evaluate, parse, parse_json};
use odoo_compiler::error::{Code, Error, Result};
use odoo_compiler::facts::reading::read_text;
use odoo_compiler::value::Value;
use serde_json::{Value as Json, json};
use std::cell::{LazyCell, RefCell};
use std::collections::BTreeSet;

thread_local! {
    /// Every model read in SQL.
    static READ: LazyCell<RefCell<Odoo>> = LazyCell::new(|| RefCell::new(Odoo::new()));
    /// With a model that only Odoo answers.
    static UNREAD: LazyCell<RefCell<Odoo>> = LazyCell::new(|| RefCell::new(unread::odoo()));
    /// Odoo answers all that it can.
    static ASKED: LazyCell<RefCell<Odoo>> = LazyCell::new(|| {
        let mut odoo = unread::odoo();
        odoo.delegates = true;
        odoo.delegates_all = true;
        RefCell::new(odoo)
    });
    static NAMES: LazyCell<BTreeSet<String>> = LazyCell::new(|| {
        let mut all = names(&unread::odoo());
        all.extend(names(&with_users("")).iter().cloned());
        all
    });
}

fn checked(what: std::result::Result<(), String>) {
    what.unwrap_or_else(|fault| panic!("{fault}"));
}

/// Arguments of `odoo_count`: a domain is read, written, read again, negated, and made to SQL.
pub fn domain(data: &[u8]) {
    let Ok(arguments) = serde_json::from_slice::<Json>(data) else {
        return;
    };
    in_time(|| {
        READ.with(|odoo| {
            let odoo = odoo.borrow();
            let read = match parse_json(&arguments["domain"]) {
                Ok(read) => read,
                Err(error) => {
                    check_error(&error);
                    return assert_eq!(error.code, Code::InvalidDomain);
                }
            };
            let written = read.to_json();
            assert_eq!(parse_json(&written).as_ref(), Ok(&read), "read again");
            let counted = |domain: &Json| {
                let mut call = json!({"model": arguments["model"], "domain": domain});
                if arguments["context"].is_object() {
                    call["context"] = arguments["context"].clone();
                }
                counted(&odoo, &call)
            };
            let plain = counted(&written);
            let twice = Domain::Not(Box::new(Domain::Not(Box::new(read.clone())))).to_json();
            if parse_json(&twice).is_ok() {
                assert_eq!(plain, counted(&twice), "negated twice");
            }
            let negated = Domain::Not(Box::new(read)).to_json();
            if parse_json(&negated).is_ok() {
                let negated = counted(&negated);
                assert_eq!(
                    plain.is_err(),
                    negated.is_err(),
                    "{plain:?}, negated {negated:?}"
                );
            }
        });
    });
}

/// The SQL of a count, or the name of its error.
fn counted(odoo: &Odoo, call: &Json) -> std::result::Result<String, &'static str> {
    match explain("odoo_count", &call.to_string(), &odoo.principal, odoo) {
        Err(error) => {
            check_error(&error);
            Err(error.code.name())
        }
        Ok(answer) => {
            let json: Json = serde_json::from_str(&answer.json).expect("an explanation is JSON");
            NAMES.with(|names| checked(check_all(names, &json)));
            match &json["statements"][0] {
                Json::Null => Err("engine odoo"),
                statement => Ok(statement.to_string()),
            }
        }
    }
}

/// A rule's text: read alone, and as the rule of a model.
pub fn rule(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    in_time(|| match evaluate(text, &Fixed) {
        Err(error) => {
            check_error(&error);
            assert_eq!(error.code, Code::NotSupported, "{error}");
        }
        Ok(value) => {
            if let Some(written) = python(&value) {
                assert_eq!(evaluate(&written, &Fixed).as_ref(), Ok(&value), "{written}");
            }
            if parse(&value).is_ok() {
                let odoo = with_users(text);
                let unruled = counted(&odoo, &json!({"model": "res.country"}));
                let ruled = counted(&odoo, &json!({"model": "crm.tag"}));
                assert!(unruled.is_ok());
                // it may well be one that only Python can say
                assert!(
                    ruled.is_ok() || ruled == Err("not_supported") || ruled == Err("engine odoo"),
                    "{ruled:?}"
                );
            }
        }
    });
}

/// What rules may name, without a database.
struct Fixed;

impl Names for Fixed {
    fn value(&self, name: &str) -> Result<Value> {
        match name {
            "company_id" | "user.id" | "user.partner_id.id" => Ok(Value::Int(7)),
            "company_ids" | "user.ids" => Ok(Value::List(vec![Value::Int(1), Value::Int(2)])),
            "user.manager_id.parent_id.id" => Ok(Value::FALSE),
            _ => Err(Error::new(Code::NotSupported, "not a name of rules")),
        }
    }
}

/// The value as Python writes it, where rules could.
fn python(value: &Value) -> Option<String> {
    Some(match value {
        // Python's None is False, in a list too
        Value::Null => return None,
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Text(text) if text.contains(['"', '\\', '\n']) => return None,
        Value::Text(text) => format!("\"{text}\""),
        Value::Float(number) => format!("{number:?}"),
        Value::List(items) => {
            let items: Option<Vec<String>> = items.iter().map(python).collect();
            format!("[{}]", items?.join(", "))
        }
        Value::Int(number) => number.to_string(),
    })
    .filter(|text: &String| !matches!(value, Value::Float(_)) || !text.contains(['e', 'i', 'N']))
}

/// An Odoo whose users have a chain of fields, and a rule on tags.
fn with_users(rule: &str) -> Odoo {
    let mut odoo = Odoo::new();
    let many2one = |name: &str, relation: &str| json!({"name": name, "label": name, "type": "many2one", "store": true, "relation": relation, "column": "int4"});
    for (name, field) in [
        ("res.users", many2one("manager_id", "hr.employee")),
        ("hr.employee", many2one("parent_id", "hr.employee")),
    ] {
        odoo.add(json!({
            "name": name, "label": name, "table": {"schema": "public", "name": name.replace('.', "_")},
            "order": "id", "modules": ["acme"], "fields": {field["name"].as_str().unwrap_or_default(): field},
            "access_lists": [], "rules": [],
        }));
    }
    odoo.change("crm.tag", |model| {
        model["rules"] =
            json!([{"id": 1, "name": "r", "domain": rule, "is_global": true, "group_ids": []}]);
    });
    odoo
}

/// A tool with its arguments, and the rows that its statements find.
pub fn call(data: &[u8]) {
    let Ok(input) = serde_json::from_slice::<Json>(data) else {
        return;
    };
    let (tool, arguments) = (
        input["tool"].as_str().unwrap_or_default(),
        input["arguments"].to_string(),
    );
    for odoo in [&READ, &UNREAD] {
        odoo.with(|odoo| {
            let mut odoo = odoo.borrow_mut();
            odoo.rows = rows(&input["rows"]);
            in_time(
                || match explain(tool, &arguments, &odoo.principal, &*odoo) {
                    Err(error) => check_error(&error),
                    Ok(answer) => {
                        let json =
                            serde_json::from_str(&answer.json).expect("an explanation is JSON");
                        NAMES.with(|names| checked(check_all(names, &json)));
                    }
                },
            );
            in_time(|| match answer(tool, &arguments, &odoo.principal, &*odoo) {
                // rows that no statement finds are a fault of ours, which is said
                Err(error) if error.code == Code::Internal => {}
                Err(error) => check_error(&error),
                Ok(Reply::Answer(answer)) => {
                    serde_json::from_str::<Json>(&answer.json).expect("an answer is JSON");
                }
                Ok(Reply::Delegate(delegation)) => assert!(!delegation.requests.is_empty()),
            });
            for statement in odoo.ran.take() {
                NAMES.with(|names| {
                    checked(check(names, &statement.text, statement.params.len()));
                });
            }
        });
    }
}

fn rows(json: &Json) -> Vec<Row> {
    let cell = |json: &Json| match json {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    let row = |json: &Json| {
        json.as_array()
            .map(|cells| cells.iter().map(cell).collect())
    };
    json.as_array()
        .into_iter()
        .flatten()
        .filter_map(row)
        .collect()
}

/// A call that Odoo answers, and whatever it says.
pub fn reply(data: &[u8]) {
    let Ok(input) = serde_json::from_slice::<Json>(data) else {
        return;
    };
    let Ok(outcome) = serde_json::from_value::<Outcome>(input["outcome"].clone()) else {
        return;
    };
    let (tool, arguments) = (
        input["tool"].as_str().unwrap_or_default(),
        input["arguments"].to_string(),
    );
    for odoo in [&UNREAD, &ASKED] {
        odoo.with(|odoo| {
            let mut odoo = odoo.borrow_mut();
            odoo.rows = rows(&input["rows"]);
            let delegation = match answer(tool, &arguments, &odoo.principal, &*odoo) {
                Ok(Reply::Delegate(delegation)) => delegation,
                _ => return drop(odoo.ran.take()),
            };
            odoo.ran.take();
            let kept = serde_json::to_string(&delegation.shape).expect("a shape is JSON");
            let shape = serde_json::from_str(&kept).expect("and is read back");
            in_time(|| match complete(&shape, outcome.clone()) {
                Err(error) => check_error(&error),
                Ok(answer) => {
                    let json: Json = serde_json::from_str(&answer.json).expect("an answer is JSON");
                    assert_eq!(json["engine"], shape.engine());
                }
            });
        });
    }
}

/// A document of facts: read, written, read again, and used.
pub fn facts(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    in_time(|| {
        let document = match read_text(text) {
            Ok(document) => document,
            Err(error) => return check_error(&error),
        };
        let written = serde_json::to_string(&document).expect("facts are JSON");
        let again = read_text(&written).map(|again| serde_json::to_string(&again).expect("JSON"));
        assert_eq!(again.as_ref(), Ok(&written), "read again");
        let mut odoo = Odoo::new();
        let known: Vec<String> = odoo.names();
        for (name, facts) in document.models {
            if !known.contains(&name) {
                continue;
            }
            odoo.change_facts(&name, |known| *known = facts);
            for (tool, arguments) in [
                (
                    "odoo_search",
                    json!({"model": name, "domain": [["display_name", "ilike", "a"]]}),
                ),
                (
                    "odoo_count",
                    json!({"model": name, "domain": [["id", "child_of", 1]]}),
                ),
                (
                    "odoo_read_group",
                    json!({"model": name, "groupby": ["company_id"], "aggregates": ["__count"]}),
                ),
                ("odoo_name_search", json!({"model": name, "name": "a"})),
            ] {
                match explain(tool, &arguments.to_string(), &odoo.principal, &odoo) {
                    Err(error) => check_error(&error),
                    Ok(answer) => {
                        let json =
                            serde_json::from_str(&answer.json).expect("an explanation is JSON");
                        NAMES.with(|names| checked(check_all(names, &json)));
                    }
                }
            }
        }
    });
}
