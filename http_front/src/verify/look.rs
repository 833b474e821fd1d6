//! What is looked at before anything is asked: a model as one user sees it, by the tools alone.

use super::{
    description::{Description, Field},
    run::Run,
    side::Answer,
    subject::Subject,
};
use crate::{config::ConfigError, token::TokenHash};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// Records that values are taken from, and how far behind they may begin.
const SEEN: u64 = 10;
const SEEN_BEHIND: u64 = 10_000;
/// Fields of them.
const SEEN_FIELDS: usize = 40;
/// The longest list of models that a call shows.
const MODELS: u64 = 1000;
/// Models that a model leads to, to be asked about through it.
const RELATED: usize = 3;

impl Run<'_> {
    pub(super) async fn company_ids(&self, token: TokenHash) -> Result<Vec<i64>, ConfigError> {
        let answer = self.sql.ask(token, "odoo_context", &json!({})).await?;
        let Answer::Result(context) = answer else {
            return Ok(Vec::new());
        };
        let companies = context["companies"].as_array().into_iter().flatten();
        Ok(companies
            .filter_map(|company| company["id"].as_i64())
            .collect())
    }

    /// Models that SQL answers to them, where one list holds all.
    pub(super) async fn readable_models(
        &self,
        token: TokenHash,
    ) -> Result<Option<BTreeSet<String>>, ConfigError> {
        let arguments = json!({"limit": MODELS});
        let answer = self.sql.ask(token, "odoo_list_models", &arguments).await?;
        let models = match &answer {
            Answer::Result(list) if list["has_more"] == false => list["models"].as_array(),
            _ => None,
        };
        let of_sql = |model: &Value| match model["engine"] == "sql" {
            true => model["model"].as_str().map(str::to_owned),
            false => None,
        };
        Ok(models.map(|models| models.iter().filter_map(of_sql).collect()))
    }

    /// The model as that user sees it; nothing where SQL has no record of it to show.
    pub(super) async fn subject(
        &mut self,
        model: &str,
        at: usize,
    ) -> Result<Option<Rc<Subject>>, ConfigError> {
        let key = (model.to_owned(), at);
        if let Some(known) = self.subjects.get(&key) {
            return Ok(known.clone());
        }
        let found = self.look(model, at).await?.map(Rc::new);
        self.subjects.insert(key, found.clone());
        Ok(found)
    }

    async fn look(&mut self, model: &str, at: usize) -> Result<Option<Subject>, ConfigError> {
        if let Some(models) = &self.askers[at].models
            && !models.contains(model)
        {
            return Ok(None);
        }
        let count = self
            .asked_of_sql(at, "odoo_count", &json!({"model": model}))
            .await?;
        let total = count.and_then(|answer| answer["count"].as_u64());
        let Some(total) = total.filter(|total| *total > 0) else {
            return Ok(None);
        };
        let Some(description) = self.description(model, at).await? else {
            return Ok(None);
        };
        self.look_at_names(&description, at).await?;
        let mut random = self.random(model, at, "seen");
        let mut names: Vec<&str> = description
            .fields
            .iter()
            .filter(|field| field.can_be_searched())
            .filter(|field| field.kind != "many2one" || !self.is_named_by_odoo(field))
            .map(|field| field.name.as_str())
            .collect();
        random.shuffle(&mut names);
        names.truncate(SEEN_FIELDS);
        let behind = total.saturating_sub(SEEN).min(SEEN_BEHIND);
        let offset = random.below(behind as usize + 1);
        let page = json!({"model": model, "fields": names, "order": "id", "limit": SEEN, "offset": offset});
        let seen = match self.ask(at, "odoo_search", &page).await? {
            Answer::Result(mut page) => page["records"].take(),
            Answer::Error(_) => Value::Null,
        };
        let mut relations: Vec<String> = description
            .fields
            .iter()
            .filter_map(|field| field.relation.clone())
            .collect();
        relations.sort_unstable();
        relations.dedup();
        random.shuffle(&mut relations);
        let mut related = BTreeMap::new();
        for name in relations.into_iter().take(RELATED) {
            if let Some(description) = self.description(&name, at).await? {
                related.insert(name, description);
            }
        }
        Ok(Some(Subject {
            description,
            seen: seen.as_array().cloned().unwrap_or_default(),
            total,
            related,
            named_by_odoo: self
                .named_by_odoo
                .iter()
                .filter(|(_, is)| **is)
                .map(|(name, _)| name.clone())
                .collect(),
            company_ids: self.askers[at].company_ids.clone(),
        }))
    }

    /// Finds out whose names SQL can show, of the models that the many2one fields lead to: one field for which Odoo is
    /// asked would take all others of a question with it.
    async fn look_at_names(&mut self, of: &Description, at: usize) -> Result<(), ConfigError> {
        for field in of.of(&["many2one"]) {
            let Some(name) = &field.relation else {
                continue;
            };
            if self.named_by_odoo.contains_key(name) {
                continue;
            }
            // of no record, for it is decided before any is read
            let nothing = json!({"model": of.model, "fields": [field.name], "domain": [["id", "=", 0]], "limit": 1});
            let answer = self.asked_of_sql(at, "odoo_search", &nothing).await?;
            self.named_by_odoo.insert(name.clone(), answer.is_none());
        }
        Ok(())
    }

    fn is_named_by_odoo(&self, field: &Field) -> bool {
        let relation = field.relation.as_ref();
        relation.and_then(|name| self.named_by_odoo.get(name)) == Some(&true)
    }

    async fn description(
        &mut self,
        model: &str,
        at: usize,
    ) -> Result<Option<Rc<Description>>, ConfigError> {
        let key = (model.to_owned(), at);
        if let Some(known) = self.descriptions.get(&key) {
            return Ok(known.clone());
        }
        let answer = self
            .asked_of_sql(at, "odoo_describe_model", &json!({"model": model}))
            .await?;
        let found = answer.as_ref().and_then(Description::read).map(Rc::new);
        self.descriptions.insert(key, found.clone());
        Ok(found)
    }
}
