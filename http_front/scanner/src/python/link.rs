//! Which classes are models, and what they take over from other classes by Python's own inheritance.

use super::class::Found;
use super::framework::Framework;
use super::module::{Kind, is_field};
use super::{Class, Literal, ModuleSource, Unread};
use std::collections::{BTreeMap, HashMap, HashSet};

/// How many classes may stand between a model and the framework.
const LONGEST_CHAIN: usize = 20;

/// Puts a class to the models, or those that may be ones, or to the others.
pub(super) fn sort(found: Found, source: &mut ModuleSource) {
    let Found {
        mut class,
        mut kind,
        is_made,
    } = found;
    // a library may have classes of models too
    let is_from_library = |path: &Option<String>| path.as_deref() != Some("builtins.object");
    if kind == Kind::Plain && says_model(&class) && class.base_paths.iter().any(is_from_library) {
        kind = Kind::Unknown;
    }
    if kind == Kind::Unknown && is_made && !looks_like_model(&class) {
        source.unread.push(Unread {
            what: format!("a class of bases that a call makes: {}", class.name),
            place: class.place.clone(),
        });
    }
    let may_be_model = match kind {
        Kind::Model => true,
        Kind::Foreign => true,
        Kind::Unknown => looks_like_model(&class),
        Kind::Plain | Kind::Field => false,
    };
    if !may_be_model || is_unregistered(&class) {
        source.others.push(class);
        return;
    }
    if kind == Kind::Unknown {
        class.unread.push(Unread {
            what: format!("a class of unknown bases: {}", class.bases.join(", ")),
            place: class.place.clone(),
        });
    }
    source.classes.push(class);
}

/// Whether it has what only a model needs.
fn looks_like_model(class: &Class) -> bool {
    !class.fields.is_empty() || says_model(class)
}

/// Whether it says which model it is.
fn says_model(class: &Class) -> bool {
    class
        .attributes
        .iter()
        .any(|attribute| matches!(attribute.name.as_str(), "_name" | "_inherit" | "_inherits"))
}

/// `_register = False`: the class is there for others to be derived from.
fn is_unregistered(class: &Class) -> bool {
    class
        .attributes
        .iter()
        .any(|attribute| attribute.name == "_register" && attribute.value == Literal::Bool(false))
}

/// Settles what depends on other modules: which classes are models, and which methods, attributes and
/// fields a model's class takes over from classes that are none. The modules are all that were read,
/// by name.
pub fn link(modules: &mut BTreeMap<String, ModuleSource>) {
    let known = Known::new(modules);
    let mut settled: HashMap<String, Vec<Option<Class>>> = HashMap::new();
    for (name, source) in modules.iter() {
        let classes = source.classes.iter().map(|class| known.settle(class));
        settled.insert(name.clone(), classes.collect());
    }
    for (name, source) in modules.iter_mut() {
        let settled = settled.remove(name).unwrap_or_default();
        let before = std::mem::take(&mut source.classes);
        for (class, settled) in before.into_iter().zip(settled) {
            match settled {
                Some(class) => source.classes.push(class),
                None => source.others.push(class),
            }
        }
    }
}

/// Every class of every module.
struct Known {
    /// By Python's whole name; the last one of a name.
    by_path: HashMap<String, Class>,
    /// By module and Python's short name: a package may pass on what its files define.
    by_name: HashMap<(String, String), Vec<String>>,
}

/// The module that a class is in, by its whole name.
fn module_of(path: &str) -> Option<&str> {
    path.strip_prefix("odoo.addons.")?.split('.').next()
}

impl Known {
    fn new(modules: &BTreeMap<String, ModuleSource>) -> Self {
        let mut known = Self {
            by_path: HashMap::new(),
            by_name: HashMap::new(),
        };
        for source in modules.values() {
            for class in source.classes.iter().chain(&source.others) {
                if let Some(module) = module_of(&class.path) {
                    let key = (module.to_owned(), class.name.clone());
                    known
                        .by_name
                        .entry(key)
                        .or_default()
                        .push(class.path.clone());
                }
                known.by_path.insert(class.path.clone(), class.clone());
            }
        }
        known
    }

    /// The class of this name, even if it is called by the package that passes it on.
    fn class(&self, path: &str) -> Option<&Class> {
        if let Some(class) = self.by_path.get(path) {
            return Some(class);
        }
        let (_, name) = path.rsplit_once('.')?;
        let key = (module_of(path)?.to_owned(), name.to_owned());
        match self.by_name.get(&key).map(Vec::as_slice) {
            Some([path]) => self.by_path.get(path),
            _ => None,
        }
    }

    fn kind(&self, path: Option<&str>, chain: usize) -> Kind {
        let Some(path) = path else {
            return Kind::Unknown;
        };
        if Framework::of_path(path).is_some() {
            return Kind::Model;
        }
        if is_field(path) {
            return Kind::Field;
        }
        if module_of(path).is_none() {
            return Kind::Plain;
        }
        match self.class(path) {
            Some(class) if chain < LONGEST_CHAIN => class
                .base_paths
                .iter()
                .map(|base| self.kind(base.as_deref(), chain + 1))
                .max()
                .unwrap_or(Kind::Plain),
            _ => Kind::Unknown,
        }
    }

    /// The class as a model with everything that it takes over; nothing if it is none.
    fn settle(&self, class: &Class) -> Option<Class> {
        let kinds = class
            .base_paths
            .iter()
            .map(|base| self.kind(base.as_deref(), 0));
        let kind = kinds.max().unwrap_or(Kind::Plain);
        match kind {
            Kind::Model => {}
            Kind::Unknown | Kind::Foreign if looks_like_model(class) => {}
            Kind::Plain if says_model(class) => {}
            _ => return None,
        }
        let mut whole = class.clone();
        let mut seen = HashSet::from([class.path.clone()]);
        self.take_over(class, &mut whole, &mut seen);
        Some(whole)
    }

    fn take_over(&self, class: &Class, whole: &mut Class, seen: &mut HashSet<String>) {
        for (written, path) in class.bases.iter().zip(&class.base_paths) {
            if path
                .as_deref()
                .is_some_and(|path| Framework::of_path(path).is_some() || path == "builtins.object")
            {
                continue;
            }
            let base = path.as_deref().and_then(|path| self.class(path));
            let Some(base) = base else {
                unread(whole, format!("a base that is not read: {written}"));
                continue;
            };
            if !seen.insert(base.path.clone()) {
                continue;
            }
            if seen.len() > LONGEST_CHAIN {
                unread(whole, "too many bases".to_owned());
                return;
            }
            for method in &base.methods {
                if !whole.methods.iter().any(|own| own.name == method.name) {
                    whole.methods.push(method.clone());
                }
            }
            // before the attributes: a value that may be a field is among both
            for field in &base.fields {
                if !has(whole, &field.name) {
                    whole.fields.push(field.clone());
                }
            }
            for attribute in &base.attributes {
                // these are read from the class itself only
                let is_own = matches!(
                    attribute.name.as_str(),
                    "_name" | "_inherit" | "_register" | "_module"
                );
                if !is_own && !has(whole, &attribute.name) {
                    whole.attributes.push(attribute.clone());
                }
            }
            whole.unread.extend(base.unread.iter().cloned());
            self.take_over(base, whole, seen);
        }
    }
}

fn has(class: &Class, name: &str) -> bool {
    class
        .attributes
        .iter()
        .any(|attribute| attribute.name == name)
        || class.fields.iter().any(|field| field.name == name)
}

fn unread(class: &mut Class, what: String) {
    let place = class.place.clone();
    class.unread.push(Unread { what, place });
}
