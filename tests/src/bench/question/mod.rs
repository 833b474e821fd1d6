//! The questions: each as a tool's call, as a method's call over JSON-2, and as the SQL that somebody who knows Odoo's
//! tables and the user's rights would write for the same answer.
//!
//! The user is a salesperson of the main company who sees all documents. What the record rules come to for that user is
//! written into the SQL by hand: orders of that company; partners of that company, of none, or not shared. Names behind a many2one are read without rules, as Odoo reads them.

mod partners;

use serde_json::{Value, json};

use super::rows::{Rows, flatten, flatten_link};

/// One of them.
pub struct Question {
    /// As the report calls it.
    pub name: &'static str,
    /// The tool and its arguments.
    pub tool: &'static str,
    /// The tool's arguments.
    pub arguments: Value,
    /// Odoo's model.
    pub model: &'static str,
    /// The model's method.
    pub method: &'static str,
    /// The method's arguments.
    pub body: Value,
    /// The statement.
    pub sql: String,
    /// Reads the tool's answer.
    pub of_tool: fn(&Value) -> Rows,
    /// Reads the method's answer.
    pub of_method: fn(&Value) -> Rows,
    /// Whether the order of the rows is part of the answer.
    pub is_ordered: bool,
    /// Whether many callers ask it at once, too.
    pub is_crowded: bool,
}

/// What a database has that a question depends on.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    /// Orders in several currencies: figures are then by currency, on every side.
    pub has_currencies: bool,
    /// The ids of the first partners that the user may read, 100 at most.
    pub partners: Vec<i32>,
}

const COMPANY: i32 = 1;
/// Periods begin where the user lives; Odoo keeps UTC.
const LOCAL: &str = "timezone('Europe/Brussels', timezone('UTC', s.date_order))";
/// All questions for a database.
#[must_use]
pub fn questions(contents: &Contents) -> Vec<Question> {
    let mut questions = vec![
        partners::twenty(),
        partners::twenty_and_their_number(),
        partners::hundred_by_id(contents),
        partners::by_name(),
        partners::described(),
        orders_by_month(contents),
        count_of_orders(),
        large_orders_of_a_country(),
        orders_by_salesperson_and_quarter(),
        orders_by_customer(),
        teams_by_state(contents),
    ];
    for question in &mut questions {
        // over JSON-2 a caller without these is in UTC; our answers are in the user's own
        question.body["context"] =
            json!({"lang": "en_US", "tz": "Europe/Brussels", "allowed_company_ids": [COMPANY]});
    }
    questions
}

fn orders_by_month(contents: &Contents) -> Question {
    let confirmed = json!([["state", "=", "sale"]]);
    let mut groupby = vec!["date_order:month"];
    let (mut key, mut column, mut join) = ("", "", "");
    if contents.has_currencies {
        groupby.push("currency_id");
        key = "s.currency_id, ";
        column = "c.name, ";
        join = "join res_currency c on c.id = g.currency_id";
    }
    Question {
        name: "orders by month",
        tool: "odoo_time_series",
        arguments: json!({"model": "sale.order", "date_field": "date_order", "period": "month",
            "measures": ["amount_total:sum", "__count"], "domain": confirmed}),
        model: "sale.order",
        method: "formatted_read_group",
        body: json!({"domain": confirmed, "groupby": groupby, "aggregates": ["amount_total:sum", "__count"]}),
        sql: format!(
            "select to_char(g.month, 'YYYY-MM'), {column}g.amount::float8, g.orders
               from (select {key}date_trunc('month', {LOCAL}) as month, sum(s.amount_total) as amount, count(*) as orders
                       from sale_order s where s.state = 'sale' and s.company_id = {COMPANY} group by {keys}) g
               {join} order by g.month",
            keys = if contents.has_currencies { "1, 2" } else { "1" }
        ),
        of_tool: |answer| {
            let mut rows = Vec::new();
            for row in array(&answer["rows"]) {
                let mut values = array(row).clone();
                // months in which nothing was sold: Odoo leaves them out
                if values.last().and_then(Value::as_i64) == Some(0) {
                    continue;
                }
                values[0] = month(&values[0]);
                // columns: start, currency (where there are several), the measures
                rows.push(values);
            }
            Rows::new(rows)
        },
        of_method: |answer| {
            groups(answer, |group| {
                let mut row = vec![month(&group["date_order:month"][0])];
                if let Some(currency) = group.get("currency_id") {
                    row.push(currency[1].clone());
                }
                row
            })
        },
        is_ordered: false,
        is_crowded: true,
    }
}

