//! What people do with an Odoo database goes on with the extension in it: backup, restore, duplicate, drop, module updates,
//! and a superuser's dump. `doc/odoo-operations.md` says the same in words.

use std::time::Duration;

use odoo_mcp_tests::mcp::HttpAnswer;
use odoo_mcp_tests::serve::{assert_denied, serve};
use odoo_mcp_tests::wait::until;
use odoo_mcp_tests::{Environment, Front, McpClient, OdooCommand, Scratch, privileges};
use postgres::Client;
use serde_json::{Value, json};

/// Rows of tables that every Odoo fills, and how many tables there are: what must be the same in a copy.
const CONTENTS: &str = "
    select format('%s tables, %s partners, %s order lines, %s views, %s files',
        (select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'),
        (select count(*) from public.res_partner), (select count(*) from public.sale_order_line),
        (select count(*) from public.ir_ui_view), (select count(*) from public.ir_attachment where store_fname is not null))";

fn text(client: &mut Client, query: &str) -> String {
    client
        .query_one(query, &[])
        .unwrap_or_else(|error| panic!("{query}: {error:?}"))
        .get::<_, Option<String>>(0)
        .unwrap_or_default()
}

fn value(client: &mut Client, query: &str) -> Value {
    client
        .query_one(query, &[])
        .unwrap_or_else(|error| panic!("{query}: {error:?}"))
        .get(0)
}

fn number(client: &mut Client, query: &str) -> i64 {
    client
        .query_one(query, &[])
        .unwrap_or_else(|error| panic!("{query}: {error:?}"))
        .get(0)
}

/// The same URL with another database.
fn url_of(env: &Environment, database: &str) -> String {
    env.front_role_url
        .replace(&format!("/{}", env.database), &format!("/{database}"))
}

fn count_orders(database: &Scratch, token: &str) -> Value {
    serve(
        &mut database.front_role(),
        token,
        "odoo_count",
        r#"{"model": "sale.order"}"#,
    )
}

/// `odoo-mcp VERB`, with the settings of a front of that database.
fn odoo_mcp(env: &Environment, database: &str, arguments: &[&str]) -> (bool, String) {
    let output = std::process::Command::new(&env.front_binary)
        .args(arguments)
        .env("ODOO_MCP_DATABASE_URL", url_of(env, database))
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
fn a_dump_by_odoo_s_role_succeeds_and_holds_nothing_of_ours() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "dump_odoo");
    let token = scratch.token("sales_all");
    let hash = text(
        &mut scratch.superuser(),
        &format!("select encode(odoo_mcp.hash_token('{token}'), 'hex')"),
    );
    let odoo = OdooCommand::new(&env, "dump_odoo");
    let contains = |file: &str| {
        std::fs::read_to_string(odoo.path(file))
            .expect("a dump")
            .contains(&hash)
    };
    for (file, options) in [
        ("plain.sql", &["-Fp"][..]),
        ("inserts.sql", &["-Fp", "--inserts"]),
        ("data.sql", &["-Fp", "--data-only"]),
        ("schema.sql", &["-Fp", "--schema-only"]),
        ("folder", &["-Fd", "-j2"]),
    ] {
        let path = odoo.path(file);
        let to = ["-f", path.to_str().expect("a path of text")];
        let arguments = [options, &to, &[scratch.database.as_str()]].concat();
        let by_odoo = odoo.as_odoo_role("pg_dump", &arguments);
        assert!(by_odoo.is_ok, "{file}: {}", by_odoo.text);
        if options[0] == "-Fp" {
            assert!(!contains(file), "{file} holds the hash of a token");
            // the same by a superuser: what there is to hold
            let by_superuser = odoo.as_superuser("pg_dump", &arguments);
            assert!(by_superuser.is_ok, "{file}: {}", by_superuser.text);
            assert_eq!(contains(file), file != "schema.sql", "{file}");
        }
    }
    let mut stranger = scratch.odoo_role();
    assert_eq!(
        number(&mut stranger, "select count(*) from odoo_mcp_dump.content"),
        0
    );
    assert_eq!(
        number(&mut stranger, "select count(*) from odoo_mcp_dump.rows()"),
        0
    );
    assert_denied(
        &mut stranger,
        "insert into odoo_mcp_dump.content values ('token', '{}')",
    );
    assert_denied(&mut stranger, "select 1 from odoo_mcp_private.restored");
}

