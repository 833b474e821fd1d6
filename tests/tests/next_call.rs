//! Six kinds of change that people make in Odoo, through Odoo's own RPC or by who administers us: each is in force in the
//! front's very next call, on connections that have answered before and keep what they read, and Odoo says the same.

use odoo_mcp_tests::query::{number, text};
use odoo_mcp_tests::stage::SETTLING;
use odoo_mcp_tests::{Environment, McpClient, OdooClient, Site, scan};
use serde_json::{Value, json};

/// Connections that a front opens when it is asked by one caller after the other are few; each is to be warm.
const WARM_UP: usize = 4 * SETTLING;

struct Place {
    site: Site,
    mcp: McpClient,
    /// As the user whose rights change.
    odoo: OdooClient,
    /// Who changes them.
    admin: OdooClient,
}

impl Place {
    fn new(name: &str, login: &str) -> Self {
        let env = Environment::load();
        let site = Site::unscanned(&env, &format!("next_{name}"), "");
        scan::load(&env, &mut site.scratch.superuser());
        Self {
            mcp: site.mcp(login),
            odoo: site.odoo(login),
            admin: site.odoo("admin"),
            site,
        }
    }

    /// The id behind an external id.
    fn id(&self, name: &str) -> i64 {
        let (module, name) = name.split_once('.').expect("module.name");
        number(
            &mut self.site.scratch.superuser(),
            &format!(
                "select res_id::bigint from ir_model_data where module = '{module}' and name = '{name}'"
            ),
        )
    }

    fn user(&self, login: &str) -> i64 {
        let sql = format!("select id::bigint from res_users where login = '{login}'");
        number(&mut self.site.scratch.superuser(), &sql)
    }

    fn write(&self, model: &str, id: i64, values: &Value) {
        self.admin
            .call(model, "write", &json!({"ids": [id], "vals": values}))
            .unwrap_or_else(|error| panic!("{model} {id} {values}: {error}"));
    }

    /// Our answer, and that Odoo's is the same: a number, or a refusal.
    #[track_caller]
    fn count(&mut self, model: &str) -> Option<i64> {
        let answer = self.mcp.call_tool("odoo_count", &json!({"model": model}));
        let theirs = self
            .odoo
            .call(model, "search_count", &json!({"domain": []}));
        if answer.is_error {
            assert_eq!(answer.code(), "access_denied", "{}", answer.content);
            assert_eq!(theirs.map_err(|error| error.status), Err(403), "{model}");
            return None;
        }
        assert_eq!(Ok(answer.content["count"].clone()), theirs, "{model}");
        answer.content["count"].as_i64()
    }

    #[track_caller]
    fn warm_up(&mut self, model: &str) -> Option<i64> {
        let first = self.count(model);
        for _ in 0..WARM_UP {
            assert_eq!(self.count(model), first);
        }
        first
    }

    #[track_caller]
    fn engine(&mut self, model: &str) -> String {
        let answer = self.mcp.call_tool("odoo_count", &json!({"model": model}));
        answer.result()["engine"]
            .as_str()
            .expect("an engine")
            .to_owned()
    }
}

#[test]
fn a_rule() {
    let mut place = Place::new("rule", "sales_all");
    let before = place.warm_up("sale.order");
    let rule = place.id("sale.sale_order_see_all");
    place.write(
        "ir.rule",
        rule,
        &json!({"domain_force": "[('state', '=', 'draft')]"}),
    );
    let after = place.count("sale.order");
    assert!(after < before, "{before:?} {after:?}");
    place.write("ir.rule", rule, &json!({"active": false}));
    assert!(place.count("sale.order") < after);
    place.write(
        "ir.rule",
        rule,
        &json!({"active": true, "domain_force": "[(1, '=', 1)]"}),
    );
    assert_eq!(place.count("sale.order"), before);
}

#[test]
fn membership_in_a_group() {
    let mut place = Place::new("group", "sales_own");
    let before = place.warm_up("sale.order");
    let (user, group) = (
        place.user("sales_own"),
        place.id("sales_team.group_sale_salesman_all_leads"),
    );
    place.write("res.users", user, &json!({"group_ids": [[4, group]]}));
    assert!(place.count("sale.order") > before);
    place.write("res.users", user, &json!({"group_ids": [[3, group]]}));
    assert_eq!(place.count("sale.order"), before);
}

#[test]
fn the_companies_of_a_user() {
    let mut place = Place::new("company", "both_user");
    let before = place.warm_up("sale.order");
    let user = place.user("both_user");
    let beta = number(
        &mut place.site.scratch.superuser(),
        "select id::bigint from res_company where name = 'Beta Europe'",
    );
    place.write("res.users", user, &json!({"company_ids": [[3, beta]]}));
    let after = place.count("sale.order");
    assert!(after < before, "{before:?} {after:?}");
    place.write(
        "res.users",
        user,
        &json!({"company_ids": [[4, beta]], "company_id": beta}),
    );
    assert_eq!(place.count("sale.order"), before);
    let who = place.mcp.call_tool("odoo_context", &json!({})).result();
    assert_eq!(who["company_id"], beta);
}

