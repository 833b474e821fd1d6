//! Odoo's life goes on with the extension in its database: duplicate, drop, pause, module updates. Backups are in
//! `odoo_backups.rs`; `doc/odoo-operations.md` says both in words.

use std::time::Duration;

use odoo_mcp_tests::mcp::HttpAnswer;
use odoo_mcp_tests::query::{number, value};
use odoo_mcp_tests::serve::{assert_denied, serve};
use odoo_mcp_tests::wait::until;
use odoo_mcp_tests::{Environment, Front, McpClient, OdooCommand, Scratch, privileges, scan};
use postgres::Client;
use serde_json::{Value, json};

/// `odoo-mcp VERB`, with the settings of a front of that database.
fn odoo_mcp(env: &Environment, database: &Scratch, arguments: &[&str]) -> (bool, String) {
    let output = std::process::Command::new(&env.front_binary)
        .args(arguments)
        .env("ODOO_MCP_DATABASE_URL", database.front_url())
        .output()
        .expect("the front's program runs");
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

/// A call through a front.
fn ask(client: &mut McpClient) -> HttpAnswer {
    let params = json!({"name": "odoo_count", "arguments": {"model": "sale.order"}});
    client
        .try_request("tools/call", &params)
        .expect("the front answers")
}

fn front_sessions(env: &Environment, database: &str) -> i64 {
    number(
        &mut env.superuser(),
        &format!(
            "select count(*) from pg_stat_activity where datname = '{database}' and usename = 'mcp_front'"
        ),
    )
}

#[test]
fn a_database_is_duplicated_and_dropped_in_a_pause() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "duplicate");
    let copy = Scratch::none(&env, "duplicate_copy");
    let token = scratch.token("sales_all");
    let front = Front::start(&env, &scratch.front_url());
    let mut client = McpClient::new(&front.mcp_url(), &token);
    client.initialize();
    let odoo = OdooCommand::new(&env, "duplicate");

    let refused = odoo.db(&["duplicate", &scratch.database, &copy.database]);
    assert!(
        !refused.is_ok && refused.text.contains("is being accessed by other users"),
        "{}",
        refused.text
    );
    let (is_ok, said) = odoo_mcp(&env, &scratch, &["pause", "--for", "10min"]);
    assert!(is_ok && said.contains("paused until"), "{said}");
    let duplicated = odoo.db(&["duplicate", &scratch.database, &copy.database]);
    assert!(duplicated.is_ok, "{}", duplicated.text);
    let (is_ok, said) = odoo_mcp(&env, &scratch, &["resume"]);
    assert!(is_ok, "{said}");

    assert_eq!(copy.contents(), scratch.contents());
    // a copy has no live token, and no pause of its own
    assert_eq!(
        copy.count_orders(&token)["refused"]["reason"],
        "unauthorized"
    );
    let adopted = value(&mut copy.superuser(), "select odoo_mcp.adopt_database()");
    assert_eq!(
        (&adopted["revoked_tokens"], &adopted["live_tokens"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(
        copy.count_orders(&token)["refused"]["reason"],
        "unauthorized"
    );
    assert!(copy.count_orders(&copy.token("sales_all"))["result"]["count"].is_number());
    // it goes on in the original
    until("the front answers again", Duration::from_secs(5), || {
        ask(&mut client).status == 200
    });

    let (is_ok, said) = odoo_mcp(&env, &scratch, &["pause"]);
    assert!(is_ok, "{said}");
    let dropped = odoo.db(&["drop", &scratch.database]);
    assert!(dropped.is_ok, "{}", dropped.text);
}

/// `teardown()` forgets a pause, so it takes more than that to keep a front away.
#[test]
fn a_database_is_torn_down_and_dropped_once_its_front_is_stopped() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "drop");
    let token = scratch.token("sales_all");
    let front = Front::start(&env, &scratch.front_url());
    let mut client = McpClient::new(&front.mcp_url(), &token);
    client.initialize();
    assert_eq!(ask(&mut client).status, 200);
    let odoo = OdooCommand::new(&env, "drop");
    let refused = odoo.db(&["drop", &scratch.database]);
    assert!(
        !refused.is_ok && refused.text.contains("is being accessed by other users"),
        "{}",
        refused.text
    );

    drop(front);
    let torn_down = value(&mut scratch.superuser(), "select odoo_mcp.teardown()");
    assert_eq!(torn_down["kept_roles"], json!([]), "{torn_down}");
    let dropped = odoo.db(&["drop", &scratch.database]);
    assert!(dropped.is_ok, "{}", dropped.text);
    let left = "select (select count(*) from pg_database where datname = 'scratch_drop')
                     + (select count(*) from pg_roles where rolname like 'odoo\\_mcp\\_scratch\\_drop\\_%')";
    assert_eq!(number(&mut env.superuser(), left), 0);
}

