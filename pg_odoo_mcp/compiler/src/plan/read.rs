//! Reading records: which fields, of which records, in which order.

use super::column::{check_use, comodel_name, field, is_inherited, not_a_path, user_column};
use super::condition::{Rights, visible};
use super::defaults::default_fields;
use super::display::{AskedName, record_name};
use super::inherited::holder;
use super::linked::{Linked, linked};
use super::name_search::unnamed;
use super::order::{OrderTerm, order};
use super::{Column, Display, Predicate, Source, display};
use crate::access::{Subject, check_field, check_read, is_readable};
use crate::catalog::{Field, FieldType};
use crate::domain::Domain;
use crate::error::{Code, Error, Result};
use crate::facts::Effect;
use crate::scope::Scope;
use serde::Serialize;

/// One key of each record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The field's name.
    pub key: String,
    /// Its value.
    pub cell: Cell,
}

/// A value as Odoo reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// A text or selection key, false for NULL.
    Text(Column),
    /// A number, zero for NULL.
    Number(Column),
    /// A boolean, false for NULL.
    Boolean(Column),
    /// `YYYY-MM-DD`, false for NULL.
    Date(Column),
    /// `YYYY-MM-DD HH:MM:SS` in UTC, false for NULL.
    Datetime(Column),
    /// `[id, "name"]`, false for NULL.
    Record {
        /// The many2one column.
        id: Column,
        /// The name of what it points to.
        name: Display,
    },
    /// The record's own display name.
    Name(Display),
    /// `[id, …]`: the records of an x2many field.
    Linked(Box<Linked>),
    /// Refused as soon as there is a record: Odoo asks for access when it reads.
    Denied(Error),
}

/// A field that was left out because nobody named it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Its name.
    pub field: String,
    /// Why.
    pub reason: String,
}

/// The records of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadPlan {
    /// The model and what is joined to it.
    pub source: Source,
    /// Which records.
    pub predicate: Predicate,
    /// Keys of each record; `id` is the first.
    pub outputs: Vec<Output>,
    /// Never empty.
    pub order: Vec<OrderTerm>,
    /// At most so many.
    pub limit: u64,
    /// After so many.
    pub offset: u64,
    /// Default fields that were left out.
    pub skipped: Vec<Skipped>,
}

impl ReadPlan {
    /// Why no record may be shown, if that is so.
    pub fn denied(&self) -> Option<&Error> {
        self.outputs.iter().find_map(|output| match &output.cell {
            Cell::Denied(error) => Some(error),
            _ => None,
        })
    }
}

/// The number of records of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountPlan {
    /// The model's table.
    pub source: Source,
    /// Which records.
    pub predicate: Predicate,
}

/// Plans a count.
pub fn count(scope: &Scope<'_>, of: &Subject, domain: &Domain) -> Result<CountPlan> {
    let source = Source::new(scope, &of.table);
    let predicate = visible(scope, of, source.alias, domain)?;
    Ok(CountPlan { source, predicate })
}

/// Plans a search. Without `fields`, those a person would want; then fields the user may not read
/// are left out and named, instead of being refused.
pub fn read(
    scope: &Scope<'_>,
    of: &Subject,
    domain: &Domain,
    fields: Option<&[String]>,
    order_text: Option<&str>,
    limit: u64,
    offset: u64,
) -> Result<ReadPlan> {
    let mut source = Source::new(scope, &of.table);
    let predicate = visible(scope, of, source.alias, domain)?;
    let (outputs, skipped) = outputs(scope, &mut source, of, fields)?;
    let suffixed = match (&of.facts.order_suffix, order_text) {
        (Some(suffix), Some(order)) if !order.trim().is_empty() => {
            Some(format!("{order}, {suffix}"))
        }
        _ => None,
    };
    let order = order(scope, &mut source, of, suffixed.as_deref().or(order_text))?;
    Ok(ReadPlan {
        source,
        predicate,
        outputs,
        order,
        limit,
        offset,
        skipped,
    })
}

/// The keys of each record, `id` first, and the default fields that are left out.
pub(super) fn outputs(
    scope: &Scope<'_>,
    source: &mut Source,
    of: &Subject,
    fields: Option<&[String]>,
) -> Result<(Vec<Output>, Vec<Skipped>)> {
    let alias = source.alias;
    let mut outputs = vec![id_output(alias)];
    let mut skipped = Vec::new();
    let named = fields.is_some();
    let defaults = match fields {
        Some(_) => Vec::new(),
        None => default_fields(scope, of),
    };
    refuse_read_values(of)?;
    for name in fields.unwrap_or(&defaults) {
        if outputs.iter().any(|o| o.key == *name) {
            continue;
        }
        if !named
            && !is_readable(
                of.facts.fields.get(name).and_then(|f| f.groups.as_deref()),
                scope.principal,
            )
        {
            skipped.push(Skipped {
                field: name.clone(),
                reason: "access".into(),
            });
            continue;
        }
        match cell(scope, source, of, alias, name) {
            Ok(cell) => outputs.push(Output {
                key: name.clone(),
                cell,
            }),
            Err(e) if !named && matches!(e.code, Code::NotSupported | Code::UnknownField) => {
                skipped.push(Skipped {
                    field: name.clone(),
                    reason: e.message,
                })
            }
            Err(e) => return Err(not_a_path(name, e)),
        }
    }
    Ok((outputs, skipped))
}