#[test]
fn odoo_s_zip_is_restored_without_us() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "zip");
    let token = scratch.token("sales_all");
    let copy = Scratch::none(&env, "zip_copy");
    let odoo = OdooCommand::new(&env, "zip");
    let zip = odoo.path("backup.zip");
    let zip = zip.to_str().expect("a path of text");
    let dumped = odoo.db(&["dump", &scratch.database, zip]);
    assert!(dumped.is_ok, "{}", dumped.text);
    let loaded = odoo.db(&["load", "-n", &copy.database, zip]);
    assert!(loaded.is_ok, "{}", loaded.text);
    // Odoo's own load has started Odoo on it
    assert_eq!(
        text(&mut copy.superuser(), CONTENTS),
        text(&mut scratch.superuser(), CONTENTS)
    );
    let uuid = "select value from public.ir_config_parameter where key = 'database.uuid'";
    assert_ne!(
        text(&mut copy.superuser(), uuid),
        text(&mut scratch.superuser(), uuid),
        "Odoo makes a copy one of its own"
    );
    assert_eq!(
        number(
            &mut copy.superuser(),
            "select count(*) from pg_extension where extname = 'pg_odoo_mcp'"
        ),
        0,
        "Odoo's role may not create the extension"
    );
    // what the page says to type where the copy is to be asked, too
    copy.install();
    let own = copy.token("sales_all");
    assert!(count_orders(&copy, &own)["result"]["count"].is_number());
    assert_eq!(
        count_orders(&copy, &token)["refused"]["reason"],
        "unauthorized"
    );
    assert!(count_orders(&scratch, &token)["result"]["count"].is_number());
    // what Odoo's dump granted to the original's reading role is gone with setup, so both leave nothing
    let mut superuser = copy.superuser();
    superuser
        .batch_execute("select odoo_mcp.teardown(); drop extension pg_odoo_mcp")
        .expect("teardown of the copy");
    drop(superuser);
    let left = value(&mut scratch.superuser(), "select odoo_mcp.teardown()");
    assert_eq!(
        left["kept_roles"],
        json!(["odoo_mcp_scratch_zip_reader"]),
        "{left}"
    );
    assert_eq!(left["used_in"], json!([copy.database]), "{left}");
}

#[test]
fn odoo_s_custom_dump_is_restored_though_odoo_says_it_is_not() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "custom");
    let copy = Scratch::none(&env, "custom_copy");
    let odoo = OdooCommand::new(&env, "custom");
    let dump = odoo.path("backup.dump");
    let dumped = odoo.db(&[
        "dump",
        "--format",
        "dump",
        &scratch.database,
        dump.to_str().expect("a path of text"),
    ]);
    assert!(dumped.is_ok, "{}", dumped.text);
    let restored = odoo.restore_as_the_page_does(&copy.database, &dump, true);
    assert!(
        !restored.is_ok && restored.text.contains("Couldn't restore database"),
        "{}",
        restored.text
    );
    assert_eq!(
        text(&mut copy.superuser(), CONTENTS),
        text(&mut scratch.superuser(), CONTENTS)
    );
}

