//! Laws that hold of every domain and every rule, whatever they say.

use crate::arbitrary::{Choices, MODELS};
use crate::odoo::Odoo;
use odoo_compiler::domain::{Domain, parse_json};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::BTreeSet;

/// Runs a law of a model and two domains on it; it says whether there was anything to look at, and
/// mostly there must be.
fn hold(law: impl Fn(&str, Value, Value) -> Result<bool, TestCaseError>) {
    const CASES: u32 = 120;
    let mut runner = TestRunner::new(ProptestConfig {
        cases: CASES,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let numbers = || prop::collection::vec(any::<u16>(), 5..80);
    let choices = (prop::sample::select(MODELS), numbers(), numbers());
    let looked = Cell::new(0);
    let outcome = runner.run(&choices, |((model, _), one, other)| {
        let domain = |numbers| Choices::of(numbers).domain(model, 3);
        let has_looked = law(model, domain(one), domain(other))?;
        looked.set(looked.get() + u32::from(has_looked));
        Ok(())
    });
    outcome.unwrap_or_else(|e| panic!("{e}"));
    assert!(
        looked.get() > CASES / 4,
        "only {} were looked at",
        looked.get()
    );
}

fn read(domain: &Value) -> Domain {
    parse_json(domain).expect("what is drawn is well formed")
}

fn not(domain: Domain) -> Domain {
    Domain::Not(Box::new(domain))
}

fn sql(odoo: &Odoo, model: &str, domain: &Domain) -> Result<String, String> {
    let call =
        json!({"model": model, "domain": domain.to_json(), "context": {"active_test": false}});
    let explained = odoo.explained("odoo_count", &call);
    let explained = explained.map_err(|error| error.code.name().to_owned())?;
    let statement = explained["statements"].get(0).ok_or("engine odoo")?;
    let sql = statement["sql"].as_str().expect("sql");
    // without the values, which may hold brackets and quotes, but so that equal ones are
    let params = statement["params"].as_array().expect("params");
    let named = params
        .iter()
        .enumerate()
        .rev()
        .fold(sql.to_owned(), |sql, (at, param)| {
            let bytes = param.to_string().into_bytes();
            let number = bytes
                .iter()
                .fold(7_u64, |sum, byte| sum.wrapping_mul(131) ^ u64::from(*byte));
            sql.replace(&format!("${}::", at + 1), &format!("#{number}::"))
        });
    Ok(named)
}

#[test]
fn what_is_written_is_read_as_the_same_and_means_the_same() {
    let odoo = Odoo::new();
    hold(|model, domain, _| {
        let domain_read = read(&domain);
        let written = domain_read.to_json();
        prop_assert_eq!(&read(&written), &domain_read, "{}", domain);
        prop_assert_eq!(&read(&written).to_json(), &written, "{}", domain);
        let found = |domain: &Value| {
            let call = json!({"model": model, "domain": domain, "context": {"active_test": false}});
            odoo.sql("odoo_count", &call).map_err(|error| error.code)
        };
        let sql = found(&domain);
        prop_assert_eq!(&found(&written), &sql, "{}", domain);
        Ok(sql.is_ok())
    });
}

#[test]
fn a_negation_of_a_negation_is_none() {
    let odoo = Odoo::new();
    hold(|model, domain, _| {
        let domain = read(&domain);
        let plain = sql(&odoo, model, &domain);
        prop_assert_eq!(
            &sql(&odoo, model, &not(not(domain.clone()))),
            &plain,
            "{:?}",
            domain
        );
        Ok(plain.is_ok())
    });
}

#[test]
fn a_negation_goes_inside_by_the_rules_of_de_morgan() {
    let odoo = Odoo::new();
    hold(|model, one, other| {
        let (a, b) = (read(&one), read(&other));
        let pairs: [(Domain, Domain); 2] = [
            (
                not(Domain::All(vec![a.clone(), b.clone()])),
                Domain::Any(vec![not(a.clone()), not(b.clone())]),
            ),
            (
                not(Domain::Any(vec![a.clone(), b.clone()])),
                Domain::All(vec![not(a), not(b)]),
            ),
        ];
        let mut has_looked = false;
        for (outside, inside) in pairs {
            let outside = sql(&odoo, model, &outside);
            prop_assert_eq!(&sql(&odoo, model, &inside), &outside, "{} {}", one, other);
            has_looked |= outside.is_ok();
        }
        Ok(has_looked)
    });
}

/// What a call has in WHERE, part by part, whatever its aliases are.
fn conjuncts(sql: &str) -> BTreeSet<String> {
    let filter = sql.split_once("\nWHERE ").map_or("", |(_, filter)| filter);
    let mut parts: Vec<String> = Vec::new();
    for piece in filter.split("\n  AND ").filter(|piece| !piece.is_empty()) {
        let is_open = |part: &String| part.matches('(').count() > part.matches(')').count();
        match parts.last_mut().filter(|last| is_open(last)) {
            // of a subquery
            Some(last) => *last = format!("{last} AND {piece}"),
            None => parts.push(piece.to_owned()),
        }
    }
    parts.iter().map(|part| unnumbered(part)).collect()
}

fn unnumbered(sql: &str) -> String {
    let mut out = String::new();
    let mut chars = sql.chars().peekable();
    while let Some(c) = chars.next() {
        let is_start =
            !out.ends_with(|last: char| last.is_alphanumeric() || last == '_' || last == '"');
        out.push(c);
        if c == 't' && is_start {
            while chars.next_if(char::is_ascii_digit).is_some() {}
        }
    }
    out
}

#[test]
fn the_parts_of_a_filter_are_told_apart() {
    let parts = conjuncts("SELECT 1\nWHERE t0.\"t1\" = t12.id\n  AND TRUE");
    assert_eq!(
        parts,
        BTreeSet::from(["t.\"t1\" = t.id".into(), "TRUE".into()])
    );
}

/// The domain as a rule's text.
fn python(json: &Value) -> String {
    match json {
        Value::Bool(true) => "True".into(),
        Value::Bool(false) | Value::Null => "False".into(),
        // rules know no escapes
        Value::String(text) => format!("{:?}", text.replace(['\\', '"'], "x")),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(python).collect();
            format!("({},)", items.join(", ")).replace("(,)", "()")
        }
        other => other.to_string(),
    }
}

fn rule(id: i64, domain: &Value, group: Option<i64>) -> Value {
    let group_ids: Vec<i64> = group.into_iter().collect();
    json!({"id": id, "name": "more", "domain": python(domain), "is_global": group.is_none(), "group_ids": group_ids})
}

/// Whether it asks the model of the call a second time, where its rules are to hold too.
fn leads_back(sql: &str, model: &str) -> bool {
    let table = format!("\"{}\" AS", model.replace('.', "_"));
    sql.matches(&table).count() > 1
}

/// Whether a condition is among these: as it is, or as a subquery that asks the same and more, for conditions on what one
/// many2one leads to are asked together.
fn is_held(part: &str, of: &BTreeSet<String>) -> bool {
    let asks_more = |other: &String| {
        let inside = part
            .strip_suffix(')')
            .filter(|_| part.contains(" IN (SELECT "));
        inside
            .and_then(|inside| other.strip_prefix(inside))
            .is_some_and(|more| more.starts_with(" AND "))
    };
    of.contains(part) || of.iter().any(asks_more)
}

#[test]
fn one_rule_more_is_one_condition_more_and_takes_none_away() {
    hold(|model, rule_domain, domain| {
        let mut odoo = Odoo::new();
        let domain = read(&domain);
        let before = sql(&odoo, model, &domain);
        odoo.change(model, |json| {
            let list = json["rules"].as_array_mut().expect("rules");
            list.push(rule(99, &rule_domain, None));
        });
        let after = sql(&odoo, model, &domain);
        let (Ok(before), Ok(after)) = (before, after) else {
            // a rule can make SQL refuse, it can't make it answer
            return Ok(false);
        };
        if leads_back(&before, model) {
            return Ok(false);
        }
        let (before, after) = (conjuncts(&before), conjuncts(&after));
        prop_assert!(
            before.iter().all(|part| is_held(part, &after)) || after.contains("FALSE"),
            "{}: {:?} {:?}",
            rule_domain,
            before,
            after
        );
        Ok(true)
    });
}

#[test]
fn whoever_asks_is_under_the_global_rules() {
    hold(|model, rule_domain, domain| {
        let mut odoo = Odoo::new();
        let domain = read(&domain);
        odoo.change(model, |json| {
            json["rules"] = json!([
                rule(1, &rule_domain, None),
                rule(2, &json!([["id", "=", 12]]), Some(12)),
                rule(3, &json!([["id", "=", 13]]), Some(13)),
                rule(4, &json!([]), Some(14)),
            ]);
        });
        let groups = odoo.principal.group_ids.clone();
        let mut under = |more: &[i64]| {
            odoo.principal.group_ids = groups.iter().chain(more).copied().collect();
            let alone = sql(&odoo, model, &Domain::Const(true)).ok()?;
            let all = sql(&odoo, model, &domain).ok()?;
            (!leads_back(&all, model)).then(|| (conjuncts(&alone), conjuncts(&all)))
        };
        let globally = under(&[]);
        let others =
            [&[12][..], &[13], &[12, 13], &[12, 14], &[14]].map(|more| (more, under(more)));
        odoo.principal.group_ids = groups;
        let Some((globally, _)) = globally else {
            return Ok(false);
        };
        for (more, filters) in others {
            let Some((alone, all)) = filters else {
                return Ok(false);
            };
            if alone.contains("FALSE") || all.contains("FALSE") {
                continue;
            }
            prop_assert!(globally.is_subset(&alone), "{}: {:?}", rule_domain, alone);
            prop_assert!(alone.is_subset(&all), "{}: {:?}", rule_domain, all);
            // rules of groups widen each other, and one that allows everything all of them
            let is_free = more.contains(&14);
            prop_assert_eq!(alone == globally, is_free, "{:?}: {:?}", more, alone);
        }
        Ok(true)
    });
}
