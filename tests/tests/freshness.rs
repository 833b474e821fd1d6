//! What is changed in the database, by plain SQL too, is in force in the very next call of a server
//! process that has answered before and keeps what it read.
//!
//! Every change is made in a copy of the database, by Odoo's role on another connection. Afterwards
//! the old process must say something else than before, and the same as a new one.

use odoo_mcp_tests::serve::serve;
use odoo_mcp_tests::stage::{SETTLING, Stage, count};
use serde_json::{Value, json};

fn orders() -> Value {
    json!({"model": "sale.order"})
}

fn group(name: &str) -> String {
    format!(
        "(select res_id from ir_model_data where model = 'res.groups' and module = 'sales_team' and name = '{name}')"
    )
}

fn user(login: &str) -> String {
    format!("(select id from res_users where login = '{login}')")
}

#[test]
fn the_domain_of_a_rule() {
    let mut stage = Stage::new("rule_domain", "sales_all");
    let (before, after) = stage.change_count(
        &orders(),
        "update ir_rule set domain_force = $$[('state','=','draft')]$$ where name = 'All Orders'",
    );
    // the salesperson's own orders stay, by the other rule
    let expected = stage.plain(
        "select count(*) from sale_order o join res_users u on u.login = 'sales_all'
          where o.company_id = u.company_id and (o.state = 'draft' or o.user_id = u.id or o.user_id is null)",
    );
    assert!(
        before > after && after == expected,
        "{before} {after} {expected}"
    );
}

#[test]
fn a_rule_that_is_switched_off() {
    let mut stage = Stage::new("rule_active", "sales_all");
    let (before, after) = stage.change_count(
        &orders(),
        "update ir_rule set active = false where name = 'All Orders'",
    );
    assert!(before > after, "{before} {after}");
}

#[test]
fn the_groups_of_a_rule() {
    let mut stage = Stage::new("rule_groups", "sales_all");
    let sql = format!(
        "update rule_group_rel set group_id = {} where rule_group_id = (select id from ir_rule where name = 'All Orders')",
        group("group_sale_manager")
    );
    let (before, after) = stage.change_count(&orders(), &sql);
    assert!(before > after, "{before} {after}");
}

#[test]
fn membership_in_a_group() {
    let mut stage = Stage::new("membership", "sales_own");
    let sql = format!(
        "insert into res_groups_users_rel (gid, uid) values ({}, {})",
        group("group_sale_salesman_all_leads"),
        user("sales_own")
    );
    let (before, after) = stage.change_count(&orders(), &sql);
    assert!(before < after, "{before} {after}");
    let sql = "delete from res_groups_users_rel where uid = (select id from res_users where login = 'sales_own')";
    let (_, refused) = stage.change("odoo_count", &orders(), sql);
    assert_eq!(refused["error"]["code"], "access_denied");
}

#[test]
fn a_group_that_implies_another() {
    let mut stage = Stage::new("implied", "sales_own");
    let sql = format!(
        "insert into res_groups_implied_rel (gid, hid) values ({}, {})",
        group("group_sale_salesman"),
        group("group_sale_salesman_all_leads")
    );
    let (before, after) = stage.change_count(&orders(), &sql);
    assert!(before < after, "{before} {after}");
}

#[test]
fn the_companies_of_a_user() {
    let mut stage = Stage::new("companies", "both_user");
    let (before, after) = stage.change_count(
        &orders(),
        "delete from res_company_users_rel r using res_users u
          where u.id = r.user_id and u.login = 'both_user' and r.cid <> u.company_id",
    );
    assert!(before > after, "{before} {after}");
    let (_, again) = stage.change_count(
        &orders(),
        "insert into res_company_users_rel (cid, user_id)
         select c.id, u.id from res_company c, res_users u where u.login = 'both_user' and c.name = 'Beta Europe'",
    );
    assert_eq!(before, again);
}

#[test]
fn the_main_company_of_a_user() {
    let mut stage = Stage::new("main_company", "both_user");
    let question = json!({});
    let of = |envelope: &Value| envelope["result"]["company_id"].clone();
    let ask = |stage: &mut Stage| of(&stage.backend.call("odoo_context", &question));
    let before = ask(&mut stage);
    assert_eq!(before, ask(&mut stage));
    stage
        .odoo
        .batch_execute(
            "update res_users u set company_id = c.id from res_company c
              where u.login = 'both_user' and c.name = 'Beta Europe'",
        )
        .expect("another main company");
    let after = ask(&mut stage);
    assert_ne!(before, after);
    let expected = stage.plain("select id::bigint from res_company where name = 'Beta Europe'");
    assert_eq!(after, expected);
}

