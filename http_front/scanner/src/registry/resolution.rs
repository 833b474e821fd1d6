//! What a field is in the end: a related one takes over from the one that it leads to what its own
//! definitions don't say.

use super::fields::{Field, Fields};
use super::inheritance::Inheritance;
use super::merge::is_true;
use crate::addons::Series;
use crate::python::Literal;
use std::collections::HashMap;

/// A field after Odoo's setup.
#[derive(Debug, Clone, Default)]
pub(super) struct Resolved {
    /// Odoo's name of its type.
    pub kind: &'static str,
    /// It has a column, or a table of links.
    pub is_stored: bool,
    /// Searched by Python.
    pub search: bool,
    /// By the framework's own method of related fields, whatever other its definition names.
    pub searched_by_path: bool,
    /// It follows others.
    pub is_related: bool,
    /// Read as the user and not as the system.
    pub as_user: bool,
    /// `groups`
    pub groups: Option<String>,
    /// The model of its values.
    pub comodel: Option<String>,
    /// The aggregator; nothing for none.
    pub aggregator: Option<String>,
    /// `digits`, if they were given.
    pub digits: Option<Literal>,
    /// `domain`, if it was given.
    pub domain: Option<Literal>,
    /// `context`, if it was given.
    pub context: Option<Literal>,
    /// The field of the currency.
    pub currency: Option<String>,
    /// Why it can't be known.
    pub unread: Option<String>,
}

/// Resolves fields, each once.
pub(super) struct Resolver<'a> {
    /// The models.
    pub registry: &'a Inheritance<'a>,
    /// Their fields, by the places of the models.
    pub fields: &'a [Fields],
    /// Of the Odoo.
    pub series: &'a Series,
    done: HashMap<(usize, &'a str), Resolved>,
}

impl<'a> Resolver<'a> {
    /// For these models.
    pub(super) fn new(
        registry: &'a Inheritance<'a>,
        fields: &'a [Fields],
        series: &'a Series,
    ) -> Self {
        Self {
            registry,
            fields,
            series,
            done: HashMap::new(),
        }
    }

    /// The field of a model, by their places and names.
    pub(super) fn resolve(&mut self, model: usize, name: &'a str, field: &'a Field) -> Resolved {
        self.resolve_at(model, name, field, 0)
    }

    fn resolve_at(
        &mut self,
        model: usize,
        name: &'a str,
        field: &'a Field,
        depth: u32,
    ) -> Resolved {
        if let Some(known) = self.done.get(&(model, name)) {
            return known.clone();
        }
        let resolved = if depth > 30 {
            unread(field, "it follows itself".to_owned())
        } else {
            self.make(model, name, field, depth)
        };
        self.done.insert((model, name), resolved.clone());
        resolved
    }

    fn make(&mut self, model: usize, name: &str, field: &'a Field, depth: u32) -> Resolved {
        let given = &field.merged;
        let mut it = Resolved {
            kind: given.kind(),
            unread: given.unread.clone().or_else(|| self.doubt(field)),
            ..Resolved::default()
        };
        let related = given.related();
        it.is_related = given.has("related");
        let is_property = self.series.major < 18 && given.has("company_dependent");
        let is_computed =
            it.is_related || given.has("compute") || given.has("sparse") || is_property;
        it.is_stored = !given.has("sparse") && given.get("store").map_or(!is_computed, is_true);
        it.search = given.has("search") || is_property;
        it.groups = given.text("groups").map(str::to_owned);
        it.comodel = given.text("comodel_name").map(str::to_owned);
        // with those of the screen alone all places are kept
        let on_screen = || {
            given
                .get("min_display_digits")
                .map(|_| Literal::Bool(false))
        };
        it.digits = given.get("digits").cloned().or_else(on_screen);
        let model_name = &self.registry.models[model].name;
        it.domain = given.get("domain").map(|domain| domain.given(model_name));
        it.context = given.get("context").cloned();
        let aggregator = if self.series.major < 18 {
            given.get("group_operator")
        } else {
            given.get("aggregator").or(given.get("group_operator"))
        };
        it.aggregator = match aggregator {
            Some(Literal::Str(said)) if !said.is_empty() => Some(said.clone()),
            Some(_) => None,
            None => chosen(given.class.as_str(), name).map(str::to_owned),
        };
        if it.kind == "monetary" {
            it.currency = given.text("currency_field").map(str::to_owned).or_else(|| {
                let own = &self.fields[model];
                let usual = ["currency_id", "x_currency_id"];
                let found = usual.iter().find(|name| own.contains_key(**name));
                found.map(|name| (*name).to_owned())
            });
        }
        if it.is_related {
            // a field that also has a method is read as its method would be
            let stored = Literal::Bool(it.is_stored);
            let of_method = given.has("compute").then_some(&stored);
            it.as_user = given
                .get("compute_sudo")
                .or(of_method)
                .or(given.get("related_sudo"))
                .is_some_and(|sudo| !is_true(sudo));
            match related.and_then(|path| self.follow(model, &path, depth)) {
                Some(passed) => self.take_over(&mut it, field, name, &passed),
                None => {
                    let what = "the field that it follows was not found".to_owned();
                    it.unread.get_or_insert(what);
                }
            }
        }
        it
    }

