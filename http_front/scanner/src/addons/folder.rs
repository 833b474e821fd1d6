//! Where modules lie.

use super::{Manifest, Series, Trouble, unreadable, whole};
use crate::registry::is_module_name;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A module's folder.
#[derive(Debug, Clone)]
pub struct Module {
    /// Where it is.
    pub folder: PathBuf,
    /// What it says of itself.
    pub manifest: Manifest,
}

impl Module {
    /// What it depends on: base at the least, if it isn't that itself.
    pub fn depends(&self, name: &str) -> Vec<&str> {
        let named = &self.manifest.depends;
        if named.is_empty() && name != "base" {
            return vec!["base"];
        }
        named.iter().map(String::as_str).collect()
    }
}

/// All modules under some folders, and the series of the Odoo that they are for.
#[derive(Debug)]
pub struct Addons {
    /// By name.
    pub modules: BTreeMap<String, Module>,
    /// Those whose manifest can't be read, with the reason.
    pub unreadable: BTreeMap<String, String>,
    /// Odoo's.
    pub series: Series,
}

impl Addons {
    /// Looks at the folders: of addons, of one module, of the package `odoo`, or of a checkout.
    /// Odoo's own modules are found beside its addons; the first of two modules of one name counts.
    ///
    /// # Errors
    /// A folder can't be read, has no modules, or none has Odoo's own `base`.
    pub fn find(paths: &[PathBuf]) -> Result<Self, Trouble> {
        let mut places: Vec<PathBuf> = Vec::new();
        let mut package = None;
        for path in paths {
            let path = whole(path)?;
            if !path.is_dir() {
                return Err(Trouble {
                    message: format!("{} is no folder", path.display()),
                    hint: "name folders of addons; for an odoo.conf, --odoo-conf FILE".to_owned(),
                });
            }
            let before = places.len();
            for folder in [path.clone(), path.join("odoo")] {
                if folder.join("release.py").is_file() && folder.join("addons").is_dir() {
                    package.get_or_insert(folder);
                }
            }
            let is_module = Manifest::of_folder(&path).is_some();
            for folder in [path.clone(), path.join("addons"), path.join("odoo/addons")] {
                if is_module || has_modules(&folder)? {
                    places.push(folder);
                }
                if is_module {
                    break;
                }
            }
            // beside addons/ of a checkout, and above addons/ of the package itself
            for beside in [
                path.parent().map(|p| p.join("odoo")),
                path.parent().map(Path::to_owned),
            ] {
                if let Some(folder) = beside.filter(|f| f.join("release.py").is_file()) {
                    package.get_or_insert(folder);
                }
            }
            if places.len() == before && package.is_none() {
                return Err(Trouble {
                    message: format!("{} has no modules", path.display()),
                    hint: "name folders whose own folders have a __manifest__.py".to_owned(),
                });
            }
        }
        // Odoo looks into its own folder first
        if let Some(folder) = &package {
            places.insert(0, folder.join("addons"));
        }
        let mut found = BTreeMap::new();
        for place in &places {
            if let Some(manifest) = Manifest::of_folder(place) {
                add(&mut found, place.clone(), manifest);
                continue;
            }
            for folder in folders(place)? {
                if let Some(manifest) = Manifest::of_folder(&folder) {
                    add(&mut found, folder, manifest);
                }
            }
        }
        let mut modules = BTreeMap::new();
        let mut unreadable = BTreeMap::new();
        for (name, module) in found {
            match module {
                Ok(module) => drop(modules.insert(name, module)),
                Err(why) => drop(unreadable.insert(name, why)),
            }
        }
        let series = package.as_deref().and_then(Series::of_package);
        match series {
            Some(series) if modules.contains_key("base") => Ok(Self {
                modules,
                unreadable,
                series,
            }),
            _ => Err(Trouble {
                message: "Odoo's own module base was not found under these folders".to_owned(),
                hint: "name Odoo's folder too: the one with release.py and addons/base in it"
                    .to_owned(),
            }),
        }
    }
}

/// The first of a name counts, and hides others even if it can't be read.
fn add(
    found: &mut BTreeMap<String, Result<Module, String>>,
    folder: PathBuf,
    manifest: Result<Manifest, String>,
) {
    let Some(name) = folder.file_name().and_then(|name| name.to_str()) else {
        return;
    };
    // the database has facts of no others
    if is_module_name(name) {
        let name = name.to_owned();
        found
            .entry(name)
            .or_insert_with(|| manifest.map(|manifest| Module { folder, manifest }));
    }
}

fn has_modules(folder: &Path) -> Result<bool, Trouble> {
    if !folder.is_dir() {
        return Ok(false);
    }
    let has_manifest = |folder: &PathBuf| {
        Manifest::NAMES
            .iter()
            .any(|name| folder.join(name).is_file())
    };
    Ok(folders(folder)?.iter().any(has_manifest))
}

