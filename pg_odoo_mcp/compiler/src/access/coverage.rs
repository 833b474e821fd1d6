use super::{Unanswered, verdict};
use crate::catalog::ListedModel;
use std::collections::BTreeMap;

/// How many of a database's models SQL answers, and what keeps it from more.
#[derive(Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Models that SQL answers.
    pub answered: usize,
    /// All that were looked at.
    pub total: usize,
    /// Models without facts.
    pub unscanned: usize,
    /// Models that Odoo answers because of a module that was not scanned, or not as it is now, by
    /// that module.
    pub outdated: BTreeMap<String, Vec<String>>,
}

impl Coverage {
    /// Of these models.
    pub fn of(models: &[ListedModel]) -> Self {
        let mut coverage = Coverage {
            answered: 0,
            total: models.len(),
            unscanned: 0,
            outdated: BTreeMap::new(),
        };
        for model in models {
            match verdict(&model.standing, model.table.as_deref()) {
                Ok(_) => coverage.answered += 1,
                Err(Unanswered::NoFacts) => coverage.unscanned += 1,
                Err(
                    Unanswered::Extended(module)
                    | Unanswered::Unread(module)
                    | Unanswered::Gone(module)
                    | Unanswered::Upgraded(module)
                    | Unanswered::Changed { module, .. },
                ) => coverage
                    .outdated
                    .entry(module.to_owned())
                    .or_default()
                    .push(model.name.clone()),
                Err(
                    Unanswered::Set(_)
                    | Unanswered::Unseen(_)
                    | Unanswered::Overridden(_)
                    | Unanswered::Unmade
                    | Unanswered::NoTable,
                ) => {}
            }
        }
        coverage
    }
}
