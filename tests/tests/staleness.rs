//! Facts are believed in the very next call of any process, and only as long as they are those of what is installed.

use odoo_mcp_tests::facts::{document, load, tags};
use odoo_mcp_tests::query::{number, text, value};
use odoo_mcp_tests::stage::{Stage, count};
use odoo_mcp_tests::{Environment, OdooServer, Scratch, scan};
use postgres::Client;
use serde_json::{Value, json};

/// What the view says of tags.
const STATUS: &str = "select to_jsonb(s) from odoo_mcp.model_status s where model = 'crm.tag'";

fn question() -> Value {
    json!({"model": "crm.tag"})
}

/// A stage whose tags SQL answers.
fn scanned(name: &str) -> (Stage, Value) {
    let stage = Stage::new(&format!("facts_{name}"), "sales_all");
    let mut superuser = stage.scratch.superuser();
    let document = document(&mut superuser, &[("crm.tag", tags())]);
    load(&mut superuser, &document);
    (stage, document)
}

/// The generation is in what every call reads first; nothing tells a process otherwise.
#[test]
fn another_process_s_next_call_goes_by_the_facts_that_are_loaded() {
    let mut stage = Stage::new("facts_next", "sales_all");
    let mut superuser = stage.scratch.superuser();
    let none = document(&mut superuser, &[]);
    load(&mut superuser, &none);
    let said = |stage: &mut Stage| stage.backend.call("odoo_count", &question());
    let why = |stage: &mut Stage| stage.left_to_odoo("odoo_count", &question());
    for _ in 0..4 {
        let why = why(&mut stage);
        assert!(why.contains("have no records of it"), "{why}");
    }
    let of_tags = document(&mut superuser, &[("crm.tag", tags())]);
    load(&mut superuser, &of_tags);
    let there = stage.plain("select count(*) from crm_tag");
    for _ in 0..4 {
        assert_eq!(count(&said(&mut stage)), there);
    }
    for (engine, force) in [
        ("odoo", false),
        ("sql", false),
        ("auto", false),
        ("sql", true),
        ("auto", true),
    ] {
        superuser
            .execute(
                "select odoo_mcp.set_model_engine('crm.tag', $1, 'a test', force => $2)",
                &[&engine, &force],
            )
            .expect(engine);
        for _ in 0..3 {
            if engine == "odoo" {
                let why = why(&mut stage);
                assert!(why.contains("a test"), "{why}");
                continue;
            }
            // it may answer anyway, so nothing is forced and nothing said
            let answer = said(&mut stage);
            assert!(
                count(&answer) == there && answer["result"]["warnings"].is_null(),
                "{answer}"
            );
        }
    }
    load(&mut superuser, &none);
    let why = why(&mut stage);
    assert!(why.contains("have no records of it"), "{why}");
}

/// A generation is never used again, also not that of a transaction that was rolled back.
#[test]
fn facts_that_were_rolled_back_are_gone() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "facts_rolled");
    let mut superuser = scratch.superuser();
    let of_tags = document(&mut superuser, &[("crm.tag", tags())]);
    let mut hidden = of_tags.clone();
    hidden["models"]["crm.tag"]["overrides"] = json!([
        {"effect": "rows", "method": "_search", "module": "crm", "file": "crm/models/crm_tag.py", "line": 7}
    ]);
    let ask = "select odoo_mcp.call('odoo_count', '{\"model\": \"crm.tag\"}')::text";
    let mut mine = scratch.superuser();
    mine.batch_execute("select odoo_mcp.act_as('sales_all', session => true)")
        .expect("acting");
    for _ in 0..3 {
        let mut transaction = mine.transaction().expect("a transaction");
        transaction
            .query_one("select odoo_mcp.load_facts($1)", &[&of_tags])
            .expect("facts");
        for _ in 0..4 {
            transaction
                .query_one(ask, &[])
                .expect("it is answered here");
        }
        transaction.rollback().expect("back");
        load(&mut superuser, &hidden);
        let error = mine.query_one(ask, &[]).expect_err("Odoo answers it");
        let error = error
            .as_db_error()
            .expect("the server's")
            .message()
            .to_owned();
        assert!(
            error.contains("_search") && error.contains("crm/models/crm_tag.py:7"),
            "{error}"
        );
        let none = document(&mut superuser, &[]);
        load(&mut superuser, &none);
    }
}

