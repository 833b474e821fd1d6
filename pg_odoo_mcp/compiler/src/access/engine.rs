//! Who answers a model: SQL where everything that Odoo's Python does to its reads is known, else Odoo.

use super::check_read;
use crate::catalog::{
    Engine, EngineSetting, InstalledModule, KNOWN_MODELS, Model, ScannedModule, Standing, Table,
    UNREAD, shortened, suggestion,
};
use crate::error::{Code, Error, Refused, Result};
use crate::facts::{Effect, ModelFacts, Only, Override};
use crate::scope::Scope;
use std::collections::HashSet;
use std::rc::Rc;

/// States of a module that stand for its version while Odoo is to do something with it.
const PENDING: [&str; 2] = ["to upgrade", "to remove"];

/// A model that SQL may answer: what the database says, what Python says, and its table.
#[derive(Debug, Clone)]
pub struct Subject {
    /// From the database.
    pub model: Rc<Model>,
    /// From Odoo's source.
    pub facts: Rc<ModelFacts>,
    /// Its relation.
    pub table: Table,
}

/// The model that a call asks for: one that the user may not read is refused before anything else
/// is said of it. What is Odoo's to answer is Odoo's to refuse: Python may decide over access, too.
pub fn asked(scope: &Scope<'_>, name: &str) -> Result<Subject> {
    let subject = subject(scope, name);
    if let Some(model) = scope.catalog.model(name)?
        && (subject.is_ok() || !scope.catalog.delegates())
    {
        check_read(&model, scope.principal)?;
    }
    subject
}

/// The same where records are asked for by their ids.
pub fn asked_by_id(scope: &Scope<'_>, name: &str, ids: &[i64]) -> Result<Subject> {
    let by = match subject(scope, name) {
        Ok(subject) if ids.contains(&scope.principal.user_id) => {
            subject.facts.overridden_where(Only::OwnRecord).cloned()
        }
        _ => None,
    };
    match by {
        Some(by) => Err(Unanswered::Overridden(&by).error(name)),
        None => asked(scope, name),
    }
}

/// As whom records of a model are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// As the user, whose rights are checked.
    User,
    /// As the user, on a way to them that asks for no rights.
    Bypassing,
    /// As the system.
    System,
}

/// The model of that name, if it exists and SQL may answer it.
pub fn subject(scope: &Scope<'_>, name: &str) -> Result<Subject> {
    subject_as(scope, name, Asker::User)
}

/// The same where its records are not the answer, but lead to it.
pub fn subject_as(scope: &Scope<'_>, name: &str, asker: Asker) -> Result<Subject> {
    let Some(model) = scope.catalog.model(name)? else {
        let shown = shortened(name);
        let error = Error::new(Code::UnknownModel, format!("there is no model {shown:?}"));
        // only of those that every Odoo has: the names of others may tell what somebody may not know
        let known = KNOWN_MODELS.iter().map(|(model, _)| *model);
        return Err(match suggestion(name, known) {
            Some(hint) => error.hint(hint),
            None => {
                error.hint("models have dotted names such as sale.order, res.partner, account.move")
            }
        });
    };
    let facts = match answered(
        &model.standing,
        model.table.as_ref().map(|t| t.name.as_str()),
        asker,
    ) {
        Ok(answered) => {
            if let Some((setting, unanswered)) = answered.against {
                scope.warn(
                    "engine_forced",
                    format!(
                        "{} decided that SQL answers {name} ({}), although {}",
                        setting.set_by,
                        setting.reason,
                        unanswered.reason()
                    ),
                );
            }
            answered.facts.clone()
        }
        Err(unanswered) => return Err(unanswered.error(name)),
    };
    if let Some(by) = facts.overridden_for(&scope.principal.group_names) {
        return Err(Unanswered::Overridden(by).error(name));
    }
    if let Some(by) = facts.overridden_where(Only::Unlisted)
        && asker != Asker::System
        && check_read(&model, scope.principal).is_err()
    {
        return Err(Unanswered::Overridden(by).error(name));
    }
    let Some(table) = model.table.clone() else {
        return Err(Unanswered::NoTable.error(name));
    };
    Ok(Subject {
        model,
        facts,
        table,
    })
}

