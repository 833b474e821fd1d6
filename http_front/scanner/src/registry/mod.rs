//! What the classes of all installed modules make of each model, as Odoo puts them together.
//!
//! - `definition`, `inheritance`, `linearization`: which classes a model is made of, in which order;
//! - `merge`, `fields`, `resolution`, `facts`: what its fields are;
//! - `methods`, `overrides`: what its methods do to reads;
//! - [`models`]: the facts of all.

mod definition;
mod facts;
mod fields;
mod inheritance;
mod linearization;
mod merge;
mod methods;
mod names;
mod overrides;
mod resolution;
mod spelling;
#[cfg(test)]
mod tests;

pub(crate) use spelling::is_module_name;

use crate::addons::Series;
use crate::python::{Literal, ModuleSource};
use crate::review::{Kind, Reviews};
use fields::Fields;
use inheritance::Inheritance;
use merge::is_true;
use names::Names;
use odoo_compiler::facts::document::{DisplayName, DisplayNameKind, FieldFacts, ModelFacts};
use odoo_compiler::facts::{NameFinder, Searched};
use overrides::{Found, Overrides};
use resolution::Resolver;
use std::collections::BTreeMap;

/// What the modules make.
#[derive(Debug, Default)]
pub struct Models {
    /// The facts of every model that has records.
    pub models: BTreeMap<String, ModelFacts>,
    /// Where each field was last defined: `module/file:line`.
    pub sources: BTreeMap<String, BTreeMap<String, String>>,
}

/// The facts of all models that the modules make, which are in the order in which Odoo loads them.
pub fn models(modules: &[(&str, &ModuleSource)], series: &Series, reviews: &Reviews) -> Models {
    let mut registry = Inheritance::new(modules, series);
    let fields = fields::fields(&mut registry, series);
    let names = Names::new(&registry, &fields);
    let by_name: BTreeMap<&str, &ModuleSource> = modules.iter().copied().collect();
    let overrides = Overrides::new(&registry, &by_name, reviews);
    let mut resolver = Resolver::new(&registry, &fields, series);
    let mut made = Models::default();
    for (at, model) in registry.models.iter().enumerate() {
        if registry.is_abstract(model) {
            continue;
        }
        let found = overrides.of(model);
        let of_fields = field_facts(&mut resolver, at, &found);
        let mut sources = sources(&fields[at]);
        if let Some((_, place)) = &found.display_name {
            sources.insert(
                "display_name".to_owned(),
                spelling::line(&fields::line(place)),
            );
        }
        let facts = model_facts(&registry, at, &fields[at], &names, found, of_fields);
        if spelling::is_model(&model.name, &facts) {
            made.models.insert(model.name.clone(), facts);
            made.sources.insert(model.name.clone(), sources);
        }
    }
    made
}

fn field_facts(
    resolver: &mut Resolver<'_>,
    at: usize,
    found: &Found,
) -> BTreeMap<String, FieldFacts> {
    let fields = resolver.fields;
    let model = &resolver.registry.models[at];
    let mut of_fields = BTreeMap::new();
    for (name, field) in fields[at]
        .iter()
        .filter(|(name, _)| spelling::is_field(name))
    {
        let resolved = resolver.resolve(at, name, field);
        let mut facts = facts::facts(resolver.series, model, &fields[at], name, field, &resolved);
        facts.company_currency = found.company_currency.contains(name);
        let by = field.merged.text("search").filter(|_| facts.search);
        facts.searched = match resolved.searched_by_path {
            true => Some(Searched::Related),
            false => by.and_then(|by| found.searches.get(by).cloned().flatten()),
        };
        // a database can't keep this character
        if serde_json::to_string(&facts).is_ok_and(|json| json.contains("\\u0000")) {
            let what = "its arguments have a character that no database keeps".to_owned();
            facts = FieldFacts {
                unread: Some(what),
                ..FieldFacts::default()
            };
        }
        of_fields.insert(name.clone(), facts);
    }
    of_fields
}

fn sources(fields: &Fields) -> BTreeMap<String, String> {
    fields
        .iter()
        .filter(|(name, _)| spelling::is_field(name))
        .filter_map(|(name, field)| {
            let place = field.merged.place.as_ref()?;
            Some((name.clone(), spelling::line(&fields::line(place))))
        })
        .collect()
}

