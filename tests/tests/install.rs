//! `CREATE EXTENSION`, `setup`, `grant_front`, `teardown`, `DROP EXTENSION`: what each leaves in the database.

use odoo_mcp_tests::serve::{CALLS, assert_refused, serve};
use odoo_mcp_tests::{Environment, Scratch, privileges};
use postgres::error::SqlState;

/// Everything that setting up can touch, as text: roles and their members, schemas, objects, owners, privileges,
/// default privileges, settings of roles and databases. Only of this database, for others run beside it. A list of
/// privileges that says what holds by default is the same as none.
const SNAPSHOT: &str = "
    select 'schema ' || nspname || ' ' || nspowner::regrole || ' ' || coalesce(nspacl, acldefault('n', nspowner))::text from pg_namespace
     where nspname !~ '^pg_(toast_)?temp_'
    union all select 'relation ' || oid::regclass || ' ' || relowner::regrole || ' ' || coalesce(relacl, acldefault(case relkind when 'S' then 's' else 'r' end::\"char\", relowner))::text
      from pg_class where relnamespace in (select oid from pg_namespace where nspname !~ '^pg_')
    union all select 'column ' || attrelid::regclass || '.' || attname || ' ' || attacl::text
      from pg_attribute where attacl is not null
    union all select 'function ' || oid::regprocedure || ' ' || proowner::regrole || ' ' || coalesce(proacl, acldefault('f', proowner))::text
      from pg_proc where pronamespace <> 'pg_catalog'::regnamespace
    union all select 'type ' || oid::regtype || ' ' || typowner::regrole from pg_type
      where typnamespace in (select oid from pg_namespace where nspname !~ '^pg_') and typelem = 0
    union all select 'default ' || defaclrole::regrole || ' ' || defaclnamespace || ' ' || defaclobjtype::text || ' ' || defaclacl::text
      from pg_default_acl
    union all select 'setting ' || setrole::regrole || ' ' || setconfig::text from pg_db_role_setting
      where setdatabase = (select oid from pg_database where datname = current_database())
    union all select 'database ' || coalesce(datacl, acldefault('d', datdba))::text || ' ' || datdba::regrole from pg_database where datname = current_database()
    union all select 'extension ' || extname from pg_extension
    union all select 'event trigger ' || evtname from pg_event_trigger
    union all select 'trigger ' || tgname || ' ' || tgrelid::regclass from pg_trigger where not tgisinternal
    union all select 'role ' || rolname from pg_roles where rolname like $1
    order by 1";

fn snapshot(scratch: &Scratch) -> Vec<String> {
    // roles belong to the cluster: only those that name this database are this test's
    let of_this_database = format!("%{}%", scratch.database);
    scratch
        .superuser()
        .query(SNAPSHOT, &[&of_this_database])
        .expect("the catalogs")
        .iter()
        .map(|row| row.get(0))
        .collect()
}

#[test]
fn teardown_and_drop_leave_nothing() {
    let env = Environment::load();
    let scratch = Scratch::bare(&env, "nothing_left");
    let before = snapshot(&scratch);
    scratch.install();
    let token = scratch.token("sales_all");
    let mut front = scratch.front_role();
    for (tool, arguments) in CALLS {
        let answer = serve(&mut front, &token, tool, arguments);
        assert!(answer.get("result").is_some(), "{tool}: {answer}");
    }
    let mut superuser = scratch.superuser();
    superuser
        .batch_execute("create role analyst_of_nothing_left login; select odoo_mcp.allow_act_as('analyst_of_nothing_left', 'sales_all')")
        .expect("allow_act_as");
    assert_ne!(
        snapshot(&scratch),
        before,
        "the snapshot sees that something is there"
    );
    superuser
        .batch_execute("select odoo_mcp.teardown(); drop extension pg_odoo_mcp; drop role analyst_of_nothing_left")
        .expect("teardown, drop extension");
    let after = snapshot(&scratch);
    let left: Vec<_> = after.iter().filter(|line| !before.contains(line)).collect();
    let lost: Vec<_> = before.iter().filter(|line| !after.contains(line)).collect();
    assert!(
        left.is_empty() && lost.is_empty(),
        "left: {left:#?}\nlost: {lost:#?}"
    );
    // and a second installation finds nothing in its way
    scratch.install();
}

#[test]
fn setup_twice_is_setup_once() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "twice");
    let token = scratch.token("sales_all");
    let before = snapshot(&scratch);
    let mut superuser = scratch.superuser();
    superuser
        .batch_execute("select odoo_mcp.setup(); select odoo_mcp.grant_front('mcp_front')")
        .expect("again");
    assert_eq!(snapshot(&scratch), before);
    let answer = serve(&mut scratch.front_role(), &token, "odoo_context", "{}");
    assert!(
        answer.get("result").is_some(),
        "the tokens live on: {answer}"
    );
}

