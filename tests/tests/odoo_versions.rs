//! Odoo 16, 17 and 18 beside 19: databases of each one's shape, with the same records, and what each must answer. What is
//! expected is what the source of that Odoo says.

use std::path::Path;

use odoo_mcp_tests::environment::connect;
use odoo_mcp_tests::facts::{document, load, plain};
use odoo_mcp_tests::query::{number, text, value};
use odoo_mcp_tests::serve::serve;
use odoo_mcp_tests::waiting::{Waiting, front_name, token_id};
use odoo_mcp_tests::{Environment, Scratch};
use postgres::Client;
use serde_json::{Value, json};

/// A database of one shape, set up, with the facts that a scan of such a source finds.
struct Shape {
    version: u32,
    scratch: Scratch,
    front: Client,
    /// Of who sees all orders, and of who sees their own.
    all: String,
    own: String,
}

fn shape(env: &Environment, purpose: &str, version: u32) -> Shape {
    let scratch = Scratch::none(env, &format!("{purpose}_{version}"));
    scratch.create_empty();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("odoo/shapes");
    let mut odoo = connect(&env.odoo_role_url, &scratch.database);
    for file in ["tables", "records", &version.to_string()] {
        let path = folder.join(format!("{file}.sql"));
        let statements = std::fs::read_to_string(&path).expect("a file of this folder");
        odoo.batch_execute(&statements)
            .unwrap_or_else(|error| panic!("{}: {error:?}", path.display()));
    }
    scratch.install_without_facts();
    let mut superuser = scratch.superuser();
    let facts = facts(&mut superuser);
    load(&mut superuser, &facts);
    Shape {
        version,
        front: scratch.front_role(),
        all: scratch.token("all"),
        own: scratch.token("own"),
        scratch,
    }
}

/// Every module has a say in each model.
fn facts(superuser: &mut Client) -> Value {
    let by_name = |mut facts: Value| {
        facts["name_search"] = json!(["name"]);
        facts
    };
    let mut category = by_name(plain("id name parent_id parent_path display_name"));
    category["parent_store"] = json!(true);
    let user = json!({"display_name": {"kind": "rec_name", "rec_name": "login"}, "fields": {"plain": "id login"}});
    let order = "id name partner_id user_id company_id category_id amount_total date_order note state tag_ids display_name";
    document(
        superuser,
        &[
            (
                "res.partner",
                by_name(plain("id name active credit_limit display_name")),
            ),
            ("res.users", user),
            ("res.company", plain("id name display_name")),
            ("sale.order", by_name(plain(order))),
            ("sale.tag", by_name(plain("id name active display_name"))),
            ("sale.category", category),
        ],
    )
}

/// Ids of orders.
type Ids = &'static [i64];

/// What depends on what: the answer in each of the four.
fn of<T>(version: u32, of_16: T, of_17: T, of_18: T, of_19: T) -> T {
    match version {
        16 => of_16,
        17 => of_17,
        18 => of_18,
        _ => of_19,
    }
}

impl Shape {
    fn ask(&mut self, token: &str, tool: &str, arguments: &Value) -> Value {
        serve(&mut self.front, token, tool, &arguments.to_string())
    }

    /// What SQL answers; a call that it hands on fails the test.
    fn answer(&mut self, token: &str, tool: &str, arguments: &Value) -> Value {
        let envelope = self.ask(token, tool, arguments);
        let answer = envelope["result"].clone();
        assert_eq!(
            answer["engine"], "sql",
            "Odoo {}: {tool} {arguments}: {envelope}",
            self.version
        );
        answer
    }

    /// The orders that the domain finds, in UTC.
    fn orders(&mut self, domain: &Value) -> Vec<i64> {
        let token = self.all.clone();
        let arguments = json!({"model": "sale.order", "domain": domain, "fields": ["name"]});
        let rows = self.answer(&token, "odoo_search", &arguments)["records"].clone();
        let rows = rows.as_array().expect("rows").clone();
        rows.iter().filter_map(|row| row["id"].as_i64()).collect()
    }

