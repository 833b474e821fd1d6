//! Grouped reads: what `odoo_read_group` answers in SQL is what Odoo's `formatted_read_group` gives, with the numbers of
//! dates, lists, sums over currencies and filters that the questions of `parity` don't ask.

use odoo_mcp_tests::{Environment, McpClient, OdooClient};
use serde_json::{Value, json};

/// Equal; numbers as the doubles that they are read as, up to the last digits of sums whose order is open.
fn is_same(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (
                a.as_f64().unwrap_or(f64::NAN),
                b.as_f64().unwrap_or(f64::NAN),
            );
            (a - b).abs() <= 4.0 * f64::EPSILON * a.abs().max(b.abs())
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| is_same(a, b)))
        }
        _ => ours == theirs,
    }
}

struct Asker {
    login: &'static str,
    mcp: McpClient,
    odoo: OdooClient,
    companies: Vec<Value>,
}

impl Asker {
    fn new(env: &Environment, login: &'static str) -> Self {
        let mut mcp = env.mcp(login);
        let who = mcp.call_tool("odoo_context", &json!({})).result();
        let companies = who["companies"].as_array().into_iter().flatten();
        Self {
            login,
            odoo: env.odoo(login),
            companies: companies.map(|company| company["id"].clone()).collect(),
            mcp,
        }
    }

    fn context(&self, lang: &str, tz: &str) -> Value {
        json!({"lang": lang, "tz": tz, "allowed_company_ids": self.companies})
    }

    /// The groups of both, which must be the same; who answered, and how many groups there were.
    fn groups(&mut self, question: &Value, context: &Value) -> (String, usize) {
        let mut ours = question.clone();
        ours["context"] = context.clone();
        ours["limit"] = json!(2000);
        let mut theirs = ours.clone();
        let model = question["model"].as_str().expect("a model");
        theirs.as_object_mut().expect("a question").remove("model");
        if theirs.get("domain").is_none() {
            theirs["domain"] = json!([]);
        }
        let login = self.login;
        let theirs = self.odoo.call(model, "formatted_read_group", &theirs);
        let theirs = theirs.unwrap_or_else(|error| panic!("{login} {question}: {error}"));
        let ours = self.mcp.call_tool("odoo_read_group", &ours).result();
        assert!(
            is_same(&ours["groups"], &theirs),
            "{login} {question} {context}:\n{}\n{theirs}",
            ours["groups"]
        );
        let engine = ours["engine"].as_str().unwrap_or_default().to_owned();
        (engine, theirs.as_array().map_or(0, Vec::len))
    }

    fn count(&mut self, model: &str, domain: &Value, context: &Value) -> (Value, Value) {
        let ours = json!({"model": model, "domain": domain, "context": context});
        let ours = self.mcp.call_tool("odoo_count", &ours).result();
        assert_eq!(ours["engine"], "sql", "{domain}: {ours}");
        let theirs = json!({"domain": domain, "context": context});
        let theirs = self.odoo.call(model, "search_count", &theirs);
        (
            ours["count"].clone(),
            theirs.unwrap_or_else(|error| panic!("{domain}: {error}")),
        )
    }
}

const PARTS: [&str; 10] = [
    "year_number",
    "quarter_number",
    "month_number",
    "iso_week_number",
    "day_of_year",
    "day_of_month",
    "day_of_week",
    "hour_number",
    "minute_number",
    "second_number",
];

#[test]
fn groups_by_numbers_of_dates_are_odoo_s_in_every_timezone_and_language() {
    let env = Environment::load();
    let mut groups = 0;
    for login in ["admin", "sales_own", "beta_user"] {
        let mut asker = Asker::new(&env, login);
        for (lang, tz) in [
            ("en_US", "UTC"),
            ("fr_FR", "Pacific/Auckland"),
            ("ar_001", "America/St_Johns"),
        ] {
            if lang == "ar_001" && !has_language(&env, lang) {
                continue;
            }
            let context = asker.context(lang, tz);
            for part in PARTS {
                for (model, field) in [
                    ("sale.order", "date_order"),
                    ("sale.order", "validity_date"),
                    ("crm.lead", "date_deadline"),
                    ("sale.order.line", "order_id.date_order"),
                    ("res.partner", "create_date"),
                ] {
                    let key = format!("{field}:{part}");
                    let question =
                        json!({"model": model, "groupby": [key], "aggregates": ["__count"]});
                    let (engine, found) = asker.groups(&question, &context);
                    assert_eq!(engine, "sql", "{question}");
                    groups += found;
                }
            }
            let sorted = json!({"model": "sale.order", "groupby": ["date_order:day_of_week", "date_order:month"], "aggregates": ["amount_total:sum"], "order": "date_order:day_of_week desc, date_order:month"});
            groups += asker.groups(&sorted, &context).1;
        }
    }
    assert!(groups > 500, "{groups} groups are too few to tell anything");
}

