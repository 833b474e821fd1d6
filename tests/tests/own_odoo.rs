//! The operator's walk: the blocks of README and doc/install.md, typed in order on a machine that has the distribution's
//! PostgreSQL and the package, and nothing else of this project. The cluster is not ours: its superuser, port, databases
//! and Odoo's role have other names, every connection takes a password (`scram-sha-256`), and `pg_hba.conf` lets in only
//! who is named there.

use std::collections::HashSet;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use odoo_mcp_tests::machine::{Machine, Outcome, quoted};
use odoo_mcp_tests::page::{Block, blocks, is_shown, plain};
use odoo_mcp_tests::{Environment, McpClient};
use serde_json::json;

const README: &str = include_str!("../../README.md");
const INSTALL: &str = include_str!("../../doc/install.md");

/// A password as people have them; below as a literal of SQL, in a URL, and in words.
const PASSWORD_IN_SQL: &str = "password 'p@ss/w:rd %#''1\\é\"'";
const PASSWORD_IN_URL: &str = "p%40ss%2Fw%3Ard%20%25%23%271%5C%C3%A9%22";
const PASSWORD_IN_WORDS: &str = "password='p@ss/w:rd %#\\'1\\\\é\"'";

/// How the page has a superuser scan, over the socket; theirs comes with a password.
const SCAN: &str = "runuser -u postgres -- env ODOO_MCP_ADMIN_DATABASE_URL='postgresql://postgres@/odoo?host=/var/run/postgresql' odoo-mcp";

const SETTINGS: &str = "/etc/odoo-mcp/odoo-mcp.toml";
const CLUSTER: &str = "/var/lib/postgresql/theirs";

/// `systemctl` where systemd does not run: starts the unit's own `ExecStart`, as the unit's user and without rights.
const SYSTEMCTL: &str = r#"#!/bin/bash
set -eu
[ "$2" != --now ] || set -- "$1" "$3"
unit=$2 name=${2%%@*} instance=${2#*@} file=/usr/lib/systemd/system/$2.service
[ "$name" = "$unit" ] || file=/usr/lib/systemd/system/$name@.service
setting() { sed -n "s/^$1=//p" "$file"; }
stop() {
  pid=$(cat "/run/$unit.pid" 2>/dev/null) || return 0
  kill "$pid"
  while [ -d "/proc/$pid" ]; do sleep 0.1; done
  rm "/run/$unit.pid"
}
start() {
  command=$(setting ExecStart)
  setsid setpriv --reuid "$(setting User)" --regid "$(setting Group)" --init-groups --no-new-privs --bounding-set=-all \
    ${command//%i/$instance} >>"/run/$unit.log" 2>&1 </dev/null &
  echo $! >"/run/$unit.pid"
}
case $1 in
  enable) start ;;
  restart) stop; start ;;
  disable) [ -e "/run/$unit.pid" ]; stop ;;
  *) echo "systemctl $1 is not played here" >&2; exit 1 ;;
esac
"#;

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|socket| socket.local_addr())
        .expect("a free port")
        .port()
}

/// A cluster of somebody's on a machine of its own, and where the walk has got to.
struct Walk {
    machine: Machine,
    /// What the page calls otherwise: its words, and those of this cluster.
    yours: Vec<(String, String)>,
    port: u16,
    listen: u16,
    token: String,
}

