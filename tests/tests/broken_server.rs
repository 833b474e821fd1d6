//! Mistakes with the database server: no library or one of another major version, a standby, a full disk, settings that
//! lose data. Each says what is wrong and what to type next wherever one meets it: in psql, in the front's log, in
//! `/readyz`, in `odoo-mcp doctor`. The agent learns none of the server's own words.

use std::process::Command;
use std::time::Duration;

use odoo_mcp_tests::cluster::Cluster;
use odoo_mcp_tests::doctor::{Report, findings};
use odoo_mcp_tests::serve::refusal;
use odoo_mcp_tests::wait::until;
use odoo_mcp_tests::{Environment, Front, McpClient};
use postgres::error::SqlState;
use serde_json::json;

/// A front on this URL says so in `/readyz` and, unasked, in its log; `doctor` says the same.
fn all_say(env: &Environment, url: &str, problem: &str, hint: &str) -> Front {
    let front = Front::start_unready(env, url);
    let text = front.problem();
    assert!(text.contains(problem) && text.contains(hint), "{text}");
    until("the log says it", Duration::from_secs(60), || {
        front.log().lines().any(|line| {
            line.contains("the database is not ready")
                && line.contains(problem)
                && line.contains(hint)
        })
    });
    let report = Report::of(env, &[("ODOO_MCP_DATABASE_URL", url)]);
    assert!(report.has_failed, "{}", report.text);
    report.says("error", problem, hint);
    front
}

/// The error that an agent gets where no call can be admitted, nothing of the server's in it; its
/// reference.
fn agent_learns(front: &Front, token: &str) -> String {
    let mut client = McpClient::new(&front.mcp_url(), token);
    let answer = client
        .try_request(
            "tools/call",
            &json!({"name": "odoo_count", "arguments": {"model": "res.partner"}}),
        )
        .expect("the front answers");
    assert_eq!(answer.status, 503, "{answer:?}");
    let answer = answer.json();
    let error = &answer["error"];
    assert_eq!(error["data"]["code"], "unavailable", "{answer}");
    let message = error["message"].as_str().unwrap_or("");
    assert!(
        message.contains("in the log") && !message.contains("audit"),
        "there is no entry: {answer}"
    );
    for word in [
        "pg_odoo_mcp",
        "audit_attempt",
        "INSERT",
        "standby",
        "No space",
        "libdir",
    ] {
        assert!(!answer.to_string().contains(word), "{answer}");
    }
    error["data"]["reference"]
        .as_str()
        .expect("a reference")
        .to_owned()
}

#[test]
fn library_not_installed() {
    let env = Environment::load();
    let cluster = Cluster::set_up(&env, "lib");
    let mut superuser = cluster.superuser();
    let token: String = superuser
        .query_one("select odoo_mcp.issue_token('sales_all', 'x')", &[])
        .expect("a token")
        .get(0);
    let library = cluster.installed("lib/pg_odoo_mcp.so");
    let contents = std::fs::read(&library).expect("the library");
    std::fs::remove_file(&library).expect("it is this cluster's own");

    let (code, said) = refusal(&mut cluster.superuser(), "select odoo_mcp.health()");
    assert!(code == SqlState::UNDEFINED_FILE, "{said}");
    let front = all_say(
        &env,
        &cluster.front_url(),
        "library is not installed on the database server",
        "install the package",
    );
    agent_learns(&front, &token);

    // as where nothing was ever installed: PostgreSQL's own words say it
    std::fs::remove_file(cluster.installed("share/extension/pg_odoo_mcp.control"))
        .expect("its own");
    superuser
        .batch_execute("create database empty")
        .expect("a database");
    let (_, said) = refusal(
        &mut cluster.superuser_in("empty"),
        "create extension pg_odoo_mcp",
    );
    assert!(said.contains("must first be installed"), "{said}");

    // the front gets ready by itself once it is there
    cluster.replace(&library, &contents);
    until("the front is ready", Duration::from_secs(60), || {
        front.log().contains("the database is ready")
    });
}