    /// That SQL leaves the question to Odoo, and how Odoo is to be asked.
    fn is_handed_on(&mut self, tool: &str, arguments: &Value) -> Value {
        let token = self.all.clone();
        let envelope = self.ask(&token, tool, arguments);
        let errand = envelope["delegate"].clone();
        assert!(
            errand.is_object(),
            "Odoo {}: {tool} {arguments}: {envelope}",
            self.version
        );
        let protocol = of(self.version, "jsonrpc", "jsonrpc", "jsonrpc", "json2");
        assert_eq!(errand["protocol"], protocol, "{errand}");
        errand
    }
}

fn each(purpose: &str, test: impl Fn(Shape)) {
    let env = Environment::load();
    for version in [16, 17, 18, 19] {
        test(shape(&env, purpose, version));
    }
}

#[test]
fn who_asks_is_known_with_implied_groups_and_rules() {
    each("shape_rights", |mut odoo| {
        let (all, own) = (odoo.all.clone(), odoo.own.clone());
        let context = odoo.answer(&own, "odoo_context", &json!({}));
        assert_eq!(context["user"]["login"], "own", "{context}");
        let version = format!("{}.0.1.3", odoo.version);
        assert_eq!(context["odoo_version"], version, "{context}");
        let count = |odoo: &mut Shape, token: &str| {
            odoo.answer(token, "odoo_count", &json!({"model": "sale.order"}))["count"].clone()
        };
        assert_eq!(count(&mut odoo, &all), 3, "{}", odoo.version);
        assert_eq!(count(&mut odoo, &own), 2, "{}", odoo.version);
        // one that is in none of the groups that may read it is told which they are, with what they are shown under
        let admin = odoo.scratch.token("admin");
        let refused = odoo.ask(&admin, "odoo_count", &json!({"model": "sale.order"}));
        assert_eq!(refused["error"]["code"], "access_denied", "{refused}");
        assert!(
            refused.to_string().contains("Sales / Own Documents"),
            "Odoo {}: {refused}",
            odoo.version
        );
        let models = odoo.answer(&own, "odoo_list_models", &json!({}));
        let names: Vec<&str> = models["models"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|model| model["model"].as_str())
            .collect();
        assert!(names.contains(&"sale.order"), "{models}");
        // a group that is taken away is gone in the next call
        let mut superuser = odoo.scratch.superuser();
        superuser
            .batch_execute(
                "delete from res_groups_users_rel where uid = 6; insert into res_groups_users_rel (gid, uid) values (1, 6)",
            )
            .expect("Odoo's table");
        let refused = odoo.ask(&own, "odoo_count", &json!({"model": "sale.order"}));
        assert_eq!(refused["error"]["code"], "access_denied", "{refused}");
    });
}

#[test]
fn what_is_not_set_is_found_as_that_odoo_finds_it() {
    each("shape_unset", |mut odoo| {
        let version = odoo.version;
        let of = |a: Ids, b: Ids, c: Ids, d: Ids| of(version, a, b, c, d);
        let none: Ids = &[];
        let expected: [(Value, Ids); 14] = [
            (
                json!([["amount_total", "=", 0]]),
                of(&[3], &[3], &[2, 3], &[2, 3]),
            ),
            (
                json!([["amount_total", "=", false]]),
                of(&[2], &[2], &[2, 3], &[2, 3]),
            ),
            (
                json!([["amount_total", "!=", 0]]),
                of(&[1], &[1], &[1], &[1]),
            ),
            (
                json!([["amount_total", "not in", [0]]]),
                of(&[1, 2], &[1, 2], &[1], &[1]),
            ),
            (
                json!([["amount_total", "<", 50]]),
                of(&[3], &[3], &[2, 3], &[2, 3]),
            ),
            (json!([["amount_total", ">", 50]]), &[1]),
            (
                json!(["!", ["amount_total", ">", 50]]),
                of(&[3], &[3], &[2, 3], &[2, 3]),
            ),
            (
                json!([["note", "=", false]]),
                of(&[1], &[1], &[1, 2], &[1, 2]),
            ),
            (json!([["note", "=", ""]]), of(&[2], &[2], &[1, 2], &[1, 2])),
            (json!([["note", "!=", ""]]), of(&[3], &[3], &[3], &[3])),
            (
                json!([["note", "!=", false]]),
                of(&[2, 3], &[2, 3], &[3], &[3]),
            ),
            (json!([["note", "!=", "x"]]), &[1, 2]),
            (
                json!([["note", "<", "y"]]),
                of(&[2, 3], &[2, 3], &[2, 3], &[1, 2, 3]),
            ),
            (json!([["state", "=", false]]), none),
        ];
        for (domain, orders) in expected {
            assert_eq!(
                odoo.orders(&domain),
                orders,
                "Odoo {}: {domain}",
                odoo.version
            );
        }
    });
}

