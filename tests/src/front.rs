//! A front process of a test's own.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::environment::Environment;
use crate::mcp::agent;
use crate::wait::until;

/// A front on a port of its own; killed when dropped.
pub struct Front {
    child: Child,
    log: PathBuf,
    /// `http://127.0.0.1:port`.
    pub url: String,
}

/// A port that is free now; nobody else on this machine picks it within the next moment.
///
/// # Panics
/// If there is none.
#[must_use]
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|socket| socket.local_addr())
        .expect("a free port")
        .port()
}

impl Front {
    /// Starts one on this database URL and waits until it is ready.
    ///
    /// # Panics
    /// If it does not come up within 20 s.
    #[must_use]
    pub fn start(environment: &Environment, database_url: &str) -> Self {
        let front = Self::spawn(environment, database_url);
        front.until_status("/readyz", 200);
        front
    }

    /// Starts one that is told another address of Odoo, and to ask for this database there.
    ///
    /// # Panics
    /// If it does not come up within 20 s.
    #[must_use]
    pub fn start_before(
        environment: &Environment,
        database_url: &str,
        odoo_url: &str,
        odoo_database: &str,
    ) -> Self {
        let mut environment = environment.clone();
        odoo_url.clone_into(&mut environment.odoo_url);
        odoo_database.clone_into(&mut environment.database);
        Self::start(&environment, database_url)
    }

    /// Starts one that will not get ready, and waits until it serves.
    ///
    /// # Panics
    /// If it does not within 20 s.
    #[must_use]
    pub fn start_unready(environment: &Environment, database_url: &str) -> Self {
        let front = Self::spawn(environment, database_url);
        front.until_status("/healthz", 200);
        front
    }

    fn spawn(environment: &Environment, database_url: &str) -> Self {
        let listen = format!("127.0.0.1:{}", free_port());
        let log = std::env::temp_dir().join(format!("omcp_front_{}.log", listen.replace(':', "_")));
        let written = std::fs::File::create(&log).expect("a log");
        let child = Command::new(&environment.front_binary)
            .arg("serve")
            .env("ODOO_MCP_DATABASE_URL", database_url)
            .env("ODOO_MCP_ODOO_URL", &environment.odoo_url)
            .env("ODOO_MCP_ODOO_DB", &environment.database)
            .env("ODOO_MCP_LISTEN", &listen)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(written)
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", environment.front_binary.display()));
        Self {
            child,
            log,
            url: format!("http://{listen}"),
        }
    }

    fn until_status(&self, path: &str, status: u16) {
        let agent = agent();
        let address = format!("{}{path}", self.url);
        until("the front is up", Duration::from_secs(20), || {
            agent
                .get(&address)
                .call()
                .is_ok_and(|answer| answer.status() == status)
        });
    }

    /// What `/readyz` says while it is not ready: problem and hint.
    ///
    /// # Panics
    /// If it is ready.
    #[must_use]
    pub fn problem(&self) -> String {
        let mut answer = agent()
            .get(format!("{}/readyz", self.url))
            .call()
            .expect("it answers");
        let text = answer.body_mut().read_to_string().expect("text");
        assert_eq!(answer.status(), 503, "{text}");
        text
    }

    /// What it has written into its log.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Its MCP endpoint.
    #[must_use]
    pub fn mcp_url(&self) -> String {
        format!("{}/mcp", self.url)
    }

    /// The process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL, and waits for the end.
    ///
    /// # Panics
    /// If it can't be killed.
    pub fn kill(&mut self) {
        self.child.kill().expect("the front is ours to kill");
        self.child.wait().expect("a killed front ends");
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        if let Err(error) = self.child.kill().and_then(|()| self.child.wait().map(drop)) {
            eprintln!("ending a front: {error}");
        }
        if let Err(error) = std::fs::remove_file(&self.log) {
            eprintln!("{}: {error}", self.log.display());
        }
    }
}
