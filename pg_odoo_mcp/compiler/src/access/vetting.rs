use super::check_read;
use crate::catalog::{InstalledModule, Model, Table, shortened, suggestion};
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

/// The model that a call asks for: one that the user may not read is refused before anything else
/// is said of it.
pub fn asked(scope: &Scope<'_>, name: &str) -> Result<Subject> {
    if let Some(model) = scope.catalog.model(name)? {
        check_read(&model, scope.principal)?;
    }
    subject(scope, name)
}

/// The model of that name, if it exists and SQL may answer it.
pub fn subject(scope: &Scope<'_>, name: &str) -> Result<Subject> {
    let Some(model) = scope.catalog.model(name)? else {
        let shown = shortened(name);
        let error = Error::new(Code::UnknownModel, format!("there is no model {shown:?}"));
        // only of those that every Odoo has: the names of others may tell what somebody may not know
        let answered = vetted().models.keys().map(String::as_str);
        return Err(match suggestion(name, answered) {
            Some(hint) => error.hint(hint),
            None => {
                error.hint("models have dotted names such as sale.order, res.partner, account.move")
            }
        });
    };
    let facts = match verdict(name, &model.standing.modules, model.table.is_some()) {
        Ok(facts) => facts,
        Err(unanswered) => return Err(unanswered.error(name, &model.label)),
    };
    let Some(table) = model.table.clone() else {
        return Err(Unanswered::NoTable.error(name, &model.label));
    };
    Ok(Subject {
        model,
        facts,
        table,
    })
}

/// Why SQL may not answer a model.
pub(crate) enum Unanswered<'a> {
    /// Nobody has read its Python.
    NotVetted,
    /// A module whose Python nobody has read has a say in it.
    ExtendedBy(&'a str),
    /// There is no ordinary table of its name.
    NoTable,
}

/// The facts of a model that SQL may answer in a database where these modules touch it.
pub(crate) fn verdict<'a>(
    name: &str,
    modules: &'a [InstalledModule],
    has_table: bool,
) -> Result<&'static ModelFacts, Unanswered<'a>> {
    let facts = vetted().models.get(name).ok_or(Unanswered::NotVetted)?;
    if let Some(module) = modules.iter().find(|m| !facts.modules.contains(&m.name)) {
        return Err(Unanswered::ExtendedBy(&module.name));
    }
    if has_table {
        Ok(facts)
    } else {
        Err(Unanswered::NoTable)
    }
}

impl Unanswered<'_> {
    /// The answered models that the name belongs to, as `sale.order` for `sale.order.option`.
    pub(crate) fn nearest(name: &str) -> Vec<&'static str> {
        let answerable: Vec<&str> = vetted().models.keys().map(String::as_str).collect();
        // a model that is merely spelt alike answers no question of this one
        answerable
            .into_iter()
            .filter(|known| {
                name.strip_prefix(known)
                    .is_some_and(|rest| rest.starts_with('.'))
            })
            .collect()
    }

    fn error(&self, name: &str, label: &str) -> Error {
        match self {
            Unanswered::NotVetted => {
                let near = Self::nearest(name);
                let hint = if near.is_empty() {
                    "odoo_list_models names the models that are answered; those that point to this one show its ids, and may be grouped by them".into()
                } else {
                    format!("the nearest model that is answered: {}", near.join(", "))
                };
                Error::new(
                    Code::NotSupported,
                    format!("{name} ({label}) is not answered yet"),
                )
                .detail("its Python has not been vetted for reads in SQL")
                .hint(hint)
            }
            Unanswered::ExtendedBy(module) => Error::new(
                Code::NotSupported,
                format!(
                    "{name} is extended by the module {module}, which has not been vetted for reads in SQL"
                ),
            )
            .detail("what that module's Python does to the rows is not known here, so they are not answered")
            .hint("ask Odoo itself; odoo_list_models names the models that are answered here"),
            Unanswered::NoTable => Error::new(
                Code::NotSupported,
                format!("{name} has no ordinary table in this database"),
            )
            .hint("ask Odoo itself; odoo_list_models names the models that are answered here"),
        }
    }
}
