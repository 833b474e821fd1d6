//! The mistakes that people make who run this: each says what is wrong and what to type next, wherever one meets it:
//! in psql, in the front's log, in `/readyz`, in `odoo-mcp doctor`. The agent learns none of the server's own words.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::thread::spawn;
use std::time::Duration;

use odoo_mcp_tests::cluster::Cluster;
use odoo_mcp_tests::front::free_port;
use odoo_mcp_tests::mcp::agent;
use odoo_mcp_tests::serve::serve;
use odoo_mcp_tests::wait::until;
use odoo_mcp_tests::{Environment, Front, McpClient, Scratch};
use postgres::Client;
use postgres::error::SqlState;
use serde_json::{Value, json};

/// What `odoo-mcp doctor` says.
struct Report {
    findings: Vec<Value>,
    has_failed: bool,
    text: String,
}

impl Report {
    /// Asks it with these settings.
    fn of(env: &Environment, settings: &[(&str, &str)]) -> Self {
        let output = Command::new(&env.front_binary)
            .args(["doctor", "--json"])
            .env_remove("ODOO_MCP_LISTEN")
            .envs(settings.iter().copied())
            .output()
            .expect("the program is there");
        let text = String::from_utf8(output.stdout).expect("text");
        let body: Value = serde_json::from_str(&text).unwrap_or_else(|error| {
            panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr))
        });
        let findings = body["findings"].as_array().expect("findings").clone();
        let errors = findings.iter().filter(|f| f["status"] == "error").count();
        assert_eq!(body["errors"], errors, "{text}");
        assert_eq!(output.status.code(), Some(i32::from(errors > 0)), "{text}");
        assert_eq!(
            findings.last().map(|f| f["status"] == "error"),
            Some(errors > 0),
            "the worst is the last: {text}"
        );
        Self {
            findings,
            has_failed: errors > 0,
            text,
        }
    }

    /// Of the stack's database.
    fn with_odoo(env: &Environment, url: &str, database: &str) -> Self {
        Self::of(
            env,
            &[
                ("ODOO_MCP_DATABASE_URL", &env.front_url()),
                ("ODOO_MCP_ODOO_URL", url),
                ("ODOO_MCP_ODOO_DB", database),
            ],
        )
    }

    fn says(&self, status: &str, finding: &str, hint: &str) {
        let found = self.findings.iter().any(|f| {
            f["status"] == status
                && f["finding"]
                    .as_str()
                    .is_some_and(|text| text.contains(finding))
                && f["hint"].as_str().unwrap_or("").contains(hint)
        });
        assert!(found, "{status} {finding:?} → {hint:?}: {}", self.text);
    }
}

/// The front's role by URL, for programs.
trait FrontUrl {
    fn front_url(&self) -> String;
}

impl FrontUrl for Environment {
    fn front_url(&self) -> String {
        self.front_role_url.clone()
    }
}

/// `/readyz` of a front that is not ready: problem and hint.
fn unready(front: &Front) -> String {
    let mut answer = agent()
        .get(&format!("{}/readyz", front.url))
        .call()
        .expect("it answers");
    let text = answer.body_mut().read_to_string().expect("text");
    assert_eq!(answer.status(), 503, "{text}");
    text
}

