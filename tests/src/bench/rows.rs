//! An answer in the one form in which three answers can be compared.

use serde_json::{Number, Value};

/// Half a cent: sums of money are compared as what is shown.
const TOLERANCE: f64 = 0.005;

/// Rows of plain values, and the number of all records where the answer says it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// Each row flat: a many2one is its id and its name.
    pub rows: Vec<Vec<Value>>,
    /// Of how many.
    pub total: Option<i64>,
}

impl Rows {
    /// Rows without a total.
    #[must_use]
    pub fn new(rows: Vec<Vec<Value>>) -> Self {
        Self { rows, total: None }
    }

    /// Puts rows in an order of their own, for questions that leave the order open.
    pub fn sort(&mut self) {
        self.rows.sort_by_cached_key(|row| {
            row.iter()
                .map(|value| match value.as_f64() {
                    Some(number) => format!("{number:.2}"),
                    None => value.to_string(),
                })
                .collect::<Vec<_>>()
        });
    }

    /// The first difference from `other`; a total counts where both say one.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Option<String> {
        if let (Some(ours), Some(theirs)) = (self.total, other.total)
            && ours != theirs
        {
            return Some(format!("total {ours} is not {theirs}"));
        }
        if self.rows.len() != other.rows.len() {
            return Some(format!(
                "{} rows are not {}",
                self.rows.len(),
                other.rows.len()
            ));
        }
        self.rows
            .iter()
            .zip(&other.rows)
            .position(|(ours, theirs)| !same(ours, theirs))
            .map(|place| {
                format!(
                    "row {place}: {} is not {}",
                    Value::from(self.rows[place].clone()),
                    Value::from(other.rows[place].clone())
                )
            })
    }
}

fn same(ours: &[Value], theirs: &[Value]) -> bool {
    ours.len() == theirs.len()
        && ours
            .iter()
            .zip(theirs)
            .all(|(a, b)| match (a.as_f64(), b.as_f64()) {
                (Some(a), Some(b)) => (a - b).abs() < TOLERANCE,
                _ => a == b,
            })
}

/// Odoo's value as a database has it: a missing one is null, a many2one its id and its name.
pub fn flatten(value: &Value, row: &mut Vec<Value>) {
    match value {
        Value::Bool(false) => row.push(Value::Null),
        Value::Array(pair) => row.extend(pair.iter().cloned()),
        other => row.push(other.clone()),
    }
}

/// A many2one that may be missing: always two values.
pub fn flatten_link(value: &Value, row: &mut Vec<Value>) {
    match value {
        Value::Array(pair) if pair.len() == 2 => row.extend(pair.iter().cloned()),
        _ => row.extend([Value::Null, Value::Null]),
    }
}

/// A number of PostgreSQL's.
#[must_use]
pub fn number(value: f64) -> Value {
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use super::{Rows, flatten, flatten_link};
    use serde_json::json;

    #[test]
    fn cents_are_compared_and_names_are() {
        let ours = Rows::new(vec![vec![json!(1), json!("a"), json!(10.004)]]);
        let rounded = Rows::new(vec![vec![json!(1), json!("a"), json!(10)]]);
        assert_eq!(ours.difference(&rounded), None);
        let cent = Rows::new(vec![vec![json!(1), json!("a"), json!(10.01)]]);
        assert!(ours.difference(&cent).is_some());
        let named = Rows::new(vec![vec![json!(1), json!("b"), json!(10)]]);
        assert!(ours.difference(&named).is_some());
        assert!(ours.difference(&Rows::default()).is_some());
    }

    #[test]
    fn totals_are_compared_where_both_say_one() {
        let with = |total| Rows {
            rows: Vec::new(),
            total,
        };
        assert_eq!(with(Some(3)).difference(&with(None)), None);
        assert_eq!(with(Some(3)).difference(&with(Some(3))), None);
        assert!(with(Some(3)).difference(&with(Some(4))).is_some());
    }

    #[test]
    fn the_order_matters_until_it_is_given_up() {
        let mut one = Rows::new(vec![vec![json!("b")], vec![json!("a")]]);
        let mut other = Rows::new(vec![vec![json!("a")], vec![json!("b")]]);
        assert!(one.difference(&other).is_some());
        one.sort();
        other.sort();
        assert_eq!(one.difference(&other), None);
    }

    #[test]
    fn links_are_two_values() {
        let mut row = Vec::new();
        flatten(&json!(false), &mut row);
        flatten_link(&json!([3, "Germany"]), &mut row);
        flatten_link(&json!(false), &mut row);
        assert_eq!(
            serde_json::Value::from(row),
            json!([null, 3, "Germany", null, null])
        );
    }
}
