//! All models at once with their fields, as plans see them.

use super::facts::{self, FieldSources, Scan};
use super::shape;
use super::standing::StandingModel;
use crate::exec::read_only::Reader;
use odoo_compiler::catalog::{Model, Table};
use odoo_compiler::error::Result;
use odoo_compiler::plan::Registry;
use std::collections::BTreeMap;
use std::rc::Rc;

/// `module/file:line` by field, and that by model.
pub(crate) type Sources = BTreeMap<String, BTreeMap<String, String>>;

/// Of these models, with the places where their fields were defined.
pub(crate) fn registry(
    reader: &Reader<'_>,
    scan: &Scan,
    models: &[StandingModel],
) -> Result<(Registry, Sources)> {
    let names: Vec<&str> = models.iter().map(|model| model.name.as_str()).collect();
    let mut shapes = shape::all(reader, scan, &names)?;
    let mut known = facts::fields();
    let mut places = Sources::new();
    let whole = models.iter().filter_map(|model| {
        let shape = shapes.remove(&model.name)?;
        let FieldSources { fields, sources } = known.remove(&model.name).unwrap_or_default();
        places.insert(model.name.clone(), sources);
        let mut standing = model.standing.clone();
        if let Some(facts) = &mut standing.facts {
            Rc::make_mut(facts).fields = fields;
        }
        Some(Model {
            name: model.name.clone(),
            label: model.label.clone(),
            table: model.table.as_ref().map(|table| Table {
                schema: reader.odoo_schema().to_owned(),
                name: table.clone(),
            }),
            order: model.order.clone(),
            standing,
            fields: shape.fields,
            access_lists: Vec::new(),
            rules: Vec::new(),
        })
    });
    let registry = Registry::new(whole);
    Ok((registry, places))
}
