//! What somebody gets who took over a front's role and has the hash of a token: few keys, each of them written down for good.

use odoo_mcp_tests::query::{number, text, value};
use odoo_mcp_tests::serve::{assert_denied, call_id, refusal, serve_as};
use odoo_mcp_tests::waiting::{Holder, SHAPE, Waiting, front_name, token_id};
use odoo_mcp_tests::{Administrator, Environment, Scratch};
use serde_json::{Value, json};

/// How many keys a role may have of a token.
const OF_A_ROLE: usize = 32;

#[test]
fn a_call_has_one_key_and_one_more_where_it_is_refused() {
    let env = Environment::load();
    let mut holder = Holder::of(&env, "sales_all", "two for a call");
    let mut front = env.front_role();
    let waiting = holder.waiting();
    let name = front_name(&mut front);
    let keys = [
        waiting.key(&mut front, &name),
        waiting.key(&mut front, &name),
    ];
    assert_ne!(keys[0], keys[1]);
    // whatever the front says that it is called
    for name in [&name, &front_name(&mut front)] {
        let answer = waiting.ask_for_key(&mut front, name);
        assert_eq!(answer["error"]["code"], "not_permitted", "{answer}");
    }
    assert_eq!(holder.key_ids().len(), 1, "the last one stays");
    let said = waiting.complete(&mut front, r#"{"failure": {"kind": "key_refused"}}"#);
    assert_eq!(said["error"]["code"], "odoo_unavailable", "{said}");
    // and the next call has its own
    holder.waiting().key(&mut front, &name);
}

#[test]
fn who_asks_from_all_sides_at_once_gets_no_third_key() {
    let env = Environment::load();
    let mut holder = Holder::of(&env, "sales_all", "at once");
    let mut front = env.front_role();
    let waiting = holder.waiting();
    let asked: Vec<_> = (0..12)
        .map(|_| (env.clone(), waiting.call_id.clone(), front_name(&mut front)))
        .map(|(env, call_id, name)| {
            std::thread::spawn(move || {
                Waiting { call_id }.ask_for_key(&mut env.front_role(), &name)
            })
        })
        .collect();
    let said: Vec<Value> = asked
        .into_iter()
        .map(|thread| thread.join().expect("an answer"))
        .collect();
    let made = said.iter().filter(|said| said.get("key").is_some());
    assert_eq!(made.count(), 2, "{said:?}");
    assert_eq!(holder.key_ids().len(), 2);
}

#[test]
fn a_key_that_could_not_be_made_is_not_counted() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "minting_failed");
    let mut superuser = scratch.superuser();
    let id = token_id(&mut superuser, &scratch.token("sales_all"));
    let waiting = Waiting::of(&mut superuser, id, SHAPE);
    let mut front = scratch.front_role();
    let name = front_name(&mut front);
    scratch
        .odoo_role()
        .batch_execute("alter table public.res_users_apikeys alter column create_date set default pg_catalog.clock_timestamp()")
        .expect("it is Odoo's");
    for _ in 0..3 {
        let answer = waiting.ask_for_key(&mut front, &name);
        assert_eq!(answer["error"]["code"], "not_supported", "{answer}");
    }
    scratch
        .odoo_role()
        .batch_execute("alter table public.res_users_apikeys alter column create_date set default (now() at time zone 'utc')")
        .expect("it is Odoo's");
    waiting.key(&mut front, &name);
}

/// Fronts are stateless and may be many, so one more is not refused: it takes the place of the one that minted first.
#[test]
fn however_many_fronts_a_role_says_it_has_its_keys_of_a_token_are_few() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "minting_fronts");
    let mut superuser = scratch.superuser();
    let id = token_id(&mut superuser, &scratch.token("sales_all"));
    let other = token_id(&mut superuser, &scratch.token("sales_own"));
    // a role of its own, and a token of its own, are no matter of these fronts
    superuser
        .batch_execute(
            "drop role if exists front_two_of_minting; create role front_two_of_minting login;
             select odoo_mcp.grant_front('front_two_of_minting')",
        )
        .expect("another front");
    let mut second = scratch.superuser();
    second
        .batch_execute("set session authorization front_two_of_minting")
        .expect("its session");
    let mut front = scratch.front_role();
    let names: Vec<String> = (0..OF_A_ROLE + 8).map(|_| front_name(&mut front)).collect();
    Waiting::told_to(&mut superuser, id, SHAPE, "front_two_of_minting").key(&mut second, &names[0]);
    Waiting::of(&mut superuser, other, SHAPE).key(&mut front, &names[0]);
    for name in &names {
        Waiting::of(&mut superuser, id, SHAPE).key(&mut front, name);
    }
    let kept = |superuser: &mut _, whose: &str| -> Vec<String> {
        let names = format!(
            "select coalesce(jsonb_agg(front order by minted_at), '[]') from odoo_mcp.delegation_keys where {whose}"
        );
        serde_json::from_value(value(superuser, &names)).expect("names")
    };
    let mine = format!("login = 'sales_all' and front_role = 'mcp_front' and {id} > 0");
    assert_eq!(kept(&mut superuser, &mine), names[8..], "the newest");
    // whoever has one renews it in its own place
    Waiting::of(&mut superuser, id, SHAPE).key(&mut front, &names[20]);
    let after = kept(&mut superuser, &mine);
    assert_eq!(
        (after.len(), &after[0]),
        (OF_A_ROLE, &names[8]),
        "and nobody else's"
    );
    for whose in ["login = 'sales_own'", "front_role = 'front_two_of_minting'"] {
        assert_eq!(kept(&mut superuser, whose), [names[0].clone()], "{whose}");
    }
    let in_odoo = "select count(*) from public.res_users_apikeys where name like 'odoo-mcp:%'";
    assert_eq!(
        number(&mut superuser, in_odoo),
        i64::try_from(OF_A_ROLE).expect("few") + 2,
        "what made room is gone from Odoo"
    );
    assert_eq!(
        number(&mut superuser, "select count(*) from odoo_mcp.audit_keys"),
        i64::try_from(names.len()).expect("few") + 3,
        "and every one of them is in the audit"
    );
    drop(second);
    superuser
        .batch_execute(
            "select odoo_mcp.revoke_front('front_two_of_minting');
             drop owned by front_two_of_minting; drop role front_two_of_minting",
        )
        .expect("taken away");
}

