//! The facts of models: who may load and change them, what is refused, and that they travel.

use odoo_mcp_tests::facts::{document, load, plain, tags};
use odoo_mcp_tests::query::{number, text, value};
use odoo_mcp_tests::serve::{assert_denied, assert_refused, refusal, serve};
use odoo_mcp_tests::{Administrator, Environment, OdooCommand, Scratch};
use postgres::Client;
use postgres::error::SqlState;
use serde_json::{Value, json};

/// What the view says of tags.
const STATUS: &str = "select to_jsonb(s) from odoo_mcp.model_status s where model = 'crm.tag'";

fn generation(client: &mut Client) -> i64 {
    number(
        client,
        "select facts_generation from odoo_mcp_private.installation",
    )
}

#[test]
fn nobody_but_the_admin_role_reads_or_changes_facts() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "facts_doors");
    let token = scratch.token("sales_all");
    let mut superuser = scratch.superuser();
    superuser
        .batch_execute(
            "drop role if exists facts_analyst, facts_stranger;
             create role facts_analyst; create role facts_stranger;
             select odoo_mcp.allow_act_as('facts_analyst', 'sales_all')",
        )
        .expect("roles");
    let document = document(&mut superuser, &[("crm.tag", tags())]).to_string();
    load(
        &mut superuser,
        &serde_json::from_str(&document).expect("JSON"),
    );
    let before = value(&mut superuser, STATUS);
    let doors = [
        format!("select odoo_mcp.load_facts('{document}')"),
        "select odoo_mcp.set_model_engine('crm.tag', 'odoo', 'why')".to_owned(),
        "select odoo_mcp.set_model_engine('res.users', 'sql', 'why', force => true)".to_owned(),
        "select * from odoo_mcp.installed_modules()".to_owned(),
        "select * from odoo_mcp.facts".to_owned(),
        "select * from odoo_mcp.model_status".to_owned(),
        "select * from odoo_mcp.field_status".to_owned(),
        "select * from odoo_mcp.model_engine_changes".to_owned(),
        "select * from odoo_mcp_private.facts_now()".to_owned(),
        "select * from odoo_mcp_private.model_statuses()".to_owned(),
        "select * from odoo_mcp_private.field_statuses()".to_owned(),
        "select * from odoo_mcp_private.model_facts".to_owned(),
        "select * from odoo_mcp_private.module_facts".to_owned(),
        "select * from odoo_mcp_private.scan".to_owned(),
        "select * from odoo_mcp_private.model_engine".to_owned(),
        "update odoo_mcp_private.model_facts set facts = '{}'".to_owned(),
        "insert into odoo_mcp_private.model_engine (model, engine, is_forced, reason) values ('a', 'sql', true, 'b')".to_owned(),
        "delete from odoo_mcp_private.model_engine_change".to_owned(),
        "update odoo_mcp_private.installation set facts_generation = default".to_owned(),
        "select nextval('odoo_mcp_private.installation_facts_generation_seq')".to_owned(),
    ];
    let mut clients = vec![
        ("the front", scratch.front_role()),
        ("Odoo", scratch.odoo_role()),
    ];
    let reader = format!("odoo_mcp_{}_reader", scratch.database);
    for role in ["facts_analyst", "facts_stranger", reader.as_str()] {
        let mut client = scratch.superuser();
        client
            .batch_execute(&format!("set role {role}"))
            .expect("a role");
        clients.push(("another", client));
    }
    for (_, client) in &mut clients {
        for door in &doors {
            assert_denied(client, door);
        }
    }
    // the admin role has the functions and views, and none of the tables
    let person = Administrator::of(&env, &scratch);
    let mut admin = person.connect();
    for door in &doors[..8] {
        admin
            .batch_execute(door)
            .or_else(|error| match error.as_db_error() {
                // what it is told no on other grounds than its rights
                Some(said) if said.code() == &SqlState::FEATURE_NOT_SUPPORTED => Ok(()),
                _ => Err(error),
            })
            .unwrap_or_else(|error| panic!("{door}: {error:?}"));
    }
    for door in &doors[11..] {
        assert_denied(&mut admin, door);
    }
    let by = "select to_jsonb(c) from odoo_mcp.model_engine_changes c";
    let change = value(&mut admin, by);
    assert_eq!(
        (
            &change["changed_by"],
            &change["old_engine"],
            &change["new_engine"],
            &change["reason"]
        ),
        (
            &json!(person.name),
            &json!("auto"),
            &json!("odoo"),
            &json!("why")
        )
    );
    // not even the owner of the tables takes that back
    let owner = format!("odoo_mcp_{}_owner", scratch.database);
    superuser
        .batch_execute(&format!("set role {owner}"))
        .expect("the owner");
    for statement in [
        "delete from odoo_mcp_private.model_engine_change",
        "update odoo_mcp_private.model_engine_change set reason = 'another'",
        "truncate odoo_mcp_private.model_engine_change",
    ] {
        assert_denied(&mut superuser, statement);
    }
    superuser
        .batch_execute(
            "reset role; select odoo_mcp.set_model_engine('crm.tag', 'auto', 'as it was')",
        )
        .expect("a superuser");
    assert_eq!(value(&mut superuser, STATUS), before);
    // a token has only tools, and none of them is about facts
    let mut front = scratch.front_role();
    for tool in [
        "load_facts",
        "odoo_load_facts",
        "set_model_engine",
        "odoo_set_model_engine",
    ] {
        let answer = serve(&mut front, &token, tool, &document);
        assert_eq!(answer["error"]["code"], "unknown_tool", "{answer}");
    }
    drop(clients);
    superuser
        .batch_execute("drop owned by facts_analyst; drop role facts_analyst, facts_stranger")
        .expect("nothing is left");
}