#[test]
fn a_database_without_odoo_is_refused() {
    let env = Environment::load();
    let scratch = Scratch::bare(&env, "no_odoo");
    let mut superuser = scratch.superuser();
    superuser
        .batch_execute("create extension pg_odoo_mcp")
        .expect("create extension");
    assert_refused(
        &mut superuser,
        "select odoo_mcp.setup(odoo_schema => 'pg_catalog')",
        &[SqlState::UNDEFINED_TABLE],
    );
    let health: serde_json::Value = superuser
        .query_one("select odoo_mcp.health()", &[])
        .expect("health")
        .get(0);
    assert_eq!(health["is_set_up"], false, "{health}");
    assert!(
        health["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("setup()")),
        "{health}"
    );
}

#[test]
fn only_a_superuser_sets_up() {
    let env = Environment::load();
    let scratch = Scratch::bare(&env, "not_superuser");
    scratch
        .superuser()
        .batch_execute("create extension pg_odoo_mcp")
        .expect("create extension");
    let denied = [SqlState::INSUFFICIENT_PRIVILEGE];
    assert_refused(&mut scratch.odoo_role(), "select odoo_mcp.setup()", &denied);
    assert_refused(
        &mut scratch.odoo_role(),
        "drop extension pg_odoo_mcp",
        &denied,
    );
}

/// Who may do what in our schemas, against `tests/expected/privileges.txt`: a new function or grant is a difference
/// that somebody has to write down.
#[test]
fn privileges_are_as_written_down() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "privileges");
    let mut superuser = scratch.superuser();
    let found = privileges::of(&mut superuser);
    let expected = include_str!("../expected/privileges.txt");
    assert!(
        found == expected,
        "tests/expected/privileges.txt says otherwise; now it is:\n{found}"
    );
}

#[test]
fn roles_left_by_a_bare_drop_are_all_named_with_what_drops_them() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "bare_drop");
    let before = snapshot(&scratch);
    let mut superuser = scratch.superuser();
    superuser
        .batch_execute("drop extension pg_odoo_mcp; create extension pg_odoo_mcp")
        .expect("nothing asks");
    let error = superuser
        .batch_execute("select odoo_mcp.setup()")
        .expect_err("the roles may be anybody's");
    let error = error.as_db_error().expect("the server's");
    assert_eq!(error.code(), &SqlState::DUPLICATE_OBJECT);
    let hint = error.hint().expect("a hint");
    for role in ["owner", "reader", "admin"] {
        let name = format!("odoo_mcp_{}_{role}", scratch.database);
        assert!(error.message().contains(&name), "{}", error.message());
        assert!(hint.contains(&name), "{hint}");
    }
    // what it says, typed
    let commands = hint.rsplit(": ").next().expect("commands");
    superuser.batch_execute(commands).expect(commands);
    superuser
        .batch_execute("select odoo_mcp.setup(); select odoo_mcp.grant_front('mcp_front')")
        .expect("nothing is in the way");
    // who was granted something first stands elsewhere in a list of privileges
    let in_any_order = |line: &String| {
        let mut words: Vec<&str> = line.split(['{', ',', '}']).collect();
        words.sort_unstable();
        words.join(" ")
    };
    let before: Vec<String> = before.iter().map(in_any_order).collect();
    let after: Vec<String> = snapshot(&scratch).iter().map(in_any_order).collect();
    let left: Vec<_> = after.iter().filter(|line| !before.contains(line)).collect();
    let lost: Vec<_> = before.iter().filter(|line| !after.contains(line)).collect();
    assert!(
        left.is_empty() && lost.is_empty(),
        "left: {left:#?}\nlost: {lost:#?}"
    );
}

#[test]
fn where_a_dump_waits_adopting_is_named() {
    let env = Environment::load();
    let scratch = Scratch::bare(&env, "dump_waits");
    let mut superuser = scratch.superuser();
    superuser
        .batch_execute("create extension pg_odoo_mcp")
        .expect("create extension");
    let mut hints = || -> Vec<String> {
        let said = superuser
            .query_one(
                "select odoo_mcp.health() ->> 'hint', (select hint from odoo_mcp.doctor() where \"check\" = 'setup')",
                &[],
            )
            .expect("health, doctor");
        let refused = superuser
            .batch_execute("select odoo_mcp.grant_front('mcp_front')")
            .expect_err("not set up");
        let refused = refused.as_db_error().and_then(|error| error.hint());
        vec![
            said.get(0),
            said.get(1),
            refused.unwrap_or_default().to_owned(),
        ]
    };
    for hint in hints() {
        assert!(
            hint.contains("odoo_mcp.setup()") && !hint.contains("adopt_database"),
            "{hint}"
        );
    }
    // as pg_restore does
    scratch
        .superuser()
        .batch_execute(
            r#"insert into odoo_mcp_dump.content values ('installation', '{"odoo_schema": "public"}')"#,
        )
        .expect("the trigger keeps it");
    for hint in hints() {
        assert!(
            hint.contains("odoo_mcp.adopt_database()") && !hint.contains("odoo_mcp.setup()"),
            "{hint}"
        );
    }
}

#[test]
fn the_preload_hint_names_the_front_that_is_there() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "preload_hint");
    let mut superuser = scratch.superuser();
    let mut hint = || -> String {
        superuser
            .query_one(
                "select hint from odoo_mcp.doctor() where \"check\" = 'preload'",
                &[],
            )
            .expect("it is not preloaded here")
            .get(0)
    };
    assert!(hint().contains("alter role mcp_front set "), "{}", hint());
    scratch
        .superuser()
        .batch_execute("select odoo_mcp.revoke_front('mcp_front')")
        .expect("revoke_front");
    let said = hint();
    assert!(
        said.contains("alter role <the front's role> set "),
        "{said}"
    );
}
