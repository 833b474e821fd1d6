//! Whether two answers to one question are the same.

use super::{
    question::Question,
    side::{Answer, Fault},
};
use odoo_compiler::delegate::is_crash;
use serde_json::Value;
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

/// How much of a value a report shows.
const SHOWN: usize = 200;

/// How far sums of floats may be apart, of their size: they depend on the order of the rows.
const APART: f64 = 1e-9;

/// How often a question whose answers differ is asked again.
const AGAIN: usize = 2;

/// What a comparison says.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    Same,
    /// Both refuse, for the same kind of reason.
    BothRefused,
    /// SQL was not what answered; why.
    ByOdoo(String),
    /// One of them gave no answer that says anything; why, in a word.
    NotComparable(String),
    Different(Place),
}

/// The first place where the answers differ.
#[derive(Debug, PartialEq)]
pub(super) struct Place {
    /// `records[3].name`
    pub(super) path: String,
    pub(super) sql: String,
    pub(super) odoo: String,
}

/// What the answers of SQL and Odoo to a question say, which was asked so often; nothing where it is to be asked again, for
/// data may have changed between the two.
pub(super) fn judge(question: &Question, answers: &[(Answer, Answer)]) -> Option<Verdict> {
    let (sql, odoo) = answers.last()?;
    let verdict = compare(question, sql, odoo);
    if !matches!(verdict, Verdict::Different(_)) {
        return Some(verdict);
    }
    match answers {
        answers if answers.len() <= AGAIN => None,
        [.., before, now] if before.0 != now.0 && before.1 != now.1 => {
            Some(Verdict::NotComparable("data that changes".to_owned()))
        }
        _ => Some(verdict),
    }
}

/// What the answers have in common with each other, but for who gave them.
fn compare(question: &Question, sql: &Answer, odoo: &Answer) -> Verdict {
    for answer in [sql, odoo] {
        if let Answer::Error(fault) = answer
            && let Some(reason) = says_nothing(fault)
        {
            return Verdict::NotComparable(reason);
        }
    }
    match (sql, odoo) {
        (Answer::Result(sql), _) if sql["engine"] != "sql" => {
            let reason = sql["engine_reason"].as_str().unwrap_or_default();
            Verdict::ByOdoo(reason.to_owned())
        }
        (Answer::Result(sql), Answer::Result(_)) if has_open_names(sql) => {
            Verdict::NotComparable("Odoo was not reached for names".to_owned())
        }
        (Answer::Result(sql), Answer::Result(odoo)) => {
            match first_difference(question, sql, odoo) {
                None => Verdict::Same,
                Some(place) => Verdict::Different(place),
            }
        }
        // word by word: not even Odoo's side has got as far as Odoo
        (Answer::Error(sql), Answer::Error(odoo)) if sql == odoo && sql.code != "internal" => {
            Verdict::NotComparable(format!("{}, before Odoo is asked", sql.code))
        }
        (Answer::Error(sql), Answer::Error(odoo))
            if class(&sql.code) == class(&odoo.code) && sql.code != "internal" =>
        {
            Verdict::BothRefused
        }
        // of no record Odoo looks at no right to read it
        (Answer::Error(Fault { code, .. }), Answer::Result(odoo))
            if code == "access_denied" && odoo["records"] == Value::Array(Vec::new()) =>
        {
            Verdict::NotComparable("nothing to refuse".to_owned())
        }
        (sql, odoo) => Verdict::Different(Place {
            path: "answer".to_owned(),
            sql: in_short(sql),
            odoo: in_short(odoo),
        }),
    }
}

/// An error that is none of rights or sense: limits, time, a bug of Odoo's own.
fn says_nothing(fault: &Fault) -> Option<String> {
    match fault.code.as_str() {
        "over_budget" | "timed_out" | "cancelled" | "rate_limited" | "not_supported"
        // of a name that may be a secret's, before Odoo is asked
        | "not_permitted" => Some(fault.code.clone()),
        "odoo_error" if is_crash(&fault.message) => Some("Odoo fails".to_owned()),
        _ => None,
    }
}

/// Codes that the two engines have for the same.
fn class(code: &str) -> &str {
    match code {
        "unknown_field" | "invalid_domain" | "invalid_arguments" | "odoo_error" => "not understood",
        code => code,
    }
}

/// Whether names are missing for a reason that has nothing to do with SQL.
fn has_open_names(answer: &Value) -> bool {
    let warnings = answer["warnings"].as_array();
    warnings
        .into_iter()
        .flatten()
        .any(|warning| warning["code"] == "display_name_open")
}

