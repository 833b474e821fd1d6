//! What the modules' methods do to the reads of a model.

use super::inheritance::{Inheritance, Model};
use super::merge::is_true;
use super::methods::{FOR_ALL, Reach, field_reaches_all, keeps_values, reach, reaches_all};
use crate::python::{FieldDefinition, Literal, Method, ModuleSource, Place};
use crate::review::{Kind, Reviews, Text, Verdict};
use odoo_compiler::facts::{Effect, NameFinder, Override, Searched, TextSearch};
use std::collections::{BTreeMap, BTreeSet};

/// Attributes of a class that the facts are made of.
const READ: [&str; 9] = [
    "_abstract",
    "_active_name",
    "_auto",
    "_log_access",
    "_parent_name",
    "_parent_store",
    "_rec_name",
    "_rec_names_search",
    "_transient",
];

/// What Odoo's module base_sparse_field adds to the framework's fields.
const SPARSE: [&str; 5] = [
    "Serialized",
    "_compute_sparse",
    "_get_attrs",
    "_inverse_sparse",
    "sparse",
];

/// What was found for one model.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The overrides, in the order in which Python calls them.
    pub overrides: Vec<Override>,
    /// What makes the display name, where it isn't the framework.
    pub display_name: Option<(Option<Kind>, Place)>,
    /// What methods make of conditions on names; nothing for one that nobody has read.
    pub text_search: Vec<Option<TextSearch>>,
    /// What methods make of the list of records by their names.
    pub name_finders: Vec<NameFinder>,
    /// What classes of the model say of `_rec_names_search` in properties, the first of them first.
    pub names_search: Vec<Option<Vec<String>>>,
    /// A field that a method appends to every order.
    pub order_suffix: Option<String>,
    /// Fields that a method makes the currency of the company.
    pub company_currency: Vec<String>,
    /// What methods search fields for, by the method; nothing where one of a name is unread.
    pub searches: BTreeMap<String, Option<Searched>>,
}

/// Looks for overrides, model by model.
pub(super) struct Overrides<'a> {
    registry: &'a Inheritance<'a>,
    modules: &'a BTreeMap<&'a str, &'a ModuleSource>,
    reviews: &'a Reviews,
    /// What is done to all models, wherever it is.
    everywhere: Vec<Override>,
    /// Changes to classes from outside, by the class.
    patches: BTreeMap<usize, Vec<Override>>,
    /// Names that code outside of the classes gives other values, with the class; nothing for one that
    /// may be any.
    replaced: BTreeSet<(Option<usize>, &'a str)>,
}

impl<'a> Overrides<'a> {
    /// Over these models, made of these modules.
    pub(super) fn new(
        registry: &'a Inheritance<'a>,
        modules: &'a BTreeMap<&'a str, &'a ModuleSource>,
        reviews: &'a Reviews,
    ) -> Self {
        let mut it = Self {
            registry,
            modules,
            reviews,
            everywhere: Vec::new(),
            patches: BTreeMap::new(),
            replaced: BTreeSet::new(),
        };
        let plain = modules.values().flat_map(|source| &source.others);
        let plain: BTreeSet<&str> = plain.map(|class| class.path.as_str()).collect();
        for (module, source) in modules {
            it.patched(module, source, &plain);
            it.unread_of(module, source);
        }
        // what was read of them holds only where nothing replaces them
        it.reaching_all();
        for definition in registry.definitions.iter().filter(|d| d.is_unplaced) {
            if it.is_harmless(definition.module, &definition.class.place) {
                continue;
            }
            let (module, what) = (definition.module, definition.unread.as_deref());
            let place = &definition.class.place;
            let of = made(Effect::Unread, what.unwrap_or_default(), module, place);
            it.everywhere.push(of);
        }
        it
    }