/// Only one major version is at hand, so the library is one that says of itself that it was built for the next: the
/// server compares just that.
#[test]
fn wrong_postgresql_version() {
    let env = Environment::load();
    let cluster = Cluster::set_up(&env, "major");
    let library = cluster.installed("lib/pg_odoo_mcp.so");
    let mut contents = std::fs::read(&library).expect("the library");
    let version: i32 = cluster
        .superuser()
        .query_one(
            "select current_setting('server_version_num')::int / 100",
            &[],
        )
        .expect("a version")
        .get(0);
    // PostgreSQL's magic block: version, FUNC_MAX_ARGS, INDEX_MAX_KEYS, NAMEDATALEN
    let block: Vec<u8> = [version, 100, 32, 64]
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    let places: Vec<usize> = contents
        .windows(block.len())
        .enumerate()
        .filter_map(|(place, window)| (window == block).then_some(place))
        .collect();
    let [place] = places[..] else {
        panic!("the magic block is there once: {places:?}");
    };
    contents[place..place + 4].copy_from_slice(&(version + 100).to_le_bytes());
    cluster.replace(&library, &contents);

    let (_, said) = refusal(&mut cluster.superuser(), "select odoo_mcp.health()");
    assert!(said.contains("version mismatch"), "{said}");
    let _front = all_say(
        &env,
        &cluster.front_url(),
        "does not fit this PostgreSQL",
        "select version()",
    );
}

/// A small file system of its own under the audit's table.
struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    fn at(folder: std::path::PathBuf, (uid, gid): (u32, u32)) -> Self {
        let mounted = Command::new("mount")
            .args([
                "-t",
                "tmpfs",
                "-o",
                &format!("size=2m,uid={uid},gid={gid},mode=700"),
                "none",
            ])
            .arg(&folder)
            .status()
            .expect("mount is there");
        assert!(
            mounted.success(),
            "the test mounts a tmpfs, so it runs as root"
        );
        Self(folder)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // the server still has files there
        let status = Command::new("umount").arg("-l").arg(&self.0).status();
        if !status.is_ok_and(|status| status.success()) {
            eprintln!("{} is still mounted", self.0.display());
        }
    }
}

#[test]
fn disk_full_in_a_copy() {
    let env = Environment::load();
    let cluster = Cluster::set_up(&env, "disk");
    let mut superuser = cluster.superuser();
    let token: String = superuser
        .query_one("select odoo_mcp.issue_token('sales_all', 'x')", &[])
        .expect("a token")
        .get(0);
    let folder = cluster.folder_for("small");
    // declared after the cluster, so it goes before it
    let _disk = SmallDisk::at(folder.clone(), cluster.user());
    superuser
        .batch_execute(&format!(
            "create tablespace small location '{}'",
            folder.display()
        ))
        .expect("a tablespace");
    superuser
        .batch_execute("alter table odoo_mcp_private.audit_attempt set tablespace small")
        .expect("the table moves");
    let front = Front::start(&env, &cluster.front_url());
    let filler = folder.join("filler");
    let full = std::fs::write(&filler, vec![1u8; 4 << 20]).expect_err("it does not fit");
    assert_eq!(full.raw_os_error(), Some(28), "{full}");

    let (code, said) = refusal(
        &mut superuser,
        "begin; select odoo_mcp.act_as('sales_all'); select odoo_mcp.count('res.partner')",
    );
    assert!(
        code == SqlState::DISK_FULL && said.contains("Check free disk space"),
        "{said}"
    );
    superuser.batch_execute("rollback").expect("rollback");
    // nothing is answered that is not written down
    let reference = agent_learns(&front, &token);
    let log = front.log();
    let line = log
        .lines()
        .find(|line| line.contains(&reference) && line.contains("disk is full"))
        .unwrap_or_else(|| panic!("{reference}: {log}"));
    assert!(
        line.contains("make room") && line.contains("53100"),
        "{line}"
    );

    // what still can be read says so, too
    let text = front.problem();
    assert!(
        text.contains("disk is full") && text.contains("make room"),
        "{text}"
    );

    std::fs::remove_file(&filler).expect("room again");
    let answer = McpClient::new(&front.mcp_url(), &token)
        .call_tool("odoo_count", &json!({"model": "res.partner"}));
    assert!(!answer.is_error, "{answer:?}");
}

