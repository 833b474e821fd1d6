//! Keys of Odoo's that are made for delegated calls: who gets one, what it is worth, and that none is left.

use std::time::{Duration, Instant};

use odoo_mcp_tests::query::{number, text, value};
use odoo_mcp_tests::serve::serve;
use odoo_mcp_tests::waiting::{Holder, SHAPE, Waiting, front_name, token_id};
use odoo_mcp_tests::{Environment, OdooClient, Scratch};
use postgres::Client;
use serde_json::{Value, json};

/// As whom Odoo lets the key in, over JSON-2.
fn user_of(env: &Environment, key: &str) -> Result<i64, u16> {
    OdooClient::new(&env.odoo_url, &env.database, key)
        .call("res.users", "context_get", &json!({}))
        .map(|context| context["uid"].as_i64().expect("a uid"))
        .map_err(|error| error.status)
}

/// The same over JSON-RPC: how many partners it counts, or the class of Odoo's error.
fn partners_over_jsonrpc(env: &Environment, user_id: i32, key: &str) -> Result<i64, String> {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "call", "params": {
        "service": "object", "method": "execute_kw",
        "args": [env.database, user_id, key, "res.partner", "search_count", [[]], {}]}});
    let answer = ureq::post(format!("{}/jsonrpc", env.odoo_url))
        .header("Content-Type", "application/json")
        .send(body.to_string())
        .expect("Odoo answers")
        .body_mut()
        .read_to_string()
        .expect("a body");
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    answer["result"]
        .as_i64()
        .ok_or_else(|| answer["error"]["data"]["name"].to_string())
}

#[test]
fn odoo_takes_a_minted_key_as_the_user_s_own() {
    let env = Environment::load();
    let mut holder = Holder::of(&env, "sales_own", "Claude on my laptop");
    let mut front = env.front_role();
    let name = front_name(&mut front);
    let waiting = holder.waiting();
    let answer = waiting.ask_for_key(&mut front, &name);
    let key = answer["key"]["secret"].as_str().expect("a key").to_owned();
    assert_eq!(answer["key"]["expires_in"], 600, "{answer}");
    assert!(
        key.len() == 40 && key.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "160 bits in hexadecimal: {} characters",
        key.len()
    );
    assert_eq!(user_of(&env, &key), Ok(i64::from(holder.user_id)));
    assert!(partners_over_jsonrpc(&env, holder.user_id, &key).is_ok_and(|count| count > 0));
    let [key_id] = holder.key_ids()[..] else {
        panic!("one key: {:?}", holder.key_ids());
    };
    let row = holder
        .superuser
        .query_one(
            "select name::text, scope::text, index::text, key::text, user_id,
                    extract(epoch from expiration_date - now() at time zone 'utc')::float8,
                    extract(epoch from create_date - now() at time zone 'utc')::float8
               from public.res_users_apikeys where id = $1",
            &[&key_id],
        )
        .expect("its row");
    assert_eq!(row.get::<_, &str>(0), "odoo-mcp: Claude on my laptop");
    assert_eq!(row.get::<_, &str>(1), "rpc");
    assert_eq!(row.get::<_, &str>(2), &key[..8]);
    assert!(row.get::<_, &str>(3).starts_with("$pbkdf2-sha512$"));
    assert_eq!(row.get::<_, i32>(4), holder.user_id);
    assert!((590.0..=600.0).contains(&row.get::<_, f64>(5)));
    assert!((-10.0..=1.0).contains(&row.get::<_, f64>(6)));
    // and a DBA sees whose it is
    let seen = holder
        .superuser
        .query_one(
            "select login, token, front_role::text, token_id, is_live from odoo_mcp.delegation_keys where key_id = $1",
            &[&key_id],
        )
        .expect("the view");
    assert_eq!(
        (seen.get::<_, &str>(0), seen.get::<_, &str>(1)),
        ("sales_own", "Claude on my laptop")
    );
    assert_eq!(seen.get::<_, &str>(2), "mcp_front");
    assert_eq!(
        (seen.get::<_, i64>(3), seen.get::<_, bool>(4)),
        (holder.id, true)
    );
}