    /// The fields along a path; nothing where one is not there.
    fn follow(&mut self, model: usize, path: &[String], depth: u32) -> Option<Vec<Resolved>> {
        let mut at = Some(model);
        let mut passed = Vec::new();
        for name in path {
            let (name, field) = self.fields.get(at?)?.get_key_value(name)?;
            let resolved = self.resolve_at(at?, name, field, depth + 1);
            let comodel = resolved.comodel.as_deref();
            at = comodel.and_then(|name| self.registry.by_name.get(name).copied());
            passed.push(resolved);
        }
        Some(passed)
    }

    fn take_over(&self, it: &mut Resolved, field: &Field, name: &str, passed: &[Resolved]) {
        let given = &field.merged;
        let Some(target) = passed.last() else {
            return;
        };
        if !it.is_stored && passed.iter().all(|step| step.is_stored || step.search) {
            it.search = true;
            // older ones search otherwise
            it.searched_by_path = self.series.major >= 19 && !field.is_inherited;
        }
        if !given.given.contains_key("groups") {
            it.groups.clone_from(&target.groups);
        }
        if !given.given.contains_key("comodel_name") {
            it.comodel.clone_from(&target.comodel);
        }
        let says_aggregator = ["aggregator", "group_operator"]
            .iter()
            .any(|key| given.given.contains_key(key));
        let is_sequence = given.class == "Integer" && name == "sequence";
        if !(says_aggregator || is_sequence) {
            it.aggregator.clone_from(&target.aggregator);
        }
        let says_digits = ["digits", "min_display_digits"]
            .iter()
            .any(|key| given.given.contains_key(key));
        if !says_digits {
            it.digits.clone_from(&target.digits);
        }
        if !given.given.contains_key("domain") {
            it.domain = match &target.domain {
                // an expression for the web client, about the other model
                Some(Literal::Str(_)) if !field.is_inherited => None,
                domain => domain.clone(),
            };
        }
        if !given.given.contains_key("context") {
            it.context.clone_from(&target.context);
        }
        if field.is_inherited && it.kind == "monetary" {
            it.currency.clone_from(&target.currency);
        }
        if it.unread.is_none()
            && let Some(step) = passed.iter().find(|step| step.unread.is_some())
        {
            let why = step.unread.as_deref().unwrap_or_default();
            it.unread = Some(format!("a field that it follows: {why}"));
        }
    }

    /// What was said in a way that can't be read, where that matters.
    fn doubt(&self, field: &Field) -> Option<String> {
        let given = &field.merged;
        let sudo = ["related_sudo", "compute_sudo"];
        let named = |name: &&&str| {
            let value = given.get(name);
            match **name {
                "groups" | "aggregator" | "group_operator" | "currency_field" | "comodel_name" => {
                    value.is_some_and(|value| is_true(value) && !matches!(value, Literal::Str(_)))
                }
                "related" | "digits" => {
                    matches!(value, Some(Literal::Unread | Literal::Callable(_)))
                }
                _ => matches!(value, Some(Literal::Unread)),
            }
        };
        let link = if self.series.major < 19 {
            "auto_join"
        } else {
            "bypass_search_access"
        };
        let mut asked = vec![
            "groups",
            "related",
            "aggregator",
            "group_operator",
            "digits",
            "currency_field",
            "comodel_name",
            "compute",
            "inherited",
            "store",
            "company_dependent",
            "sparse",
            link,
        ];
        if given.has("related") {
            asked.extend(sudo);
        }
        let found = asked.iter().find(named)?;
        Some(format!("{found} can't be read"))
    }
}

/// The framework's choice of an aggregator.
fn chosen(class: &str, name: &str) -> Option<&'static str> {
    match class {
        "Integer" if name == "sequence" => None,
        "Integer" | "Float" | "Monetary" => Some("sum"),
        _ => None,
    }
}

fn unread(field: &Field, what: String) -> Resolved {
    Resolved {
        kind: field.merged.kind(),
        unread: Some(what),
        ..Resolved::default()
    }
}
