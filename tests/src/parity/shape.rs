//! What questions are made of: the concrete models with a relation, their fields, values that occur.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use postgres::Client;
use serde_json::Value;

use super::loading;
use super::models::MODELS;
use super::random::Random;

/// A field.
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
    /// How it is stored, or not.
    pub storage: Storage,
    /// Whether the comodel's order leaves no two records equal.
    pub has_ordered_comodel: bool,
    /// Whether the records it names stand in a hierarchy.
    pub has_hierarchy: bool,
}

/// How a field is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Storage {
    /// In a column, or as a relation.
    Stored,
    /// In a column with a text for each language.
    Translated,
    /// In a column with a value for each company.
    CompanyDependent,
    /// By a parent of `_inherits`.
    Inherited,
    /// It is read from another record, each time.
    Related,
    /// Python computes it, or it is kept elsewhere.
    Elsewhere,
}

/// One model.
#[derive(Clone, Debug)]
pub struct Model {
    /// Dotted name.
    pub name: String,
    /// Odoo's `_order`
    pub order: String,
    /// How many records its relation has, about.
    pub rows: usize,
    /// Its fields with columns (a parent's, too) of types that are compared, and those with a relation of records.
    pub fields: Vec<Field>,
    /// All others.
    pub others: Vec<Field>,
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
    names: Vec<String>,
    last_day: NaiveDate,
}

impl Shape {
    /// Reads the shape from the database.
    ///
    /// # Panics
    /// If the database is not the seeded one.
    #[must_use]
    pub fn load(client: &mut Client) -> Self {
        let models = loading::models(client);
        for name in MODELS {
            assert!(models.contains_key(name), "there is no {name}");
        }
        let last_day: String = client
            .query_one("select max(create_date)::date::text from sale_order", &[])
            .expect("the day of the last order")
            .get(0);
        Self {
            names: models.keys().cloned().collect(),
            models,
            last_day: last_day.parse().expect("a date"),
        }
    }

    /// A model.
    #[must_use]
    pub fn model(&self, name: &str) -> Option<&Model> {
        self.models.get(name)
    }

    /// Every model.
    pub fn models(&self) -> impl Iterator<Item = &Model> {
        self.models.values()
    }

    /// A model to ask about: any, but more often one that people use.
    pub(super) fn any_model(&self, random: &mut Random) -> &Model {
        let name = match random.below(6) {
            0 => random.pick(&self.names).as_str(),
            1 | 2 => random.pick::<&str>(&MODELS),
            _ => random.pick::<&str>(&MODELS[..24]),
        };
        &self.models[name]
    }

    /// The comodel of a field, if its relation is there.
    pub(super) fn comodel(&self, field: &Field) -> Option<&Model> {
        field.relation.as_deref().and_then(|name| self.model(name))
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

pub(super) fn is_total(order: &str) -> bool {
    let last = order.rsplit(',').next().unwrap_or_default();
    last.split_whitespace().next() == Some("id")
}