fn model_facts(
    registry: &Inheritance<'_>,
    at: usize,
    fields: &Fields,
    names: &Names,
    found: Found,
    of_fields: BTreeMap<String, FieldFacts>,
) -> ModelFacts {
    let model = &registry.models[at];
    let text = |name: &str| match registry.attribute(model, name) {
        Some(Literal::Str(text)) => Some(text.clone()),
        _ => None,
    };
    let rec_name = &names.rec_name[at];
    let is_known = rec_name.is_ok();
    let rec_name = rec_name.clone().ok().flatten();
    let (framework_names, framework_search) = own_display_name(fields);
    let mut form = None;
    let kind = match &found.display_name {
        None if framework_names && is_known => DisplayNameKind::RecName,
        Some((Some(Kind::RecName), _)) if framework_names && is_known => DisplayNameKind::RecName,
        Some((Some(Kind::Partner), _)) if framework_names => DisplayNameKind::Partner,
        Some((Some(Kind::User), _)) if framework_names => DisplayNameKind::User,
        Some((Some(Kind::Form(said)), _)) if framework_names => {
            form = Some(said.clone());
            DisplayNameKind::Form
        }
        _ => DisplayNameKind::Python,
    };
    let (is_read, text_search) = match found.text_search.as_slice() {
        [] => (true, None),
        [Some(said)] => (true, Some(said.clone())),
        _ => (false, None),
    };
    let searches_itself = !is_read || !framework_search || !is_known;
    let name_search = match registry.attribute(model, "_rec_names_search") {
        _ if searches_itself => None,
        Some(_) if let [Some(said)] = found.names_search.as_slice() => Some(said.clone()),
        Some(Literal::List(searched)) if !searched.is_empty() => searched
            .iter()
            .map(|name| match name {
                Literal::Str(name) => Some(name.clone()),
                _ => None,
            })
            .collect(),
        Some(value) if is_true(value) => None,
        _ => Some(rec_name.iter().cloned().collect()),
    };
    let text_search = text_search.filter(|_| framework_search);
    let name_finder = match found.name_finders.as_slice() {
        [] => NameFinder::Framework,
        [said] => said.clone(),
        _ => NameFinder::Python,
    };
    let is_plain = |facts: &FieldFacts| {
        serde_json::to_value(facts).is_ok_and(|json| json.as_object().is_some_and(|o| o.is_empty()))
    };
    let (plain, with_facts): (BTreeMap<_, _>, _) = of_fields
        .into_iter()
        .partition(|(_, facts)| is_plain(facts));
    ModelFacts {
        modules: registry.modules(model).into_iter().collect(),
        table: Some(model.table.clone()).filter(|table| *table != model.name.replace('.', "_")),
        inherits: model.inherits.iter().cloned().collect(),
        display_name: DisplayName {
            kind,
            rec_name,
            form,
        },
        name_search,
        text_search,
        name_finder,
        active_name: names.active_name[at]
            .clone()
            .filter(|name| !["active", "x_active"].contains(&name.as_str())),
        parent_name: text("_parent_name").filter(|name| name != "parent_id"),
        parent_store: registry
            .attribute(model, "_parent_store")
            .is_some_and(is_true),
        order_suffix: found.order_suffix,
        overrides: found.overrides,
        fields: odoo_compiler::facts::document::Fields {
            plain: plain.keys().map(String::as_str).collect(),
            with_facts,
        },
    }
}

/// Whether the field `display_name` is made, and searched, by the framework's methods.
fn own_display_name(fields: &Fields) -> (bool, bool) {
    let Some(field) = fields.get("display_name") else {
        return (false, false);
    };
    let merged = &field.merged;
    let is = |key: &str, value: &str| merged.text(key) == Some(value);
    let is_plain = merged.class == "Char" && merged.unread.is_none() && !merged.has("related");
    (
        is_plain && is("compute", "_compute_display_name") && !merged.has("store"),
        is_plain && (merged.get("search").is_none() || is("search", "_search_display_name")),
    )
}
