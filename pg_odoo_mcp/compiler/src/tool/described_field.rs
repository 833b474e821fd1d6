//! One field in the answer of `odoo_describe_model`.

use super::value_sample::Held;
use serde::Serialize;

/// Help up to this length is told of every field, longer one of those that are named.
const SHORT_HELP: usize = 100;
/// So many keys of a selection are told of every field, more of those that are named.
const SHORT_SELECTION: usize = 30;

/// A field; what is false or not known is left out, but for what everybody asks.
#[derive(Serialize)]
pub(crate) struct Described<'a> {
    pub(crate) name: &'a str,
    #[serde(rename = "type")]
    pub(crate) field_type: &'a str,
    pub(crate) label: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) help: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) relation: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) selection: &'a [(String, String)],
    /// In place of a selection that is too long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) selection_count: Option<usize>,
    pub(crate) required: bool,
    pub(crate) readonly: bool,
    pub(crate) stored: bool,
    pub(crate) groupable: bool,
    /// Not stored, but domains may name it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) searchable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) currency_field: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) translated: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) company_dependent: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) related: Option<&'a str>,
    /// Why SQL does not read it, or why nothing does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unsupported: Option<String>,
    /// What records hold of it, where that is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) values: Option<Held>,
}

impl Described<'_> {
    /// Leaves out what is long; whether there was any.
    pub(crate) fn shorten(&mut self) -> bool {
        let is_long = |help: &&str| help.chars().count() > SHORT_HELP;
        let help = self.help.filter(is_long).is_some();
        if help {
            self.help = None;
        }
        let selection = self.selection.len() > SHORT_SELECTION;
        if selection {
            self.selection_count = Some(self.selection.len());
            self.selection = &[];
        }
        help || selection
    }
}