#[test]
fn dates_are_days_of_the_user_or_of_utc() {
    each("shape_dates", |mut odoo| {
        let version = odoo.version;
        let of = |older: Ids, b: Ids| of(version, older, older, older, b);
        // in Brussels the first of February begins at 23:00 of the day before
        let expected: [(Value, Ids); 6] = [
            (
                json!([["date_order", ">=", "2026-02-01"]]),
                of(&[2, 3], &[1, 2, 3]),
            ),
            (json!([["date_order", "<=", "2026-01-31"]]), of(&[1], &[])),
            (
                json!([["date_order", "=", "2026-02-02 00:00:00"]]),
                of(&[], &[3]),
            ),
            (
                json!([["date_order", ">", "2026-02-02 00:00:00"]]),
                of(&[3], &[]),
            ),
            (
                json!([["date_order", "!=", "2026-02-02 00:00:00"]]),
                of(&[1, 2, 3], &[1, 2]),
            ),
            (json!([["date_order", "=", false]]), &[]),
        ];
        for (domain, orders) in expected {
            assert_eq!(
                odoo.orders(&domain),
                orders,
                "Odoo {}: {domain}",
                odoo.version
            );
        }
    });
}

#[test]
fn related_records_are_found_or_left_to_odoo() {
    each("shape_related", |mut odoo| {
        let expected: [(Value, Ids); 7] = [
            // the partner of S3 is archived, and a path finds it all the same
            (json!([["partner_id.name", "ilike", "gem"]]), &[3]),
            (json!([["partner_id", "ilike", "gem"]]), &[3]),
            (json!([["tag_ids", "in", [1, 2]]]), &[1, 2]),
            (json!([["tag_ids.name", "ilike", "o"]]), &[1, 2]),
            (json!([["tag_ids", "=", false]]), &[]),
            (json!([["category_id", "child_of", 1]]), &[1, 2]),
            (json!([["category_id.parent_id", "=", 1]]), &[1]),
        ];
        for (domain, orders) in expected {
            assert_eq!(
                odoo.orders(&domain),
                orders,
                "Odoo {}: {domain}",
                odoo.version
            );
        }
        let left = [
            (
                json!([["partner_id", "not ilike", "gem"]]),
                [16, 17].as_slice(),
            ),
            (json!(["!", ["category_id", "child_of", 1]]), &[16, 17, 18]),
            (json!(["!", ["name", "=like", "S%"]]), &[16, 17, 18]),
            (json!([["tag_ids", "in", [1, false]]]), &[16, 17, 18]),
            (json!([["category_id", "child_of", "Goods"]]), &[16, 17, 18]),
            (
                json!([["date_order", ">", "2026-02-02 00:00:00.5"]]),
                &[16, 17, 18],
            ),
        ];
        for (domain, versions) in left {
            if versions.contains(&odoo.version) {
                let errand = odoo.is_handed_on(
                    "odoo_count",
                    &json!({"model": "sale.order", "domain": domain}),
                );
                let asked = &errand["requests"][0];
                assert_eq!(asked["method"], "search_count", "{errand}");
            } else {
                odoo.orders(&domain);
            }
        }
    });
}