    /// What is done to the reads of one model.
    pub(super) fn of(&self, model: &Model) -> Found {
        let mut found = Found::default();
        let mut kinds: Vec<(Option<Kind>, Place)> = Vec::new();
        for (at, what) in &model.unread {
            self.unread(&mut found, *at, what);
        }
        for at in self.registry.classes(model) {
            let definition = &self.registry.definitions[at];
            if definition.class.is_conditional {
                self.unread(&mut found, at, "a class under a condition");
            }
            for unread in &definition.class.unread {
                let of = made(
                    Effect::Unread,
                    &unread.what,
                    definition.module,
                    &unread.place,
                );
                found.overrides.push(of);
            }
            for attribute in &definition.class.attributes {
                let name = attribute.name.as_str();
                let effect = match reach(name) {
                    Some(Reach::Effect(Effect::RowSource)) if !is_true(&attribute.value) => None,
                    Some(Reach::Effect(effect)) => Some(effect),
                    Some(_) => Some(Effect::Unread),
                    None if READ.contains(&name) && attribute.value == Literal::Unread => {
                        Some(Effect::Unread)
                    }
                    None => None,
                };
                if let Some(effect) = effect {
                    let of = made(effect, name, definition.module, &attribute.place);
                    found.overrides.push(of);
                }
            }
            if definition.attribute("_rec_names_search").is_some() {
                let mut methods = definition.class.methods.iter();
                let said = methods.find(|method| method.name == "_rec_names_search");
                let said = said.and_then(|method| self.verdict(model, at, method));
                found.names_search.push(match said {
                    Some(Verdict::NamesSearch(said)) => Some(said.clone()),
                    _ => None,
                });
            }
            for method in &definition.class.methods {
                let Some(reach) = reach(&method.name) else {
                    if method.name.starts_with("_search_") {
                        let said = match self.verdict(model, at, method) {
                            Some(Verdict::Searches(said)) => Some(said.clone()),
                            _ => None,
                        };
                        let known = found
                            .searches
                            .entry(method.name.clone())
                            .or_insert(said.clone());
                        if *known != said {
                            *known = None;
                        }
                    }
                    continue;
                };
                let verdict = self.verdict(model, at, method);
                self.judge(&mut found, &mut kinds, at, method, reach, verdict);
            }
            found
                .overrides
                .extend(self.patches.get(&at).into_iter().flatten().cloned());
        }
        // all that make the name must agree, or nobody can say what comes of them together
        if let Some((kind, place)) = kinds.first() {
            let agreed = kinds.iter().all(|(other, _)| other == kind);
            found.display_name = Some((kind.clone().filter(|_| agreed), place.clone()));
        }
        found.overrides.extend(self.everywhere.iter().cloned());
        found
    }

    /// What nobody could read may be a class of any model, or a patch of it.
    fn unread_of(&mut self, module: &str, source: &ModuleSource) {
        let in_functions = source.in_functions.iter().filter(|function| {
            let text = Text {
                module: module.to_owned(),
                model: String::new(),
                method: function.name.clone(),
                digest: function.digest.clone(),
            };
            self.reviews.verdict(&text, |_| false) != Some(&Verdict::Harmless)
        });
        let unread = in_functions.map(|function| &function.unread);
        for unread in unread.chain(&source.unread) {
            if self.is_harmless(module, &unread.place) {
                continue;
            }
            let of = made(Effect::Unread, &unread.what, module, &unread.place);
            self.everywhere.push(of);
        }
    }

    fn unread(&self, found: &mut Found, at: usize, what: &str) {
        let definition = &self.registry.definitions[at];
        let of = made(
            Effect::Unread,
            what,
            definition.module,
            &definition.class.place,
        );
        found.overrides.push(of);
    }