/// A front on this URL says so in `/readyz` and, unasked, in its log; `doctor` says the same.
fn all_say(env: &Environment, url: &str, problem: &str, hint: &str) -> Front {
    let front = Front::start_unready(env, url);
    let text = unready(&front);
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

fn refused(client: &mut Client, statement: &str) -> (SqlState, String) {
    let error = client
        .simple_query(statement)
        .expect_err("it must be refused");
    let answer = error.as_db_error().expect("the server's answer");
    let said = format!("{} | {}", answer.message(), answer.hint().unwrap_or(""));
    (answer.code().clone(), said)
}

/// The tool's error that an agent gets, and nothing of the server's in it.
fn agent_learns(front: &Front, token: &str, code: &str) -> Value {
    let mut client = McpClient::new(&front.mcp_url(), token);
    let answer = client.request(
        "tools/call",
        &json!({"name": "odoo_count", "arguments": {"model": "res.partner"}}),
    );
    let error = answer["structuredContent"]["error"].clone();
    assert_eq!(error["code"], code, "{answer}");
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
    error
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

    let (code, said) = refused(&mut cluster.superuser(), "select odoo_mcp.health()");
    assert!(code == SqlState::UNDEFINED_FILE, "{said}");
    let front = all_say(
        &env,
        &cluster.front_url(),
        "library is not installed on the database server",
        "install the package",
    );
    agent_learns(&front, &token, "internal");

    // as where nothing was ever installed: PostgreSQL's own words say it
    std::fs::remove_file(cluster.installed("share/extension/pg_odoo_mcp.control"))
        .expect("its own");
    superuser
        .batch_execute("create database empty")
        .expect("a database");
    let (_, said) = refused(
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

    let (_, said) = refused(&mut cluster.superuser(), "select odoo_mcp.health()");
    assert!(said.contains("version mismatch"), "{said}");
    let _front = all_say(
        &env,
        &cluster.front_url(),
        "does not fit this PostgreSQL",
        "select version()",
    );
}

/// Something that answers every connection with the same bytes.
fn answering(bytes: &'static str) -> String {
    let socket = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", socket.local_addr().expect("an address"));
    spawn(move || {
        for stream in socket.incoming().map_while(Result::ok) {
            let mut stream = stream;
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(bytes.as_bytes());
        }
    });
    url
}

#[test]
fn wrong_odoo_url() {
    let env = Environment::load();
    let right = Report::with_odoo(&env, &env.odoo_url, &env.database);
    assert!(!right.has_failed, "{}", right.text);
    right.says("ok", "Odoo 19.0 at", "");
    right.says("ok", "is served", "");

    for (bytes, finding) in [
        (
            "HTTP/1.1 301 Moved\r\nLocation: https://erp.example.com/x\r\nContent-Length: 0\r\n\r\n",
            "redirects to https://erp.example.com instead",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n<h1>",
            "answers with a page",
        ),
        (
            "HTTP/1.1 400 Bad\r\nContent-Type: text/html\r\nContent-Length: 34\r\n\r\nplain HTTP request sent HTTPS port",
            "speaks TLS",
        ),
        ("HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n", "502"),
        ("SSH-2.0-OpenSSH_9.2\r\n", "does not speak HTTP"),
    ] {
        let report = Report::with_odoo(&env, &answering(bytes), &env.database);
        report.says("error", finding, "");
    }
    let front = env.mcp_url.trim_end_matches("/mcp");
    let report = Report::with_odoo(&env, front, &env.database);
    report.says("error", "a front of this kind", "ODOO_MCP_ODOO_URL");
    let report = Report::with_odoo(&env, "http://127.0.0.1:8765", &env.database);
    report.says("error", "the front's own address", "ODOO_MCP_ODOO_URL");

    // an Odoo, but not of this database; one that it has and does not serve; and the wrong name in between
    let report = Report::with_odoo(&env, &env.odoo_url, "nowhere");
    report.says("error", "has no database", "ODOO_MCP_ODOO_DB");
    report.says("error", "ODOO_MCP_ODOO_DB is nowhere", "the same name");
    let unserved = Scratch::bare(&env, "unserved");
    let report = Report::with_odoo(&env, &env.odoo_url, &unserved.database);
    report.says("error", "does not serve the database", "dbfilter");
}

#[test]
fn odoo_stopped() {
    let env = Environment::load();
    let url = format!("http://127.0.0.1:{}", free_port());
    let report = Report::with_odoo(&env, &url, &env.database);
    report.says("error", "nothing listens at", "systemctl start odoo");
    // reads need no Odoo
    let answer = env
        .mcp("sales_all")
        .call_tool("odoo_count", &json!({"model": "res.partner"}));
    assert!(!answer.is_error, "{answer:?}");
}

#[test]
fn unscanned_addon() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "unscanned");
    let token = scratch.token("sales_all");
    let mut superuser = scratch.superuser();
    superuser
        .batch_execute(
            "insert into ir_model_data (module, name, model, res_id)
             select 'acme', 'model_sale_order', 'ir.model', id from ir_model where model = 'sale.order';
             insert into ir_module_module (name, state) values ('lm_mcp_server', 'installed')",
        )
        .expect("an addon, and another door");
    let answer = serve(
        &mut scratch.front_role(),
        &token,
        "odoo_count",
        r#"{"model": "sale.order"}"#,
    );
    assert_eq!(answer["error"]["code"], "not_supported", "{answer}");
    let hint = answer["error"]["hint"].as_str().unwrap_or("");
    assert!(
        hint.contains("ask Odoo itself") && hint.contains("odoo_list_models"),
        "{answer}"
    );
    // who speaks SQL is told of functions
    let (_, said) = refused(
        &mut superuser,
        "begin; select odoo_mcp.act_as('sales_all'); select odoo_mcp.count('sale.order')",
    );
    assert!(
        said.contains("acme") && said.contains("odoo_mcp.list_models()"),
        "{said}"
    );
    superuser.batch_execute("rollback").expect("rollback");

    let found = findings(&mut superuser);
    assert!(
        found.contains("warning models sale.order: not answered") && found.contains("acme"),
        "{found}"
    );
    assert!(
        found.contains("warning other mcp") && found.contains("lm_mcp_server"),
        "{found}"
    );
}

