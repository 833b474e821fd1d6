//! What a server process keeps is looked up by its rows, in index and heap (`catalog/footprint.rs`): where that can't be
//! done, or would not tell, it is read anew.

use std::collections::BTreeSet;

use odoo_mcp_tests::Environment;
use odoo_mcp_tests::backend::Backend;
use odoo_mcp_tests::stage::{SETTLING, Stage};
use serde_json::{Value, json};

fn orders() -> Value {
    json!({"model": "sale.order"})
}

/// Makes the rule for all orders another one.
fn rule(above: usize) -> String {
    format!(
        "update ir_rule set domain_force = '[(''id'', ''>'', {above})]'
          where name = 'All Orders' and model_id = (select id from ir_model where model = 'sale.order')"
    )
}

/// The reading of `ir_model_inherit` from end to end, which the statement of models does and a look-up does not.
fn full_reads(stage: &mut Stage) -> i64 {
    stage.backend.flush_statistics();
    stage
        .scratch
        .superuser()
        .query_one(
            "select seq_scan from pg_stat_user_tables where relname = 'ir_model_inherit'",
            &[],
        )
        .expect("statistics")
        .get(0)
}

#[test]
fn a_settled_question_reads_no_model() {
    let mut stage = Stage::new("settled", "sales_all");
    for _ in 0..SETTLING {
        stage.backend.call("odoo_count", &orders());
    }
    let before = full_reads(&mut stage);
    assert!(before > 0, "the first calls read it");
    for _ in 0..10 {
        stage.backend.call("odoo_count", &orders());
    }
    assert_eq!(full_reads(&mut stage), before);
    stage.change("odoo_count", &orders(), &rule(20));
    assert!(full_reads(&mut stage) > before, "after a change");
}

/// A change is noticed, too, where the index that leads to it is another one than before, or none.
#[test]
fn an_index_that_is_gone() {
    let mut stage = Stage::new("index", "sales_all");
    let arguments = orders();
    stage.change("odoo_count", &arguments, &rule(20));
    for (round, index) in ["ir_rule__model_id_index", "ir_model_access__model_id_index"]
        .iter()
        .enumerate()
    {
        stage
            .odoo
            .batch_execute(&format!("drop index {index}"))
            .expect("an index less");
        stage.change("odoo_count", &arguments, &rule(21 + round));
    }
    stage
        .odoo
        .batch_execute("create index on ir_rule (model_id) where model_id > 0; create index on ir_rule ((model_id + 0))")
        .expect("indexes that do not have all rows by that column");
    stage.change("odoo_count", &arguments, &rule(19));
    stage
        .odoo
        .batch_execute("create index on ir_rule (model_id); reindex table ir_rule")
        .expect("one that has");
    stage.change("odoo_count", &arguments, &rule(18));
}

/// The keys that are looked for are handed to the index as they are: to one over another type they would be garbage.
#[test]
fn a_key_of_another_type() {
    let mut stage = Stage::new("key_type", "sales_all");
    stage.change("odoo_count", &orders(), &rule(20));
    stage
        .odoo
        .batch_execute("alter table ir_rule drop constraint ir_rule_model_id_fkey")
        .expect("Odoo's role owns it");
    for (round, other) in ["numeric", "float8", "float4", "int8", "int4"]
        .iter()
        .enumerate()
    {
        stage
            .odoo
            .batch_execute(&format!("alter table ir_rule alter model_id type {other}"))
            .unwrap_or_else(|error| panic!("{other}: {error:?}"));
        stage.change("odoo_count", &orders(), &rule(21 + round));
    }
}

#[test]
fn a_table_that_was_made_anew() {
    let mut stage = Stage::new("anew", "sales_all");
    stage.change("odoo_count", &orders(), &rule(20));
    stage.change(
        "odoo_count",
        &orders(),
        &format!(
            "create table rebuilt (like ir_rule including all);
             insert into rebuilt select * from ir_rule;
             drop table ir_rule cascade;
             alter table rebuilt rename to ir_rule;
             {}",
            rule(22)
        ),
    );
    stage.change("odoo_count", &orders(), &rule(23));
}

/// Other tables by the names that are known: nothing of the old ones is in force.
#[test]
fn another_schema_by_the_same_name() {
    let mut stage = Stage::new("other_schema", "sales_all");
    // a copy of all tables in which the user is in no group
    stage
        .scratch
        .superuser()
        .batch_execute(
            "create schema prepared authorization odoo;
             grant usage on schema prepared to public;
             do $$
             declare relation record;
             begin
                 for relation in select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
                                    and c.relowner = 'odoo'::regrole loop
                     execute format('create table prepared.%I (like public.%1$I including indexes)', relation.relname);
                     execute format('insert into prepared.%I select * from public.%1$I', relation.relname);
                     execute format('alter table prepared.%I owner to odoo', relation.relname);
                     execute format('grant select on prepared.%I to public', relation.relname);
                 end loop;
             end $$;
             delete from prepared.res_groups_users_rel r using prepared.res_users u where u.id = r.uid and u.login = 'sales_all';
             alter schema public owner to odoo",
        )
        .expect("another Odoo");
    let (_, after) = stage.change(
        "odoo_count",
        &orders(),
        "begin; alter schema public rename to old_public; alter schema prepared rename to public; commit",
    );
    assert_eq!(after["error"]["code"], "access_denied", "{after}");
}

/// Whoever connects may switch the system's indexes off for the session, and with them every look-up by key.
#[test]
fn a_session_without_indexes() {
    let mut stage = Stage::new("no_indexes", "sales_all");
    let mut config: postgres::Config = Environment::load().front_role_url.parse().expect("a URL");
    let client = config
        .dbname(&stage.scratch.database)
        .options("-c ignore_system_indexes=on")
        .connect(postgres::NoTls)
        .expect("the front's role");
    stage.backend = Backend::new(client, &stage.token);
    stage.change("odoo_count", &orders(), &rule(20));
    stage.change("odoo_count", &orders(), &rule(22));
}

/// The tables that a statement reads.
fn tables(statement: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for line in statement
        .lines()
        .filter(|line| !line.trim_start().starts_with("--"))
    {
        for word in line.split(|character: char| {
            !character.is_ascii_alphanumeric() && !"_.:".contains(character)
        }) {
            let table = word.strip_prefix(":odoo.").or_else(|| {
                word.strip_prefix("pg_catalog.")
                    .filter(|name| name.starts_with("pg_"))
            });
            // a function's name has its arguments after it
            found.extend(table.filter(|name| !line.contains(&format!("{name}("))));
        }
    }
    found
}

/// What is kept is kept as long as its rows are the same: so a table that somebody reads from now on has to be looked up.
#[test]
fn every_table_that_is_read_is_looked_up() {
    macro_rules! statement {
        ($name:literal) => {
            include_str!(concat!("../../sql/statements/", $name, ".sql"))
        };
    }
    let models = [
        statement!("model_state"),
        statement!("model_fields"),
        statement!("model_selections"),
        statement!("relation_columns"),
        statement!("relation_links"),
    ];
    let principal = [statement!("principal")];
    for (statements, footprint) in [
        (models.as_slice(), statement!("model_footprint")),
        (principal.as_slice(), statement!("principal_footprint")),
    ] {
        let looked_up = |table: &str| footprint.contains(&format!("'{table}'"));
        let read: BTreeSet<&str> = statements.iter().copied().flat_map(tables).collect();
        assert!(read.len() > 5, "{read:?}");
        for table in read {
            // types are PostgreSQL's own, or their columns are not read
            assert!(looked_up(table) || table == "pg_type", "{table}");
        }
    }
}
