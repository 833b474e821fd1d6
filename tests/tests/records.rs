//! Records by their ids and by their names: what each user gets is what Odoo's own `read` and `name_search` give, and
//! what is refused is refused by both.

use odoo_mcp_tests::query::number;
use odoo_mcp_tests::{Environment, McpClient, OdooClient, OdooError};
use serde_json::{Value, json};

const USERS: [&str; 7] = [
    "admin",
    "sales_all",
    "sales_own",
    "books",
    "beta_user",
    "portal",
    "nobody",
];

struct Asker {
    login: &'static str,
    mcp: McpClient,
    odoo: OdooClient,
    /// Spelled out for both.
    context: Value,
}

impl Asker {
    fn new(env: &Environment, login: &'static str) -> Self {
        let mut mcp = env.mcp(login);
        let who = mcp.call_tool("odoo_context", &json!({})).result();
        let companies = who["companies"].as_array().into_iter().flatten();
        let companies: Vec<&Value> = companies.map(|company| &company["id"]).collect();
        Self {
            login,
            odoo: env.odoo(login),
            context: json!({"lang": who["user"]["lang"], "tz": "UTC", "allowed_company_ids": companies}),
            mcp,
        }
    }

    /// Our records and Odoo's result of the same arguments, or both refusals by their class; the engine.
    fn both(&mut self, tool: &str, method: &str, model: &str, arguments: &Value) -> Option<String> {
        let mut ours = arguments.clone();
        ours["model"] = json!(model);
        ours["context"] = self.context.clone();
        let mut theirs = arguments.clone();
        theirs["context"] = self.context.clone();
        let answer = self.mcp.call_tool(tool, &ours);
        let theirs = self.odoo.call(model, method, &theirs);
        let login = self.login;
        match (answer.is_error, theirs) {
            (false, Ok(theirs)) => {
                let (mut found, mut wanted) = (answer.content["records"].clone(), theirs);
                if tool == "odoo_name_search" && model == "account.journal" {
                    // companies have the same journals: of those in the same place of the order the first is anyone's
                    assert_eq!(names(&found), names(&wanted), "{login} {tool} {ours}");
                    for list in [&mut found, &mut wanted] {
                        list.as_array_mut()
                            .expect("pairs")
                            .sort_by_key(|pair| pair[0].as_i64());
                    }
                }
                assert_eq!(found, wanted, "{login} {tool} {ours}");
                answer.content["engine"].as_str().map(str::to_owned)
            }
            (true, Err(error)) => {
                assert!(
                    is_same_class(answer.code(), &error),
                    "{login} {tool} {ours}: {} and {error}",
                    answer.content
                );
                None
            }
            (_, theirs) => panic!("{login} {tool} {ours}: {} and {theirs:?}", answer.content),
        }
    }
}

fn names(pairs: &Value) -> Vec<&Value> {
    pairs
        .as_array()
        .into_iter()
        .flatten()
        .map(|pair| &pair[1])
        .collect()
}

fn is_same_class(code: &str, error: &OdooError) -> bool {
    match code {
        "access_denied" => error.name == "odoo.exceptions.AccessError",
        "missing_record" => error.name == "odoo.exceptions.MissingError",
        "unknown_field" => error.name == "builtins.ValueError",
        _ => false,
    }
}

fn ids(env: &Environment, table: &str, filter: &str) -> Vec<i64> {
    env.superuser()
        .query(
            &format!("select id::bigint from {table} where {filter} order by id"),
            &[],
        )
        .expect("ids")
        .iter()
        .map(|row| row.get(0))
        .collect()
}

#[test]
fn records_of_ids_are_those_that_odoo_reads_in_its_order() {
    let env = Environment::load();
    let (mut by_sql, mut by_odoo, mut refused) = (0, 0, 0);
    for login in USERS {
        let mut asker = Asker::new(&env, login);
        for (model, table, fields) in [
            (
                "sale.order",
                "sale_order",
                json!([
                    "name",
                    "partner_id",
                    "date_order",
                    "amount_total",
                    "order_line"
                ]),
            ),
            (
                "res.partner",
                "res_partner",
                json!(["name", "active", "display_name"]),
            ),
            ("crm.lead", "crm_lead", json!(["name", "stage_id"])),
            ("account.move", "account_move", json!(["name", "state"])),
            (
                "product.product",
                "product_product",
                json!(["default_code", "name", "lst_price"]),
            ),
            ("res.users", "res_users", json!(["name", "login"])),
            ("mail.message", "mail_message", json!(["subject", "date"])),
        ] {
            let all = ids(&env, table, "true");
            let missing = all.last().map_or(1, |last| last + 100_000);
            let some: Vec<i64> = all.iter().copied().take(40).collect();
            let mut lists = vec![vec![], vec![missing], vec![-5, missing, 99_999_999_999]];
            lists.extend(some.iter().take(6).map(|id| vec![*id]));
            lists.push(some.iter().rev().copied().collect());
            lists.extend(some.chunks(5).map(|part| {
                let mut list = vec![missing];
                list.extend(part.iter().rev().chain(part));
                list
            }));
            for ids in lists {
                let call = json!({"ids": ids, "fields": fields});
                if ids.is_empty() && login_lacks(&mut asker, model) {
                    continue;
                }
                match asker.both("odoo_read", "read", model, &call).as_deref() {
                    Some("sql") => by_sql += 1,
                    Some(_) => by_odoo += 1,
                    None => refused += 1,
                }
            }
        }
    }
    println!("{by_sql} reads by SQL, {by_odoo} by Odoo, {refused} refused by both");
    assert!(
        by_sql > 100 && by_odoo > 50 && refused > 30,
        "{by_sql} {by_odoo} {refused}"
    );
}

