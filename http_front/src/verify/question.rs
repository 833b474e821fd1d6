//! One question: a tool, its arguments, and what of its answer has no order.

use super::{
    description::{Description, Field},
    domain::{domain, piece},
    random::Random,
    subject::Subject,
};
use serde_json::{Value, json};

/// Records, or groups of records, of an answer.
const ROWS: u64 = 80;
/// Groups that are compared without their order, so all of them are needed.
const UNORDERED_GROUPS: u64 = 300;
/// Fields of a record.
const FIELDS: usize = 25;

const DAYS: &[&str] = &["day", "week", "month", "quarter", "year"];

/// What is asked of both.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Question {
    pub(super) tool: &'static str,
    pub(super) arguments: Value,
    /// Fields that list records, in an order that leaves some equal.
    pub(super) unordered: Vec<String>,
    /// Whether groups come in one order only.
    pub(super) is_ordered: bool,
}

impl Question {
    /// One whose answer is wholly in order.
    pub(super) fn plain(tool: &'static str, arguments: Value) -> Self {
        Question {
            tool,
            arguments,
            unordered: Vec::new(),
            is_ordered: true,
        }
    }

    /// Any question about the model.
    pub(super) fn make(random: &mut Random, of: &Subject) -> Self {
        let mut question = match random.below(20) {
            0..7 => search(random, of),
            7..10 => count(random, of),
            10..12 => read(random, of),
            12..14 => name_search(random, of).unwrap_or_else(|| count(random, of)),
            _ => groups(random, of).unwrap_or_else(|| search(random, of)),
        };
        let mut context = json!({});
        if random.once_in(6) {
            context["active_test"] = json!(false);
        }
        if let [_, _, ..] = of.company_ids.as_slice()
            && random.once_in(4)
        {
            context["allowed_company_ids"] = json!([random.pick(&of.company_ids)]);
        }
        if context != json!({}) {
            question.arguments["context"] = context;
        }
        question
    }
}

fn count(random: &mut Random, of: &Subject) -> Question {
    let arguments = json!({"model": of.description.model, "domain": domain(random, of)});
    Question::plain("odoo_count", arguments)
}

/// Records that are there, in an order of the caller's, and seldom one that isn't.
fn read(random: &mut Random, of: &Subject) -> Question {
    let mut ids: Vec<Value> = of.seen.iter().map(|record| record["id"].clone()).collect();
    random.shuffle(&mut ids);
    ids.truncate(1 + random.below(ids.len()));
    if random.once_in(8) {
        ids.push(json!(i32::MAX));
    }
    let (fields, unordered) = fields(random, of);
    Question {
        unordered,
        ..Question::plain(
            "odoo_read",
            json!({"model": of.description.model, "ids": ids, "fields": fields}),
        )
    }
}

/// By a piece of a name; nothing where no name was seen.
fn name_search(random: &mut Random, of: &Subject) -> Option<Question> {
    let mut names = of.description.of(&["char"]);
    names.retain(|field| matches!(field.name.as_str(), "name" | "display_name"));
    let values: Vec<&Value> = names.iter().flat_map(|field| of.values(field)).collect();
    let name = random.pick(&values)?.as_str()?.to_owned();
    let mut arguments = json!({
        "model": of.description.model, "name": piece(random, &name), "limit": ROWS,
    });
    if random.once_in(2) {
        arguments["domain"] = domain(random, of);
    } else if !of.part().is_empty() {
        arguments["domain"] = Value::Array(of.part());
    }
    Some(Question::plain("odoo_name_search", arguments))
}

/// Some fields, and which of them list records.
fn fields(random: &mut Random, of: &Subject) -> (Vec<String>, Vec<String>) {
    let mut some: Vec<&Field> = of.description.fields.iter().collect();
    random.shuffle(&mut some);
    some.truncate(FIELDS);
    let name = |field: &&Field| field.name.clone();
    let lists = some.iter().copied().filter(|field| field.is_to_many());
    (
        some.iter().map(name).collect(),
        lists.map(|field| field.name.clone()).collect(),
    )
}

