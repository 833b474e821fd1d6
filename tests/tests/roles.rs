//! What each database role can't do: the front's, the reading one, Odoo's.

use odoo_mcp_tests::page;
use odoo_mcp_tests::serve::{assert_denied, assert_refused, call_id, serve, serve_as};
use odoo_mcp_tests::wait::until;
use odoo_mcp_tests::{Administrator, Environment, Scratch};
use postgres::Client;
use postgres::error::SqlState;
use std::collections::BTreeMap;
use std::time::Duration;

/// The functions that the front's role may call: the whole list.
const FRONT: [&str; 13] = [
    "admit",
    "authenticate",
    "complete",
    "delegation_key",
    "doctor",
    "end_front_sessions",
    "health",
    "list_tools",
    "note_pause",
    "pause",
    "resume",
    "run",
    "serve",
];

fn names(client: &mut Client, query: &str) -> Vec<String> {
    client
        .query(query, &[])
        .unwrap_or_else(|error| panic!("{query}: {error:?}"))
        .iter()
        .map(|row| row.get(0))
        .collect()
}

fn reader(client: &mut Client) -> String {
    names(
        client,
        "select r.rolname::text from odoo_mcp_private.installation i join pg_roles r on r.oid = i.reader_role",
    )
    .remove(0)
}

#[test]
fn front_reads_no_table() {
    let env = Environment::load();
    let mut front = env.front_role();
    let relations = names(
        &mut env.superuser(),
        "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where c.relkind in ('r', 'v', 'm', 'p', 'f') and n.nspname in ('public', 'odoo_mcp', 'odoo_mcp_private')",
    );
    assert!(
        relations.len() > 400,
        "Odoo's tables are expected here, not {}",
        relations.len()
    );
    for relation in relations {
        // pg_stat_statements and its like are the cluster's, not Odoo's
        assert_denied(&mut front, &format!("select 1 from {relation} limit 1"));
    }
}

#[test]
fn front_calls_nothing_but_the_api() {
    let env = Environment::load();
    let callable = names(
        &mut env.front_role(),
        "select distinct p.proname::text from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
          where n.nspname in ('odoo_mcp', 'odoo_mcp_private')
            and pg_catalog.has_schema_privilege(n.oid, 'usage')
            and pg_catalog.has_function_privilege(p.oid, 'execute') order by 1",
    );
    assert_eq!(callable, FRONT);
    let mut front = env.front_role();
    for call in [
        "select odoo_mcp.act_as('admin')",
        "select odoo_mcp.issue_token('admin', 'x')",
        "select odoo_mcp.revoke_token(1)",
        "select odoo_mcp.setup()",
        "select odoo_mcp.teardown()",
        "select odoo_mcp.grant_front('mcp_front')",
        "select odoo_mcp.allow_act_as('mcp_front', 'admin')",
        "select odoo_mcp.call('odoo_context')",
        "select odoo_mcp.explain('odoo_count', '{\"model\": \"res.partner\"}')",
        "select * from odoo_mcp.search('res.partner')",
    ] {
        assert_denied(&mut front, call);
    }
}

#[test]
fn front_takes_no_other_role() {
    let env = Environment::load();
    let roles = names(
        &mut env.superuser(),
        "select quote_ident(rolname) from pg_roles where rolname <> 'mcp_front'",
    );
    assert!(
        roles.len() > 5,
        "the roles of setup are expected: {roles:?}"
    );
    let mut front = env.front_role();
    for role in roles {
        assert_denied(&mut front, &format!("set role {role}"));
        assert_denied(&mut front, &format!("set session authorization {role}"));
    }
}

#[test]
fn front_makes_no_object_in_our_schemas() {
    let env = Environment::load();
    let mut front = env.front_role();
    for statement in [
        "create table odoo_mcp.x (a int)",
        "create function odoo_mcp.x() returns int language sql as 'select 1'",
        "create table odoo_mcp_private.x (a int)",
        "create schema x",
        "alter function odoo_mcp.health() owner to mcp_front",
    ] {
        assert_denied(&mut front, statement);
    }
}

#[test]
fn front_sets_no_principal() {
    let env = Environment::load();
    let mut front = env.front_role();
    // a principal is never a setting: whatever a session sets, the token decides
    let own = serve(&mut front, env.token("sales_own"), "odoo_context", "{}");
    assert_eq!(own["result"]["user"]["login"], "sales_own");
    for setting in [
        "pg_odoo_mcp.principal",
        "pg_odoo_mcp.user_id",
        "pg_odoo_mcp.login",
        "odoo_mcp.principal",
    ] {
        // the prefix is reserved on 15: either is fine, as long as nothing follows from it
        let _refused = front.batch_execute(&format!("set {setting} = '2'"));
    }
    let again = serve(&mut front, env.token("sales_own"), "odoo_context", "{}");
    assert_eq!(again["result"]["user"], own["result"]["user"]);
}