#[test]
fn a_call_that_waits_for_odoo_is_seen_with_whose_it_is_until_it_ends() {
    let env = Environment::load();
    let mut holder = Holder::of(&env, "sales_own", "who waits");
    let waiting = holder.waiting();
    let seen = format!(
        "select coalesce(jsonb_agg(to_jsonb(w) - 'since' - 'until' || jsonb_build_object('is_now',
                    now() between w.since and w.until)), '[]')
           from odoo_mcp.waiting_calls w where w.token_id = {}",
        holder.id
    );
    let calls = value(&mut holder.superuser, &seen);
    let call = &calls[0];
    assert_eq!(
        (
            &call["call_id"],
            &call["login"],
            &call["token"],
            &call["is_now"]
        ),
        (
            &json!(waiting.call_id),
            &json!("sales_own"),
            &json!("who waits"),
            &json!(true)
        ),
        "{calls}"
    );
    assert_eq!(calls.as_array().map(Vec::len), Some(1), "{calls}");
    // whatever is reported
    waiting.complete(&mut env.front_role(), "{}");
    assert_eq!(value(&mut holder.superuser, &seen), json!([]));
}

#[test]
fn a_key_s_end_is_odoo_s_to_keep() {
    let env = Environment::load();
    let mut holder = Holder::of(&env, "sales_own", "expiry");
    let mut front = env.front_role();
    let name = front_name(&mut front);
    let key = holder.waiting().key(&mut front, &name);
    assert!(user_of(&env, &key).is_ok());
    let key_ids = holder.key_ids();
    holder
        .superuser
        .execute(
            "update public.res_users_apikeys set expiration_date = now() at time zone 'utc' - interval '1 second' where id = any ($1)",
            &[&key_ids],
        )
        .expect("its end is now");
    assert_eq!(user_of(&env, &key), Err(401));
}

#[test]
fn revoking_the_token_ends_its_keys_at_once() {
    let env = Environment::load();
    let mut holder = Holder::of(&env, "sales_all", "revocation");
    let mut front = env.front_role();
    let names = [front_name(&mut front), front_name(&mut front)];
    let waiting = holder.waiting();
    let keys: Vec<String> = names
        .iter()
        .map(|name| waiting.key(&mut front, name))
        .collect();
    for key in &keys {
        assert!(user_of(&env, key).is_ok(), "two fronts, two keys");
    }
    let key_ids = holder.key_ids();
    assert_eq!(key_ids.len(), 2);
    assert!(holder.revoke());
    for key in &keys {
        assert_eq!(user_of(&env, key), Err(401));
    }
    for key_id in key_ids {
        assert!(!holder.is_in_odoo(key_id));
    }
    assert!(holder.key_ids().is_empty());
    let answer = waiting.ask_for_key(&mut front, &names[0]);
    assert_eq!(answer["refused"]["reason"], "unauthorized", "{answer}");
}

#[test]
fn a_front_has_one_key_of_a_token() {
    let env = Environment::load();
    let mut holder = Holder::of(&env, "sales_all", "renewal");
    let mut front = env.front_role();
    let name = front_name(&mut front);
    let waiting = holder.waiting();
    let first = waiting.key(&mut front, &name);
    let second = waiting.key(&mut front, &name);
    assert_ne!(first, second);
    assert_eq!(user_of(&env, &first), Err(401), "it was replaced");
    assert!(user_of(&env, &second).is_ok());
    assert_eq!(holder.key_ids().len(), 1);
}