#[test]
fn an_access_list() {
    let mut stage = Stage::new("access_list", "sales_all");
    let tags = json!({"model": "crm.tag"});
    let of = "where perm_read and model_id = (select id from ir_model where model = 'crm.tag')";
    stage
        .odoo
        .batch_execute(&format!(
            "create table kept as select id, group_id from ir_model_access {of}"
        ))
        .expect("what is to be put back");
    let of = "where id in (select id from kept)";
    for (change, back) in [
        ("perm_read = false", "perm_read = true"),
        ("active = false", "active = true"),
        (
            "group_id = (select res_id from ir_model_data where module = 'base' and name = 'group_system')",
            "group_id = (select k.group_id from kept k where k.id = ir_model_access.id)",
        ),
    ] {
        let said = stage.refuse(
            "odoo_count",
            &tags,
            &format!("update ir_model_access set {change} {of}"),
            &format!("update ir_model_access set {back} {of}"),
        );
        assert!(said.contains("access_denied"), "{change}: {said}");
    }
}

#[test]
fn a_selection_value() {
    let mut stage = Stage::new("selection", "sales_all");
    let question = json!({"model": "sale.order", "domain": [["state", "=", "parked"]]});
    let (before, after) = stage.change(
        "odoo_count",
        &question,
        "insert into ir_model_fields_selection (field_id, sequence, value, name)
         select id, 99, 'parked', '{\"en_US\": \"Parked\"}' from ir_model_fields where model = 'sale.order' and name = 'state'",
    );
    let warns = |envelope: &Value| envelope.to_string().contains("unknown_selection_value");
    assert!(warns(&before) && !warns(&after), "{before} {after}");
    let (_, renamed) = stage.change(
        "odoo_count",
        &question,
        "update ir_model_fields_selection set value = 'stalled' where value = 'parked'",
    );
    assert!(warns(&renamed), "{renamed}");
}

/// A field that is in no rule, order or default.
const FIELD: &str = "where model = 'sale.order' and name = 'client_order_ref'";

fn question_of_the_field() -> Value {
    json!({"model": "sale.order", "fields": ["client_order_ref"], "domain": [["client_order_ref", "=", "x"]]})
}

#[test]
fn the_type_of_a_field() {
    let mut stage = Stage::new("type", "sales_all");
    let said = stage.refuse(
        "odoo_search",
        &question_of_the_field(),
        &format!("update ir_model_fields set ttype = 'integer' {FIELD}"),
        &format!("update ir_model_fields set ttype = 'char' {FIELD}"),
    );
    assert!(said.contains("client_order_ref"), "{said}");
}

#[test]
fn the_comodel_of_a_field() {
    let mut stage = Stage::new("relation", "sales_all");
    let question = json!({"model": "sale.order", "domain": [["team_id.name", "!=", "x"]]});
    let of = "where model = 'sale.order' and name = 'team_id'";
    let said = stage.refuse(
        "odoo_count",
        &question,
        &format!("update ir_model_fields set relation = 'ir.cron' {of}"),
        &format!("update ir_model_fields set relation = 'crm.team' {of}"),
    );
    assert!(said.contains("ir.cron"), "{said}");
}

#[test]
fn a_field_that_is_no_longer_stored() {
    let mut stage = Stage::new("store", "sales_all");
    // which fields are shown by default depends on it
    let question = json!({"model": "sale.order", "limit": 1});
    let of = "where model = 'sale.order' and name = 'amount_total'";
    let (_, without) = stage.change(
        "odoo_search",
        &question,
        &format!("update ir_model_fields set store = false {of}"),
    );
    let (_, with) = stage.change(
        "odoo_search",
        &question,
        &format!("update ir_model_fields set store = true {of}"),
    );
    let shows = |envelope: &Value| envelope["result"]["records"][0]["amount_total"].is_number();
    assert!(shows(&with) && !shows(&without), "{with} {without}");
}

#[test]
fn a_field_s_row() {
    let mut stage = Stage::new("field_row", "sales_all");
    let said = stage.refuse(
        "odoo_search",
        &question_of_the_field(),
        &format!(
            "create table kept as select * from ir_model_fields {FIELD}; delete from ir_model_fields {FIELD}"
        ),
        "insert into ir_model_fields select * from kept",
    );
    assert!(said.contains("unknown_field"), "{said}");
}

