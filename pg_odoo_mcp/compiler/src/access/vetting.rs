use crate::catalog::{Model, Table, nearest, suggestion};
use crate::error::{Code, Error, Result};
use crate::facts::{ModelFacts, vetted};
use crate::scope::Scope;
use std::rc::Rc;

/// A model that may be answered: what the database says, what Python says, and its table.
#[derive(Debug, Clone)]
pub struct Subject {
    /// From the database.
    pub model: Rc<Model>,
    /// From Odoo's source.
    pub facts: &'static ModelFacts,
    /// Its relation.
    pub table: Table,
}

/// The model of that name, if it exists and SQL may answer it.
pub fn subject(scope: &Scope<'_>, name: &str) -> Result<Subject> {
    let Some(model) = scope.catalog.model(name)? else {
        let names = scope.catalog.model_names()?;
        let error = Error::new(Code::UnknownModel, format!("there is no model {name:?}"));
        // one that is answered helps more than one that is merely spelt alike
        let answered = vetted().models.keys().map(String::as_str);
        let hint = suggestion(name, answered)
            .or_else(|| suggestion(name, names.iter().map(String::as_str)));
        return Err(match hint {
            Some(hint) => error.hint(hint),
            None => {
                error.hint("models have dotted names such as sale.order, res.partner, account.move")
            }
        });
    };
    let Some(facts) = vetted().models.get(name) else {
        let answerable: Vec<&str> = vetted().models.keys().map(String::as_str).collect();
        let near = nearest(name, answerable.iter().copied(), 2);
        let near = if near.is_empty() {
            same_family(name, &answerable)
        } else {
            near
        };
        let hint = if near.is_empty() {
            format!("models that are answered: {}", answerable.join(", "))
        } else {
            format!("the nearest model that is answered: {}", near.join(", "))
        };
        return Err(Error::new(
            Code::NotSupported,
            format!("{name} ({}) is not answered yet", model.label),
        )
        .detail("its Python has not been vetted for reads in SQL")
        .hint(hint));
    };
    if let Some(module) = model
        .modules
        .iter()
        .find(|m| !facts.modules.contains(m.as_str()))
    {
        return Err(Error::new(
            Code::NotSupported,
            format!(
                "{name} is extended by the module {module}, which has not been vetted for reads in SQL"
            ),
        ));
    }
    let Some(table) = model.table.clone() else {
        return Err(Error::new(
            Code::NotSupported,
            format!("{name} has no ordinary table in this database"),
        ));
    };
    Ok(Subject {
        model,
        facts,
        table,
    })
}

/// Models with the longest common first words, as `sale.order` for `sale.order.option`.
fn same_family<'a>(name: &str, names: &[&'a str]) -> Vec<&'a str> {
    let common = |other: &str| {
        name.split('.')
            .zip(other.split('.'))
            .take_while(|(a, b)| a == b)
            .count()
    };
    let best = names.iter().map(|n| common(n)).max().unwrap_or(0);
    if best == 0 {
        Vec::new()
    } else {
        names
            .iter()
            .copied()
            .filter(|n| common(n) == best)
            .take(3)
            .collect()
    }
}