#[test]
fn the_same_facts_again_change_nothing_and_others_replace_them_all() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "facts_again");
    let mut superuser = scratch.superuser();
    let tags = [("crm.tag", tags()), ("crm.stage", plain("id name"))];
    let of_tags = document(&mut superuser, &tags);
    let first = load(&mut superuser, &of_tags);
    assert_eq!(
        (&first["models"], &first["sql"], &first["unchanged"]),
        (&json!(2), &json!(2), &json!(false)),
        "{first}"
    );
    assert!(first["odoo"].as_i64() > Some(100), "{first}");
    assert_eq!(first["sql_before"], 0, "{first}");
    assert_eq!(
        first["reasons"][0]["reason"],
        "the facts that were loaded have no records of it: it is abstract, or made by hand"
    );
    let at = generation(&mut superuser);
    let rows = "select string_agg(f::text, ' ' order by model) || (select string_agg(m::text, ' ' order by module) from odoo_mcp_private.module_facts m)
                  from (select model, facts, fields, sources, ctid from odoo_mcp_private.model_facts) f";
    let stored = text(&mut superuser, rows);
    let again = load(&mut superuser, &of_tags);
    assert_eq!(again["unchanged"], true, "{again}");
    assert_eq!(again["sql"], first["sql"]);
    assert_eq!(
        (generation(&mut superuser), text(&mut superuser, rows)),
        (at, stored)
    );
    // the program is no part of what is known
    let mut other_program = of_tags.clone();
    other_program["program"] = json!("another 2.0");
    assert_eq!(load(&mut superuser, &other_program)["unchanged"], true);
    assert_eq!(
        text(
            &mut superuser,
            "select program || modules_changed from odoo_mcp.facts"
        ),
        "another 2.00"
    );
    let fewer = document(&mut superuser, &tags[..1]);
    let fewer = load(&mut superuser, &fewer);
    assert_eq!(
        (&fewer["sql"], &fewer["sql_before"], &fewer["unchanged"]),
        (&json!(1), &json!(2), &json!(false)),
        "{fewer}"
    );
    assert_ne!(generation(&mut superuser), at);
    assert_eq!(
        number(
            &mut superuser,
            "select count(*) from odoo_mcp_private.model_facts"
        ),
        1
    );
}