fn first_difference(question: &Question, sql: &Value, odoo: &Value) -> Option<Place> {
    let keys: &[&str] = match question.tool {
        "odoo_count" => &["count"],
        "odoo_read_group" => &["groups", "total", "has_more"],
        "odoo_read" => &["records"],
        // whether there are more Odoo does not say
        "odoo_name_search" => &["records"],
        "odoo_describe_model" => &["fields"],
        _ => &["records", "total", "has_more"],
    };
    let is_page = !question.is_ordered && (sql["has_more"] == true || odoo["has_more"] == true);
    let keys = keys.iter().filter(|key| {
        // how many groups there are in all Odoo is not asked where it would take long
        **key != "total" || odoo.get("total").is_some_and(|total| !total.is_null())
    });
    for key in keys {
        let (sql, odoo) = (sql.get(key), odoo.get(key));
        let found = match (*key, sql, odoo) {
            ("groups", Some(sql), Some(odoo)) if is_page => on_both_pages(question, sql, odoo),
            _ => {
                let sql = sql.map(|value| sorted(question, key, value));
                let odoo = odoo.map(|value| sorted(question, key, value));
                let apart = if *key == "groups" { APART } else { 0.0 };
                difference((*key).to_owned(), sql.as_deref(), odoo.as_deref(), apart)
            }
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// A page of groups without one order may be another page: what is on both must be the same, and as many must be there.
fn on_both_pages(question: &Question, sql: &Value, odoo: &Value) -> Option<Place> {
    let (ours, theirs) = (by_key(question, sql), by_key(question, odoo));
    let counts = (sql.as_array().map(Vec::len), odoo.as_array().map(Vec::len));
    if counts.0 != counts.1 || ours.len() != theirs.len() {
        return Some(Place {
            path: "groups".to_owned(),
            sql: format!("{} groups", ours.len()),
            odoo: format!("{} groups", theirs.len()),
        });
    }
    let keys: BTreeSet<&String> = ours.keys().collect();
    keys.into_iter().find_map(|key| {
        let theirs = theirs.get(key)?;
        difference(
            format!("groups[{key}]"),
            ours.get(key).copied(),
            Some(theirs),
            APART,
        )
    })
}

fn by_key<'a>(question: &Question, groups: &'a Value) -> BTreeMap<String, &'a Value> {
    let groups = groups.as_array().into_iter().flatten();
    groups
        .map(|group| (key_of(question, group), group))
        .collect()
}

/// The values of a group's keys, as text.
fn key_of(question: &Question, group: &Value) -> String {
    let keys = question.arguments["groupby"].as_array();
    let keys = keys.into_iter().flatten().filter_map(Value::as_str);
    let values: Vec<String> = keys.map(|key| group[key].to_string()).collect();
    values.join(",")
}

/// What has no order, in one.
fn sorted<'a>(question: &Question, key: &str, value: &'a Value) -> Cow<'a, Value> {
    let Some(rows) = value.as_array() else {
        return Cow::Borrowed(value);
    };
    let mut rows = rows.clone();
    if key == "groups" && !question.is_ordered {
        rows.sort_by_cached_key(|group| key_of(question, group));
    }
    for row in &mut rows {
        for name in &question.unordered {
            if let Some(ids) = row.get_mut(name).and_then(Value::as_array_mut) {
                ids.sort_by_key(Value::as_i64);
            }
        }
    }
    Cow::Owned(Value::Array(rows))
}

/// The first place below `path` that is not the same.
fn difference(
    path: String,
    sql: Option<&Value>,
    odoo: Option<&Value>,
    apart: f64,
) -> Option<Place> {
    match (sql, odoo) {
        (Some(Value::Number(a)), Some(Value::Number(b))) => {
            let is_same = match (a.as_i64(), b.as_i64(), a.as_f64(), b.as_f64()) {
                (Some(a), Some(b), ..) => a == b,
                (_, _, Some(a), Some(b)) => is_near(a, b, apart),
                _ => a == b,
            };
            (!is_same).then(|| place(path, sql, odoo))
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => (0..a.len().max(b.len()))
            .find_map(|at| difference(format!("{path}[{at}]"), a.get(at), b.get(at), apart)),
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            let more = b.keys().filter(|key| !a.contains_key(*key));
            a.keys()
                .chain(more)
                .find_map(|key| difference(format!("{path}.{key}"), a.get(key), b.get(key), apart))
        }
        (sql, odoo) => (sql != odoo).then(|| place(path, sql, odoo)),
    }
}

/// Read as doubles, decimals may miss by the double's own last digits; sums by what is forgiven.
fn is_near(a: f64, b: f64, apart: f64) -> bool {
    let size = a.abs().max(b.abs());
    (a - b).abs() <= apart.max(4.0 * f64::EPSILON) * size || (a - b).abs() < apart
}

