//! A front process of a test's own.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::environment::Environment;
use crate::mcp::agent;
use crate::wait::until;

/// A front on a port of its own; killed when dropped.
pub struct Front {
    child: Child,
    /// `http://127.0.0.1:port`.
    pub url: String,
}

impl Front {
    /// Starts one on this database URL and waits until it is ready.
    ///
    /// # Panics
    /// If it does not come up within 20 s.
    #[must_use]
    pub fn start(environment: &Environment, database_url: &str) -> Self {
        // the port is free now; nobody else on this machine picks it within the next moment
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|socket| socket.local_addr())
            .expect("a free port")
            .port();
        let listen = format!("127.0.0.1:{port}");
        let child = Command::new(&environment.front_binary)
            .arg("serve")
            .env("ODOO_MCP_DATABASE_URL", database_url)
            .env("ODOO_MCP_ODOO_URL", &environment.odoo_url)
            .env("ODOO_MCP_ODOO_DB", &environment.database)
            .env("ODOO_MCP_LISTEN", &listen)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", environment.front_binary.display()));
        let mut front = Self {
            child,
            url: format!("http://{listen}"),
        };
        let ready = format!("{}/readyz", front.url);
        let agent = agent();
        until("the front is ready", Duration::from_secs(20), || {
            if let Ok(Some(status)) = front.child.try_wait() {
                panic!("the front ended: {status}");
            }
            agent
                .get(&ready)
                .call()
                .is_ok_and(|answer| answer.status() == 200)
        });
        front
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
    }
}
