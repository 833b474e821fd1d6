//! Odoo's own command line on databases of the stack's cluster, beside the Odoo that serves.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use postgres::Config;
use postgres::config::Host;

use crate::environment::Environment;

/// Odoo's programs with a folder of their own for files; removed when dropped.
pub struct OdooCommand {
    environment: Environment,
    folder: PathBuf,
}

/// What a command said and whether it went well.
#[derive(Debug)]
pub struct Said {
    /// Whether it ended with 0.
    pub is_ok: bool,
    /// Output and log, with every line in it.
    pub text: String,
}

impl OdooCommand {
    /// `name` tells it from those of other tests.
    ///
    /// # Panics
    /// If the folder can't be made.
    #[must_use]
    pub fn new(environment: &Environment, name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("odoo_command_{}_{name}", std::process::id()));
        std::fs::create_dir_all(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        Self {
            environment: environment.clone(),
            folder,
        }
    }

    /// A path for a dump.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// `odoo db …`, the command line of the database manager.
    #[must_use]
    pub fn db(&self, arguments: &[&str]) -> Said {
        let mut odoo = self.odoo();
        odoo.args(["db", "-c"])
            .arg(&self.environment.odoo_conf)
            .arg("-D")
            .arg(&self.folder)
            .arg("--pg_path")
            .arg(&self.environment.pg_bin)
            .args(arguments);
        said(odoo)
    }

    /// `odoo -u MODULES`, to the end of the update.
    #[must_use]
    pub fn update(&self, database: &str, modules: &str) -> Said {
        let mut odoo = self.odoo();
        odoo.args(["server", "-c"])
            .arg(&self.environment.odoo_conf)
            .arg("-D")
            .arg(&self.folder)
            .args([
                "-d",
                database,
                "-u",
                modules,
                "--stop-after-init",
                "--no-http",
                "--workers=0",
            ]);
        said(odoo)
    }

    /// `odoo shell` with a script on a database: what it prints.
    ///
    /// # Panics
    /// If the script can't be read.
    #[must_use]
    pub fn shell(&self, database: &str, script: &Path) -> Said {
        let script =
            File::open(script).unwrap_or_else(|error| panic!("{}: {error}", script.display()));
        let mut odoo = self.odoo();
        odoo.args(["shell", "-c"])
            .arg(&self.environment.odoo_conf)
            .arg("-D")
            .arg(&self.folder)
            .args(["-d", database, "--no-http", "--log-level=error"])
            .stdin(script);
        said(odoo)
    }

    /// What the web page of the database manager calls to restore a file: `copy` is its question whether the database
    /// is a copy.
    #[must_use]
    pub fn restore_as_the_page_does(&self, database: &str, file: &Path, copy: bool) -> Said {
        let script = "import sys\n\
            from odoo.tools import config\n\
            config.parse_config(['-c', sys.argv[1], '-D', sys.argv[2], '--pg_path', sys.argv[3]], setup_logging=True)\n\
            config['list_db'] = True\n\
            from odoo.service.db import restore_db\n\
            restore_db(sys.argv[4], sys.argv[5], copy=sys.argv[6] == 'copy')\n";
        let mut python = self.program(&["-c", script]);
        python
            .arg(&self.environment.odoo_conf)
            .arg(&self.folder)
            .arg(&self.environment.pg_bin)
            .arg(database)
            .arg(file)
            .arg(if copy { "copy" } else { "moved" });
        said(python)
    }

    /// A program of PostgreSQL as its superuser.
    #[must_use]
    pub fn as_superuser(&self, program: &str, arguments: &[&str]) -> Said {
        let mut command = self.client(program, &self.environment.superuser_url);
        command.args(arguments);
        said(command)
    }

    /// A program of PostgreSQL as Odoo's role.
    #[must_use]
    pub fn as_odoo_role(&self, program: &str, arguments: &[&str]) -> Said {
        let mut command = self.client(program, &self.environment.odoo_role_url);
        command.args(arguments);
        said(command)
    }

    fn client(&self, program: &str, url: &str) -> Command {
        let config: Config = url.parse().expect("a URL of the stack");
        let host = match config.get_hosts() {
            [Host::Tcp(name)] => name.clone(),
            [Host::Unix(folder)] => folder.display().to_string(),
            other => panic!("one host is expected: {other:?}"),
        };
        let port = config.get_ports().first().copied().unwrap_or(5432);
        let mut command = Command::new(self.environment.pg_bin.join(program));
        command
            .env("PGHOST", host)
            .env("PGPORT", port.to_string())
            .env("PGUSER", config.get_user().unwrap_or_default())
            .env(
                "PGPASSWORD",
                String::from_utf8_lossy(config.get_password().unwrap_or_default()).as_ref(),
            );
        hurry(&mut command);
        command
    }

    pub(crate) fn odoo(&self) -> Command {
        let program = self.environment.odoo_home.join("usr/bin/odoo");
        self.program(&[program.to_str().expect("a path of text")])
    }

    fn program(&self, arguments: &[&str]) -> Command {
        let home = &self.environment.odoo_home;
        let mut command = Command::new(home.join("venv/bin/python"));
        command
            .args(arguments)
            .env("PYTHONPATH", home.join("usr/lib/python3/dist-packages"))
            // they would take the place of what Odoo's configuration leaves out
            .env_remove("PGHOST")
            .env_remove("PGPORT")
            .env_remove("PGUSER")
            .env_remove("PGPASSWORD")
            .current_dir(&self.folder);
        hurry(&mut command);
        command
    }
}

impl Drop for OdooCommand {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            eprintln!("{}: {error}", self.folder.display());
        }
    }
}

/// A restore is thousands of commits: they need not wait for the disk.
fn hurry(command: &mut Command) {
    command.env("PGOPTIONS", "-c synchronous_commit=off");
}

pub(crate) fn said(mut command: Command) -> Said {
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    Said {
        is_ok: status.success(),
        text: String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr),
    }
}