#[test]
fn a_database_is_duplicated_and_dropped_in_a_pause() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "duplicate");
    let copy = Scratch::none(&env, "duplicate_copy");
    let token = scratch.token("sales_all");
    let front = Front::start(&env, &url_of(&env, &scratch.database));
    let mut client = McpClient::new(&front.mcp_url(), &token);
    client.initialize();
    let odoo = OdooCommand::new(&env, "duplicate");

    let refused = odoo.db(&["duplicate", &scratch.database, &copy.database]);
    assert!(
        !refused.is_ok && refused.text.contains("is being accessed by other users"),
        "{}",
        refused.text
    );
    let (is_ok, said) = odoo_mcp(&env, &scratch.database, &["pause", "--for", "10min"]);
    assert!(is_ok && said.contains("paused until"), "{said}");
    let duplicated = odoo.db(&["duplicate", &scratch.database, &copy.database]);
    assert!(duplicated.is_ok, "{}", duplicated.text);
    let (is_ok, said) = odoo_mcp(&env, &scratch.database, &["resume"]);
    assert!(is_ok, "{said}");

    assert_eq!(
        text(&mut copy.superuser(), CONTENTS),
        text(&mut scratch.superuser(), CONTENTS)
    );
    // a copy has no live token, and no pause of its own
    assert_eq!(
        count_orders(&copy, &token)["refused"]["reason"],
        "unauthorized"
    );
    let adopted = value(&mut copy.superuser(), "select odoo_mcp.adopt_database()");
    assert_eq!(
        (&adopted["revoked_tokens"], &adopted["live_tokens"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(
        count_orders(&copy, &token)["refused"]["reason"],
        "unauthorized"
    );
    assert!(count_orders(&copy, &copy.token("sales_all"))["result"]["count"].is_number());
    // it goes on in the original
    until("the front answers again", Duration::from_secs(5), || {
        ask(&mut client).status == 200
    });

    let refused = odoo.db(&["drop", &scratch.database]);
    assert!(
        !refused.is_ok && refused.text.contains("is being accessed by other users"),
        "{}",
        refused.text
    );
    let (is_ok, said) = odoo_mcp(&env, &scratch.database, &["pause"]);
    assert!(is_ok, "{said}");
    let dropped = odoo.db(&["drop", &scratch.database]);
    assert!(dropped.is_ok, "{}", dropped.text);
}

#[test]
fn a_pause_frees_every_connection_and_ends() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "pause");
    let token = scratch.token("sales_all");
    let front = Front::start(&env, &url_of(&env, &scratch.database));
    let mut client = McpClient::new(&front.mcp_url(), &token);
    client.initialize();
    assert!(front_sessions(&env, &scratch.database) > 0);
    // an analyst in psql is not ours to end
    let mut analyst = scratch.superuser();
    let (is_ok, said) = odoo_mcp(&env, &scratch.database, &["pause", "--for", "1h"]);
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
    assert_denied(&mut scratch.odoo_role(), "call odoo_mcp.pause()");
}