#[test]
fn a_column() {
    let mut stage = Stage::new("column", "sales_all");
    let reader = stage.reader();
    let said = stage.refuse(
        "odoo_search",
        &question_of_the_field(),
        "alter table sale_order drop column client_order_ref",
        &format!(
            "alter table sale_order add column client_order_ref varchar;
             grant select (client_order_ref) on sale_order to {reader}"
        ),
    );
    assert!(said.contains("client_order_ref"), "{said}");
}

#[test]
fn the_table_of_a_many2many() {
    let mut stage = Stage::new("link", "sales_all");
    let question = json!({"model": "sale.order", "domain": [["tag_ids", "!=", false]]});
    stage.refuse(
        "odoo_count",
        &question,
        "alter table sale_order_tag_rel rename column tag_id to label_id",
        "alter table sale_order_tag_rel rename column label_id to tag_id",
    );
    stage.refuse(
        "odoo_count",
        &question,
        "alter table sale_order_tag_rel rename to sale_order_label_rel",
        "alter table sale_order_label_rel rename to sale_order_tag_rel",
    );
    stage.refuse(
        "odoo_count",
        &question,
        "alter table sale_order_tag_rel drop constraint sale_order_tag_rel_tag_id_fkey",
        "alter table sale_order_tag_rel add constraint sale_order_tag_rel_tag_id_fkey
             foreign key (tag_id) references crm_tag (id) on delete cascade",
    );
    // an admin can write any name there: columns without Odoo's foreign keys are no pairs of ids
    let tags = "where model = 'sale.order' and name = 'tag_ids'";
    for (table, column, other) in [
        ("res_groups_users_rel", "gid", "uid"),
        ("res_users_apikeys", "user_id", "id"),
        ("sale_order", "id", "user_id"),
    ] {
        stage.refuse(
            "odoo_count",
            &question,
            &format!("update ir_model_fields set relation_table = '{table}', column1 = '{column}', column2 = '{other}' {tags}"),
            &format!("update ir_model_fields set relation_table = 'sale_order_tag_rel', column1 = 'order_id', column2 = 'tag_id' {tags}"),
        );
    }
}

#[test]
fn a_column_s_privilege() {
    let mut stage = Stage::new("privilege", "sales_all");
    let reader = stage.reader();
    let sql = format!(
        "do $$ begin
            execute 'revoke select on sale_order from {reader}';
            execute (select format('grant select (%s) on sale_order to {reader}', string_agg(quote_ident(attname), ','))
                       from pg_attribute where attrelid = 'sale_order'::regclass and attnum > 0 and not attisdropped
                        and attname <> 'client_order_ref');
         end $$"
    );
    let said = stage.refuse(
        "odoo_search",
        &question_of_the_field(),
        &sql,
        &format!("grant select (client_order_ref) on sale_order to {reader}"),
    );
    assert!(said.contains("client_order_ref"), "{said}");
}

#[test]
fn a_module_that_nobody_has_scanned() {
    let mut stage = Stage::new("module", "sales_all");
    let said = stage.refuse(
        "odoo_count",
        &orders(),
        "insert into ir_model_data (module, name, model, res_id)
         select 'acme', 'model_sale_order', 'ir.model', id from ir_model where model = 'sale.order'",
        "delete from ir_model_data where module = 'acme'",
    );
    assert!(
        said.contains("not_supported") && said.contains("acme"),
        "{said}"
    );
}

#[test]
fn a_parent_that_a_module_nobody_has_scanned_made() {
    let mut stage = Stage::new("parent", "sales_all");
    stage
        .odoo
        .batch_execute(
            "insert into ir_model (model, name, \"order\", state) values ('acme.mixin', '{\"en_US\": \"Acme\"}', 'id', 'base');
             insert into ir_model_data (module, name, model, res_id)
             select 'acme', 'model_acme_mixin', 'ir.model', id from ir_model where model = 'acme.mixin'",
        )
        .expect("a mixin");
    let said = stage.refuse(
        "odoo_count",
        &orders(),
        "insert into ir_model_inherit (model_id, parent_id)
         select m.id, p.id from ir_model m, ir_model p where m.model = 'sale.order' and p.model = 'acme.mixin'",
        "delete from ir_model_inherit where parent_id = (select id from ir_model where model = 'acme.mixin')",
    );
    assert!(
        said.contains("not_supported") && said.contains("acme"),
        "{said}"
    );
}