#[test]
fn a_database_is_renamed_in_a_pause_and_keeps_its_tokens() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "rename");
    let renamed = Scratch::none(&env, "renamed");
    let token = scratch.token("sales_all");
    let before = scratch.count_orders(&token);
    let front = Front::start(&env, &scratch.front_url());
    let odoo = OdooCommand::new(&env, "rename");
    let refused = odoo.db(&["rename", &scratch.database, &renamed.database]);
    assert!(!refused.is_ok, "{}", refused.text);
    let (is_ok, said) = odoo_mcp(&env, &scratch, &["pause"]);
    assert!(is_ok, "{said}");
    let done = odoo.db(&["rename", &scratch.database, &renamed.database]);
    assert!(done.is_ok, "{}", done.text);
    // the settings have the new name from here on
    drop(front);
    let (is_ok, said) = odoo_mcp(&env, &renamed, &["resume"]);
    assert!(is_ok, "{said}");
    let front = Front::start(&env, &renamed.front_url());
    let mut client = McpClient::new(&front.mcp_url(), &token);
    client.initialize();
    assert_eq!(ask(&mut client).status, 200);
    let after = renamed.count_orders(&token);
    assert!(before["result"]["count"].is_number(), "{before}");
    assert_eq!(before["result"]["count"], after["result"]["count"]);
    drop(front);
    // its roles have the old name
    renamed
        .superuser()
        .batch_execute("select odoo_mcp.teardown()")
        .expect("a superuser may");
}

#[test]
fn a_pause_frees_every_connection_and_ends() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "pause");
    let token = scratch.token("sales_all");
    let front = Front::start(&env, &scratch.front_url());
    let mut client = McpClient::new(&front.mcp_url(), &token);
    client.initialize();
    assert!(front_sessions(&env, &scratch.database) > 0);
    // an analyst in psql is not ours to end
    let mut analyst = scratch.superuser();
    let (is_ok, said) = odoo_mcp(&env, &scratch, &["pause", "--for", "1h"]);
    assert!(
        is_ok && said.contains("still connected") && said.contains("postgres"),
        "{said}"
    );
    until("no session of a front", Duration::from_secs(2), || {
        front_sessions(&env, &scratch.database) == 0
    });
    // callers are told, and hold nothing
    let ready = || {
        let mut answer = odoo_mcp_tests::mcp::agent()
            .get(format!("{}/readyz", front.url))
            .call()
            .expect("an answer");
        answer.body_mut().read_to_string().expect("a body")
    };
    // the front believes a verdict for a second
    until("the front is not ready", Duration::from_secs(3), || {
        ready().contains("\"paused\"")
    });
    for _ in 0..20 {
        let answer = ask(&mut client);
        assert_eq!(
            (answer.status, answer.header("retry-after")),
            (503, Some("30")),
            "{answer:?}"
        );
        assert_eq!(answer.json()["error"]["data"]["code"], "paused");
        assert!(ready().contains("\"paused\""));
        std::thread::sleep(Duration::from_millis(100));
    }
    until("no session of a front", Duration::from_secs(2), || {
        front_sessions(&env, &scratch.database) == 0
    });
    // a pooler's connection, which stays open after the front's is closed, is ended by the server
    let mut pooled = scratch.front_role();
    assert_eq!(
        count_orders_on(&mut pooled, &token)["refused"]["reason"],
        "paused"
    );
    until("the server ended it", Duration::from_secs(3), || {
        front_sessions(&env, &scratch.database) == 0
    });
    analyst
        .batch_execute("call odoo_mcp.resume()")
        .expect("a superuser resumes");
    until("the front answers again", Duration::from_secs(3), || {
        ask(&mut client).status == 200
    });
    for wrong in [
        "call odoo_mcp.pause('-1 hour')",
        "call odoo_mcp.pause('8 days')",
    ] {
        let error = analyst.batch_execute(wrong).expect_err(wrong);
        assert!(format!("{error:?}").contains("up to 7 days"), "{error:?}");
    }
    let error = scratch
        .front_role()
        .batch_execute("call odoo_mcp.pause('5 hours')")
        .expect_err("a front that was taken over stops the others for long");
    assert!(format!("{error:?}").contains("up to 4 hours"), "{error:?}");
    assert_denied(&mut scratch.odoo_role(), "call odoo_mcp.pause()");
}

