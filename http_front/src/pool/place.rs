//! What the settings say of the way to the database, as hints name it. No secret is in it.

use crate::config::Config;
use tokio_postgres::config::Host;

/// Where the front connects, as whom, and where that was written down.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    setting: String,
    role: String,
    database: String,
    is_socket: bool,
}

impl Place {
    /// As these settings say.
    pub(crate) fn of(config: &Config) -> Self {
        let database = config.database_url.expose();
        let role = database.get_user().unwrap_or("ROLE");
        Place {
            setting: config.database_url_from.clone(),
            role: role.to_owned(),
            // as PostgreSQL does where none is named
            database: database.get_dbname().unwrap_or(role).to_owned(),
            is_socket: database.get_hostaddrs().is_empty()
                && matches!(database.get_hosts().first(), Some(Host::Unix(_))),
        }
    }

    /// Whether it is by a socket, so that `pg_hba.conf` calls it `local`.
    pub(crate) fn is_socket(&self) -> bool {
        self.is_socket
    }

    /// A text with the names in it: `{setting}`; `{role}` and `{database}` as SQL and `pg_hba.conf`
    /// write them, `{role_text}` as an argument.
    pub(crate) fn fill(&self, text: &str) -> String {
        text.replace("{setting}", &self.setting)
            .replace(
                "{role_text}",
                &format!("'{}'", self.role.replace('\'', "''")),
            )
            .replace("{role}", &identifier(&self.role))
            .replace("{database}", &identifier(&self.database))
    }
}

fn identifier(name: &str) -> String {
    let is_plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    match is_plain {
        true => name.to_owned(),
        false => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}

#[cfg(test)]
impl Place {
    /// `odoo_front` by TCP, or by a socket.
    pub(crate) fn for_tests(is_socket: bool) -> Self {
        Place {
            setting: "ODOO_MCP_DATABASE_URL".into(),
            role: "it's".into(),
            database: "odoo".into(),
            is_socket,
        }
    }
}
