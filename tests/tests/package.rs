//! `make install` and the archive: what is placed where, what is taken away, and what is refused with which words.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use odoo_mcp_tests::Environment;

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A folder of this test's own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("pg_odoo_mcp.{}.{name}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    /// A `pg_config` that says this version.
    fn pg_config(&self, version: &str) -> PathBuf {
        let program = self.0.join("pg_config");
        let text = format!(
            "#!/bin/sh\ncase $1 in --version) echo 'PostgreSQL {version}' ;; *) echo {} ;; esac\n",
            self.0.join("server").display()
        );
        std::fs::write(&program, text).expect("written");
        std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).expect("executable");
        program
    }

    /// The units that were placed start the program that was placed.
    fn units_start_what_was_placed(&self) {
        for unit in ["odoo-mcp", "odoo-mcp@", "odoo-mcp-scan"] {
            let path = format!("machine/opt/mcp/lib/systemd/system/{unit}.service");
            let text = std::fs::read_to_string(self.0.join(&path)).expect(&path);
            let starts: Vec<&str> = text
                .lines()
                .filter_map(|line| line.strip_prefix("ExecStart="))
                .collect();
            assert_eq!(starts.len(), 1, "{path}: {text}");
            let program = starts[0].split(' ').next().unwrap_or_default();
            assert_eq!(program, "/opt/mcp/bin/odoo-mcp", "{path}");
            assert!(self.0.join("machine").join(&program[1..]).exists());
        }
    }

    /// The files in it, below `DESTDIR`.
    fn files(&self, below: &str) -> Vec<String> {
        let found = Command::new("find")
            .arg(self.0.join(below))
            .args(["-type", "f", "-printf", "%m /%P\n"])
            .output()
            .expect("find");
        let mut files: Vec<String> = String::from_utf8_lossy(&found.stdout)
            .lines()
            .map(str::to_owned)
            .collect();
        files.sort();
        files
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            eprintln!("{}: {error}", self.0.display());
        }
    }
}

/// A person's shell, without what cargo told this test.
fn shell(program: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("CARGO_") && !["CARGO_HOME", "CARGO_TARGET_DIR"].contains(&&*name) {
            command.env_remove(name);
        }
    }
    command
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}", program.display()))
}

fn make(arguments: &[&str]) -> Output {
    shell(
        Path::new("make"),
        &[&["-s", "-C", REPOSITORY], arguments].concat(),
    )
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr]
        .map(|stream| String::from_utf8_lossy(stream).into_owned())
        .concat()
}

fn must(output: Output) -> String {
    assert!(output.status.success(), "{}", said(&output));
    said(&output)
}

fn refused(output: &Output, words: &[&str]) {
    let said = said(output);
    assert!(!output.status.success(), "it went on: {said}");
    for word in words {
        assert!(said.contains(word), "{word:?} is not in: {said}");
    }
}

/// What belongs where, of a PostgreSQL 15 as Debian has it.
fn placed(version: &str) -> Vec<String> {
    vec![
        "644 /opt/mcp/lib/systemd/system/odoo-mcp-scan.service".to_owned(),
        "644 /opt/mcp/lib/systemd/system/odoo-mcp-scan.timer".to_owned(),
        "644 /opt/mcp/lib/systemd/system/odoo-mcp.service".to_owned(),
        "644 /opt/mcp/lib/systemd/system/odoo-mcp@.service".to_owned(),
        format!("644 /usr/share/postgresql/15/extension/pg_odoo_mcp--{version}.sql"),
        "644 /usr/share/postgresql/15/extension/pg_odoo_mcp.control".to_owned(),
        "755 /opt/mcp/bin/odoo-mcp".to_owned(),
        "755 /usr/lib/postgresql/15/lib/pg_odoo_mcp.so".to_owned(),
    ]
}

#[test]
fn make_install_places_the_files_and_uninstall_removes_them() {
    let folder = Folder::new("install");
    let to = format!("DESTDIR={}/machine", folder.0.display());
    let server = "PG_CONFIG=/usr/lib/postgresql/15/bin/pg_config";
    must(make(&["install", server, "PREFIX=/opt/mcp", &to]));
    assert_eq!(folder.files("machine"), placed(env!("CARGO_PKG_VERSION")));
    folder.units_start_what_was_placed();
    let removed = must(make(&["uninstall", server, "PREFIX=/opt/mcp", &to]));
    assert_eq!(folder.files("machine"), Vec::<String>::new(), "{removed}");
}