#[test]
fn run_without_admission_answers_nothing() {
    let env = Environment::load();
    let mut front = env.front_role();
    let answer: String = front
        .query_one("select odoo_mcp.run(pg_catalog.gen_random_uuid())", &[])
        .expect("an envelope")
        .get(0);
    let answer: serde_json::Value = serde_json::from_str(&answer).expect("an envelope is JSON");
    assert!(
        answer.get("result").is_none() && answer.get("error").is_some(),
        "{answer}"
    );
}

#[test]
fn an_admission_is_good_for_one_run_of_its_own_call() {
    let env = Environment::load();
    let mut front = env.front_role();
    let row = front
        .query_one(
            "with id as materialized (select pg_catalog.gen_random_uuid() as call_id)
             select odoo_mcp.admit(call_id, odoo_mcp_hash, '127.0.0.1', 'odoo_context', '{}'), call_id::text
               from id, pg_catalog.sha256(pg_catalog.convert_to($1, 'UTF8')) as odoo_mcp_hash",
            &[&env.token("sales_own")],
        )
        .expect("admit");
    assert_eq!(row.get::<_, Option<String>>(0), None, "admitted");
    let id: String = row.get(1);
    let mut run = |id: &str| -> serde_json::Value {
        let answer: String = front
            .query_one("select odoo_mcp.run($1::text::uuid)", &[&id])
            .expect("an envelope")
            .get(0);
        serde_json::from_str(&answer).expect("an envelope is JSON")
    };
    assert_eq!(run(&id)["result"]["user"]["login"], "sales_own");
    assert!(
        run(&id).get("result").is_none(),
        "a second run of the same admission"
    );
}

#[test]
fn reader_writes_nothing() {
    let env = Environment::load();
    let mut superuser = env.superuser();
    let reader = reader(&mut superuser);
    let relations = names(
        &mut superuser,
        "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where c.relkind = 'r' and n.nspname in ('public', 'odoo_mcp_private')",
    );
    superuser
        .batch_execute(&format!("set role {reader}"))
        .expect("the reading role is there");
    for relation in &relations {
        assert_denied(
            &mut superuser,
            &format!("insert into {relation} default values"),
        );
        assert_denied(&mut superuser, &format!("delete from {relation}"));
        assert_denied(&mut superuser, &format!("truncate {relation}"));
    }
    // (Odoo gives everybody CREATE in schema public, so making a table there is no door of ours)
    for statement in [
        "update public.res_partner set name = 'x'",
        "select 1 from public.res_partner for update",
        "select nextval('public.res_partner_id_seq')",
        "create schema x",
        "alter table public.res_partner add x int",
        "create table odoo_mcp.x (a int)",
        "create table odoo_mcp_private.x (a int)",
    ] {
        assert_denied(&mut superuser, statement);
    }
}

#[test]
fn reader_reads_no_secret() {
    let env = Environment::load();
    let mut superuser = env.superuser();
    let reader = reader(&mut superuser);
    superuser
        .batch_execute(&format!("set role {reader}"))
        .expect("the reading role is there");
    assert!(
        superuser
            .batch_execute("select id, login from public.res_users limit 1")
            .is_ok(),
        "the others it reads"
    );
    for (table, column) in [
        ("res_users", "password"),
        ("res_users", "totp_secret"),
        ("res_users_apikeys", "key"),
        ("res_users_apikeys", "index"),
        ("ir_config_parameter", "value"),
        ("ir_mail_server", "smtp_pass"),
        ("sale_order", "access_token"),
        ("res_partner", "signup_type"),
    ] {
        let there: bool = superuser
            .query_one(
                "select exists (select from pg_attribute where attrelid = to_regclass('public.' || $1) and attname = $2)",
                &[&table, &column],
            )
            .expect("a look into the catalog")
            .get(0);
        if there {
            assert_denied(
                &mut superuser,
                &format!("select {column:?} from public.{table} limit 1"),
            );
        }
    }
    // two that are there in every Odoo, so that the loop above can't have been empty
    assert_denied(
        &mut superuser,
        "select password from public.res_users limit 1",
    );
    assert_denied(
        &mut superuser,
        "select key from public.res_users_apikeys limit 1",
    );
}