fn count_orders_on(client: &mut Client, token: &str) -> Value {
    serve(client, token, "odoo_count", r#"{"model": "sale.order"}"#)
}

#[test]
fn a_module_update_goes_on_under_calls() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "update");
    let token = scratch.token("sales_all");
    let before = text(&mut scratch.superuser(), CONTENTS);
    let odoo = OdooCommand::new(&env, "update");
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let caller = std::thread::spawn({
        let mut front = scratch.front_role();
        let token = token.clone();
        move || {
            let mut answered = 0;
            while stopped.recv_timeout(Duration::from_millis(50)).is_err() {
                let answer = count_orders_on(&mut front, &token);
                // a table under change is waited for within the call's own limit
                assert!(
                    answer["result"]["count"].is_number() || answer["error"]["code"] == "timed_out",
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
    assert_eq!(text(&mut scratch.superuser(), CONTENTS), before);
    assert!(count_orders(&scratch, &token)["result"]["count"].is_number());
    assert_eq!(problems(&mut scratch.superuser()), "");
}

/// What check_grants() would mend.
fn problems(superuser: &mut Client) -> String {
    text(
        superuser,
        "select string_agg(object || ': ' || problem, '; ') from odoo_mcp.check_grants(mend => false)",
    )
}

#[test]
fn what_odoo_makes_later_is_read_and_its_secrets_are_not() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "later");
    let mut superuser = scratch.superuser();
    assert_eq!(problems(&mut superuser), "");
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
    let found = problems(&mut superuser);
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
    assert_eq!(problems(&mut superuser), found);
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
    assert_eq!(problems(&mut superuser), "");
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
        let key = ask("x_api_key");
        assert!(
            !key.contains("hush") && key.contains("check_grants()"),
            "{key}"
        );
        assert!(find("x_api_key")["error"]["code"].is_string());
        superuser
            .batch_execute("select odoo_mcp.check_grants()")
            .expect("check_grants");
    }
}

#[test]
fn a_superuser_s_dump_brings_everything_back() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "disaster");
    let token = scratch.token("sales_all");
    let revoked = scratch.token("sales_own");
    let mut superuser = scratch.superuser();
    superuser
        .batch_execute(
            "drop role if exists disaster_analyst, disaster_gone; -- of a run that was broken off
             create role disaster_analyst; select odoo_mcp.allow_act_as('disaster_analyst', 'sales_all');
             create role disaster_gone; select odoo_mcp.allow_act_as('disaster_gone', 'sales_own');
             select odoo_mcp.revoke_token(max(id)) from odoo_mcp.tokens",
        )
        .expect("rights");
    assert!(count_orders(&scratch, &token)["result"]["count"].is_number());
    assert_eq!(
        count_orders(&scratch, &revoked)["refused"]["reason"],
        "unauthorized"
    );
    let contents = text(&mut superuser, CONTENTS);
    let remembered = "select json_build_array((select json_agg(t order by t.id) from odoo_mcp.tokens t),
        (select json_agg(a order by a.call_id) from odoo_mcp.audit_entries a), (select json_agg(r) from odoo_mcp.refusals r))::text";
    let remembered_before = text(&mut superuser, remembered);
    let odoo = OdooCommand::new(&env, "disaster");
    let dump = odoo.path("all.dump");
    let dump = dump.to_str().expect("a path of text");
    let dumped = odoo.as_superuser("pg_dump", &["-Fc", "-f", dump, &scratch.database]);
    assert!(dumped.is_ok, "{}", dumped.text);

    // a copy beside it: nothing lives, nothing of the original's roles stays
    let copy = Scratch::none(&env, "disaster_copy");
    copy.create_empty();
    let restored = odoo.as_superuser("pg_restore", &["-j2", "-d", &copy.database, dump]);
    assert!(restored.is_ok, "{}", restored.text);
    let mut in_copy = copy.superuser();
    assert_eq!(text(&mut in_copy, CONTENTS), contents);
    assert_eq!(
        number(&mut in_copy, "select count(*) from odoo_mcp_dump.content"),
        0
    );
    assert_denied(
        &mut copy.odoo_role(),
        "select 1 from odoo_mcp_private.restored",
    );
    let set_up = value(&mut in_copy, "select odoo_mcp.setup()");
    assert_eq!(set_up["restored"]["token"], 2, "{set_up}");
    assert_eq!(text(&mut in_copy, remembered), remembered_before);
    assert_eq!(
        count_orders(&copy, &token)["refused"]["reason"],
        "unauthorized"
    );
    let strangers = "select count(*)::bigint from (
        select relacl::text as acl from pg_class union all select proacl::text from pg_proc union all select nspacl::text from pg_namespace
        union all select attacl::text from pg_attribute union all select defaclacl::text from pg_default_acl) a
        where acl ~ 'odoo_mcp_scratch_disaster_(owner|reader|admin)'";
    assert_eq!(number(&mut in_copy, strangers), 0);
    assert_eq!(problems(&mut in_copy), "");
    let expected = include_str!("../expected/privileges.txt");
    assert_eq!(privileges::of(&mut in_copy), expected);
    let adopted = value(&mut in_copy, "select odoo_mcp.adopt_database()");
    assert_eq!(
        (&adopted["revoked_tokens"], &adopted["live_tokens"]),
        (&json!(1), &json!(0))
    );
    let left = value(&mut in_copy, "select odoo_mcp.teardown()");
    assert_eq!(left["kept_roles"], json!([]), "{left}");
    in_copy
        .batch_execute("drop extension pg_odoo_mcp")
        .expect("nothing depends on it");
    drop(in_copy);

    // the original is gone, its roles too: as in another cluster, where every grant of the dump fails
    superuser
        .batch_execute(
            "select odoo_mcp.teardown(); drop owned by disaster_gone; drop role disaster_gone",
        )
        .expect("the roles are gone");
    drop(superuser);
    scratch.create_empty();
    let restored = odoo.as_superuser("pg_restore", &["-j2", "-d", &scratch.database, dump]);
    assert!(
        !restored.is_ok && restored.text.contains("errors ignored on restore"),
        "{}",
        restored.text
    );
    assert!(
        restored
            .text
            .lines()
            .filter(|line| line.contains("error: could not execute query"))
            .all(|line| line.contains("role") && line.contains("does not exist")),
        "{}",
        restored.text
    );
    let mut superuser = scratch.superuser();
    let adopted = value(
        &mut superuser,
        "select odoo_mcp.adopt_database(keep_tokens => true)",
    );
    assert_eq!(adopted["live_tokens"], 1, "{adopted}");
    let warnings = adopted["setup"]["warnings"].to_string();
    assert!(
        warnings.contains("disaster_gone") && !warnings.contains("disaster_analyst"),
        "{warnings}"
    );
    assert_eq!(text(&mut superuser, CONTENTS), contents);
    assert_eq!(text(&mut superuser, remembered), remembered_before);
    assert!(count_orders(&scratch, &token)["result"]["count"].is_number());
    assert_eq!(
        count_orders(&scratch, &revoked)["refused"]["reason"],
        "unauthorized"
    );
    assert_eq!(privileges::of(&mut superuser), expected);
    assert!(
        superuser
            .batch_execute("delete from odoo_mcp_private.audit_attempt")
            .is_err(),
        "the audit is still only added to"
    );
    let next = scratch.token("sales_all");
    assert!(count_orders(&scratch, &next)["result"]["count"].is_number());
    superuser
        .batch_execute("select odoo_mcp.teardown(); drop role disaster_analyst")
        .expect("nothing is left");
}

