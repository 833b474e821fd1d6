//! The facts of a whole Odoo, as `odoo-mcp scan-addons` finds them in its source: what only Python knows.
//!
//! The program writes a [`Document`], `odoo_mcp.load_facts` keeps it, and a call reads the
//! [`ModelFacts`] of the models it touches. What could not be read for certain is written as unread,
//! and unread means that Odoo answers.

use super::field::Digits;
use super::name_form::NameForm;
use super::names::Names;
use crate::domain::Domain;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The form of a [`Document`]; a program of another form is refused.
pub const FORMAT: u32 = 1;

/// Everything that was found, for one set of installed modules.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// [`FORMAT`]
    pub format: u32,
    /// Where the facts come from.
    pub origin: Origin,
    /// The program and its version, as `odoo-mcp 0.1.0`.
    pub program: String,
    /// Seconds since 1970 when reading began: what was installed or upgraded since may be of other source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_at: Option<u64>,
    /// The installed modules whose source was read, by name.
    pub modules: BTreeMap<String, ModuleFacts>,
    /// Every model that they define, by name.
    pub models: BTreeMap<String, ModelFacts>,
    /// Where each field was last defined, by model and field: `module/file:line`, for people.
    #[serde(default)]
    pub sources: BTreeMap<String, BTreeMap<String, String>>,
}

/// How facts were learnt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// From Odoo's source.
    ScanAddons,
    /// From Odoo's RPC, which tells of fields and nothing of overrides.
    SyncFacts,
}

/// One module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModuleFacts {
    /// The manifest's version as Odoo writes it down, with its series: `19.0.1.2`.
    pub version: String,
    /// SHA-256 in hex over the files that were read.
    pub digest: String,
}

/// One model, with everything that the installed modules, its mixins and `base` make of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelFacts {
    /// The modules whose code has a say: those that define or extend the model, one that it inherits
    /// from, or `base`. Any other one that touches it makes the facts worthless.
    pub modules: Names,
    /// `_table`, where it is not the name with underscores.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// `_inherits`: parent model by name, with the link field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub inherits: BTreeMap<String, String>,
    /// How `display_name` is made.
    pub display_name: DisplayName,
    /// `_rec_names_search` or `_rec_name`: where the framework's own search by name looks, if only methods that somebody has read
    /// take part in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_search: Option<Vec<String>>,
    /// How conditions on `display_name` search it where that is not the framework's own, if somebody has read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_search: Option<TextSearch>,
    /// How records are listed by their names, which a method may do in its own way.
    #[serde(skip_serializing_if = "NameFinder::is_framework")]
    pub name_finder: NameFinder,
    /// `_active_name`, where it is neither `active` nor `x_active`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_name: Option<String>,
    /// `_parent_name`, where it is not `parent_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_name: Option<String>,
    /// `_parent_store`: `parent_path` holds the ids from the top down to each record.
    #[serde(skip_serializing_if = "is_false")]
    pub parent_store: bool,
    /// A field that Python appends to every order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_suffix: Option<String>,
    /// What Python does to reads, in the order in which its methods are called.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
    /// Every field that Python defines.
    pub fields: Fields,
}

/// How `display_name` is made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DisplayName {
    /// Where it comes from.
    pub kind: DisplayNameKind,
    /// `_rec_name`, the framework's choice included; nothing where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rec_name: Option<String>,
    /// What it is put together of, for [`DisplayNameKind::Form`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<NameForm>,
}

/// Where a display name comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisplayNameKind {
    /// The field `rec_name`, as the framework takes it; `model,id` where there is none.
    RecName,
    /// `res.partner`: its stored `complete_name`.
    Partner,
    /// `res.users`: its partner's name.
    User,
    /// Stored values, put together as `form` says.
    Form,
    /// Python that is not reproduced.
    #[default]
    Python,
}

/// A method of a module that takes part in reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// What it may change.
    pub effect: Effect,
    /// Its name, as `_search`; for [`Effect::Unread`] the construct in a few words.
    pub method: String,
    /// The module that has it.
    pub module: String,
    /// Its file, from the module's own folder on: `sale/models/sale_order.py`; empty where no source was seen.
    pub file: String,
    /// Where it begins.
    pub line: u32,
    /// The fields that it is limited to, if somebody has read it and said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<String>>,
    /// The group (external id) for whose members alone it does anything, if somebody has read it and
    /// said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_for: Option<String>,
    /// To whom alone it does anything, if somebody has read it and said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_where: Option<Only>,
}

/// Where alone an override does anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Only {
    /// For users whom no access list lets read the model; not for the system.
    Unlisted,
    /// Where users read the record that they are, by its id.
    OwnRecord,
    /// Where rights are checked: not for the system, nor on a way to its records that asks for none.
    Checked,
}

/// What an override may change; what nobody has read may change anything of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Which records there are for the user.
    Rows,
    /// Where records come from: `_table_query`.
    RowSource,
    /// A construct that could not be read for certain.
    Unread,
    /// What is read of a record that was found.
    Values,
    /// Groups and their figures.
    Groups,
    /// The order of records.
    Order,
    /// The SQL that stands for fields.
    Columns,
    /// Which fields the user may read.
    FieldAccess,
}

/// The fields of a model; most have no facts beyond their name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fields {
    /// Those that have none.
    pub plain: Names,
    /// The others.
    pub with_facts: BTreeMap<String, FieldFacts>,
}