#[test]
fn odoo_role_is_a_stranger_in_our_schemas() {
    let env = Environment::load();
    let mut odoo = env.odoo_role();
    for statement in [
        "select 1 from odoo_mcp.audit_entries",
        "select 1 from odoo_mcp.tokens",
        "select 1 from odoo_mcp_private.token",
        "delete from odoo_mcp_private.audit_attempt",
        "select odoo_mcp.act_as('admin')",
        "select odoo_mcp.issue_token('admin', 'x')",
        "create function odoo_mcp.x() returns int language sql as 'select 1'",
        "alter schema odoo_mcp rename to x",
        "drop schema odoo_mcp cascade",
        "drop function odoo_mcp.health()",
        "alter function odoo_mcp.health() owner to odoo",
        "grant usage on schema odoo_mcp_private to odoo",
    ] {
        assert_denied(&mut odoo, statement);
    }
}

#[test]
fn a_role_too_strong_is_no_front() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "strong_front");
    let mut superuser = scratch.superuser();
    let refusals = [SqlState::INVALID_GRANT_OPERATION];
    assert_refused(
        &mut superuser,
        "select odoo_mcp.grant_front('postgres')",
        &refusals,
    );
    assert_refused(
        &mut superuser,
        "select odoo_mcp.grant_front('odoo')",
        &refusals,
    );
    let reader = reader(&mut superuser);
    assert_refused(
        &mut superuser,
        &format!(
            "begin; create role strong_front login; grant {reader} to strong_front; select odoo_mcp.grant_front('strong_front'); commit"
        ),
        &refusals,
    );
}

#[test]
fn an_admission_of_a_savepoint_that_was_rolled_back_is_none() {
    let env = Environment::load();
    let (mut mine, mut other) = (env.front_role(), env.front_role());
    let id = call_id(&mut mine);
    let admit = |client: &mut postgres::Client, login: &str, tool: &str| -> Option<String> {
        client
            .query_one(
                "select odoo_mcp.admit($1::text::uuid, pg_catalog.sha256(pg_catalog.convert_to($2, 'UTF8')), '127.0.0.1', $3, '{}')",
                &[&id, &env.token(login), &tool],
            )
            .expect("an envelope, or nothing")
            .get(0)
    };
    mine.batch_execute("begin; savepoint s")
        .expect("a savepoint");
    let refusal = admit(&mut mine, "admin", "odoo_context").expect("not in a savepoint");
    assert!(refusal.contains("invalid_arguments"), "{refusal}");
    mine.batch_execute("rollback to s; commit")
        .expect("rolled back");
    // somebody else's entry under the same id
    assert_eq!(admit(&mut other, "nobody", "odoo_context"), None);
    let answer: String = mine
        .query_one("select odoo_mcp.run($1::text::uuid)", &[&id])
        .expect("an envelope")
        .get(0);
    assert!(answer.starts_with("{\"error\""), "{answer}");
}

#[test]
fn an_outcome_can_not_be_rolled_back() {
    let env = Environment::load();
    let mut front = env.front_role();
    let id = call_id(&mut front);
    front
        .execute(
            "select odoo_mcp.admit($1::text::uuid, pg_catalog.sha256(pg_catalog.convert_to($2, 'UTF8')), '127.0.0.1', 'odoo_context', '{}')",
            &[&id, &env.token("admin")],
        )
        .expect("admitted");
    front.batch_execute("begin").expect("a transaction block");
    let answer: String = front
        .query_one("select odoo_mcp.run($1::text::uuid)", &[&id])
        .expect("an envelope")
        .get(0);
    assert!(answer.starts_with("{\"error\""), "{answer}");
}

#[test]
fn the_audit_names_the_model_that_is_asked_however_the_arguments_are_written() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "audit_model");
    let token = scratch.token("admin");
    for arguments in [
        r#"{"model": "crm.tag"}"#,
        // the last one counts
        r#"{"model": "res.users", "model": "crm.tag"}"#,
        // whose content a JSON library may take for the whole
        r#"{"$serde_json::private::RawValue": "{\"model\": \"crm.tag\"}"}"#,
    ] {
        let mut front = scratch.front_role();
        let id = call_id(&mut front);
        let answer = serve_as(&mut front, &id, &token, "odoo_count", arguments).expect("an answer");
        let model: Option<String> = scratch
            .superuser()
            .query_one(
                "select model from odoo_mcp.audit_entries where call_id = $1::text::uuid",
                &[&id],
            )
            .expect("its entry")
            .get(0);
        if answer["result"]["count"].is_u64() {
            assert_eq!(model.as_deref(), Some("crm.tag"), "{arguments}");
        } else {
            assert_eq!(answer["error"]["code"], "invalid_arguments", "{answer}");
            assert!(arguments.contains("RawValue"), "{answer}");
        }
    }
}

