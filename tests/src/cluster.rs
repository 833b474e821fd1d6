//! A PostgreSQL of a test's own: its programs, its data, its settings, to be broken.
//!
//! The programs are the stack's (hard links: who changes one puts another file in its place), the data
//! are the seeded cluster's, which every stack starts from. Both take about a second.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use postgres::{Client, NoTls};

use crate::environment::Environment;
use crate::front::free_port;
use crate::scan;

/// A server and its folder; both gone when dropped.
pub struct Cluster {
    folder: PathBuf,
    data: PathBuf,
    port: u16,
    user: (u32, u32),
    database: String,
    password: String,
}

/// Runs a program to its end.
fn run(command: &mut Command) {
    let output = command
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

impl Cluster {
    /// A primary with the seeded database, the extension set up in it, and the front's role granted.
    ///
    /// # Panics
    /// If a step fails.
    #[must_use]
    pub fn set_up(environment: &Environment, name: &str) -> Self {
        let folder = folder(name);
        let programs = environment
            .pg_bin
            .ancestors()
            .nth(4)
            .expect("the programs are deep in the stack");
        run(Command::new("cp")
            .arg("-al")
            .arg(programs)
            .arg(folder.join("postgresql")));
        run(Command::new("cp")
            .args(["-a", "--reflink=auto"])
            .arg(&environment.seed)
            .arg(folder.join("data")));
        // whoever owns the stack's data runs its server; this process may be root
        let owner = fs::metadata(folder.join("data")).expect("it was copied");
        let user = (owner.uid(), owner.gid());
        let cluster = Self::within(folder, user, environment.template.clone());
        cluster.configure();
        cluster.start();
        cluster
            .superuser()
            .batch_execute(&format!(
                "create role mcp_front login password '{}';
                 create extension pg_odoo_mcp; select odoo_mcp.setup(); select odoo_mcp.grant_front('mcp_front')",
                cluster.password
            ))
            .expect("the extension");
        scan::load(environment, &mut cluster.superuser());
        cluster
    }

    /// A streaming standby of this one, made with `pg_basebackup`.
    ///
    /// # Panics
    /// If a step fails.
    #[must_use]
    pub fn standby(&self, name: &str) -> Self {
        let folder = folder(name);
        run(Command::new("cp")
            .arg("-al")
            .arg(self.folder.join("postgresql"))
            .arg(folder.join("postgresql")));
        let mut standby = Self::within(folder, self.user, self.database.clone());
        standby.password.clone_from(&self.password);
        run(standby
            .program("pg_basebackup")
            .args(["-R", "-X", "stream", "-c", "fast", "-h"])
            .arg(&self.folder)
            .args(["-p", &self.port.to_string(), "-U", "postgres", "-D"])
            .arg(&standby.data));
        standby.configure();
        standby.start();
        standby
    }

    fn within(folder: PathBuf, user: (u32, u32), database: String) -> Self {
        let data = folder.join("data");
        std::os::unix::fs::chown(&folder, Some(user.0), Some(user.1)).expect("root gives away");
        Self {
            folder,
            data,
            port: free_port(),
            user,
            database,
            password: format!("p{:x}", std::process::id()),
        }
    }

    fn configure(&self) {
        let settings = format!(
            "listen_addresses = '127.0.0.1'\nport = {}\nunix_socket_directories = '{}'\nwal_level = replica\n\
             max_wal_senders = 4\nmax_connections = 40\nshared_buffers = 32MB\njit = off\nlogging_collector = off\n\
             password_encryption = scram-sha-256\n",
            self.port,
            self.folder.display()
        );
        let hba = "local all postgres peer map=test\nlocal replication postgres peer map=test\n\
                   host all mcp_front 127.0.0.1/32 scram-sha-256\n";
        let mut names = String::from("test root postgres\ntest postgres postgres\n");
        let me = Command::new("id").arg("-un").output().expect("id");
        names += &format!(
            "test {} postgres\n",
            String::from_utf8_lossy(&me.stdout).trim()
        );
        for (file, text) in [
            ("postgresql.conf", settings.as_str()),
            ("pg_hba.conf", hba),
            ("pg_ident.conf", &names),
        ] {
            fs::write(self.data.join(file), text).expect("the data folder is writable");
        }
    }

    fn program(&self, name: &str) -> Command {
        let programs = self.folder.join("postgresql/lib/postgresql");
        let major = entry(&programs);
        let mut command = Command::new(major.join("bin").join(name));
        command
            .uid(self.user.0)
            .gid(self.user.1)
            .current_dir("/")
            .env_remove("RUST_BACKTRACE")
            .env_remove("RUST_LIB_BACKTRACE");
        command
    }

    fn control(&self, verb: &[&str]) {
        let mut command = self.program("pg_ctl");
        command
            .arg("-D")
            .arg(&self.data)
            .arg("-l")
            .arg(self.data.join("server.log"))
            .args(["-w", "-t", "60"])
            .args(verb)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let status = command.status().expect("pg_ctl is there");
        assert!(status.success(), "{command:?}: {}", self.log());
    }

    fn start(&self) {
        self.control(&["start"]);
    }

    /// Stops the server and starts it with these options on its command line.
    ///
    /// # Panics
    /// If either fails.
    pub fn restart(&self, options: &str) {
        self.control(&["restart", "-m", "fast", "-o", options]);
    }

    /// The server's log.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.data.join("server.log")).unwrap_or_default()
    }

    /// The folder of the cluster's libraries or, as `share/extension`, of its SQL and control files.
    ///
    /// # Panics
    /// If the programs are not there.
    #[must_use]
    pub fn installed(&self, what: &str) -> PathBuf {
        let (below, rest) = match what.strip_prefix("share/") {
            Some(rest) => ("postgresql/share/postgresql", rest),
            None => ("postgresql/lib/postgresql", what),
        };
        entry(&self.folder.join(below)).join(rest)
    }

    /// Puts another file in the place of an installed one, for this cluster alone.
    ///
    /// # Panics
    /// If that fails.
    pub fn replace(&self, file: &Path, contents: &[u8]) {
        if file.exists() {
            fs::remove_file(file).expect("it is this cluster's own");
        }
        let mut new = fs::File::create(file).expect("a new file");
        new.write_all(contents).expect("room on the disk");
        new.set_permissions(fs::Permissions::from_mode(0o755))
            .expect("it is ours");
    }

    /// A connection as the superuser.
    ///
    /// # Panics
    /// If the server refuses.
    #[must_use]
    pub fn superuser(&self) -> Client {
        self.superuser_in(&self.database)
    }

    /// The same in another database.
    ///
    /// # Panics
    /// If the server refuses.
    #[must_use]
    pub fn superuser_in(&self, database: &str) -> Client {
        self.connect(postgres::Config::new().dbname(database))
    }

    /// The same with options for the session, as in `PGOPTIONS`.
    ///
    /// # Panics
    /// If the server refuses.
    #[must_use]
    pub fn superuser_with(&self, options: &str) -> Client {
        self.connect(
            postgres::Config::new()
                .dbname(&self.database)
                .options(options),
        )
    }

    fn connect(&self, config: &mut postgres::Config) -> Client {
        config
            .host_path(&self.folder)
            .port(self.port)
            .user("postgres")
            .connect(NoTls)
            .unwrap_or_else(|error| panic!("{error}: {}", self.log()))
    }

    /// What a front is told to connect to.
    #[must_use]
    pub fn front_url(&self) -> String {
        let (password, port, database) = (&self.password, self.port, &self.database);
        format!("postgresql://mcp_front:{password}@127.0.0.1:{port}/{database}")
    }

    /// A folder that the server's user owns, within the cluster's.
    ///
    /// # Panics
    /// If it cannot be made.
    #[must_use]
    pub fn folder_for(&self, name: &str) -> PathBuf {
        let folder = self.folder.join(name);
        fs::create_dir(&folder).expect("a new folder");
        std::os::unix::fs::chown(&folder, Some(self.user.0), Some(self.user.1)).expect("chown");
        folder
    }

    /// The server's user and group.
    #[must_use]
    pub fn user(&self) -> (u32, u32) {
        self.user
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let stopped = self
            .program("pg_ctl")
            .arg("-D")
            .arg(&self.data)
            .args(["-m", "immediate", "-w", "stop"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if let Err(error) = stopped {
            eprintln!("stopping {}: {error}", self.data.display());
        }
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            eprintln!("removing {}: {error}", self.folder.display());
        }
    }
}

/// A new folder with a path that is short enough for a socket.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("omcp_{name}_{}", std::process::id()));
    fs::create_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).expect("it is ours");
    folder
}

/// The only folder in there: the major version's.
fn entry(folder: &Path) -> PathBuf {
    fs::read_dir(folder)
        .and_then(|mut entries| entries.next().expect("one major version"))
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .path()
}
