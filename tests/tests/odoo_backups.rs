//! Dumps and what is restored of them, by Odoo's own programs and by a superuser. `doc/odoo-operations.md` says the same in
//! words.

use odoo_mcp_tests::query::{number, text, value};
use odoo_mcp_tests::serve::assert_denied;
use odoo_mcp_tests::{Environment, OdooCommand, Scratch, privileges};
use serde_json::json;

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
    assert_eq!(copy.contents(), scratch.contents());
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
    assert!(copy.count_orders(&own)["result"]["count"].is_number());
    assert_eq!(
        copy.count_orders(&token)["refused"]["reason"],
        "unauthorized"
    );
    assert!(scratch.count_orders(&token)["result"]["count"].is_number());
    // what Odoo's dump granted to the original's reading role is gone with setup, so both leave nothing
    let mut superuser = copy.superuser();
    superuser
        .batch_execute("select odoo_mcp.teardown(); drop extension pg_odoo_mcp")
        .expect("teardown of the copy");
    drop(superuser);
    let left = value(&mut scratch.superuser(), "select odoo_mcp.teardown()");
    assert_eq!(
        left["kept_roles"],
        json!(["odoo_mcp_scratch_zip_reader", "odoo_mcp_scratch_zip_minter"]),
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
    assert_eq!(copy.contents(), scratch.contents());
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
    assert!(scratch.count_orders(&token)["result"]["count"].is_number());
    assert_eq!(
        scratch.count_orders(&revoked)["refused"]["reason"],
        "unauthorized"
    );
    let contents = scratch.contents();
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
    assert_eq!(copy.contents(), contents);
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
        copy.count_orders(&token)["refused"]["reason"],
        "unauthorized"
    );
    let strangers = "select count(*)::bigint from (
        select relacl::text as acl from pg_class union all select proacl::text from pg_proc union all select nspacl::text from pg_namespace
        union all select attacl::text from pg_attribute union all select defaclacl::text from pg_default_acl) a
        where acl ~ 'odoo_mcp_scratch_disaster_(owner|reader|admin)'";
    assert_eq!(number(&mut in_copy, strangers), 0);
    assert_eq!(privileges::problems(&mut in_copy), "");
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
    assert!(!warnings.contains("this is a copy"), "{warnings}");
    assert_eq!(scratch.contents(), contents);
    assert_eq!(text(&mut superuser, remembered), remembered_before);
    assert!(scratch.count_orders(&token)["result"]["count"].is_number());
    assert_eq!(
        scratch.count_orders(&revoked)["refused"]["reason"],
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
    assert!(scratch.count_orders(&next)["result"]["count"].is_number());
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
