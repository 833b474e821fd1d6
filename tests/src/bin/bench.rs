//! First figures: the median time of a few questions, over MCP, over Odoo's JSON-2 and as plain SQL, on the demo stack.
//! And what the cache of a server process does: first call, warm call, call after a change, memory.
//!
//! One caller, one connection each, after a warm-up; what is measured is what the caller waits.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use odoo_mcp_tests::backend::{Backend, widest_models};
use odoo_mcp_tests::{McpClient, OdooClient, Users};
use postgres::{Client, NoTls};
use serde_json::json;

const LOGIN: &str = "sales_all";
const WARM_UP: usize = 20;
const ROUNDS: usize = 300;
const BACKENDS: usize = 10;

fn main() {
    let setting = |name: &str| {
        std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run `make bench`"))
    };
    let read = |path: String| {
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
    };
    let users = Users::parse(&read(setting("ODOO_KEYS")));
    let tokens: BTreeMap<String, String> = serde_json::from_str(&read(setting("MCP_TOKENS")))
        .expect("the tokens file is {login: token}");
    let mut mcp = McpClient::new(&setting("MCP_URL"), &tokens[LOGIN]);
    mcp.initialize();
    let odoo = OdooClient::new(
        &setting("ODOO_URL"),
        &setting("ODOO_DB"),
        &users.of(LOGIN).api_key,
    );
    let mut database = Client::connect(&setting("DATABASE_URL"), NoTls).expect("the database");

    println!("median (and 95th percentile) of {ROUNDS} calls, one caller, as {LOGIN}");
    println!(
        "{:<34} {:>20} {:>20} {:>20}",
        "", "over MCP", "Odoo's JSON-2", "plain SQL"
    );
    let fields = [
        "name",
        "email",
        "city",
        "country_id",
        "user_id",
        "company_id",
    ];
    let search = json!({"model": "res.partner", "fields": fields, "limit": 20});
    let search_read = json!({"domain": [], "fields": fields, "limit": 20});
    row(
        "20 partners, 6 fields",
        || drop(mcp.call_tool("odoo_search", &search).result()),
        || {
            drop(
                odoo.call("res.partner", "search_read", &search_read)
                    .expect("odoo answers"),
            )
        },
        || {
            let sql = "select p.id, p.complete_name, p.email, p.city, c.name ->> 'en_US', u.login, o.name
                         from res_partner p left join res_country c on c.id = p.country_id
                         left join res_users u on u.id = p.user_id left join res_company o on o.id = p.company_id
                        where p.active order by p.complete_name, p.id desc limit 20";
            assert!(
                !database
                    .query(sql, &[])
                    .expect("the database answers")
                    .is_empty()
            );
        },
    );
    let mut mcp = mcp.clone();
    let series = json!({"model": "sale.order", "date_field": "date_order", "period": "month",
        "measures": ["amount_total:sum", "__count"], "domain": [["state", "=", "sale"]]});
    let groups = json!({"domain": [["state", "=", "sale"]], "groupby": ["date_order:month"],
        "aggregates": ["amount_total:sum", "__count"]});
    row(
        "orders by month",
        || drop(mcp.call_tool("odoo_time_series", &series).result()),
        || {
            drop(
                odoo.call("sale.order", "formatted_read_group", &groups)
                    .expect("odoo answers"),
            )
        },
        || {
            let sql = "select date_trunc('month', date_order)::text, sum(amount_total)::text, count(*)
                         from sale_order where state = 'sale' and company_id = 1 group by 1 order by 1";
            assert!(
                !database
                    .query(sql, &[])
                    .expect("the database answers")
                    .is_empty()
            );
        },
    );
    let by_user = json!({"model": "sale.order", "groupby": ["user_id", "date_order:quarter"],
        "aggregates": ["amount_total:sum", "__count"], "order": "amount_total:sum desc"});
    let asked = json!({"domain": [], "groupby": by_user["groupby"], "aggregates": by_user["aggregates"], "order": by_user["order"]});
    row(
        "orders by salesperson and quarter",
        || drop(mcp.call_tool("odoo_read_group", &by_user).result()),
        || {
            drop(
                odoo.call("sale.order", "formatted_read_group", &asked)
                    .expect("odoo answers"),
            )
        },
        || {
            let sql = "select user_id, date_trunc('quarter', date_order)::text, sum(amount_total)::text, count(*)
                         from sale_order where company_id = 1 group by 1, 2 order by sum(amount_total) desc";
            assert!(
                !database
                    .query(sql, &[])
                    .expect("the database answers")
                    .is_empty()
            );
        },
    );
    let pivot = json!({"model": "sale.order", "rows": ["partner_id"], "columns": ["state"],
        "measures": ["amount_total:sum", "__count"]});
    let sets = json!({"domain": [], "grouping_sets": [["partner_id", "state"], ["partner_id"], ["state"], []],
        "aggregates": ["amount_total:sum", "__count"]});
    row(
        "pivot: customers by state, totals",
        || drop(mcp.call_tool("odoo_pivot", &pivot).result()),
        || {
            drop(
                odoo.call("sale.order", "formatted_read_grouping_sets", &sets)
                    .expect("odoo answers"),
            )
        },
        || {
            let sql = "select partner_id, state, sum(amount_total)::text, count(*)
                         from sale_order where company_id = 1 group by grouping sets ((1, 2), (1), (2), ())";
            assert!(
                !database
                    .query(sql, &[])
                    .expect("the database answers")
                    .is_empty()
            );
        },
    );
    backends(&setting("DATABASE_URL"), &tokens[LOGIN]);
}

