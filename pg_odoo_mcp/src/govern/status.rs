//! Who answers each model and field, why, and what would change it.

use crate::catalog::standing::{self, StandingModel};
use crate::catalog::{self, facts};
use crate::exec::read_only::Reader;
use crate::govern::installation::Installation;
use odoo_compiler::access::{Unanswered, exceptions, field_exception, verdict};
use odoo_compiler::catalog::Catalog;
use odoo_compiler::error::Result;
use odoo_compiler::facts::{ModelFacts, Override};
use odoo_compiler::plan::Against;

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

/// Every model of Odoo's, by name.
pub(crate) fn models() -> Result<Vec<(StandingModel, Status)>> {
    let installation = Installation::get()?;
    Reader::within(&installation.source, |reader| {
        let scan = facts::scan(reader.source())?;
        let models = standing::all(reader, facts::all(), &scan.modules)?;
        Ok(of(models))
    })
}

/// Of those models.
pub(crate) fn of(models: Vec<StandingModel>) -> Vec<(StandingModel, Status)> {
    models
        .into_iter()
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
        let models = standing::all(reader, facts::all(), &scan.modules)?;
        let (registry, places) = catalog::registry(reader, &scan, &models)?;
        let mut found = Vec::new();
        for (model, of_model) in of(models) {
            let name = &model.name;
            if !of_model.is_sql {
                let fields = registry.model(name)?;
                let fields = fields.iter().flat_map(|model| model.fields.keys());
                found.extend(fields.map(|field| (name.clone(), field.clone(), of_model.clone())));
                continue;
            }
            for (field, verdict) in registry.fields(name)? {
                let place = places.get(name).and_then(|places| places.get(&field));
                let facts = model.standing.facts.as_deref();
                let except = facts.and_then(|facts| field_exception(facts, &field));
                let status = Status {
                    is_forced: of_model.is_forced,
                    ..Status::of_field(verdict, except, place)
                };
                found.push((name.clone(), field, status));
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
        let status = Status {
            is_sql: true,
            reason: first.map(|_| format!("Odoo answers what is asked of {}", said.join(", of "))),
            ..Status::default()
        };
        match first {
            Some(by) => status.at(by),
            None => status,
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
                | Unanswered::Unseen(module)
                | Unanswered::Unread(module)
                | Unanswered::Gone(module)
                | Unanswered::Upgraded(module)
                | Unanswered::Changed { module, .. } => status.module = Some(module.to_owned()),
                Unanswered::Overridden(by) => status = status.at(by),
                Unanswered::Set(_)
                | Unanswered::NoFacts
                | Unanswered::Unmade
                | Unanswered::NoTable => {}
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

    /// Of a field of a model that SQL answers, which was defined at that place.
    fn of_field(
        verdict: Result<(), Against>,
        except: Option<(&str, &Override)>,
        place: Option<&String>,
    ) -> Self {
        let is_sql = verdict.is_ok();
        let (reason, by) = match (verdict, except) {
            (Err(against), _) => (Some(against.reason), against.by),
            (Ok(()), Some((what, by))) => {
                let reason = format!("Odoo answers what is asked of {what}: {}", by.place());
                (Some(reason), Some(Box::new(by.clone())))
            }
            (Ok(()), None) => (None, None),
        };
        let remedy = "none of its own: Odoo answers what asks for it, and SQL the rest";
        let status = Status {
            is_sql,
            reason,
            remedy: (!is_sql).then(|| remedy.to_owned()),
            ..Status::default()
        };
        match (by, place) {
            (Some(by), _) => status.at(&by),
            (None, Some(place)) => {
                let (file, line) = place.rsplit_once(':').unwrap_or((place, ""));
                Status {
                    module: file.split('/').next().map(str::to_owned),
                    file: Some(file.to_owned()),
                    line: line.parse().ok(),
                    ..status
                }
            }
            (None, None) => status,
        }
    }

    /// The same, decided by that Python.
    fn at(self, by: &Override) -> Self {
        Status {
            module: Some(by.module.clone()),
            // without the source there is neither
            file: Some(by.file.clone()).filter(|file| !file.is_empty()),
            line: i32::try_from(by.line).ok().filter(|line| *line > 0),
            ..self
        }
    }
}
