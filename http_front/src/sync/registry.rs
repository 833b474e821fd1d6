//! Modules, models and what they inherit from, as Odoo lists them.

use super::{rows, trouble};
use crate::{config::ConfigError, odoo::Session};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// All of them.
#[derive(Default)]
pub(super) struct Registry {
    /// Versions of the installed modules.
    pub(super) versions: BTreeMap<String, String>,
    models: BTreeMap<i64, Listed>,
}

/// A model.
#[derive(Default)]
struct Listed {
    name: String,
    /// What it inherits from by `_inherits`, if that is told.
    parents: Option<Vec<i64>>,
    /// The names of its fields, seen or not.
    fields: Vec<String>,
}

impl Registry {
    pub(super) async fn read(session: &Session) -> Result<Self, ConfigError> {
        let states = json!([["state", "in", ["installed", "to upgrade", "to remove"]]]);
        let modules = &["name", "latest_version"];
        let modules = rows(session, "ir.module.module", states, modules).await?;
        // nobody may read ir.model.inherit
        let models = &["model", "inherited_model_ids"];
        let models = rows(session, "ir.model", json!([]), models).await?;
        let fields = &["model_id", "name"];
        let fields = rows(session, "ir.model.fields", json!([]), fields).await?;
        let registry = Self::of(&modules, &models, &fields);
        match registry.models.values().any(|model| model.name == "base") {
            true => Ok(registry),
            false => Err(trouble(
                "Odoo does not list the model base, so not all models",
                "take the key of an administrator, whom no rule keeps from reading ir.model",
            )),
        }
    }

    fn of(modules: &[Value], models: &[Value], fields: &[Value]) -> Self {
        let mut it = Registry::default();
        for row in modules {
            if let Some(name) = row["name"].as_str().filter(|name| is_name(name)) {
                let version = row["latest_version"].as_str().unwrap_or_default();
                it.versions.insert(name.to_owned(), version.to_owned());
            }
        }
        for row in models {
            if let (Some(id), Some(name)) = (row["id"].as_i64(), row["model"].as_str()) {
                let parents = row["inherited_model_ids"].as_array();
                let model = it.models.entry(id).or_default();
                model.name = name.to_owned();
                model.parents = parents.map(|ids| ids.iter().filter_map(Value::as_i64).collect());
            }
        }
        for row in fields {
            let model = row["model_id"].get(0).and_then(Value::as_i64);
            let model = model.and_then(|id| it.models.get_mut(&id));
            if let (Some(model), Some(name)) = (model, row["name"].as_str()) {
                model.fields.push(name.to_owned());
            }
        }
        it
    }

    /// Every model that the facts can name, with its id.
    pub(super) fn models(&self) -> Vec<(i64, &str)> {
        let models = self
            .models
            .iter()
            .map(|(id, model)| (*id, model.name.as_str()));
        models
            .filter(|(_, name)| is_name(&name.replace('.', "_")))
            .collect()
    }

    /// The names of the model's fields, as far as Odoo lists them.
    pub(super) fn fields_of(&self, model: i64) -> &[String] {
        self.models.get(&model).map_or(&[], |model| &model.fields)
    }

    /// `_inherits`: parent models by name, with the link field, which is the one that the parent's
    /// fields are related through. The rules of a parent hold for the model, too: if the link is not
    /// the only one that could be meant, there is no answer.
    pub(super) fn inherits_of(
        &self,
        model: i64,
        told: &Map<String, Value>,
    ) -> Option<BTreeMap<String, String>> {
        let mut inherits = BTreeMap::new();
        for parent in self.models.get(&model)?.parents.as_ref()? {
            let parent = &self.models.get(parent)?.name;
            let mut links = told.iter().filter(|(link, said)| {
                let is_link = said["type"] == "many2one" && said["relation"] == parent.as_str();
                is_link && told.iter().any(|(name, said)| is_through(link, name, said))
            });
            let (link, _) = links.next()?;
            if links.next().is_some() {
                return None;
            }
            inherits.insert(parent.clone(), link.clone());
        }
        Some(inherits)
    }
}

/// Whether the field is that of the same name behind the link.
fn is_through(link: &str, name: &str, said: &Value) -> bool {
    let related = said["related"].as_str();
    related.and_then(|path| path.split_once('.')) == Some((link, name))
}

/// As the facts have names; what is called otherwise stays unknown.
pub(super) fn is_name(text: &str) -> bool {
    (1..=200).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registry() -> Registry {
        let modules = json!([
            {"id": 1, "name": "base", "latest_version": "19.0.1.3"},
            {"id": 3, "name": "acme", "latest_version": false},
        ]);
        let models = json!([
            {"id": 1, "model": "base", "inherited_model_ids": []},
            {"id": 2, "model": "res.partner", "inherited_model_ids": []},
            {"id": 3, "model": "res.users", "inherited_model_ids": [2]},
            {"id": 5, "model": "x_ä", "inherited_model_ids": []},
        ]);
        let fields = json!([
            {"id": 31, "model_id": [3, "User"], "name": "partner_id"},
            {"id": 32, "model_id": [2, "Contact"], "name": "name"},
        ]);
        let rows = |json: &Value| json.as_array().cloned().unwrap_or_default();
        let [modules, models, fields] = [&modules, &models, &fields].map(rows);
        Registry::of(&modules, &models, &fields)
    }

    fn inherits(told: Value) -> Option<BTreeMap<String, String>> {
        registry().inherits_of(3, told.as_object().expect("the test's own is an object"))
    }

    #[test]
    fn models_modules_and_fields_are_taken_and_strange_names_left_out() {
        let registry = registry();
        assert_eq!(registry.versions["base"], "19.0.1.3");
        assert_eq!(registry.versions["acme"], "");
        assert!(!registry.models().iter().any(|(id, _)| *id == 5));
        assert_eq!(registry.fields_of(2), ["name"]);
        assert_eq!(registry.inherits_of(2, &Map::new()), Some(BTreeMap::new()));
    }

    #[test]
    fn the_link_to_an_inherited_record_is_the_only_one_its_fields_go_through_or_unknown() {
        let link = json!({"type": "many2one", "relation": "res.partner"});
        let by = |path: &str| json!({"type": "char", "related": path});
        let expected = BTreeMap::from([("res.partner".to_owned(), "partner_id".to_owned())]);
        let told = json!({
            "partner_id": link, "boss_id": link, "name": by("partner_id.name"), "boss": by("boss_id.name"),
        });
        assert_eq!(inherits(told), Some(expected));
        let two = json!({
            "partner_id": link, "boss_id": link, "name": by("partner_id.name"), "phone": by("boss_id.phone"),
        });
        assert_eq!(inherits(two), None);
        assert_eq!(
            inherits(json!({"partner_id": link, "name": {"type": "char"}})),
            None
        );
    }
}