/// What pg_dump and the catalogs of rights say of a database, but for the random line that a dump begins with.
fn description(env: &Environment, database: &Scratch) -> String {
    let odoo = OdooCommand::new(env, &database.database);
    let schema = odoo.as_superuser("pg_dump", &["--schema-only", &database.database]);
    assert!(schema.is_ok, "{}", schema.text);
    let schema: Vec<&str> = schema
        .text
        .lines()
        .filter(|line| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict"))
        .collect();
    let rights = text(
        &mut database.superuser(),
        "select concat_ws(E'\n',
            (select string_agg(rolname, ', ' order by rolname) from pg_roles where rolname like '%nothing_dumped%'),
            (select string_agg(s::text, ', ') from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase where d.datname = current_database()),
            (select string_agg(a::text, ', ') from pg_default_acl a),
            (select string_agg(i::text, ', ' order by i::text) from pg_init_privs i),
            (select string_agg(distinct s.refobjid::regrole::text, ', ') from pg_shdepend s join pg_database d on d.oid = s.dbid
              where d.datname = current_database() and s.refclassid = 'pg_authid'::regclass))",
    );
    schema.join("\n") + &rights
}

#[test]
fn teardown_leaves_what_a_dump_said_before() {
    let env = Environment::load();
    let scratch = Scratch::bare(&env, "nothing_dumped");
    let before = description(&env, &scratch);
    scratch.install();
    scratch
        .odoo_role()
        .batch_execute("create table public.x_meanwhile (id int4, api_key varchar); create view public.x_seen as select id from public.x_meanwhile")
        .expect("a module's table");
    let mut superuser = scratch.superuser();
    // one by one: pause commits
    for statement in [
        "select odoo_mcp.check_grants()",
        "call odoo_mcp.pause()",
        "call odoo_mcp.resume()",
    ] {
        superuser
            .batch_execute(statement)
            .unwrap_or_else(|error| panic!("{statement}: {error:?}"));
    }
    let meanwhile = description(&env, &scratch);
    assert!(
        meanwhile.contains("nothing_dumped_reader") && meanwhile.contains("DEFAULT PRIVILEGES")
    );
    scratch
        .odoo_role()
        .batch_execute("drop view public.x_seen; drop table public.x_meanwhile")
        .expect("a module's table");
    superuser
        .batch_execute("select odoo_mcp.teardown(); drop extension pg_odoo_mcp")
        .expect("teardown");
    let after = description(&env, &scratch);
    let left: Vec<&str> = after
        .lines()
        .filter(|line| !before.contains(line))
        .collect();
    assert!(before == after, "left: {left:#?}");
}
