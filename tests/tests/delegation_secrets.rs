//! The keys that are minted for delegated calls: how long they live, whose they are, and where they are never to be found.

use std::collections::BTreeSet;

use odoo_mcp_tests::query::{number, text};
use odoo_mcp_tests::tap::Manner;
use odoo_mcp_tests::{Environment, Front, McpClient, OdooClient, Site, ToolAnswer, scan};
use postgres::Client;
use serde_json::{Value, json};

#[track_caller]
fn assert_sql_is_answered(mcp: &mut McpClient) {
    let answer = mcp
        .call_tool("odoo_count", &json!({"model": "sale.order"}))
        .result();
    assert_eq!(answer["engine"], "sql", "{answer}");
}

fn messages(mcp: &mut McpClient) -> ToolAnswer {
    mcp.call_tool("odoo_count", &json!({"model": "mail.message"}))
}

#[track_caller]
fn assert_delegated(mcp: &mut McpClient) {
    let answer = messages(mcp).result();
    assert_eq!(answer["engine"], "odoo", "{answer}");
}

fn grumble(word: &str) -> Value {
    json!({"model": "odoo_mcp_grumble.grumble", "domain": [["name", "=", word]]})
}

/// Keys that have an end: those of the seed have none.
const MINTED: &str = "from res_users_apikeys where expiration_date is not null";

fn minted(client: &mut Client) -> i64 {
    number(client, &format!("select count(*) {MINTED}"))
}

#[test]
fn a_key_is_reused_replaced_when_it_ends_and_gone_with_its_token() {
    let env = Environment::load();
    let site = Site::unscanned(&env, "keys", "");
    let mut superuser = site.scratch.superuser();
    scan::load(&env, &mut superuser);
    let token = site.scratch.token("sales_all");
    let mut mcp = site.mcp_with(&token);
    assert_eq!(minted(&mut superuser), 0);
    for _ in 0..5 {
        assert_delegated(&mut mcp);
    }
    assert_eq!(minted(&mut superuser), 1);
    assert_eq!(site.tap.secrets().len(), 1, "one key for the five");
    let name = text(&mut superuser, &format!("select name {MINTED}"));
    assert!(
        name.contains("test"),
        "the token's name is to be in it: {name}"
    );
    let life = format!(
        "select (extract(epoch from max(expiration_date) - timezone('utc', now())) / 60)::bigint {MINTED} and scope = 'rpc'"
    );
    let minutes = number(&mut superuser, &life);
    assert!((1..=60).contains(&minutes), "{minutes} minutes");

    // it ends before the front thought, or is gone
    for sql in [
        "update res_users_apikeys set expiration_date = timezone('utc', now()) - interval '1 minute' where expiration_date is not null",
        "delete from res_users_apikeys where expiration_date is not null",
    ] {
        let keys = site.tap.secrets().len();
        superuser.batch_execute(sql).expect("Odoo's own table");
        assert_delegated(&mut mcp);
        assert_eq!(site.tap.secrets().len(), keys + 1, "{sql}");
        let alive =
            format!("select count(*) {MINTED} and expiration_date > timezone('utc', now())");
        assert_eq!(number(&mut superuser, &alive), 1, "{sql}");
    }

    // another token has another; another front of the same token, too
    let mut other = site.mcp("sales_all");
    assert_delegated(&mut other);
    assert_eq!(minted(&mut superuser), 2);

    // it opens Odoo while it lives, and nothing after its token is revoked
    let keys = site.tap.secrets();
    let opens = |key: &str| {
        let client = OdooClient::new(&site.odoo.url(), &site.scratch.database, key);
        client
            .call("res.partner", "search_count", &json!({"domain": []}))
            .is_ok()
    };
    assert_eq!(keys.iter().filter(|key| opens(key)).count(), 2);
    let revoked = "select count(*) from (select odoo_mcp.revoke_token(id) from odoo_mcp.tokens) t";
    assert_eq!(number(&mut superuser, revoked), 2);
    assert_eq!(keys.iter().filter(|key| opens(key)).count(), 0);
    assert_eq!(minted(&mut superuser), 0);
}

#[test]
fn nothing_is_minted_where_delegation_was_set_up_without() {
    let env = Environment::load();
    let site = Site::unscanned(&env, "without", "");
    let mut superuser = site.scratch.superuser();
    scan::load(&env, &mut superuser);
    let token = site.scratch.token("sales_all");
    let mut mcp = site.mcp_with(&token);
    assert_delegated(&mut mcp);
    superuser
        .batch_execute("select odoo_mcp.setup(delegation => false)")
        .expect("setup");
    assert_eq!(minted(&mut superuser), 0);
    let answer = messages(&mut mcp);
    assert_eq!(answer.code(), "not_supported", "{}", answer.content);
    assert_sql_is_answered(&mut mcp);
    let role = format!(
        "select count(*) from pg_roles where rolname = 'odoo_mcp_{}_minter'",
        site.scratch.database
    );
    assert_eq!(number(&mut superuser, &role), 0);
    superuser
        .batch_execute("select odoo_mcp.setup(delegation => true)")
        .expect("setup");
    assert_delegated(&mut mcp);
}