/// `status check finding → hint`, a line each.
fn findings(client: &mut Client) -> String {
    let rows = client
        .query(
            "select format('%s %s %s → %s', status, \"check\", finding, hint) from odoo_mcp.doctor()",
            &[],
        )
        .unwrap_or_else(|error| panic!("{error:?}"));
    assert!(rows.len() > 8, "{} findings", rows.len());
    rows.iter()
        .map(|row| row.get::<_, String>(0) + "\n")
        .collect()
}

#[test]
fn no_preload() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "no_preload");
    let found = findings(&mut scratch.superuser());
    assert!(found.contains("ok preload not preloaded"), "{found}");
    scratch
        .superuser()
        .batch_execute(&format!(
            "alter database {} set session_preload_libraries = 'pg_odoo_mcp'",
            scratch.database
        ))
        .expect("as the hint says");
    let found = findings(&mut scratch.superuser());
    assert!(!found.contains("ok preload"), "{found}");
}

#[test]
fn missing_grant() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "missing_grant");
    let token = scratch.token("sales_all");
    let mut superuser = scratch.superuser();
    let reader: String = superuser
        .query_one(
            "select reader_role::regrole::text from odoo_mcp_private.installation",
            &[],
        )
        .expect("a role")
        .get(0);
    superuser
        .batch_execute(&format!("revoke select on sale_order from {reader}"))
        .expect("as an update of Odoo's may do");
    let answer = serve(
        &mut scratch.front_role(),
        &token,
        "odoo_count",
        r#"{"model": "sale.order"}"#,
    );
    let said = answer.to_string();
    assert!(
        said.contains("not_supported") && said.contains("odoo_mcp.check_grants()"),
        "{said}"
    );
    let found = findings(&mut superuser);
    assert!(
        found.contains("error grants table public.sale_order: not readable: ")
            && found.contains("select * from odoo_mcp.check_grants()"),
        "{found}"
    );
    // a secret that came into a table which was granted as a whole
    superuser
        .batch_execute("alter table res_country add column api_token text")
        .expect("as an addon may do");
    let found = findings(&mut superuser);
    assert!(
        found.contains("error grants table public.res_country: readable, but it holds a secret")
            && found.contains("api_token; and 1 more"),
        "{found}"
    );
    superuser
        .batch_execute("select * from odoo_mcp.check_grants()")
        .expect("as the hint says");
    let found = findings(&mut superuser);
    assert!(found.contains("ok grants"), "{found}");

    // the front's own
    superuser
        .batch_execute(&format!(
            "revoke execute on function odoo_mcp.health() from mcp_front;
             alter role mcp_front in database {} reset log_parameter_max_length",
            scratch.database
        ))
        .expect("what goes wrong");
    let found = findings(&mut superuser);
    assert!(
        found.contains("error fronts role mcp_front") && found.contains("grant_front('mcp_front')"),
        "{found}"
    );
    let url = env.front_url().replace(
        &format!("/{}", env.database),
        &format!("/{}", scratch.database),
    );
    let front = Front::start_unready(&env, &url);
    let text = unready(&front);
    assert!(
        text.contains("may not call") && text.contains("grant_front"),
        "{text}"
    );
    superuser
        .batch_execute("grant execute on function odoo_mcp.health() to mcp_front")
        .expect("a grant");
    let found = findings(&mut superuser);
    assert!(
        found.contains("token hashes may get into the log"),
        "{found}"
    );
}