impl Walk {
    fn new(env: &Environment, shared: &Path) -> Self {
        let deb = std::fs::read_dir(&env.packages)
            .expect("the packages")
            .map(|entry| entry.expect("a file").path())
            .find(|path| path.extension().is_some_and(|extension| extension == "deb"))
            .expect("tests/run makes a .deb");
        let name = deb.file_name().expect("it has one").to_string_lossy();
        std::fs::copy(&deb, shared.join(&*name)).expect("copied");
        dump(env, &shared.join("odoo.dump"));
        copy_source(env, shared);
        let (port, listen, second) = (free_port(), free_port(), free_port());
        let superuser = format!("psql -h 127.0.0.1 -p {port} -U dba -d shop");
        let yours = [
            // the page's words → ours
            (
                "./postgresql-15-odoo-mcp_0.1.0-1_amd64.deb",
                format!("/mnt/{name}"),
            ),
            ("runuser -u postgres -- psql -p 5432 -d odoo", superuser),
            (
                SCAN,
                format!(
                    "env ODOO_MCP_ADMIN_DATABASE_URL='postgresql://dba:their%20secret@127.0.0.1:{port}/shop' odoo-mcp"
                ),
            ),
            (
                "/usr/lib/python3/dist-packages/odoo",
                "/mnt/odoo".to_owned(),
            ),
            (
                "/etc/postgresql/15/main/pg_hba.conf",
                format!("{CLUSTER}/pg_hba.conf"),
            ),
            ("127.0.0.1:5432/odoo", format!("127.0.0.1:{port}/shop")),
            (
                "127.0.0.1:5432/second",
                format!("127.0.0.1:{port}/b2b-2026"),
            ),
            ("port=5432", format!("port={port}")),
            ("dbname=odoo", "dbname=shop".to_owned()),
            ("host odoo ", "host shop ".to_owned()),
            ("host second ", "host b2b-2026 ".to_owned()),
            ("odoo_front", "agents".to_owned()),
            ("role second_front", "role \"agents-b2b\"".to_owned()),
            ("second_front", "agents-b2b".to_owned()),
            ("password 'choose one'", PASSWORD_IN_SQL.to_owned()),
            ("choose%20one", PASSWORD_IN_URL.to_owned()),
            ("password='choose one'", PASSWORD_IN_WORDS.to_owned()),
            ("127.0.0.1:8765", format!("127.0.0.1:{listen}")),
            ("127.0.0.1:8766", format!("127.0.0.1:{second}")),
        ];
        let mut walk = Self {
            machine: Machine::start(shared, &env.hidden),
            yours: yours.map(|(theirs, ours)| (theirs.to_owned(), ours)).into(),
            port,
            listen,
            token: String::new(),
        };
        walk.make_cluster();
        walk
    }

    /// Their PostgreSQL, with a copy of the demo data in two databases of a role that is not called odoo.
    fn make_cluster(&mut self) {
        let port = self.port;
        for command in [
            "rm -f /usr/lib/postgresql/15/lib/pg_odoo_mcp.so /usr/share/postgresql/15/extension/pg_odoo_mcp* /usr/local/bin/odoo-mcp".to_owned(),
            format!("printf '%s' {} >/usr/local/bin/systemctl && chmod 755 /usr/local/bin/systemctl", quoted(SYSTEMCTL)),
            "install -d -o postgres -m 755 /var/run/postgresql && install -o postgres -m 600 /dev/stdin /tmp/password <<<'their secret'".to_owned(),
            format!("runuser -u postgres -- /usr/lib/postgresql/15/bin/initdb -D {CLUSTER} -U dba --pwfile=/tmp/password -A scram-sha-256 -N --encoding=UTF8 --locale=C.UTF-8 2>&1"),
            format!("printf '%s\\n' 'port = {port}' \"listen_addresses = '127.0.0.1'\" \"password_encryption = 'scram-sha-256'\" >>{CLUSTER}/postgresql.conf"),
            format!("printf '%s\\n' 'local all dba scram-sha-256' 'host all dba 127.0.0.1/32 scram-sha-256' 'host all erp 127.0.0.1/32 scram-sha-256' >{CLUSTER}/pg_hba.conf"),
            format!("printf '127.0.0.1:{port}:*:%s\\n' 'dba:their secret' 'erp:of odoo' >~/.pgpass && chmod 600 ~/.pgpass"),
            format!("runuser -u postgres -- /usr/lib/postgresql/15/bin/pg_ctl -D {CLUSTER} -l /tmp/server.log -w start"),
            format!("psql -q -h 127.0.0.1 -p {port} -U dba -d postgres -c \"create role erp login createdb password 'of odoo'\" -c 'create database shop owner erp'"),
            format!("pg_restore -h 127.0.0.1 -p {port} -U erp -d shop --no-owner --no-acl -j 2 /mnt/odoo.dump"),
            format!("psql -q -h 127.0.0.1 -p {port} -U erp -d postgres -c 'create database \"b2b-2026\" template shop'"),
        ] {
            self.machine.must(&command);
        }
    }

    fn in_our_words(&self, text: &str) -> String {
        self.yours
            .iter()
            .fold(text.to_owned(), |text, (theirs, ours)| {
                text.replace(theirs, ours)
            })
    }

