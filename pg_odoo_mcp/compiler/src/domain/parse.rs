use super::{Condition, Domain, Operand, Operator};
use crate::catalog::suggestion;
use crate::error::{Code, Error, Result};
use crate::value::Value;

/// How deep domains may nest, connectives and `any` together.
pub const MAX_DEPTH: usize = 32;
/// How many steps one path may take.
pub const MAX_PATH: usize = 8;
/// How many conditions a domain may hold.
pub const MAX_CONDITIONS: usize = 500;
/// How long a text in a domain may be, in bytes.
const MAX_TEXT: usize = 10_000;

/// A domain from JSON: a list in prefix notation.
pub fn parse_json(json: &serde_json::Value) -> Result<Domain> {
    let value = Value::from_json(json)
        .map_err(|problem| invalid(problem).detail(shorten(&json.to_string())))?;
    parse(&value)
}

/// A domain from a list in prefix notation: conditions `[path, operator, value]` with `&`, `|`
/// and `!` before their parts; parts without a connective are joined by `&`.
pub fn parse(value: &Value) -> Result<Domain> {
    let mut conditions = 0;
    parse_list(value, 1, &mut conditions)
}

fn parse_list(value: &Value, depth: usize, conditions: &mut usize) -> Result<Domain> {
    if depth > MAX_DEPTH {
        return Err(too_deep());
    }
    let Value::List(items) = value else {
        return Err(invalid("a domain is a list of conditions")
            .detail(shorten(&value.to_string()))
            .hint(EXAMPLE));
    };
    // read from the end, a connective finds its parts on the stack
    let mut stack: Vec<(Domain, usize)> = Vec::new();
    for item in items.iter().rev() {
        let (domain, height) = match item {
            Value::Text(connective) => {
                let arity = match connective.as_str() {
                    "&" | "|" => 2,
                    "!" => 1,
                    _ => return Err(connective_error(connective)),
                };
                if stack.len() < arity {
                    return Err(invalid(format!(
                        "{connective:?} needs {arity} conditions after it, found {}",
                        stack.len()
                    ))
                    .hint(EXAMPLE));
                }
                let parts: Vec<(Domain, usize)> = (0..arity).filter_map(|_| stack.pop()).collect();
                joined(connective, parts)
            }
            Value::List(triple) => (parse_condition(triple, depth, conditions)?, 1),
            other => {
                return Err(
                    invalid("a domain holds conditions and the connectives &, |, !")
                        .detail(shorten(&other.to_string()))
                        .hint(EXAMPLE),
                );
            }
        };
        stack.push((check_height(domain, depth, height)?, height));
    }
    // constants stay where they are, so that the names beside them are looked at too
    stack.reverse();
    match stack.len() {
        0 => Ok(Domain::Const(true)),
        1 => Ok(stack.remove(0).0),
        _ => {
            let (domain, height) = joined("&", stack);
            check_height(domain, depth, height)
        }
    }
}

fn check_height(domain: Domain, depth: usize, height: usize) -> Result<Domain> {
    if depth + height > MAX_DEPTH + 1 && height > 1 {
        return Err(too_deep());
    }
    Ok(domain)
}

fn too_deep() -> Error {
    invalid(format!("a domain nests at most {MAX_DEPTH} levels"))
}

/// The parts under a connective, with the height of the whole. A run of the same connective is one
/// list: `& & a b c` is how Odoo writes three conditions, and it does not nest.
fn joined(connective: &str, parts: Vec<(Domain, usize)>) -> (Domain, usize) {
    let (mut flat, mut height) = (Vec::new(), 0);
    for (part, below) in parts {
        match (connective, part) {
            ("&", Domain::All(inner)) | ("|", Domain::Any(inner)) => {
                flat.extend(inner);
                height = height.max(below);
            }
            (_, part) => {
                flat.push(part);
                height = height.max(below + 1);
            }
        }
    }
    let domain = match connective {
        "!" => Domain::Not(Box::new(flat.remove(0))),
        "&" => Domain::All(flat),
        _ => Domain::Any(flat),
    };
    (domain, height)
}