#[test]
fn fifty_keys_at_once() {
    let env = Environment::load();
    let mut holder = Holder::of(&env, "sales_all", "fifty");
    let mut front = env.front_role();
    let one = front_name(&mut front);
    // half of them by one front that forgot what it had, the others by fronts of their own
    let callers: Vec<_> = (0..50)
        .map(|place| {
            let name = match place % 2 {
                0 => one.clone(),
                _ => front_name(&mut front),
            };
            (env.clone(), holder.waiting(), name)
        })
        .map(|(env, waiting, name)| {
            std::thread::spawn(move || waiting.key(&mut env.front_role(), &name))
        })
        .collect();
    let keys: Vec<String> = callers
        .into_iter()
        .map(|caller| caller.join().expect("a key for everybody"))
        .collect();
    let good = keys.iter().filter(|key| user_of(&env, key).is_ok()).count();
    assert_eq!(good, 26, "25 fronts with one key, and the last of the one");
    assert_eq!(holder.key_ids().len(), 26);
    let of_it: i64 = holder
        .superuser
        .query_one(
            "select count(*) from public.res_users_apikeys where name = 'odoo-mcp: fifty'",
            &[],
        )
        .expect("Odoo's table")
        .get(0);
    assert_eq!(of_it, 26, "what was replaced is gone");
    holder.revoke();
    assert!(holder.key_ids().is_empty());
    assert!(keys.iter().all(|key| user_of(&env, key) == Err(401)));
}

#[test]
fn any_later_call_sweeps_and_waits_for_nobody() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "sweep");
    let token = scratch.token("sales_all");
    let mut superuser = scratch.superuser();
    let mut front = scratch.front_role();
    let id = token_id(&mut superuser, &token);
    let names: Vec<String> = (0..3).map(|_| front_name(&mut front)).collect();
    for name in &names {
        Waiting::of(&mut superuser, id, SHAPE).key(&mut front, name);
    }
    let minted = "select count(*) from public.res_users_apikeys where name like 'odoo-mcp:%'";
    let noted = "select count(*) from odoo_mcp_private.delegation_key";
    let count = |front: &mut Client| -> Duration {
        let at = Instant::now();
        let answer = serve(front, &token, "odoo_context", "{}");
        assert_eq!(answer["result"]["user"]["login"], "sales_all", "{answer}");
        at.elapsed()
    };
    count(&mut front);
    assert_eq!(number(&mut superuser, minted), 3, "none is due");
    let due = "update odoo_mcp_private.delegation_key set remove_after = now() where ";
    // one is being taken away by somebody else
    superuser
        .batch_execute(&format!("{due} front <> '{}'", names[0]))
        .expect("two are due");
    let mut other = scratch.superuser();
    other
        .batch_execute(&format!(
            "begin; select from odoo_mcp_private.delegation_key where front = '{}' for update",
            names[1]
        ))
        .expect("a row is held");
    let took = count(&mut front);
    assert!(took < Duration::from_millis(500), "{took:?}");
    assert_eq!(number(&mut superuser, minted), 2, "the other one is gone");
    other.batch_execute("rollback").expect("given back");
    // the table is held, as by an update of modules
    let mut odoo = scratch.odoo_role();
    odoo.batch_execute("begin; lock table public.res_users_apikeys in access exclusive mode")
        .expect("it is Odoo's");
    let took = count(&mut front);
    assert!(took < Duration::from_millis(500), "{took:?}");
    odoo.batch_execute("rollback").expect("given back");
    let later: bool = superuser
        .query_one(
            "select bool_and(remove_after > now() + interval '30 seconds') from odoo_mcp_private.delegation_key",
            &[],
        )
        .expect("our table")
        .get(0);
    assert!(later, "not every call tries in vain");
    superuser
        .batch_execute(&format!("{due} true"))
        .expect("all are due");
    // and a row of it
    odoo.batch_execute("begin; select from public.res_users_apikeys for update")
        .expect("they are Odoo's");
    let took = count(&mut front);
    assert!(took < Duration::from_millis(500), "{took:?}");
    odoo.batch_execute("rollback").expect("given back");
    assert_eq!(number(&mut superuser, noted), 2);
    superuser
        .batch_execute(&format!("{due} front = '{}'", names[0]))
        .expect("one is due");
    count(&mut front);
    assert_eq!(number(&mut superuser, minted), 1);
    superuser
        .batch_execute(&format!("{due} true"))
        .expect("the last is due");
    // nobody calls, and somebody looks whether all is well
    value(&mut front, "select odoo_mcp.health()");
    assert_eq!(number(&mut superuser, minted), 0);
    assert_eq!(number(&mut superuser, noted), 0);
    // calls that nobody finished go too, if not at once
    superuser
        .batch_execute(
            "update odoo_mcp_private.delegation set deadline = now() - interval '1 hour'",
        )
        .expect("long ago");
    count(&mut front);
    assert_eq!(
        number(
            &mut superuser,
            "select count(*) from odoo_mcp_private.delegation"
        ),
        0
    );
}

