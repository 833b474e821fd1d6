use crate::tool::Described;
use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;

/// A field as `fields_get` tells of it. Python writes False for what there is none of.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ToldField {
    #[serde(rename = "type", deserialize_with = "text")]
    field_type: Option<String>,
    #[serde(deserialize_with = "text")]
    string: Option<String>,
    #[serde(deserialize_with = "text")]
    help: Option<String>,
    #[serde(deserialize_with = "text")]
    relation: Option<String>,
    #[serde(deserialize_with = "selection")]
    selection: Vec<(String, String)>,
    #[serde(deserialize_with = "truth")]
    required: bool,
    #[serde(deserialize_with = "truth")]
    readonly: bool,
    #[serde(deserialize_with = "truth")]
    store: bool,
    #[serde(deserialize_with = "truth")]
    searchable: bool,
    #[serde(deserialize_with = "truth")]
    groupable: bool,
    #[serde(deserialize_with = "text")]
    currency_field: Option<String>,
    #[serde(deserialize_with = "truth")]
    translate: bool,
    #[serde(deserialize_with = "truth")]
    company_dependent: bool,
    #[serde(deserialize_with = "path")]
    related: Option<String>,
}

impl ToldField {
    /// As the tool's answer has it.
    pub(super) fn described<'a>(
        &'a self,
        name: &'a str,
        unsupported: Option<String>,
    ) -> Described<'a> {
        Described {
            name,
            field_type: self.field_type.as_deref().unwrap_or("other"),
            label: self.string.as_deref().unwrap_or(name),
            help: self.help.as_deref(),
            relation: self.relation.as_deref(),
            selection: &self.selection,
            selection_count: None,
            required: self.required,
            readonly: self.readonly,
            stored: self.store,
            groupable: self.groupable,
            searchable: !self.store && self.searchable,
            currency_field: self.currency_field.as_deref(),
            translated: self.translate,
            company_dependent: self.company_dependent,
            related: self.related.as_deref().filter(|_| !self.store),
            unsupported,
            values: None,
        }
    }
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Json::deserialize(deserializer)? {
        Json::String(text) if !text.is_empty() => Some(text),
        _ => None,
    })
}

fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(match Json::deserialize(deserializer)? {
        Json::Bool(truth) => truth,
        // `translate` may name how
        Json::String(text) => !text.is_empty(),
        _ => false,
    })
}

/// A dotted path; Odoo up to 18 writes its steps.
fn path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Json::deserialize(deserializer)? {
        Json::String(path) if !path.is_empty() => Some(path),
        Json::Array(steps) => {
            let steps: Vec<&str> = steps.iter().filter_map(Json::as_str).collect();
            Some(steps.join(".")).filter(|path| !path.is_empty())
        }
        _ => None,
    })
}

fn selection<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<(String, String)>, D::Error> {
    let plain = |json: &Json| match json {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    Ok(match Json::deserialize(deserializer)? {
        Json::Array(pairs) => pairs
            .iter()
            .filter_map(|pair| match pair.as_array()?.as_slice() {
                [key, label] => Some((plain(key), plain(label))),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    })
}