#[test]
fn a_document_that_is_not_understood_changes_nothing() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "facts_refused");
    let mut superuser = scratch.superuser();
    let good = document(&mut superuser, &[("crm.tag", tags())]);
    load(&mut superuser, &good);
    let (at, before) = (generation(&mut superuser), value(&mut superuser, STATUS));
    let with = |place: &str, value: Value| {
        let mut document = good.clone();
        *document.pointer_mut(place).expect(place) = value;
        document
    };
    let injected = "x\"; drop table odoo_mcp_private.token; --";
    let mut unknown = good.clone();
    unknown["more"] = json!(1);
    let mut name = good.clone();
    name["models"][injected] = tags();
    let mut module = good.clone();
    module["modules"]["a'b"] = json!({"version": "1", "digest": ""});
    let mut source = good.clone();
    source["sources"] = json!({"crm.tag": {"a b": "crm/models/crm_tag.py:1"}});
    let mut field = good.clone();
    field["models"]["crm.tag"]["fields"]["with_facts"] = json!({"name": {"unheard": true}});
    let mut table = good.clone();
    table["models"]["crm.tag"]["table"] = json!(injected);
    for (document, word) in [
        (unknown, "more"),
        (name, "no model is called"),
        (module, "no module is called"),
        (source, "a b"),
        (field, "unheard"),
        (table, "no table is called"),
        (with("/format", json!(2)), "not of 2"),
        (with("/format", json!("1")), "not of"),
        (with("/origin", json!("hearsay")), "hearsay"),
        (with("/models", json!([])), "models"),
        (with("/models/crm.tag", Value::Null), "crm.tag"),
        (with("/modules/base", json!({"version": 19})), "base"),
        (json!([]), "not of none"),
        (Value::Null, "not of none"),
    ] {
        let error = superuser
            .query_one("select odoo_mcp.load_facts($1)", &[&document])
            .expect_err("it must be refused");
        let error = error.as_db_error().expect("the server's");
        let said = format!("{} {}", error.message(), error.detail().unwrap_or(""));
        assert_eq!(error.code(), &SqlState::INVALID_PARAMETER_VALUE, "{said}");
        assert!(said.contains(word) || word == "base", "{said}");
        assert!(
            error
                .hint()
                .is_some_and(|hint| hint.contains("scan-addons")),
            "{error:?}"
        );
    }
    // what PostgreSQL doesn't let through
    superuser
        .batch_execute(r#"select odoo_mcp.load_facts('{"format": 1, "program": "\u0000"}')"#)
        .expect_err("it must be refused");
    // and what it does, though nothing else reads it
    let deep = format!("{}1{}", "[".repeat(300), "]".repeat(300));
    for (sql, word) in [
        (format!("select odoo_mcp.load_facts('{deep}')"), "recursion"),
        (
            "select odoo_mcp.load_facts('{\"format\": 1e400}')".to_owned(),
            "number",
        ),
        (
            format!(
                "select odoo_mcp.act_as('sales_all'); select odoo_mcp.count('res.partner', '{deep}')"
            ),
            "recursion",
        ),
        (
            format!(
                "select odoo_mcp.act_as('sales_all'); select odoo_mcp.explain('odoo_count', '{deep}')"
            ),
            "recursion",
        ),
    ] {
        let error = superuser
            .batch_execute(&sql)
            .expect_err("it must be refused");
        let error = error.as_db_error().expect("the server's");
        let said = format!("{} {}", error.message(), error.detail().unwrap_or(""));
        assert_eq!(error.code(), &SqlState::INVALID_PARAMETER_VALUE, "{said}");
        assert!(said.contains(word) && error.hint().is_some(), "{error:?}");
    }
    // nothing given is nothing loaded
    superuser
        .batch_execute("select odoo_mcp.load_facts(null)")
        .expect("NULL");
    let mut huge = good.clone();
    huge["models"]["crm.tag"]["name_search"] = json!(vec!["name"; 5_000_000]);
    let error = superuser
        .query_one("select odoo_mcp.load_facts($1)", &[&huge])
        .expect_err("it is larger than any Odoo's");
    assert!(
        error.to_string().contains("32 MiB") || format!("{error:?}").contains("32 MiB"),
        "{error:?}"
    );
    assert_eq!(generation(&mut superuser), at);
    assert_eq!(value(&mut superuser, STATUS), before);
}