fn has_language(env: &Environment, code: &str) -> bool {
    let found = env.superuser().query(
        "select 1 from res_lang where active and code = $1",
        &[&code],
    );
    !found.expect("languages").is_empty()
}

#[test]
fn conditions_on_numbers_of_dates_find_what_odoo_finds() {
    let env = Environment::load();
    let mut asker = Asker::new(&env, "admin");
    let (mut some, mut all) = (0, 0);
    for (at, part) in PARTS.iter().enumerate() {
        let tz = ["UTC", "Pacific/Auckland"][at % 2];
        let context = asker.context("en_US", tz);
        for (model, field) in [
            ("sale.order", "date_order"),
            ("sale.order", "validity_date"),
            ("sale.order.line", "order_id.date_order"),
            ("product.product", "product_tmpl_id.create_date"),
        ] {
            let path = format!("{field}.{part}");
            for condition in [
                json!([path, "=", 6]),
                json!([path, "!=", 6]),
                json!([path, "=", false]),
                json!([path, "!=", false]),
                json!([path, "in", [1, 2, 2026]]),
                json!([path, "in", [1, false]]),
                json!([path, "not in", [1, false]]),
                json!([path, "not in", [0, 2025.0]]),
                json!([path, "in", []]),
                json!([path, "<", 7]),
                json!([path, ">=", 6.5]),
                json!([path, "=?", false]),
                json!([path, "=?", 12]),
            ] {
                for domain in [json!([condition]), json!(["!", condition])] {
                    let (ours, theirs) = asker.count(model, &domain, &context);
                    assert_eq!(ours, theirs, "{model} {domain} {tz}");
                    all += 1;
                    some += usize::from(ours != 0);
                }
            }
        }
    }
    assert!(some * 4 > all, "{some} of {all} conditions find something");
}

#[test]
fn the_way_to_the_records_of_a_group_by_a_number_of_a_date_finds_as_many() {
    let env = Environment::load();
    let mut asker = Asker::new(&env, "admin");
    let context = asker.context("en_US", "Asia/Kolkata");
    let question = json!({"model": "sale.order", "groupby": ["date_order:day_of_month", "validity_date:month_number"], "aggregates": ["__count"], "context": context});
    let answer = asker.mcp.call_tool("odoo_read_group", &question).result();
    let groups = answer["groups"].as_array().expect("groups");
    assert!(groups.len() > 1, "{answer}");
    for group in groups {
        let (ours, theirs) = asker.count("sale.order", &group["__extra_domain"], &context);
        assert_eq!(
            (&ours, &theirs),
            (&group["__count"], &group["__count"]),
            "{group}"
        );
    }
}

