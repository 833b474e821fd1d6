//! The shape of a model: its table and fields, what is large and seldom changes.

use super::facts::Scan;
use crate::exec::plan::{Bind, Row};
use crate::exec::read_only::Reader;
use odoo_compiler::catalog::{Field, FieldType, Fields, LinkTable, Table};
use odoo_compiler::delegate;
use odoo_compiler::error::{Code, Error, Result};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as Unknown, StrDeserializer};
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

const MODEL_FIELDS: &str = include_str!("../../../sql/statements/model_fields.sql");
const MODEL_SELECTIONS: &str = include_str!("../../../sql/statements/model_selections.sql");
const RELATION_LINKS: &str = include_str!("../../../sql/statements/relation_links.sql");
/// The statement, with the one list of secret columns in its place.
static RELATION_COLUMNS: LazyLock<String> = LazyLock::new(|| relation_columns(is_secret()));
/// The statement without it: PostgreSQL takes long over so many names, and those that the compiler's
/// copy of the list knows are left out anyway.
static ALL_COLUMNS: LazyLock<String> = LazyLock::new(|| relation_columns("false"));

fn relation_columns(is_secret: &str) -> String {
    let text = include_str!("../../../sql/statements/relation_columns.sql");
    let (comment, statement) = text.split_at(text.find("\nselect").unwrap_or_default());
    format!("{comment}{}", statement.replace(":is_secret", is_secret))
}

/// The condition that the function `odoo_mcp_private.is_secret` is made of.
fn is_secret() -> &'static str {
    include_str!("../../../sql/schema/050_secret.sql")
        .split_once("AS $$\n    SELECT ")
        .and_then(|(_, rest)| rest.split_once("$$"))
        .map_or_else(
            || unreachable!("050_secret.sql is one SELECT"),
            |(body, _)| body,
        )
}

/// What is kept of a model between calls.
#[derive(Clone)]
pub(crate) struct Shape {
    pub table: Option<Table>,
    pub fields: Fields,
}

/// A column of a table.
struct Column {
    type_name: String,
    not_null: bool,
    is_readable: bool,
}

/// A row of `ir_model_fields` whose columns are not looked up yet.
struct Declared {
    field: Field,
    relation_table: Option<String>,
    column: Option<String>,
    column_to_comodel: Option<String>,
}

/// Reads the shape of a model in the call's snapshot.
pub(super) fn shape(reader: &Reader<'_>, scan: &Scan, model: &str) -> Result<Shape> {
    let mut declared = declared(reader, &[model])?
        .remove(model)
        .unwrap_or_default();
    let mut selections = selections(reader, model, &declared)?;
    for Declared { field, .. } in &mut declared {
        if let Some(keys) = selections.remove(&field.name) {
            field.selection = keys;
        }
    }
    let models = BTreeMap::from([(model.to_owned(), declared)]);
    let shapes = shapes(reader, scan, models, &RELATION_COLUMNS)?;
    shapes.into_values().next().ok_or_else(unexpected)
}

/// The shapes of these models, without the keys of their selections.
pub(crate) fn all(
    reader: &Reader<'_>,
    scan: &Scan,
    models: &[&str],
) -> Result<BTreeMap<String, Shape>> {
    shapes(reader, scan, declared(reader, models)?, &ALL_COLUMNS)
}

/// By model.
type Models = BTreeMap<String, Vec<Declared>>;

fn declared(reader: &Reader<'_>, models: &[&str]) -> Result<Models> {
    let mut declared = Models::new();
    for row in reader.named(MODEL_FIELDS, &[Bind::text_array(models.iter().copied())])? {
        let (model, field) = field(row).ok_or_else(unexpected)?;
        declared.entry(model).or_default().push(field);
    }
    Ok(declared)
}

fn shapes(
    reader: &Reader<'_>,
    scan: &Scan,
    models: Models,
    of_columns: &'static str,
) -> Result<BTreeMap<String, Shape>> {
    let tables: Vec<String> = models.keys().map(|model| scan.table_name(model)).collect();
    let link_tables = || {
        let declared = models.values().flatten();
        declared.filter_map(|declared| declared.relation_table.as_deref())
    };
    let relations = link_tables().chain(tables.iter().map(String::as_str));
    let columns = columns(reader, relations, of_columns)?;
    let links = links(reader, link_tables())?;
    let table = |name: &str| Table {
        schema: reader.odoo_schema().to_owned(),
        name: name.to_owned(),
    };
    let shape = |(own_table, (model, declared)): (&String, (String, Vec<Declared>))| {
        let own = columns.get(own_table);
        let fields = declared.into_iter().map(|mut declared| {
            let column = own.and_then(|columns| columns.get(&declared.field.name));
            if let Some(column) = column.filter(|column| column.is_readable) {
                declared.field.column = Some(column.type_name.clone());
                declared.field.not_null = column.not_null;
            }
            declared.field.link = declared.link(scan, own_table, &columns, &links, table);
            declared.field
        });
        let shape = Shape {
            fields: fields.collect(),
            table: own.map(|_| table(own_table)),
        };
        (model, shape)
    };
    Ok(tables.iter().zip(models).map(shape).collect())
}

