//! What questions are made of: models that SQL answers, their stored fields, values that occur.

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

/// A stored field, or one that a parent of `_inherits` stores.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// `ir_model_fields.ttype`
    pub kind: String,
    /// The comodel.
    pub relation: Option<String>,
    /// Values that occur, as domains take them: of an x2many, ids on the other side.
    pub values: Vec<Value>,
    /// Whether the comodel's order leaves no two records equal.
    pub has_ordered_comodel: bool,
    /// Whether the records it names stand in a hierarchy.
    pub has_hierarchy: bool,
}

/// Whether the model that the field names records of (its own, for an id) has parents.
const HIERARCHY: &str =
    "exists (select from ir_model_fields h where h.model = coalesce(f.relation, f.model)
     and (h.name = 'parent_path' or h.name = 'parent_id' and h.store and h.relation = h.model))";

const PLAIN: &str = "'char', 'text', 'integer', 'float', 'monetary', 'boolean', 'date', 'datetime', 'selection', 'many2one'";

/// One model.
#[derive(Clone, Debug)]
pub struct Model {
    /// Dotted name.
    pub name: String,
    /// Odoo's `_order`
    pub order: String,
    /// Its stored fields, of plain types and x2many.
    pub fields: Vec<Field>,
}

impl Field {
    /// `one2many` or `many2many`.
    #[must_use]
    pub fn is_to_many(&self) -> bool {
        self.kind.ends_with("2many")
    }
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
        is_total(&self.order)
    }

    /// A field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

fn is_total(order: &str) -> bool {
    let last = order.rsplit(',').next().unwrap_or_default();
    last.split_whitespace().next() == Some("id")
}

fn load_model(client: &mut Client, name: &str) -> Model {
    let order: String = client
        .query_one("select \"order\" from ir_model where model = $1", &[&name])
        .unwrap_or_else(|error| panic!("{name}: {error}"))
        .get(0);
    let table = name.replace('.', "_");
    let mut fields = Vec::new();
    let sql = format!(
        "select f.name, f.ttype, f.relation, f.translate is not null, o.\"order\", {HIERARCHY}
         from ir_model_fields f
         join pg_attribute a on a.attrelid = $2::text::regclass and a.attname = f.name
         left join ir_model o on o.model = f.relation
         where f.model = $1 and f.store and not f.company_dependent and f.ttype in ({PLAIN})
         order by f.name"
    );
    let rows = client
        .query(&sql, &[&name, &table])
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    for row in &rows {
        let (field, kind): (String, String) = (row.get(0), row.get(1));
        let values = load_values(client, &table, &field, &kind, row.get(3));
        fields.push(made(row, values));
    }
    // what `_inherits` shows of a parent's columns
    let sql = format!(
        "select f.name, f.ttype, f.relation, f.translate is not null, o.\"order\", {HIERARCHY}, l.relation
         from ir_model_fields f
         join ir_model_inherit i on i.model_id = f.model_id
         join ir_model_fields l on l.id = i.parent_field_id and f.related = l.name || '.' || f.name
         join ir_model_fields p on p.model = l.relation and p.name = f.name and not p.company_dependent
         join pg_attribute a on a.attrelid = replace(l.relation, '.', '_')::regclass and a.attname = f.name
         left join ir_model o on o.model = f.relation
         where f.model = $1 and not f.store and f.ttype in ({PLAIN})
         order by f.name"
    );
    for row in &client.query(&sql, &[&name]).expect("inherited fields") {
        let (field, kind, parent): (String, String, String) = (row.get(0), row.get(1), row.get(6));
        let table = parent.replace('.', "_");
        let values = load_values(client, &table, &field, &kind, row.get(3));
        fields.push(made(row, values));
    }
    fields.extend(load_to_many(client, name));
    Model {
        name: name.to_owned(),
        order,
        fields,
    }
}

fn made(row: &postgres::Row, values: Vec<Value>) -> Field {
    Field {
        name: row.get(0),
        kind: row.get(1),
        relation: row.get(2),
        values,
        has_ordered_comodel: row.get::<_, Option<&str>>(4).is_some_and(is_total),
        has_hierarchy: row.get(5),
    }
}

/// The x2many fields, with ids that occur on the other side.
fn load_to_many(client: &mut Client, name: &str) -> Vec<Field> {
    let sql = format!(
        "select f.name, f.ttype, f.relation, f.relation_field, o.\"order\", {HIERARCHY}, f.relation_table, f.column2,
                replace(f.relation, '.', '_')
         from ir_model_fields f
         left join ir_model o on o.model = f.relation
         left join pg_attribute a on a.attrelid = to_regclass(replace(f.relation, '.', '_')) and a.attname = f.relation_field
         where f.model = $1 and f.store
           and (f.ttype = 'many2many' and to_regclass(f.relation_table) is not null or a.attname is not null)
         order by f.name"
    );
    let rows = client
        .query(&sql, &[&name])
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut fields = Vec::new();
    for row in &rows {
        let text = |at: usize| row.get::<_, Option<String>>(at).unwrap_or_default();
        let (table, column, filter) = if text(1) == "many2many" {
            (text(6), text(7), "true".to_owned())
        } else {
            (
                text(8),
                "id".to_owned(),
                format!("\"{}\" is not null", text(3)),
            )
        };
        let sql = format!(
            "select id from (select distinct \"{column}\"::int8 id from \"{table}\" where {filter}) s
             order by md5(id::text) limit 6"
        );
        let values = client
            .query(&sql, &[])
            .unwrap_or_else(|error| panic!("{name}.{}: {error}", text(0)))
            .iter()
            .map(|row| json!(row.get::<_, i64>(0)))
            .collect();
        fields.push(made(row, values));
    }
    fields
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
