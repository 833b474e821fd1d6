//! Keys of Odoo's that are made for delegated calls: who gets one, what it is worth, and that none is left.

use std::time::{Duration, Instant};

use odoo_mcp_tests::odoo_command::OdooCommand;
use odoo_mcp_tests::query::{number, text, value};
use odoo_mcp_tests::serve::{assert_denied, call_id, refusal, serve, serve_as};
use odoo_mcp_tests::waiting::{Waiting, front_name, token_id};
use odoo_mcp_tests::{Environment, OdooClient, Scratch};
use postgres::Client;
use serde_json::{Value, json};

/// How an answer of `search_count` becomes that of `odoo_count`.
const SHAPE: &str = r#"{"model": "res.partner", "reason": "as the test says", "form": "count"}"#;

/// Whoever has a token of its own in the database that Odoo serves; it is revoked at the end.
struct Holder {
    id: i64,
    user_id: i32,
    superuser: Client,
}

impl Holder {
    fn of(env: &Environment, login: &str, name: &str) -> Self {
        let mut superuser = env.superuser();
        let token: String = superuser
            .query_one("select odoo_mcp.issue_token($1, $2)", &[&login, &name])
            .expect("a token")
            .get(0);
        let id = token_id(&mut superuser, &token);
        Self {
            id,
            user_id: env.users.of(login).id,
            superuser,
        }
    }

    fn waiting(&mut self) -> Waiting {
        Waiting::of(&mut self.superuser, self.id, SHAPE)
    }

    /// Ids in Odoo's table of the keys made for it.
    fn key_ids(&mut self) -> Vec<i32> {
        self.superuser
            .query(
                "select key_id from odoo_mcp_private.delegation_key where token_id = $1 and key_id is not null order by key_id",
                &[&self.id],
            )
            .expect("our table")
            .iter()
            .map(|row| row.get(0))
            .collect()
    }

    fn is_in_odoo(&mut self, key_id: i32) -> bool {
        self.superuser
            .query_one(
                "select exists (select from public.res_users_apikeys where id = $1)",
                &[&key_id],
            )
            .expect("Odoo's table")
            .get(0)
    }