fn parse_condition(triple: &[Value], depth: usize, conditions: &mut usize) -> Result<Domain> {
    *conditions += 1;
    if *conditions > MAX_CONDITIONS {
        return Err(invalid(format!(
            "a domain holds at most {MAX_CONDITIONS} conditions"
        )));
    }
    let [left, Value::Text(operator), right] = triple else {
        let shown = shorten(&Value::List(triple.to_vec()).to_string());
        return Err(invalid("a condition is [field, operator, value]")
            .detail(shown)
            .hint(EXAMPLE));
    };
    let field_path = match left {
        Value::Text(path) => path.clone(),
        // Odoo's constants, (1, '=', 1) and (0, '=', 1)
        Value::Int(n) if operator == "=" && *right == Value::Int(1) => match n {
            1 => return Ok(Domain::Const(true)),
            0 => return Ok(Domain::Const(false)),
            _ => {
                return Err(
                    invalid("a condition's first part is a field name").detail(left.to_string())
                );
            }
        },
        other => {
            return Err(invalid("a condition's first part is a field name")
                .detail(shorten(&other.to_string())));
        }
    };
    // every step of a path is a subquery
    let steps = field_path.matches('.').count();
    if steps > MAX_PATH {
        return Err(invalid(format!("a path takes at most {MAX_PATH} steps")));
    }
    if field_path.is_empty() {
        return Err(invalid("a condition names no field").hint(EXAMPLE));
    }
    let Some(operator) = Operator::from_name(operator) else {
        let error = invalid(format!("unknown operator {:?}", shorten(operator)))
            .detail(format!("in the condition on {:?}", shorten(&field_path)));
        return Err(match suggestion(operator, Operator::names()) {
            Some(hint) => error.hint(hint),
            None => error.hint("operators: =, !=, <, <=, >, >=, in, not in, like, ilike, =like, =ilike and their not forms, =?, any, not any, child_of, parent_of"),
        });
    };
    if let Value::Text(text) = right
        && text.len() > MAX_TEXT
    {
        return Err(invalid(format!(
            "a text in a domain holds at most {MAX_TEXT} bytes"
        )));
    }
    let right = match right {
        Value::Null => &Value::FALSE,
        other => other,
    };
    let operand = match (operator, right) {
        // all of them, or none
        (Operator::Exists | Operator::NotExists, Value::Bool(all)) => {
            Operand::Domain(Box::new(Domain::Const(*all)))
        }
        (Operator::Exists | Operator::NotExists, _) => {
            Operand::Domain(Box::new(parse_list(right, depth + 1, conditions)?))
        }
        _ => Operand::Value(right.clone()),
    };
    Ok(Domain::Condition(Condition {
        field_path,
        operator,
        operand,
    }))
}

const EXAMPLE: &str = r#"write it as ["&", ["state", "=", "sale"], ["amount_total", ">", 100]]; without a connective, conditions are joined by &"#;

fn invalid(message: impl Into<String>) -> Error {
    Error::new(Code::InvalidDomain, message)
}

fn connective_error(text: &str) -> Error {
    let error = invalid(format!(
        "{:?} is neither a condition nor a connective",
        shorten(text)
    ));
    if Operator::from_name(text).is_some() {
        error.hint("a condition is a list of its own: [[\"state\", \"=\", \"sale\"]]")
    } else {
        error.hint(EXAMPLE)
    }
}

