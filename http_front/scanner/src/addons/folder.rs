//! Where modules lie.

use super::config::{Config, OfData};
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
        Self::with_config(paths, &Config::default(), false)
    }

    /// The same, and then where an odoo.conf says, in the order in which Odoo looks there.
    ///
    /// # Errors
    /// As above.
    pub fn configured(paths: &[PathBuf], config: &Config) -> Result<Self, Trouble> {
        Self::with_config(paths, config, true)
    }

    fn with_config(paths: &[PathBuf], config: &Config, is_given: bool) -> Result<Self, Trouble> {
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
            package = package.or_else(|| package_beside(&path));
            if places.len() == before && package.is_none() {
                if let Some(error) = denied(&path) {
                    return Err(unreadable(&path, &error));
                }
                return Err(Trouble {
                    message: format!("{} has no modules", path.display()),
                    hint: "name folders whose own folders have a __manifest__.py".to_owned(),
                });
            }
        }
        let mut of_config = Vec::new();
        for path in &config.addons_path {
            let path = whole(path)?;
            package = package.or_else(|| package_beside(&path));
            of_config.push(path);
        }
        let series = package.as_deref().and_then(Series::of_package);
        let mut found = BTreeMap::new();
        // Odoo looks into its own folder first, and then into that of its data
        if let Some(folder) = &package {
            let mut first = vec![folder.join("addons")];
            if let Some(series) = series.as_ref().filter(|_| is_given) {
                match config.of_data(series)? {
                    OfData::There(data) => first.push(data),
                    OfData::OneOf(any) => doubt(&mut found, &first[0], &any)?,
                    OfData::Nowhere => {}
                }
                let community = folder.parent().map(|beside| beside.join("addons"));
                of_config.extend(community.filter(|folder| folder.is_dir()));
            }
            places.splice(0..0, first);
        }
        places.extend(of_config);
        for place in &places {
            if let Some(manifest) = Manifest::of_folder(place) {
                add(&mut found, place.clone(), manifest);
                continue;
            }
            for folder in folders(place)? {
                match Manifest::of_folder(&folder) {
                    Some(manifest) => add(&mut found, folder, manifest),
                    // Odoo takes the manifest of another, but Python this one's code
                    None if folder.join("__init__.py").is_file() => {
                        let what = format!("{} comes first and has no manifest", folder.display());
                        add(&mut found, folder, Err(what));
                    }
                    None => {}
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

/// The package `odoo` beside addons/ of a checkout, or above addons/ of the package itself.
fn package_beside(path: &Path) -> Option<PathBuf> {
    let parent = path.parent()?;
    let mut beside = [parent.join("odoo"), parent.to_owned()].into_iter();
    beside.find(|folder| folder.join("release.py").is_file())
}

/// Modules that lie where Odoo's data may be, which an odoo.conf didn't say, hide others of their name.
fn doubt(
    found: &mut BTreeMap<String, Result<Module, String>>,
    own: &Path,
    places: &[PathBuf],
) -> Result<(), Trouble> {
    for folder in places.iter().map(|place| folders(place)) {
        for folder in folder? {
            let name = folder.file_name().unwrap_or_default();
            if Manifest::of_folder(&folder).is_some() && !own.join(name).is_dir() {
                let what = format!(
                    "{} counts if Odoo's data are there: its odoo.conf names no data_dir",
                    folder.display()
                );
                add(found, folder, Err(what));
            }
        }
    }
    Ok(())
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

/// That what lies in a folder is not to be seen by this user.
fn denied(folder: &Path) -> Option<std::io::Error> {
    let mut entries = std::fs::read_dir(folder).ok()?;
    entries.find_map(|entry| {
        let error = entry.and_then(|entry| entry.path().metadata()).err()?;
        (error.kind() == std::io::ErrorKind::PermissionDenied).then_some(error)
    })
}

/// The folders in a folder, in the order of their names.
pub(super) fn folders(folder: &Path) -> Result<Vec<PathBuf>, Trouble> {
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
    use crate::addons::Config;
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
    fn folders_of_a_configuration_come_in_odoos_order() {
        let root = Folder::new("configured");
        for (path, version) in [
            ("src/odoo/addons/base", "1.3"),
            ("src/addons/web", "1.0"),
            ("src/addons/acme", "5.0"),
            ("data/addons/19.0/acme", "2.0"),
            ("data/addons/19.0/base", "2.0"),
            ("data/addons/18.0/sale", "2.0"),
            ("own/acme", "3.0"),
            ("own/sale", "3.0"),
            ("own/addons/deeper", "3.0"),
            ("upgrade/crm", "4.0"),
        ] {
            root.module(path, version);
            fs::write(root.0.join(path).join("__init__.py"), "").expect("the test's own");
        }
        root.release("src/odoo/release.py");
        let find = |text: &str| {
            let file = root.0.join("odoo.conf");
            let text = text.replace("ROOT", &root.0.to_string_lossy());
            fs::write(&file, format!("[options]\n{text}")).expect("the test's own");
            let config = Config::read(&file).expect("the test's own is well formed");
            Addons::configured(&[], &config).expect("the test's own is well formed")
        };
        let versions = |found: &Addons| -> Vec<(String, String)> {
            let modules = found.modules.iter();
            modules
                .map(|(name, module)| (name.clone(), module.manifest.version.clone()))
                .collect()
        };
        let paths =
            "addons_path = ROOT/src/addons,ROOT/own,ROOT/nowhere\nupgrade_path = ROOT/upgrade\n";
        let of = |acme: &str| {
            [
                ("acme", acme),
                ("base", "1.3"),
                ("sale", "3.0"),
                ("web", "1.0"),
            ]
            .map(|(name, version)| (name.to_owned(), version.to_owned()))
        };
        let found = find(&format!("{paths}data_dir = ROOT/data\n"));
        assert_eq!(versions(&found), of("2.0"));
        let found = find(&format!("{paths}data_dir = ROOT/elsewhere\n"));
        assert_eq!(versions(&found), of("5.0"));
        // Python takes the code of the first folder, whatever it lacks
        fs::remove_file(root.0.join("data/addons/19.0/acme/__manifest__.py")).expect("its own");
        let found = find(&format!("{paths}data_dir = ROOT/data\n"));
        assert!(found.unreadable["acme"].contains("has no manifest"));
    }

    #[test]
    fn where_odoos_data_are_is_not_guessed() {
        let root = Folder::new("guessed");
        let own = root.0.join("odoo/addons");
        root.module("odoo/addons/base", "1.3");
        root.module("some/19.0/base", "2.0");
        root.module("some/19.0/acme", "2.0");
        let mut found = std::collections::BTreeMap::new();
        super::doubt(&mut found, &own, &[root.0.join("some/19.0")]).expect("the test's own");
        let names: Vec<&String> = found.keys().collect();
        assert_eq!(names, ["acme"]);
        assert!(
            found["acme"]
                .as_ref()
                .is_err_and(|why| why.contains("data_dir"))
        );
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
