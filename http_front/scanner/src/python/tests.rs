use super::*;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

mod classes;
mod hostile;
mod imports;
mod patches;
mod values;

/// Modules in a folder of their own, gone at the end.
struct Addons {
    folder: PathBuf,
}

impl Addons {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("odoo_scanner_{}_{count}", std::process::id()));
        fs::create_dir_all(&folder).expect("a temporary folder");
        Self { folder }
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) -> &Self {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
        self
    }

    fn read(&self, module: &str) -> ModuleSource {
        read(&self.folder.join(module))
    }

    /// All of these, linked.
    fn linked(&self, modules: &[&str]) -> BTreeMap<String, ModuleSource> {
        let mut all = modules
            .iter()
            .map(|name| ((*name).to_owned(), self.read(name)))
            .collect();
        link(&mut all);
        all
    }
}

impl Drop for Addons {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A module of one file.
pub(crate) fn module(text: impl AsRef<[u8]>) -> ModuleSource {
    let addons = Addons::new();
    addons.write("own/__init__.py", text).read("own")
}

/// The only class of a module that has this body.
fn class(body: &str) -> Class {
    let body: String = body.lines().map(|line| format!("    {line}\n")).collect();
    let mut source = module(format!(
        "from odoo import _, api, fields, models\nfrom odoo.fields import Domain\n\nclass Own(models.Model):\n    _name = 'own'\n{body}"
    ));
    assert_eq!(source.unread, []);
    assert_eq!(source.classes.len(), 1, "{source:?}");
    source.classes.remove(0)
}

fn names(source: &ModuleSource) -> Vec<&str> {
    source
        .classes
        .iter()
        .map(|class| class.name.as_str())
        .collect()
}

fn whats(unread: &[Unread]) -> Vec<&str> {
    unread.iter().map(|unread| unread.what.as_str()).collect()
}
