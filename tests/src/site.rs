//! A copy of the database as people run it: the extension, an Odoo that serves the copy, and a front before both.

use std::process::Command;

use crate::administrator::Administrator;
use crate::environment::Environment;
use crate::front::Front;
use crate::mcp::McpClient;
use crate::odoo::OdooClient;
use crate::odoo_server::OdooServer;
use crate::scratch::Scratch;
use crate::tap::Tap;

/// All of it; gone when dropped.
pub struct Site {
    /// The front, which asks Odoo through the tap.
    pub front: Front,
    /// What the front says to Odoo.
    pub tap: Tap,
    /// The server.
    pub odoo: OdooServer,
    environment: Environment,
    // last: it drops the database
    /// The copy.
    pub scratch: Scratch,
}

impl Site {
    /// With these modules of the tests' addons installed, or none, and without facts.
    ///
    /// # Panics
    /// If a step fails.
    #[must_use]
    pub fn unscanned(environment: &Environment, name: &str, modules: &str) -> Self {
        let scratch = Scratch::bare(environment, name);
        let mut odoo = OdooServer::new(environment, &scratch.database, Some(&environment.addons));
        if !modules.is_empty() {
            odoo.install(modules);
        }
        scratch.install_without_facts();
        odoo.start_again();
        let tap = Tap::start(&odoo.url());
        let front = Front::start_before(
            environment,
            &scratch.front_url(),
            &tap.url,
            &scratch.database,
        );
        Self {
            front,
            tap,
            odoo,
            environment: environment.clone(),
            scratch,
        }
    }

    /// An MCP client with a new token of a user.
    #[must_use]
    pub fn mcp(&self, login: &str) -> McpClient {
        self.mcp_with(&self.scratch.token(login))
    }

    /// An MCP client with a token.
    #[must_use]
    pub fn mcp_with(&self, token: &str) -> McpClient {
        let mut client = McpClient::new(&self.front.mcp_url(), token);
        client.initialize();
        client
    }

    /// The oracle: Odoo itself, past the tap.
    #[must_use]
    pub fn odoo(&self, login: &str) -> OdooClient {
        self.odoo.client(login)
    }

    /// `odoo-mcp scan-addons` over the source that the server reads, as who is on call; what it said.
    ///
    /// # Panics
    /// If it fails.
    pub fn scan(&self) -> String {
        let mut program = Command::new(&self.environment.front_binary);
        program.arg("scan-addons").args(self.odoo.addons_path());
        self.load(program)
    }

    /// `odoo-mcp sync-facts` from the server's RPC with the key of `login`, as who is on call; what it said.
    ///
    /// # Panics
    /// If it fails.
    pub fn sync(&self, login: &str) -> String {
        let mut program = Command::new(&self.environment.front_binary);
        program
            .args(["sync-facts", "--login", login])
            .env("ODOO_MCP_ODOO_URL", self.odoo.url())
            .env("ODOO_MCP_ODOO_DB", &self.scratch.database)
            .env(
                "ODOO_MCP_ODOO_API_KEY",
                &self.environment.users.of(login).api_key,
            );
        self.load(program)
    }

    fn load(&self, mut program: Command) -> String {
        let operator = Administrator::of(&self.environment, &self.scratch);
        let output = program
            .env(
                "ODOO_MCP_ADMIN_DATABASE_URL",
                operator.url(&self.environment),
            )
            .output()
            .expect("the program runs");
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "{program:?}: {said}");
        said
    }
}
