//! An Odoo of a test's own, on a copy of the database: to be stopped, started again, and given addons.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::environment::Environment;
use crate::front::free_port;
use crate::mcp::agent;
use crate::odoo::OdooClient;
use crate::odoo_command::{OdooCommand, Said};
use crate::wait::until;

/// How long it may take until the registry is built and it answers.
const START: Duration = Duration::from_secs(90);

/// A server for one database; ended when dropped.
pub struct OdooServer {
    child: Option<Child>,
    environment: Environment,
    database: String,
    addons: Option<PathBuf>,
    port: u16,
    log: PathBuf,
    // last: it removes the folder of the server's files
    command: OdooCommand,
}

impl OdooServer {
    /// For a copy with that name, not started yet; `addons` is a folder besides Odoo's own.
    #[must_use]
    pub fn new(environment: &Environment, database: &str, addons: Option<&Path>) -> Self {
        let command = OdooCommand::new(environment, &format!("serving_{database}"));
        Self {
            child: None,
            environment: environment.clone(),
            database: database.to_owned(),
            addons: addons.map(Path::to_owned),
            port: free_port(),
            log: command.path("server.log"),
            command,
        }
    }

    /// The same, and answering.
    #[must_use]
    pub fn start(environment: &Environment, database: &str, addons: Option<&Path>) -> Self {
        let mut server = Self::new(environment, database, addons);
        server.start_again();
        server
    }

    /// Installs modules, to the end.
    ///
    /// # Panics
    /// If Odoo refuses.
    pub fn install(&self, modules: &str) {
        let mut odoo = self.odoo();
        odoo.args(["-i", modules, "--stop-after-init", "--no-http"]);
        let Said { is_ok, text } = crate::odoo_command::said(odoo);
        assert!(is_ok, "installing {modules}: {text}");
    }

    /// The source that it reads: what `scan-addons` is told.
    #[must_use]
    pub fn addons_path(&self) -> Vec<PathBuf> {
        let own = self
            .environment
            .odoo_home
            .join("usr/lib/python3/dist-packages/odoo/addons");
        let mut paths = vec![own];
        paths.extend(self.addons.clone());
        paths
    }

    fn odoo(&self) -> Command {
        let paths: Vec<String> = self
            .addons_path()
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        let mut odoo = self.command.odoo();
        odoo.args(["server", "-c"])
            .arg(&self.environment.odoo_conf)
            .arg("-D")
            .arg(self.command.path("data"))
            .args(["-d", &self.database])
            .args(["--workers=0", "--max-cron-threads=0", "--db_maxconn=64"])
            .arg(format!("--addons-path={}", paths.join(",")));
        odoo
    }

    /// Starts it and waits until it answers.
    ///
    /// # Panics
    /// If it does not within a minute and a half.
    pub fn start_again(&mut self) {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(&self.log)
            .expect("a log");
        let child = self
            .odoo()
            .args(["--http-port", &self.port.to_string()])
            .arg(format!("--db-filter=^{}$", self.database))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("odoo starts");
        self.child = Some(child);
        let address = format!("{}/web/version", self.url());
        let agent = agent();
        until("odoo answers", START, || {
            let answered = agent.get(&address).call();
            answered.is_ok_and(|answer| answer.status() == 200)
        });
    }

    /// Ends it.
    ///
    /// # Panics
    /// If it can't be ended.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("it is ours to end");
            child.wait().expect("a killed process ends");
        }
    }

    /// `http://127.0.0.1:port`
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The oracle, as a user of the seed: keys are in the database, so copies have them.
    #[must_use]
    pub fn client(&self, login: &str) -> OdooClient {
        let key = &self.environment.users.of(login).api_key;
        OdooClient::new(&self.url(), &self.database, key)
    }

    /// What it has written.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for OdooServer {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take()
            && let Err(error) = child.kill().and_then(|()| child.wait().map(drop))
        {
            eprintln!("ending odoo: {error}");
        }
    }
}
