//! Who answers a model, why, and who may decide otherwise: the views, the doctor, `set_model_engine`.

use odoo_mcp_tests::backend::Backend;
use odoo_mcp_tests::facts::{document, load, plain, tags};
use odoo_mcp_tests::query::{number, text, value};
use odoo_mcp_tests::serve::refusal;
use odoo_mcp_tests::stage::count;
use odoo_mcp_tests::{Environment, Scratch};
use postgres::Client;
use postgres::error::SqlState;
use serde_json::{Value, json};

#[test]
fn status_names_the_place_and_what_would_change_it() {
    let env = Environment::load();
    let scratch = Scratch::unscanned(&env, "facts_status");
    let mut superuser = scratch.superuser();
    assert_eq!(
        number(&mut superuser, "select count(*) from odoo_mcp.facts"),
        0
    );
    let doctor = "select string_agg(status || ': ' || finding || '; ' || coalesce(hint, ''), ' ') from odoo_mcp.doctor() where \"check\" = 'facts'";
    let none = text(&mut superuser, doctor);
    assert!(
        none.contains("nobody has scanned") && none.contains("odoo-mcp scan-addons"),
        "{none}"
    );
    let mut hidden = tags();
    hidden["overrides"] = json!([
        {"effect": "rows", "method": "_search", "module": "crm", "file": "crm/models/crm_stage.py", "line": 41}
    ]);
    let mut limited = plain("id name sequence");
    limited["overrides"] = json!([
        {"effect": "values", "method": "read", "module": "utm", "file": "utm/models/utm_stage.py", "line": 5, "fields": ["sequence"]}
    ]);
    limited["fields"]["with_facts"] = json!({"create_date": {"unread": "a loop"}});
    let mut of_three = document(
        &mut superuser,
        &[
            ("crm.tag", tags()),
            ("crm.stage", hidden),
            ("utm.stage", limited),
        ],
    );
    of_three["sources"] = json!({"crm.tag": {"color": "crm/models/crm_tag.py:18"}});
    load(&mut superuser, &of_three);
    let status = "select jsonb_object_agg(model, to_jsonb(s)) from odoo_mcp.model_status s";
    let status = value(&mut superuser, status);
    assert_eq!(status["crm.tag"]["engine"], "sql");
    assert_eq!(status["crm.tag"]["reason"], Value::Null);
    let stage = &status["crm.stage"];
    assert_eq!(
        (
            &stage["engine"],
            &stage["module"],
            &stage["file"],
            &stage["line"]
        ),
        (
            &json!("odoo"),
            &json!("crm"),
            &json!("crm/models/crm_stage.py"),
            &json!(41)
        ),
        "{stage}"
    );
    assert!(
        stage["remedy"].to_string().contains("force => true"),
        "{stage}"
    );
    assert_eq!(
        status["utm.stage"]["engine"], "sql",
        "{}",
        status["utm.stage"]
    );
    assert_eq!(status["sale.order"]["engine"], "odoo");
    assert!(
        status["sale.order"]["remedy"]
            .to_string()
            .contains("scan-addons")
    );
    assert_eq!(status["sale.order"]["name"], "Sales Order");
    let field = |superuser: &mut Client, model: &str, field: &str| {
        value(
            superuser,
            &format!(
                "select to_jsonb(s) from odoo_mcp.field_status s where model = '{model}' and field = '{field}'"
            ),
        )
    };
    let color = field(&mut superuser, "crm.tag", "color");
    assert_eq!(
        (
            &color["engine"],
            &color["file"],
            &color["line"],
            &color["module"]
        ),
        (
            &json!("sql"),
            &json!("crm/models/crm_tag.py"),
            &json!(18),
            &json!("crm")
        ),
        "{color}"
    );
    let sequence = field(&mut superuser, "utm.stage", "sequence");
    assert_eq!(
        (&sequence["engine"], &sequence["line"]),
        (&json!("odoo"), &json!(5)),
        "{sequence}"
    );
    let unread = field(&mut superuser, "utm.stage", "create_date");
    assert!(
        unread["engine"] == "odoo" && unread["reason"].to_string().contains("a loop"),
        "{unread}"
    );
    let unknown = field(&mut superuser, "utm.stage", "create_uid");
    assert!(
        unknown["engine"] == "odoo" && unknown["reason"].to_string().contains("no scanned module"),
        "{unknown}"
    );
    let of_odoo = field(&mut superuser, "crm.stage", "name");
    assert!(
        of_odoo["engine"] == "odoo" && of_odoo["reason"].to_string().contains("_search"),
        "{of_odoo}"
    );
    assert_eq!(
        (&of_odoo["forced"], &of_odoo["remedy"]),
        (&json!(false), &stage["remedy"]),
        "{of_odoo}"
    );
    assert!(
        color["remedy"].is_null() && sequence["remedy"].to_string().contains("Odoo answers"),
        "{color} {sequence}"
    );
    // models without a table of their own have a row, too, and none that sends to a scan again
    let rows =
        "select (select count(*) from odoo_mcp.model_status) = (select count(*) from ir_model)";
    let rows = superuser.query_one(rows, &[]).expect("counts");
    assert!(rows.get::<_, bool>(0));
    let status_of_mixin =
        "select to_jsonb(s) from odoo_mcp.model_status s where model = 'mail.thread'";
    let mixin = value(&mut superuser, status_of_mixin);
    assert!(
        mixin["engine"] == "odoo" && mixin["reason"].to_string().contains("abstract"),
        "{mixin}"
    );
    superuser
        .batch_execute("select odoo_mcp.set_model_engine('mail.thread', 'odoo', 'it is seen')")
        .expect("a decision");
    let decided = value(&mut superuser, status_of_mixin);
    assert!(
        decided["reason"].to_string().contains("it is seen"),
        "{decided}"
    );
    // the list that people see says the same
    superuser
        .batch_execute("select odoo_mcp.act_as('sales_all', session => true)")
        .expect("acting");
    let listed = value(
        &mut superuser,
        "select jsonb_object_agg(model, engine) from odoo_mcp.list_models(\"limit\" => 1000)",
    );
    assert_eq!(
        (&listed["crm.tag"], &listed["crm.stage"]),
        (&json!("sql"), &json!("odoo")),
        "{listed}"
    );
    let facts = value(&mut superuser, "select to_jsonb(f) from odoo_mcp.facts f");
    assert_eq!(
        (
            &facts["models"],
            &facts["modules_changed"],
            &facts["origin"]
        ),
        (&json!(3), &json!(0), &json!("scan_addons")),
        "{facts}"
    );
    assert_eq!(
        facts["registry_signal"], facts["registry_signal_now"],
        "{facts}"
    );
    assert!(
        text(&mut superuser, doctor).starts_with("ok: "),
        "{}",
        text(&mut superuser, doctor)
    );
    scratch
        .odoo_role()
        .batch_execute("insert into orm_signaling_registry default values")
        .expect("a signal");
    let facts = value(&mut superuser, "select to_jsonb(f) from odoo_mcp.facts f");
    assert_ne!(
        facts["registry_signal"], facts["registry_signal_now"],
        "{facts}"
    );
    assert!(text(&mut superuser, doctor).contains("made its registry anew"));
}