#[test]
fn weeks_begin_on_monday_or_when_the_language_says_so() {
    each("shape_weeks", |mut odoo| {
        let arguments = json!({"model": "sale.order", "groupby": ["date_order:week"], "aggregates": ["__count", "amount_total:sum"],
            "context": {"tz": "UTC"}});
        let token = odoo.all.clone();
        let answer = odoo.answer(&token, "odoo_read_group", &arguments);
        let groups = answer["groups"].as_array().expect("groups");
        let counts: Vec<i64> = groups
            .iter()
            .filter_map(|group| group["__count"].as_i64())
            .collect();
        // the first of February 2026 is a Sunday
        let expected = of(odoo.version, [2, 1], [1, 2], [1, 2], [1, 2]);
        assert_eq!(counts, expected, "Odoo {}: {answer}", odoo.version);
        assert_eq!(groups[0]["amount_total:sum"], 100.0, "{answer}");
    });
}

#[test]
fn labels_names_and_values_are_in_the_language() {
    each("shape_language", |mut odoo| {
        let token = odoo.all.clone();
        let french = json!({"lang": "fr_FR"});
        let tags = json!({"model": "sale.tag", "fields": ["name"], "context": french});
        let tags = odoo.answer(&token, "odoo_search", &tags);
        assert_eq!(
            tags["records"],
            json!([{"id": 1, "name": "Chaud"}, {"id": 2, "name": "Cold"}])
        );
        let found = json!({"model": "sale.tag", "name": "chau", "context": french});
        let found = odoo.answer(&token, "odoo_name_search", &found);
        assert_eq!(found["records"], json!([[1, "Chaud"]]), "{found}");
        let asked = json!({"model": "sale.order", "context": french});
        let described = odoo.answer(&token, "odoo_describe_model", &asked);
        assert_eq!(
            described["label"].as_str().or(described["name"].as_str()),
            Some("Bon de commande"),
            "{described}"
        );
        let said = described.to_string();
        for word in ["Somme", "Devis"] {
            assert!(said.contains(word), "Odoo {}: {said}", odoo.version);
        }
        let read = json!({"model": "sale.order", "ids": [3], "fields": ["partner_id", "tag_ids", "note", "amount_total"]});
        let read = odoo.answer(&token, "odoo_read", &read);
        // the tag is archived
        assert_eq!(
            read["records"],
            json!([{"id": 3, "partner_id": [11, "Gemini"], "tag_ids": [], "note": "x", "amount_total": 0}]),
            "Odoo {}",
            odoo.version
        );
    });
}

#[test]
fn a_value_of_the_company_is_odoos_wherever_it_is_kept() {
    each("shape_company", |mut odoo| {
        let token = odoo.all.clone();
        let limits =
            json!({"model": "res.partner", "ids": [10], "fields": ["name", "credit_limit"]});
        let errand = odoo.is_handed_on("odoo_read", &limits);
        assert_eq!(errand["requests"][0]["method"], "read", "{errand}");
        let found = json!({"model": "res.partner", "domain": [["credit_limit", ">", 100]]});
        odoo.is_handed_on("odoo_count", &found);
        // nor does it stand in the way of the others
        let names = json!({"model": "res.partner", "ids": [10], "fields": ["name"]});
        let read = odoo.answer(&token, "odoo_read", &names);
        assert_eq!(read["records"][0]["name"], "Azure", "{read}");
    });
}