#[test]
fn lists_sums_over_currencies_and_extremes_are_odoo_s() {
    let env = Environment::load();
    let mut groups = 0;
    for login in ["admin", "sales_own", "beta_user", "books"] {
        let mut asker = Asker::new(&env, login);
        for (lang, tz) in [("en_US", "UTC"), ("fr_FR", "Europe/Brussels")] {
            let context = asker.context(lang, tz);
            for (model, keys, aggregates) in [
                (
                    "sale.order",
                    json!(["state"]),
                    json!([
                        "id:array_agg",
                        "partner_id:array_agg",
                        "user_id:array_agg_distinct",
                        "name:array_agg",
                        "date_order:array_agg",
                        "validity_date:array_agg_distinct",
                        "amount_total:array_agg"
                    ]),
                ),
                (
                    "sale.order",
                    json!(["date_order:month"]),
                    json!([
                        "amount_total:sum_currency",
                        "amount_total:sum",
                        "amount_untaxed:sum_currency",
                        "currency_id:array_agg_distinct"
                    ]),
                ),
                (
                    "sale.order",
                    json!([]),
                    json!(["amount_total:sum_currency", "locked:array_agg"]),
                ),
                (
                    "sale.order",
                    json!(["tag_ids"]),
                    json!(["id:array_agg", "amount_total:sum_currency"]),
                ),
                (
                    "res.partner",
                    json!(["country_id"]),
                    json!([
                        "name:min",
                        "name:max",
                        "type:max",
                        "country_id:max",
                        "active:bool_and",
                        "is_company:bool_or",
                        "color:avg"
                    ]),
                ),
                (
                    "crm.lead",
                    json!(["stage_id"]),
                    json!([
                        "name:array_agg_distinct",
                        "date_deadline:max",
                        "probability:array_agg",
                        "expected_revenue:sum_currency"
                    ]),
                ),
                (
                    "res.country",
                    json!([]),
                    json!(["name:max", "code:count_distinct"]),
                ),
                (
                    "crm.tag",
                    json!([]),
                    json!(["name:array_agg_distinct", "name:array_agg"]),
                ),
                (
                    "account.move",
                    json!(["move_type"]),
                    json!([
                        "amount_total:sum_currency",
                        "invoice_date:array_agg_distinct",
                        "amount_residual:sum_currency"
                    ]),
                ),
            ] {
                if login == "books" && matches!(model, "crm.lead" | "crm.tag" | "sale.order")
                    || login != "books" && login != "admin" && model == "account.move"
                {
                    continue;
                }
                for domain in [json!([]), json!([["id", "<", 0]])] {
                    let question = json!({"model": model, "groupby": keys, "aggregates": aggregates, "domain": domain});
                    let (engine, found) = asker.groups(&question, &context);
                    // what else the model's Python decides is not asked here
                    if matches!(
                        model,
                        "sale.order" | "res.partner" | "res.country" | "crm.tag"
                    ) {
                        assert_eq!(engine, "sql", "{login} {question}");
                    }
                    groups += found;
                }
            }
        }
    }
    assert!(groups > 150, "{groups} groups are too few to tell anything");
}

#[test]
fn having_by_every_kind_of_figure_leaves_odoo_s_groups() {
    let env = Environment::load();
    let mut asker = Asker::new(&env, "admin");
    let context = asker.context("en_US", "Europe/Brussels");
    let mut groups = 0;
    for (model, key, having) in [
        (
            "res.partner",
            "country_id",
            json!([["is_company:bool_or", "=", true]]),
        ),
        (
            "res.partner",
            "country_id",
            json!([["is_company:bool_and", "!=", true]]),
        ),
        (
            "res.partner",
            "country_id",
            json!(["!", ["is_company:bool_and", "=", false]]),
        ),
        ("res.partner", "country_id", json!([["name:min", "<", "H"]])),
        (
            "sale.order",
            "partner_id",
            json!([["date_order:max", ">=", "2026-01-15"]]),
        ),
        (
            "sale.order",
            "partner_id",
            json!(["!", ["date_order:min", "<", "2026-01-15 12:00:00"]]),
        ),
        (
            "sale.order",
            "partner_id",
            json!([["validity_date:max", ">", "2026-01-01"]]),
        ),
        (
            "sale.order",
            "partner_id",
            json!([
                "|",
                ["amount_total:sum_currency", ">", 1000],
                ["__count", "=", 1]
            ]),
        ),
        (
            "sale.order",
            "partner_id",
            json!([["user_id:max", "!=", 2]]),
        ),
        (
            "crm.lead",
            "user_id",
            json!([["probability:avg", ">", 10], ["name:max", "!=", "x"]]),
        ),
    ] {
        let question =
            json!({"model": model, "groupby": [key], "aggregates": ["__count"], "having": having});
        let (engine, found) = asker.groups(&question, &context);
        assert_eq!(engine, "sql", "{question}");
        groups += found;
    }
    assert!(groups > 20, "{groups} groups are too few to tell anything");
}