fn place(path: String, sql: Option<&Value>, odoo: Option<&Value>) -> Place {
    let text = |value: Option<&Value>| match value {
        Some(value) => cut(value.to_string()),
        None => "nothing".to_owned(),
    };
    Place {
        path,
        sql: text(sql),
        odoo: text(odoo),
    }
}

fn in_short(answer: &Answer) -> String {
    cut(match answer {
        Answer::Error(Fault {
            code,
            message,
            detail,
        }) => {
            let detail = detail.as_deref().unwrap_or_default();
            format!("{code}: {message} {detail}")
        }
        Answer::Result(result) => {
            let keys = ["count", "total"];
            let number = keys.iter().find_map(|key| Some((key, result.get(key)?)));
            match number {
                Some((key, number)) => format!("an answer, {key} {number}"),
                None => "an answer".to_owned(),
            }
        }
    })
}

fn cut(text: String) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn question(tool: &'static str) -> Question {
        Question {
            tool,
            arguments: json!({"groupby": ["partner_id"]}),
            unordered: vec!["tag_ids".to_owned()],
            is_ordered: tool != "odoo_read_group",
        }
    }

    fn answer(mut result: Value, engine: &str) -> Answer {
        result["engine"] = json!(engine);
        Answer::Result(result)
    }

    fn error(code: &str, message: &str) -> Answer {
        Answer::Error(Fault {
            code: code.to_owned(),
            message: message.to_owned(),
            detail: None,
        })
    }

    fn compared(tool: &'static str, sql: Value, odoo: Value) -> Verdict {
        compare(&question(tool), &answer(sql, "sql"), &answer(odoo, "odoo"))
    }

    #[track_caller]
    fn place_of(verdict: Verdict) -> (String, String, String) {
        match verdict {
            Verdict::Different(Place { path, sql, odoo }) => (path, sql, odoo),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn equal_records_are_the_same_whatever_else_is_said() {
        let records = json!([{"id": 1, "name": "a", "price": 1.5, "tag_ids": [2, 1]}]);
        let ours = json!({"records": records, "total": 1, "has_more": false, "warnings": ["x"]});
        let theirs = json!({"records": [{"id": 1, "tag_ids": [1, 2], "price": 1.50, "name": "a"}],
                            "total": 1, "has_more": false, "engine_reason": "y"});
        assert_eq!(compared("odoo_search", ours, theirs), Verdict::Same);
    }

    #[test]
    fn the_first_difference_is_named_with_both_values() {
        let page = |name: Value| json!({"records": [{"id": 1, "name": name}], "total": 1, "has_more": false});
        let long = "é".repeat(500);
        let (path, sql, odoo) =
            place_of(compared("odoo_search", page(json!("a")), page(json!(long))));
        assert_eq!((path.as_str(), sql.as_str()), ("records[0].name", "\"a\""));
        assert_eq!(odoo.chars().count(), SHOWN + 1);
        let (path, sql, odoo) = place_of(compared(
            "odoo_search",
            json!({"records": [{"id": 1}, {"id": 2}], "total": 2}),
            json!({"records": [{"id": 1}], "total": 1}),
        ));
        assert_eq!(
            (path.as_str(), sql.as_str(), odoo.as_str()),
            ("records[1]", "{\"id\":2}", "nothing")
        );
        let count = |n: u64| json!({"count": n});
        assert_eq!(
            place_of(compared("odoo_count", count(3), count(4))).0,
            "count"
        );
        // no number is a boolean, and order matters where there is one
        for (a, b) in [
            (page(json!(0)), page(json!(false))),
            (page(json!(0.1)), page(json!(0.100_000_01))),
            (page(json!([1, 2])), page(json!([2, 1]))),
        ] {
            assert_eq!(
                place_of(compared("odoo_search", a, b)).0[..15],
                *"records[0].name"
            );
        }
    }

    #[test]
    fn sums_may_miss_by_a_billionth_and_nothing_else_may() {
        let sum = |n: f64| json!({"groups": [{"partner_id": [1, "a"], "x:sum": n}], "total": 1, "has_more": false});
        assert_eq!(
            compared("odoo_read_group", sum(1e6), sum(1e6 + 1e-4)),
            Verdict::Same
        );
        assert_eq!(
            compared("odoo_read_group", sum(0.0), sum(1e-14)),
            Verdict::Same
        );
        assert_eq!(
            place_of(compared("odoo_read_group", sum(1e6), sum(1e6 + 0.01))).0,
            "groups[0].x:sum"
        );
        let record = |n: f64| json!({"records": [{"id": 1, "x": n}], "total": 1});
        place_of(compared("odoo_search", record(1e6), record(1e6 + 1e-4)));
    }

    #[test]
    fn groups_by_records_are_compared_without_their_order() {
        let groups = |ids: &[i64], more: bool| {
            let groups: Vec<Value> = ids
                .iter()
                .map(|id| json!({"partner_id": [id, "same"]}))
                .collect();
            json!({"groups": groups, "total": ids.len(), "has_more": more})
        };
        let of = |a: &[i64], b: &[i64], more| {
            compared("odoo_read_group", groups(a, more), groups(b, more))
        };
        assert_eq!(of(&[1, 2], &[2, 1], false), Verdict::Same);
        place_of(of(&[1, 2], &[1, 3], false));
        // a page of them may be another page, but as long and the same where both have a group
        assert_eq!(of(&[1, 2], &[1, 3], true), Verdict::Same);
        assert_eq!(place_of(of(&[1, 2], &[1], true)).0, "groups");
        let page = |sum: u64| json!({"groups": [{"partner_id": [2, "same"], "x:sum": sum}], "total": 9, "has_more": true});
        assert_eq!(
            place_of(compared("odoo_read_group", page(1), page(2))).0,
            "groups[[2,\"same\"]].x:sum"
        );
    }

    #[test]
    fn refusals_are_compared_by_their_kind() {
        let of = |sql: &Answer, odoo: &Answer| compare(&question("odoo_search"), sql, odoo);
        let denied = error("access_denied", "no");
        assert_eq!(
            of(&denied, &error("access_denied", "non")),
            Verdict::BothRefused
        );
        assert_eq!(
            of(&error("invalid_domain", "x"), &error("odoo_error", "y")),
            Verdict::BothRefused
        );
        // what Odoo was not asked says nothing, and a bug on both sides is one
        assert!(matches!(of(&denied, &denied), Verdict::NotComparable(_)));
        place_of(of(&error("internal", "x"), &error("internal", "x")));
        let some = answer(json!({"records": [{"id": 1}], "total": 1}), "sql");
        // rows where Odoo refuses
        let (path, sql, odoo) = place_of(of(&some, &denied));
        assert_eq!(path, "answer");
        assert!(
            sql.contains("total 1") && odoo.starts_with("access_denied"),
            "{sql} {odoo}"
        );
        place_of(of(&some, &error("odoo_error", "choose a period first")));
        place_of(of(&error("internal", "x"), &some));
        for silent in [
            error("timed_out", "x"),
            error("over_budget", "x"),
            error("odoo_error", "Odoo failed inside"),
        ] {
            assert!(matches!(of(&some, &silent), Verdict::NotComparable(_)));
        }
        let open = json!({"records": [], "total": 0, "warnings": [{"code": "display_name_open"}]});
        let open = (
            answer(open, "sql"),
            answer(json!({"records": [], "total": 0}), "odoo"),
        );
        assert!(matches!(of(&open.0, &open.1), Verdict::NotComparable(_)));
        let none = answer(json!({"records": [], "total": 0}), "odoo");
        assert!(matches!(of(&denied, &none), Verdict::NotComparable(_)));
    }

    #[test]
    fn what_odoo_answers_anyway_is_not_compared() {
        let by_odoo = answer(json!({"count": 3, "engine_reason": "a rule"}), "odoo");
        let other = answer(json!({"count": 4}), "odoo");
        assert_eq!(
            compare(&question("odoo_count"), &by_odoo, &other),
            Verdict::ByOdoo("a rule".to_owned())
        );
    }

    #[test]
    fn only_a_difference_that_stays_is_one() {
        let asked = |counts: &[(u64, u64)]| {
            let count = |n: u64, engine| answer(json!({"count": n}), engine);
            let answers: Vec<(Answer, Answer)> = counts
                .iter()
                .map(|(sql, odoo)| (count(*sql, "sql"), count(*odoo, "odoo")))
                .collect();
            judge(&question("odoo_count"), &answers)
        };
        assert_eq!(asked(&[]), None);
        assert_eq!(asked(&[(3, 3)]), Some(Verdict::Same));
        assert_eq!(asked(&[(3, 4)]), None);
        assert_eq!(asked(&[(3, 4), (4, 4)]), Some(Verdict::Same));
        assert_eq!(asked(&[(3, 4), (3, 4)]), None);
        place_of(asked(&[(3, 4), (3, 4), (3, 4)]).expect("a verdict"));
        // one that says another thing each time is not the data
        place_of(asked(&[(3, 4), (3, 5), (3, 6)]).expect("a verdict"));
        assert!(matches!(
            asked(&[(3, 4), (4, 5), (5, 6)]),
            Some(Verdict::NotComparable(_))
        ));
    }
}