#[test]
fn facts_of_another_version_of_a_module_are_not_believed() {
    let (mut stage, _) = scanned("version");
    for (change, back, word) in [
        (
            "latest_version = '19.0.9.9'",
            "latest_version = (select k.latest_version from kept k where k.id = ir_module_module.id)",
            "19.0.9.9",
        ),
        // to the same version: only the row tells
        (
            "write_date = write_date + interval '1 second'",
            "write_date = (select k.write_date from kept k where k.id = ir_module_module.id)",
            "was upgraded since",
        ),
        (
            "state = 'to upgrade'",
            "state = 'installed'",
            "to be upgraded",
        ),
        (
            "state = 'to remove'",
            "state = 'installed'",
            "to be removed",
        ),
        ("state = 'uninstalled'", "state = 'installed'", "crm"),
    ] {
        stage
            .odoo
            .batch_execute("drop table if exists kept; create table kept as select * from ir_module_module where name = 'crm'")
            .expect("what is to be put back");
        let said = stage.refuse(
            "odoo_count",
            &question(),
            &format!("update ir_module_module set {change} where name = 'crm'"),
            &format!("update ir_module_module set {back} where name = 'crm'"),
        );
        assert!(
            said.contains("not_supported") && said.contains(word),
            "{said}"
        );
    }
    // one that no model of this question has to do with
    let other = document(&mut stage.scratch.superuser(), &[("crm.tag", tags())]);
    let mut other = other;
    let names = text(
        &mut stage.scratch.superuser(),
        "select string_agg(name, ' ') from odoo_mcp.installed_modules() where name <> 'hr_holidays'",
    );
    other["models"]["crm.tag"]["modules"] = json!(names);
    load(&mut stage.scratch.superuser(), &other);
    let before = stage.backend.call("odoo_count", &question());
    stage
        .odoo
        .batch_execute(
            "update ir_module_module set latest_version = '19.0.9.9' where name = 'hr_holidays'",
        )
        .expect("an upgrade");
    assert_eq!(stage.backend.call("odoo_count", &question()), before);
    assert!(before["result"].is_object(), "{before}");
    let mut superuser = stage.scratch.superuser();
    assert_eq!(
        text(
            &mut superuser,
            "select modules_changed::text from odoo_mcp.facts"
        ),
        "1"
    );
    let doctor = text(
        &mut superuser,
        "select string_agg(status || ': ' || finding || '; ' || hint, ' ') from odoo_mcp.doctor() where \"check\" = 'facts'",
    );
    assert!(
        doctor.starts_with("warning")
            && doctor.contains("hr_holidays")
            && doctor.contains("odoo-mcp scan-addons"),
        "{doctor}"
    );
}

