//! What questions are made of: the vetted models, their stored fields, values that occur.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use postgres::Client;
use serde_json::{Value, json};

/// The models that are asked about.
pub const MODELS: &[&str] = &[
    "sale.order",
    "sale.order.line",
    "crm.lead",
    "crm.stage",
    "crm.team",
    "crm.tag",
    "res.partner",
    "product.template",
    "product.product",
    "product.category",
    "product.pricelist",
    "account.move",
    "account.move.line",
    "account.journal",
    "account.payment.term",
    "purchase.order",
    "purchase.order.line",
    "res.country",
    "res.currency",
    "res.company",
    "uom.uom",
    "utm.source",
];

/// A stored field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// `ir_model_fields.ttype`
    pub kind: String,
    /// The comodel.
    pub relation: Option<String>,
    /// Values that occur, as domains take them.
    pub values: Vec<Value>,
}

/// One model.
#[derive(Clone, Debug)]
pub struct Model {
    /// Dotted name.
    pub name: String,
    /// Odoo's `_order`
    pub order: String,
    /// Its stored fields of plain types.
    pub fields: Vec<Field>,
}

/// The models by name, and when the data ends.
#[derive(Clone, Debug)]
pub struct Shape {
    models: BTreeMap<String, Model>,
    last_day: NaiveDate,
}

impl Shape {
    /// Reads the shape from the database.
    ///
    /// # Panics
    /// If the database is not the seeded one.
    #[must_use]
    pub fn load(client: &mut Client) -> Self {
        let models = MODELS
            .iter()
            .map(|name| ((*name).to_owned(), load_model(client, name)))
            .collect();
        let last_day: String = client
            .query_one("select max(create_date)::date::text from sale_order", &[])
            .expect("the day of the last order")
            .get(0);
        Self {
            models,
            last_day: last_day.parse().expect("a date"),
        }
    }

    /// A model.
    #[must_use]
    pub fn model(&self, name: &str) -> Option<&Model> {
        self.models.get(name)
    }

    /// The day that the last order was made on.
    #[must_use]
    pub fn last_day(&self) -> NaiveDate {
        self.last_day
    }
}

impl Model {
    /// The fields of these types.
    #[must_use]
    pub fn of_kind(&self, kinds: &[&str]) -> Vec<&Field> {
        self.fields
            .iter()
            .filter(|field| kinds.contains(&field.kind.as_str()))
            .collect()
    }

    /// Whether Odoo's own order leaves no two records equal.
    #[must_use]
    pub fn has_total_order(&self) -> bool {
        let last = self.order.rsplit(',').next().unwrap_or_default();
        last.split_whitespace().next() == Some("id")
    }
}

fn load_model(client: &mut Client, name: &str) -> Model {
    let order: String = client
        .query_one("select \"order\" from ir_model where model = $1", &[&name])
        .unwrap_or_else(|error| panic!("{name}: {error}"))
        .get(0);
    let table = name.replace('.', "_");
    let rows = client
        .query(
            "select f.name, f.ttype, f.relation, f.translate is not null
             from ir_model_fields f
             join pg_attribute a on a.attrelid = $2::text::regclass and a.attname = f.name
             where f.model = $1 and f.store and not f.company_dependent
               and f.ttype in ('char', 'text', 'integer', 'float', 'monetary', 'boolean',
                               'date', 'datetime', 'selection', 'many2one')
             order by f.name",
            &[&name, &table],
        )
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let fields = rows
        .iter()
        .map(|row| {
            let (field, kind): (String, String) = (row.get(0), row.get(1));
            let values = load_values(client, &table, &field, &kind, row.get(3));
            Field {
                name: field,
                kind,
                relation: row.get(2),
                values,
            }
        })
        .collect();
    Model {
        name: name.to_owned(),
        order,
        fields,
    }
}

fn load_values(
    client: &mut Client,
    table: &str,
    field: &str,
    kind: &str,
    translated: bool,
) -> Vec<Value> {
    let shown = match kind {
        "datetime" => format!("to_char(\"{field}\", 'YYYY-MM-DD HH24:MI:SS')"),
        _ if translated => format!("\"{field}\"->>'en_US'"),
        _ => format!("\"{field}\"::text"),
    };
    let rows = client
        .query(
            &format!(
                "select v from (select distinct {shown} v from \"{table}\" where \"{field}\" is not null) s
                 order by md5(v) limit 6"
            ),
            &[],
        )
        .unwrap_or_else(|error| panic!("{table}.{field}: {error}"));
    rows.iter()
        .filter_map(|row| row.get::<_, Option<String>>(0))
        .map(|text| match kind {
            "integer" | "many2one" => json!(text.parse::<i64>().expect("an integer")),
            "float" | "monetary" => json!(text.parse::<f64>().expect("a number")),
            "boolean" => json!(text == "true"),
            _ => json!(text),
        })
        .collect()
}
