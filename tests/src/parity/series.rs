//! Time series: `formatted_read_group` by date, with the gaps filled by a model of the test's own.

use std::collections::BTreeMap;
use std::time::SystemTime;

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::calendar::{axis, label, local, start_of};
use super::domain::domain;
use super::measured::{MEASURED, period};
use super::question::{Kind, Question};
use super::random::Random;
use super::shape::Shape;
use crate::odoo::{OdooClient, OdooError};

const FILLS: &[&str] = &["zero", "zero", "null", "previous", "linear", "none"];

pub(super) fn series(random: &mut Random, shape: &Shape, context: Value) -> Question {
    let measured = random.pick(MEASURED);
    let model = measured.of(shape);
    let date = model
        .field(measured.date_field)
        .expect("the date is in the shape");
    let mut measures: Vec<&str> = vec!["__count"];
    measures.extend(measured.measures.iter().filter(|_| !random.once_in(3)));
    let mut more = json!({
        "date_field": date.name,
        "period": period(random, date),
        "measures": measures,
        "fill": *random.pick(FILLS),
        "_currency": measured.currency_of(shape, &measures),
        "_is_datetime": date.kind == "datetime",
    });
    if random.once_in(2) {
        more["group_by"] = json!([random.pick(measured.keys)]);
    }
    let day = |before: usize| json!((shape.last_day() - Days::new(before as u64)).to_string());
    if more["period"] == "hour" {
        // years of hours are refused; a week of them is a question
        more["from"] = day(5);
        more["to"] = day(0);
    } else {
        if random.once_in(3) {
            more["from"] = day(30 + random.below(900));
        }
        if random.once_in(4) {
            more["to"] = day(random.below(30));
        }
    }
    Question {
        kind: Kind::Series,
        model: model.name.clone(),
        domain: if random.once_in(2) {
            domain(random, shape, model)
        } else {
            json!([])
        },
        context,
        more,
        is_ordered: true,
    }
}

/// The figures of one series by their starts.
type Found = BTreeMap<NaiveDateTime, Vec<Value>>;

impl Question {
    /// Every row as `start | group | currency` and its figures, of `formatted_read_group`, filled.
    pub(super) fn odoo_series(&self, odoo: &OdooClient) -> Result<Value, OdooError> {
        let more = &self.more;
        let date_field = more["date_field"].as_str().unwrap_or_default();
        let by_date = format!("{date_field}:{}", self.period());
        let mut domain = self.domain.clone();
        for (key, operator) in [("from", ">="), ("to", "<=")] {
            if let (Some(day), Some(parts)) = (more.get(key), domain.as_array_mut()) {
                parts.push(json!([date_field, operator, day]));
            }
        }
        let mut groupby = vec![json!(by_date)];
        groupby.extend(more["group_by"].as_array().into_iter().flatten().cloned());
        let currency = more["_currency"].as_str().filter(|name| !name.is_empty());
        groupby.extend(currency.map(|name| json!(name)));
        let groups = odoo.call(
            &self.model,
            "formatted_read_group",
            &json!({"domain": domain, "groupby": groupby, "aggregates": more["measures"], "context": self.context}),
        )?;
        let mut all: BTreeMap<String, Found> = BTreeMap::new();
        for group in groups.as_array().into_iter().flatten() {
            let Some(start) = group[&by_date][0]
                .as_str()
                .and_then(|start| local(start, self.zone()))
            else {
                continue; // records without a date
            };
            let key = of_series(
                more["group_by"][0].as_str().map(|name| &group[name]),
                currency.and_then(|name| group[name][1].as_str()),
            );
            let measures = more["measures"].as_array().into_iter().flatten();
            let figures = measures
                .filter_map(Value::as_str)
                // false: no value among the records, so there is none in the period
                .map(|name| match &group[name] {
                    Value::Bool(_) => Value::Null,
                    figure => figure.clone(),
                })
                .collect();
            all.entry(key).or_default().insert(start, figures);
        }
        Ok(json!(self.filled(all)))
    }

