//! Where a setting's text comes from, and what may be said about it when it is wrong.

use super::ConfigError;
use std::path::{Path, PathBuf};

/// The settings that a file may have; the environment has the same in capitals, after `ODOO_MCP_`.
pub const KEYS: &[&str] = &[
    "database_url",
    "odoo_url",
    "odoo_db",
    "listen",
    "public_url",
    "pool_size",
    "pool_wait_ms",
    "max_requests",
    "call_timeout_ms",
    "shutdown_timeout_ms",
    "log_level",
];

/// Looks up a variable.
type Environment = dyn Fn(&str) -> Option<String>;

/// A file's table, with the environment before it.
pub(super) struct Source {
    path: PathBuf,
    table: toml::Table,
    environment: Box<Environment>,
}

impl Source {
    pub(super) fn open(
        file: Option<&Path>,
        environment: impl Fn(&str) -> Option<String> + 'static,
    ) -> Result<Self, ConfigError> {
        let path = file.unwrap_or(Path::new("")).to_owned();
        let table = match file {
            None => toml::Table::new(),
            Some(file) => parse(file, &read(file)?)?,
        };
        Ok(Source {
            path,
            table,
            environment: Box::new(environment),
        })
    }

    /// What sets `key`: the variable, or the key in the file; the variable where nothing does.
    pub(super) fn place(&self, key: &str) -> String {
        let variable = variable(key);
        match (self.said(&variable), self.table.contains_key(key)) {
            (None, true) => format!("{key} in {}", self.path.display()),
            _ => variable,
        }
    }

    fn said(&self, variable: &str) -> Option<String> {
        (self.environment)(variable).filter(|text| !text.is_empty())
    }

    /// The setting `key`, or nothing where it is not set; an empty variable counts as not set,
    /// because that is how compose files write it.
    pub(super) fn take<T>(
        &mut self,
        key: &str,
        hint: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        debug_assert!(KEYS.contains(&key));
        let place = self.place(key);
        let in_file = self.table.remove(key);
        let text = match (self.said(&variable(key)), in_file) {
            (Some(text), _) => Some(text),
            (None, None) => return Ok(None),
            (None, Some(value)) => text_of(value),
        };
        // the value stays unsaid: it may be a password, or an error text that quotes one
        text.and_then(|text| read(&text))
            .map(Some)
            .ok_or_else(|| ConfigError::new(format!("{place} is not valid"), hint))
    }

    /// Nothing may be left over, else a misspelt setting would be silently without effect.
    pub(super) fn finish(self) -> Result<(), ConfigError> {
        let Some(unknown) = self.table.keys().next() else {
            return Ok(());
        };
        let near = KEYS.iter().max_by(|a, b| {
            strsim::jaro_winkler(a, unknown).total_cmp(&strsim::jaro_winkler(b, unknown))
        });
        let hint = match near.filter(|key| strsim::jaro_winkler(key, unknown) > 0.8) {
            Some(key) => format!("did you mean {key}?"),
            None => format!("known settings are {}", KEYS.join(", ")),
        };
        Err(ConfigError::new(
            format!("unknown setting {unknown} in {}", self.path.display()),
            hint,
        ))
    }
}

fn variable(key: &str) -> String {
    format!("ODOO_MCP_{}", key.to_ascii_uppercase())
}

fn read(file: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(file).map_err(|error| {
        ConfigError::new(
            format!("cannot read {}: {error}", file.display()),
            "check the path given with --config",
        )
    })
}

/// The parser's own text shows the line it failed at, and with it perhaps a password.
fn parse(file: &Path, text: &str) -> Result<toml::Table, ConfigError> {
    text.parse::<toml::Table>().map_err(|error| {
        let before = error
            .span()
            .and_then(|span| text.get(..span.start))
            .unwrap_or("");
        let line = before.matches('\n').count() + 1;
        ConfigError::new(
            format!("{} is not valid TOML at line {line}", file.display()),
            "write settings as key = \"value\"",
        )
    })
}

fn text_of(value: toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text),
        toml::Value::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}