/// Of no ids Odoo asks no right; we ask it of everything.
fn login_lacks(asker: &mut Asker, model: &str) -> bool {
    let answer = asker
        .mcp
        .call_tool("odoo_read", &json!({"model": model, "ids": []}));
    answer.is_error && answer.code() == "access_denied"
}

#[test]
fn a_record_of_another_is_refused_by_name_and_one_that_is_gone_is_said() {
    let env = Environment::load();
    let me = env.users.of("sales_own").id;
    let mine = ids(
        &env,
        "sale_order",
        &format!("user_id = {me} and company_id = 1"),
    );
    let others = ids(&env, "sale_order", &format!("user_id <> {me}"));
    let mut asker = Asker::new(&env, "sales_own");
    let read = |asker: &mut Asker, ids: Value| {
        let call = json!({"model": "sale.order", "ids": ids, "fields": ["name"]});
        asker.mcp.call_tool("odoo_read", &call)
    };
    let gone = others.last().expect("an order") + 100_000;
    let answer = read(&mut asker, json!([gone, mine[0]])).result();
    assert_eq!(answer["records"].as_array().map(Vec::len), Some(1));
    let warning = answer["warnings"][0].clone();
    assert_eq!(warning["code"], "missing_record", "{answer}");
    assert!(warning.to_string().contains(&gone.to_string()), "{warning}");
    let answer = read(&mut asker, json!([mine[0], others[0], gone]));
    assert_eq!(answer.code(), "access_denied");
    let said = answer.error().to_string();
    assert!(
        said.contains(&format!("record {} of sale.order", others[0]))
            && said.contains("Personal Orders"),
        "{said}"
    );
    let theirs = asker.odoo.call(
        "sale.order",
        "read",
        &json!({"ids": [mine[0], others[0], gone], "fields": ["name"]}),
    );
    assert!(
        theirs.is_err_and(|error| is_same_class("access_denied", &error)),
        "Odoo refuses it, too"
    );
}

#[test]
fn archived_records_are_read_whatever_the_context_says() {
    let env = Environment::load();
    let archived = ids(&env, "res_partner", "not active");
    assert!(!archived.is_empty(), "some partner is archived");
    let mut asker = Asker::new(&env, "admin");
    for active_test in [true, false] {
        asker.context["active_test"] = json!(active_test);
        let call = json!({"ids": archived, "fields": ["name", "active", "child_ids"]});
        let engine = asker.both("odoo_read", "read", "res.partner", &call);
        assert!(engine.is_some());
    }
}

#[test]
fn what_is_linked_by_a_model_s_name_is_read_as_the_user_may_see_it() {
    let env = Environment::load();
    for login in ["admin", "sales_all", "sales_own", "beta_user", "portal"] {
        let mut asker = Asker::new(&env, login);
        for (model, table) in [("sale.order", "sale_order"), ("res.partner", "res_partner")] {
            for (field, engine) in [
                ("message_follower_ids", "sql"),
                ("rating_ids", "sql"),
                ("message_ids", "odoo"),
                ("website_message_ids", "odoo"),
                ("activity_ids", "odoo"),
            ] {
                let domain = json!([["id", "in", ids(&env, table, "id % 2 = 0")]]);
                let asked =
                    json!({"domain": domain, "fields": [field], "order": "id", "limit": 40});
                let by = asker.both("odoo_search", "search_read", model, &asked);
                assert!(
                    by.as_deref().is_none_or(|by| by == engine),
                    "{login} {field} of {model}: {by:?}"
                );
            }
        }
    }
}

#[test]
fn a_record_that_is_not_there_is_never_shown() {
    let env = Environment::load();
    let mut asker = Asker::new(&env, "admin");
    // Odoo looks at no row for these fields
    for (model, fields) in [
        ("res.partner", json!(["id"])),
        ("mail.message", json!(["id"])),
        ("sale.order", json!(["order_line"])),
    ] {
        let call = json!({"model": model, "ids": [999_999_999], "fields": fields});
        let answer = asker.mcp.call_tool("odoo_read", &call).result();
        assert_eq!(answer["records"], json!([]), "{call}");
        assert_eq!(answer["warnings"][0]["code"], "missing_record", "{answer}");
    }
}