    /// Types one block; its result must be what the page shows.
    fn type_block(&mut self, block: &Block) {
        let text = self
            .in_our_words(&block.text)
            .replace("omcp_…", &self.token);
        let outcome = match block.language.as_str() {
            "sh" => self.machine.run(&format!("set -e\n{text}")),
            "sql" => {
                let database = match text.contains("-- in database second") {
                    true => "b2b-2026",
                    false => "shop",
                };
                self.machine.run(&format!(
                    "psql -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p {} -U dba -d {database} <<<{}",
                    self.port,
                    quoted(&text)
                ))
            }
            "toml" => self.set(&text),
            "nginx" => return,
            other => panic!("a block in {other}: nobody types it"),
        };
        let place = format!("under \"{}\":\n{text}\n", block.section);
        assert_eq!(outcome.status, 0, "{place}{}", outcome.printed);
        if let Some(shown) = &block.shown {
            let shown: Vec<String> = shown
                .iter()
                .filter_map(|line| plain(&self.in_our_words(line)))
                .collect();
            let printed: Vec<String> = outcome.printed.lines().filter_map(plain).collect();
            assert!(
                is_shown(&printed, &shown),
                "{place}shown:\n{}\nprinted:\n{}",
                shown.join("\n"),
                printed.join("\n")
            );
        }
        if let Some(token) = outcome
            .printed
            .split_whitespace()
            .find(|word| word.starts_with("omcp_"))
        {
            self.token = token.to_owned();
        }
    }

    /// Writes settings where the example shows them, as somebody with an editor does.
    fn set(&mut self, settings: &str) -> Outcome {
        let mut lines: Vec<String> = self
            .machine
            .must(&format!("cat {SETTINGS}"))
            .lines()
            .map(str::to_owned)
            .collect();
        for setting in settings.lines() {
            let (key, _) = setting.split_once(" = ").expect("key = value");
            let place = lines
                .iter()
                .position(|line| {
                    line.trim_start_matches('#')
                        .starts_with(&format!("{key} = "))
                })
                .unwrap_or_else(|| panic!("the example has no {key}"));
            lines[place] = setting.to_owned();
        }
        self.machine.run(&format!(
            "printf '%s\\n' {} >{SETTINGS}",
            quoted(&lines.join("\n"))
        ))
    }

    /// Everything that installing can touch: roles with their settings, and of both databases schema, owners, grants.
    fn state(&mut self) -> String {
        let at = format!("-h 127.0.0.1 -p {} -U dba", self.port);
        // newer releases write a random word into each dump
        self.machine.must(&format!(
            "set -o pipefail; for dump in 'pg_dumpall --globals-only' 'pg_dump --create --schema-only shop' 'pg_dump --create --schema-only b2b-2026'; do
               $dump {at} | grep -vE '^.(un)?restrict '; done; cat {CLUSTER}/pg_hba.conf
             getent passwd | grep odoo-mcp || true
             find /usr /etc /lib /var /opt -xdev -name '*odoo?mcp*' -not -path '*/apt/*'"
        ))
    }

    /// A client asks the front, and gets what the stack's own front answers to the same user.
    fn ask(&self, env: &Environment) {
        let mut client = McpClient::new(
            &format!("http://127.0.0.1:{}/mcp", self.listen),
            &self.token,
        );
        client.initialize();
        let context = client.call_tool("odoo_context", &json!({})).result();
        assert_eq!(context["user"]["login"], "sales_own", "{context}");
        let mut stack = env.mcp("sales_own");
        for (tool, arguments) in [
            ("odoo_count", json!({"model": "sale.order"})),
            (
                "odoo_search",
                json!({"model": "res.partner", "fields": ["name"], "limit": 20, "order": "id"}),
            ),
        ] {
            assert_eq!(
                client.call_tool(tool, &arguments).result(),
                stack.call_tool(tool, &arguments).result(),
                "{tool}"
            );
        }
    }

    /// The settings have a password in them.
    fn assert_settings_are_private(&mut self) {
        let mode = self.machine.must(&format!("stat -c '%a %U:%G' {SETTINGS}"));
        assert_eq!(mode, "640 root:odoo-mcp");
        let peek = self
            .machine
            .run(&format!("runuser -u postgres -- cat {SETTINGS}"));
        assert_ne!(peek.status, 0, "another user reads the password");
    }
}