fn count_of_orders() -> Question {
    let domain = json!([["state", "in", ["draft", "sent"]]]);
    Question {
        name: "count of quotations",
        tool: "odoo_count",
        arguments: json!({"model": "sale.order", "domain": domain}),
        model: "sale.order",
        method: "search_count",
        body: json!({"domain": domain}),
        sql: format!(
            "select count(*) from sale_order s where s.state in ('draft', 'sent') and s.company_id = {COMPANY}"
        ),
        of_tool: |answer| Rows::new(vec![vec![answer["count"].clone()]]),
        of_method: |answer| Rows::new(vec![vec![answer.clone()]]),
        is_ordered: true,
        is_crowded: false,
    }
}

fn large_orders_of_a_country() -> Question {
    let domain = json!([
        ["state", "=", "sale"],
        ["partner_id.country_id.code", "=", "US"],
        ["amount_total", ">", 100]
    ]);
    let fields = json!([
        "name",
        "date_order",
        "partner_id",
        "user_id",
        "amount_total"
    ]);
    let from = format!(
        "from sale_order s join res_partner p on p.id = s.partner_id join res_country c on c.id = p.country_id
         where s.state = 'sale' and s.amount_total > 100 and c.code = 'US' and s.company_id = {COMPANY}
           and (p.company_id = {COMPANY} or p.company_id is null or p.partner_share is not true)"
    );
    Question {
        name: "the 50 largest orders from the US",
        tool: "odoo_search",
        arguments: json!({"model": "sale.order", "domain": domain, "fields": fields, "order": "amount_total desc, id", "limit": 50}),
        model: "sale.order",
        method: "search_read",
        body: json!({"domain": domain, "fields": fields, "order": "amount_total desc, id", "limit": 50}),
        sql: format!(
            "select o.id, o.name, to_char(o.date_order, 'YYYY-MM-DD HH24:MI:SS'), o.partner_id, op.complete_name,
                    o.user_id, up.name, o.amount_total::float8, o.total
               from (select s.id, s.name, s.date_order, s.partner_id, s.user_id, s.amount_total, count(*) over () as total
                       {from} order by s.amount_total desc, s.id limit 50) o
               join res_partner op on op.id = o.partner_id
               left join res_users u on u.id = o.user_id left join res_partner up on up.id = u.partner_id
              order by o.amount_total desc, o.id"
        ),
        of_tool: |answer| Rows {
            total: answer["total"].as_i64(),
            ..records(&answer["records"], order_row)
        },
        of_method: |answer| records(answer, order_row),
        is_ordered: true,
        is_crowded: false,
    }
}

fn order_row(record: &Value) -> Vec<Value> {
    let mut row = vec![record["id"].clone()];
    flatten(&record["name"], &mut row);
    flatten(&record["date_order"], &mut row);
    flatten_link(&record["partner_id"], &mut row);
    flatten_link(&record["user_id"], &mut row);
    flatten(&record["amount_total"], &mut row);
    row
}

fn orders_by_salesperson_and_quarter() -> Question {
    let groupby = json!(["user_id", "date_order:quarter"]);
    let aggregates = json!(["amount_total:sum", "__count"]);
    Question {
        name: "orders by salesperson and quarter",
        tool: "odoo_read_group",
        arguments: json!({"model": "sale.order", "groupby": groupby, "aggregates": aggregates,
            "order": "amount_total:sum desc", "limit": 2000}),
        model: "sale.order",
        method: "formatted_read_group",
        body: json!({"domain": [], "groupby": groupby, "aggregates": aggregates,
            "order": "amount_total:sum desc", "limit": 2000}),
        sql: format!(
            "select g.user_id, up.name, to_char(g.quarter, 'YYYY-MM'), g.amount::float8, g.orders
               from (select s.user_id, date_trunc('quarter', {LOCAL}) as quarter, sum(s.amount_total) as amount, count(*) as orders
                       from sale_order s where s.company_id = {COMPANY} group by 1, 2) g
               left join res_users u on u.id = g.user_id left join res_partner up on up.id = u.partner_id
              order by g.amount desc limit 2000"
        ),
        of_tool: |answer| groups(&answer["groups"], salesperson_and_quarter),
        of_method: |answer| groups(answer, salesperson_and_quarter),
        is_ordered: false,
        is_crowded: false,
    }
}

