//! Records in groups: what time series, grouped reads and pivots are made of.

use super::aggregate::measures;
use super::condition::{Rights, visible};
use super::currency::currency;
use super::display::{AskedName, record_name};
use super::key::{Grouped, key};
use super::order::OrderTerm;
use super::{
    Aggregate, Bucket, Column, Currency, DatePart, Display, Form, From, Measure, Predicate, Source,
};
use crate::access::Subject;
use crate::domain::Domain;
use crate::error::{Code, Error, Result};
use crate::facts::Effect;
use crate::scope::Scope;

/// One row for each group of a source's rows. Its columns are `k1`, `k2`, … for the keys,
/// `currency`, or `lowest_currency` and `highest_currency`, `set`, `records`, and `m1`, `m2`, …
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups {
    /// The records.
    pub source: Source,
    /// Which of them.
    pub predicate: Predicate,
    /// What they are grouped by.
    pub keys: Vec<KeyExpression>,
    /// The currency of the sums of money, if there are any.
    pub currency: Option<Currency>,
    /// What becomes of records in several currencies.
    pub currencies: Currencies,
    /// The figures of each group, and behind them its records that names are asked for with.
    pub aggregates: Vec<Aggregate>,
    /// The sets of keys to group by, by their places; none means one set of all of them.
    pub sets: Vec<Vec<usize>>,
}

/// What a key groups by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyExpression {
    /// A column's value.
    Column(Column),
    /// A boolean, NULL as false.
    Boolean(Column),
    /// A date by period.
    Bucket(Bucket),
}

/// What becomes of records in several currencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Currencies {
    /// A group for each.
    Split,
    /// Added up, as Odoo does; the lowest and highest currency of each group tell.
    Watched,
}

/// A key of each group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupKey {
    /// As it was asked for: `partner_id`, `date_order:month`.
    pub key: String,
    /// What its values are.
    pub value: KeyValue,
}

/// What the values of a key are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyValue {
    /// Records, by their ids.
    Record {
        /// Where their names are found.
        name: Display,
        /// They are of a many2many field.
        is_many: bool,
    },
    /// Texts or selection keys.
    Text,
    /// Numbers.
    Number,
    /// Booleans.
    Boolean,
    /// Periods.
    Bucket(Bucket),
    /// Numbers of dates.
    Part {
        /// Which number.
        part: DatePart,
        /// Where the dates have a time, the timezone that they are shown in.
        timezone: Option<String>,
    },
}

/// A column of a grouped statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupColumn {
    /// The value of the key at that place.
    Key(usize),
    /// The name of the record at that place, as JSON.
    Name(usize),
    /// The ISO code of the group's currency.
    Currency,
    /// `res_currency.id`, the lowest of the group.
    LowestCurrency,
    /// `res_currency.id`, the highest of the group.
    HighestCurrency,
    /// A bit for each key, the last key's the lowest: 1 where the row is over all its values.
    Set,
    /// The number of records.
    Records,
    /// The figure at that place.
    Measure(usize),
    /// The number of groups, cut or not.
    Total,
}

/// Groups as they are answered: with names, filtered, sorted, cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupPlan {
    /// The groups, and what is joined to them.
    pub source: Source,
    /// The keys of each group.
    pub keys: Vec<GroupKey>,
    /// Where the ISO code of a group's currency is found, if groups are split by it.
    pub currency_code: Option<Column>,
    /// Whether the currencies of each group are watched.
    pub watches_currencies: bool,
    /// The figures, those that are only sorted or filtered by last.
    pub measures: Vec<Measure>,
    /// Which groups.
    pub having: Predicate,
    /// How they are sorted.
    pub order: Vec<OrderTerm>,
    /// At most so many groups.
    pub limit: Option<u64>,
    /// After so many.
    pub offset: u64,
    /// Whether rows say by which set of keys they are grouped.
    pub has_sets: bool,
}

/// What is asked for.
#[derive(Debug)]
pub(super) struct GroupRequest<'a> {
    /// Keys as written.
    pub(super) keys: &'a [String],
    /// Measures as written; `__count` where there is none.
    pub(super) measures: &'a [String],
    /// Which records.
    pub(super) domain: &'a Domain,
    /// What becomes of records in several currencies.
    pub(super) currencies: Currencies,
    /// The sets of keys to group by, by their places; none means one set of all of them.
    pub(super) sets: Vec<Vec<usize>>,
}