#[test]
fn an_access_list() {
    let mut place = Place::new("acl", "sales_all");
    let before = place.warm_up("crm.tag");
    assert!(before.is_some());
    let lists = place
        .admin
        .call(
            "ir.model.access",
            "search",
            &json!({"domain": [["model_id.model", "=", "crm.tag"], ["perm_read", "=", true]]}),
        )
        .expect("lists");
    let write = |values: Value| {
        place
            .admin
            .call(
                "ir.model.access",
                "write",
                &json!({"ids": lists, "vals": values}),
            )
            .expect("written");
    };
    write(json!({"perm_read": false}));
    let refused = place
        .mcp
        .call_tool("odoo_count", &json!({"model": "crm.tag"}));
    assert_eq!(refused.code(), "access_denied", "{}", refused.content);
    write(json!({"perm_read": true}));
    assert_eq!(place.count("crm.tag"), before);
}

#[test]
fn a_field_that_somebody_made_in_odoo() {
    let mut place = Place::new("field", "sales_all");
    place.warm_up("crm.tag");
    let question = json!({"model": "crm.tag", "fields": ["name", "x_shade"], "order": "id", "limit": 3,
        "domain": [["x_shade", "!=", "dark"]]});
    let unknown = place.mcp.call_tool("odoo_search", &question);
    assert_eq!(unknown.code(), "unknown_field", "{}", unknown.content);

    let model = place
        .admin
        .call(
            "ir.model",
            "search",
            &json!({"domain": [["model", "=", "crm.tag"]]}),
        )
        .expect("the model");
    let field = place
        .admin
        .call(
            "ir.model.fields",
            "create",
            &json!({"vals_list": [{"name": "x_shade", "field_description": "Shade", "ttype": "char",
                "model_id": model[0], "state": "manual"}]}),
        )
        .expect("a manual field");
    let tags = place
        .odoo
        .call(
            "crm.tag",
            "search",
            &json!({"domain": [], "order": "id", "limit": 1}),
        )
        .expect("tags");
    place.write(
        "crm.tag",
        tags[0].as_i64().expect("an id"),
        &json!({"x_shade": "light"}),
    );
    let answer = place.mcp.call_tool("odoo_search", &question).result();
    let theirs = place
        .odoo
        .call(
            "crm.tag",
            "search_read",
            &json!({"domain": question["domain"], "fields": question["fields"], "order": "id", "limit": 3}),
        )
        .expect("Odoo's answer");
    assert_eq!(answer["records"], theirs, "{answer}");
    assert_eq!(answer["records"][0]["x_shade"], "light");

    place
        .admin
        .call("ir.model.fields", "unlink", &json!({"ids": field}))
        .expect("gone");
    let unknown = place.mcp.call_tool("odoo_search", &question);
    assert_eq!(unknown.code(), "unknown_field", "{}", unknown.content);
}

#[test]
fn facts_a_module_and_what_a_dba_decides() {
    let mut place = Place::new("facts", "sales_all");
    place.warm_up("crm.tag");
    assert_eq!(place.engine("crm.tag"), "sql");
    let mut superuser = place.site.scratch.superuser();

    // a DBA narrows
    for (engine, expected) in [("odoo", "odoo"), ("auto", "sql")] {
        superuser
            .execute(
                "select odoo_mcp.set_model_engine('crm.tag', $1, 'a test')",
                &[&engine],
            )
            .expect("decided");
        assert_eq!(place.engine("crm.tag"), expected, "{engine}");
    }

    // facts without the model, and with it again
    let all = scan::document(&Environment::load());
    let mut fewer = all.clone();
    for part in ["models", "sources"] {
        let part = fewer[part].as_object_mut().expect("by model");
        part.remove("crm.tag").expect("it was there");
    }
    scan::load_document(&mut superuser, &fewer);
    assert_eq!(place.engine("crm.tag"), "odoo");
    scan::load_document(&mut superuser, &all);
    assert_eq!(place.engine("crm.tag"), "sql");

    // a module that touches it has another version than was scanned; Odoo writes that itself
    let version = text(
        &mut superuser,
        "select latest_version from ir_module_module where name = 'sales_team'",
    );
    for (version, expected) in [("19.0.99.0", "odoo"), (version.as_str(), "sql")] {
        superuser
            .execute(
                "update ir_module_module set latest_version = $1 where name = 'sales_team'",
                &[&version],
            )
            .expect("another version");
        assert_eq!(place.engine("crm.tag"), expected, "{version}");
    }
}