#[test]
fn what_is_no_list_of_ids_is_refused() {
    let env = Environment::load();
    let mut mcp = env.mcp("admin");
    for model in ["res.partner", "mail.message"] {
        for ids in [
            json!(1),
            json!("1"),
            json!(["1"]),
            json!([true]),
            json!([0]),
            json!([1.5]),
            json!([null]),
            json!((1..=1001).collect::<Vec<_>>()),
        ] {
            let answer = mcp.call_tool("odoo_read", &json!({"model": model, "ids": ids}));
            assert_eq!(answer.code(), "invalid_arguments", "{model} {ids}");
        }
    }
    let most =
        json!({"model": "res.partner", "ids": (1..=1000).collect::<Vec<_>>(), "fields": ["id"]});
    let answer = mcp.call_tool("odoo_read", &most).result();
    assert!(answer["records"].as_array().is_some_and(|r| !r.is_empty()));
}

#[test]
fn names_find_what_odoo_s_own_name_search_finds() {
    let env = Environment::load();
    let (mut by_sql, mut by_odoo, mut refused) = (0, 0, 0);
    for login in USERS {
        let mut asker = Asker::new(&env, login);
        for (model, names) in [
            (
                "res.partner",
                &["", "a", "azure", "AZURE INTERIOR", "%", "@"][..],
            ),
            ("sale.order", &["", "S0", "s00001"]),
            ("res.company", &["", "my"]),
            ("crm.tag", &["", "e"]),
            ("product.category", &["", "all", "Saleable"]),
            ("res.currency", &["", "EUR", "eu"]),
            ("account.journal", &["", "bank", "INV"]),
            ("account.account", &["", "1010", "bank"]),
            // Python searches, or makes the names
            ("res.users", &["", "sales_all", "a"]),
            ("res.country", &["", "BE", "bel"]),
            ("product.product", &["", "E-COM", "desk"]),
            ("product.template", &["", "desk"]),
        ] {
            for name in names {
                for more in [
                    json!({}),
                    json!({"operator": "=", "limit": 5}),
                    json!({"operator": "not ilike", "limit": 5}),
                    json!({"operator": "=ilike", "domain": [["id", ">", 2]]}),
                ] {
                    let mut call = more.clone();
                    call["name"] = json!(name);
                    match asker
                        .both("odoo_name_search", "name_search", model, &call)
                        .as_deref()
                    {
                        Some("sql") => by_sql += 1,
                        Some(_) => by_odoo += 1,
                        None => refused += 1,
                    }
                }
            }
        }
    }
    println!("{by_sql} searches by SQL, {by_odoo} by Odoo, {refused} refused by both");
    assert!(
        by_sql > 200 && by_odoo > 100 && refused > 20,
        "{by_sql} {by_odoo} {refused}"
    );
}

#[test]
fn a_pattern_that_ends_in_the_middle_of_an_escape_is_no_fault_of_ours() {
    let env = Environment::load();
    let mut mcp = env.mcp("admin");
    let name = json!({"model": "crm.team", "name": "\\", "operator": "=ilike"});
    let answer = mcp.call_tool("odoo_name_search", &name);
    assert_eq!(answer.code(), "invalid_domain", "{}", answer.content);
    let domain = json!({"model": "crm.team", "domain": [["name", "=like", "%\\"]]});
    let answer = mcp.call_tool("odoo_count", &domain);
    assert_eq!(answer.code(), "invalid_domain", "{}", answer.content);
}

#[test]
fn a_search_by_name_says_whether_there_are_more() {
    let env = Environment::load();
    let mut mcp = env.mcp("admin");
    let count = number(
        &mut env.superuser(),
        "select count(*)::bigint from res_currency where active",
    );
    let mut search = |limit: i64| {
        let call = json!({"model": "res.currency", "name": "", "limit": limit});
        let answer = mcp.call_tool("odoo_name_search", &call).result();
        assert_eq!(answer["engine"], "sql");
        (
            answer["records"].as_array().map(Vec::len),
            answer["has_more"].clone(),
        )
    };
    let all = usize::try_from(count).expect("a count");
    assert_eq!(search(count), (Some(all), json!(false)));
    assert_eq!(search(count - 1), (Some(all - 1), json!(true)));
    let answer = mcp
        .call_tool(
            "odoo_name_search",
            &json!({"model": "res.country", "name": "", "limit": 2}),
        )
        .result();
    assert_eq!(answer["engine"], "odoo");
    assert_eq!(answer["warnings"][0]["code"], "limit_reached", "{answer}");
}