/// Whether Python has a hand in every value.
pub(super) fn refuse_read_values(of: &Subject) -> Result<()> {
    match of.facts.overridden(Effect::Values) {
        None => Ok(()),
        Some(by) => Err(Error::new(
            Code::NotSupported,
            format!("the values of {} are read by {}", of.model.name, by.place()),
        )),
    }
}

pub(super) fn id_output(alias: u32) -> Output {
    Output {
        key: "id".into(),
        cell: Cell::Number(Column::plain(alias, "id")),
    }
}

/// What a field is read from.
pub(super) enum Read {
    /// It shows as it is.
    Cell(Cell),
    /// A column of that model's, whose type says how it shows.
    Column(Subject, Column),
}

fn cell(
    scope: &Scope<'_>,
    source: &mut Source,
    of: &Subject,
    alias: u32,
    name: &str,
) -> Result<Cell> {
    match found(scope, source, of, alias, name)? {
        Read::Cell(cell) => Ok(cell),
        Read::Column(holder, column) => typed(scope, source, &holder, name, column),
    }
}

/// What the field is read from. The names of the records that a many2one leads to are not looked at.
pub(super) fn found(
    scope: &Scope<'_>,
    source: &mut Source,
    of: &Subject,
    alias: u32,
    name: &str,
) -> Result<Read> {
    let on = field(scope, of, name)?;
    check_use(of, on, &[Effect::Values])?;
    if name == "display_name" {
        // what the name is made of is read as the user here, unlike that of another record
        check_field(of, name, scope.principal)?;
        if let Some(rec_name) = &of.facts.display_name.rec_name {
            check_field(of, rec_name, scope.principal)?;
        }
        return match display(scope, source, &of.model.name, alias, None, Rights::User)? {
            Display::Open => Err(unnamed(of)),
            name => Ok(Read::Cell(Cell::Name(name))),
        };
    }
    if is_inherited(of, on) {
        // read with the user's rights on the parent; its rules are among the child's
        let (parent, coalias) = holder(scope, source, of, alias, on)?;
        check_read(&parent.model, scope.principal)?;
        return found(scope, source, &parent, coalias, name);
    }
    if matches!(on.field_type, FieldType::One2many | FieldType::Many2many) {
        return linked(scope, of, alias, on).map(Read::Cell);
    }
    let column = user_column(scope, of, alias, on).map_err(|e| readable_hint(of, scope, e))?;
    Ok(Read::Column(of.clone(), column))
}

/// The cell of a field that is this column of its holder's.
pub(super) fn typed(
    scope: &Scope<'_>,
    source: &mut Source,
    of: &Subject,
    name: &str,
    column: Column,
) -> Result<Cell> {
    let on = field(scope, of, name)?;
    Ok(match on.field_type {
        FieldType::Char | FieldType::Text | FieldType::Html | FieldType::Selection => {
            Cell::Text(column)
        }
        FieldType::Integer | FieldType::Float | FieldType::Monetary => Cell::Number(column),
        FieldType::Boolean => Cell::Boolean(column),
        FieldType::Date => Cell::Date(column),
        FieldType::Datetime => Cell::Datetime(column),
        FieldType::Many2one => record(scope, source, of, on, column)?,
        other => {
            return Err(Error::new(
                Code::NotSupported,
                format!("the {other:?} field {:?} is not answered in SQL", on.name),
            ));
        }
    })
}

/// A many2one and the name of what it points to.
fn record(
    scope: &Scope<'_>,
    source: &mut Source,
    of: &Subject,
    on: &Field,
    column: Column,
) -> Result<Cell> {
    let asked = AskedName::of(scope, of, on, &column);
    let name = record_name(
        scope,
        source,
        comodel_name(of, on)?,
        &column,
        asked,
        Rights::Superuser,
    )?;
    Ok(Cell::Record { id: column, name })
}

fn readable_hint(of: &Subject, scope: &Scope<'_>, error: Error) -> Error {
    if error.code != Code::NotSupported || error.hint.is_some() {
        return error;
    }
    let readable = |name: &&String| {
        let on = of.model.fields.get(name);
        on.is_some_and(|f| f.column.is_some() && f.store)
            && is_readable(
                of.facts.fields.get(name).and_then(|f| f.groups.as_deref()),
                scope.principal,
            )
    };
    let mut names = default_fields(scope, of);
    names.retain(|name| readable(&name));
    error.hint(format!(
        "stored fields can be read, such as {}",
        names.join(", ")
    ))
}
