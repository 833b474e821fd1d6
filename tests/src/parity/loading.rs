//! The shape, read from the database: a statement for all fields, and one for the values of each relation.

use std::collections::BTreeMap;

use postgres::Client;
use serde_json::{Value, json};

use super::shape::{Field, Model, Storage, is_total};

/// Records that values are taken from.
const ROWS: usize = 3000;
/// Values of a field.
const VALUES: usize = 6;

/// Every field of the concrete models with a relation; which column holds it, in which relation.
const FIELDS: &str = "
with relation as (
  select m.id, m.model, coalesce(m.\"order\", 'id') as \"order\", c.oid::regclass::text as name, c.oid,
         greatest(c.reltuples, 0)::int8 as row_count
    from ir_model m join pg_class c on c.oid = to_regclass('public.' || quote_ident(replace(m.model, '.', '_')))
   where not m.abstract)
select r.model, r.\"order\", r.name as table_name, r.row_count, f.name, f.ttype, f.relation, o.\"order\" as comodel_order,
       f.store, f.selectable, f.translate is not null as is_translated, f.company_dependent, f.related,
       exists (select from ir_model_fields h where h.model = coalesce(f.relation, f.model)
               and (h.name = 'parent_path' or h.name = 'parent_id' and h.store and h.relation = h.model)) as has_hierarchy,
       exists (select from pg_attribute a where a.attrelid = r.oid and a.attname = f.name and a.attnum > 0) as has_column,
       p.name as parent_table,
       f.relation_field, f.relation_table, f.column2,
       to_regclass(f.relation_table) is not null as has_link_table,
       w.name as comodel_table,
       exists (select from pg_attribute a where a.attrelid = w.oid and a.attname = f.relation_field) as has_inverse
  from relation r
  join ir_model_fields f on f.model_id = r.id
  left join ir_model o on o.model = f.relation
  left join relation w on w.model = f.relation
  left join lateral (
    select p.name from ir_model_inherit i
      join ir_model_fields l on l.id = i.parent_field_id and f.related = l.name || '.' || f.name
      join relation p on p.model = l.relation
      join pg_attribute a on a.attrelid = p.oid and a.attname = f.name
     where i.model_id = r.id and not f.store limit 1) p on true
 order by r.model, f.name";

const COMPARED: [&str; 13] = [
    "char",
    "text",
    "html",
    "integer",
    "float",
    "monetary",
    "boolean",
    "date",
    "datetime",
    "selection",
    "many2one",
    "reference",
    "many2one_reference",
];

/// Where the values of a field are.
struct Place {
    table: String,
    column: String,
}

/// Every concrete model with a relation.
pub(super) fn models(client: &mut Client) -> BTreeMap<String, Model> {
    let mut models: BTreeMap<String, Model> = BTreeMap::new();
    let mut places: BTreeMap<(String, String), Place> = BTreeMap::new();
    for row in &client.query(FIELDS, &[]).expect("the fields of all models") {
        let text = |name: &str| row.get::<_, Option<String>>(name);
        let is = |name: &str| row.get::<_, Option<bool>>(name).unwrap_or_default();
        let (model, field) = (row.get::<_, String>("model"), row.get::<_, String>("name"));
        let kind: String = row.get("ttype");
        let entry = models.entry(model.clone()).or_insert_with(|| Model {
            name: model.clone(),
            order: row.get("order"),
            rows: row.get::<_, i64>("row_count") as usize,
            fields: Vec::new(),
            others: Vec::new(),
        });
        let own = |column: String| text("table_name").map(|table| Place { table, column });
        let (storage, place) = match (kind.as_str(), text("parent_table")) {
            ("many2many", _) if is("store") && is("has_link_table") => {
                let place = text("relation_table")
                    .zip(text("column2"))
                    .map(|(table, column)| Place {
                        table: quoted(&table),
                        column,
                    });
                (Storage::Stored, place)
            }
            ("one2many", _) if is("store") && is("has_inverse") => {
                let place = text("comodel_table").map(|table| Place {
                    table,
                    column: "id".into(),
                });
                (Storage::Stored, place)
            }
            (_, Some(table)) => (
                Storage::Inherited,
                Some(Place {
                    table,
                    column: field.clone(),
                }),
            ),
            _ if is("company_dependent") => (Storage::CompanyDependent, own(field.clone())),
            _ if is("store") && is("has_column") && is("is_translated") => {
                (Storage::Translated, own(field.clone()))
            }
            _ if is("store") && is("has_column") => (Storage::Stored, own(field.clone())),
            _ if text("related").is_some() => (Storage::Related, None),
            _ => (Storage::Elsewhere, None),
        };
        let made = Field {
            name: field.clone(),
            relation: text("relation"),
            values: Vec::new(),
            storage,
            has_ordered_comodel: text("comodel_order").is_some_and(|order| is_total(&order)),
            has_hierarchy: is("has_hierarchy"),
            kind,
        };
        let is_compared = COMPARED.contains(&made.kind.as_str()) || made.is_to_many();
        match place.filter(|_| is_compared) {
            Some(place) => {
                places.insert((model, field), place);
                entry.fields.push(made);
            }
            // what can't be searched is asked about by its name all the same
            None => entry.others.push(made),
        }
    }
    fill(client, &mut models, &places);
    models
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Values that occur, relation by relation.
fn fill(
    client: &mut Client,
    models: &mut BTreeMap<String, Model>,
    places: &BTreeMap<(String, String), Place>,
) {
    let mut by_table: BTreeMap<&str, Vec<(String, &mut Field)>> = BTreeMap::new();
    for model in models.values_mut() {
        for field in &mut model.fields {
            let place = &places[&(model.name.clone(), field.name.clone())];
            let column = quoted(&place.column);
            let shown = match (field.kind.as_str(), field.storage) {
                ("datetime", Storage::Stored | Storage::Inherited) => {
                    format!("to_char({column}, 'YYYY-MM-DD HH24:MI:SS')")
                }
                (_, Storage::CompanyDependent) => {
                    format!("(select min(e.value) from jsonb_each_text({column}) e)")
                }
                // of a parent's columns it is not known which are translated
                ("char" | "text" | "html", _) => {
                    format!("coalesce(to_jsonb({column}) ->> 'en_US', {column}::text)")
                }
                _ => format!("{column}::text"),
            };
            let sql = format!(
                "array(select v from (select distinct {shown} v from s) d where v is not null order by md5(v) limit {VALUES})"
            );
            by_table.entry(&place.table).or_default().push((sql, field));
        }
    }
    for (table, fields) in by_table {
        for some in chunks(fields, 100) {
            let list: Vec<&str> = some.iter().map(|(sql, _)| sql.as_str()).collect();
            // a relation of ids has none of its own
            let sql = format!(
                "with s as materialized (select * from {table} order by 1, 2 limit {ROWS}) select {}",
                list.join(", ")
            );
            let row = client
                .query_one(&sql, &[])
                .unwrap_or_else(|error| panic!("{table}: {error}"));
            for (at, (_, field)) in some.into_iter().enumerate() {
                let values: Vec<String> = row.get(at);
                field.values = values
                    .iter()
                    .filter_map(|text| value(field, text))
                    .collect();
            }
        }
    }
}

fn chunks<T>(mut all: Vec<T>, most: usize) -> Vec<Vec<T>> {
    let mut parts = Vec::new();
    while !all.is_empty() {
        let rest = all.split_off(all.len().min(most));
        parts.push(std::mem::replace(&mut all, rest));
    }
    parts
}

fn value(field: &Field, text: &str) -> Option<Value> {
    Some(match field.kind.as_str() {
        "integer" | "many2one" | "many2one_reference" | "one2many" | "many2many" => {
            json!(text.parse::<i64>().ok()?)
        }
        "float" | "monetary" => json!(text.parse::<f64>().ok()?),
        "boolean" => json!(text == "true"),
        _ => json!(text),
    })
}