impl Declared {
    /// The table of a many2many field, where it is an ordinary one that has both columns, with the
    /// foreign keys that Odoo gives them: its name is a text that an admin can write.
    fn link(
        &self,
        scan: &Scan,
        own_table: &str,
        columns: &Columns,
        links: &Links,
        table: impl Fn(&str) -> Table,
    ) -> Option<Box<LinkTable>> {
        let relation = self.relation_table.as_ref()?;
        let comodel_table = scan.table_name(self.field.relation.as_deref()?);
        let points_to = |column: &str, target: &str| {
            let is_id = columns
                .get(relation)
                .and_then(|columns| columns.get(column))
                .is_some_and(|column| column.type_name == "int4" && column.is_readable);
            let column = (relation.clone(), column.to_owned());
            is_id && links.get(&column).is_some_and(|known| known == target)
        };
        let (column, column_to_comodel) = (self.column.as_ref()?, self.column_to_comodel.as_ref()?);
        (points_to(column, own_table) && points_to(column_to_comodel, &comodel_table)).then(|| {
            Box::new(LinkTable {
                table: table(relation),
                column: column.clone(),
                column_to_comodel: column_to_comodel.clone(),
            })
        })
    }
}

/// A row of model_fields.sql.
fn field(row: Row) -> Option<(String, Declared)> {
    let [
        model,
        name,
        field_type,
        relation,
        inverse,
        store,
        related,
        translate,
        company_dependent,
        currency_field,
        manual,
        relation_table,
        column,
        column_to_comodel,
    ] = <[Option<String>; 14]>::try_from(row).ok()?;
    let is = |cell: Option<String>| cell.as_deref() == Some("true");
    let declared = Declared {
        field: Field {
            name: name?,
            field_type: field_type_of(&field_type?)?,
            relation,
            inverse,
            link: None,
            store: is(store),
            related,
            translate: is(translate),
            company_dependent: is(company_dependent),
            currency_field,
            manual: is(manual),
            selection: Vec::new(),
            column: None,
            not_null: false,
        },
        relation_table,
        column,
        column_to_comodel,
    };
    Some((model?, declared))
}

fn field_type_of(name: &str) -> Option<FieldType> {
    let name: StrDeserializer<'_, Unknown> = name.into_deserializer();
    FieldType::deserialize(name).ok()
}

/// Keys with labels by field.
fn selections(
    reader: &Reader<'_>,
    model: &str,
    declared: &[Declared],
) -> Result<HashMap<String, Vec<(String, String)>>> {
    let mut by_field: HashMap<String, Vec<(String, String)>> = HashMap::new();
    if declared
        .iter()
        .any(|declared| declared.field.field_type == FieldType::Selection)
    {
        for row in reader.named(MODEL_SELECTIONS, &[Bind::text(model)])? {
            let [field, key, label] = <[Option<String>; 3]>::try_from(row).unwrap_or_default();
            let (Some(field), Some(key), Some(label)) = (field, key, label) else {
                return Err(unexpected());
            };
            by_field.entry(field).or_default().push((key, label));
        }
    }
    // they stay for long
    by_field.values_mut().for_each(Vec::shrink_to_fit);
    Ok(by_field)
}

/// By relation and name.
type Columns = HashMap<String, HashMap<String, Column>>;

fn columns<'a>(
    reader: &Reader<'_>,
    relations: impl Iterator<Item = &'a str>,
    statement: &'static str,
) -> Result<Columns> {
    let binds = [
        Bind::text_array(relations),
        Bind::text(reader.odoo_schema()),
    ];
    let column = |row: Row| {
        let [relation, name, type_name, not_null, is_readable] =
            <[Option<String>; 5]>::try_from(row).ok()?;
        let (relation, name) = (relation?, name?);
        let column = Column {
            type_name: type_name?,
            not_null: not_null.as_deref() == Some("true"),
            is_readable: is_readable.as_deref() == Some("true")
                && !delegate::is_secret(&relation, &name),
        };
        Some((relation, name, column))
    };
    let mut columns = Columns::new();
    let rows = reader.named(statement, &binds)?;
    for (relation, name, column) in rows.into_iter().filter_map(column) {
        columns.entry(relation).or_default().insert(name, column);
    }
    Ok(columns)
}

/// The table that a column points to, by relation and column.
type Links = HashMap<(String, String), String>;

fn links<'a>(reader: &Reader<'_>, relations: impl Iterator<Item = &'a str>) -> Result<Links> {
    let binds = [
        Bind::text_array(relations),
        Bind::text(reader.odoo_schema()),
    ];
    let link = |row: Row| {
        let [relation, column, target] = <[Option<String>; 3]>::try_from(row).ok()?;
        Some(((relation?, column?), target?))
    };
    let rows = reader.named(RELATION_LINKS, &binds)?;
    Ok(rows.into_iter().filter_map(link).collect())
}

fn unexpected() -> Error {
    Error::new(Code::NotSupported, "Odoo's catalog has an unexpected shape")
}
