//! Who answers each model and field, why, and what would change it.

use crate::catalog::facts::{self, FieldSources};
use crate::catalog::standing::{self, FieldKind, StandingModel};
use crate::exec::read_only::Reader;
use crate::govern::installation::Installation;
use odoo_compiler::access::{Unanswered, exceptions, verdict};
use odoo_compiler::error::Result;
use odoo_compiler::facts::{Effect, ModelFacts};
use std::collections::BTreeMap;

/// Who answers, and what decides it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Status {
    /// `sql`, else Odoo does.
    pub is_sql: bool,
    /// Why; nothing where SQL answers because nothing speaks against it.
    pub reason: Option<String>,
    /// The module that decides.
    pub module: Option<String>,
    /// Its file, from the module's folder on.
    pub file: Option<String>,
    /// The line in it.
    pub line: Option<i32>,
    /// What would change it.
    pub remedy: Option<String>,
    /// A DBA decided so against what the facts say.
    pub is_forced: bool,
}

/// Every model that has a table or facts, by name.
pub(crate) fn models() -> Result<Vec<(StandingModel, Status)>> {
    let installation = Installation::get()?;
    Reader::within(&installation.source, |reader| {
        let scan = facts::scan(reader.source())?;
        let models = standing::all(reader, facts::all(), &scan.modules)?;
        Ok(of(models))
    })
}

/// Of those models that have a table or facts.
pub(crate) fn of(models: Vec<StandingModel>) -> Vec<(StandingModel, Status)> {
    models
        .into_iter()
        .filter(|model| model.table.is_some() || model.standing.facts.is_some())
        .map(|model| {
            let status = Status::of(&model);
            (model, status)
        })
        .collect()
}

/// Every field of those models: model, field, who answers.
pub(crate) fn fields() -> Result<Vec<(String, String, Status)>> {
    let installation = Installation::get()?;
    Reader::within(&installation.source, |reader| {
        let scan = facts::scan(reader.source())?;
        let models = of(standing::all(reader, facts::all(), &scan.modules)?);
        let mut declared = standing::fields(reader)?;
        let known: BTreeMap<String, FieldSources> = facts::fields();
        let mut found = Vec::new();
        for (model, of_model) in models {
            for (field, kind) in declared.remove(&model.name).unwrap_or_default() {
                let status = match of_model.is_sql {
                    true => of_field(&model, known.get(&model.name), &field, kind),
                    false => of_model.clone(),
                };
                found.push((model.name.clone(), field, status));
            }
        }
        Ok(found)
    })
}

impl Status {
    /// Of a model that SQL answers, but perhaps for some questions.
    fn of_exceptions(facts: &ModelFacts) -> Self {
        let exceptions = exceptions(facts);
        let first = exceptions.first().map(|(_, by)| *by);
        let said: Vec<String> = exceptions
            .iter()
            .map(|(what, by)| format!("{what} ({})", by.place()))
            .collect();
        Status {
            is_sql: true,
            reason: first.map(|_| format!("Odoo answers what is asked of {}", said.join(", of "))),
            module: first.map(|by| by.module.clone()),
            file: first.map(|by| by.file.clone()),
            line: first.and_then(|by| i32::try_from(by.line).ok()),
            ..Status::default()
        }
    }

    /// Of a model.
    pub(crate) fn of(model: &StandingModel) -> Self {
        let decided = |why: Unanswered<'_>, is_sql| {
            let mut status = Status {
                is_sql,
                reason: Some(why.reason()),
                remedy: Some(why.remedy().to_owned()),
                ..Status::default()
            };
            match why {
                Unanswered::Extended(module)
                | Unanswered::Unread(module)
                | Unanswered::Gone(module)
                | Unanswered::Upgraded(module)
                | Unanswered::Changed { module, .. } => status.module = Some(module.to_owned()),
                Unanswered::Overridden(by) => {
                    status.module = Some(by.module.clone());
                    // without the source there is neither
                    status.file = Some(by.file.clone()).filter(|file| !file.is_empty());
                    status.line = i32::try_from(by.line).ok().filter(|line| *line > 0);
                }
                Unanswered::Set(_) | Unanswered::NoFacts | Unanswered::NoTable => {}
            }
            status
        };
        match verdict(&model.standing, model.table.as_deref()) {
            Err(why) => decided(why, false),
            Ok(answered) => match answered.against {
                None => Status::of_exceptions(answered.facts),
                Some((setting, why)) => Status {
                    reason: Some(format!(
                        "{} decided so: {}; although {}",
                        setting.set_by,
                        setting.reason,
                        why.reason()
                    )),
                    remedy: Some("select odoo_mcp.set_model_engine(model, 'auto', reason)".into()),
                    is_forced: true,
                    ..decided(why, true)
                },
            },
        }
    }
}

/// Of a field of a model that SQL answers: what plans find before they look at the question.
fn of_field(
    model: &StandingModel,
    known: Option<&FieldSources>,
    field: &str,
    kind: Option<FieldKind>,
) -> Status {
    let is_known = known.is_some_and(|known| known.fields.contains(field));
    let facts = known.and_then(|known| known.fields.get(field));
    let mut status = Status::default();
    if let Some(place) = known.and_then(|known| known.sources.get(field)) {
        let (file, line) = place.rsplit_once(':').unwrap_or((place, ""));
        status.module = file.split('/').next().map(str::to_owned);
        status.file = Some(file.to_owned());
        status.line = line.parse().ok();
    }
    let of_model = model.standing.facts.as_deref();
    let overrides = of_model.map_or(&[][..], |facts| &facts.overrides);
    let overridden = overrides.iter().find(|by| {
        let fields = by.fields.as_deref().unwrap_or_default();
        fields.iter().any(|limited| limited == field)
    });
    status.reason = if !is_known && kind != Some(FieldKind::Manual) {
        Some("no scanned module defines it".into())
    } else if let Some(why) = facts.and_then(|facts| facts.unread.as_deref()) {
        Some(format!("not read for certain: {why}"))
    } else if let Some(by) = overridden {
        status.module = Some(by.module.clone());
        status.file = Some(by.file.clone());
        status.line = i32::try_from(by.line).ok();
        let decides = match by.effect {
            Effect::FieldAccess => "Python decides who reads it",
            Effect::Values => "Python decides what is read of it",
            Effect::Groups => "Python decides over its groups and figures",
            Effect::Order => "Python decides over its order",
            _ => "Python decides over it",
        };
        Some(format!("{decides}: {}", by.place()))
    } else {
        match kind {
            Some(FieldKind::Computed) => Some("Odoo computes it".into()),
            Some(FieldKind::CompanyDependent) => Some("it has a value for each company".into()),
            Some(FieldKind::Manual) | None => None,
        }
    };
    status.is_sql = status.reason.is_none();
    status
}
