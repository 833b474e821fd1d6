//! `order`: parsed by its grammar, many2one fields by the order of what they point to.

use super::column::{comodel_name, field, parent_link, user_column};
use super::{Column, Source};
use crate::access::{Subject, subject};
use crate::catalog::FieldType;
use crate::error::{Code, Error, Result};
use crate::scope::Scope;

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
}

/// A term as it was written.
struct Written<'a> {
    field: &'a str,
    by_id: bool,
    descending: bool,
    nulls_first: Option<bool>,
}

const MAX_TERMS: usize = 16;

/// The terms of an `order` on the records of `of`, with the id last so that pages do not overlap.
pub(super) fn order(
    scope: &Scope<'_>,
    source: &mut Source,
    of: &Subject,
    text: Option<&str>,
) -> Result<Vec<OrderTerm>> {
    let alias = source.alias;
    let mut ordering = Ordering {
        scope,
        source,
        seen: Vec::new(),
        terms: Vec::new(),
    };
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

struct Ordering<'a, 'b> {
    scope: &'a Scope<'b>,
    source: &'a mut Source,
    seen: Vec<(String, String)>,
    terms: Vec<OrderTerm>,
}

impl Ordering<'_, '_> {
    fn expand(&mut self, of: &Subject, alias: u32, text: &str, reverse: bool) -> Result<()> {
        for part in text.split(',') {
            let mut written = parse_term(of, part)?;
            if reverse {
                written.descending = !written.descending;
                written.nulls_first = written.nulls_first.map(|first| !first);
            }
            self.term(of, alias, &written)?;
        }
        Ok(())
    }

    fn term(&mut self, of: &Subject, alias: u32, written: &Written<'_>) -> Result<()> {
        let on = field(self.scope, of, written.field)?;
        let is_inherited =
            of.facts.fields.get(&on.name).is_some_and(|f| f.inherited) && on.column.is_none();
        if is_inherited {
            let link = field(self.scope, of, parent_link(of, on)?)?;
            let parent = subject(self.scope, comodel_name(of, link)?)?;
            let column = user_column(self.scope, of, alias, link)?;
            let coalias = self.source.join(self.scope, &column, &parent.table);
            return self.term(&parent, coalias, written);
        }
        let column = user_column(self.scope, of, alias, on)?;
        if on.field_type != FieldType::Many2one {
            let by = if on.field_type == FieldType::Boolean {
                Sorting::Boolean(column)
            } else {
                Sorting::Column(column)
            };
            return self.push(OrderTerm {
                by,
                descending: written.descending,
                nulls_first: written.nulls_first,
            });
        }
        let key = (of.model.name.clone(), on.name.clone());
        if self.seen.contains(&key) {
            return Ok(());
        }
        let comodel = comodel_name(of, on)?;
        let by_id = written.by_id
            || self
                .scope
                .catalog
                .model(comodel)?
                .is_some_and(|m| m.order.trim() == "id");
        if by_id {
            return self.push(OrderTerm {
                by: Sorting::Column(column),
                descending: written.descending,
                nulls_first: written.nulls_first,
            });
        }
        let comodel = subject(self.scope, comodel)
            .map_err(|e| e.hint(format!("order by {}.id instead", on.name)))?;
        if let Some(first) = written.nulls_first {
            // as Odoo writes it: the test for a value, ascending
            self.push(OrderTerm {
                by: Sorting::IsNull(column.clone()),
                descending: first,
                nulls_first: None,
            })?;
        }
        let coalias = self.source.join(self.scope, &column, &comodel.table);
        self.seen.push(key);
        self.expand(
            &comodel,
            coalias,
            &comodel.model.order.clone(),
            written.descending,
        )?;
        self.seen.pop();
        Ok(())
    }

    fn push(&mut self, term: OrderTerm) -> Result<()> {
        if self.terms.len() >= MAX_TERMS {
            return Err(Error::new(
                Code::InvalidArguments,
                format!("an order has at most {MAX_TERMS} terms, many2one fields expanded"),
            ));
        }
        self.terms.push(term);
        Ok(())
    }
}

/// `field[.id] [asc|desc] [nulls first|nulls last]`
fn parse_term<'a>(of: &Subject, part: &'a str) -> Result<Written<'a>> {
    let invalid = || {
        let shown: String = part.trim().chars().take(80).collect();
        Error::new(
            Code::InvalidArguments,
            format!("the order {shown:?} of {} is not understood", of.model.name),
        )
        .hint("write it as \"date_order desc, id\"")
    };
    let mut words = part.split_whitespace();
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
    let (field, by_id) = match path.split_once('.') {
        None => (path, false),
        Some((field, "id")) => (field, true),
        Some(_) => return Err(invalid().hint("only a many2one's .id may follow a field")),
    };
    Ok(Written {
        field,
        by_id,
        descending: direction == "desc",
        nulls_first,
    })
}
