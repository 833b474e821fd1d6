//! What decides who answers a model: its modules, what was read of their Python, and what a DBA says.

use crate::facts::document::ModelFacts;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::rc::Rc;

/// How a model stands.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Standing {
    /// The installed modules that define or extend the model, what it inherits from, or `base`
    /// (`ir_model_data`, `ir_model_inherit`).
    #[serde(default)]
    pub modules: Vec<InstalledModule>,
    /// What only Python knows of it, if facts are loaded.
    #[serde(skip)]
    pub facts: Option<Rc<ModelFacts>>,
    /// The modules as they were when the facts were loaded.
    #[serde(skip)]
    pub scanned: Rc<ScannedModules>,
    /// What a DBA decided.
    #[serde(skip)]
    pub setting: Option<EngineSetting>,
}

/// An installed module, as `ir_module_module` has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "WrittenModule")]
pub struct InstalledModule {
    /// `name`
    pub name: String,
    /// `latest_version`; of a module that is about to be upgraded or removed, its `state`.
    pub version: String,
    /// `write_date`: Odoo writes the row with each upgrade, also to the same version.
    pub written_at: Option<String>,
    /// Whether Odoo's tables tell that it touches the model; an older Odoo does not tell all, so that any module may.
    pub is_told: bool,
}

/// A module in the catalog's JSON.
#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenModule {
    Name(String),
    Row(String, String, Option<String>, bool),
}

impl InstalledModule {
    /// A module of which only the name is known.
    pub fn named(name: &str) -> Self {
        WrittenModule::Name(name.to_owned()).into()
    }
}

impl From<WrittenModule> for InstalledModule {
    fn from(written: WrittenModule) -> Self {
        let (name, version, written_at, is_told) = match written {
            WrittenModule::Name(name) => (name, String::new(), None, true),
            WrittenModule::Row(name, version, written_at, is_told) => {
                (name, version, written_at, is_told)
            }
        };
        InstalledModule {
            name,
            version,
            written_at,
            is_told,
        }
    }
}

/// The modules of the loaded facts by name.
pub type ScannedModules = BTreeMap<String, ScannedModule>;

/// The version of an installed module whose source was not there when the others were read.
pub const UNREAD: &str = "unread";

/// A module of the loaded facts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ScannedModule {
    /// The version that was read.
    pub version: String,
    /// `ir_module_module.write_date` when the facts were loaded.
    pub written_at: Option<String>,
}

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// SQL beside the data.
    Sql,
    /// Odoo's RPC.
    Odoo,
}

/// What a DBA decided of a model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct EngineSetting {
    /// Who is to answer.
    pub engine: Engine,
    /// Against what the facts say.
    pub forced: bool,
    /// Why, in the DBA's words.
    pub reason: String,
    /// The role that decided.
    pub set_by: String,
}
