//! Which of a module's functions its import runs, by their names.

use super::UnreadFunction;
use ruff_python_ast::StmtFunctionDef;
use std::collections::{HashMap, HashSet};

/// Calls, and what is to be told only if the import runs it.
#[derive(Default)]
pub(super) struct Ran<'t> {
    /// Names of functions that the import itself calls.
    at_import: HashSet<String>,
    /// Those that a function calls.
    by_function: HashMap<&'t str, HashSet<String>>,
    waiting: Vec<UnreadFunction>,
}

impl<'t> Ran<'t> {
    /// Somebody calls a function of this name: another one, or the import.
    pub(super) fn calls(&mut self, by: Option<&'t StmtFunctionDef>, name: &str) {
        match by {
            Some(by) => self.by_function.entry(&by.name).or_default(),
            None => &mut self.at_import,
        }
        .insert(name.to_owned());
    }

    /// This is to be told if the function is run.
    pub(super) fn waits(&mut self, function: UnreadFunction) {
        self.waiting.push(function);
    }

    /// What the import runs, and the hooks that Odoo calls when it loads the module.
    pub(super) fn finish(self) -> Vec<UnreadFunction> {
        let waiting = self.waiting.iter().map(|waiting| waiting.name.as_str());
        let hooks = waiting.chain(self.by_function.keys().copied());
        let hooks = hooks.filter(|name| name.contains("hook") || *name == "post_load");
        let mut todo: Vec<String> = hooks.map(str::to_owned).collect();
        todo.extend(self.at_import);
        let mut run: HashSet<String> = HashSet::new();
        while let Some(name) = todo.pop() {
            if run.insert(name.clone()) {
                let called = self.by_function.get(name.as_str());
                todo.extend(called.into_iter().flatten().cloned());
            }
        }
        let waiting = self.waiting.into_iter();
        waiting
            .filter(|function| run.contains(&function.name))
            .collect()
    }
}