    /// What `fill` asks for, in each series over the periods of all of them.
    fn filled(&self, mut all: BTreeMap<String, Found>) -> BTreeMap<String, Vec<Value>> {
        let bound = |key: &str| self.more[key].as_str().and_then(|day| day.parse().ok());
        let (from, to): (Option<NaiveDate>, Option<NaiveDate>) = (bound("from"), bound("to"));
        if all.is_empty() && self.more.get("group_by").is_none() && from.is_some() {
            // one series, even of nothing
            all.insert(of_series(None, None), Found::new());
        }
        let starts = all.values().flat_map(|found| found.keys().copied());
        let week_start = self.more["_week_start"].as_u64().unwrap_or(1) as u32;
        let start = |day| start_of(day, self.period(), week_start).and_time(NaiveTime::MIN);
        let last_hour = TimeDelta::hours(if self.period() == "hour" { 23 } else { 0 });
        let first = from.map(start).or_else(|| starts.clone().min());
        // from a day on means until now
        let now = DateTime::<Utc>::from(SystemTime::now());
        let now = now.with_timezone(&self.zone()).date_naive();
        let until_now = from.map(|_| start(now));
        let last = to
            .map(|day| start(day) + last_hour)
            .or_else(|| starts.clone().chain(until_now).max());
        let mut rows = BTreeMap::new();
        let (Some(first), Some(last)) = (first, last) else {
            return rows;
        };
        let zone = (self.more["_is_datetime"] == true).then(|| self.zone());
        let mut axis = axis(first, last, self.period(), week_start, zone);
        axis.extend(starts.collect::<Vec<_>>());
        let axis: Vec<NaiveDateTime> = axis.into_iter().collect();
        for (key, found) in &all {
            let columns: Vec<Vec<Value>> = self
                .measures()
                .enumerate()
                .map(|(at, measure)| {
                    let known = axis.iter().map(|start| found.get(start)?.get(at).cloned());
                    self.fill(measure, known.map(|v| v.unwrap_or(Value::Null)).collect())
                })
                .collect();
            for (at, start) in axis.iter().enumerate() {
                if self.more["fill"] != "none" || found.contains_key(start) {
                    let row = columns.iter().map(|column| column[at].clone()).collect();
                    rows.insert(format!("{} | {key}", label(*start, self.period())), row);
                }
            }
        }
        rows
    }

    fn fill(&self, measure: &str, mut values: Vec<Value>) -> Vec<Value> {
        let known: Vec<(usize, f64)> = values
            .iter()
            .enumerate()
            .filter_map(|(at, value)| Some((at, value.as_f64()?)))
            .collect();
        for (at, value) in values.iter_mut().enumerate().filter(|(_, v)| v.is_null()) {
            let before = known.iter().rev().find(|(known, _)| *known < at);
            let after = known.iter().find(|(known, _)| *known > at);
            *value = match (self.more["fill"].as_str(), before, after) {
                // an average or an extreme of nothing is no number
                (Some("zero"), ..) if !measure.ends_with(":avg") && !is_extreme(measure) => {
                    json!(0)
                }
                (Some("previous"), Some((_, before)), _) => json!(before),
                (Some("linear"), Some((i, a)), Some((j, b))) => {
                    json!(a + (b - a) * ((at - i) as f64 / (j - i) as f64))
                }
                _ => Value::Null,
            };
        }
        values
    }

    /// The same rows out of our table.
    pub(super) fn our_series(&self, content: &Value) -> Value {
        let columns: Vec<&str> = content["columns"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let at = |name: &str| columns.iter().position(|column| *column == name);
        let only_currency = content["currencies"][0].as_str();
        let has_currency = self.more["_currency"] != "";
        let mut rows = BTreeMap::new();
        for row in content["rows"].as_array().into_iter().flatten() {
            let currency = at("currency").map_or(only_currency, |i| row[i].as_str());
            let key = of_series(
                self.more["group_by"][0]
                    .as_str()
                    .and_then(at)
                    .map(|i| &row[i]),
                currency.filter(|_| has_currency),
            );
            let figures: Vec<Value> = self
                .measures()
                .map(|name| at(name).map_or(json!("no such column"), |i| row[i].clone()))
                .collect();
            rows.insert(
                format!("{} | {key}", row[0].as_str().unwrap_or_default()),
                figures,
            );
        }
        json!(rows)
    }

    fn period(&self) -> &str {
        self.more["period"].as_str().unwrap_or_default()
    }

    fn measures(&self) -> impl Iterator<Item = &str> {
        let measures = self.more["measures"].as_array().into_iter().flatten();
        measures.filter_map(Value::as_str)
    }

    /// The zone of the context.
    pub(super) fn zone(&self) -> Tz {
        let name = self.context["tz"].as_str();
        name.and_then(|name| name.parse().ok()).unwrap_or(Tz::UTC)
    }
}

fn is_extreme(measure: &str) -> bool {
    measure.ends_with(":min") || measure.ends_with(":max")
}

fn of_series(group: Option<&Value>, currency: Option<&str>) -> String {
    let group = match group {
        None => String::new(),
        Some(Value::Array(record)) => record[0].to_string(),
        Some(value) => value.to_string(),
    };
    format!("{group} | {}", currency.unwrap_or_default())
}