    fn judge(
        &self,
        found: &mut Found,
        kinds: &mut Vec<(Option<Kind>, Place)>,
        at: usize,
        method: &Method,
        reach: Reach,
        verdict: Option<&Verdict>,
    ) {
        let module = self.registry.definitions[at].module;
        match (reach, verdict) {
            (_, Some(Verdict::Harmless)) => {}
            (_, Some(Verdict::OrderSuffix(field))) => found.order_suffix = Some(field.clone()),
            (_, Some(Verdict::CompanyCurrency(fields))) => {
                found.company_currency.extend(fields.iter().cloned());
            }
            (Reach::DisplayName, Some(Verdict::DisplayName(kind))) => {
                kinds.push((Some(kind.clone()), method.place.clone()));
            }
            (Reach::DisplayName, _) => kinds.push((None, method.place.clone())),
            (Reach::NameSearch, verdict) => {
                if ["name_search", "web_name_search"].contains(&method.name.as_str()) {
                    found.name_finders.push(match verdict {
                        Some(Verdict::NameFinder(said)) => said.clone(),
                        _ => NameFinder::Python,
                    });
                } else {
                    found.text_search.push(match verdict {
                        Some(Verdict::TextSearch(said)) => Some(said.clone()),
                        _ => None,
                    });
                }
            }
            (Reach::Effect(effect), verdict) => {
                let mut of = made(effect, &method.name, module, &method.place);
                match verdict {
                    Some(Verdict::Fields(fields)) => of.fields = Some(fields.clone()),
                    Some(Verdict::OnlyFor(group)) => of.only_for = Some(group.clone()),
                    Some(Verdict::OnlyWhere(only)) => of.only_where = Some(*only),
                    _ => {}
                }
                found.overrides.push(of);
            }
        }
    }

    fn verdict(&self, model: &Model, at: usize, method: &Method) -> Option<&Verdict> {
        if self.is_replaced(model, &method.name) {
            return None;
        }
        let definition = &self.registry.definitions[at];
        let text = Text {
            module: definition.module.to_owned(),
            model: definition.name.clone(),
            method: method.name.clone(),
            digest: method.digest.clone(),
        };
        self.reviews
            .verdict(&text, |with| self.are_just(model, with))
    }

    /// Whether the methods that a verdict names have these texts and no others, for the model.
    fn are_just(&self, model: &Model, with: &[Text]) -> bool {
        with.iter().all(|needed| {
            let is_part = |model: &Model| {
                self.registry
                    .classes(model)
                    .any(|at| self.registry.definitions[at].name == needed.model)
            };
            let Some(of) = Some(model)
                .filter(|model| is_part(model))
                .or_else(|| self.registry.get(&needed.model))
            else {
                return false;
            };
            if self.is_replaced(of, &needed.method) {
                return false;
            }
            let mut actual = BTreeSet::new();
            for at in self.registry.classes(of) {
                let definition = &self.registry.definitions[at];
                for method in &definition.class.methods {
                    if method.name == needed.method {
                        let place = (definition.module, definition.name.as_str());
                        actual.insert((place, method.digest.as_str()));
                    }
                }
            }
            let said: BTreeSet<_> = with
                .iter()
                .filter(|text| text.method == needed.method)
                .map(|text| {
                    (
                        (text.module.as_str(), text.model.as_str()),
                        text.digest.as_str(),
                    )
                })
                .collect();
            actual == said
        })
    }

    /// Whether something other than a method's own text may be what the model calls by its name: a value
    /// in the body of one of its classes, or one from outside.
    fn is_replaced(&self, model: &Model, method: &str) -> bool {
        let of_class = |at: usize| {
            let attributes = &self.registry.definitions[at].class.attributes;
            self.replaced.contains(&(Some(at), method))
                || attributes.iter().any(|it| it.name == method) && !READ.contains(&method)
        };
        self.replaced.contains(&(None, method)) || self.registry.classes(model).any(of_class)
    }

