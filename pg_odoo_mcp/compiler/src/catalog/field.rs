use super::Table;
use serde::Deserialize;

/// `ir_model_fields.ttype`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are Odoo's")]
pub enum FieldType {
    Char,
    Text,
    Html,
    Integer,
    Float,
    Monetary,
    Boolean,
    Date,
    Datetime,
    Selection,
    Many2one,
    One2many,
    Many2many,
    Reference,
    Many2oneReference,
    Binary,
    Json,
    Properties,
    PropertiesDefinition,
    /// A type a module brought along.
    #[serde(other)]
    Other,
}

impl FieldType {
    /// `ir_model_fields.ttype`
    pub fn name(self) -> &'static str {
        match self {
            FieldType::Char => "char",
            FieldType::Text => "text",
            FieldType::Html => "html",
            FieldType::Integer => "integer",
            FieldType::Float => "float",
            FieldType::Monetary => "monetary",
            FieldType::Boolean => "boolean",
            FieldType::Date => "date",
            FieldType::Datetime => "datetime",
            FieldType::Selection => "selection",
            FieldType::Many2one => "many2one",
            FieldType::One2many => "one2many",
            FieldType::Many2many => "many2many",
            FieldType::Reference => "reference",
            FieldType::Many2oneReference => "many2one_reference",
            FieldType::Binary => "binary",
            FieldType::Json => "json",
            FieldType::Properties => "properties",
            FieldType::PropertiesDefinition => "properties_definition",
            FieldType::Other => "other",
        }
    }
}

/// One field as `ir_model_fields` and `pg_attribute` describe it.
#[derive(Debug, Clone, Deserialize)]
pub struct Field {
    /// `ir_model_fields.name`
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub field_type: FieldType,
    /// The comodel of a relational field.
    #[serde(default)]
    pub relation: Option<String>,
    /// The comodel's many2one back to this model, of a one2many field.
    #[serde(default)]
    pub inverse: Option<String>,
    /// The table of a stored many2many field, where there is an ordinary table with both columns.
    #[serde(default)]
    pub link: Option<Box<LinkTable>>,
    /// Whether Odoo says it is stored.
    #[serde(default)]
    pub store: bool,
    /// Dotted path of a related field.
    #[serde(default)]
    pub related: Option<String>,
    /// Translated: the column is jsonb by language.
    #[serde(default)]
    pub translate: bool,
    /// One value a company: the column is jsonb by company.
    #[serde(default)]
    pub company_dependent: bool,
    /// The explicit currency field of a monetary one.
    #[serde(default)]
    pub currency_field: Option<String>,
    /// `manual` for fields made by an admin, else `base`.
    #[serde(default)]
    pub manual: bool,
    /// Selection keys in order, with English labels.
    #[serde(default)]
    pub selection: Vec<(String, String)>,
    /// The column's type as `pg_type.typname`, where a column of that exact name exists and its
    /// type is one of `pg_catalog`'s base types; nothing otherwise.
    #[serde(default)]
    pub column: Option<String>,
    /// The column is declared NOT NULL.
    #[serde(default)]
    pub not_null: bool,
}

/// The table of a many2many field.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LinkTable {
    /// Its relation.
    pub table: Table,
    /// The column that holds this model's ids.
    pub column: String,
    /// The column that holds the comodel's ids.
    pub column_to_comodel: String,
}
