//! Pivots: one `formatted_read_group` for the cells, and one for each kind of total.

use std::collections::{BTreeMap, BTreeSet};

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
    if random.once_in(3) {
        let by = *random.pick(&measures);
        more["sort"] = json!(format!("{by}{}", random.pick(&["", " asc", " desc"])));
        if random.once_in(2) {
            more["top"] = json!(1 + random.below(6));
        }
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
        is_ordered: rows.iter().all(|key| key.is_total),
    }
}

/// `row cells | currency` to `measure and column values` to the figure.
type Cells = BTreeMap<String, BTreeMap<String, Value>>;

/// A pivot in one form: its cells and totals, its rows in order, how many there are.
#[derive(Default)]
struct Table {
    cells: Cells,
    totals: Cells,
    /// Without the currency, each once.
    rows: Vec<String>,
    currencies: BTreeSet<String>,
}

impl Table {
    fn put(
        &mut self,
        is_total: bool,
        row: &[Value],
        currency: Option<&str>,
        at: String,
        value: &Value,
    ) {
        // Odoo says false where there is nothing to add up, a table has no cell there
        if matches!(value, Value::Bool(false) | Value::Null) {
            return;
        }
        let cells = if is_total {
            &mut self.totals
        } else {
            &mut self.cells
        };
        let key = format!("{} | {}", json!(row), currency.unwrap_or_default());
        cells.entry(key).or_default().insert(at, value.clone());
    }

    fn see(&mut self, row: &[Value]) {
        let row = json!(row).to_string();
        if !self.rows.contains(&row) {
            self.rows.push(row);
        }
    }
}

impl Question {
    fn names(&self, key: &str) -> Vec<&str> {
        let list = self.more[key].as_array().into_iter().flatten();
        list.filter_map(Value::as_str).collect()
    }

    fn odoo_table(&self, odoo: &OdooClient) -> Result<Table, OdooError> {
        let (rows, columns) = (self.names("rows"), self.names("columns"));
        let currency = self.more["_currency"].as_str().filter(|c| !c.is_empty());
        let has_totals = self.more["totals"] != false;
        let mut table = Table::default();
        for kept in (0..=rows.len()).rev() {
            let is_total = kept < rows.len();
            if is_total && !has_totals {
                break;
            }
            for by_column in [false, true] {
                // without columns there is one figure a row; the total over them stands beside them
                if by_column && columns.is_empty() {
                    continue;
                }
                let is_cell = by_column || columns.is_empty();
                let mut groupby = rows[..kept].to_vec();
                if by_column {
                    groupby.extend(&columns);
                }
                groupby.extend(currency);
                let groups = odoo.call(
                    &self.model,
                    "formatted_read_group",
                    &json!({"domain": self.domain, "groupby": groupby, "aggregates": self.more["measures"], "context": self.context}),
                )?;
                for group in groups.as_array().into_iter().flatten() {
                    let mut row: Vec<Value> = rows[..kept]
                        .iter()
                        .map(|name| self.cell(name, &group[*name]))
                        .collect();
                    row.resize(rows.len(), json!("total"));
                    if !is_total {
                        table.see(&row);
                    }
                    let currency = currency.and_then(|name| group[name][1].as_str());
                    table.currencies.extend(currency.map(str::to_owned));
                    if !is_cell && !has_totals {
                        continue;
                    }
                    for measure in self.names("measures") {
                        let at = if by_column {
                            let values = columns.iter().map(|name| self.cell(name, &group[*name]));
                            format!("{measure} {}", json!(values.collect::<Vec<_>>()))
                        } else {
                            measure.to_owned()
                        };
                        table.put(is_total, &row, currency, at, &group[measure]);
                    }
                }
            }
        }
        Ok(table)
    }

    /// A group's value as a cell shows it, a record by its id.
    fn cell(&self, spec: &str, value: &Value) -> Value {
        match (spec.split_once(':'), value) {
            (Some((_, period)), Value::Array(pair)) => pair[0]
                .as_str()
                .and_then(|start| local(start, self.zone()))
                .map_or(json!(false), |start| json!(label(start, period))),
            (None, Value::Array(pair)) => pair[0].clone(),
            (_, value) => value.clone(),
        }
    }

    fn our_table(&self, content: &Value) -> Table {
        let list = |key: &str| content[key].as_array().into_iter().flatten();
        let row_count = self.names("rows").len();
        let columns: Vec<&Value> = list("columns").collect();
        let currency_at = columns.iter().position(|column| *column == "currency");
        let only_currency = list("currencies").next().and_then(Value::as_str);
        let has_currency = self.more["_currency"] != "";
        let mut table = Table::default();
        table
            .currencies
            .extend(list("currencies").filter_map(|c| c.as_str().map(str::to_owned)));
        for (key, is_total) in [("rows", false), ("totals", true)] {
            for row in list(key) {
                let cells: Vec<Value> = (0..row_count).map(|at| plain(&row[at])).collect();
                if !is_total {
                    table.see(&cells);
                }
                let currency = currency_at.map_or(only_currency, |at| row[at].as_str());
                let first = row_count + usize::from(currency_at.is_some());
                for (at, column) in columns.iter().enumerate().skip(first) {
                    let name = self.figure(column);
                    let currency = currency.filter(|_| has_currency);
                    table.put(is_total, &cells, currency, name, &row[at]);
                }
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

    /// Odoo's figures: all of them where we show all rows, otherwise those of the rows we show.
    pub(super) fn odoo_pivot(
        &self,
        odoo: &OdooClient,
        content: Option<&Value>,
    ) -> Result<Value, OdooError> {
        let theirs = self.odoo_table(odoo)?;
        let ours = content.map(|content| self.our_table(content));
        Ok(self.form(&theirs, ours.as_ref()))
    }

    /// Ours in the same form.
    pub(super) fn our_pivot(&self, content: &Value) -> Value {
        let ours = self.our_table(content);
        self.form(&ours, Some(&ours))
    }

    fn form(&self, table: &Table, shown: Option<&Table>) -> Value {
        let mut cells = table.cells.clone();
        let mut rows = table.rows.clone();
        if let Some(shown) = shown {
            cells.retain(|key, _| {
                shown
                    .rows
                    .iter()
                    .any(|row| key.starts_with(&format!("{row} | ")))
            });
            if self.more.get("sort").is_some() || !self.is_ordered {
                rows.retain(|row| shown.rows.contains(row));
                rows.sort();
            }
        }
        json!({"cells": cells, "totals": table.totals, "rows": rows, "currencies": table.currencies})
    }
}

/// A record by its id.
fn plain(cell: &Value) -> Value {
    match cell {
        Value::Array(record) => record[0].clone(),
        cell => cell.clone(),
    }
}
