//! Domains, made from a seed: every operator on every type of field, paths and hierarchies.

use serde_json::{Value, json};

use super::measured::PARTS;
use super::models::MODELS;
use super::odd;
use super::random::Random;
use super::shape::{Field, Model, Shape};

/// How many relations a path follows.
const DEPTH: usize = 3;
/// Moments by their distance from now; whole days, so that nothing happens between two questions.
const RELATIVE: &[&str] = &[
    "today",
    "today -3d",
    "-1w",
    "=monday -2w",
    "today -1m =1d",
    "-1y",
    "week_start",
    "today +2H",
];
pub(super) const LIKE: &[&str] = &[
    "ilike",
    "not ilike",
    "like",
    "not like",
    "=ilike",
    "=like",
    "not =ilike",
    "not =like",
];
pub(super) const EQUAL: &[&str] = &["=", "!=", "in", "not in", "=?"];
pub(super) const INEQUALITY: &[&str] = &["<", "<=", ">", ">="];

/// A domain on a model: up to three trees, all of which have to hold.
pub(super) fn domain(random: &mut Random, shape: &Shape, model: &Model) -> Value {
    let mut parts = Vec::new();
    // mostly one or two: with each one fewer records are left to compare
    for _ in 0..*random.pick(&[0, 1, 1, 1, 2, 2, 3]) {
        let height = random.below(4);
        tree(random, shape, model, height, 0, &mut parts);
    }
    Value::Array(parts)
}

/// A tree of connectives in prefix form; `depth` is how many relations lead to the model.
fn tree(
    random: &mut Random,
    shape: &Shape,
    model: &Model,
    height: usize,
    depth: usize,
    parts: &mut Vec<Value>,
) {
    if random.once_in(4) {
        parts.push(json!("!"));
    }
    if height > 0 && !random.once_in(3) {
        parts.push(json!(*random.pick(&["&", "|", "|"])));
        tree(random, shape, model, height - 1, depth, parts);
        tree(random, shape, model, height - 1, depth, parts);
    } else {
        parts.push(condition(random, shape, model, depth));
    }
}

fn condition(random: &mut Random, shape: &Shape, model: &Model, depth: usize) -> Value {
    if random.once_in(40) {
        return random
            .pick(&[json!([1, "=", 1]), json!([0, "=", 1])])
            .clone();
    }
    let field = field(random, shape, model);
    if let Some(comodel) = shape
        .comodel(field)
        .filter(|_| depth < DEPTH && random.once_in(2))
    {
        return through(random, shape, field, comodel, depth + 1);
    }
    // without parents above its records Odoo may fail at it, or not
    let has_tree = field.has_hierarchy && (field.relation.is_some() || field.name == "id");
    if has_tree && random.once_in(4) {
        return hierarchy(random, field);
    }
    if field.relation.is_some() {
        return relational(random, shape, field);
    }
    plain(random, field)
}

/// Any field, but more often one that leads somewhere, or to many.
fn field<'a>(random: &mut Random, shape: &Shape, model: &'a Model) -> &'a Field {
    // seldom to a model that few people know
    let is_far = random.once_in(8);
    let leads = |field: &&Field| {
        let comodel = shape.comodel(field);
        comodel.is_some_and(|comodel| is_far || MODELS.contains(&comodel.name.as_str()))
    };
    if !model.others.is_empty() && random.once_in(60) {
        return random.pick(&model.others);
    }
    let choice: Vec<&Field> = match random.below(4) {
        0 => model
            .fields
            .iter()
            .filter(|f| f.is_to_many())
            .filter(leads)
            .collect(),
        1 => model.fields.iter().filter(leads).collect(),
        _ => Vec::new(),
    };
    if choice.is_empty() {
        random.pick(&model.fields)
    } else {
        choice[random.below(choice.len())]
    }
}

/// `any`, `not any` or a dotted path.
fn through(
    random: &mut Random,
    shape: &Shape,
    field: &Field,
    comodel: &Model,
    depth: usize,
) -> Value {
    if random.once_in(3) {
        let mut inner = Vec::new();
        for _ in 0..usize::from(!random.once_in(8)) {
            let height = random.below(2);
            tree(random, shape, comodel, height, depth, &mut inner);
        }
        return json!([field.name, *random.pick(&["any", "not any"]), inner]);
    }
    let inner = condition(random, shape, comodel, depth);
    match inner[0].as_str() {
        Some(name) => json!([format!("{}.{name}", field.name), inner[1], inner[2]]),
        None => inner, // a constant
    }
}