    /// Methods of a few models decide for all: rights, groups, companies, and hooks that may patch.
    fn reaching_all(&mut self) {
        let registry = self.registry;
        // what they inherit from may have the methods and the fields too
        let parts = |model: &'static str| {
            let of = registry.get(model).into_iter();
            of.flat_map(move |of| registry.classes(of).map(move |at| (model, of, at)))
        };
        for (name, model, at) in FOR_ALL.into_iter().flat_map(parts) {
            let definition = &registry.definitions[at];
            for method in &definition.class.methods {
                // the base module's are the framework
                if let Some(effect) = reaches_all(name, &method.name)
                    && definition.module != "base"
                {
                    self.decides(model, at, method, effect);
                }
            }
            let fields = definition.class.fields.iter();
            for field in fields.filter(|_| definition.module != "base") {
                if field_reaches_all(name, &field.name) && may_change(field) {
                    let what = format!("{} of {name} is another", field.name);
                    let of = made(Effect::Rows, &what, definition.module, &field.place);
                    self.everywhere.push(of);
                }
            }
        }
        for (at, definition) in registry.definitions.iter().enumerate() {
            let mut methods = definition.class.methods.iter();
            let hook = methods.find(|method| method.name == "_register_hook");
            if let (Some(hook), Some(model)) = (hook, registry.get(&definition.name)) {
                self.decides(model, at, hook, Effect::Unread);
            }
        }
        for (at, what) in &registry.lost {
            let definition = &registry.definitions[*at];
            let of = made(
                Effect::Unread,
                what,
                definition.module,
                &definition.class.place,
            );
            self.everywhere.push(of);
        }
    }

    fn decides(&mut self, model: &Model, at: usize, method: &Method, effect: Effect) {
        if self.verdict(model, at, method) != Some(&Verdict::Harmless) {
            let module = self.registry.definitions[at].module;
            let of = made(effect, &method.name, module, &method.place);
            self.everywhere.push(of);
        }
    }

    /// Assignments to attributes of classes, from anywhere.
    fn patched(&mut self, module: &str, source: &'a ModuleSource, others: &BTreeSet<&str>) {
        for patch in &source.patches {
            if self.is_harmless(module, &patch.place) {
                continue;
            }
            let name = patch.attribute.as_str();
            let path = patch.path.as_deref();
            let classes = path.map_or_else(Vec::new, |path| self.classes_of(path));
            let inside = match path {
                Some(path) if classes.is_empty() => self.classes_around(path),
                _ => Vec::new(),
            };
            let reaches_all = self.reaches_all(&classes, name);
            // a class of a module that is not where it is said to be
            let is_nowhere = |path: &str| is_class(path) && !others.contains(path);
            if classes.is_empty() && path.is_none_or(is_nowhere) {
                self.replaced.insert((None, name));
            }
            let of_classes = classes.iter().map(|at| (Some(*at), name));
            self.replaced.extend(of_classes);
            let is_everywhere = match path {
                // the merge of fields knows what this module makes of them
                _ if module == "base_sparse_field" && SPARSE.contains(&name) => false,
                _ if !classes.is_empty() => reaches_all,
                _ if !inside.is_empty() => false,
                // the framework's classes and functions: any of them may be part of a read
                Some(path) if is_framework(path) => name != "__doc__",
                // what a module's file has by this name
                Some(path) if is_part(path) => true,
                Some(path) => is_read(name) && is_nowhere(path),
                None => is_read(name),
            };
            let what = format!("{}.{name} is assigned from outside", patch.target);
            let of = made(Effect::Unread, &what, module, &patch.place);
            if is_everywhere {
                self.everywhere.push(of.clone());
            }
            let is_read = is_read(name) || reaches_all || self.is_field(&classes, name);
            let classes = classes.into_iter().filter(|_| is_read);
            for at in classes.chain(inside) {
                self.patches.entry(at).or_default().push(of.clone());
            }
        }
    }

    /// Whether it stands in a file or a method that somebody has read and found harmless, with all that it does.
    fn is_harmless(&self, module: &str, place: &Place) -> bool {
        let source = self.modules.get(module);
        let digest = source.and_then(|source| source.files.get(&place.file));
        let of_file = digest.map(|digest| Text {
            module: module.to_owned(),
            model: String::new(),
            method: place.file.clone(),
            digest: digest.clone(),
        });
        of_file.is_some_and(|text| self.is_reviewed_harmless(&text))
            || self.is_in_harmless_method(module, place)
    }

    fn is_reviewed_harmless(&self, text: &Text) -> bool {
        self.reviews.verdict(text, |_| false) == Some(&Verdict::Harmless)
    }

    /// Whether it stands in such a method, as it was read.
    fn is_in_harmless_method(&self, module: &str, place: &Place) -> bool {
        let definitions = self.registry.definitions.iter();
        let mut methods = definitions
            .filter(|definition| definition.module == module)
            .flat_map(|definition| {
                definition
                    .class
                    .methods
                    .iter()
                    .map(move |of| (definition, of))
            });
        methods.any(|(definition, method)| {
            let lines = method.place.line..=method.last_line;
            let text = Text {
                module: module.to_owned(),
                model: definition.name.clone(),
                method: method.name.clone(),
                digest: method.digest.clone(),
            };
            method.place.file == place.file
                && lines.contains(&place.line)
                && self.is_reviewed_harmless(&text)
        })
    }

    fn reaches_all(&self, classes: &[usize], method: &str) -> bool {
        let mut models = FOR_ALL
            .into_iter()
            .filter(|model| reaches_all(model, method).is_some());
        models.any(|model| {
            let of = self.registry.get(model).into_iter();
            let mut parts = of.flat_map(|of| self.registry.classes(of));
            parts.any(|at| classes.contains(&at))
        })
    }

    /// Whether a model of one of these classes has a field of that name.
    fn is_field(&self, classes: &[usize], name: &str) -> bool {
        let definitions = &self.registry.definitions;
        let mut of_models = definitions.iter().filter(|definition| {
            classes
                .iter()
                .any(|at| definitions[*at].name == definition.name)
        });
        of_models.any(|definition| {
            definition
                .class
                .fields
                .iter()
                .any(|field| field.name == name)
        })
    }

    /// The classes that the path leads into: `ResPartner.phone`.
    fn classes_around(&self, path: &str) -> Vec<usize> {
        let ends = path.match_indices('.').map(|(end, _)| end);
        ends.flat_map(|end| self.classes_of(&path[..end])).collect()
    }

    fn classes_of(&self, path: &str) -> Vec<usize> {
        let classes = self.registry.definitions.iter().enumerate();
        classes
            .filter(|(_, definition)| definition.class.path == path)
            .map(|(at, _)| at)
            .collect()
    }
}

