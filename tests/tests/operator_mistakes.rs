//! Mistakes in the settings of a front and in Odoo's database: an address, a password, a grant, a clock, an addon. Each says
//! what is wrong and what to type next. Those with the server itself are in `broken_server.rs`.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::thread::{sleep, spawn};
use std::time::Duration;

use odoo_mcp_tests::doctor::{Report, findings};
use odoo_mcp_tests::front::free_port;
use odoo_mcp_tests::serve::{refusal, serve};
use odoo_mcp_tests::{Environment, Front, Scratch};
use postgres::Client;
use serde_json::json;

/// Something that answers every connection with the same bytes.
fn answering(bytes: &'static str) -> String {
    answering_with(move |_| bytes.to_owned())
}

/// Something that answers the connections, counted from 0, with what is made for each.
fn answering_with(make: impl Fn(usize) -> String + Send + 'static) -> String {
    let socket = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", socket.local_addr().expect("an address"));
    spawn(move || {
        for (count, stream) in socket.incoming().map_while(Result::ok).enumerate() {
            let mut stream = stream;
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(make(count).as_bytes());
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
            "redirects to https://erp.example.com/x instead",
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
    // an addon may hide rows: Odoo is asked, as this user
    let request = &answer["delegate"]["requests"][0];
    assert_eq!(request["model"], "sale.order", "{answer}");
    assert!(answer["result"].is_null(), "{answer}");
    // who speaks SQL is told of functions
    let (_, said) = refusal(
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
        found.contains("warning models sale.order: answered by Odoo, because the module acme"),
        "{found}"
    );
    assert!(
        found.contains("warning other mcp") && found.contains("lm_mcp_server"),
        "{found}"
    );
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
    // Odoo has its own rights, and applies the user's
    let request = &answer["delegate"]["requests"][0];
    assert_eq!(request["model"], "sale.order", "{answer}");
    assert!(answer["result"].is_null(), "{answer}");
    let (_, said) = refusal(
        &mut superuser,
        "begin; select odoo_mcp.act_as('sales_all'); select odoo_mcp.count('sale.order')",
    );
    assert!(said.contains("odoo_mcp.check_grants()"), "{said}");
    superuser.batch_execute("rollback").expect("rollback");
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
    let front = Front::start_unready(&env, &scratch.front_url());
    let text = front.problem();
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

    // 4 s are no matter, however long the next answer takes
    let url = answering_with(|count| {
        if count > 0 {
            sleep(Duration::from_millis(2_500));
        }
        let date = Command::new("date")
            .env("LC_ALL", "C")
            .args(["-u", "-d", "4 seconds ago", "+%a, %d %b %Y %H:%M:%S GMT"])
            .output()
            .expect("date is there");
        let body = r#"{"version_info": [19, 0, 0, "final", 0], "version": "19.0"}"#;
        format!(
            "HTTP/1.1 200 OK\r\nDate: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            String::from_utf8_lossy(&date.stdout).trim(),
            body.len()
        )
    });
    let report = Report::with_odoo(&env, &url, &env.database);
    report.says("ok", "s behind the front's", "");

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

/// What needs nothing but the settings.
#[test]
fn settings() {
    let env = Environment::load();
    let file = std::env::temp_dir().join(format!("omcp_settings_{}.toml", std::process::id()));
    let text = format!(
        "database_url = \"{}\"\nlisten = \"0.0.0.0:8765\"\npool_size = 900\n",
        env.front_role_url.clone()
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
    let right = env.front_role_url.clone();
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

/// An update leads forward only: where an old package was put back, it would do nothing.
#[test]
fn releases_that_differ() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "releases");
    let mut superuser = scratch.superuser();
    let library = env!("CARGO_PKG_VERSION");
    for (extension, hint) in [
        ("0.0.9", "alter extension pg_odoo_mcp update"),
        ("0.0.10", "alter extension pg_odoo_mcp update"),
        ("99.10.0", "install the package of release 99.10.0 here"),
    ] {
        superuser
            .execute(
                "update pg_extension set extversion = $1 where extname = 'pg_odoo_mcp'",
                &[&extension],
            )
            .expect("a superuser may");
        let found = findings(&mut superuser);
        let expected = format!(
            "error release the library is {library}, the extension in this database is {extension} → {hint}"
        );
        assert!(found.contains(&expected), "{expected}: {found}");
        let front = Front::start_unready(&env, &scratch.front_url());
        let said = front.problem();
        assert!(said.contains(hint.trim_end_matches(" here")), "{said}");
    }
}
