//! A question with something wrong in it, which both have to refuse.

use serde_json::{Value, json};

use super::question::{Kind, Question};
use super::random::Random;

/// Puts a mistake into the question.
pub(super) fn make(random: &mut Random, question: &mut Question) {
    let more = &mut question.more;
    if random.once_in(12) {
        question.model = random
            .pick(&["no.such.model", "sale_order", "mail.thread"])
            .to_string();
        return;
    }
    match (question.kind, random.below(4)) {
        (Kind::Describe, _) => question.model = "no.such.model".into(),
        (Kind::Search, 0) => push(more, "fields", "no_such_field"),
        (Kind::Search, 1) => {
            more["order"] = json!(*random.pick(&["no_such_field", "id sideways", "id,,id"]));
        }
        (Kind::Read, 0) => more["ids"] = json!([1, 0]),
        (Kind::Read, _) => push(more, "fields", "no_such_field"),
        (Kind::Group, 0) => push(
            more,
            "groupby",
            random.pick::<&str>(&[
                "create_date",
                "create_date:fortnight",
                "create_date:MONTH",
                "id:month",
                "create_uid.create_date",
                "create_uid.id.id",
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
                json!(["create_date", ">", "today +1x"]),
                json!(["create_date.fortnight", "=", 1]),
                json!(["id.name", "=", 1]),
                json!(["create_uid", "any", ["no", "domain"]]),
                json!(["create_uid", "any!", []]),
                json!(["create_uid", "child_of", 1.5]),
                json!(["id", "in", "text"]),
                json!(["id", "any", []]),
                json!([false, "=", 1]),
                json!({"id": 1}),
                json!(17),
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