#[test]
fn the_order_of_a_model() {
    let mut stage = Stage::new("order", "sales_all");
    let question = json!({"model": "sale.order", "fields": ["name"], "limit": 3});
    stage.change(
        "odoo_search",
        &question,
        "update ir_model set \"order\" = 'id' where model = 'sale.order'",
    );
}

#[test]
fn a_table_that_was_rewritten() {
    let mut stage = Stage::new("rewritten", "sales_all");
    let question = question_of_the_field();
    let before = stage.backend.call("odoo_search", &question);
    for sql in [
        "vacuum full ir_model_fields",
        "vacuum freeze ir_model_fields",
        "cluster ir_model_fields using ir_model_fields_name_unique",
    ] {
        stage.odoo.batch_execute(sql).expect("a rewritten table");
        assert_eq!(
            before,
            stage.backend.call("odoo_search", &question),
            "{sql}"
        );
    }
    stage.change(
        "odoo_search",
        &question,
        &format!("update ir_model_fields set ttype = 'integer' {FIELD}"),
    );
}

#[test]
fn odoo_s_schema() {
    let mut stage = Stage::new("schema", "sales_all");
    let before = stage.backend.call("odoo_count", &orders());
    stage
        .scratch
        .superuser()
        .batch_execute(
            "alter schema public rename to elsewhere; select odoo_mcp.setup(odoo_schema => 'elsewhere')",
        )
        .expect("tables in another schema");
    assert_eq!(before, stage.backend.call("odoo_count", &orders()));
    assert!(count(&before) > 0);
}

#[test]
fn what_the_asking_transaction_changed_itself() {
    let stage = Stage::new("own_change", "sales_all");
    let mut superuser = stage.scratch.superuser();
    let mut transaction = superuser.transaction().expect("a transaction");
    transaction
        .batch_execute("select odoo_mcp.act_as('sales_all')")
        .expect("acting");
    let ask = "select odoo_mcp.call('odoo_search', '{\"model\": \"sale.order\", \"fields\": [\"client_order_ref\"], \"limit\": 1}')::text";
    let kept = |transaction: &mut postgres::Transaction<'_>| -> bool {
        let mut savepoint = transaction.transaction().expect("a savepoint");
        let is_answered = savepoint.query_one(ask, &[]).is_ok();
        savepoint.rollback().expect("back");
        is_answered
    };
    for _ in 0..SETTLING {
        assert!(kept(&mut transaction));
    }
    for round in 0..3 {
        let mut savepoint = transaction.transaction().expect("a savepoint");
        savepoint
            .batch_execute(&format!("delete from ir_model_fields {FIELD}"))
            .expect("a field less");
        assert!(!kept(&mut savepoint), "round {round}");
        savepoint.rollback().expect("back");
        assert!(kept(&mut transaction), "round {round}");
        let mut savepoint = transaction.transaction().expect("a savepoint");
        // another row of the same transaction's in the same count
        savepoint
            .batch_execute(
                "delete from ir_model_fields where model = 'sale.order' and name = 'origin'",
            )
            .expect("another field less");
        assert!(kept(&mut savepoint), "round {round}");
        savepoint.rollback().expect("back");
    }
}

#[test]
fn a_table_that_one_transaction_empties_and_fills_twice() {
    let stage = Stage::new("twice", "sales_all");
    let mut superuser = stage.scratch.superuser();
    let mut transaction = superuser.transaction().expect("a transaction");
    // without an index TRUNCATE is done in place: rows come back to where they were, of the same transaction
    transaction
        .batch_execute(
            "select odoo_mcp.act_as('sales_all');
             create table copied as select * from ir_model_fields order by id;
             alter table ir_model_fields rename to put_away;
             create table ir_model_fields (like put_away);
             alter table ir_model_fields owner to odoo;
             grant select on ir_model_fields to public;
             insert into ir_model_fields select * from copied order by id",
        )
        .expect("another table");
    let comodel = |transaction: &mut postgres::Transaction<'_>| -> Value {
        let ask = "select odoo_mcp.call('odoo_describe_model', '{\"model\": \"sale.order\", \"fields\": [\"partner_id\"]}')::text";
        let told: String = transaction.query_one(ask, &[]).expect("an answer").get(0);
        let told: Value = serde_json::from_str(&told).expect("JSON");
        told["fields"][0]["relation"].clone()
    };
    for _ in 0..SETTLING {
        assert_eq!(comodel(&mut transaction), "res.partner");
    }
    transaction
        .batch_execute(
            "update copied set relation = 'crm.tag' where model = 'sale.order' and name = 'partner_id';
             truncate ir_model_fields;
             insert into ir_model_fields select * from copied order by id",
        )
        .expect("the same rows but for one");
    assert_eq!(comodel(&mut transaction), "crm.tag");
}