/// One field.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FieldFacts {
    /// `groups`: external ids, comma separated, `!` before those that must be absent; `.` for nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<String>,
    /// Searched by a Python method.
    #[serde(skip_serializing_if = "is_false")]
    pub search: bool,
    /// What that method looks for, if somebody has read it and said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub searched: Option<Searched>,
    /// Comes from an `_inherits` parent.
    #[serde(skip_serializing_if = "is_false")]
    pub inherited: bool,
    /// A related field that is read as the user and not as the system: `related_sudo=False`.
    #[serde(skip_serializing_if = "is_false")]
    pub related_as_user: bool,
    /// `bypass_search_access` (`auto_join` up to 18): paths through it ask no rights of the comodel.
    #[serde(skip_serializing_if = "is_false")]
    pub bypass: bool,
    /// Whether that is so is not known; such paths are not answered in SQL.
    #[serde(skip_serializing_if = "is_false")]
    pub open_bypass: bool,
    /// Decimal places of a float, or the name of the decimal precision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digits: Option<Digits>,
    /// The aggregator where it is not the framework's choice for the type; empty for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aggregator: Option<String>,
    /// The currency field of an amount of money.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The currency of the record's company, or else of the first allowed company.
    #[serde(skip_serializing_if = "is_false")]
    pub company_currency: bool,
    /// The selection's keys come from Python.
    #[serde(skip_serializing_if = "is_false")]
    pub open_selection: bool,
    /// What an x2many field's comodel records must fulfil besides being linked, as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<serde_json::Value>,
    /// That domain comes from Python.
    #[serde(skip_serializing_if = "is_false")]
    pub open_domain: bool,
    /// The field that names the model of a many2one_reference field's records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_field: Option<String>,
    /// `active_test` in an x2many field's context, for the comodel and all that is reached from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_test: Option<bool>,
    /// An x2many field's context holds more than that.
    #[serde(skip_serializing_if = "is_false")]
    pub open_context: bool,
    /// Why the field's facts could not be read for certain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
}

/// How a model's names are searched for a text, where a method takes part in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum TextSearch {
    /// Any of these fits.
    AnyOf {
        /// Stored texts, by paths of many2one fields whose records the user must be allowed to see: any of them fits, or for
        /// a negative operator all of them.
        texts: Vec<String>,
        /// Stored texts that fit a positive operator where they are the text itself.
        exact: Vec<String>,
        /// A text in such brackets, as `[` and `]`, is looked for apart by Odoo where equality is asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        brackets: Option<(char, char)>,
    },
    /// For equality and `ilike`, the records of which this field is the text, if the user finds any; else the framework's search.
    First(String),
    /// The framework's search, or an x2many field that holds a record of such a name: each as the user searches. For a negative
    /// operator both must not.
    OrLinked(String),
    /// For patterns, what the framework's search finds for the user, and all that stands below by `parent_path`.
    Below,
    /// A text that has the separator just once is looked for in two fields, any other one by the framework's search.
    Parts {
        /// What stands between the two.
        separator: String,
        /// The paths of the two fields.
        paths: [String; 2],
    },
}

impl TextSearch {
    /// Every field that it names, by its path.
    pub fn paths(&self) -> Vec<&String> {
        match self {
            TextSearch::AnyOf { texts, exact, .. } => texts.iter().chain(exact).collect(),
            TextSearch::First(field) | TextSearch::OrLinked(field) => vec![field],
            TextSearch::Below => Vec::new(),
            TextSearch::Parts { paths, .. } => paths.iter().collect(),
        }
    }
}

/// What `name_search` itself does, which lists records by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameFinder {
    /// It lists what a condition on `display_name` finds.
    #[default]
    Framework,
    /// The same, unless the caller's domain names this field.
    UnlessAsked(String),
    /// What nobody has read.
    Python,
}

impl NameFinder {
    fn is_framework(&self) -> bool {
        *self == NameFinder::Framework
    }
}

/// What a method that searches a field looks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Searched {
    /// Records that these partners follow, as `mail.followers` has it: as the system, and for rules alone.
    Followers,
    /// The framework's own of a related field: the records whose path ends so.
    Related,
    /// Another domain on the model: that of the first case which fits.
    Domain(Vec<SearchCase>),
}

/// What a method makes of some of the conditions that it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchCase {
    /// The operators, `in` for `=` and `not in` for `!=`; every one where none is named. A negative one that
    /// no case has is the negation of its positive one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operators: Vec<String>,
    /// The values; any where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<SearchValues>,
    /// The domain.
    pub means: SearchMeaning,
}

/// Some of the values that a field is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchValues {
    /// Just true.
    True,
    /// Just false.
    False,
    /// No boolean among them.
    Set,
}

/// A domain, in JSON: a condition on `$value` has the operator and the value that were asked for, `$user` is the user,
/// and `$model` the name of the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchMeaning {
    /// This one.
    Domain(serde_json::Value),
    /// For each value its own, any of which fits.
    Each(BTreeMap<String, serde_json::Value>),
    /// The records of the domain, whoever may see them and archived ones too, and all below them.
    Below(serde_json::Value),
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands references")]
fn is_false(value: &bool) -> bool {
    !value
}

/// The domain of an x2many field, if it is one that this crate reads.
pub fn domain(json: &serde_json::Value) -> Option<Domain> {
    crate::domain::parse_json(json).ok()
}