#[test]
fn facts_are_not_loaded_where_nothing_can_be_written() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "facts_read_only");
    let mut superuser = scratch.superuser();
    let of_tags = document(&mut superuser, &[("crm.tag", tags())]);
    superuser.batch_execute("begin read only").expect("begin");
    let (state, said) = refusal(
        &mut superuser,
        &format!("select odoo_mcp.load_facts('{of_tags}')"),
    );
    assert_eq!(state, SqlState::READ_ONLY_SQL_TRANSACTION, "{said}");
    assert!(said.contains("begin read write"), "{said}");
    superuser
        .batch_execute("rollback; begin read only")
        .expect("begin");
    assert_refused(
        &mut superuser,
        "select odoo_mcp.set_model_engine('crm.tag', 'odoo', 'why')",
        &[SqlState::READ_ONLY_SQL_TRANSACTION],
    );
    superuser.batch_execute("rollback").expect("rollback");
    // what only looks may look there
    superuser
        .batch_execute("begin read only; select * from odoo_mcp.facts; select * from odoo_mcp.model_status; commit")
        .expect("views");
}

#[test]
fn loads_at_the_same_time_come_one_after_the_other() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "facts_at_once");
    let mut superuser = scratch.superuser();
    let documents: Vec<Value> = [&["crm.tag"][..], &["crm.tag", "crm.stage"], &["utm.tag"]]
        .iter()
        .map(|models| {
            let models: Vec<(&str, Value)> = models.iter().map(|name| (*name, tags())).collect();
            document(&mut superuser, &models)
        })
        .collect();
    let at = generation(&mut superuser);
    std::thread::scope(|scope| {
        for document in &documents {
            let mut client = scratch.superuser();
            scope.spawn(move || {
                for _ in 0..5 {
                    load(&mut client, document);
                    client
                        .batch_execute(
                            "select odoo_mcp.set_model_engine('res.lang', 'odoo', 'why')",
                        )
                        .expect("a decision in between");
                }
            });
        }
    });
    assert!(generation(&mut superuser) >= at + 15);
    // one of them as a whole
    let models = text(
        &mut superuser,
        "select string_agg(model, ' ' order by model) from odoo_mcp_private.model_facts",
    );
    assert!(
        ["crm.tag", "crm.stage crm.tag", "utm.tag"].contains(&models.as_str()),
        "{models}"
    );
    assert_eq!(
        number(
            &mut superuser,
            "select count(*) from odoo_mcp.model_engine_changes"
        ),
        15
    );
}