#[test]
fn a_snapshot_of_before_the_change() {
    let mut stage = Stage::new("old_snapshot", "sales_all");
    let mut superuser = stage.scratch.superuser();
    let ask = "select odoo_mcp.call('odoo_search', '{\"model\": \"sale.order\", \"fields\": [\"client_order_ref\"], \"limit\": 1}')::text";
    superuser
        .batch_execute("select odoo_mcp.act_as('sales_all', session => true)")
        .expect("acting");
    superuser
        .batch_execute("begin isolation level repeatable read")
        .expect("a transaction of one snapshot");
    for _ in 0..SETTLING {
        superuser.query_one(ask, &[]).expect("it is there");
    }
    stage
        .odoo
        .batch_execute(&format!("delete from ir_model_fields {FIELD}"))
        .expect("a field less");
    superuser
        .query_one(ask, &[])
        .expect("it was there when the transaction began");
    superuser.batch_execute("commit").expect("done");
    superuser
        .query_one(ask, &[])
        .expect_err("it is gone, and what was read of the old snapshot with it");
}

/// Everything that a principal is made of, seen through what the user is told of himself.
#[test]
fn what_the_user_is() {
    let mut stage = Stage::new("user", "sales_all");
    let context = json!({});
    let me = user("sales_all");
    let partner = "(select partner_id from res_users where login = 'sales_all')";
    for sql in [
        format!("update res_partner set name = 'Another name' where id = {partner}"),
        format!("update res_partner set tz = 'Asia/Tokyo' where id = {partner}"),
        format!("update res_partner set lang = 'fr_FR' where id = {partner}"),
        "update res_company set name = 'Renamed' where id = (select company_id from res_users where login = 'sales_all')".into(),
        format!("update res_users set login = 'sales_all_2' where id = {me}"),
    ] {
        stage.change("odoo_context", &context, &sql);
    }
    // without him, nothing
    let (_, after) = stage.change(
        "odoo_context",
        &context,
        "update res_users set active = false where login = 'sales_all_2'",
    );
    assert_eq!(after["error"]["code"], "access_denied", "{after}");
}

#[test]
fn two_users_in_turn() {
    let mut stage = Stage::new("two_users", "sales_all");
    let other = stage.scratch.token("sales_own");
    let admin = stage.scratch.token("admin");
    let mut client = stage.scratch.front_role();
    let orders = orders().to_string();
    // res.partner.signup_type is for base.group_erp_manager
    let field = json!({"model": "res.partner", "fields": ["signup_type"], "limit": 1}).to_string();
    let alone = |token: &str, arguments: &str, tool: &str| {
        serve(&mut stage.scratch.front_role(), token, tool, arguments)
    };
    let expected = [&stage.token, &other, &admin].map(|token| {
        (
            alone(token, &orders, "odoo_count"),
            alone(token, &field, "odoo_search"),
        )
    });
    assert!(count(&expected[0].0) > count(&expected[1].0));
    assert_eq!(expected[0].1["error"]["code"], "access_denied");
    assert_ne!(expected[2].1["error"]["code"], "access_denied");
    for round in 0..3 {
        for (token, (orders_of, field_of)) in [&stage.token, &other, &admin].iter().zip(&expected) {
            assert_eq!(
                &serve(&mut client, token, "odoo_count", &orders),
                orders_of,
                "round {round}"
            );
            assert_eq!(
                &serve(&mut client, token, "odoo_search", &field),
                field_of,
                "round {round}"
            );
        }
    }
    // a group less for one is not one less for the others
    stage
        .odoo
        .batch_execute("update ir_rule set active = false where name = 'All Orders'")
        .expect("a rule less");
    let changed = serve(&mut client, &stage.token, "odoo_count", &orders);
    assert!(count(&changed) < count(&expected[0].0));
    assert_eq!(
        serve(&mut client, &other, "odoo_count", &orders),
        expected[1].0
    );
}