    fn revoke(&mut self) -> bool {
        self.superuser
            .query_one("select odoo_mcp.revoke_token($1)", &[&self.id])
            .expect("revoke_token")
            .get(0)
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _revoked = self
            .superuser
            .execute("select odoo_mcp.revoke_token($1)", &[&self.id]);
    }
}

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
            "select login, token, front_role::text from odoo_mcp.delegation_keys where key_id = $1",
            &[&key_id],
        )
        .expect("the view");
    assert_eq!(
        (seen.get::<_, &str>(0), seen.get::<_, &str>(1)),
        ("sales_own", "Claude on my laptop")
    );
    assert_eq!(seen.get::<_, &str>(2), "mcp_front");
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
    let waiting = Waiting::of(&mut superuser, id, SHAPE);
    let names: Vec<String> = (0..3).map(|_| front_name(&mut front)).collect();
    for name in &names {
        waiting.key(&mut front, name);
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
fn the_minting_role_makes_and_removes_keys_and_nothing_else() {
    let env = Environment::load();
    let mut superuser = env.superuser();
    let [owner, reader, minter]: [String; 3] = ["owner", "reader", "minter"].map(|role| {
        text(
            &mut superuser,
            &format!("select {role}_role::regrole::text from odoo_mcp_private.installation"),
        )
    });
    let insert = "insert into public.res_users_apikeys (name, user_id, scope, index, key) values ('x', 2, 'rpc', '01234567', 'x')";
    for other in [&owner, &reader, &"mcp_front".to_owned()] {
        superuser
            .batch_execute(&format!("set role {other}"))
            .expect("a role");
        assert_denied(&mut superuser, insert);
        assert_denied(
            &mut superuser,
            "delete from public.res_users_apikeys where id = -1",
        );
        superuser.batch_execute("reset role").expect("back");
    }
    superuser
        .batch_execute(&format!("set role {minter}"))
        .expect("the role");
    superuser
        .batch_execute(&format!("begin; {insert} returning id; rollback"))
        .expect("it may");
    superuser
        .batch_execute("delete from public.res_users_apikeys where id = -1")
        .expect("it may");
    for statement in [
        "select key from public.res_users_apikeys",
        "select index from public.res_users_apikeys",
        "select name from public.res_users_apikeys",
        "select * from public.res_users_apikeys",
        "delete from public.res_users_apikeys where user_id = -1",
        "update public.res_users_apikeys set name = 'x' where id = -1",
        "insert into public.res_users_apikeys (id, name, user_id, scope, index, key) values (-1, 'x', 2, 'rpc', '01234567', 'x')",
        "truncate public.res_users_apikeys",
        "select 1 from public.res_users_apikeys for update",
        "select setval('public.res_users_apikeys_id_seq', 1)",
        "select id from public.res_users",
        "select 1 from public.res_partner",
        "select nextval('public.res_partner_id_seq')",
        "select 1 from odoo_mcp_private.token",
        "select 1 from odoo_mcp_private.delegation_key",
        "create schema x",
    ] {
        assert_denied(&mut superuser, statement);
    }
    superuser.batch_execute("reset role").expect("back");
    let members = number(
        &mut superuser,
        "select count(*) from pg_auth_members m, odoo_mcp_private.installation i where i.minter_role in (m.roleid, m.member)",
    );
    assert_eq!(members, 0);
}

#[test]
fn grants_of_the_minting_role_are_looked_at_and_mended() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "minting_grants");
    let mut superuser = scratch.superuser();
    let look = "select coalesce(string_agg(object || ': ' || problem, ' | ' order by object), 'fine') from odoo_mcp.check_grants(mend => false)";
    assert_eq!(text(&mut superuser, look), "fine");
    superuser
        .batch_execute(
            "grant select (key), update on public.res_users_apikeys to odoo_mcp_scratch_minting_grants_minter;
             grant select on public.res_partner to odoo_mcp_scratch_minting_grants_minter;
             revoke usage on sequence public.res_users_apikeys_id_seq from odoo_mcp_scratch_minting_grants_minter;
             revoke insert (key) on public.res_users_apikeys from odoo_mcp_scratch_minting_grants_minter",
        )
        .expect("somebody meddles");
    let found = text(&mut superuser, look);
    for words in [
        "must not have SELECT of key, UPDATE",
        "lacks INSERT of key",
        "res_partner: the minting role must not have SELECT",
        "lacks USAGE",
    ] {
        assert!(found.contains(words), "{words}: {found}");
    }
    let doctor = text(
        &mut superuser,
        "select string_agg(status || ' ' || finding, ' | ') from odoo_mcp.doctor() where \"check\" in ('grants', 'delegation')",
    );
    assert!(doctor.contains("error relation"), "{doctor}");
    let token = scratch.token("sales_all");
    let id = token_id(&mut superuser, &token);
    let waiting = Waiting::of(&mut superuser, id, SHAPE);
    let mut front = scratch.front_role();
    let name = front_name(&mut front);
    let answer = waiting.ask_for_key(&mut front, &name);
    assert_eq!(answer["error"]["code"], "not_supported", "{answer}");
    assert!(
        answer["error"]["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("check_grants()")),
        "{answer}"
    );
    let mended = number(
        &mut superuser,
        "select count(*) from odoo_mcp.check_grants() where mended",
    );
    assert_eq!(mended, 3);
    assert_eq!(text(&mut superuser, look), "fine");
    waiting.key(&mut front, &name);
}

