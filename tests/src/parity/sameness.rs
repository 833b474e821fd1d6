//! When two values are the same.

use serde_json::Value;

/// Compares our values with Odoo's, and counts the names that we leave open.
#[derive(Debug)]
pub(super) struct Sameness {
    /// How far apart numbers may be, relative to the larger.
    pub(super) tolerance: f64,
    /// Names that Python makes: ours are null, and not compared.
    pub(super) open_names: usize,
}

impl Default for Sameness {
    /// Odoo turns PostgreSQL's decimals into doubles and prints the shortest decimal that reads back as the same double; we
    /// print the decimal itself. Read as doubles the two are equal, up to the double's own last digits: JSON readers may
    /// miss by one unit there. Sums of float8 columns depend on the order of the rows, and get more; nothing else does.
    fn default() -> Self {
        Self {
            tolerance: 4.0 * f64::EPSILON,
            open_names: 0,
        }
    }
}

impl Sameness {
    /// Equal: texts and booleans exactly, numbers by the tolerance, a many2one whose name we leave open by its id.
    pub(super) fn holds(&mut self, ours: &Value, theirs: &Value) -> bool {
        match (ours, theirs) {
            (Value::Number(a), Value::Number(b)) => match (a.as_f64(), b.as_f64()) {
                (Some(a), Some(b)) => (a - b).abs() <= self.tolerance * a.abs().max(b.abs()),
                _ => a == b,
            },
            (Value::Array(a), Value::Array(b))
                // Odoo says false of a record that Python gives no name
                if is_open(a) && b.len() == 2 && (b[1].is_string() || b[1] == false) =>
            {
                self.open_names += 1;
                a[0] == b[0]
            }
            (Value::Array(a), Value::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.holds(a, b))
            }
            (Value::Object(a), Value::Object(b)) => {
                a.len() == b.len()
                    && a.iter()
                        .all(|(key, a)| b.get(key).is_some_and(|b| self.holds(a, b)))
            }
            _ => ours == theirs,
        }
    }
}

/// `[id, null]`
fn is_open(value: &[Value]) -> bool {
    matches!(value, [id, name] if id.is_i64() && name.is_null())
}

#[cfg(test)]
mod tests {
    use super::Sameness;
    use serde_json::json;

    #[test]
    fn a_cent_and_a_millionth_of_a_cent_are_differences() {
        let same = |a, b| Sameness::default().holds(&a, &b);
        assert!(same(json!(1234.5), json!(1234.50)));
        assert!(same(json!(3), json!(3.0)));
        assert!(!same(json!(1_000_000.01), json!(1_000_000.02)));
        assert!(!same(json!(0.1), json!(0.100_000_01)));
        assert!(!same(json!(0), json!(false)));
        assert!(!same(json!("1"), json!(1)));
    }

    #[test]
    fn only_a_name_may_stay_open() {
        let mut same = Sameness::default();
        assert!(same.holds(&json!([7, null]), &json!([7, "Olga"])));
        assert!(!same.holds(&json!([7, null]), &json!([8, "Olga"])));
        assert!(!same.holds(&json!([7, null]), &json!([7, 3])));
        assert!(!same.holds(&json!(["a", null]), &json!(["a", "b"])));
        assert_eq!(same.open_names, 2);
    }
}
