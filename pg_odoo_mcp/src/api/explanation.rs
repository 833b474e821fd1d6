//! The compiler's explanation, laid out for reading in psql.

use serde_json::Value as Json;

/// The lines of an explanation: frame, rules, then each statement with its parameters.
pub(crate) fn lines(explanation: &Json) -> Vec<String> {
    let mut lines = vec![format!(
        "engine: {} ({})",
        word(&explanation["engine"]),
        word(&explanation["reason"])
    )];
    if let Some(frame) = explanation.as_object() {
        for (key, value) in frame {
            match key.as_str() {
                "engine" | "reason" | "rules" | "statements" => {}
                _ => lines.push(format!("{}: {}", key.replace('_', " "), word(value))),
            }
        }
    }
    for rule in items(&explanation["rules"]) {
        lines.push(format!(
            "{} rule on {}: {}: {}",
            word(&rule["kind"]),
            word(&rule["model"]),
            word(&rule["name"]),
            word(&rule["domain"])
        ));
    }
    for statement in items(&explanation["statements"]) {
        lines.push(String::new());
        lines.extend(word(&statement["sql"]).lines().map(str::to_owned));
        for (at, param) in items(&statement["params"]).iter().enumerate() {
            lines.push(format!(
                "-- ${}: {} {}",
                at + 1,
                word(&param["type"]),
                word(&param["value"])
            ));
        }
    }
    lines
}

fn items(list: &Json) -> &[Json] {
    list.as_array().map_or(&[], Vec::as_slice)
}

/// A value as people write it: text without quotes, lists with commas.
fn word(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(values) => values.iter().map(word).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