fn search(random: &mut Random, of: &Subject) -> Question {
    let (names, unordered) = fields(random, of);
    let mut arguments = json!({
        "model": of.description.model, "domain": domain(random, of), "fields": names, "limit": ROWS,
    });
    let fields = of.description.fields.iter();
    let columns: Vec<&Field> = fields.filter(|field| can_be_sorted(field)).collect();
    match random.pick(&columns) {
        _ if of.description.has_total_order() && random.once_in(2) => {}
        Some(field) if !random.once_in(4) => {
            let direction = random.pick(&["", " desc", " desc nulls last", " nulls first"]);
            let direction = direction.copied().unwrap_or_default();
            arguments["order"] = json!(format!("{}{direction}, id", field.name));
        }
        _ => arguments["order"] = json!("id"),
    }
    if random.once_in(4) {
        arguments["offset"] = json!(random.below(of.total.min(200) as usize));
    }
    Question {
        unordered,
        ..Question::plain("odoo_search", arguments)
    }
}

fn can_be_sorted(field: &Field) -> bool {
    let kind = field.kind.as_str();
    field.is_column()
        && !matches!(
            kind,
            "html" | "text" | "binary" | "json" | "properties" | "reference"
        )
}

/// Nothing where no field can be grouped by.
fn groups(random: &mut Random, of: &Subject) -> Option<Question> {
    let (first, mut is_ordered) = key(random, of)?;
    let mut keys = vec![first];
    if random.once_in(3)
        && let Some((second, is_second_ordered)) = key(random, of)
        && !keys.contains(&second)
    {
        is_ordered &= is_second_ordered;
        keys.push(second);
    }
    let mut arguments = json!({
        "model": of.description.model, "domain": domain(random, of), "groupby": keys,
        "aggregates": aggregates(random, &of.description),
        "limit": if is_ordered { ROWS } else { UNORDERED_GROUPS },
    });
    if let ([key], true) = (keys.as_slice(), is_ordered && random.once_in(3)) {
        arguments["order"] = json!(format!("{key} desc"));
    }
    Some(Question {
        tool: "odoo_read_group",
        arguments,
        unordered: Vec::new(),
        is_ordered,
    })
}

/// A key, and whether its values come in one order: records may be equal in theirs.
fn key(random: &mut Random, of: &Subject) -> Option<(String, bool)> {
    let field = *random.pick(&groupable(&of.description))?;
    let related = field
        .relation
        .as_ref()
        .and_then(|name| of.related.get(name));
    if let Some(related) = related.filter(|_| field.kind == "many2one" && random.once_in(3)) {
        let inner = *random.pick(&groupable(related))?;
        let (spec, _) = spelled(random, inner);
        return Some((format!("{}.{spec}", field.name), false));
    }
    Some(spelled(random, field))
}

fn spelled(random: &mut Random, field: &Field) -> (String, bool) {
    let name = &field.name;
    match field.kind.as_str() {
        "date" => (period(random, name, DAYS), true),
        "datetime" if random.once_in(5) => (period(random, name, &["hour"]), true),
        "datetime" => (period(random, name, DAYS), true),
        _ => (name.clone(), field.relation.is_none()),
    }
}

fn period(random: &mut Random, name: &str, periods: &[&str]) -> String {
    format!("{name}:{}", random.pick(periods).unwrap_or(&"month"))
}

fn groupable(description: &Description) -> Vec<&Field> {
    let mut fields = description.of(&[
        "boolean",
        "char",
        "date",
        "datetime",
        "integer",
        "many2many",
        "many2one",
        "selection",
    ]);
    fields.retain(|field| field.groupable);
    fields
}

