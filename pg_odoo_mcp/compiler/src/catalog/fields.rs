use super::Field;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The fields of a model, by name. A backend keeps many of them for long, and a model read anew
/// shares them with the one before: one allocation, no key beside the name that is in the field.
#[derive(Debug, Clone)]
pub struct Fields(Rc<[Field]>);

impl Fields {
    /// The field of that name.
    pub fn get(&self, name: &str) -> Option<&Field> {
        let at = self
            .0
            .binary_search_by(|field| field.name.as_str().cmp(name));
        at.ok().map(|at| &self.0[at])
    }

    /// Whether there is a field of that name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The fields in the order of their names.
    pub fn values(&self) -> std::slice::Iter<'_, Field> {
        self.0.iter()
    }

    /// The names in their order.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.0.iter().map(|field| &field.name)
    }
}

impl FromIterator<Field> for Fields {
    /// Of two fields with one name the first counts.
    fn from_iter<I: IntoIterator<Item = Field>>(fields: I) -> Self {
        let mut fields: Vec<Field> = fields.into_iter().collect();
        fields.sort_by(|a, b| a.name.cmp(&b.name));
        fields.dedup_by(|later, first| later.name == first.name);
        Fields(fields.into())
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let by_name = BTreeMap::<String, Field>::deserialize(deserializer)?;
        Ok(by_name.into_values().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_their_names_whatever_their_order_was() {
        let field = |name: &str| -> Field {
            serde_json::from_value(serde_json::json!({"name": name, "type": "char"}))
                .expect("a field")
        };
        let fields: Fields = ["name", "id", "zip", "active"]
            .map(field)
            .into_iter()
            .collect();
        assert_eq!(fields.get("zip").map(|f| f.name.as_str()), Some("zip"));
        assert!(fields.contains_key("active") && !fields.contains_key("activ"));
        let names: Vec<&str> = fields.keys().map(String::as_str).collect();
        assert_eq!(names, ["active", "id", "name", "zip"]);
    }
}
