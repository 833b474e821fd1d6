//! `order`: parsed by its grammar, many2one fields by the order of what they point to.

use super::column::{check_use, comodel_name, field, plain_column, user_column};
use super::inherited::holder;
use super::{Column, Source};
use crate::access::{Subject, known, subject};
use crate::catalog::{FieldType, Model, Table};
use crate::error::{Code, Error, Result};
use crate::facts::{Effect, ModelFacts};
use crate::scope::Scope;
use std::rc::Rc;

/// One term of ORDER BY.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderTerm {
    /// What is sorted by.
    pub by: Sorting,
    /// Downwards.
    pub descending: bool,
    /// `NULLS FIRST` or `NULLS LAST`, where it was written.
    pub nulls_first: Option<bool>,
}

/// What a term sorts by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sorting {
    /// The value.
    Column(Column),
    /// A boolean, NULL as false.
    Boolean(Column),
    /// Whether there is a value.
    IsNull(Column),
    /// A weekday as PostgreSQL counts them, by how far it is from the first of the week.
    Weekday {
        /// The weekday; 0 is Sunday.
        column: Column,
        /// The day a week starts on; 1 is Monday.
        first: u8,
    },
}

/// A term as it was written: `path [asc|desc] [nulls first|nulls last]`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written<'a> {
    pub(crate) path: &'a str,
    pub(crate) descending: bool,
    pub(crate) nulls_first: Option<bool>,
}

/// How many terms an order may have.
const MAX_TERMS: usize = 16;

/// The terms of an `order` on the records of `of`, with the id last so that pages do not overlap.
pub(super) fn order(
    scope: &Scope<'_>,
    source: &mut Source,
    of: &Subject,
    text: Option<&str>,
) -> Result<Vec<OrderTerm>> {
    let alias = source.alias;
    let mut ordering = Ordering::new(scope, source);
    match text.map(str::trim).filter(|t| !t.is_empty()) {
        Some(text) => ordering.expand(of, alias, text, false)?,
        None => ordering.expand(of, alias, &of.model.order, false)?,
    }
    let mut terms = ordering.terms;
    let id = Sorting::Column(Column::plain(alias, "id"));
    if !terms.iter().any(|t| t.by == id) {
        terms.push(OrderTerm {
            by: id,
            descending: false,
            nulls_first: None,
        });
    }
    Ok(terms)
}

/// The terms that sort by the records `link` points to, in the order of their own model.
pub(super) fn order_of_records(
    scope: &Scope<'_>,
    source: &mut Source,
    link: &Column,
    comodel: &str,
    written: &Written<'_>,
) -> Result<Vec<OrderTerm>> {
    let mut ordering = Ordering::new(scope, source);
    ordering.records(link.clone(), comodel, written)?;
    Ok(ordering.terms)
}

struct Ordering<'a, 'b> {
    scope: &'a Scope<'b>,
    source: &'a mut Source,
    /// The many2one fields that are being expanded: a cycle ends where it began.
    seen: Vec<(String, String)>,
    terms: Vec<OrderTerm>,
}

impl<'a, 'b> Ordering<'a, 'b> {
    fn new(scope: &'a Scope<'b>, source: &'a mut Source) -> Self {
        Ordering {
            scope,
            source,
            seen: Vec::new(),
            terms: Vec::new(),
        }
    }

    fn expand(&mut self, of: &Subject, alias: u32, text: &str, reverse: bool) -> Result<()> {
        if let Some(by) = of.facts.overridden(Effect::Order) {
            return Err(Error::new(
                Code::NotSupported,
                format!("the order of {} is made by {}", of.model.name, by.place()),
            ));
        }
        for mut written in parse_terms(&of.model.name, text)? {
            if reverse {
                written.descending = !written.descending;
                written.nulls_first = written.nulls_first.map(|first| !first);
            }
            self.term(of, alias, &written)?;
        }
        Ok(())
    }

