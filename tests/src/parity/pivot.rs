//! Pivots: one `formatted_read_group` for the cells, and one for each kind of total.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::calendar::{label, local};
use super::domain::domain;
use super::measured::{Key, MEASURED, keys};
use super::question::{Kind, Question};
use super::random::Random;
use super::shape::Shape;
use crate::odoo::{OdooClient, OdooError};

const MAX_TOP: usize = 2000;

pub(super) fn pivot(random: &mut Random, shape: &Shape, context: Value) -> Question {
    let measured = random.pick(MEASURED);
    let model = measured.of(shape);
    let mut rows = keys(random, shape, measured, 1, 3);
    let at = 1 + random.below(2.min(rows.len()));
    let columns: Vec<Key> = rows.split_off(at);
    let mut measures: Vec<&str> = measured
        .measures
        .iter()
        .copied()
        .filter(|_| !random.once_in(3))
        .collect();
    if measures.is_empty() || random.once_in(2) {
        measures.push("__count");
    }
    let specs = |keys: &[Key]| json!(keys.iter().map(|key| &key.spec).collect::<Vec<_>>());
    let mut more = json!({
        "rows": specs(&rows),
        "measures": measures,
        "top": MAX_TOP,
        "_currency": measured.currency_of(shape, &measures),
    });
    if !columns.is_empty() {
        more["columns"] = specs(&columns);
    }
    if random.once_in(3) {
        more["totals"] = json!(false);
    }
    // what has no one order is compared as a whole
    let is_ordered = rows.iter().chain(&columns).all(|key| key.is_total);
    if is_ordered && random.once_in(2) {
        let by = if random.once_in(3) {
            &random.pick(&rows).spec
        } else {
            *random.pick(&measures)
        };
        more["sort"] = json!(format!("{by}{}", random.pick(&["", " asc", " desc"])));
    }
    if is_ordered && random.once_in(3) {
        more["top"] = json!(1 + random.below(6));
    }
    Question {
        kind: Kind::Pivot,
        model: model.name.clone(),
        domain: if random.once_in(2) {
            domain(random, shape, model)
        } else {
            json!([])
        },
        context,
        more,
        is_ordered,
    }
}

/// The cells of the row keys, with `total` in place of those that a total is over, and the currency.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    cells: Vec<Value>,
    currency: Option<String>,
    /// By measure and column values.
    figures: BTreeMap<String, Value>,
}

/// A pivot in one form.
#[derive(Default)]
struct Table {
    rows: Vec<Line>,
    totals: Vec<Line>,
    /// Rows there are, shown or not.
    total: usize,
    has_more: bool,
}

impl Line {
    fn is_within(&self, total: &Line) -> bool {
        let pairs = self.cells.iter().zip(&total.cells);
        self.currency == total.currency
            && pairs
                .into_iter()
                .all(|(a, b)| a == b || *b == json!("total"))
    }

    fn is_grand_total(&self) -> bool {
        self.cells.iter().all(|cell| *cell == json!("total"))
    }

    fn name(&self) -> String {
        let currency = self.currency.as_deref().unwrap_or_default();
        format!("{} {currency}", json!(self.cells))
    }
}

/// The line of these cells and this currency, a new one if there is none yet.
fn line<'a>(lines: &'a mut Vec<Line>, cells: Vec<Value>, currency: Option<&str>) -> &'a mut Line {
    let known = |line: &Line| line.cells == cells && line.currency.as_deref() == currency;
    let at = lines.iter().position(known).unwrap_or_else(|| {
        lines.push(Line {
            cells: cells.clone(),
            currency: currency.map(str::to_owned),
            figures: BTreeMap::new(),
        });
        lines.len() - 1
    });
    &mut lines[at]
}

/// A number of a date, which Odoo has as a double, as we write it.
fn whole(value: Value) -> Value {
    match value.as_f64() {
        Some(number) if number.fract() == 0.0 => json!(number as i64),
        _ => value,
    }
}