fn salesperson_and_quarter(group: &Value) -> Vec<Value> {
    let mut row = Vec::new();
    flatten_link(&group["user_id"], &mut row);
    row.push(month(&group["date_order:quarter"][0]));
    row
}

/// As many groups as there are customers, of which the first are shown.
fn orders_by_customer() -> Question {
    let order = "amount_total:sum desc, partner_id";
    let aggregates = json!(["amount_total:sum", "__count"]);
    Question {
        name: "the 80 best customers of all",
        tool: "odoo_read_group",
        arguments: json!({"model": "sale.order", "groupby": ["partner_id"], "aggregates": aggregates,
            "order": order, "limit": 80}),
        model: "sale.order",
        method: "formatted_read_group",
        body: json!({"domain": [], "groupby": ["partner_id"], "aggregates": aggregates, "order": order, "limit": 80}),
        sql: format!(
            "select p.id, p.complete_name, g.amount::float8, g.orders
               from (select s.partner_id, sum(s.amount_total) as amount, count(*) as orders
                       from sale_order s where s.company_id = {COMPANY} group by 1) g
               join res_partner p on p.id = g.partner_id
              order by g.amount desc, p.complete_name, p.id desc limit 80"
        ),
        of_tool: |answer| groups(&answer["groups"], customer),
        of_method: |answer| groups(answer, customer),
        is_ordered: true,
        is_crowded: false,
    }
}

fn customer(group: &Value) -> Vec<Value> {
    let mut row = Vec::new();
    flatten_link(&group["partner_id"], &mut row);
    row
}

fn teams_by_state(contents: &Contents) -> Question {
    let aggregates = json!(["amount_total:sum", "__count"]);
    let (sets, column, join, sql_sets) = if contents.has_currencies {
        (
            json!([
                ["team_id", "state", "currency_id"],
                ["team_id", "currency_id"],
                ["state", "currency_id"],
                ["currency_id"]
            ]),
            "c.name, ",
            "join res_currency c on c.id = g.currency_id",
            "(s.team_id, s.state, s.currency_id), (s.team_id, s.currency_id), (s.state, s.currency_id), (s.currency_id)",
        )
    } else {
        (
            json!([["team_id", "state"], ["team_id"], ["state"], []]),
            "",
            "",
            "(s.team_id, s.state), (s.team_id), (s.state), ()",
        )
    };
    let currency = if contents.has_currencies {
        "s.currency_id, "
    } else {
        ""
    };
    Question {
        name: "pivot: sales teams by state, totals",
        tool: "odoo_pivot",
        arguments: json!({"model": "sale.order", "rows": ["team_id"], "columns": ["state"], "measures": aggregates}),
        model: "sale.order",
        method: "formatted_read_grouping_sets",
        body: json!({"domain": [], "grouping_sets": sets, "aggregates": aggregates}),
        sql: format!(
            "select case when g.all_teams = 1 then 'total' else coalesce(t.name ->> 'en_US', 'none') end,
                    case when g.all_states = 1 then 'total' else g.state end, {column}g.amount::float8, g.orders
               from (select s.team_id, s.state, {currency}grouping(s.team_id) as all_teams, grouping(s.state) as all_states,
                            sum(s.amount_total) as amount, count(*) as orders
                       from sale_order s where s.company_id = {COMPANY} group by grouping sets ({sql_sets})) g
               left join crm_team t on t.id = g.team_id {join}"
        ),
        of_tool: pivot_cells,
        of_method: |answer| {
            let mut rows = Vec::new();
            for set in array(answer) {
                let found = groups(set, |group| {
                    let mut row = vec![
                        match group.get("team_id") {
                            None => json!("total"),
                            Some(Value::Bool(false)) => json!("none"),
                            Some(team) => team[1].clone(),
                        },
                        group.get("state").cloned().unwrap_or(json!("total")),
                    ];
                    if let Some(currency) = group.get("currency_id") {
                        row.push(currency[1].clone());
                    }
                    row
                });
                rows.extend(found.rows);
            }
            Rows::new(rows)
        },
        is_ordered: false,
        is_crowded: false,
    }
}

