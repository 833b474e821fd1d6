//! Where the stack is, as `tests/run` says it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use postgres::{Client, Config, NoTls};

use crate::mcp::McpClient;
use crate::odoo::OdooClient;
use crate::users::Users;

/// The running stack.
#[derive(Clone, Debug)]
pub struct Environment {
    /// PostgreSQL's superuser on the served database, over the Unix socket.
    pub superuser_url: String,
    /// Odoo's own database role (owner of the database), by password.
    pub odoo_role_url: String,
    /// The front's database role, by password.
    pub front_role_url: String,
    /// The same role through PgBouncer in transaction mode.
    pub pgbouncer_url: String,
    /// The database that Odoo serves and the extension is set up in.
    pub database: String,
    /// A copy of it as Odoo left it, without the extension and without connections.
    pub template: String,
    /// Odoo's address.
    pub odoo_url: String,
    /// The front's MCP endpoint.
    pub mcp_url: String,
    /// The MCP endpoint of a second front whose connections go through PgBouncer.
    pub mcp_url_pgbouncer: String,
    /// The front's program.
    pub front_binary: PathBuf,
    /// Odoo's configuration file in the stack; its programs are in `odoo_home`.
    pub odoo_conf: PathBuf,
    /// Odoo as it is unpacked in the cache.
    pub odoo_home: PathBuf,
    /// The folder with the .deb and the .tar.gz that were made of it.
    pub packages: PathBuf,
    /// Folders that nothing which is installed may need: the repository, caches, the stack.
    pub hidden: Vec<PathBuf>,
    /// The programs of the stack's PostgreSQL.
    pub pg_bin: PathBuf,
    /// The folder of the MCP clients that others made (`tests/clients/install.sh`).
    pub clients: PathBuf,
    /// The Node that runs those of them that are JavaScript.
    pub node: PathBuf,
    /// The data of the seeded cluster, stopped, that every stack is a copy of.
    pub seed: PathBuf,
    /// What the scan of Odoo's source found, as `odoo-mcp scan-addons --output` writes it.
    pub facts: PathBuf,
    /// The folder of the addons that tests install.
    pub addons: PathBuf,
    /// The users.
    pub users: Users,
    /// Token by login.
    pub tokens: BTreeMap<String, String>,
}

fn variable(name: &str) -> String {
    let name = format!("ODOO_MCP_TEST_{name}");
    std::env::var(&name)
        .unwrap_or_else(|_| panic!("{name} is not set: run the tests with `make test` (tests/run)"))
}

fn contents(name: &str) -> String {
    let path = variable(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

impl Environment {
    /// Reads the variables that `tests/run` sets.
    ///
    /// # Panics
    /// If one is missing.
    #[must_use]
    pub fn load() -> Self {
        Self {
            superuser_url: variable("SUPERUSER_URL"),
            odoo_role_url: variable("ODOO_ROLE_URL"),
            front_role_url: variable("FRONT_URL"),
            pgbouncer_url: variable("PGBOUNCER_URL"),
            database: variable("ODOO_DB"),
            template: variable("TEMPLATE_DB"),
            odoo_url: variable("ODOO_URL"),
            mcp_url: variable("MCP_URL"),
            mcp_url_pgbouncer: variable("MCP_URL_PGBOUNCER"),
            front_binary: variable("FRONT_BINARY").into(),
            odoo_conf: variable("ODOO_CONF").into(),
            odoo_home: variable("ODOO_HOME").into(),
            packages: variable("PACKAGES").into(),
            hidden: variable("HIDDEN").split(':').map(PathBuf::from).collect(),
            pg_bin: variable("PG_BIN").into(),
            clients: variable("CLIENTS").into(),
            node: variable("NODE").into(),
            seed: variable("SEED").into(),
            facts: variable("FACTS").into(),
            addons: variable("ADDONS").into(),
            users: Users::parse(&contents("KEYS")),
            tokens: serde_json::from_str(&contents("TOKENS"))
                .expect("the tokens file is {login: token}"),
        }
    }

    /// A connection as PostgreSQL's superuser.
    #[must_use]
    pub fn superuser(&self) -> Client {
        connect(&self.superuser_url, &self.database)
    }

    /// A connection as Odoo's database role.
    #[must_use]
    pub fn odoo_role(&self) -> Client {
        connect(&self.odoo_role_url, &self.database)
    }

    /// A connection as the front's database role.
    #[must_use]
    pub fn front_role(&self) -> Client {
        connect(&self.front_role_url, &self.database)
    }

    /// The token of a user.
    ///
    /// # Panics
    /// If the stack issued none for this login.
    #[must_use]
    pub fn token(&self, login: &str) -> &str {
        self.tokens
            .get(login)
            .unwrap_or_else(|| panic!("no token for {login}"))
    }

    /// An MCP client with the token of a user, after the handshake.
    #[must_use]
    pub fn mcp(&self, login: &str) -> McpClient {
        self.mcp_at(&self.mcp_url, login)
    }

    /// The same at another front.
    #[must_use]
    pub fn mcp_at(&self, url: &str, login: &str) -> McpClient {
        let mut client = McpClient::new(url, self.token(login));
        client.initialize();
        client
    }

    /// A client of Odoo's JSON-2 with the API key of a user.
    #[must_use]
    pub fn odoo(&self, login: &str) -> OdooClient {
        OdooClient::new(
            &self.odoo_url,
            &self.database,
            &self.users.of(login).api_key,
        )
    }
}

/// Connects to a database of the cluster that `url` is in.
///
/// # Panics
/// If the server refuses.
#[must_use]
pub fn connect(url: &str, database: &str) -> Client {
    try_connect(url, database).unwrap_or_else(|error| panic!("connecting to {database}: {error}"))
}

/// Connects, or says why not.
///
/// # Errors
/// The server's.
pub fn try_connect(url: &str, database: &str) -> Result<Client, postgres::Error> {
    let mut config: Config = url.parse()?;
    config.dbname(database).connect(NoTls)
}