impl Question {
    fn names(&self, key: &str) -> Vec<&str> {
        let list = self.more[key].as_array().into_iter().flatten();
        list.filter_map(Value::as_str).collect()
    }

    /// The measure or row key that is sorted by, and whether downwards.
    fn sort(&self) -> Option<(&str, bool)> {
        let sort = self.more["sort"].as_str()?;
        Some((sort.split(' ').next()?, sort.ends_with(" desc")))
    }

    fn odoo_table(&self, odoo: &OdooClient) -> Result<Table, OdooError> {
        let (rows, columns) = (self.names("rows"), self.names("columns"));
        let currency = self.more["_currency"].as_str().filter(|c| !c.is_empty());
        let has_totals = self.more["totals"] != false;
        let mut table = Table::default();
        // rows alone come first, for their order; then rows by columns; then each kind of total
        for kept in (0..=rows.len()).rev() {
            let is_total = kept < rows.len();
            for by_column in [false, true] {
                if (is_total && !has_totals) || (by_column && columns.is_empty()) {
                    continue;
                }
                let mut groupby = rows[..kept].to_vec();
                if by_column {
                    groupby.extend(&columns);
                }
                groupby.extend(currency);
                let mut arguments = json!({
                    "domain": self.domain, "groupby": groupby,
                    "aggregates": self.more["measures"], "context": self.context,
                });
                if let Some((key, downwards)) = self.sort().filter(|(key, _)| groupby.contains(key))
                {
                    let rest = groupby.iter().filter(|other| **other != key).copied();
                    let first = format!("{key}{}", if downwards { " desc" } else { "" });
                    let terms: Vec<&str> = std::iter::once(first.as_str()).chain(rest).collect();
                    arguments["order"] = json!(terms.join(", "));
                }
                let groups = odoo.call(&self.model, "formatted_read_group", &arguments)?;
                for group in groups.as_array().into_iter().flatten() {
                    let mut cells: Vec<Value> = rows[..kept]
                        .iter()
                        .map(|name| self.cell(name, &group[*name]))
                        .collect();
                    cells.resize(rows.len(), json!("total"));
                    let currency = currency.and_then(|name| group[name][1].as_str());
                    let lines = if is_total {
                        &mut table.totals
                    } else {
                        &mut table.rows
                    };
                    let line = line(lines, cells, currency);
                    for measure in self.names("measures") {
                        let at = if by_column {
                            let values = columns.iter().map(|name| self.cell(name, &group[*name]));
                            format!("{measure} {}", json!(values.collect::<Vec<_>>()))
                        } else {
                            measure.to_owned()
                        };
                        line.figures.insert(at, group[measure].clone());
                    }
                }
            }
        }
        self.sort_and_cut(&mut table);
        if !columns.is_empty() && !has_totals {
            for line in &mut table.rows {
                line.figures.retain(|at, _| at.contains(' '));
            }
        }
        Ok(table)
    }

    /// Rows of each currency apart, sorted by the total over the columns, cut; then the totals of what is left.
    fn sort_and_cut(&self, table: &mut Table) {
        let by = self
            .sort()
            .filter(|(by, _)| self.names("measures").contains(by));
        table.rows.sort_by(|a, b| {
            let figure = |line: &Line| by.and_then(|(by, _)| line.figures[by].as_f64());
            let (x, y) = (figure(a), figure(b));
            let by_figure = match (x, y) {
                (Some(x), Some(y)) if by.is_some_and(|(_, downwards)| downwards) => y.total_cmp(&x),
                (Some(x), Some(y)) => x.total_cmp(&y),
                _ => x.is_none().cmp(&y.is_none()),
            };
            a.currency.cmp(&b.currency).then(by_figure)
        });
        table.total = table.rows.len();
        let top = self.more["top"].as_u64().unwrap_or(200) as usize;
        let mut kept: BTreeMap<Option<String>, usize> = BTreeMap::new();
        table.rows.retain(|line| {
            let kept = kept.entry(line.currency.clone()).or_default();
            *kept += 1;
            *kept <= top
        });
        table.has_more = table.rows.len() < table.total;
        let rows = &table.rows;
        table
            .totals
            .retain(|total| total.is_grand_total() || rows.iter().any(|row| row.is_within(total)));
    }