#[test]
fn a_module_that_changes_takes_its_models_away() {
    each("shape_modules", |mut odoo| {
        let token = odoo.all.clone();
        let tags = json!({"model": "sale.tag"});
        // twice, so that it is kept
        for _ in 0..3 {
            odoo.answer(&token, "odoo_count", &tags);
        }
        let mut superuser = odoo.scratch.superuser();
        // it has no model of its own, but what the tag inherits from may be what it extends
        superuser
            .batch_execute("update ir_module_module set state = 'installed', latest_version = '1', write_date = now() where name = 'crm'")
            .expect("Odoo's table");
        let envelope = odoo.ask(&token, "odoo_count", &tags);
        let is_told = odoo.version > 16;
        assert_eq!(
            envelope["result"]["engine"] == "sql",
            is_told,
            "Odoo {}: {envelope}",
            odoo.version
        );
        superuser
            .batch_execute("update ir_module_module set state = 'uninstalled' where name = 'crm'")
            .expect("Odoo's table");
        odoo.answer(&token, "odoo_count", &tags);
        superuser
            .batch_execute("update ir_module_module set latest_version = '2' where name = 'sale'")
            .expect("Odoo's table");
        odoo.is_handed_on("odoo_count", &tags);
    });
}

#[test]
fn keys_end_by_themselves_or_when_they_are_swept() {
    each("shape_keys", |mut odoo| {
        let mut superuser = odoo.scratch.superuser();
        let id = token_id(&mut superuser, &odoo.own);
        let waiting = Waiting::of(&mut superuser, id, odoo_mcp_tests::waiting::SHAPE);
        let name = front_name(&mut odoo.front);
        let key = waiting.key(&mut odoo.front, &name);
        let row = value(
            &mut superuser,
            "select to_jsonb(k) from res_users_apikeys k",
        );
        assert_eq!(row["user_id"], 6, "{row}");
        assert_eq!(row["scope"], "rpc", "{row}");
        assert_eq!(row["index"], key[..8], "{row}");
        let has_end = odoo.version >= 18;
        assert_eq!(row["expiration_date"].is_string(), has_end, "{row}");
        let signal = of(
            odoo.version,
            "base_cache_signaling",
            "base_cache_signaling_default",
            "base_cache_signaling_default",
            "",
        );
        let moved = |superuser: &mut Client| match signal {
            "" => 0,
            name => number(
                superuser,
                &format!("select last_value + is_called::integer from {name}"),
            ),
        };
        let before = moved(&mut superuser);
        superuser
            .execute("select odoo_mcp.revoke_token($1)", &[&id])
            .expect("an id");
        let token = odoo.all.clone();
        odoo.answer(&token, "odoo_count", &json!({"model": "sale.tag"}));
        assert_eq!(
            number(&mut superuser, "select count(*) from res_users_apikeys"),
            0
        );
        let is_moved = moved(&mut superuser) > before;
        assert_eq!(is_moved, !signal.is_empty(), "Odoo {}", odoo.version);
    });
}

#[test]
fn the_doctor_has_nothing_to_say_of_the_shape_and_teardown_leaves_nothing() {
    each("shape_doctor", |odoo| {
        let mut superuser = odoo.scratch.superuser();
        let findings = superuser
            .query("select to_jsonb(d) from odoo_mcp.doctor() d", &[])
            .expect("the doctor");
        let said: Vec<Value> = findings.iter().map(|row| row.get(0)).collect();
        assert!(
            said.iter().any(|finding| finding
                .to_string()
                .contains(&format!("{}.0.1.3", odoo.version))),
            "{said:?}"
        );
        let errors: Vec<&Value> = said
            .iter()
            .filter(|finding| finding["status"] == "error")
            .collect();
        assert!(errors.is_empty(), "Odoo {}: {errors:?}", odoo.version);
        superuser
            .batch_execute("select odoo_mcp.teardown(); drop extension pg_odoo_mcp")
            .expect("teardown");
        let left = text(
            &mut superuser,
            "select string_agg(rolname, ' ') from pg_roles where rolname like 'odoo\\_mcp\\_' || current_database() || '\\_%'",
        );
        assert_eq!(left, "", "Odoo {}", odoo.version);
    });
}
