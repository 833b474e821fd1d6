//! A question with something wrong in it, which both have to refuse.

use serde_json::{Value, json};

use super::question::{Kind, Question};
use super::random::Random;

/// Puts a mistake into the question.
pub(super) fn make(random: &mut Random, question: &mut Question) {
    let more = &mut question.more;
    match (question.kind, random.below(4)) {
        (Kind::Search, 0) => push(more, "fields", "no_such_field"),
        (Kind::Search, 1) => {
            more["order"] = json!(*random.pick(&["no_such_field", "id sideways", "id,,id"]));
        }
        (Kind::Read, _) => push(more, "fields", "no_such_field"),
        (Kind::Group, 0) => push(
            more,
            "groupby",
            random.pick::<&str>(&[
                "create_date",
                "create_date:fortnight",
                "no_such_field",
                "create_uid.no_such_field",
            ]),
        ),
        (Kind::Group, 1) => push(
            more,
            "aggregates",
            random.pick::<&str>(&["id:median", "no_such_field:sum", "no_such_field"]),
        ),
        (Kind::Group, 2) if more["groupby"] != json!([]) => {
            more["having"] = random
                .pick(&[
                    json!([["no_such_field:sum", ">", 1]]),
                    json!([["__count", "like", 1]]),
                ])
                .clone();
        }
        _ => {
            let wrong = [
                json!(["no_such_field", "=", 1]),
                json!(["create_uid.no_such_field", "=", 1]),
                json!(["id", "~", 1]),
                json!(["create_date", ">", "soon"]),
                json!(["create_date", "in", ["2026-01-01", "tomorrowish"]]),
                json!(["id", "="]),
                json!("&"),
                json!("?"),
            ];
            if let Some(parts) = question.domain.as_array_mut() {
                parts.push(random.pick(&wrong).clone());
            }
        }
    }
}

fn push(more: &mut Value, key: &str, name: &str) {
    if let Some(list) = more[key].as_array_mut() {
        list.push(json!(name));
    }
}