/// The number of records, and some figures.
fn aggregates(random: &mut Random, description: &Description) -> Vec<String> {
    let mut all = vec!["__count".to_owned()];
    let mut fields = description
        .fields
        .iter()
        .filter(|f| f.is_column())
        .collect::<Vec<_>>();
    random.shuffle(&mut fields);
    let figures = fields.into_iter().filter_map(|field| {
        let functions: &[&str] = match field.kind.as_str() {
            "integer" | "float" | "monetary" => &["sum", "sum", "avg", "min", "max"],
            "boolean" => &["bool_and", "bool_or"],
            "date" | "datetime" => &["min", "max"],
            "many2one" => &["count", "count_distinct"],
            _ => return None,
        };
        Some((field, functions))
    });
    for (field, functions) in figures.take(3) {
        if let Some(function) = random.pick(functions) {
            all.push(format!("{}:{function}", field.name));
        }
    }
    all
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::{collections::BTreeMap, rc::Rc};

    fn described(answer: Value) -> Rc<Description> {
        Rc::new(Description::read(&answer).expect("a description"))
    }

    fn field(name: &str, kind: &str, stored: bool, groupable: bool) -> Value {
        json!({"name": name, "type": kind, "label": name, "stored": stored, "groupable": groupable})
    }

    /// Orders, as a user sees them.
    pub(in super::super) fn subject() -> Subject {
        let mut partner = field("partner_id", "many2one", true, true);
        partner["relation"] = json!("res.partner");
        let mut user = field("user_id", "many2one", true, true);
        user["relation"] = json!("res.users");
        let mut lines = field("line_ids", "one2many", true, false);
        lines["relation"] = json!("line");
        let mut state = field("state", "selection", true, true);
        state["selection"] = json!([["draft", "Draft"], ["sale", "Sale"]]);
        Subject {
            description: described(json!({
                "model": "sale.order", "name": "Order", "order": "date desc, id desc", "engine": "sql",
                "fields": [
                    field("id", "integer", true, true), user, field("name", "char", true, true), state, partner, lines,
                    field("amount", "monetary", true, true), field("date", "datetime", true, true),
                    field("computed", "char", false, false),
                ],
            })),
            seen: vec![
                json!({"id": 7, "name": "S7", "state": "draft", "amount": 12.5, "date": "2026-01-31 10:00:00",
                       "partner_id": [3, "Azure"], "line_ids": [4, 5], "computed": "x"}),
                json!({"id": 8, "name": "S8", "state": "sale", "amount": 12.5, "date": false,
                       "partner_id": false, "line_ids": [], "computed": "x"}),
            ],
            total: 40,
            related: BTreeMap::from([
                (
                    "res.partner".to_owned(),
                    described(json!({
                        "model": "res.partner", "order": "name", "fields": [field("city", "char", true, true)],
                    })),
                ),
                (
                    "line".to_owned(),
                    described(json!({
                        "model": "line", "order": "id", "fields": [field("price", "float", true, true)],
                    })),
                ),
            ]),
            company_ids: vec![1, 2],
        }
    }

    fn questions() -> Vec<Question> {
        let of = subject();
        let at = |seed| Question::make(&mut Random::at(seed, &[]), &of);
        (0..3000).map(at).collect()
    }

    #[test]
    fn a_seed_names_a_question() {
        assert_eq!(questions(), questions());
    }

    #[test]
    fn every_kind_of_question_comes_up() {
        let all: Vec<String> = questions()
            .iter()
            .map(|q| format!("{} {}", q.tool, q.arguments))
            .collect();
        for part in [
            "odoo_search",
            "odoo_count",
            "odoo_read ",
            "\"ids\":[8,7]",
            "2147483647",
            "odoo_name_search",
            "odoo_read_group",
            "\"order\":\"id\"",
            "\"order\":\"name desc, id\"",
            "\"|\"",
            "\"!\"",
            "\"offset\"",
            "active_test",
            "allowed_company_ids",
            "date:month",
            "date:hour",
            "amount:sum",
            "amount:avg",
            "partner_id.city",
            "[\"state\",\"=\",false]",
            "ilike",
            "[\"date\",\">=\",\"2026-01-31\"]",
            "[\"line_ids\",\"in\",[4]]",
            "\"any\"",
            "\"groupby\":[\"partner_id\"]",
            "[\"partner_id\",\"=\",3]",
        ] {
            let is_there = all.iter().any(|text| text.contains(part));
            assert!(is_there, "no question has {part}");
        }
        let ordered = |q: &&Question| q.tool == "odoo_search" && q.arguments.get("order").is_none();
        assert!(
            questions().iter().any(|q| ordered(&q)),
            "the model's own order"
        );
    }

    #[test]
    fn questions_are_small_and_what_has_no_order_is_known() {
        for question in questions() {
            let Question {
                arguments,
                unordered,
                is_ordered,
                tool,
            } = &question;
            let limit = arguments["limit"].as_u64().unwrap_or_default();
            assert!(limit <= UNORDERED_GROUPS);
            let names = arguments["fields"].to_string();
            assert_eq!(
                names.contains("line_ids"),
                unordered.contains(&"line_ids".to_owned())
            );
            let keys = arguments["groupby"].to_string();
            assert_eq!(
                *is_ordered,
                !(keys.contains("partner_id") || keys.contains("user_id")),
                "{tool} {arguments}"
            );
        }
    }
}