fn hierarchy(random: &mut Random, field: &Field) -> Value {
    let operator = *random.pick(&["child_of", "parent_of"]);
    let operand = match (random.below(6), field.values.is_empty()) {
        (0, _) => json!(false),
        (1, _) => json!(*random.pick(&["a", "all", "My", "x"])),
        (_, true) => json!([]),
        (2 | 3, false) => json!([random.pick(&field.values), random.pick(&field.values)]),
        _ => random.pick(&field.values).clone(),
    };
    json!([field.name, operator, operand])
}

/// A relation compared to ids, to nothing, to texts.
fn relational(random: &mut Random, shape: &Shape, field: &Field) -> Value {
    if random.once_in(4) {
        let text = *random.pick(&["a", "e", "", "my company", "o%e"]);
        return json!([field.name, *random.pick(&LIKE[..6]), text]);
    }
    let operator = *random.pick(EQUAL);
    let names = shape
        .comodel(field)
        .and_then(|comodel| comodel.field("complete_name").or(comodel.field("name")))
        .map(|name| name.values.as_slice())
        .unwrap_or_default();
    let mut one = || {
        if !names.is_empty() && random.once_in(6) {
            random.pick(names).clone()
        } else if field.values.is_empty() || random.once_in(5) {
            json!(false)
        } else {
            random.pick(&field.values).clone()
        }
    };
    if operator.ends_with("in") {
        let list = [one(), one()];
        return match random.below(8) {
            0 => json!([field.name, operator, []]),
            1 => json!([field.name, operator, [false]]),
            2 => json!([field.name, operator, [false, list[0]]]),
            _ => json!([field.name, operator, list]),
        };
    }
    json!([field.name, operator, one()])
}

fn plain(random: &mut Random, field: &Field) -> Value {
    if random.once_in(25) {
        let operators = *random.pick(&[EQUAL, INEQUALITY, LIKE]);
        let operator = *random.pick(operators);
        return json!([field.name, operator, random.pick(&odd::values())]);
    }
    if matches!(field.kind.as_str(), "date" | "datetime") && random.once_in(4) {
        return dated(random, field);
    }
    let value = |random: &mut Random| {
        if field.values.is_empty() || random.once_in(8) {
            json!(false)
        } else {
            random.pick(&field.values).clone()
        }
    };
    let equal = *random.pick(EQUAL);
    let one = value(random);
    if equal.ends_with("in") {
        return json!([field.name, equal, [one, value(random)]]);
    }
    let text = one
        .as_str()
        .map(|text| text.chars().take(4).collect::<String>());
    let (operator, value) = match (field.kind.as_str(), random.below(3)) {
        ("char" | "text", 0 | 1) => {
            let operator = *random.pick(LIKE);
            let text = text.unwrap_or_default();
            let wild = operator.contains("=") && random.once_in(2);
            (
                operator,
                json!(if wild { format!("%{text}%") } else { text }),
            )
        }
        ("selection", 0) => (*random.pick(&LIKE[..4]), json!(text.unwrap_or_default())),
        ("integer" | "float" | "monetary" | "date" | "datetime", 0 | 1) if one != json!(false) => {
            (*random.pick(INEQUALITY), one)
        }
        ("datetime", 2) if text.is_some() => (
            *random.pick(&["<", "<=", ">", ">=", "="]),
            json!(one.as_str().unwrap_or_default()[..10]),
        ),
        _ => (equal, one),
    };
    json!([field.name, operator, value])
}

/// A date by its distance from now, or a part of it.
fn dated(random: &mut Random, field: &Field) -> Value {
    let operator = *random.pick(INEQUALITY);
    if random.once_in(2) {
        return json!([field.name, operator, *random.pick(RELATIVE)]);
    }
    let parts = match field.kind.as_str() {
        "date" => &PARTS[..7],
        _ => PARTS,
    };
    let part = format!("{}.{}", field.name, random.pick::<&str>(parts));
    let number = *random.pick(&[0, 1, 3, 6, 12, 2026]);
    match random.below(3) {
        0 => json!([part, operator, number]),
        1 => json!([part, *random.pick(&["in", "not in"]), [number, 2, 5]]),
        _ => json!([part, *random.pick(&["=", "!="]), number]),
    }
}
