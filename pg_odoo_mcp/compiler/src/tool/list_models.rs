//! `odoo_list_models`: which models there are for the caller, and which of them are answered.

use super::{Call, Explained};
use crate::access::{Unanswered, verdict};
use crate::answer::Answer;
use crate::catalog::{KNOWN_MODELS, ListedModel, Wanted, shortened};
use crate::error::{Code, Error, Result};
use crate::principal::Principal;
use crate::scope::{Context, Scope, Warning};
use serde::Serialize;

pub(super) const DEFAULT_LIMIT: u64 = 50;
pub(super) const MAX_LIMIT: u64 = 1000;

#[derive(Serialize)]
struct Body<'a> {
    engine: &'static str,
    models: Vec<Listed<'a>>,
    total: usize,
    has_more: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Warning>,
}

#[derive(Serialize)]
struct Listed<'a> {
    model: &'a str,
    name: &'a str,
    engine: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl<'a> Listed<'a> {
    fn new(of: &'a ListedModel, principal: &Principal) -> Self {
        let why = match verdict(&of.standing, of.table.as_deref()) {
            Ok(answered) => answered
                .facts
                .overridden_for(&principal.group_names)
                .map(Unanswered::Overridden),
            Err(why) => Some(why),
        };
        let reason = why.map(|why| why.reason());
        Listed {
            model: &of.name,
            name: &of.label,
            engine: if reason.is_none() { "sql" } else { "odoo" },
            reason,
        }
    }
}

fn scope<'a>(call: &'a Call<'_>) -> Result<Scope<'a>> {
    Scope::new(call.principal, call.database, &Context::default())
}

/// The models of the caller that match, best first.
pub(super) fn run(call: &Call<'_>) -> Result<Answer> {
    let scope = scope(call)?;
    // every word is compared with every name
    let query = shortened(call.arguments.text("query")?.unwrap_or("").trim());
    let query = query.as_str();
    let limit = call
        .arguments
        .number("limit", DEFAULT_LIMIT, 1..=MAX_LIMIT)? as usize;
    let readable = call.database.listed_models(call.principal, &scope.lang)?;
    let mut models: Vec<(f64, Listed<'_>)> = if query.is_empty() {
        readable
            .iter()
            .map(|of| (0.0, Listed::new(of, call.principal)))
            .collect()
    } else {
        let wanted = Wanted::new(query);
        let scored = |of| Some((score(&wanted, of)?, Listed::new(of, call.principal)));
        readable.iter().filter_map(scored).collect()
    };
    let is_known = |model: &str| KNOWN_MODELS.iter().any(|(known, _)| *known == model);
    models.sort_by(|(a, one), (b, other)| {
        b.total_cmp(a)
            .then_with(|| is_known(other.model).cmp(&is_known(one.model)))
            .then_with(|| one.model.cmp(other.model))
    });
    if models.is_empty() {
        scope.warn("no_match", no_match(query, &readable));
    }
    let total = models.len();
    models.truncate(limit);
    let body = Body {
        engine: "sql",
        has_more: models.len() < total,
        models: models.into_iter().map(|(_, listed)| listed).collect(),
        total,
        warnings: scope.warnings(),
    };
    Ok(Answer {
        row_count: body.models.len() as u64,
        json: serde_json::to_string(&body)
            .map_err(|e| Error::new(Code::Internal, e.to_string()))?,
        model: None,
    })
}

/// How well a model fits; nothing where it does not.
fn score(wanted: &Wanted, of: &ListedModel) -> Option<f64> {
    let also = KNOWN_MODELS
        .iter()
        .find(|(model, _)| *model == of.name)
        .map_or("", |(_, also)| also);
    wanted.score(&names(of), also)
}

/// What it is called, in every language.
fn names(of: &ListedModel) -> Vec<&str> {
    let mut names = vec![of.name.as_str(), &of.label];
    let others = of.labels.iter().filter(|label| **label != of.label);
    names.extend(others.map(String::as_str));
    names
}

fn no_match(query: &str, readable: &[ListedModel]) -> String {
    if readable.is_empty() {
        return "no access list lets this user read any model".into();
    }
    let shown: String = query.chars().take(80).collect();
    let near = Wanted::new(query).closest(readable.iter().map(|of| (of.name.as_str(), names(of))));
    let said = format!("no model that this user may read matches {shown:?}");
    if near.is_empty() {
        format!("{said}; leave out query to see all of them")
    } else {
        format!("{said}; the nearest names: {}", near.join(", "))
    }
}

/// It is answered from Odoo's own lists, so there is no statement of ours to show.
pub(super) fn explain(call: &Call<'_>) -> Result<Explained> {
    let mut frame = super::explain::scope_json(&scope(call)?);
    frame["reason"] = "the list comes from Odoo's models and access lists".into();
    Ok(Explained {
        model: String::new(),
        statements: Vec::new(),
        scope: frame,
    })
}
