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
        let named_by_odoo = self.named_by_odoo(&description, at).await?;
        let is_named_by_odoo = |field: &Field| {
            let relation = field.relation.as_ref();
            relation.is_some_and(|name| named_by_odoo.contains(name))
        };
        let mut random = self.random(model, at, "seen");
        let mut names: Vec<&str> = description
            .fields
            .iter()
            .filter(|field| field.can_be_searched())
            .filter(|field| field.kind != "many2one" || !is_named_by_odoo(field))
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
            named_by_odoo,
            company_ids: self.askers[at].company_ids.clone(),
        }))
    }

    /// The models that many2one fields lead to and whose records only Odoo can name: one such field would take all others of
    /// a question with it. It is not kept for other models, for a question is to be the same in a run about one alone.
    async fn named_by_odoo(
        &mut self,
        of: &Description,
        at: usize,
    ) -> Result<BTreeSet<String>, ConfigError> {
        let fields = of.of(&["many2one"]);
        let mut by_relation: BTreeMap<&String, &str> = BTreeMap::new();
        for field in fields {
            if let Some(relation) = &field.relation {
                by_relation.entry(relation).or_insert(&field.name);
            }
        }
        let all: Vec<&str> = by_relation.values().copied().collect();
        if all.is_empty() || !self.is_handed_on(of, &all, at).await? {
            return Ok(BTreeSet::new());
        }
        let mut found = BTreeSet::new();
        for (relation, field) in by_relation {
            if self.is_handed_on(of, &[field], at).await? {
                found.insert(relation.clone());
            }
        }
        Ok(found)
    }

    /// Whether Odoo is asked for these fields; of no record, for it is decided before any is read.
    async fn is_handed_on(
        &mut self,
        of: &Description,
        fields: &[&str],
        at: usize,
    ) -> Result<bool, ConfigError> {
        let nothing =
            json!({"model": of.model, "fields": fields, "domain": [["id", "=", 0]], "limit": 1});
        let answer = self.asked_of_sql(at, "odoo_search", &nothing).await?;
        Ok(answer.is_none())
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
