//! What is looked at before anything is asked: a model as one user sees it, by the tools alone.

use super::{
    description::Description, question::Question, run::Run, side::Answer, subject::Subject,
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

/// What a first look at a model finds.
#[derive(Clone)]
pub(super) enum Look {
    /// No record that the user sees.
    Nothing,
    /// The call that SQL did not answer, which is then the one question: an error is not "no records".
    Question(Question),
    /// What questions are made of.
    Subject(Rc<Subject>),
}

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

    /// The model as that user sees it.
    pub(super) async fn look(&mut self, model: &str, at: usize) -> Result<Look, ConfigError> {
        let key = (model.to_owned(), at);
        if let Some(known) = self.looks.get(&key) {
            return Ok(known.clone());
        }
        let found = self.first_look(model, at).await?;
        self.looks.insert(key, found.clone());
        Ok(found)
    }

    async fn first_look(&mut self, model: &str, at: usize) -> Result<Look, ConfigError> {
        let is_listed = match &self.askers[at].models {
            Some(models) if !models.contains(model) => return Ok(Look::Nothing),
            models => models.is_some(),
        };
        let all = json!({"model": model});
        let total = match self.ask(at, "odoo_count", &all).await? {
            Answer::Result(answer) if answer["engine"] == "sql" => answer["count"].as_u64(),
            Answer::Error(fault) if fault.code == "access_denied" && !is_listed => None,
            _ => return Ok(Look::Question(Question::plain("odoo_count", all))),
        };
        let Some(total) = total.filter(|total| *total > 0) else {
            return Ok(Look::Nothing);
        };
        let Some(description) = self.description(model, at).await? else {
            return Ok(Look::Question(Question::plain("odoo_describe_model", all)));
        };
        let mut random = self.random(model, at, "seen");
        let mut names: Vec<&str> = description
            .fields
            .iter()
            .filter(|field| field.can_be_searched())
            .map(|field| field.name.as_str())
            .collect();
        random.shuffle(&mut names);
        names.truncate(SEEN_FIELDS);
        let behind = total.saturating_sub(SEEN).min(SEEN_BEHIND);
        let offset = random.below(behind as usize + 1);
        let page = json!({"model": model, "fields": names, "order": "id", "limit": SEEN, "offset": offset});
        let seen = match self.ask(at, "odoo_search", &page).await? {
            Answer::Result(mut page) => page["records"].take(),
            Answer::Error(_) => return Ok(Look::Question(Question::plain("odoo_search", page))),
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
        Ok(Look::Subject(Rc::new(Subject {
            description,
            seen: seen.as_array().cloned().unwrap_or_default(),
            total,
            related,
            company_ids: self.askers[at].company_ids.clone(),
        })))
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