#[test]
fn only_the_front_that_was_told_of_a_call_gets_a_key_for_it() {
    let env = Environment::load();
    let mut holder = Holder::of(&env, "sales_all", "roles");
    let waiting = holder.waiting();
    let mut front = env.front_role();
    let name = front_name(&mut front);
    for mut client in [env.odoo_role(), env.superuser()] {
        let ask = format!(
            "select odoo_mcp.delegation_key('{}', '{name}')",
            waiting.call_id
        );
        match client.query_one(&ask, &[]) {
            Err(_denied) => {}
            Ok(row) => assert!(row.get::<_, &str>(0).contains("no call waits"), "{row:?}"),
        }
    }
    let unknown = Waiting {
        call_id: front_name(&mut front),
    };
    let answer = unknown.ask_for_key(&mut front, &name);
    assert_eq!(answer["error"]["code"], "invalid_arguments", "{answer}");
    front.batch_execute("begin").expect("a block");
    let answer = waiting.ask_for_key(&mut front, &name);
    assert_eq!(answer["error"]["code"], "invalid_arguments", "{answer}");
    front.batch_execute("rollback").expect("out of it");
    assert!(holder.key_ids().is_empty(), "none of them got one");
    holder
        .superuser
        .execute(
            "update odoo_mcp_private.delegation set deadline = now() where call_id = $1::text::uuid",
            &[&waiting.call_id],
        )
        .expect("it is too late");
    let answer = waiting.ask_for_key(&mut front, &name);
    assert_eq!(answer["error"]["code"], "invalid_arguments", "{answer}");
}

#[test]
fn keys_of_a_user_who_is_gone_go_with_the_next_call() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "gone_user");
    let mut superuser = scratch.superuser();
    let token = scratch.token("sales_own");
    let id = token_id(&mut superuser, &token);
    let mut front = scratch.front_role();
    let name = front_name(&mut front);
    Waiting::of(&mut superuser, id, SHAPE).key(&mut front, &name);
    let minted = "select count(*) from public.res_users_apikeys where name like 'odoo-mcp:%'";
    assert_eq!(number(&mut superuser, minted), 1);
    scratch
        .odoo_role()
        .batch_execute("update public.res_users set active = false where login = 'sales_own'")
        .expect("archived");
    let answer = serve(&mut front, &token, "odoo_context", "{}");
    assert_eq!(answer["error"]["code"], "access_denied", "{answer}");
    assert_eq!(number(&mut superuser, minted), 0);
}