/// The demo data as a dump that anybody can restore.
fn dump(env: &Environment, file: &Path) {
    let config: postgres::Config = env.superuser_url.parse().expect("a URL");
    let socket = match config.get_hosts() {
        [postgres::config::Host::Unix(path)] => path.clone(),
        other => panic!("the superuser comes by the socket, not by {other:?}"),
    };
    let status = Command::new(env.pg_bin.join("pg_dump"))
        .args([
            "-U",
            "postgres",
            "-Fc",
            "-Z0",
            "-p",
            &config.get_ports()[0].to_string(),
            "-h",
        ])
        .arg(socket)
        .arg("-f")
        .arg(file)
        .arg(&env.template)
        .status()
        .expect("pg_dump is there");
    assert!(status.success(), "pg_dump: {status}");
}

/// Odoo's Python, as a package of Odoo's places it: the machine has no other Odoo.
fn copy_source(env: &Environment, shared: &Path) {
    let status = Command::new("find")
        .current_dir(env.odoo_home.join("usr/lib/python3/dist-packages"))
        .args(["odoo", "-name", "*.py", "-exec", "cp", "--parents", "-t"])
        .arg(shared)
        .args(["{}", "+"])
        .status()
        .expect("find is there");
    assert!(status.success(), "copying Odoo's source: {status}");
}

fn section(page: &str, name: &str) -> Vec<Block> {
    let found: Vec<Block> = blocks(page)
        .into_iter()
        .filter(|block| block.section == name)
        .collect();
    assert!(!found.is_empty(), "the page has no blocks under {name}");
    found
}

#[test]
fn an_operator_types_the_pages_on_a_cluster_of_their_own() {
    let env = Environment::load();
    let shared = std::env::temp_dir().join(format!("pg_odoo_mcp.{}.own_odoo", std::process::id()));
    std::fs::create_dir_all(&shared).expect("a folder");
    let _remove = Removed(&shared);
    let mut walk = Walk::new(&env, &shared);
    let before = walk.state();

    let page = blocks(INSTALL);
    let away = page
        .iter()
        .position(|block| block.section == TAKE_AWAY)
        .expect("the page says how to take all of it away");
    for block in &page[..away] {
        if block.section == "TLS before it" {
            // the front is up by now
            walk.ask(&env);
            walk.assert_settings_are_private();
        }
        walk.type_block(block);
    }
    walk.ask(&env);
    assert_ne!(walk.state(), before, "the comparison sees what is there");
    for block in &page[away..] {
        walk.type_block(block);
    }
    assert_nothing_left(&before, &walk.state());

    // the README's short form on what is left, and away again
    let of_first = |name| {
        section(INSTALL, name)
            .into_iter()
            .filter_map(of_first_database)
    };
    of_first("Let the front in").for_each(|block| walk.type_block(&block));
    for block in section(README, "On your own Odoo") {
        walk.type_block(&block);
    }
    walk.ask(&env);
    // who keeps the settings elsewhere can still install the next release
    walk.machine.must(&format!("mv {SETTINGS} /tmp/settings"));
    section(INSTALL, "A new version")
        .iter()
        .filter(|block| block.text.contains("apt-get install"))
        .for_each(|block| walk.type_block(block));
    walk.machine.must(&format!(
        "test ! -e {SETTINGS} && mv /tmp/settings {SETTINGS}"
    ));
    of_first(TAKE_AWAY).for_each(|block| walk.type_block(&block));
    assert_nothing_left(&before, &walk.state());
}

const TAKE_AWAY: &str = "Take everything away again";

/// A block without what it says of the second database.
fn of_first_database(block: Block) -> Option<Block> {
    if block.text.contains("-- in database second") {
        return None;
    }
    let lines: Vec<&str> = block
        .text
        .lines()
        .filter(|line| !line.contains("second"))
        .collect();
    Some(Block {
        text: lines.join("\n"),
        ..block
    })
}

fn assert_nothing_left(before: &str, after: &str) {
    let missing = |from: &str, other: &str| -> Vec<String> {
        let other: HashSet<&str> = other.lines().collect();
        from.lines()
            .filter(|line| !other.contains(line))
            .map(str::to_owned)
            .collect()
    };
    let (left, lost) = (missing(after, before), missing(before, after));
    assert!(
        left.is_empty() && lost.is_empty(),
        "left: {left:#?}\nlost: {lost:#?}"
    );
    assert!(before == after, "the same lines in another order");
}

/// A folder that is gone at the end.
struct Removed<'a>(&'a Path);

impl Drop for Removed<'_> {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(self.0) {
            eprintln!("{}: {error}", self.0.display());
        }
    }
}