    fn term(&mut self, of: &Subject, alias: u32, written: &Written<'_>) -> Result<()> {
        let (name, by_id) = match written.path.split_once('.') {
            None => (written.path, false),
            Some((name, "id")) => (name, true),
            Some(_) => {
                return Err(not_understood(&of.model.name, written.path)
                    .hint("only a many2one's .id may follow a field"));
            }
        };
        let on = field(self.scope, of, name)?;
        let (of, alias) = holder(self.scope, self.source, of, alias, on)?;
        let on = field(self.scope, &of, name)?;
        check_use(&of, on, &[Effect::Order])?;
        let column = user_column(self.scope, &of, alias, on)?;
        if on.field_type == FieldType::Many2one && !by_id {
            let key = (of.model.name.clone(), on.name.clone());
            if self.seen.contains(&key) {
                return Ok(());
            }
            self.seen.push(key);
            self.records(column, comodel_name(&of, on)?, written)
                .map_err(|e| match e.code {
                    Code::NotSupported => e.hint(format!("order by {name}.id instead")),
                    _ => e,
                })?;
            self.seen.pop();
            return Ok(());
        }
        let by = if on.field_type == FieldType::Boolean {
            Sorting::Boolean(column)
        } else {
            Sorting::Column(column)
        };
        self.push(by, written)
    }

    /// Sorts by the records that `link` points to.
    fn records(&mut self, link: Column, comodel: &str, written: &Written<'_>) -> Result<()> {
        let is_by_id = self
            .scope
            .catalog
            .model(comodel)?
            .is_some_and(|m| m.order.trim() == "id");
        if is_by_id {
            return self.push(Sorting::Column(link), written);
        }
        let by = match subject(self.scope, comodel) {
            Ok(subject) => Sorted::Answered(subject),
            Err(e) if e.code == Code::NotSupported => Sorted::Plain(plain(self.scope, comodel, e)?),
            Err(e) => return Err(e),
        };
        if let Some(first) = written.nulls_first {
            // as Odoo writes it: the test for a value, ascending
            let is_null = Written {
                path: written.path,
                descending: first,
                nulls_first: None,
            };
            self.push(Sorting::IsNull(link.clone()), &is_null)?;
        }
        match by {
            Sorted::Answered(comodel) => {
                let alias = self.source.join(self.scope, &link, &comodel.table);
                let order = comodel.model.order.clone();
                self.expand(&comodel, alias, &order, written.descending)
            }
            Sorted::Plain((model, table)) => {
                let alias = self.source.join(self.scope, &link, &table);
                for mut term in parse_terms(&model.name, &model.order)? {
                    if written.descending {
                        term.descending = !term.descending;
                        term.nulls_first = term.nulls_first.map(|first| !first);
                    }
                    self.plain_term(&model, alias, &term)?;
                }
                Ok(())
            }
        }
    }

    /// A term of a model that is sorted by plain columns only, its own or a many2one's record's.
    fn plain_term(&mut self, model: &Model, alias: u32, written: &Written<'_>) -> Result<()> {
        let unknown = || {
            Error::new(
                Code::NotSupported,
                format!("the order of {} cannot be reproduced", model.name),
            )
        };
        let on = model.fields.get(written.path).ok_or_else(unknown)?;
        let (column, on) = match on.related.as_deref().and_then(|path| path.split_once('.')) {
            Some((step, name)) if on.column.is_none() => {
                let step = model.fields.get(step).ok_or_else(unknown)?;
                let link = plain_column(self.scope, model, alias, step)?;
                let comodel = step.relation.as_deref().ok_or_else(unknown)?;
                let comodel = self.scope.catalog.model(comodel)?.ok_or_else(unknown)?;
                let table = comodel.table.clone().ok_or_else(unknown)?;
                let on = comodel.fields.get(name).ok_or_else(unknown)?.clone();
                known(&comodel.standing)
                    .filter(|facts| is_open_to_all(facts, name))
                    .ok_or_else(unknown)?;
                let coalias = self.source.join(self.scope, &link, &table);
                (plain_column(self.scope, &comodel, coalias, &on)?, on)
            }
            _ => (plain_column(self.scope, model, alias, on)?, on.clone()),
        };
        match on.field_type {
            FieldType::Many2one => Err(unknown()),
            FieldType::Boolean => self.push(Sorting::Boolean(column), written),
            _ => self.push(Sorting::Column(column), written),
        }
    }

