//! Figures: what filters group by, pivots, graphs.

use serde_json::{Value, json};

use super::super::measured;
use super::super::question::Kind;
use super::arch::{Element, Filter, Table};
use super::asked::{Maker, OF_PROPERTIES, Setting};
use super::records::PAGE;

/// Groups and rows of an answer at most.
const MOST: usize = 2000;

impl Maker<'_> {
    /// How many there are of each, and what the list adds up.
    pub(super) fn groups(
        &mut self,
        of: &'static str,
        filters: &[Filter<'_>],
        keys: &[&String],
    ) -> Result<(), String> {
        if keys
            .iter()
            .any(|key| self.views.field(key)["type"] == "properties")
        {
            return Err(OF_PROPERTIES.into());
        }
        let setting = self.setting();
        let domain = self.domain(&setting, filters)?;
        let mut aggregates = vec!["__count".to_owned()];
        let summed = |column: &&Element| column.contains_key("sum") || column.contains_key("avg");
        let summed = self.views.elements("list").filter(summed);
        for measure in summed.filter_map(|column| self.views.measure(column.get("name")?)) {
            if !aggregates.contains(&measure) {
                aggregates.push(measure);
            }
        }
        aggregates.truncate(4);
        self.grouped(of, domain, &aggregates, keys, setting);
        Ok(())
    }

    pub(super) fn grouped(
        &mut self,
        of: &'static str,
        domain: Vec<Value>,
        aggregates: &[String],
        keys: &[&String],
        setting: Setting,
    ) {
        let is_total = |key: &&String| measured::key(self.shape, self.model, key).is_total;
        let is_ordered = keys.iter().all(is_total);
        let mut more = json!({"groupby": keys, "aggregates": aggregates});
        more["limit"] = json!(if is_ordered { PAGE } else { MOST });
        self.push(of, Kind::Group, domain, more, setting, is_ordered);
    }

    /// What a pivot or a graph shows.
    pub(super) fn figures(&mut self, kind: &'static str, table: Table) -> Result<(), String> {
        let setting = self.setting();
        let domain = self.opened(&setting)?;
        let rows: Vec<&String> = table.rows.iter().collect();
        if let ("graph", Some((date, period)), true) = (
            kind,
            table.rows.first().and_then(|key| key.split_once(':')),
            table.rows.len() < 3 && self.random.once_in(2),
        ) {
            let mut more = json!({
                "date_field": date, "period": period, "measures": table.measures, "fill": "none",
                "_currency": table.currency, "_is_datetime": self.views.field(date)["type"] == "datetime",
            });
            if let Some(key) = table.rows.get(1) {
                more["group_by"] = json!([key]);
            }
            self.push(kind, Kind::Series, domain, more, setting, true);
            return Ok(());
        }
        if kind == "graph" || rows.is_empty() {
            self.grouped(kind, domain, &table.measures, &rows, setting);
            return Ok(());
        }
        let mut keys = table.rows.iter().chain(&table.columns);
        let is_ordered = keys.all(|key| measured::key(self.shape, self.model, key).is_total);
        let mut more = json!({
            "rows": table.rows, "measures": table.measures, "top": MOST, "_currency": table.currency,
        });
        if !table.columns.is_empty() {
            more["columns"] = json!(table.columns);
        }
        self.push(kind, Kind::Pivot, domain, more, setting, is_ordered);
        Ok(())
    }
}