#[test]
fn delegation_is_switched_off_and_on_by_setup() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "switch");
    let mut superuser = scratch.superuser();
    let token = scratch.token("sales_all");
    let id = token_id(&mut superuser, &token);
    let mut front = scratch.front_role();
    let name = front_name(&mut front);
    let waiting = Waiting::of(&mut superuser, id, SHAPE);
    waiting.key(&mut front, &name);
    let delegates =
        |front: &mut Client| value(front, "select odoo_mcp.health()")["delegation"].clone();
    assert_eq!(delegates(&mut front), true);
    let minted = "select count(*) from public.res_users_apikeys where name like 'odoo-mcp:%'";
    let roles = "select count(*) from pg_roles where rolname = 'odoo_mcp_scratch_switch_minter'";
    assert_eq!(number(&mut superuser, minted), 1);
    let set_up = value(&mut superuser, "select odoo_mcp.setup(delegation => false)");
    assert_eq!(set_up["delegation"], false, "{set_up}");
    assert_eq!(set_up["warnings"], json!([]), "{set_up}");
    assert_eq!(number(&mut superuser, minted), 0, "no key is left");
    assert_eq!(number(&mut superuser, roles), 0, "nor the role");
    assert_eq!(delegates(&mut front), false);
    let answer = waiting.ask_for_key(&mut front, &name);
    assert_eq!(answer["error"]["code"], "invalid_arguments", "{answer}");
    let again = Waiting::of(&mut superuser, id, SHAPE);
    let answer = again.ask_for_key(&mut front, &name);
    assert_eq!(answer["error"]["code"], "not_supported", "{answer}");
    // what somebody decided stays when setup is run for another reason
    let set_up = value(&mut superuser, "select odoo_mcp.setup()");
    assert_eq!(set_up["delegation"], false, "{set_up}");
    assert!(
        serve(&mut front, &token, "odoo_context", "{}")
            .get("result")
            .is_some()
    );
    let set_up = value(&mut superuser, "select odoo_mcp.setup(delegation => true)");
    assert_eq!(
        set_up["made_roles"],
        json!(["odoo_mcp_scratch_switch_minter"]),
        "{set_up}"
    );
    let found = number(
        &mut superuser,
        "select count(*) from odoo_mcp.check_grants(mend => false)",
    );
    assert_eq!(found, 0);
    Waiting::of(&mut superuser, id, SHAPE).key(&mut front, &name);
    let set_up = value(&mut superuser, "select odoo_mcp.setup()");
    assert_eq!(set_up["delegation"], true, "{set_up}");
    assert_eq!(number(&mut superuser, minted), 1, "nor does it take keys");
    let down = value(&mut superuser, "select odoo_mcp.teardown()");
    assert_eq!(number(&mut superuser, minted), 0, "no key is left");
    assert_eq!(number(&mut superuser, roles), 0);
    assert_eq!(down["kept_roles"], json!([]), "{down}");
}

#[test]
fn without_delegation_setup_makes_three_roles() {
    let env = Environment::load();
    let scratch = Scratch::bare(&env, "never");
    let mut superuser = scratch.superuser();
    superuser
        .batch_execute("create extension pg_odoo_mcp")
        .expect("the extension");
    let set_up = value(&mut superuser, "select odoo_mcp.setup(delegation => false)");
    assert_eq!(
        set_up["made_roles"].as_array().map(Vec::len),
        Some(3),
        "{set_up}"
    );
    assert_eq!(set_up["minter"], Value::Null);
    let granted = number(
        &mut superuser,
        "select count(*) from pg_class c cross join aclexplode(c.relacl) g
          where c.relname in ('res_users_apikeys', 'res_users_apikeys_id_seq') and g.grantee <> c.relowner
            and g.privilege_type <> 'SELECT'",
    );
    assert_eq!(granted, 0);
}

#[test]
fn a_front_that_is_revoked_leaves_no_key() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "revoked_front");
    let mut superuser = scratch.superuser();
    let token = scratch.token("sales_all");
    let id = token_id(&mut superuser, &token);
    let mut front = scratch.front_role();
    let name = front_name(&mut front);
    Waiting::of(&mut superuser, id, SHAPE).key(&mut front, &name);
    superuser
        .batch_execute("select odoo_mcp.revoke_front('mcp_front')")
        .expect("revoked");
    let minted = "select count(*) from public.res_users_apikeys where name like 'odoo-mcp:%'";
    assert_eq!(number(&mut superuser, minted), 0);
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