/// Odoo's role owns the database and schema public, so what an unqualified name would find there is its own.
#[test]
fn nothing_that_odoo_s_role_made_runs_while_facts_are_loaded() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "facts_hostile");
    scratch
        .odoo_role()
        .batch_execute(
            "create table public.trapped (what text); grant insert on public.trapped to public;
             create function public.json_each(json, out key text, out value json) returns setof record language plpgsql as
                 $$ begin insert into public.trapped values ('json_each'); return; end $$;
             create function public.coalesce_text(text, text) returns text language sql as $$ select $1 $$;
             create function public.traps(text, text) returns boolean language plpgsql as
                 $$ begin insert into public.trapped values ('='); return true; end $$;
             create operator public.= (leftarg = text, rightarg = text, procedure = public.traps);
             create table public.model_facts (model text, facts json);
             create view public.scan as select 1 as a",
        )
        .expect("traps");
    let mut superuser = scratch.superuser();
    let of_tags = document(&mut superuser, &[("crm.tag", tags())]);
    superuser
        .batch_execute("set search_path = public, pg_catalog")
        .expect("a search path");
    load(&mut superuser, &of_tags);
    superuser
        .batch_execute(
            "select odoo_mcp.set_model_engine('crm.tag', 'odoo', 'why');
             select * from odoo_mcp.model_status; select * from odoo_mcp.field_status; select * from odoo_mcp.facts",
        )
        .expect("all of it");
    assert_eq!(
        number(&mut superuser, "select count(*) from public.trapped"),
        0
    );
    assert_eq!(
        number(
            &mut superuser,
            "select count(*) from odoo_mcp_private.model_facts"
        ),
        1
    );
}

#[test]
fn facts_and_decisions_travel_in_a_superuser_s_dump() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "facts_dump");
    let mut superuser = scratch.superuser();
    let mut of_tags = document(
        &mut superuser,
        &[("crm.tag", tags()), ("crm.stage", tags())],
    );
    of_tags["sources"] = json!({"crm.tag": {"color": "crm/models/crm_tag.py:18"}});
    load(&mut superuser, &of_tags);
    superuser
        .batch_execute("select odoo_mcp.set_model_engine('crm.stage', 'odoo', 'why')")
        .expect("a decision");
    let remembered = "select json_build_array((select json_agg(to_jsonb(m) order by model) from odoo_mcp.model_status m where model like 'crm.%'),
            (select json_agg(to_jsonb(s) order by field) from odoo_mcp.field_status s where model = 'crm.tag'),
            (select json_agg(f) from odoo_mcp.facts f), (select json_agg(c) from odoo_mcp.model_engine_changes c))::text";
    let before = text(&mut superuser, remembered);
    let odoo = OdooCommand::new(&env, "facts_dump");
    let dump = odoo.path("all.dump");
    let dump = dump.to_str().expect("a path of text");
    let dumped = odoo.as_superuser("pg_dump", &["-Fc", "-f", dump, &scratch.database]);
    assert!(dumped.is_ok, "{}", dumped.text);
    let by_odoo = odoo.as_odoo_role("pg_dump", &["-Fp", &scratch.database]);
    assert!(
        by_odoo.is_ok && !by_odoo.text.contains("crm/models/crm_tag.py"),
        "Odoo's own dump has none of it"
    );
    let copy = Scratch::none(&env, "facts_dump_copy");
    copy.create_empty();
    let restored = odoo.as_superuser("pg_restore", &["-d", &copy.database, dump]);
    assert!(restored.is_ok, "{}", restored.text);
    let mut in_copy = copy.superuser();
    in_copy
        .batch_execute("select odoo_mcp.setup()")
        .expect("setup");
    assert_eq!(text(&mut in_copy, remembered), before);
    let again = load(&mut in_copy, &of_tags);
    assert_eq!(again["unchanged"], true, "{again}");
    in_copy
        .batch_execute("select odoo_mcp.set_model_engine('crm.stage', 'auto', 'over')")
        .expect("the next number");
    // facts and decisions leave with the setup, and what was decided stays as long as the extension
    in_copy
        .batch_execute("select odoo_mcp.teardown(); select odoo_mcp.setup()")
        .expect("anew");
    assert_eq!(
        number(&mut in_copy, "select count(*) from odoo_mcp.facts"),
        0
    );
    assert_eq!(
        number(
            &mut in_copy,
            "select count(*) from odoo_mcp_private.model_engine"
        ),
        0
    );
    assert_eq!(
        number(
            &mut in_copy,
            "select count(*) from odoo_mcp.model_engine_changes"
        ),
        2
    );
}