#[test]
fn a_module_that_was_installed_since_and_touches_the_model() {
    let (mut stage, _) = scanned("installed");
    stage
        .odoo
        .batch_execute(
            "insert into ir_module_module (name, state, latest_version) values ('acme', 'installed', '19.0.1.0');
             insert into ir_model (model, name, \"order\", state) values ('acme.mixin', '{\"en_US\": \"Acme\"}', 'id', 'base');
             insert into ir_model_data (module, name, model, res_id)
             select 'acme', 'model_acme_mixin', 'ir.model', id from ir_model where model = 'acme.mixin'",
        )
        .expect("a module that touches nothing of ours");
    let before = stage.backend.call("odoo_count", &question());
    assert!(before["result"].is_object(), "{before}");
    let touches = |model: &str| {
        format!(
            "insert into ir_model_data (module, name, model, res_id)
             select 'acme', 'model_{}', 'ir.model', id from ir_model where model = '{model}'",
            model.replace('.', "_")
        )
    };
    for model in ["crm.tag", "base"] {
        let name = model.replace('.', "_");
        let said = stage.refuse(
            "odoo_count",
            &question(),
            &touches(model),
            &format!("delete from ir_model_data where module = 'acme' and name = 'model_{name}'"),
        );
        assert!(
            said.contains("acme extends it and has not been scanned"),
            "{said}"
        );
    }
    let said = stage.refuse(
        "odoo_count",
        &question(),
        "insert into ir_model_inherit (model_id, parent_id)
         select m.id, p.id from ir_model m, ir_model p where m.model = 'crm.tag' and p.model = 'acme.mixin'",
        "delete from ir_model_inherit where parent_id = (select id from ir_model where model = 'acme.mixin')",
    );
    assert!(said.contains("acme"), "{said}");
    stage
        .odoo
        .batch_execute(&touches("crm.tag"))
        .expect("it extends");
    let mut superuser = stage.scratch.superuser();
    let status = value(&mut superuser, STATUS);
    assert_eq!(
        (&status["engine"], &status["module"], &status["forced"]),
        (&json!("odoo"), &json!("acme"), &json!(false)),
        "{status}"
    );
    assert!(
        status["remedy"].to_string().contains("scan-addons"),
        "{status}"
    );
    // and uninstalled again, scanned or not
    let of_all = document(&mut superuser, &[("crm.tag", tags())]);
    load(&mut superuser, &of_all);
    let said = stage.refuse(
        "odoo_count",
        &question(),
        "create table gone as select * from ir_module_module where name = 'acme';
         create table gone_data as select * from ir_model_data where module = 'acme';
         delete from ir_model_data where module = 'acme'; delete from ir_module_module where name = 'acme'",
        "insert into ir_module_module select * from gone; insert into ir_model_data select * from gone_data",
    );
    assert!(said.contains("acme"), "{said}");
}

/// Facts that were written down, and loaded after an upgrade, are of the source before it.
#[test]
fn what_was_upgraded_after_its_source_was_read_is_not_the_one_that_was_read() {
    let (mut stage, mut document) = scanned("read_at");
    let mut superuser = stage.scratch.superuser();
    let there = stage.plain("select count(*) from crm_tag");
    let seconds = |superuser: &mut _, offset: i64| {
        let sql = format!(
            "select to_jsonb(floor(date_part('epoch', max(write_date)))::bigint + {offset}) from ir_module_module"
        );
        value(superuser, &sql)
    };
    document["read_at"] = seconds(&mut superuser, 60);
    load(&mut superuser, &document);
    assert_eq!(count(&stage.backend.call("odoo_count", &question())), there);
    document["read_at"] = seconds(&mut superuser, -1);
    load(&mut superuser, &document);
    let why = stage.left_to_odoo("odoo_count", &question());
    assert!(why.contains("was upgraded since it was scanned"), "{why}");
}

/// Odoo writes the row of `base` anew with whatever it installs or upgrades, and every model is made of `base`. So a module that
/// came after the facts leaves all models to Odoo, also those that no row of its names: its Python may have a part in them.
#[test]
fn a_module_that_was_installed_after_reading_leaves_every_model_to_odoo_for_odoo_writes_base_anew()
{
    let env = Environment::load();
    let scratch = Scratch::bare(&env, "facts_between");
    scratch.install_without_facts();
    let mut superuser = scratch.superuser();
    let mut read = scan::document(&env);
    read["read_at"] = value(
        &mut superuser,
        "select to_jsonb(date_part('epoch', now())::bigint)",
    );
    let base =
        "select latest_version || ' ' || write_date from ir_module_module where name = 'base'";
    let then = text(&mut superuser, base);
    let by_sql = |superuser: &mut _| {
        number(
            superuser,
            "select count(*) from odoo_mcp.model_status where engine = 'sql'",
        )
    };
    let tag = |superuser: &mut _| value(superuser, STATUS);
    scan::load_document(&mut superuser, &read);
    let answered = by_sql(&mut superuser);
    assert!(answered > 100, "{answered}");
    superuser
        .batch_execute("create table before as select * from ir_module_module")
        .expect("as it was");
    let odoo = OdooServer::new(&env, &scratch.database, Some(&env.addons));
    odoo.install("odoo_mcp_grumble");
    let now = text(&mut superuser, base);
    let (version, _) = then.split_once(' ').expect("a version");
    assert!(now.starts_with(version) && now != then, "{then}, {now}");
    // facts that were loaded before it
    assert_eq!(by_sql(&mut superuser), 0);
    let rewrite = |superuser: &mut Client, table: &str, which: &str| {
        let sql = format!(
            "update ir_module_module m set write_date = k.write_date from {table} k where k.id = m.id and {which}"
        );
        superuser.batch_execute(&sql).expect(table);
    };
    superuser
        .batch_execute("create table rewritten as select * from ir_module_module")
        .expect("as it is");
    rewrite(&mut superuser, "before", "true");
    let status = tag(&mut superuser);
    assert_eq!(
        status["engine"], "sql",
        "nothing else says so of a model that no row of the new module names: {status}"
    );
    rewrite(&mut superuser, "rewritten", "m.name = 'base'");
    let is_base_s = |status: &Value| {
        status["module"] == "base" && status["reason"].to_string().contains("was upgraded since")
    };
    let status = tag(&mut superuser);
    assert!(is_base_s(&status), "{status}");
    assert_eq!(by_sql(&mut superuser), 0);
    // facts that were read before it and loaded after it, and a new module that has no row
    superuser
        .batch_execute(
            "update ir_module_module set state = 'uninstalled' where name = 'odoo_mcp_grumble'",
        )
        .expect("as if it were hidden");
    scan::load_document(&mut superuser, &read);
    let status = tag(&mut superuser);
    assert!(is_base_s(&status), "{status}");
    assert_eq!(by_sql(&mut superuser), 0);
}