fn count_orders_on(client: &mut Client, token: &str) -> Value {
    serve(client, token, "odoo_count", r#"{"model": "sale.order"}"#)
}

fn is_left_to_odoo(answer: &Value) -> bool {
    answer["delegate"]["requests"][0]["method"] == "search_count" && answer["result"].is_null()
}

#[test]
fn a_module_update_goes_on_under_calls() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "update");
    let token = scratch.token("sales_all");
    let before = scratch.contents();
    let odoo = OdooCommand::new(&env, "update");
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let caller = std::thread::spawn({
        let mut front = scratch.front_role();
        let token = token.clone();
        move || {
            let mut answered = 0;
            while stopped.recv_timeout(Duration::from_millis(50)).is_err() {
                let answer = count_orders_on(&mut front, &token);
                // a table under change is waited for within the call's own limit; what was upgraded since it was scanned
                // is Odoo's to answer
                assert!(
                    answer["result"]["count"].is_number()
                        || answer["error"]["code"] == "timed_out"
                        || is_left_to_odoo(&answer),
                    "{answer}"
                );
                answered += i32::from(answer["result"]["count"].is_number());
            }
            answered
        }
    });
    let updated = odoo.update(&scratch.database, "contacts");
    stop.send(()).expect("the caller listens");
    let answered = caller.join().expect("the caller ends well");
    assert!(
        updated.is_ok && !updated.text.contains("ERROR"),
        "{}",
        updated.text
    );
    assert!(answered > 0, "no call was answered meanwhile");
    assert_eq!(scratch.contents(), before);
    // SQL answers again once the source was scanned again; what was scanned before is still not what is installed
    let after = scratch.count_orders(&token);
    assert!(is_left_to_odoo(&after), "{after}");
    scan::load(&env, &mut scratch.superuser());
    let after = scratch.count_orders(&token);
    assert!(is_left_to_odoo(&after), "{after}");
    scan::load_again(&env, &mut scratch.superuser());
    assert!(scratch.count_orders(&token)["result"]["count"].is_number());
    assert_eq!(privileges::problems(&mut scratch.superuser()), "");
}

