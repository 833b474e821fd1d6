//! Facts of a real Odoo, for the models of the small one.

use odoo_compiler::catalog::{InstalledModule, ScannedModule, ScannedModules, Standing};
use odoo_compiler::facts::document::Document;
use std::cell::LazyCell;
use std::rc::Rc;

thread_local! {
    static DOCUMENT: LazyCell<Document> = LazyCell::new(|| {
        serde_json::from_str(include_str!("fixtures/facts.json")).expect("the facts are well formed")
    });
}

/// Whatever is asked of the facts.
pub(crate) fn document<T>(ask: impl FnOnce(&Document) -> T) -> T {
    DOCUMENT.with(|document| ask(document))
}

/// The model stands as if its facts were loaded and all their modules installed; modules that it
/// names itself are installed besides.
pub(crate) fn load(standing: &mut Standing, model: &str) {
    document(|document| {
        let scanned = |name: &String| {
            let known = ScannedModule {
                version: String::new(),
                written_at: None,
            };
            (name.clone(), known)
        };
        standing.scanned = Rc::new(ScannedModules::from_iter(
            document.modules.keys().map(scanned),
        ));
        let Some(facts) = document.models.get(model) else {
            return;
        };
        for module in facts.modules.iter() {
            if standing.modules.iter().all(|known| known.name != module) {
                standing.modules.push(InstalledModule::named(module));
            }
        }
        standing.facts = Some(Rc::new(facts.clone()));
    });
}