#[test]
fn a_copy_that_is_adopted_takes_over_no_key() {
    let env = Environment::load();
    let original = Scratch::set_up(&env, "keys_original");
    let token = original.token("sales_all");
    let mut front = original.front_role();
    let name = front_name(&mut front);
    let mut superuser = original.superuser();
    let id = token_id(&mut superuser, &token);
    Waiting::of(&mut superuser, id, SHAPE).key(&mut front, &name);
    drop((superuser, front));
    let copy = original.copy("keys_copied");
    let minted = "select count(*) from public.res_users_apikeys where name like 'odoo-mcp:%'";
    let mut in_copy = copy.superuser();
    assert_eq!(number(&mut in_copy, minted), 1, "it came with the copy");
    // before it is adopted, none is made there
    let waiting = Waiting::of(&mut in_copy, id, SHAPE);
    let answer = waiting.ask_for_key(&mut copy.front_role(), &name);
    assert_eq!(answer["refused"]["reason"], "unauthorized", "{answer}");
    let adopted = value(
        &mut in_copy,
        "select odoo_mcp.adopt_database(keep_tokens => true)",
    );
    assert_eq!(adopted["warnings"], json!([]), "{adopted}");
    assert_eq!(number(&mut in_copy, minted), 0);
    assert_eq!(
        number(&mut original.superuser(), minted),
        1,
        "the original's are its own"
    );
}

#[test]
fn a_database_that_was_restored_takes_over_no_key() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "keys_dumped");
    let token = scratch.token("sales_all");
    let mut superuser = scratch.superuser();
    let id = token_id(&mut superuser, &token);
    let mut front = scratch.front_role();
    let name = front_name(&mut front);
    Waiting::of(&mut superuser, id, SHAPE).key(&mut front, &name);
    let odoo = OdooCommand::new(&env, "keys_dumped");
    let dump = odoo.path("all.dump");
    let dump = dump.to_str().expect("a path of text");
    let dumped = odoo.as_superuser("pg_dump", &["-Fc", "-f", dump, &scratch.database]);
    assert!(dumped.is_ok, "{}", dumped.text);
    let copy = Scratch::none(&env, "keys_restored");
    copy.create_empty();
    let restored = odoo.as_superuser("pg_restore", &["-j2", "-d", &copy.database, dump]);
    assert!(restored.is_ok, "{}", restored.text);
    let minted = "select count(*) from public.res_users_apikeys where name like 'odoo-mcp:%'";
    let mut in_copy = copy.superuser();
    assert_eq!(number(&mut in_copy, minted), 1, "it came with the dump");
    let adopted = value(&mut in_copy, "select odoo_mcp.adopt_database()");
    assert_eq!(adopted["setup"]["delegation"], true, "{adopted}");
    assert_eq!(number(&mut in_copy, minted), 0);
    assert_eq!(
        number(&mut superuser, minted),
        1,
        "the original's is its own"
    );
    drop(in_copy);
    // the copy leaves nothing of the original's rights, so both go without a trace
    let down = value(&mut copy.superuser(), "select odoo_mcp.teardown()");
    assert_eq!(down["kept_roles"], json!([]), "{down}");
    let down = value(&mut superuser, "select odoo_mcp.teardown()");
    assert_eq!(down["kept_roles"], json!([]), "{down}");
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

#[test]
fn a_report_is_heard_once() {
    let env = Environment::load();
    let mut holder = Holder::of(&env, "sales_all", "once");
    let waiting = holder.waiting();
    let mut front = env.front_role();
    let outcome = r#"{"answers": [{"status": 200, "body": 7}]}"#;
    let answer = waiting.complete(&mut env.superuser(), outcome);
    assert_eq!(
        answer["error"]["code"], "invalid_arguments",
        "another role: {answer}"
    );
    assert!(
        env.odoo_role()
            .execute(
                "select odoo_mcp.complete($1::text::uuid, $2)",
                &[&waiting.call_id, &outcome]
            )
            .is_err()
    );
    let unknown = Waiting {
        call_id: front_name(&mut front),
    };
    let answer = unknown.complete(&mut front, outcome);
    assert_eq!(answer["error"]["code"], "invalid_arguments", "{answer}");
    front.batch_execute("begin").expect("a block");
    let answer = waiting.complete(&mut front, outcome);
    assert_eq!(answer["error"]["code"], "invalid_arguments", "{answer}");
    front.batch_execute("rollback").expect("out of it");
    let answer = waiting.complete(&mut front, outcome);
    assert_eq!(answer["result"]["count"], 7, "{answer}");
    assert_eq!(answer["result"]["engine"], "odoo", "{answer}");
    let again = waiting.complete(&mut front, outcome);
    assert_eq!(again["error"]["code"], "invalid_arguments", "{again}");
    let entry = holder
        .superuser
        .query_one(
            "select outcome, engine, row_count, byte_count, duration_ms from odoo_mcp.audit_entries where call_id = $1::text::uuid",
            &[&waiting.call_id],
        )
        .expect("its entry");
    assert_eq!(
        (entry.get::<_, &str>(0), entry.get::<_, &str>(1)),
        ("ok", "odoo")
    );
    assert_eq!(
        entry.get::<_, i64>(3),
        i64::try_from(answer["result"].to_string().len()).expect("short")
    );
    assert!(entry.get::<_, f64>(4) > 0.0);
}

