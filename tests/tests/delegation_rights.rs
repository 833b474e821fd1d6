//! The role that makes keys for delegated calls: what it may, and what becomes of it and its keys when somebody switches, copies,
//! restores or takes down.

use odoo_mcp_tests::odoo_command::OdooCommand;
use odoo_mcp_tests::query::{number, text, value};
use odoo_mcp_tests::serve::{assert_denied, refusal, serve};
use odoo_mcp_tests::waiting::{SHAPE, Waiting, front_name, token_id};
use odoo_mcp_tests::{Environment, Scratch};
use postgres::Client;
use serde_json::{Value, json};

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
    let audited = "select count(*) from odoo_mcp.audit_keys where token = 'test' and key_id > 0";
    assert_eq!(number(&mut in_copy, audited), 1, "that it was made is kept");
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