/// Whether the definition may give a field that is there already other values.
fn may_change(field: &FieldDefinition) -> bool {
    let has_kind = ["Many2many", "Many2one"].contains(&field.class.as_str());
    let mut named = field.keywords.iter();
    field.is_open
        || !has_kind
        || !field.positional.is_empty()
        || !named.all(|(name, _)| keeps_values(name))
}

/// Whether a read may go through an attribute of that name.
fn is_read(name: &str) -> bool {
    let named = [
        "*",
        "_order",
        "_inherits",
        "_table",
        "__bases__",
        "__class__",
        "__code__",
    ];
    named.contains(&name) || READ.contains(&name) || reach(name).is_some()
}

/// Whether the path is one of Odoo's files or of a function there; not of what belongs to a request.
fn is_part(path: &str) -> bool {
    let is_lower = |part: &str| !part.starts_with(|c: char| c.is_ascii_uppercase());
    let of_request = ["odoo.http.request", "odoo.service.server.thread_local"];
    let root = path.split('.').next().unwrap_or_default();
    ["odoo", "builtins", "psycopg2"].contains(&root)
        && path.split('.').all(is_lower)
        && !of_request.iter().any(|of| path.starts_with(of))
}

/// Whether the path is one of a class in a module, by the custom of writing them so.
fn is_class(path: &str) -> bool {
    let name = path.rsplit('.').next().unwrap_or_default();
    path.starts_with("odoo.addons.") && name.starts_with(|c: char| c.is_ascii_uppercase())
}

/// Parts of Odoo that a read goes through.
fn is_framework(path: &str) -> bool {
    [
        "odoo.models",
        "odoo.fields",
        "odoo.api",
        "odoo.orm",
        "odoo.osv",
        "odoo.sql_db",
        "odoo.modules",
    ]
    .iter()
    .any(|part| {
        path.strip_prefix(part)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }) || [
        "odoo.tools.query",
        "odoo.tools.sql",
        "odoo.tools.Query",
        "odoo.tools.SQL",
    ]
    .iter()
    .any(|part| path.starts_with(part))
}

fn made(effect: Effect, method: &str, module: &str, place: &Place) -> Override {
    Override {
        effect,
        method: super::spelling::line(method),
        module: module.to_owned(),
        file: super::spelling::line(&place.file),
        line: place.line,
        fields: None,
        only_for: None,
        only_where: None,
    }
}
