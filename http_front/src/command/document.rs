//! A document of facts, where a command that makes one sends it.

use http_front::{config::ConfigError, facts::Summary};
use odoo_compiler::facts::document::Document;
use std::path::Path;

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
