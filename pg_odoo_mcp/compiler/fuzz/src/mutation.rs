//! Mutations of JSON that leave it JSON: libFuzzer's own mostly break it, and what does not parse
//! says little about a compiler.

use crate::json::{at, size};
use crate::random::Random;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// One list for this mutator and for libFuzzer's own.
static WORDS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("../words.dict").lines();
    let quoted = |line: &'static str| line.strip_prefix('"')?.strip_suffix('"');
    lines.filter_map(quoted).collect()
});

const OPERATORS: &[&str] = &[
    "=",
    "!=",
    "=?",
    "in",
    "not in",
    "<",
    "<=",
    ">",
    ">=",
    "like",
    "not like",
    "ilike",
    "=like",
    "not =ilike",
    "child_of",
    "parent_of",
    "any",
    "not any",
];

/// `data` changed, in at most `most` bytes; nothing where only its bytes can be.
pub fn mutated(data: &[u8], most: usize, seed: u32) -> Option<Vec<u8>> {
    let mut random = Random::new(seed);
    if random.below(8) == 0 {
        return None;
    }
    let mut json: Value = serde_json::from_slice(data).ok()?;
    for _ in 0..=random.below(4) {
        change(&mut json, &mut random);
    }
    fitting(&json, most)
}

/// A part of one input in the place of a part of another.
pub fn crossed(one: &[u8], other: &[u8], most: usize, seed: u32) -> Option<Vec<u8>> {
    let mut random = Random::new(seed);
    let mut json: Value = serde_json::from_slice(one).ok()?;
    let mut donor: Value = serde_json::from_slice(other).ok()?;
    let part = pick(&mut donor, &mut random).clone();
    *pick(&mut json, &mut random) = part;
    fitting(&json, most)
}

fn fitting(json: &Value, most: usize) -> Option<Vec<u8>> {
    let text = json.to_string().into_bytes();
    (text.len() <= most).then_some(text)
}

fn pick<'a>(json: &'a mut Value, random: &mut Random) -> &'a mut Value {
    let place = random.below(size(json));
    at(json, place)
}

fn change(json: &mut Value, random: &mut Random) {
    let part = pick(json, random).clone();
    let place = pick(json, random);
    match place {
        Value::Array(items) if random.below(6) > 0 => change_list(items, part, random),
        Value::Object(map) if random.below(6) > 0 => change_map(map, part, random),
        Value::String(text) if random.below(3) > 0 => change_text(text, random),
        Value::Number(number) if random.below(2) > 0 => *place = near(number, random),
        _ => match random.below(6) {
            0 => *place = part,
            1 => *place = json!([place.clone()]),
            2 => *place = condition(random),
            _ => *place = scalar(random),
        },
    }
}

fn change_list(items: &mut Vec<Value>, part: Value, random: &mut Random) {
    let index = random.below(items.len() + 1);
    let new = match random.below(6) {
        0 if index < items.len() => {
            items.remove(index);
            return;
        }
        1 if index < items.len() => {
            let other = random.below(items.len());
            items.swap(index, other);
            return;
        }
        2 if index < items.len() => items[index].clone(),
        3 => json!(random.one(&["&", "|", "!"])),
        4 => condition(random),
        5 => part,
        _ => scalar(random),
    };
    items.insert(index, new);
}

fn change_map(map: &mut Map<String, Value>, part: Value, random: &mut Random) {
    let key = map.keys().nth(random.below(map.len())).cloned();
    match (random.below(4), key) {
        (0, Some(key)) => drop(map.remove(&key)),
        (1, Some(key)) => drop(map.insert(key, scalar(random))),
        (2, Some(key)) => {
            let value = map.remove(&key).unwrap_or_default();
            map.insert(random.one(&WORDS).to_owned(), value);
        }
        _ => drop(map.insert(random.one(&WORDS).to_owned(), part)),
    }
}

fn change_text(text: &mut String, random: &mut Random) {
    let word = random.one(&WORDS);
    match random.below(6) {
        0 => *text = format!("{text}.{word}"),
        1 => *text = format!("{text}:{word}"),
        2 => *text = format!("{text},{word} desc"),
        3 => {
            let odd = [
                "'", "\"", "\\", "%", "_", "$1", ";--", "\0", "é", "\u{202e}", "٣", "\n", " ",
            ];
            let at = random.below(text.chars().count() + 1);
            let at = text.char_indices().nth(at).map_or(text.len(), |(at, _)| at);
            text.insert_str(at, random.one(&odd));
        }
        4 => drop(text.pop()),
        _ => *text = word.to_owned(),
    }
}

fn near(number: &serde_json::Number, random: &mut Random) -> Value {
    match (number.as_i64(), random.below(6)) {
        (Some(n), 0) => json!(n.wrapping_add(1)),
        (Some(n), 1) => json!(n.wrapping_sub(1)),
        (Some(n), 2) => json!(n.wrapping_neg()),
        (Some(n), 3) => json!(n.wrapping_mul(10)),
        (Some(n), 4) => json!(n as f64),
        _ => scalar(random),
    }
}

fn condition(random: &mut Random) -> Value {
    json!([random.one(&WORDS), random.one(OPERATORS), scalar(random)])
}

fn scalar(random: &mut Random) -> Value {
    match random.below(16) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(false),
        3 => json!([]),
        4 => json!({}),
        5 => json!(random.below(100)),
        6 => json!(0),
        7 => json!(1.5),
        8 => json!(-0.0),
        9 => json!(i64::MIN),
        10 => json!(u64::MAX),
        11 => json!(1e300),
        12 => json!(2_147_483_648_i64),
        _ => json!(random.one(&WORDS)),
    }
}