/// A pivot's table as its cells, empty ones left out.
fn pivot_cells(answer: &Value) -> Rows {
    let columns = array(&answer["columns"]);
    let mut rows = Vec::new();
    for line in array(&answer["rows"])
        .iter()
        .chain(array(&answer["totals"]))
    {
        let line = array(line);
        let team = match &line[0] {
            Value::Array(team) => team[1].clone(),
            Value::Bool(false) => json!("none"),
            total => total.clone(),
        };
        let keys = columns.iter().filter(|column| column.is_string()).count();
        // two measures a cell: the amount, the number
        for (place, cell) in line[keys..].chunks_exact(2).enumerate() {
            if cell[1].is_null() {
                continue;
            }
            let head = &columns[keys + 2 * place];
            let state = head.get("state").cloned().unwrap_or(json!("total"));
            let mut row = vec![team.clone(), state];
            row.extend(line[1..keys].iter().chain(cell).cloned());
            rows.push(row);
        }
    }
    Rows::new(rows)
}

fn array(value: &Value) -> &Vec<Value> {
    value
        .as_array()
        .unwrap_or_else(|| panic!("this is no list: {value}"))
}

fn records(list: &Value, row: fn(&Value) -> Vec<Value>) -> Rows {
    Rows::new(array(list).iter().map(row).collect())
}

/// Groups: their keys, then the two measures.
fn groups(list: &Value, keys: fn(&Value) -> Vec<Value>) -> Rows {
    Rows::new(
        array(list)
            .iter()
            .map(|group| {
                let mut row = keys(group);
                row.extend([group["amount_total:sum"].clone(), group["__count"].clone()]);
                row
            })
            .collect(),
    )
}

/// The month in which a period starts: as a date, or as the moment in UTC at which it starts where the user lives.
fn month(start: &Value) -> Value {
    let numbers: Option<Vec<u32>> = start.as_str().and_then(|text| {
        text.split(['-', ' '])
            .take(3)
            .map(|part| part.parse().ok())
            .collect()
    });
    let Some([year, month, day]) = numbers.as_deref() else {
        panic!("a period starts at {start}?");
    };
    json!(match (*day > 15, *month) {
        (false, month) => format!("{year:04}-{month:02}"),
        (true, 12) => format!("{:04}-01", year + 1),
        (true, month) => format!("{year:04}-{:02}", month + 1),
    })
}

#[cfg(test)]
mod tests {
    use super::{Contents, month, pivot_cells, questions};
    use serde_json::{Value, json};

    #[test]
    fn a_period_starts_where_the_user_lives() {
        assert_eq!(month(&json!("2026-03-01")), json!("2026-03"));
        assert_eq!(month(&json!("2026-03-01 08:00:00")), json!("2026-03"));
        assert_eq!(month(&json!("2025-12-31 23:00:00")), json!("2026-01"));
    }

    #[test]
    fn cells_of_a_pivot_name_their_row_and_column() {
        let answer = json!({
            "columns": ["team_id", "currency", {"measure": "m", "state": "sale"}, {"measure": "n", "state": "sale"},
                {"measure": "m", "total": true}, {"measure": "n", "total": true}],
            "rows": [[[1, "Sales"], "EUR", 10.5, 2, 10.5, 2], [false, "EUR", null, null, 0, 1]],
            "totals": [["total", "EUR", 10.5, 2, 10.5, 3]],
        });
        let cells: Vec<Value> = pivot_cells(&answer)
            .rows
            .into_iter()
            .map(Value::from)
            .collect();
        assert_eq!(
            Value::from(cells),
            json!([
                ["Sales", "sale", "EUR", 10.5, 2],
                ["Sales", "total", "EUR", 10.5, 2],
                ["none", "total", "EUR", 0, 1],
                ["total", "sale", "EUR", 10.5, 2],
                ["total", "total", "EUR", 10.5, 3]
            ])
        );
    }

    #[test]
    fn currencies_are_asked_for_where_there_are_several() {
        for has_currencies in [false, true] {
            let questions = questions(&Contents {
                has_currencies,
                ..Contents::default()
            });
            let grouped = questions
                .iter()
                .filter(|q| q.body.to_string().contains("currency_id"))
                .count();
            assert_eq!(grouped, if has_currencies { 2 } else { 0 });
        }
    }
}