/// The facts of a model that SQL may answer.
#[derive(Debug)]
pub struct Answered<'a> {
    /// From Odoo's source.
    pub facts: &'a Rc<ModelFacts>,
    /// The decision that it may, and what speaks against it.
    pub against: Option<(&'a EngineSetting, Unanswered<'a>)>,
}

/// Why SQL may not answer a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unanswered<'a> {
    /// A DBA decided so.
    Set(&'a EngineSetting),
    /// Nobody has read its Python.
    NoFacts,
    /// A scan found no class that makes records of it.
    Unmade,
    /// A module that was not read has a say in it.
    Extended(&'a str),
    /// A module that was read has a say in it which its source does not show.
    Unseen(&'a str),
    /// The source of an installed module is not known, and it may change any model.
    Unread(&'a str),
    /// A module that was read is not there, or no longer has a say.
    Gone(&'a str),
    /// A module is of another version than the one that was read.
    Changed {
        /// Its name.
        module: &'a str,
        /// The version that was read.
        read: &'a str,
        /// The installed one.
        installed: &'a str,
    },
    /// A module was upgraded since, to the same version.
    Upgraded(&'a str),
    /// Python decides over its reads.
    Overridden(&'a Override),
    /// There is no ordinary table of its name.
    NoTable,
}

/// Whether SQL may answer a model that stands so and has that table. The one place that decides of a
/// model; what it may not answer of an answered model, plans refuse.
pub fn verdict<'a>(
    standing: &'a Standing,
    table: Option<&str>,
) -> Result<Answered<'a>, Unanswered<'a>> {
    answered(standing, table, Asker::User)
}

fn answered<'a>(
    standing: &'a Standing,
    table: Option<&str>,
    asker: Asker,
) -> Result<Answered<'a>, Unanswered<'a>> {
    let setting = standing.setting.as_ref();
    if let Some(setting) = setting.filter(|setting| setting.engine == Engine::Odoo) {
        return Err(Unanswered::Set(setting));
    }
    let Some(facts) = standing.facts.as_ref() else {
        return Err(factless(standing));
    };
    let of_other_name = facts.table.as_deref().is_some_and(|own| table != Some(own));
    let source = facts.overridden(Effect::RowSource);
    if table.is_none() || of_other_name || source.is_some() {
        // there is nothing that SQL could read
        return Err(source.map_or(Unanswered::NoTable, Unanswered::Overridden));
    }
    let doubt = in_force(standing, facts).err().or_else(|| {
        [
            Effect::Rows,
            Effect::Unread,
            Effect::Columns,
            Effect::FieldAccess,
        ]
        .into_iter()
        .find_map(|effect| match asker {
            Asker::User => facts.overridden(effect),
            Asker::Bypassing | Asker::System => facts.overridden_unchecked(effect),
        })
        .map(Unanswered::Overridden)
    });
    match (doubt, setting.filter(|setting| setting.forced)) {
        (None, _) => Ok(Answered {
            facts,
            against: None,
        }),
        (Some(doubt), Some(setting)) => Ok(Answered {
            facts,
            against: Some((setting, doubt)),
        }),
        (Some(doubt), None) => Err(doubt),
    }
}

/// Why there are no facts of a model: what a new scan would bring, or what it brought.
fn factless(standing: &Standing) -> Unanswered<'_> {
    if standing.scanned.is_empty() {
        return Unanswered::NoFacts;
    }
    if let Some((name, _)) = unread(standing) {
        return Unanswered::Unread(name);
    }
    let mut modules = standing.modules.iter();
    match modules.find_map(|module| as_read(standing, module).err()) {
        Some(why) => why,
        None => Unanswered::Unmade,
    }
}

/// An installed module that nobody read. What it does to rights, or to all models, shows in no model's own list of modules.
fn unread(standing: &Standing) -> Option<(&String, &ScannedModule)> {
    let mut scanned = standing.scanned.iter();
    scanned.find(|(_, module)| module.version == UNREAD)
}

/// Whether a module is the one that was read.
fn as_read<'a>(standing: &'a Standing, module: &'a InstalledModule) -> Result<(), Unanswered<'a>> {
    let name = module.name.as_str();
    let read = standing.scanned.get(name);
    let read = read.ok_or(Unanswered::Extended(name))?;
    if read.version != module.version {
        return Err(Unanswered::Changed {
            module: name,
            read: &read.version,
            installed: &module.version,
        });
    }
    if read.written_at != module.written_at {
        return Err(Unanswered::Upgraded(name));
    }
    Ok(())
}

/// Whether the facts are those of the modules that are installed now.
pub(crate) fn in_force<'a>(
    standing: &'a Standing,
    facts: &'a ModelFacts,
) -> Result<(), Unanswered<'a>> {
    if let Some((name, _)) = unread(standing) {
        return Err(Unanswered::Unread(name));
    }
    // dozens of modules on either side
    let told: HashSet<&str> = facts.modules.iter().collect();
    for module in &standing.modules {
        as_read(standing, module)?;
        let name = module.name.as_str();
        if module.is_told && !told.contains(name) {
            let of_it = |by: &&Override| by.effect == Effect::Unread && by.module == name;
            return Err(match facts.overrides.iter().find(of_it) {
                Some(by) => Unanswered::Overridden(by),
                None => Unanswered::Unseen(name),
            });
        }
    }
    let there = standing.modules.iter().map(|module| module.name.as_str());
    let there: HashSet<&str> = there.collect();
    match facts.modules.iter().find(|name| !there.contains(name)) {
        Some(name) => Err(Unanswered::Gone(name)),
        None => Ok(()),
    }
}

/// What of an answered model Python takes part in all the same, in words, with what does it.
pub fn exceptions(facts: &ModelFacts) -> Vec<(String, &Override)> {
    let of_all = [
        (Effect::Values, "its values"),
        (Effect::Groups, "its groups"),
        (Effect::Order, "its order"),
    ];
    let of_all = of_all
        .into_iter()
        .filter_map(|(effect, what)| Some((what.to_owned(), facts.overridden(effect)?)));
    let of_some = facts.overrides.iter().filter_map(|by| {
        let whom = match (&by.only_for, by.only_where) {
            (Some(group), _) => format!("members of {group}"),
            (None, Some(Only::Unlisted)) => "users whom no access list lets read it".to_owned(),
            (None, Some(Only::OwnRecord)) => "users about themselves".to_owned(),
            (None, None | Some(Only::Checked)) => return None,
        };
        Some((whom, by))
    });
    of_all.chain(of_some).collect()
}

/// What of a field that is read in SQL Python takes part in all the same, in words, with what does it.
pub fn field_exception<'a>(
    facts: &'a ModelFacts,
    field: &str,
) -> Option<(&'static str, &'a Override)> {
    let by = facts.overridden_field(field, &[Effect::Rows, Effect::Groups, Effect::Order])?;
    let what = match by.effect {
        Effect::Groups => "its groups",
        Effect::Order => "its order",
        _ => "conditions on it",
    };
    Some((what, by))
}