/// SQL answers nothing: Odoo is to be asked, and of this model.
fn assert_left_to_odoo(envelope: &Value) {
    let request = &envelope["delegate"]["requests"][0];
    assert_eq!(request["model"], "crm.stage", "{envelope}");
    assert!(envelope["result"].is_null(), "{envelope}");
}

#[test]
fn a_decision_has_a_reason_a_model_and_an_engine_that_fit() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "facts_engine");
    let mut superuser = scratch.superuser();
    let mut hidden = plain("id name sequence");
    hidden["overrides"] = json!([
        {"effect": "rows", "method": "_search", "module": "crm", "file": "crm/models/crm_stage.py", "line": 41}
    ]);
    let mut made = tags();
    made["overrides"] = json!([
        {"effect": "row_source", "method": "_table_query", "module": "utm", "file": "utm/models/utm_tag.py", "line": 3}
    ]);
    let of_three = document(
        &mut superuser,
        &[
            ("crm.tag", tags()),
            ("crm.stage", hidden),
            ("utm.tag", made),
        ],
    );
    load(&mut superuser, &of_three);
    let mut said = |sql: &str| {
        refusal(
            &mut superuser,
            &format!("select odoo_mcp.set_model_engine({sql})"),
        )
    };
    for (sql, state, word) in [
        (
            "'crm.tags', 'odoo', 'why'",
            SqlState::UNDEFINED_TABLE,
            "did you mean crm.tag",
        ),
        (
            "'x\"; drop table y', 'odoo', 'why'",
            SqlState::UNDEFINED_TABLE,
            "there is no model",
        ),
        (
            "'crm.tag', 'both', 'why'",
            SqlState::INVALID_PARAMETER_VALUE,
            "auto takes a decision back",
        ),
        (
            "'crm.tag', 'odoo', '  '",
            SqlState::INVALID_PARAMETER_VALUE,
            "reason",
        ),
        (
            "'crm.tag', 'odoo', null",
            SqlState::INVALID_PARAMETER_VALUE,
            "reason",
        ),
        (
            "'crm.tag', null, 'why'",
            SqlState::INVALID_PARAMETER_VALUE,
            "auto takes a decision back",
        ),
        (
            "null, 'odoo', 'why'",
            SqlState::UNDEFINED_TABLE,
            "there is no model",
        ),
        (
            "'crm.tag', 'odoo', E'a\\nb'",
            SqlState::INVALID_PARAMETER_VALUE,
            "reason",
        ),
        (
            "'crm.tag', 'odoo', repeat('x', 501)",
            SqlState::INVALID_PARAMETER_VALUE,
            "500",
        ),
        (
            "'crm.stage', 'sql', 'why'",
            SqlState::FEATURE_NOT_SUPPORTED,
            "force => true",
        ),
        (
            "'sale.order', 'sql', 'why'",
            SqlState::FEATURE_NOT_SUPPORTED,
            "scan-addons",
        ),
        (
            "'sale.order', 'sql', 'why', true",
            SqlState::FEATURE_NOT_SUPPORTED,
            "scan-addons",
        ),
        (
            "'utm.tag', 'sql', 'why', true",
            SqlState::FEATURE_NOT_SUPPORTED,
            "_table_query",
        ),
    ] {
        let (code, text) = said(sql);
        assert!(
            code == state && text.contains(word),
            "{sql}: {code:?} {text}"
        );
    }
    // what is merely out of date is sent to what renews it first
    let state = |state: &str| {
        let set =
            format!("update ir_module_module set state = '{state}' where name = 'sales_team'");
        scratch.odoo_role().batch_execute(&set).expect(state);
    };
    state("to upgrade");
    let (_, text_of_stale) = said("'crm.tag', 'sql', 'why'");
    let words = [
        "is to be upgraded in Odoo",
        "odoo-mcp scan-addons; or, if you",
    ];
    assert!(
        words.iter().all(|words| text_of_stale.contains(words)),
        "{text_of_stale}"
    );
    state("installed");
    let token = scratch.token("sales_all");
    let mut backend = Backend::new(scratch.front_role(), &token);
    let question = json!({"model": "crm.stage"});
    assert_left_to_odoo(&backend.call("odoo_count", &question));
    for statement in [
        "select odoo_mcp.set_model_engine('crm.stage', 'sql', 'read by hand', force => true)",
        "select odoo_mcp.set_model_engine('crm.tag', 'odoo', 'it''s \"odd\"')",
    ] {
        superuser.batch_execute(statement).expect(statement);
    }
    let forced = backend.call("odoo_count", &question);
    assert!(count(&forced) > 0, "{forced}");
    assert!(
        forced["result"]["warnings"]
            .to_string()
            .contains("read by hand"),
        "{forced}"
    );
    let status = value(
        &mut superuser,
        "select jsonb_object_agg(model, jsonb_build_array(engine, forced, reason, remedy)) from odoo_mcp.model_status where model like 'crm.%'",
    );
    assert_eq!(
        (&status["crm.stage"][0], &status["crm.stage"][1]),
        (&json!("sql"), &json!(true)),
        "{status}"
    );
    assert!(
        status["crm.stage"][2].to_string().contains("_search"),
        "{status}"
    );
    assert_eq!(
        (&status["crm.tag"][0], &status["crm.tag"][1]),
        (&json!("odoo"), &json!(false)),
        "{status}"
    );
    assert!(
        status["crm.tag"][2]
            .to_string()
            .contains(r#"it's \\\"odd\\\""#)
            || status["crm.tag"][2].to_string().contains("odd"),
        "{status}"
    );
    assert!(
        status["crm.tag"][3].to_string().contains("'auto'"),
        "{status}"
    );
    let doctor = text(
        &mut superuser,
        "select string_agg(finding, ' ') from odoo_mcp.doctor() where \"check\" = 'facts' and status = 'warning'",
    );
    assert!(
        doctor.contains("crm.stage") && !doctor.contains("crm.tag"),
        "{doctor}"
    );
    superuser
        .batch_execute("select odoo_mcp.set_model_engine('crm.stage', 'auto', 'over')")
        .expect("back");
    assert_left_to_odoo(&backend.call("odoo_count", &question));
    let changes = text(
        &mut superuser,
        "select string_agg(concat_ws('|', model, old_engine, new_engine, reason), '; ' order by changed_at, model) from odoo_mcp.model_engine_changes",
    );
    assert_eq!(
        changes,
        "crm.stage|auto|sql by force|read by hand; crm.tag|auto|odoo|it's \"odd\"; crm.stage|sql by force|auto|over"
    );
}