/// Where each of these is found, in text that the caller names.
fn found(secrets: &BTreeSet<String>, place: &str, text: &str) -> Vec<String> {
    // Odoo keeps the first eight characters in clear, as an index
    secrets
        .iter()
        .filter(|secret| text.contains(&secret[8..]))
        .map(|_| place.to_owned())
        .collect()
}

#[test]
fn fifty_at_once_are_answered_and_no_key_is_in_a_log_an_error_or_a_table() {
    let env = Environment::load();
    let site = Site::unscanned(&env, "fifty", "odoo_mcp_grumble");
    let mut superuser = site.scratch.superuser();
    scan::load(&env, &mut superuser);
    // the server's log as talkative as an operator may make it
    superuser
        .batch_execute(&format!(
            "alter database {0} set log_statement = 'all'; alter database {0} set log_min_error_statement = 'debug1';
             alter database {0} set log_error_verbosity = 'verbose'; alter database {0} set log_duration = on",
            site.scratch.database
        ))
        .expect("settings");
    let front = Front::start_before(
        &env,
        &site.scratch.front_url(),
        &site.tap.url,
        &site.scratch.database,
    );
    let tokens: Vec<String> = ["sales_all", "admin", "nobody", "books", "portal"]
        .iter()
        .map(|login| site.scratch.token(login))
        .collect();
    let expected: Vec<Value> = tokens
        .iter()
        .map(|token| {
            let mut mcp = McpClient::new(&front.mcp_url(), token);
            mcp.initialize();
            messages(&mut mcp).content
        })
        .collect();
    let mut said: Vec<String> = Vec::new();
    std::thread::scope(|scope| {
        let calls: Vec<_> = (0..50)
            .map(|place| {
                let (token, url) = (&tokens[place % tokens.len()], front.mcp_url());
                scope.spawn(move || {
                    let mut mcp = McpClient::new(&url, token);
                    mcp.initialize();
                    messages(&mut mcp).content
                })
            })
            .collect();
        for (place, call) in calls.into_iter().enumerate() {
            let content = call.join().expect("an answer");
            assert_eq!(content, expected[place % tokens.len()], "call {place}");
            said.push(content.to_string());
        }
    });
    // and what fails, of which most is said
    let mut mcp = McpClient::new(&front.mcp_url(), &tokens[0]);
    mcp.initialize();
    for word in ["access", "denied", "user", "crash", "redirect"] {
        said.push(
            mcp.call_tool("odoo_count", &grumble(word))
                .content
                .to_string(),
        );
    }
    let everything =
        "select coalesce(string_agg(to_jsonb(a)::text, e'\\n'), '') from pg_stat_activity a";
    let activity = text(&mut superuser, everything);
    site.tap
        .say("500 Oops", "Content-Type: application/json\r\n", "{}");
    said.push(messages(&mut mcp).content.to_string());
    site.tap.set(Manner::Pass);

    let secrets = site.tap.secrets();
    // one a token and front, and nothing that is no key
    assert_eq!(secrets.len(), tokens.len(), "keys are minted once for all");
    assert!(
        secrets
            .iter()
            .all(|key| key.len() == 40 && key.bytes().all(|byte| byte.is_ascii_hexdigit())),
        "another form of keys"
    );
    let mut places = Vec::new();
    places.extend(found(&secrets, "an answer", &said.join("\n")));
    places.extend(found(&secrets, "pg_stat_activity", &activity));
    places.extend(found(&secrets, "the front's log", &front.log()));
    places.extend(found(&secrets, "Odoo's log", &site.odoo.log()));
    let data = text(&mut superuser, "select current_setting('data_directory')");
    let log = std::fs::read(format!("{data}/server.log")).expect("the server's log");
    let log = String::from_utf8_lossy(&log);
    // what is looked for in it can be found
    assert!(
        log.contains("odoo_mcp.delegation_key") || log.contains("odoo_mcp.complete"),
        "the server's log has no statement of the front's"
    );
    places.extend(found(&secrets, "the server's log", &log));
    let tables = superuser
        .query(
            "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
              where c.relkind in ('r', 'v', 'm') and (n.nspname like 'odoo\\_mcp%'
                 or c.oid in ('res_users_apikeys'::regclass, 'ir_logging'::regclass))",
            &[],
        )
        .expect("tables");
    assert!(tables.len() > 10, "{}", tables.len());
    for row in &tables {
        let table: String = row.get(0);
        let rows =
            format!("select coalesce(string_agg(to_jsonb(t)::text, e'\\n'), '') from {table} t");
        places.extend(found(&secrets, &table, &text(&mut superuser, &rows)));
    }
    assert!(places.is_empty(), "keys were found in {places:?}");
}
