//! Domains out of what is known of a model.

use super::{description::Field, random::Random, subject::Subject};
use serde_json::{Value, json};

/// A longer text is compared by a piece of it.
const LONG: usize = 100;

const EQUAL: &[&str] = &["=", "!="];
const IN: &[&str] = &["in", "not in"];
const RANGE: &[&str] = &["<", "<=", ">", ">="];
const LIKE: &[&str] = &["ilike", "not ilike", "like", "=ilike"];

/// None to three conditions, joined one way or another.
pub(super) fn domain(random: &mut Random, of: &Subject) -> Value {
    let count = [0, 0, 1, 1, 1, 2, 2, 3][random.below(8)];
    let some: Vec<Value> = (0..count).filter_map(|_| condition(random, of)).collect();
    let mut domain = match some.as_slice() {
        [one] if random.once_in(4) => vec![json!("!"), one.clone()],
        [one, two] if random.once_in(2) => vec![json!("|"), one.clone(), two.clone()],
        [one, two, three] if random.once_in(2) => vec![
            json!("|"),
            one.clone(),
            json!("&"),
            two.clone(),
            three.clone(),
        ],
        _ => some,
    };
    domain.extend(of.part());
    Value::Array(domain)
}

fn condition(random: &mut Random, of: &Subject) -> Option<Value> {
    let fields = of.description.fields.iter();
    let fields: Vec<&Field> = fields.filter(|field| field.can_be_searched()).collect();
    let field = *random.pick(&fields)?;
    // names are searched, and never unset
    let is_name = field.name == "display_name";
    if random.once_in(8) && !is_name {
        return Some(json!([field.name, operator(random, EQUAL), false]));
    }
    let related = field
        .relation
        .as_ref()
        .and_then(|name| of.related.get(name));
    if let Some(related) = related.filter(|_| random.once_in(2)) {
        let inner: Vec<&Field> = related.fields.iter().filter(|f| f.is_column()).collect();
        let inner = *random.pick(&inner)?;
        let (operator, value) = unseen(random, inner)?;
        return Some(match field.is_to_many() && random.once_in(2) {
            true => json!([field.name, "any", [[inner.name, operator, value]]]),
            false => json!([format!("{}.{}", field.name, inner.name), operator, value]),
        });
    }
    let values = of.values(field);
    let (operator, value) = match (random.pick(&values), random.pick(&values)) {
        (Some(value), _) if is_name => ("ilike", json!(piece(random, value.as_str()?))),
        (Some(value), Some(another)) => seen(random, field, value, another)?,
        _ => unseen(random, field)?,
    };
    Some(json!([field.name, operator, value]))
}

/// A condition on a field, of values that it has.
fn seen(
    random: &mut Random,
    field: &Field,
    value: &Value,
    another: &Value,
) -> Option<(&'static str, Value)> {
    let is_list = random.once_in(4);
    Some(match field.kind.as_str() {
        "char" | "text" => {
            let (text, another) = (value.as_str()?, another.as_str()?);
            let is_long = text.len().max(another.len()) > LONG;
            match random.below(4) {
                0 if !is_long => (operator(random, EQUAL), json!(text)),
                1 if !is_long => (operator(random, IN), json!([text, another])),
                _ => (operator(random, LIKE), json!(piece(random, text))),
            }
        }
        "html" => (
            operator(random, LIKE),
            json!(piece(random, value.as_str()?)),
        ),
        "boolean" => (operator(random, EQUAL), value.clone()),
        "many2one" => {
            let (id, another) = (value.get(0)?, another.get(0)?);
            match (is_list, value.get(1).and_then(Value::as_str)) {
                (true, _) => (operator(random, IN), json!([id, another])),
                (false, Some(name)) if random.once_in(3) => ("ilike", json!(piece(random, name))),
                _ => (operator(random, EQUAL), id.clone()),
            }
        }
        "one2many" | "many2many" => {
            let id = random.pick(value.as_array()?)?;
            (operator(random, IN), json!([id]))
        }
        "selection" | "integer" | "float" | "monetary" | "date" if is_list => {
            (operator(random, IN), json!([value, another]))
        }
        "selection" | "reference" => (operator(random, EQUAL), value.clone()),
        "integer" | "float" | "monetary" | "date" => {
            let operators = if random.once_in(3) { EQUAL } else { RANGE };
            (operator(random, operators), value.clone())
        }
        // also by the day, which is the whole day in the user's timezone
        "datetime" => match random.once_in(2) {
            true => (operator(random, RANGE), value.clone()),
            false => (operator(random, RANGE), json!(value.as_str()?.get(..10)?)),
        },
        _ => return None,
    })
}

/// A condition on a field whose values are not known.
fn unseen(random: &mut Random, field: &Field) -> Option<(&'static str, Value)> {
    if random.once_in(4) {
        return Some((operator(random, EQUAL), json!(false)));
    }
    Some(match field.kind.as_str() {
        "char" | "text" | "html" => (
            operator(random, LIKE),
            json!(random.pick(&["a", "e", "1"])?),
        ),
        "boolean" => (operator(random, EQUAL), json!(true)),
        "selection" => (operator(random, EQUAL), random.pick(&field.keys())?.clone()),
        "integer" | "float" | "monetary" => {
            (operator(random, RANGE), json!(random.pick(&[0, 1, 100])?))
        }
        "date" => (operator(random, RANGE), json!("2025-07-01")),
        "datetime" => (operator(random, RANGE), json!("2025-07-01 12:00:00")),
        "many2one" => (operator(random, IN), json!([1, 2, 3])),
        _ => return None,
    })
}

fn operator(random: &mut Random, some: &[&'static str]) -> &'static str {
    random.pick(some).copied().unwrap_or("=")
}

/// Some characters in a row.
pub(super) fn piece(random: &mut Random, text: &str) -> String {
    let characters: Vec<char> = text.chars().take(LONG).collect();
    let from = random.below(characters.len());
    let length = 1 + random.below(6);
    characters.into_iter().skip(from).take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::question::tests::subject, *};

    #[test]
    fn conditions_name_searchable_fields_and_values_that_were_seen() {
        let of = subject();
        let mut paths = 0;
        for seed in 0..2000 {
            let Some(condition) = condition(&mut Random::at(seed, &[]), &of) else {
                continue;
            };
            let name = condition[0].as_str().expect("a name");
            assert!(!name.starts_with("computed"), "{condition}");
            paths += usize::from(name == "partner_id.city");
            let value = &condition[2];
            if name == "state" && value.is_string() {
                assert!(value == "draft" || value == "sale", "{condition}");
            }
            if name == "amount" && value.is_number() {
                assert_eq!(*value, json!(12.5), "{condition}");
            }
            assert!(condition[1].is_string());
        }
        assert!(paths > 0);
    }

    #[test]
    fn a_large_model_is_asked_about_in_part() {
        let mut of = subject();
        let is_part = |domain: &Value| {
            domain
                .to_string()
                .ends_with(r#"["id",">=",7],["id","<",5007]]"#)
        };
        assert!(!is_part(&domain(&mut Random::at(1, &[]), &of)));
        of.total = 1_000_000;
        for seed in 0..50 {
            assert!(is_part(&domain(&mut Random::at(seed, &[]), &of)));
        }
    }
}