/// Fresh server processes, by SQL, without a front between.
fn backends(url: &str, token: &str) {
    let connect = || Client::connect(url, NoTls).expect("the database");
    let question = json!({"model": "res.partner", "limit": 20,
        "fields": ["name", "email", "city", "country_id", "user_id", "company_id"]});
    let mut superuser = connect();
    let mut first = Vec::new();
    let (mut warm, mut changed) = (Vec::new(), Vec::new());
    for _ in 0..BACKENDS {
        let mut backend = Backend::new(connect(), token);
        first.push(backend.time("odoo_search", &question));
        backend.median(WARM_UP, "odoo_search", &question);
        warm.push(backend.median(ROUNDS / BACKENDS, "odoo_search", &question));
        superuser
            .batch_execute("update ir_model_fields set help = help where model = 'res.partner' and name = 'city'")
            .expect("a field's row written anew");
        changed.push(backend.time("odoo_search", &question));
    }
    let warm = middle(warm);
    println!(
        "\none server process, \"20 partners, 6 fields\", without the front; median of {BACKENDS}"
    );
    for (what, took) in [
        ("warm call", warm),
        ("first call of a process", middle(first)),
        ("call after a change of the model", middle(changed)),
    ] {
        let ratio = took.as_secs_f64() / warm.as_secs_f64();
        println!(
            "{what:<34} {:>17.2} ms {ratio:>17.1} ×",
            took.as_secs_f64() * 1000.0
        );
    }
    let models = widest_models(&mut superuser, 60);
    let mut backend = Backend::new(connect(), token);
    let before = backend.private_bytes();
    backend.call("odoo_search", &question);
    let one = backend.private_bytes();
    backend.touch(&models);
    let all = backend.private_bytes();
    let mebibytes = |bytes: u64| bytes as f64 / 1024.0 / 1024.0;
    for (what, bytes) in [
        ("after that call", one),
        ("after the 60 widest models", all),
    ] {
        println!(
            "{:<34} {:>16.2} MiB",
            format!("private memory {what}"),
            mebibytes(bytes.saturating_sub(before))
        );
    }
}

fn middle(mut took: Vec<Duration>) -> Duration {
    took.sort_unstable();
    took[took.len() / 2]
}

fn row(what: &str, ours: impl FnMut(), theirs: impl FnMut(), plain: impl FnMut()) {
    println!(
        "{what:<34} {:>20} {:>20} {:>20}",
        times(ours),
        times(theirs),
        times(plain)
    );
}

fn times(mut ask: impl FnMut()) -> String {
    (0..WARM_UP).for_each(|_| ask());
    let mut took: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            ask();
            start.elapsed()
        })
        .collect();
    took.sort_unstable();
    let ms = |share: usize| took[took.len() * share / 100].as_secs_f64() * 1000.0;
    format!("{:.2} ({:.2}) ms", ms(50), ms(95))
}