fn audited(holder: &mut Holder, waiting: &Waiting) -> (String, Option<String>) {
    let entry = holder
        .superuser
        .query_one(
            "select outcome, engine from odoo_mcp.audit_entries where call_id = $1::text::uuid",
            &[&waiting.call_id],
        )
        .expect("its entry");
    (entry.get(0), entry.get(1))
}

#[test]
fn a_report_that_comes_too_late_or_after_the_token_has_ended_gets_no_answer() {
    let env = Environment::load();
    let mut holder = Holder::of(&env, "sales_all", "late");
    let mut front = env.front_role();
    let outcome = r#"{"answers": [{"status": 200, "body": 7}]}"#;
    let late = holder.waiting();
    holder
        .superuser
        .execute(
            "update odoo_mcp_private.delegation set deadline = now() where call_id = $1::text::uuid",
            &[&late.call_id],
        )
        .expect("it is too late");
    let answer = late.complete(&mut front, outcome);
    assert_eq!(answer["error"]["code"], "timed_out", "{answer}");
    assert_eq!(
        audited(&mut holder, &late),
        ("timed_out".to_owned(), Some("odoo".to_owned()))
    );
    let revoked = holder.waiting();
    assert!(holder.revoke());
    let answer = revoked.complete(&mut front, outcome);
    assert_eq!(answer["refused"]["reason"], "unauthorized", "{answer}");
    assert_eq!(audited(&mut holder, &revoked).0, "unauthorized");
}

