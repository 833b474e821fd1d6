use super::{Domain, Operand};
use serde_json::{Value as Json, json};

impl Domain {
    /// The domain as a list in prefix notation: what was understood of it, and nothing else.
    pub fn to_json(&self) -> Json {
        let mut list = Vec::new();
        if *self != Domain::Const(true) {
            self.write(&mut list);
        }
        Json::Array(list)
    }

    fn write(&self, list: &mut Vec<Json>) {
        match self {
            Domain::Const(value) => list.push(json!([i32::from(*value), "=", 1])),
            Domain::All(parts) | Domain::Any(parts) => {
                let is_all = matches!(self, Domain::All(_));
                if parts.is_empty() {
                    Domain::Const(is_all).write(list);
                }
                let connective = if is_all { "&" } else { "|" };
                list.extend(std::iter::repeat_n(
                    json!(connective),
                    parts.len().saturating_sub(1),
                ));
                parts.iter().for_each(|part| part.write(list));
            }
            Domain::Not(inner) => {
                list.push(json!("!"));
                inner.write(list);
            }
            Domain::Condition(condition) => {
                let operand = match &condition.operand {
                    Operand::Value(value) => value.to_json(),
                    Operand::Domain(domain) => domain.to_json(),
                };
                list.push(json!([
                    condition.field_path,
                    condition.operator.name(),
                    operand
                ]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::parse_json;
    use serde_json::json;

    #[test]
    fn a_domain_that_was_read_is_written_so_that_it_reads_the_same() {
        for domain in [
            json!([]),
            json!([["a", "=", 0], ["b", "=", 0.0], ["c", "in", [1, false, "x"]]]),
            json!([
                "|",
                ["a", "=?", false],
                "!",
                "&",
                ["b", "<>", 1],
                ["c.d", "ILIKE", "%"]
            ]),
            json!([
                ["a", "any", []],
                ["b", "not any", ["|", [1, "=", 1], ["c", "=", null]]]
            ]),
            json!([[0, "=", 1]]),
        ] {
            let read = parse_json(&domain).expect("a domain");
            let written = read.to_json();
            let again = parse_json(&written).expect("a domain");
            assert_eq!(again.to_json(), written);
        }
    }

    #[test]
    fn a_domain_is_written_with_every_connective_and_the_usual_spelling() {
        let domain = json!([["a", "<>", 1], ["b", "==", null], ["c", ">", 1.0]]);
        assert_eq!(
            parse_json(&domain).expect("a domain").to_json(),
            json!(["&", "&", ["a", "!=", 1], ["b", "=", false], ["c", ">", 1.0]])
        );
    }
}