/// Odoo 16 and 17 have keys without an end; their workers keep what they let in until a sequence moves.
#[test]
fn where_keys_have_no_end_their_removal_is_told_to_odoo_s_workers() {
    let env = Environment::load();
    let scratch = Scratch::bare(&env, "endless");
    scratch
        .odoo_role()
        .batch_execute(
            "alter table public.res_users_apikeys drop column expiration_date;
             create sequence public.base_registry_signaling; create sequence public.base_cache_signaling_default",
        )
        .expect("the shape of Odoo 17");
    scratch.install();
    let mut superuser = scratch.superuser();
    let found = number(
        &mut superuser,
        "select count(*) from odoo_mcp.check_grants(mend => false)",
    );
    assert_eq!(found, 0);
    let token = scratch.token("sales_all");
    let id = token_id(&mut superuser, &token);
    let mut front = scratch.front_role();
    let name = front_name(&mut front);
    let waiting = Waiting::of(&mut superuser, id, SHAPE);
    let mut signal = scratch.superuser();
    let mut moved = || {
        number(
            &mut signal,
            "select case when is_called then last_value else 0 end from public.base_cache_signaling_default",
        )
    };
    waiting.key(&mut front, &name);
    assert_eq!(moved(), 0, "a new key is news to nobody");
    waiting.key(&mut front, &name);
    assert_eq!(moved(), 1, "the first one was removed");
    // what a worker looked up before the removal was committed, it would keep: hence once more
    serve(&mut front, &token, "odoo_context", "{}");
    assert_eq!(moved(), 2);
    serve(&mut front, &token, "odoo_context", "{}");
    assert_eq!(moved(), 2, "and no more");
    superuser
        .execute("select odoo_mcp.revoke_token($1)", &[&id])
        .expect("revoked");
    assert_eq!(moved(), 3);
    let minted = "select count(*) from public.res_users_apikeys where name like 'odoo-mcp:%'";
    assert_eq!(number(&mut superuser, minted), 0);
    let other = scratch.token("sales_own");
    serve(&mut front, &other, "odoo_context", "{}");
    assert_eq!(moved(), 4);
    assert_eq!(
        number(
            &mut superuser,
            "select count(*) from odoo_mcp_private.delegation_key"
        ),
        0
    );
}

#[test]
fn the_key_is_in_no_table_log_or_error() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "leak");
    let mut superuser = scratch.superuser();
    // whatever a server can be made to log of what a front does
    for setting in [
        "log_statement = 'all'",
        "log_min_duration_statement = 0",
        "log_min_messages = 'debug2'",
        "session_preload_libraries = 'auto_explain'",
        "auto_explain.log_min_duration = 0",
        "auto_explain.log_nested_statements = on",
        "auto_explain.log_verbose = on",
        "debug_print_plan = on",
        "debug_print_parse = on",
    ] {
        superuser
            .batch_execute(&format!(
                "alter role mcp_front in database scratch_leak set {setting}"
            ))
            .unwrap_or_else(|error| panic!("{setting}: {error:?}"));
    }
    superuser
        .batch_execute(
            "alter role mcp_front in database scratch_leak set log_parameter_max_length = -1;
             alter role mcp_front in database scratch_leak set log_parameter_max_length_on_error = -1",
        )
        .expect("parameters too");
    let token = scratch.token("sales_all");
    let id = token_id(&mut superuser, &token);
    let mut front = scratch.front_role();
    let name = front_name(&mut front);
    let waiting = Waiting::of(&mut superuser, id, SHAPE);
    let keys = [
        waiting.key(&mut front, &name),
        waiting.key(&mut front, &name),
    ];
    let active: String = text(
        &mut superuser,
        "select string_agg(query, ' ') from pg_stat_activity where usename = 'mcp_front'",
    );
    waiting.complete(&mut front, r#"{"failure": {"kind": "timed_out"}}"#);
    superuser
        .execute("select odoo_mcp.revoke_token($1)", &[&id])
        .expect("revoked");
    let tables = superuser
        .query(
            "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
              where c.relkind = 'r' and n.nspname in ('odoo_mcp', 'odoo_mcp_private', 'public')",
            &[],
        )
        .expect("the tables");
    let log = "pg_read_file(current_setting('data_directory') || '/server.log')";
    let said: bool = superuser
        .query_one(&format!("select strpos({log}, 'delegation_key') > 0"), &[])
        .expect("the server's log")
        .get(0);
    assert!(said, "the log has the calls");
    for key in &keys {
        assert!(!active.contains(key.as_str()));
        for table in &tables {
            let table: String = table.get(0);
            let found: i64 = superuser
                .query_one(
                    &format!("select count(*) from {table} t where strpos(t::text, $1) > 0"),
                    &[key],
                )
                .unwrap_or_else(|error| panic!("{table}: {error:?}"))
                .get(0);
            assert_eq!(found, 0, "{table} holds the key");
        }
        let logged: bool = superuser
            .query_one(&format!("select strpos({log}, $1) > 0"), &[key])
            .expect("the server's log")
            .get(0);
        assert!(!logged, "the server's log holds the key");
    }
}
