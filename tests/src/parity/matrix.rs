//! Every operator on a field of every type and every way of storing it, with nothing, with what is falsy and with a value
//! that occurs: not drawn from a seed, but all of them, each a question of its own.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::domain::{EQUAL, INEQUALITY, LIKE};
use super::models::MODELS;
use super::odd;
use super::question::{Kind, Question};
use super::random::Random;
use super::shape::{Field, Model, Shape, Storage};

const OTHER: &[&str] = &["<>", "==", "any", "not any", "child_of", "parent_of"];

/// Fields of each type and storage, the first that people's models have.
fn fields(shape: &Shape) -> Vec<(&Model, &Field)> {
    let mut found: BTreeMap<(&str, Storage), (&Model, &Field)> = BTreeMap::new();
    let people = MODELS.iter().filter_map(|name| shape.model(name));
    let rest = shape
        .models()
        .filter(|model| !MODELS.contains(&model.name.as_str()));
    for model in people.chain(rest) {
        for field in model.fields.iter().chain(&model.others) {
            let place = found
                .entry((&field.kind, field.storage))
                .or_insert((model, field));
            // two values tell more than one or none
            if place.1.values.len() < 2 && field.values.len() > place.1.values.len() {
                *place = (model, field);
            }
        }
    }
    found.into_values().collect()
}

/// Nothing, what is falsy, and values that occur.
fn operands(field: &Field, operator: &str) -> Vec<Value> {
    let mut operands = vec![
        json!(false),
        json!(null),
        json!(0),
        json!(""),
        json!([]),
        json!([false]),
    ];
    let known = |at: usize| field.values.get(at).cloned().unwrap_or(json!("x"));
    if operator.ends_with("any") {
        operands.push(json!([["id", "=", known(0)]]));
        operands.push(json!([["id", "!=", false]]));
    } else {
        operands.push(known(0));
        operands.push(json!([known(1), false]));
    }
    operands
}

/// All of them, in the context of these companies.
#[must_use]
pub fn all(shape: &Shape, companies: &[i64]) -> Vec<Question> {
    let mut questions = Vec::new();
    for (model, field) in fields(shape) {
        for operator in [EQUAL, INEQUALITY, LIKE, OTHER].into_iter().flatten() {
            for operand in operands(field, operator) {
                questions.push(question(model, field, operator, operand, companies));
            }
        }
    }
    questions
}

/// Each operator on each of these fields with a few values that fit no field.
#[must_use]
pub fn odd(shape: &Shape, companies: &[i64], random: &mut Random, each: usize) -> Vec<Question> {
    let values = odd::values();
    let mut questions = Vec::new();
    for (model, field) in fields(shape) {
        for operator in [EQUAL, INEQUALITY, LIKE, OTHER].into_iter().flatten() {
            for _ in 0..each {
                let operand = random.pick(&values).clone();
                questions.push(question(model, field, operator, operand, companies));
            }
        }
    }
    questions
}

fn question(
    model: &Model,
    field: &Field,
    operator: &str,
    operand: Value,
    companies: &[i64],
) -> Question {
    let mut domain = vec![json!([field.name, operator, operand])];
    if model.rows > LIMIT {
        domain.push(json!(["id", "<", LIMIT]));
    }
    Question {
        kind: Kind::Search,
        model: model.name.clone(),
        domain: json!(domain),
        context: json!({"lang": "en_US", "tz": "Europe/Brussels", "allowed_company_ids": companies}),
        more: json!({"fields": ["id"], "order": "id", "limit": LIMIT}),
        is_ordered: true,
    }
}

/// Records of an answer: all of them.
const LIMIT: usize = 1000;