/// The folders in a folder, in the order of their names.
fn folders(folder: &Path) -> Result<Vec<PathBuf>, Trouble> {
    let entries = std::fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    let mut found: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::Addons;
    use std::fs;
    use std::path::{Path, PathBuf};

    /// A folder that goes away with the test.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path =
                std::env::temp_dir().join(format!("odoo_scanner-{}-{name}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            Self(path)
        }

        fn module(&self, path: &str, version: &str) {
            let folder = self.0.join(path);
            fs::create_dir_all(&folder).expect("the test's own is well formed");
            fs::write(
                folder.join("__manifest__.py"),
                format!("{{'version': '{version}'}}"),
            )
            .expect("the test's own is well formed");
        }

        fn release(&self, path: &str) {
            let text = "RELEASE = 'final'\nversion_info = (19, 0, 0, RELEASE, 0, '')\n";
            fs::write(self.0.join(path), text).expect("the test's own is well formed");
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn names(root: &Path, paths: &[&str]) -> Vec<String> {
        let paths: Vec<PathBuf> = paths.iter().map(|path| root.join(path)).collect();
        Addons::find(&paths)
            .expect("the test's own is well formed")
            .modules
            .into_keys()
            .collect()
    }

    #[test]
    fn base_is_found_from_any_of_the_folders_that_people_name() {
        let root = Folder::new("checkout");
        root.module("src/odoo/addons/base", "1.3");
        root.module("src/addons/web", "1.0");
        root.module("own/acme", "2.0");
        root.release("src/odoo/release.py");
        for odoo in ["src", "src/addons"] {
            assert_eq!(
                names(&root.0, &[odoo, "own"]),
                ["acme", "base", "web"],
                "{odoo}"
            );
        }
        for odoo in ["src/odoo", "src/odoo/addons"] {
            assert_eq!(
                names(&root.0, &[odoo, "own/acme"]),
                ["acme", "base"],
                "{odoo}"
            );
        }
        let error = Addons::find(&[root.0.join("own")]).expect_err("it is refused");
        assert!(error.to_string().contains("release.py"), "{error}");
    }

    #[test]
    fn the_first_of_two_modules_of_a_name_counts() {
        let root = Folder::new("twice");
        root.module("odoo/addons/base", "1.3");
        root.module("one/acme", "1.0");
        root.module("two/acme", "2.0");
        root.release("odoo/release.py");
        let paths = ["two", "one", "odoo"].map(|path| root.0.join(path));
        let found = Addons::find(&paths).expect("the test's own is well formed");
        assert_eq!(found.modules["acme"].manifest.version, "2.0");
        assert_eq!(found.series.as_str(), "19.0");
    }

    #[test]
    fn a_hostile_manifest_is_told_and_neither_aborts_nor_hangs() {
        let root = Folder::new("hostile");
        root.module("odoo/addons/base", "1.3");
        root.release("odoo/release.py");
        for (name, text) in [
            ("nested", "[".repeat(300_000)),
            ("minus", format!("{{'version': {}1}}", "-".repeat(300_000))),
            (
                "sum",
                format!("{{'version': 'a'{}}}", "+'a'".repeat(300_000)),
            ),
            ("error", "{'depends': [".to_owned()),
            ("empty", String::new()),
            ("large", " ".repeat(17 << 20)),
        ] {
            root.module(&format!("own/{name}"), "1.0");
            fs::write(root.0.join("own").join(name).join("__manifest__.py"), text)
                .expect("the test's own is well formed");
        }
        root.module("own/endless", "1.0");
        let endless = root.0.join("own/endless/__manifest__.py");
        fs::remove_file(&endless).expect("the test's own is well formed");
        std::os::unix::fs::symlink("/dev/zero", endless).expect("the test's own is well formed");
        root.module("more/nested", "1.0");
        root.module("own/mod\u{fc}l", "1.0");
        let paths = ["odoo", "own", "more"].map(|path| root.0.join(path));
        let found = Addons::find(&paths).expect("the test's own is well formed");
        let unreadable: Vec<&str> = found.unreadable.keys().map(String::as_str).collect();
        let expected = [
            "empty", "endless", "error", "large", "minus", "nested", "sum",
        ];
        assert_eq!(unreadable, expected);
        assert_eq!(found.unreadable["endless"], "no regular file");
        let names: Vec<&str> = found.modules.keys().map(String::as_str).collect();
        assert_eq!(names, ["base"]);
        let text = format!("version_info = ({}1,)\n", "-".repeat(300_000));
        fs::write(root.0.join("odoo/release.py"), text).expect("the test's own is well formed");
        assert!(Addons::find(&paths).is_err());
    }
}
