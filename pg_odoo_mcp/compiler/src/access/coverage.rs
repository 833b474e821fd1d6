use super::vetting::{Unanswered, verdict};
use crate::catalog::ListedModel;
use crate::facts::vetted;
use std::collections::BTreeMap;

/// How many of a database's models SQL answers, and what keeps it from more.
#[derive(Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Models that are answered.
    pub answered: usize,
    /// All that were looked at.
    pub total: usize,
    /// Models that would be answered but for a module whose Python nobody has read, by that module.
    pub extended: BTreeMap<String, Vec<String>>,
}

impl Coverage {
    /// Of these models, which tell the modules of the [`Coverage::examined`] ones.
    pub fn of(models: &[ListedModel]) -> Self {
        let mut coverage = Coverage {
            answered: 0,
            total: models.len(),
            extended: BTreeMap::new(),
        };
        for model in models {
            match verdict(&model.name, &model.standing.modules, model.has_table) {
                Ok(_) => coverage.answered += 1,
                Err(Unanswered::ExtendedBy(module)) => coverage
                    .extended
                    .entry(module.to_owned())
                    .or_default()
                    .push(model.name.clone()),
                Err(Unanswered::NotVetted | Unanswered::NoTable) => {}
            }
        }
        coverage
    }

    /// The models whose modules must be known to say anything.
    pub fn examined() -> Vec<&'static str> {
        vetted().models.keys().map(String::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{InstalledModule, Standing};

    fn listed(name: &str, modules: &[&str]) -> ListedModel {
        ListedModel {
            name: name.into(),
            label: name.into(),
            english: name.into(),
            standing: Standing {
                modules: modules
                    .iter()
                    .map(|module| InstalledModule::named(module))
                    .collect(),
                ..Standing::default()
            },
            has_table: true,
        }
    }

    #[test]
    fn an_addon_that_nobody_read_is_named_with_the_models_it_touches() {
        let coverage = Coverage::of(&[
            listed("res.partner", &["base"]),
            listed("sale.order", &["sale", "acme_sale"]),
            listed("acme.thing", &["acme_sale"]),
        ]);
        assert_eq!((coverage.answered, coverage.total), (1, 3));
        assert_eq!(
            coverage.extended,
            BTreeMap::from([("acme_sale".into(), vec!["sale.order".into()])])
        );
    }
}