#[test]
fn what_odoo_makes_later_is_read_and_its_secrets_are_not() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "later");
    let mut superuser = scratch.superuser();
    assert_eq!(privileges::problems(&mut superuser), "");
    let reader = "odoo_mcp_scratch_later_reader";
    let mut odoo = scratch.odoo_role();
    // a table, a view that is made anew, and a column of a table that is granted by columns
    odoo.batch_execute(
        "create table public.x_later (id serial primary key, name varchar, api_key varchar);
         create view public.x_report as select id, name from public.x_later;
         drop view public.x_report; create view public.x_report as select id from public.x_later;
         alter table public.res_users add column x_shoe_size int4, add column x_api_token varchar;",
    )
    .expect("as a module update does");
    let may = |superuser: &mut Client, column: &str, table: &str| -> bool {
        superuser
            .query_one(
                "select has_column_privilege($1, 'public.' || $2, $3, 'select')",
                &[&reader, &table, &column],
            )
            .expect("a look into the catalog")
            .get(0)
    };
    assert!(may(&mut superuser, "name", "x_later"));
    assert!(may(&mut superuser, "id", "x_report"));
    assert!(!may(&mut superuser, "x_shoe_size", "res_users"));
    let found = privileges::problems(&mut superuser);
    assert!(
        found.contains(
            "public.x_later: readable, but it holds a secret or has a foreign type: api_key"
        ) && found.contains("public.res_users: not readable: x_shoe_size")
            && !found.contains("x_api_token"),
        "{found}"
    );
    // those who may not mend, look
    superuser
        .batch_execute("drop role if exists mcp_later; create role mcp_later; grant odoo_mcp_scratch_later_admin to mcp_later")
        .expect("a DBA's role");
    superuser
        .batch_execute("set role mcp_later")
        .expect("a DBA's role");
    assert_eq!(privileges::problems(&mut superuser), found);
    assert_denied(&mut superuser, "select odoo_mcp.check_grants()");
    superuser
        .batch_execute("reset role")
        .expect("the superuser");

    assert_eq!(
        number(
            &mut superuser,
            "select count(*) from odoo_mcp.check_grants() where mended"
        ),
        2
    );
    assert_eq!(privileges::problems(&mut superuser), "");
    assert!(may(&mut superuser, "name", "x_later") && !may(&mut superuser, "api_key", "x_later"));
    assert!(may(&mut superuser, "x_shoe_size", "res_users"));
    assert!(!may(&mut superuser, "x_api_token", "res_users"));
    superuser
        .batch_execute("drop owned by mcp_later; drop role mcp_later")
        .expect("the role is gone");
}

/// A secret that Odoo's role makes after setup, on a table that the whole table's right covers: before check_grants() has
/// run, nothing gives it out.
#[test]
fn a_new_secret_is_never_given_out() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "new_secret");
    let token = scratch.token("sales_all");
    let mut superuser = scratch.superuser();
    scratch
        .odoo_role()
        .batch_execute(
            "alter table public.crm_tag add column x_api_key varchar default 'hush', add column x_hue varchar default 'red';
             insert into public.ir_model_fields (name, model, model_id, ttype, state, store, field_description, copied)
             select f.name, 'crm.tag', m.id, 'char', 'manual', true, '{\"en_US\": \"X\"}', true
               from public.ir_model m, unnest(array['x_api_key', 'x_hue']) as f (name) where m.model = 'crm.tag'",
        )
        .expect("as an Odoo admin makes a field");
    // the right covers it: PostgreSQL itself would let the reading role have it
    let is_granted: bool = superuser
        .query_one(
            "select has_column_privilege('odoo_mcp_scratch_new_secret_reader', 'public.crm_tag', 'x_api_key', 'select')",
            &[],
        )
        .expect("a look into the catalog")
        .get(0);
    assert!(is_granted, "the test is about a secret that is granted");
    let ask = |field: &str| {
        let arguments = json!({"model": "crm.tag", "fields": [field], "limit": 3}).to_string();
        serve(&mut scratch.front_role(), &token, "odoo_search", &arguments).to_string()
    };
    let find = |field: &str| {
        let arguments = json!({"model": "crm.tag", "domain": [[field, "=", "hush"]]}).to_string();
        serve(&mut scratch.front_role(), &token, "odoo_count", &arguments)
    };
    for _ in 0..2 {
        let hue = ask("x_hue");
        assert!(hue.contains("red"), "{hue}");
        // nor is Odoo asked for it, which would show it
        let key = ask("x_api_key");
        assert!(
            !key.contains("hush")
                && !key.contains("delegate")
                && key.contains("holds a secret, which no answer shows"),
            "{key}"
        );
        let found = find("x_api_key");
        assert_eq!(found["error"]["code"], "not_permitted", "{found}");
        superuser
            .batch_execute("select odoo_mcp.check_grants()")
            .expect("check_grants");
    }
}