#[test]
fn clock_off() {
    let env = Environment::load();
    let url = answering(
        "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: application/json\r\nContent-Length: 59\r\n\r\n\
         {\"version_info\": [19, 0, 0, \"final\", 0], \"version\": \"19.0\"}",
    );
    let report = Report::with_odoo(&env, &url, &env.database);
    report.says("warning", "behind the front's", "timedatectl");
    let row = env
        .superuser()
        .query_one(
            "select status, finding, hint from odoo_mcp.doctor(
                 front_clock => extract(epoch from clock_timestamp())::float8 - 3600) where \"check\" = 'clock'",
            &[],
        )
        .expect("a finding");
    let said: (String, String, String) = (row.get(0), row.get(1), row.get(2));
    assert!(
        said.0 == "warning"
            && said.1.contains("clock is 36")
            && said.1.contains("s ahead of")
            && said.2.contains("timedatectl"),
        "{said:?}"
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

    let (code, said) = refused(
        &mut superuser,
        "begin; select odoo_mcp.act_as('sales_all'); select odoo_mcp.count('res.partner')",
    );
    assert!(
        code == SqlState::DISK_FULL && said.contains("Check free disk space"),
        "{said}"
    );
    superuser.batch_execute("rollback").expect("rollback");
    // nothing is answered that is not written down
    let error = agent_learns(&front, &token, "internal");
    let reference = error["detail"]
        .as_str()
        .unwrap_or("")
        .replace("reference ", "");
    let log = front.log();
    let line = log
        .lines()
        .find(|line| line.contains(&reference) && line.contains("disk is full"))
        .unwrap_or_else(|| panic!("{reference}: {log}"));
    assert!(
        line.contains("make room") && line.contains("53100"),
        "{line}"
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
        let (code, said) = refused(&mut superuser, statement);
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
    let error = agent_learns(&front, &token, "internal");
    let reference = error["detail"]
        .as_str()
        .unwrap_or("")
        .replace("reference ", "");
    assert!(
        front
            .log()
            .lines()
            .any(|line| line.contains(&reference) && line.contains("name the primary")),
        "{}",
        front.log()
    );
}

/// The hints of findings that are no errors of the way, typed as they are shown.
#[test]
fn what_was_changed_behind_its_back_is_mended_by_typing_the_hint() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "changed");
    // or the want of one is a finding, too
    let _live = scratch.token("sales_all");
    let mut superuser = scratch.superuser();
    let owner: String = superuser
        .query_one(
            "select owner_role::regrole::text from odoo_mcp_private.installation",
            &[],
        )
        .expect("a role")
        .get(0);
    superuser
        .batch_execute(&format!(
            "alter database {0} set synchronous_commit = off;
             alter database {0} set default_transaction_read_only = on;
             set transaction read write;
             grant {owner} to odoo;
             grant create on schema public to public;
             alter table odoo_mcp_private.audit_attempt disable trigger all",
            scratch.database
        ))
        .expect("what somebody may do");
    let read = |client: &mut Client| -> Vec<(String, String)> {
        let rows = client
            .query(
                "select finding, hint from odoo_mcp.doctor() where status <> 'ok' order by finding",
                &[],
            )
            .expect("findings");
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    };
    let found = read(&mut superuser);
    for expected in [
        "synchronous_commit is off for database",
        "transactions here are read-only",
        "odoo is a member of",
        "everybody who may connect can create objects in schema public",
        "entries can be changed",
        "role mcp_front: it may create objects in Odoo's schema",
    ] {
        assert!(
            found.iter().any(|(finding, _)| finding.contains(expected)),
            "{expected}: {found:?}"
        );
    }
    for (finding, hint) in &found {
        let typed = hint.strip_prefix("a superuser runs: ").unwrap_or(hint);
        superuser
            .batch_execute(typed)
            .unwrap_or_else(|error| panic!("{finding}: {typed}: {error:?}"));
    }
    assert_eq!(read(&mut scratch.superuser()), []);
    drop(superuser);

    scratch
        .superuser()
        .batch_execute("call odoo_mcp.pause()")
        .expect("as Odoo is to be upgraded");
    let found = findings(&mut scratch.superuser());
    assert!(
        found.contains("warning pause fronts are paused until")
            && found.contains("odoo-mcp resume"),
        "{found}"
    );
    scratch
        .superuser()
        .batch_execute("call odoo_mcp.resume()")
        .expect("as the hint says");
    assert!(!findings(&mut scratch.superuser()).contains("warning pause"));

    let copy = scratch.copy("changed_copy");
    let found = read(&mut copy.superuser());
    let is_told = |(finding, hint): &(String, String)| {
        finding.contains("a copy of the database") && hint.contains("odoo_mcp.adopt_database()")
    };
    assert!(found.iter().any(is_told), "{found:?}");
    copy.superuser()
        .batch_execute("select odoo_mcp.adopt_database()")
        .expect("as the hint says");
    assert!(!read(&mut copy.superuser()).iter().any(is_told));
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
}

