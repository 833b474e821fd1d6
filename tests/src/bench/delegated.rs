//! What a read that Odoo answers costs through us, beside asking Odoo oneself: the same requests with the same context,
//! in the same rounds.

use std::fmt::Write;

use serde_json::{Value, json};

use super::place::{Effort, Place};
use super::round::interleave;
use super::sample::{Samples, figure};
use super::wire::Wire;
use crate::mcp::tool_answer;

/// Calls that are not counted: the first one mints a key.
const WARM_UP: usize = 20;
/// The user's, spelled out.
const CONTEXT: &str = r#"{"lang": "en_US", "tz": "Europe/Brussels", "allowed_company_ids": [1]}"#;

/// A question that SQL may not answer.
struct Question {
    name: &'static str,
    tool: &'static str,
    model: &'static str,
    more: Value,
    /// What the front asks of Odoo for it: methods with their arguments.
    requests: Vec<(&'static str, Value)>,
}

fn questions() -> Vec<Question> {
    let fields = json!(["date", "model", "res_id", "author_id", "message_type"]);
    let groups = json!({"groupby": ["message_type"], "aggregates": ["__count"]});
    vec![
        Question {
            name: "count of messages",
            tool: "odoo_count",
            model: "mail.message",
            more: json!({}),
            requests: vec![("search_count", json!({}))],
        },
        Question {
            name: "20 messages, 5 fields, and how many there are",
            tool: "odoo_search",
            model: "mail.message",
            more: json!({"fields": fields, "limit": 20}),
            requests: vec![
                ("search_read", json!({"fields": fields, "limit": 20})),
                ("search_count", json!({})),
            ],
        },
        Question {
            name: "messages by type",
            tool: "odoo_read_group",
            model: "mail.message",
            more: groups.clone(),
            requests: vec![("formatted_read_group", groups)],
        },
    ]
}

/// One on top of the other.
fn with(mut base: Value, more: &Value) -> Value {
    for (key, value) in more.as_object().into_iter().flatten() {
        base[key] = value.clone();
    }
    base
}

impl Question {
    fn arguments(&self) -> Value {
        with(json!({"model": self.model}), &self.more)
    }

    fn wires(&self, place: &Place) -> Vec<Wire> {
        let context: Value = serde_json::from_str(CONTEXT).expect("JSON");
        let wire = |(method, body): &(&str, Value)| {
            let url = format!("{}/json/2/{}/{method}", place.odoo_url, self.model);
            let body = with(json!({"domain": [], "context": context}), body);
            Wire::json2(&url, &place.odoo_database, &place.api_key, &body)
        };
        self.requests.iter().map(wire).collect()
    }

    fn measure(&self, place: &Place, effort: &Effort) -> Vec<Samples> {
        let mut front = Wire::mcp(&place.mcp_url, &place.token, self.tool, &self.arguments());
        let mut odoo = self.wires(place);
        let mut said: Value = serde_json::from_str(front.ask()).expect("the answer is JSON");
        let answer = tool_answer(said["result"].take()).result();
        assert_eq!(answer["engine"], "odoo", "{}: {answer}", self.name);
        interleave(&effort.length, WARM_UP, 2, |side| match side {
            0 => assert!(!front.ask().is_empty()),
            _ => odoo
                .iter_mut()
                .for_each(|wire| assert!(!wire.ask().is_empty())),
        })
    }
}

/// A table: through the front, straight from Odoo, and what is between.
///
/// # Panics
/// If a side does not answer, or the front's answer is not Odoo's.
#[must_use]
pub fn delegated(place: &Place, effort: &Effort) -> String {
    let mut text = String::from(
        "| question | rounds | MCP, engine odoo | JSON-2 oneself | overhead, p50 |\n|---|--:|--:|--:|--:|\n",
    );
    for question in questions() {
        let samples = question.measure(place, effort);
        let (ours, theirs) = (&samples[0], &samples[1]);
        let _ = writeln!(
            text,
            "| {} | {} | {ours} | {theirs} | {} ms, {:.2} × |",
            question.name,
            ours.count(),
            figure(ours.p50() - theirs.p50()),
            ours.p50() / theirs.p50()
        );
    }
    text
}