/// The facts of a model, answered or not, if they are those of what is installed.
pub(crate) fn known(standing: &Standing) -> Option<&Rc<ModelFacts>> {
    let facts = standing.facts.as_ref()?;
    in_force(standing, facts).is_ok().then_some(facts)
}

impl Unanswered<'_> {
    /// One line, as `engine_reason` and the views show it.
    pub fn reason(&self) -> String {
        match self {
            Unanswered::Set(setting) => {
                format!("{} decided so: {}", setting.set_by, setting.reason)
            }
            Unanswered::NoFacts => "its Python has not been scanned".into(),
            Unanswered::Unmade => {
                "the facts that were loaded have no records of it: it is abstract, or made by hand".into()
            }
            Unanswered::Extended(module) => {
                format!("the module {module} extends it and has not been scanned")
            }
            Unanswered::Unseen(module) => {
                format!("the module {module} extends it, and its source was read without seeing how")
            }
            Unanswered::Unread(module) => {
                format!(
                    "the source of the installed module {module} was not there when Odoo was scanned"
                )
            }
            Unanswered::Gone(module) => {
                format!("the module {module}, which had a say in it, is not installed any more")
            }
            Unanswered::Changed {
                module, installed, ..
            } if PENDING.contains(installed) => {
                let participle = match *installed {
                    "to upgrade" => "upgraded",
                    _ => "removed",
                };
                format!("the module {module} is to be {participle} in Odoo")
            }
            Unanswered::Changed {
                module,
                read,
                installed: "",
            } => {
                format!("the module {module} was scanned as {read}, and Odoo has no version of it")
            }
            Unanswered::Changed {
                module,
                read,
                installed,
            } => {
                format!("the module {module} was scanned as {read} and is installed as {installed}")
            }
            Unanswered::Upgraded(module) => {
                format!("the module {module} was upgraded since it was scanned")
            }
            Unanswered::Overridden(by) => match by.effect {
                Effect::RowSource => format!("its rows are made by {}", by.place()),
                Effect::Unread => format!("not read for certain: {}", by.place()),
                Effect::FieldAccess => {
                    format!("Python decides who reads its fields: {}", by.place())
                }
                _ => format!("Python decides over its reads: {}", by.place()),
            },
            Unanswered::NoTable => {
                "it has no ordinary table of its own: a database view made by its module, or nothing stored".into()
            }
        }
    }

    /// What would change it, for a DBA.
    pub fn remedy(&self) -> &'static str {
        match self {
            Unanswered::Set(_) => "select odoo_mcp.set_model_engine(model, 'auto', reason)",
            Unanswered::NoFacts => "odoo-mcp scan-addons, with the folders of all addons",
            Unanswered::Changed {
                installed: "" | "to upgrade" | "to remove",
                ..
            } => {
                "finish that in Odoo (odoo -u with the module's name, or under Apps), then: odoo-mcp scan-addons"
            }
            Unanswered::Extended(_) | Unanswered::Unread(_) => {
                "odoo-mcp scan-addons, with the folder of that module too"
            }
            Unanswered::Gone(_) | Unanswered::Changed { .. } | Unanswered::Upgraded(_) => {
                "odoo-mcp scan-addons"
            }
            Unanswered::Overridden(by) if by.effect == Effect::RowSource => {
                "nothing: Odoo computes these rows"
            }
            Unanswered::Overridden(by) if by.file.is_empty() => {
                "odoo-mcp scan-addons, where the source is; without it, if you know that Python: \
                 set_model_engine(model, 'sql', reason, force => true)"
            }
            Unanswered::Overridden(_) | Unanswered::Unseen(_) => {
                "nothing, unless you have read that code and know better: set_model_engine(model, 'sql', reason, force => true)"
            }
            Unanswered::Unmade => {
                "nothing, where odoo-mcp scan-addons read all addons: their source has no such table"
            }
            Unanswered::NoTable => "nothing: SQL reads ordinary tables, and Odoo the others",
        }
    }

    fn error(&self, name: &str) -> Error {
        let by = match self {
            Unanswered::Overridden(by) => Some(Box::new((*by).clone())),
            _ => None,
        };
        Error::refused(Refused {
            model: name.to_owned(),
            field: None,
            reason: self.reason(),
            by,
        })
        .hint("ask Odoo itself; odoo_list_models names the models that are answered here")
    }
}