/// What needs nothing but the settings.
#[test]
fn settings() {
    let env = Environment::load();
    let file = std::env::temp_dir().join(format!("omcp_settings_{}.toml", std::process::id()));
    let text = format!(
        "database_url = \"{}\"\nlisten = \"0.0.0.0:8765\"\npool_size = 900\n",
        env.front_url()
    );
    std::fs::write(&file, text).expect("a file");
    let ask = |mode: u32| {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).expect("it is ours");
        let output = Command::new(&env.front_binary)
            .args(["doctor", "--config"])
            .arg(&file)
            .output()
            .expect("the program is there");
        let text = String::from_utf8(output.stdout).expect("text");
        (output.status.code(), text)
    };
    let (code, text) = ask(0o644);
    assert_eq!(code, Some(1), "{text}");
    for said in [
        "ERROR    settings file",
        "→ chmod o= ",
        "the front listens on 0.0.0.0:8765",
        "this front takes up to 900",
        "lower ODOO_MCP_POOL_SIZE",
        "1 error, 2 warnings",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let password = env
        .front_role_url
        .split([':', '@'])
        .nth(2)
        .expect("a password");
    assert!(!text.contains(password), "{text}");
    let (code, text) = ask(0o640);
    assert_eq!(code, Some(0), "{text}");
    std::fs::remove_file(&file).expect("it is ours");
}

/// What a URL can have wrong, each with words of its own.
#[test]
fn database_url() {
    let env = Environment::load();
    let right = env.front_url();
    let (before, host) = right.rsplit_once('@').expect("a URL with a password");
    let (role, _) = before.rsplit_once(':').expect("a password");
    let (address, database) = host.split_once('/').expect("a database");
    let (name, port) = address.split_once(':').expect("a port");
    for (url, problem, hint) in [
        (
            format!("{role}:hunter2@{host}"),
            "does not accept the password",
            "alter role",
        ),
        (
            format!("{role}@{host}"),
            "asks for a password",
            "postgresql://role:password@",
        ),
        (
            format!("{before}@{address}/nowhere"),
            "no database of the name",
            "psql -l",
        ),
        (
            format!("{before}@{name}:{}/{database}", free_port()),
            "nothing listens",
            "pg_lsclusters",
        ),
        (
            format!("{before}@{address}/postgres"),
            "the extension is not in this database",
            "create extension",
        ),
        (
            format!("postgresql://postgres@{name}:{port}/{database}"),
            "lets this role not in",
            "pg_hba.conf",
        ),
        (
            format!("postgresql://x@/{database}?host=/nowhere"),
            "no socket",
            "unix_socket_directories",
        ),
    ] {
        let report = Report::of(&env, &[("ODOO_MCP_DATABASE_URL", &url)]);
        report.says("error", problem, hint);
        assert!(!report.text.contains("hunter2"), "{}", report.text);
    }
}