    /// A group's value as a cell shows it, a record by its id.
    fn cell(&self, spec: &str, value: &Value) -> Value {
        match (spec.split_once(':'), value) {
            (Some((_, period)), Value::Array(pair)) => pair[0]
                .as_str()
                .and_then(|start| local(start, self.zone()))
                .map_or(json!(false), |start| json!(label(start, period))),
            (None, Value::Array(pair)) => pair[0].clone(),
            (_, value) => whole(value.clone()),
        }
    }

    fn our_table(&self, content: &Value) -> Table {
        let list = |key: &str| content[key].as_array().into_iter().flatten();
        let row_count = self.names("rows").len();
        let columns: Vec<&Value> = list("columns").collect();
        let currency_at = columns.iter().position(|column| *column == "currency");
        let only_currency = list("currencies").next().and_then(Value::as_str);
        let mut table = Table {
            total: content["total"].as_u64().unwrap_or(u64::MAX) as usize,
            has_more: content["has_more"] == true,
            ..Table::default()
        };
        for (key, lines) in [("rows", &mut table.rows), ("totals", &mut table.totals)] {
            for row in list(key) {
                let currency = currency_at.map_or(only_currency, |at| row[at].as_str());
                let first = row_count + usize::from(currency_at.is_some());
                let figures = columns.iter().enumerate().skip(first);
                lines.push(Line {
                    cells: (0..row_count).map(|at| plain(&row[at])).collect(),
                    currency: currency.map(str::to_owned),
                    figures: figures
                        .map(|(at, column)| (self.figure(column), row[at].clone()))
                        .collect(),
                });
            }
        }
        table
    }

    fn figure(&self, column: &Value) -> String {
        match column {
            Value::String(measure) => measure.clone(),
            column => {
                let measure = column["measure"].as_str().unwrap_or_default();
                if column["total"] == true {
                    return measure.to_owned();
                }
                let values = self.names("columns").into_iter();
                let values = values.map(|name| plain(&column[name]));
                format!("{measure} {}", json!(values.collect::<Vec<_>>()))
            }
        }
    }

    pub(super) fn odoo_pivot(&self, odoo: &OdooClient) -> Result<Value, OdooError> {
        Ok(self.form(self.odoo_table(odoo)?))
    }

    /// Ours in the same form.
    pub(super) fn our_pivot(&self, content: &Value) -> Value {
        self.form(self.our_table(content))
    }

    fn form(&self, mut table: Table) -> Value {
        if !self.is_ordered {
            table.rows.sort_by_key(Line::name);
        }
        // the order of the totals among themselves is no one's question
        table.totals.sort_by_key(Line::name);
        let shown = |lines: &[Line]| -> Vec<Value> {
            lines
                .iter()
                .map(|line| {
                    // Odoo says false where there is nothing to add up, a table has no figure there
                    let figures: BTreeMap<&String, &Value> = line
                        .figures
                        .iter()
                        .filter(|(_, value)| !matches!(value, Value::Bool(false) | Value::Null))
                        .collect();
                    json!({"of": line.name(), "figures": figures})
                })
                .collect()
        };
        json!({"rows": shown(&table.rows), "totals": shown(&table.totals), "total": table.total, "has_more": table.has_more})
    }
}

/// A record by its id.
fn plain(cell: &Value) -> Value {
    match cell {
        Value::Array(record) => record[0].clone(),
        cell => cell.clone(),
    }
}
