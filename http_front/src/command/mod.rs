//! The sub-commands, a file each, and what they share: where settings come from.

pub(crate) mod doctor;
mod document;
pub(crate) mod pause;
mod progress;
pub(crate) mod resume;
pub(crate) mod scan_addons;
pub(crate) mod serve;
pub(crate) mod sync_facts;
pub(crate) mod verify;

use clap::Args;
use http_front::config::{Config, ConfigError, DATABASE_URL_HINT};
use std::{
    fs::File,
    path::{Path, PathBuf},
};

/// Which settings a command goes by.
#[derive(Args)]
#[command(after_help = SETTINGS)]
pub(crate) struct Settings {
    /// Settings as a TOML file; the environment wins over it. All commands but serve read
    /// /etc/odoo-mcp/odoo-mcp.toml if neither this nor ODOO_MCP_DATABASE_URL is given.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Where the package puts the settings of the service.
const PACKAGED: &str = "/etc/odoo-mcp/odoo-mcp.toml";

impl Settings {
    /// What is said, and nothing else: for the service.
    pub(crate) fn load(&self) -> Result<Config, ConfigError> {
        Config::load(self.config.as_deref())
    }

    /// The same, or the service's file where nothing is said: for an operator's commands. Also the
    /// file that was read.
    pub(crate) fn load_or_packaged(&self) -> Result<(Config, Option<PathBuf>), ConfigError> {
        let is_said = std::env::var("ODOO_MCP_DATABASE_URL").is_ok_and(|url| !url.is_empty());
        let file = match &self.config {
            None if !is_said => Some(Path::new(PACKAGED).to_owned()),
            said => said.clone(),
        };
        let is_tried = self.config.is_none() && !is_said;
        match Config::load(file.as_deref()) {
            Ok(config) => Ok((config, file)),
            Err(error) if is_tried && File::open(PACKAGED).is_err() => Err(ConfigError {
                hint: format!(
                    "as root, if the service's settings are there; else --config FILE, or set ODOO_MCP_DATABASE_URL; {}",
                    DATABASE_URL_HINT
                ),
                message: format!("no database is configured: {}", error.message),
            }),
            Err(error) => Err(error),
        }
    }
}

const SETTINGS: &str = "\
Settings, as variables of the environment (in the file: lower case, without ODOO_MCP_):
  ODOO_MCP_DATABASE_URL         the database with the extension, as a role that grant_front() knows (needed)
  ODOO_MCP_LISTEN               address:port to listen on [127.0.0.1:8765]
  ODOO_MCP_PUBLIC_URL           the URL that clients use, if a proxy stands in between
  ODOO_MCP_ODOO_URL             Odoo's own address, http:// or https://, to answer what SQL may not
  ODOO_MCP_ODOO_DB              the name by which Odoo knows the database, if it is another
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
