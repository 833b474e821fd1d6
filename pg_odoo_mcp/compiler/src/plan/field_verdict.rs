//! Whether SQL reads a field: for the views, and for what a model's description says of it.

use super::Source;
use super::read::{Cell, Read, found, typed};
use crate::access::{Subject, exceptions, subject};
use crate::catalog::{AccessList, Catalog, Field, Model, Step, Table, Unaccent};
use crate::error::{Code, Error, Result};
use crate::facts::{Effect, Override};
use crate::principal::Principal;
use crate::scope::{Context, Scope};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Why Odoo reads a field, and SQL doesn't.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Against {
    /// In a few words: many fields have them in common.
    pub reason: String,
    /// The Python that decides over it, if there is some.
    pub by: Option<Box<Override>>,
}

/// Whether SQL reads a field of a model that it answers: what a search would meet that asks for it.
/// The names of records that it leads to count where they must not be left open and can't be asked for.
pub fn field_verdict(scope: &Scope<'_>, of: &Subject, on: &Field) -> Result<(), Against> {
    read(scope, of, on).map_err(|error| against(on, error))
}

fn read(scope: &Scope<'_>, of: &Subject, on: &Field) -> Result<()> {
    let mut source = Source::new(scope, &of.table);
    let alias = source.alias;
    match found(scope, &mut source, of, alias, &on.name)? {
        Read::Cell(Cell::Denied(error)) => Err(error),
        Read::Column(holder, column) if scope.refuses_open_names() => {
            typed(scope, &mut source, &holder, &on.name, column).map(drop)
        }
        Read::Cell(_) | Read::Column(..) => Ok(()),
    }
}

fn against(on: &Field, error: Error) -> Against {
    if error.code == Code::AccessDenied {
        return Against {
            reason: "the user may not read where it leads".into(),
            by: None,
        };
    }
    let Some(refused) = error.refused else {
        return Against {
            reason: error.message,
            by: None,
        };
    };
    let reason = match &refused.field {
        Some(field) if *field == on.name => refused.reason,
        None if on.relation.as_ref() == Some(&refused.model) => {
            "the model it leads to is not answered in SQL".into()
        }
        _ => error.message,
    };
    Against {
        reason,
        by: refused.by,
    }
}

/// All models at once, as they are to somebody who has every right: what is left is what Python and
/// the database's columns decide.
#[derive(Debug)]
pub struct Registry {
    models: BTreeMap<String, Rc<Model>>,
    anybody: Principal,
}

impl Registry {
    /// Of these models, whose rights are taken off.
    pub fn new(models: impl IntoIterator<Item = Model>) -> Self {
        let everybody = AccessList {
            group_id: None,
            group: None,
        };
        let open = |mut model: Model| {
            model.access_lists = vec![everybody.clone()];
            model.rules.clear();
            if let Some(facts) = &mut model.standing.facts {
                let fields = &mut Rc::make_mut(facts).fields.with_facts;
                fields.values_mut().for_each(|field| field.groups = None);
            }
            (model.name.clone(), Rc::new(model))
        };
        Registry {
            models: models.into_iter().map(open).collect(),
            anybody: Principal {
                user_id: 0,
                login: String::new(),
                name: String::new(),
                lang: None,
                tz: None,
                company_id: 0,
                companies: Vec::new(),
                group_ids: [].into(),
                group_names: [].into(),
                user_paths: [].into(),
                languages: Vec::new(),
            },
        }
    }

    /// Each field of a model that SQL answers, with what is against it.
    pub fn fields(&self, model: &str) -> Result<Vec<(String, Result<(), Against>)>> {
        let scope = || Scope::new(&self.anybody, self, &Context::default());
        let of = subject(&scope()?, model)?;
        // no record is read then, whatever is asked of it
        let of_all = exceptions(&of.facts)
            .into_iter()
            .find(|(_, by)| by.is_for_all() && by.effect != Effect::Groups)
            .map(|(what, by)| Against {
                reason: format!("Odoo answers what is asked of {what}: {}", by.place()),
                by: Some(Box::new(by.clone())),
            });
        let verdict = |on: &Field| {
            // what one question leads through doesn't count for the next
            let scope = scope()?;
            scope.ask_names();
            scope.refuse_open_names();
            let verdict = match &of_all {
                Some(against) => Err(against.clone()),
                None => field_verdict(&scope, &of, on),
            };
            Ok((on.name.clone(), verdict))
        };
        of.model.fields.values().map(verdict).collect()
    }
}

impl Catalog for Registry {
    fn model(&self, name: &str) -> Result<Option<Rc<Model>>> {
        Ok(self.models.get(name).cloned())
    }

    // what these say changes a statement, and not who answers
    fn decimal_precision(&self, _name: &str) -> Result<Option<u8>> {
        Ok(None)
    }

    fn company_defaults(
        &self,
        _model: &str,
        _company_id: i64,
    ) -> Result<Rc<BTreeMap<String, String>>> {
        Ok(Rc::default())
    }

    fn now(&self) -> Result<String> {
        Ok("2026-01-01 00:00:00".into())
    }

    fn currency_rates(
        &self,
        _rates: &Table,
        _company_id: i64,
        _timezone: &str,
    ) -> Result<Vec<(i64, String)>> {
        Ok(Vec::new())
    }

    fn user_path(&self, _user_id: i64, _steps: &[Step]) -> Result<Option<i64>> {
        Ok(None)
    }

    fn unaccent(&self) -> Result<Unaccent> {
        Ok(Unaccent::Absent)
    }

    fn delegates(&self) -> bool {
        true
    }
}