/// At most 200 characters of a caller's text, for details.
fn shorten(text: &str) -> String {
    if text.chars().count() <= 200 {
        text.to_owned()
    } else {
        text.chars().take(200).chain("…".chars()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn ok(j: serde_json::Value) -> Domain {
        parse_json(&j).unwrap_or_else(|e| panic!("{j}: {e}"))
    }

    #[test]
    fn joins_by_and_and_reads_prefix_notation() {
        let a = Domain::condition("a", Operator::Equal, Value::Int(1));
        let b = Domain::condition("b", Operator::NotEqual, Value::FALSE);
        assert_eq!(
            ok(json!([["a", "=", 1], ["b", "!=", null]])),
            Domain::All(vec![a.clone(), b.clone()])
        );
        assert_eq!(
            ok(json!(["|", ["a", "=", 1], "!", ["b", "!=", false]])),
            Domain::Any(vec![a, Domain::Not(Box::new(b))])
        );
        assert_eq!(ok(json!([])), Domain::Const(true));
        assert_eq!(ok(json!([[0, "=", 1]])), Domain::Const(false));
    }

    #[test]
    fn null_is_false_but_among_others_and_truth_is_a_domain() {
        let read = |value: serde_json::Value| ok(json!([["a", "in", value]]));
        assert_ne!(read(json!([null, 1])), read(json!([false, 1])));
        assert_eq!(read(json!(null)), read(json!(false)));
        for (value, all) in [
            (json!(true), true),
            (json!(false), false),
            (json!(null), false),
        ] {
            let Domain::Condition(condition) = ok(json!([["a", "not any", value]])) else {
                panic!("{value}");
            };
            let domain = Box::new(Domain::Const(all));
            assert_eq!(condition.operand, Operand::Domain(domain), "{value}");
        }
    }

    #[test]
    fn names_what_is_wrong() {
        for (domain, word) in [
            (json!("x"), "list"),
            (json!(["&", ["a", "=", 1]]), "needs 2"),
            (json!([["a", "==="]]), "[field, operator, value]"),
            (json!([["a", "ilik", 1]]), "unknown operator"),
            (json!(["state", "=", "sale"]), "neither"),
            (json!([[["a"], "=", 1]]), "field name"),
            (json!([["a", "=", {"b": 1}]]), "object"),
            (json!([["a", "any", 5]]), "list"),
        ] {
            let error = parse_json(&domain).expect_err(&domain.to_string());
            assert_eq!(error.code, Code::InvalidDomain);
            assert!(error.message.contains(word), "{domain}: {error}");
        }
    }

    #[test]
    fn refuses_depth_and_breadth() {
        let mut deep = json!([["a", "=", 1]]);
        for _ in 0..MAX_DEPTH {
            deep = json!([["a", "any", deep]]);
        }
        assert!(parse_json(&deep).is_err());
        let mut nots: Vec<_> = vec![json!("!"); MAX_DEPTH + 2];
        assert!(parse_json(&json!([["a.".repeat(MAX_DEPTH) + "a", "=", 1]])).is_err());
        nots.push(json!(["a", "=", 1]));
        assert!(parse_json(&json!(nots)).is_err());
        let mut turns = vec![json!(["a", "=", 1])];
        for _ in 0..MAX_DEPTH {
            turns.splice(
                0..0,
                [
                    json!("&"),
                    json!(["a", "=", 1]),
                    json!("|"),
                    json!(["a", "=", 1]),
                ],
            );
        }
        assert!(parse_json(&json!(turns)).is_err());
        let wide: Vec<_> = (0..=MAX_CONDITIONS).map(|i| json!(["a", "=", i])).collect();
        assert!(parse_json(&json!(wide)).is_err());
    }

    #[test]
    fn a_run_of_one_connective_does_not_nest() {
        for connective in ["&", "|"] {
            let mut before = vec![json!(connective); 99];
            before.extend(vec![json!(["a", "=", 1]); 100]);
            let mut between = vec![json!(["a", "=", 1])];
            for _ in 1..100 {
                between.splice(0..0, [json!(connective), json!(["a", "=", 1])]);
            }
            let read = ok(json!(before));
            assert_eq!(read, ok(json!(between)));
            assert_eq!(read.to_json(), json!(before));
        }
        // and what is joined without a connective can be read where it is written with them
        let joined = ok(json!(vec![json!(["a", "=", 1]); MAX_CONDITIONS]));
        assert_eq!(ok(joined.to_json()), joined);
    }
}
