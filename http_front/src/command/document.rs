//! What commands that take a while share: their progress; and those that make facts: where a document goes.

use http_front::{config::ConfigError, facts::Summary};
use odoo_compiler::facts::document::Document;
use std::{
    io::{IsTerminal, Write},
    path::Path,
};

/// A line that changes in a terminal, and a few lines elsewhere.
pub(super) struct Progress {
    doing: &'static str,
    what: &'static str,
    is_terminal: bool,
    tenth: usize,
}

impl Progress {
    pub(super) fn new(doing: &'static str, what: &'static str) -> Self {
        Self {
            doing,
            what,
            is_terminal: std::io::stderr().is_terminal(),
            tenth: 0,
        }
    }

    pub(super) fn show(&mut self, at: usize, of: usize, name: &str) {
        let mut out = std::io::stderr();
        // whoever reads none of it loses nothing
        if self.is_terminal {
            let _ = write!(out, "\r\x1b[K{} {at} of {of}: {name}", self.doing);
            let _ = out.flush();
        } else if of > 0 && at * 10 / of > self.tenth {
            self.tenth = at * 10 / of;
            let _ = writeln!(out, "{}: {at} of {of} {}", self.doing, self.what);
        }
    }

    pub(super) fn end(&self) {
        if self.is_terminal {
            eprint!("\r\x1b[K");
        }
    }
}

/// As the database reads it.
pub(super) fn json(document: &Document) -> Result<String, ConfigError> {
    serde_json::to_string(document).map_err(|error| ConfigError {
        message: format!("the facts can't be written: {error}"),
        hint: "this is a fault of the program; please report it".to_owned(),
    })
}

/// Into the file, if one is named; `-` is the standard output.
pub(super) fn write(file: Option<&Path>, document: &str) -> Result<(), ConfigError> {
    match file {
        None => Ok(()),
        Some(file) if is_standard_output(file) => {
            println!("{document}");
            Ok(())
        }
        Some(file) => std::fs::write(file, document).map_err(|error| ConfigError {
            message: format!("{} can't be written: {error}", file.display()),
            hint: "name another file with --output".to_owned(),
        }),
    }
}

/// What the database made of it, unless the document itself is shown.
pub(super) fn report(file: Option<&Path>, summary: &Summary) {
    if !file.is_some_and(is_standard_output) {
        println!("{summary}");
    }
}

fn is_standard_output(file: &Path) -> bool {
    file.as_os_str() == "-"
}

/// Now, for a document: taken before anything is read.
pub(crate) fn moment() -> Option<u64> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.ok().map(|now| now.as_secs())
}
