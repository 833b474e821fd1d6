//! The order in which Odoo loads the installed modules: it decides which override comes first.

use super::Addons;
use std::collections::{BTreeMap, BTreeSet};

/// Modules in the order in which Odoo loads them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// The names, base first.
    pub modules: Vec<String>,
    /// Installed ones whose source was not found, or not that of one that they depend on, with the
    /// reason. Where one is missing, nobody can say what comes after it.
    pub missing: BTreeMap<String, String>,
}

/// What of the installed modules can be read, in order.
pub fn order<'a>(addons: &Addons, installed: impl IntoIterator<Item = &'a str>) -> Order {
    let mut missing: BTreeMap<String, String> = BTreeMap::new();
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for name in installed {
        match addons.modules.get(name) {
            None => {
                let why = match addons.unreadable.get(name) {
                    Some(why) => format!("its manifest can't be read: {why}"),
                    None => "its source was not found".to_owned(),
                };
                missing.insert(name.to_owned(), why);
            }
            Some(module) if !module.manifest.is_installable => drop(missing.insert(
                name.to_owned(),
                "its manifest says that it is not installable".to_owned(),
            )),
            Some(_) => drop(names.insert(name)),
        }
    }
    // what leans on a missing one is as good as missing, until nothing more falls
    loop {
        let fallen: Vec<(&str, String)> = names
            .iter()
            .filter_map(|name| {
                let lost = depends(addons, name)
                    .into_iter()
                    .find(|of| !names.contains(of))?;
                Some((*name, format!("{lost}, which it depends on, is missing")))
            })
            .collect();
        if fallen.is_empty() {
            break;
        }
        for (name, reason) in fallen {
            names.remove(name);
            missing.insert(name.to_owned(), reason);
        }
    }
    let mut placed: BTreeMap<&str, Place> = BTreeMap::new();
    let mut left: Vec<&str> = names.into_iter().collect();
    while !left.is_empty() {
        let count = left.len();
        left.retain(|name| match place(name, depends(addons, name), &placed) {
            Some(place) => {
                placed.insert(name, place);
                false
            }
            None => true,
        });
        if left.len() == count {
            for name in left.drain(..) {
                missing.insert(
                    name.to_owned(),
                    "its dependencies go round in a ring".to_owned(),
                );
            }
        }
    }
    let mut modules: Vec<(&Place, &str)> = placed.iter().map(|(name, at)| (at, *name)).collect();
    modules.sort_unstable();
    Order {
        modules: modules
            .into_iter()
            .map(|(_, name)| name.to_owned())
            .collect(),
        missing,
    }
}

fn depends<'a>(addons: &'a Addons, name: &str) -> Vec<&'a str> {
    addons
        .modules
        .get(name)
        .map_or_else(Vec::new, |module| module.depends(name))
}

/// What modules are sorted by: how far from base, and a name.
type Place = (u32, String);

/// The place of a module whose dependencies all have theirs. Modules for tests stand right behind
/// the last one that they depend on.
fn place(name: &str, depends: Vec<&str>, placed: &BTreeMap<&str, Place>) -> Option<Place> {
    let mut last: Option<&Place> = None;
    for of in depends {
        last = last.max(Some(placed.get(of)?));
    }
    Some(match last {
        Some((depth, order)) if name.starts_with("test_") => (*depth, format!("{order} {name}")),
        Some((depth, _)) => (depth + 1, name.to_owned()),
        None => (0, name.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::{Addons, order};
    use crate::addons::{Manifest, Module, Series};

    fn addons(modules: &[(&str, &[&str])]) -> Addons {
        Addons {
            unreadable: [("broken".to_owned(), "it is no plain dict".to_owned())].into(),
            series: Series::new("19.0").expect("the test's own is well formed"),
            modules: modules
                .iter()
                .map(|(name, depends)| {
                    let manifest = Manifest {
                        depends: depends.iter().map(|d| (*d).to_owned()).collect(),
                        version: "1.0".into(),
                        is_installable: true,
                    };
                    let folder = name.into();
                    ((*name).to_owned(), Module { folder, manifest })
                })
                .collect(),
        }
    }

    const TREE: &[(&str, &[&str])] = &[
        ("base", &[]),
        ("web", &["base"]),
        ("acme", &["sale"]),
        ("mail", &["web"]),
        ("sale", &["mail", "web"]),
        ("test_web", &["web"]),
        ("zebra", &["base"]),
    ];

    #[test]
    fn modules_come_by_distance_from_base_and_then_by_name() {
        let all = TREE.iter().map(|(name, _)| *name);
        let found = order(&addons(TREE), all);
        let expected = ["base", "web", "test_web", "zebra", "mail", "sale", "acme"];
        assert_eq!(found.modules, expected);
        assert!(found.missing.is_empty());
    }

    #[test]
    fn what_depends_on_a_missing_module_is_missing_too() {
        let found = order(&addons(TREE), ["base", "web", "sale", "acme", "other"]);
        assert_eq!(found.modules, ["base", "web"]);
        let missing: Vec<&str> = found.missing.keys().map(String::as_str).collect();
        assert_eq!(missing, ["acme", "other", "sale"]);
        assert!(found.missing["acme"].contains("sale"));
        let found = order(&addons(TREE), ["base", "broken"]);
        assert_eq!(
            found.missing["broken"],
            "its manifest can't be read: it is no plain dict"
        );
    }

    #[test]
    fn a_ring_of_dependencies_is_missing() {
        let ring = addons(&[("base", &[]), ("a", &["b"]), ("b", &["a"])]);
        let found = order(&ring, ["base", "a", "b"]);
        assert_eq!(found.modules, ["base"]);
        assert_eq!(found.missing.len(), 2);
    }
}