#[test]
fn front_pointed_at_a_standby() {
    let env = Environment::load();
    let primary = Cluster::set_up(&env, "primary");
    let token: String = primary
        .superuser()
        .query_one("select odoo_mcp.issue_token('sales_all', 'x')", &[])
        .expect("a token")
        .get(0);
    let standby = primary.standby("standby");
    let mut superuser = standby.superuser();
    until("the token has arrived", Duration::from_secs(60), || {
        superuser
            .query_one("select count(*) from odoo_mcp.tokens", &[])
            .is_ok_and(|row| row.get::<_, i64>(0) == 1)
    });
    for statement in [
        "select odoo_mcp.setup()",
        "select odoo_mcp.issue_token('sales_all', 'y')",
        "begin; select odoo_mcp.act_as('sales_all'); select odoo_mcp.count('res.partner')",
    ] {
        let (code, said) = refusal(&mut superuser, statement);
        assert!(
            code == SqlState::READ_ONLY_SQL_TRANSACTION
                && said.contains("this server is a standby")
                && said.contains("connect to the primary"),
            "{statement}: {said}"
        );
    }
    superuser.batch_execute("rollback").expect("rollback");
    let front = all_say(
        &env,
        &standby.front_url(),
        "this server is a standby",
        "the primary",
    );
    let reference = agent_learns(&front, &token);
    assert!(
        front
            .log()
            .lines()
            .any(|line| line.contains(&reference) && line.contains("name the primary")),
        "{}",
        front.log()
    );
}

#[test]
fn not_durable() {
    let env = Environment::load();
    let cluster = Cluster::set_up(&env, "fsync");
    let mut superuser = cluster.superuser();
    assert!(findings(&mut superuser).contains("ok durability"));
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        superuser
            .batch_execute(&format!("alter system set {setting} = off"))
            .expect("a superuser may");
    }
    superuser
        .batch_execute("select pg_reload_conf()")
        .expect("reload");
    let expected = [
        "error durability fsync is off",
        "error durability full_page_writes is off",
        "warning durability synchronous_commit is off for the whole server",
    ];
    until("the settings are in force", Duration::from_secs(60), || {
        let found = findings(&mut superuser);
        expected.iter().all(|line| found.contains(line))
    });

    // whoever says it, it is said, and the hint fits
    for statement in [
        "alter system reset all",
        "select pg_reload_conf()",
        "alter role all set synchronous_commit = off",
        "set synchronous_commit = off",
    ] {
        superuser
            .batch_execute(statement)
            .unwrap_or_else(|error| panic!("{statement}: {error:?}"));
    }
    let line = |whose: &str, hint: &str| {
        format!(
            "warning durability synchronous_commit is off for {whose}: Odoo may lose its last commits in a crash; calls are written durably all the same → {hint}\n"
        )
    };
    until("the settings are in force", Duration::from_secs(60), || {
        let found = findings(&mut superuser);
        found.contains(&line("role all", "alter role all reset synchronous_commit"))
            && found.contains(&line("this session", "reset synchronous_commit"))
            && !found.contains("fsync is off")
    });
    superuser
        .batch_execute("alter role all reset synchronous_commit")
        .expect("as the hint says");
    let mut by_options = cluster.superuser_with("-c synchronous_commit=off");
    let found = findings(&mut by_options);
    assert!(
        found.contains("is off for this session") && found.contains("PGOPTIONS"),
        "{found}"
    );
    assert!(!found.contains("ok durability"), "{found}");
    drop((superuser, by_options));
    cluster.restart("-c synchronous_commit=off");
    let found = findings(&mut cluster.superuser());
    assert!(
        found.contains("is off for the whole server") && found.contains("command line"),
        "{found}"
    );
    assert!(!found.contains("ok durability"), "{found}");
}