#[test]
fn a_report_that_is_none_is_refused_and_ends_the_call() {
    let env = Environment::load();
    let mut holder = Holder::of(&env, "sales_all", "garbage");
    let mut front = env.front_role();
    for outcome in [
        "",
        "null",
        "7",
        "{}",
        "not json",
        r#"{"answers": 7}"#,
        r#"{"answers": [{"status": 200}]}"#,
        r#"{"answers": [{"status": 99999, "body": 1}]}"#,
        r#"{"answers": [], "more": 1}"#,
        r#"{"failure": {"kind": "bored"}}"#,
        r#"{"result": {"count": 1}}"#,
    ] {
        let waiting = holder.waiting();
        let answer = waiting.complete(&mut front, outcome);
        assert_eq!(
            answer["error"]["code"], "invalid_arguments",
            "{outcome}: {answer}"
        );
        assert_eq!(audited(&mut holder, &waiting).0, "invalid_arguments");
        let again = waiting.complete(&mut front, r#"{"answers": [{"status": 200, "body": 7}]}"#);
        assert_eq!(again["error"]["code"], "invalid_arguments", "{again}");
    }
    let waiting = holder.waiting();
    let long = format!(
        r#"{{"answers": [{{"status": 200, "body": "{}"}}]}}"#,
        "x".repeat(17 << 20)
    );
    let answer = waiting.complete(&mut front, &long);
    assert_eq!(answer["error"]["code"], "over_budget", "{answer}");
    // a shape that nobody can read is a fault of ours, with a reference
    let waiting = Waiting::of(&mut holder.superuser, holder.id, r#"{"tool": "no such"}"#);
    let answer = waiting.complete(&mut front, r#"{"answers": []}"#);
    assert_eq!(answer["error"]["code"], "internal", "{answer}");
    assert!(
        answer["error"]["detail"]
            .as_str()
            .is_some_and(|detail| detail.contains(&waiting.call_id)),
        "{answer}"
    );
    assert_eq!(audited(&mut holder, &waiting).0, "internal");
}

#[test]
fn a_call_goes_to_odoo_and_back() {
    let env = Environment::load();
    let mut front = env.front_role();
    let user = env.users.of("sales_all");
    let id = call_id(&mut front);
    let arguments = r#"{"model": "mail.message"}"#;
    let told = serve_as(
        &mut front,
        &id,
        env.token("sales_all"),
        "odoo_count",
        arguments,
    )
    .expect("serve answers");
    let errand = &told["delegate"];
    assert_eq!(errand["protocol"], "json2", "{told}");
    assert_eq!(errand["database"], env.database, "{told}");
    assert_eq!(errand["user_id"], user.id, "{told}");
    assert_eq!(errand["timeout_ms"], 60_000, "{told}");
    assert_eq!(errand["byte_limit"], 8 << 20, "{told}");
    let waiting = Waiting { call_id: id };
    let name = front_name(&mut front);
    let key = waiting.key(&mut front, &name);
    let odoo = OdooClient::new(&env.odoo_url, &env.database, &key);
    let answers: Vec<Value> = errand["requests"]
        .as_array()
        .expect("requests")
        .iter()
        .map(|request| {
            let text = |key: &str| request[key].as_str().expect("a name").to_owned();
            let body = odoo
                .call(&text("model"), &text("method"), &request["kwargs"])
                .expect("Odoo answers");
            json!({"status": 200, "body": body})
        })
        .collect();
    let answer = waiting.complete(&mut front, &json!({"answers": answers}).to_string());
    let own = OdooClient::new(&env.odoo_url, &env.database, &user.api_key)
        .call("mail.message", "search_count", &json!({"domain": []}))
        .expect("Odoo answers");
    assert_eq!(answer["result"]["count"], own, "{answer}");
    assert_eq!(answer["result"]["engine"], "odoo", "{answer}");
    let entry = env
        .superuser()
        .query_one(
            "select outcome, engine, model, row_count from odoo_mcp.audit_entries where call_id = $1::text::uuid",
            &[&waiting.call_id],
        )
        .expect("its entry");
    assert_eq!(
        (entry.get::<_, &str>(0), entry.get::<_, &str>(1)),
        ("ok", "odoo")
    );
    assert_eq!(entry.get::<_, &str>(2), "mail.message");
    env.superuser()
        .batch_execute(&format!(
            "update odoo_mcp_private.delegation_key set remove_after = '-infinity' where front = '{name}';
             select odoo_mcp_private.remove_keys()"
        ))
        .expect("tidied up");
}

#[test]
fn who_has_no_way_to_odoo_is_told_so() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "no_way");
    let token = scratch.token("sales_all");
    let mut superuser = scratch.superuser();
    let (state, said) = refusal(
        &mut superuser,
        "begin; select odoo_mcp.act_as('sales_all'); select odoo_mcp.count('mail.message')",
    );
    assert_eq!(
        state,
        postgres::error::SqlState::FEATURE_NOT_SUPPORTED,
        "{said}"
    );
    assert!(said.contains("odoo-mcp"), "{said}");
    superuser.batch_execute("rollback").expect("out of it");
    superuser
        .batch_execute("select odoo_mcp.setup(delegation => false)")
        .expect("switched off");
    let answer = serve(
        &mut scratch.front_role(),
        &token,
        "odoo_count",
        r#"{"model": "mail.message"}"#,
    );
    assert_eq!(answer["error"]["code"], "not_supported", "{answer}");
    assert!(
        answer["error"]["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("setup(delegation => true)")),
        "{answer}"
    );
}

#[test]
fn what_admin_and_odoo_may_not_learn_of_keys() {
    let env = Environment::load();
    let mut odoo = env.odoo_role();
    for statement in [
        "select 1 from odoo_mcp.delegation_keys",
        "select 1 from odoo_mcp_private.delegation",
        "select 1 from odoo_mcp_private.delegation_key",
        "select odoo_mcp_private.remove_keys()",
    ] {
        assert_denied(&mut odoo, statement);
        assert_denied(&mut env.front_role(), statement);
    }
    let (_, said) = refusal(
        &mut env.front_role(),
        "select odoo_mcp.setup(delegation => false)",
    );
    assert!(said.contains("permission denied"), "{said}");
}