    fn push(&mut self, by: Sorting, written: &Written<'_>) -> Result<()> {
        if self.terms.len() >= MAX_TERMS {
            return Err(Error::new(
                Code::InvalidArguments,
                format!("an order has at most {MAX_TERMS} terms, many2one fields expanded"),
            ));
        }
        self.terms.push(OrderTerm {
            by,
            descending: written.descending,
            nulls_first: written.nulls_first,
        });
        Ok(())
    }
}

/// How a comodel's order is reproduced.
enum Sorted {
    /// With its facts.
    Answered(Subject),
    /// By plain columns.
    Plain((Rc<Model>, Table)),
}

/// A model that is not answered, but whose order is known to be by plain columns.
fn plain(scope: &Scope<'_>, name: &str, refusal: Error) -> Result<(Rc<Model>, Table)> {
    let Some(model) = scope.catalog.model(name)? else {
        return Err(refusal);
    };
    let is_known = match known(&model.standing) {
        Some(facts) => {
            !is_sorted_by_python(facts)
                && parse_terms(name, &model.order)?
                    .iter()
                    .all(|term| is_open_to_all(facts, term.path))
        }
        None => false,
    };
    match model.table.clone() {
        Some(table) if is_known => Ok((model, table)),
        _ => Err(refusal),
    }
}

/// Whether Python takes part in the order of the records.
fn is_sorted_by_python(facts: &ModelFacts) -> bool {
    [
        Effect::Order,
        Effect::Columns,
        Effect::RowSource,
        Effect::Unread,
    ]
    .into_iter()
    .any(|effect| facts.overridden(effect).is_some())
}

/// A field that everybody may read, and whose column is what the database says.
pub(super) fn is_open_to_all(facts: &ModelFacts, field: &str) -> bool {
    let known = facts.fields.get(field);
    known.is_some_and(|f| f.groups.is_none() && f.unread.is_none())
        && facts
            .overridden_field(
                field,
                &[Effect::Order, Effect::Columns, Effect::FieldAccess],
            )
            .is_none()
}

fn not_understood(model: &str, term: &str) -> Error {
    let shown: String = term.trim().chars().take(80).collect();
    Error::new(
        Code::InvalidArguments,
        format!("the order {shown:?} of {model} is not understood"),
    )
}

/// The terms of an order.
pub(crate) fn parse_terms<'a>(model: &str, order: &'a str) -> Result<Vec<Written<'a>>> {
    if order.split(',').count() > MAX_TERMS {
        return Err(Error::new(
            Code::InvalidArguments,
            format!("an order has at most {MAX_TERMS} terms"),
        ));
    }
    order
        .split(',')
        .map(|term| parse_term(model, term))
        .collect()
}

fn parse_term<'a>(model: &str, term: &'a str) -> Result<Written<'a>> {
    let invalid = || not_understood(model, term).hint("write it as \"date_order desc, id\"");
    let mut words = term.split_whitespace();
    let path = words.next().ok_or_else(invalid)?.trim_matches('"');
    let rest: Vec<String> = words.map(str::to_lowercase).collect();
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    let (direction, nulls) = match rest.as_slice() {
        [direction @ ("asc" | "desc"), nulls @ ..] => (*direction, nulls),
        nulls => ("asc", nulls),
    };
    let nulls_first = match nulls {
        [] => None,
        ["nulls", "first"] => Some(true),
        ["nulls", "last"] => Some(false),
        _ => return Err(invalid()),
    };
    Ok(Written {
        path,
        descending: direction == "desc",
        nulls_first,
    })
}
