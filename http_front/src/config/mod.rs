//! Settings: environment before file before default.

mod http_url;
mod source;

pub use http_url::HttpUrl;
pub(crate) use http_url::is_loopback;
pub use source::KEYS;

use crate::secret::Secret;
use source::Source;
use std::{fmt, net::SocketAddr, path::Path, str::FromStr, time::Duration};

/// Everything the front can be told. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the extension lives; may carry a password.
    pub database_url: Secret<tokio_postgres::Config>,
    /// What that was set by, as hints name it: a variable, or a key in a file.
    pub database_url_from: String,
    /// Odoo's own address, for calls that are handed on to it.
    pub odoo_url: Option<HttpUrl>,
    /// The name by which Odoo knows the database.
    pub odoo_db: Option<String>,
    /// The socket to listen on.
    pub listen: SocketAddr,
    /// The address that clients use, where a proxy stands in between.
    pub public_url: Option<HttpUrl>,
    /// Connections to the database.
    pub pool_size: usize,
    /// How long a request waits for one of them.
    pub pool_wait: Duration,
    /// Requests at once, those included that wait for a connection.
    pub max_requests: usize,
    /// How long a statement may take before it is cancelled from here. The extension has budgets
    /// of its own; this one is for a server that does not answer at all.
    pub call_timeout: Duration,
    /// How long calls in flight may take to finish once the process is told to end.
    pub shutdown_timeout: Duration,
    /// From which level on the log has lines.
    pub log_level: tracing::Level,
}

/// Why the settings cannot be used. Never quotes a value, because it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// What is wrong, and where it was set.
    pub message: String,
    /// The next thing to do.
    pub hint: String,
}

impl ConfigError {
    fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        ConfigError {
            message: message.into(),
            hint: hint.into(),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\nhint: {}", self.message, self.hint)
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads the process's environment and, where one is named, the file.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        Self::read(Source::open(file, |name| std::env::var(name).ok())?)
    }

    fn read(mut source: Source) -> Result<Self, ConfigError> {
        let config = Config {
            database_url_from: source.place("database_url"),
            database_url: source
                .take("database_url", DATABASE_URL_HINT, database_url)?
                .ok_or_else(|| {
                    ConfigError::new(
                        "no database is configured",
                        format!(
                            "set ODOO_MCP_DATABASE_URL, or database_url in the file that --config names; {DATABASE_URL_HINT}"
                        ),
                    )
                })?,
            odoo_url: source.take("odoo_url", HTTP_URL_HINT, HttpUrl::parse)?,
            odoo_db: source.take("odoo_db", "the name of Odoo's database", |text| {
                Some(text.to_owned())
            })?,
            listen: source
                .take(
                    "listen",
                    "address:port, e.g. 127.0.0.1:8765 or [::1]:8765",
                    parsed,
                )?
                .unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8765))),
            public_url: source.take("public_url", HTTP_URL_HINT, HttpUrl::parse)?,
            pool_size: source
                .take(
                    "pool_size",
                    "a whole number from 1 to 1000",
                    within(1..=1000),
                )?
                .unwrap_or(8),
            pool_wait: source
                .take("pool_wait_ms", MS_HINT, milliseconds)?
                .unwrap_or(Duration::from_secs(5)),
            max_requests: source
                .take(
                    "max_requests",
                    "a whole number from 1 to 100000",
                    within(1..=100_000),
                )?
                .unwrap_or(256),
            call_timeout: source
                .take("call_timeout_ms", MS_HINT, milliseconds)?
                .unwrap_or(Duration::from_secs(120)),
            shutdown_timeout: source
                .take("shutdown_timeout_ms", MS_HINT, milliseconds)?
                .unwrap_or(Duration::from_secs(20)),
            log_level: source
                .take(
                    "log_level",
                    "one of error, warn, info, debug, trace",
                    parsed,
                )?
                .unwrap_or(tracing::Level::INFO),
        };
        source.finish()?;
        Ok(config)
    }
}

/// What an address of a database looks like.
pub const DATABASE_URL_HINT: &str = "e.g. postgresql://front@/odoo?host=/var/run/postgresql or postgresql://front:password@127.0.0.1:5432/odoo; \
     percent-encode special characters; sslmode=require is not possible";
const HTTP_URL_HINT: &str = "http(s)://host[:port][/path], without user or password";
const MS_HINT: &str = "milliseconds, from 1 to 3600000";

/// The address of the database as an administrator's role; never that of the front.
///
/// # Errors
/// There is none, or it is none.
pub fn admin_database(text: Option<&str>) -> Result<Secret<tokio_postgres::Config>, ConfigError> {
    const HINT: &str = "set ODOO_MCP_ADMIN_DATABASE_URL, e.g. postgresql://scanner@/odoo?host=/var/run/postgresql, as a role \
         that administers the extension (the front's may not load facts)";
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Err(ConfigError::new("no database is named", HINT));
    };
    // unquoted: it may have a password in it
    database_url(text).ok_or_else(|| ConfigError::new("the database's address is not valid", HINT))
}

/// PostgreSQL over TLS is not built in; who asks for it must not silently get less.
fn database_url(text: &str) -> Option<Secret<tokio_postgres::Config>> {
    let mut config = tokio_postgres::Config::from_str(text).ok()?;
    let is_tls_asked = matches!(
        config.get_ssl_mode(),
        tokio_postgres::config::SslMode::Require
    );
    if is_tls_asked || config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        return None;
    }
    if config.get_application_name().is_none() {
        config.application_name("odoo-mcp");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(5));
    }
    // without it a database host that vanished holds a connection for hours
    config.keepalives_idle(Duration::from_secs(30));
    Some(Secret::new(config))
}

fn parsed<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

fn within(range: std::ops::RangeInclusive<usize>) -> impl Fn(&str) -> Option<usize> {
    move |text| parsed(text).filter(|number| range.contains(number))
}

fn milliseconds(text: &str) -> Option<Duration> {
    parsed(text)
        .filter(|ms| (1..=3_600_000).contains(ms))
        .map(Duration::from_millis)
}

#[cfg(test)]
mod tests;