#[test]
fn the_archive_places_the_same_without_a_compiler() {
    let env = Environment::load();
    let folder = Folder::new("archive");
    let archive = std::fs::read_dir(&env.packages)
        .expect("the packages")
        .map(|entry| entry.expect("a file").path())
        .find(|path| path.extension().is_some_and(|extension| extension == "gz"))
        .expect("tests/run makes an archive");
    must(shell(
        Path::new("tar"),
        &[
            "-xzf",
            &archive.to_string_lossy(),
            "-C",
            &folder.0.to_string_lossy(),
            "--strip-components=1",
        ],
    ));
    for part in [
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "THIRD-PARTY.txt",
        "doc/install.md",
        "odoo-mcp.toml",
        "odoo-mcp.service",
        "odoo-mcp@.service",
        "odoo-mcp-scan.service",
        "odoo-mcp-scan.timer",
    ] {
        assert!(folder.0.join(part).exists(), "the archive has no {part}");
    }
    let script = folder.0.join("install.sh");
    let to = format!("DESTDIR={}/machine", folder.0.display());
    let server = "PG_CONFIG=/usr/lib/postgresql/15/bin/pg_config";
    must(shell(&script, &["install", server, "PREFIX=/opt/mcp", &to]));
    assert_eq!(folder.files("machine"), placed(env!("CARGO_PKG_VERSION")));
    folder.units_start_what_was_placed();
    must(shell(
        &script,
        &["uninstall", server, "PREFIX=/opt/mcp", &to],
    ));
    assert_eq!(folder.files("machine"), Vec::<String>::new());

    let other = format!("PG_CONFIG={}", folder.pg_config("16.4").display());
    refused(
        &shell(&script, &["install", &other, &to]),
        &["built for PostgreSQL 15", "16.4"],
    );
    refused(
        &shell(&script, &["install", "PG_CONFIG=/nowhere/pg_config", &to]),
        &["there is no /nowhere/pg_config", "PG_CONFIG="],
    );
    assert_eq!(folder.files("machine"), Vec::<String>::new());

    // folders that are named belong to no pg_config, unless it is named, too
    let path = format!(
        "PATH={}:{}",
        folder.0.display(),
        std::env::var("PATH").expect("a PATH")
    );
    let script = script.to_string_lossy();
    let folders = [
        "PKGLIBDIR=/usr/lib/postgresql/15/lib",
        "SHAREDIR=/usr/share/postgresql/15",
    ];
    let install = [&path, &*script, "install", "PREFIX=/opt/mcp", &to];
    let env_program = Path::new("/usr/bin/env");
    refused(
        &shell(env_program, &install),
        &["built for PostgreSQL 15", "16.4"],
    );
    refused(
        &shell(
            env_program,
            &[&install[..], &folders, &[other.as_str()]].concat(),
        ),
        &["built for PostgreSQL 15", "16.4"],
    );
    assert_eq!(folder.files("machine"), Vec::<String>::new());
    must(shell(env_program, &[&install[..], &folders].concat()));
    assert_eq!(folder.files("machine"), placed(env!("CARGO_PKG_VERSION")));
}

#[test]
fn what_is_missing_is_named_before_anything_is_built() {
    let folder = Folder::new("refused");
    let to = format!("DESTDIR={}/machine", folder.0.display());
    refused(
        &make(&["install", "PG_CONFIG=/nowhere/pg_config", &to]),
        &["there is no /nowhere/pg_config", "apt-get install"],
    );
    let server = format!("PG_CONFIG={}", folder.pg_config("12.9").display());
    refused(
        &make(&["install", &server, &to]),
        &["PostgreSQL 12.9", "13 14 15 16 17 18"],
    );
    let server = format!("PG_CONFIG={}", folder.pg_config("17.2").display());
    for verb in ["install", "package"] {
        refused(
            &make(&[verb, &server, &to]),
            &["apt-get install postgresql-server-dev-17"],
        );
    }
    assert_eq!(folder.files("machine"), Vec::<String>::new());
}