#[test]
fn every_key_is_in_the_audit_for_good_and_no_secret_with_it() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "minting_audit");
    let mut superuser = scratch.superuser();
    let token = scratch.token("sales_all");
    let id = token_id(&mut superuser, &token);
    let mut front = scratch.front_role();
    let call_id = call_id(&mut front);
    let errand = serve_as(
        &mut front,
        &call_id,
        &token,
        "odoo_count",
        r#"{"model": "mail.message"}"#,
    )
    .expect("it is Odoo's");
    assert!(errand["delegate"].is_object(), "{errand}");
    let none = "select count(*) from odoo_mcp.audit_keys";
    assert_eq!(number(&mut superuser, none), 0, "nobody asked for one");
    let waiting = Waiting { call_id };
    let name = front_name(&mut front);
    let key = waiting.key(&mut front, &name);
    let dba = Administrator::of(&env, &scratch);
    let mut dba = dba.connect();
    let of_call = format!(
        "select to_jsonb(k) || jsonb_build_object('is_now', minted_at between now() - interval '1 minute' and clock_timestamp(),
                'lives', date_part('epoch', ends_at - minted_at)::int,
                'is_in_odoo', exists (select from odoo_mcp.delegation_keys d where d.key_id = k.key_id))
           from odoo_mcp.audit_keys k where call_id = '{}'",
        waiting.call_id
    );
    let entry = value(&mut dba, &of_call);
    let expected = json!({
        "login": "sales_all", "token": "test", "token_id": id, "user_id": env.users.of("sales_all").id,
        "session_role": "mcp_front", "front": name, "front_address": "127.0.0.1",
        "is_now": true, "lives": 600, "is_in_odoo": true,
    });
    for (field, expected) in expected.as_object().expect("fields") {
        assert_eq!(&entry[field], expected, "{field}: {entry}");
    }
    for secret in [&key[..], &key[..8], &token] {
        assert!(!entry.to_string().contains(secret), "{entry}");
    }
    let tried = text(
        &mut dba,
        &format!(
            "select tool || ' ' || model from odoo_mcp.audit_entries where call_id = '{}'",
            waiting.call_id
        ),
    );
    assert_eq!(tried, "odoo_count mail.message", "it is the call's own");
    // nobody takes it out again: not the DBA, not what ends keys, not a superuser by the way
    for client in [&mut front, &mut scratch.odoo_role()] {
        assert_denied(client, "select 1 from odoo_mcp.audit_keys");
    }
    for statement in [
        "delete from odoo_mcp_private.audit_key",
        "update odoo_mcp_private.audit_key set ends_at = now()",
        "truncate odoo_mcp_private.audit_key",
    ] {
        assert_denied(&mut dba, statement);
        assert_denied(&mut front, statement);
        assert_denied(&mut scratch.odoo_role(), statement);
        let (_, said) = refusal(&mut superuser, statement);
        assert!(said.contains("the audit is only added to"), "{said}");
    }
    waiting.complete(&mut front, r#"{"failure": {"kind": "timed_out"}}"#);
    superuser
        .execute("select odoo_mcp.revoke_token($1)", &[&id])
        .expect("revoked");
    value(&mut superuser, "select odoo_mcp.setup(delegation => false)");
    let after = value(&mut dba, &of_call);
    assert_eq!(after["is_in_odoo"], false, "{after}");
    assert_eq!(after["key_id"], entry["key_id"]);
}