/// Plans groups in no order, uncut.
pub(super) fn grouped(
    scope: &Scope<'_>,
    of: &Subject,
    request: GroupRequest<'_>,
) -> Result<GroupPlan> {
    if let Some(by) = of.facts.overridden(Effect::Groups) {
        return Err(Error::new(
            Code::NotSupported,
            format!("the groups of {} are made by {}", of.model.name, by.place()),
        ));
    }
    let mut records = Source::new(scope, &of.table);
    let predicate = visible(scope, of, records.alias, request.domain)?;
    let measures = measures(scope, &mut records, of, request.measures)?;
    let currency = currency(scope, &mut records, of, &measures, request.currencies)?;
    let used: Vec<usize> = match request.sets.as_slice() {
        [] => (0..request.keys.len()).collect(),
        sets => (0..request.keys.len())
            .filter(|key| sets.iter().any(|set| set.contains(key)))
            .collect(),
    };
    let alias = records.alias;
    let mut found: Vec<Grouped> = Vec::new();
    for (at, spec) in request.keys.iter().enumerate() {
        // a key that no set groups by is not joined: a record with several tags would count twice
        if used.contains(&at) {
            found.push(key(scope, &mut records, of, alias, spec)?);
        }
    }
    let has_currency = currency.is_some();
    let has_sets = !request.sets.is_empty();
    let place = |key: &usize| used.iter().position(|at| at == key);
    let groups = Groups {
        source: records,
        predicate,
        keys: found.iter().map(|k| k.expression.clone()).collect(),
        currency,
        currencies: request.currencies,
        aggregates: measures.iter().map(|m| m.aggregate.clone()).collect(),
        sets: request
            .sets
            .iter()
            .map(|set| set.iter().filter_map(place).collect())
            .collect(),
    };
    let mut source = Source::of_groups(scope, groups);
    let mut keys = Vec::new();
    // a record of each group, for names that are asked for; behind the figures
    let mut holders = Vec::new();
    for (at, one) in found.into_iter().enumerate() {
        let value = match (one.comodel, one.expression) {
            (Some(comodel), _) => {
                let link = key_column(&source, at);
                let holder = one.asked.as_ref().map(|asked| asked.holder.clone());
                let asked = one.asked.map(|asked| AskedName {
                    id: link.clone(),
                    holder: measure_column(&source, measures.len() + holders.len()),
                    ..asked
                });
                let name = record_name(
                    scope,
                    &mut source,
                    &comodel,
                    &link,
                    asked,
                    Rights::Superuser,
                )?;
                holders.extend(holder.filter(|_| name.asked().is_some()));
                KeyValue::Record {
                    name,
                    is_many: one.is_many,
                }
            }
            (None, KeyExpression::Boolean(_)) => KeyValue::Boolean,
            (None, KeyExpression::Bucket(bucket)) => KeyValue::Bucket(bucket),
            (
                None,
                KeyExpression::Column(Column {
                    form: Form::Part { part, timezone, .. },
                    ..
                }),
            ) => KeyValue::Part { part, timezone },
            (None, KeyExpression::Column(_)) if one.is_number => KeyValue::Number,
            (None, KeyExpression::Column(_)) => KeyValue::Text,
        };
        keys.push(GroupKey {
            key: request.keys[used[at]].clone(),
            value,
        });
    }
    if let From::Groups(groups) = &mut source.from {
        let one_of_each = holders.into_iter().map(Aggregate::Minimum);
        groups.aggregates.extend(one_of_each);
    }
    let is_split = has_currency && request.currencies == Currencies::Split;
    let currency_code = if is_split {
        let link = Column::plain(source.alias, "currency");
        Some(currency_code(scope, &mut source, of, &link)?)
    } else {
        None
    };
    Ok(GroupPlan {
        source,
        keys,
        currency_code,
        watches_currencies: has_currency && !is_split,
        measures,
        having: Predicate::Const(true),
        order: Vec::new(),
        limit: None,
        offset: 0,
        has_sets,
    })
}

/// The groups' column of the key at that place.
pub(crate) fn key_column(source: &Source, at: usize) -> Column {
    Column::plain(source.alias, format!("k{}", at + 1))
}

/// The groups' column of the figure at that place.
pub(crate) fn measure_column(source: &Source, at: usize) -> Column {
    Column::plain(source.alias, format!("m{}", at + 1))
}

fn currency_code(
    scope: &Scope<'_>,
    source: &mut Source,
    of: &Subject,
    link: &Column,
) -> Result<Column> {
    let table = scope
        .catalog
        .model("res.currency")?
        .and_then(|m| m.table.clone())
        .ok_or_else(|| {
            Error::new(
                Code::NotSupported,
                format!(
                    "the currencies of {} cannot be read, so the sums are not answered",
                    of.model.name
                ),
            )
        })?;
    Ok(Column::plain(source.join(scope, link, &table), "name"))
}

impl GroupPlan {
    /// The same of so many records of the table at most, those with the highest ids, of which some may not count.
    pub(crate) fn among_latest(&mut self, scope: &Scope<'_>, most: u64) -> Result<()> {
        let From::Groups(groups) = &mut self.source.from else {
            return Err(Error::new(Code::Internal, "groups of no records"));
        };
        let From::Table(table) = &groups.source.from else {
            return Err(Error::new(Code::Internal, "records of no table"));
        };
        let latest = Predicate::Latest {
            id: Column::plain(groups.source.alias, "id"),
            alias: scope.subquery_alias(table)?,
            table: table.clone(),
            most,
        };
        let predicate = std::mem::replace(&mut groups.predicate, Predicate::Const(true));
        groups.predicate = Predicate::all(vec![latest, predicate]);
        Ok(())
    }

    /// The columns of the statement, in order.
    pub fn columns(&self) -> Vec<GroupColumn> {
        let mut columns = Vec::new();
        for (at, key) in self.keys.iter().enumerate() {
            columns.push(GroupColumn::Key(at));
            if matches!(key.value, KeyValue::Record { .. }) {
                columns.push(GroupColumn::Name(at));
            }
        }
        if self.currency_code.is_some() {
            columns.push(GroupColumn::Currency);
        }
        if self.watches_currencies {
            columns.extend([GroupColumn::LowestCurrency, GroupColumn::HighestCurrency]);
        }
        if self.has_sets {
            columns.push(GroupColumn::Set);
        }
        columns.push(GroupColumn::Records);
        columns.extend((0..self.measures.len()).map(GroupColumn::Measure));
        if self.limit.is_some() {
            columns.push(GroupColumn::Total);
        }
        columns
    }
}