#[test]
fn a_front_creates_nothing_that_odoo_would_find() {
    let env = Environment::load();
    let mut front = env.front_role();
    for statement in [
        "create table public.planted (a int)",
        "create function public.planted(varchar, varchar) returns boolean language sql as 'select true'",
        "create operator public.= (leftarg = varchar, rightarg = varchar, function = pg_catalog.texteq)",
    ] {
        let error = front.batch_execute(statement).expect_err(statement);
        assert_eq!(
            error.code(),
            Some(&SqlState::INSUFFICIENT_PRIVILEGE),
            "{statement}"
        );
    }
    // Odoo's role, whose module upgrades make tables, still may
    env.odoo_role()
        .batch_execute("begin; create table public.made_by_odoo (a int); rollback")
        .expect("Odoo's role creates tables");
}

#[test]
fn whoever_is_on_call_sees_a_running_call_and_stops_it() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "on_call");
    let token = scratch.token("sales_all");
    let person = Administrator::of(&env, &scratch);
    let night: Vec<String> = page::blocks(include_str!("../../doc/troubleshooting.md"))
        .into_iter()
        .filter(|block| block.text.contains("pg_stat_activity"))
        .map(|block| block.text)
        .collect();
    let [running, stop] = &night[..] else {
        panic!("the page shows running calls, then stops them: {night:#?}");
    };
    // what Odoo does when it upgrades a module: a call that reads the table waits
    let mut odoo = scratch.odoo_role();
    odoo.batch_execute("begin; lock table public.sale_order in access exclusive mode")
        .expect("the table is Odoo's");
    let mut front = scratch.front_role();
    let id = call_id(&mut front);
    let call = std::thread::spawn(move || {
        serve_as(
            &mut front,
            &id,
            &token,
            "odoo_count",
            r#"{"model": "sale.order"}"#,
        )
    });
    let mut client = person.connect();
    until("the call is seen", Duration::from_secs(20), || {
        client.query(running, &[]).expect("it may look").len() == 1
    });
    let stopped = client.query(stop, &[]).expect("it may stop calls");
    assert_eq!(stopped.len(), 1);
    assert!(stopped[0].get::<_, bool>(0));
    let answer = call.join().expect("the front's thread");
    odoo.batch_execute("rollback").expect("it was only a lock");
    let error = answer.expect_err("it was stopped");
    assert_eq!(error.code(), Some(&SqlState::QUERY_CANCELED), "{error:?}");
}

#[test]
fn whoever_is_on_call_sees_who_may_act_as_whom() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "act_as_rights");
    let person = Administrator::of(&env, &scratch);
    scratch
        .superuser()
        .batch_execute(&format!(
            "select odoo_mcp.allow_act_as('{}', 'sales_own')",
            person.name
        ))
        .expect("allow_act_as");
    let row = person
        .connect()
        .query_one(
            "select role::text, login from odoo_mcp.act_as_rights where granted_at <= now()",
            &[],
        )
        .expect("one right");
    assert_eq!(
        (row.get::<_, &str>(0), row.get::<_, &str>(1)),
        (person.name.as_str(), "sales_own")
    );
    assert_denied(
        &mut scratch.front_role(),
        "select 1 from odoo_mcp.act_as_rights",
    );
}

/// The same names by which the compiler leaves fields out of requests to Odoo.
#[test]
fn a_secret_is_one_however_it_is_written() {
    let names: BTreeMap<&str, BTreeMap<&str, Vec<&str>>> = serde_json::from_str(include_str!(
        "../../pg_odoo_mcp/compiler/src/delegate/secret_fields.json"
    ))
    .expect("names by model");
    let mut superuser = Environment::load().superuser();
    for (verdict, models) in names {
        for (model, fields) in models {
            let row = superuser
                .query_one(
                    "select coalesce(array_agg(f), '{}') from unnest($2::text[]) as f
                      where odoo_mcp_private.is_secret(replace($1, '.', '_')::name, f::name) <> $3",
                    &[&model, &fields, &(verdict == "secret")],
                )
                .expect("verdicts");
            let others: Vec<String> = row.get(0);
            assert!(others.is_empty(), "not {verdict}, {model}: {others:?}");
        }
    }
}