/// Nine hundred models with facts: what people wait for.
#[test]
fn all_models_have_a_status_within_seconds() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "facts_many");
    let mut superuser = scratch.superuser();
    let fields = value(
        &mut superuser,
        "select jsonb_object_agg(model, names) from (select model, string_agg(name, ' ') as names from ir_model_fields group by model) m",
    );
    let models: Vec<(&str, Value)> = fields
        .as_object()
        .expect("models")
        .iter()
        .map(|(model, names)| (model.as_str(), plain(names.as_str().expect("names"))))
        .collect();
    let all = document(&mut superuser, &models);
    for (name, sql) in [
        ("load", format!("select odoo_mcp.load_facts($facts${all}$facts$)")),
        ("again", format!("select odoo_mcp.load_facts($facts${all}$facts$)")),
        ("model_status", "select count(*) from odoo_mcp.model_status".to_owned()),
        ("field_status", "select count(*) from odoo_mcp.field_status".to_owned()),
        ("doctor", "select * from odoo_mcp.doctor()".to_owned()),
        ("list_models", "begin; select odoo_mcp.act_as('admin'); select * from odoo_mcp.list_models(); rollback".to_owned()),
    ] {
        let started = std::time::Instant::now();
        superuser.batch_execute(&sql).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let took = started.elapsed();
        println!("{} models, {name}: {took:.1?}", models.len());
        assert!(took.as_secs() < 10, "{name}: {took:?}");
    }
    let sql = number(
        &mut superuser,
        "select count(*) from odoo_mcp.model_status where engine = 'sql'",
    );
    assert!(sql > 400, "{sql}");
}
