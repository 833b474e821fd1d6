//! The sub-commands, a file each, and what they share: where settings come from.

pub(crate) mod doctor;
pub(crate) mod pause;
pub(crate) mod resume;
pub(crate) mod serve;

use clap::Args;
use http_front::config::{Config, ConfigError};
use std::path::{Path, PathBuf};

/// Which settings a command goes by.
#[derive(Args)]
#[command(after_help = SETTINGS)]
pub(crate) struct Settings {
    /// Settings as a TOML file; the environment wins over it.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Settings {
    pub(crate) fn load(&self) -> Result<Config, ConfigError> {
        Config::load(self.config.as_deref())
    }

    /// The file, where one is named.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.config.as_deref()
    }
}

const SETTINGS: &str = "\
Settings, as variables of the environment (in the file: lower case, without ODOO_MCP_):
  ODOO_MCP_DATABASE_URL         the database with the extension, as a role that grant_front() knows (needed)
  ODOO_MCP_LISTEN               address:port to listen on [127.0.0.1:8765]
  ODOO_MCP_PUBLIC_URL           the URL that clients use, if a proxy stands in between
  ODOO_MCP_ODOO_URL             Odoo's own address
  ODOO_MCP_ODOO_DB              the name of Odoo's database
  ODOO_MCP_POOL_SIZE            connections to the database [8]
  ODOO_MCP_POOL_WAIT_MS         how long a request waits for one of them [5000]
  ODOO_MCP_MAX_REQUESTS         requests at once [256]
  ODOO_MCP_CALL_TIMEOUT_MS      when to give up on a statement [120000]
  ODOO_MCP_SHUTDOWN_TIMEOUT_MS  how long calls may finish at the end [20000]
  ODOO_MCP_LOG_LEVEL            error, warn, info, debug or trace [info]";

#[cfg(test)]
mod tests {
    use super::SETTINGS;
    use http_front::config::KEYS;

    #[test]
    fn the_help_names_every_setting_and_nothing_else() {
        let mut named: Vec<String> = SETTINGS
            .split(|c: char| !c.is_ascii_uppercase() && c != '_')
            .filter_map(|word| word.strip_prefix("ODOO_MCP_"))
            .filter(|name| !name.is_empty())
            .map(str::to_ascii_lowercase)
            .collect();
        let mut known = KEYS.to_vec();
        named.sort_unstable();
        known.sort_unstable();
        assert_eq!(named, known);
    }
}
