//! Both answers side by side.

use std::collections::BTreeMap;

use chrono::{NaiveDateTime, TimeZone};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::question::{Kind, Question};
use crate::mcp::McpClient;
use crate::odoo::{OdooClient, OdooError};

/// What came of a question.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The same records, counts or figures.
    Same,
    /// Both refuse, for want of the same kind of right or sense.
    SameRefusal,
    /// We say that we can't answer, and why.
    NotSupported(String),
    /// Anything else: the two answers.
    Different(String),
}

impl Question {
    /// Asks both, as the same user.
    pub fn ask(&self, mcp: &mut McpClient, odoo: &OdooClient) -> Verdict {
        let (tool, arguments) = self.call();
        let ours = mcp.call_tool(tool, &arguments);
        if ours.is_error && ours.code() == "not_supported" {
            let error = ours.error();
            return Verdict::NotSupported(reason(error["message"].as_str().unwrap_or_default()));
        }
        let theirs = match self.kind {
            Kind::Search => self.odoo_records(odoo),
            Kind::Count => self.odoo_count(odoo),
            Kind::Series => self.odoo_groups(odoo),
        };
        match (ours.is_error, theirs) {
            (true, Err(error)) if refusals_agree(ours.code(), &error) => Verdict::SameRefusal,
            (true, theirs) => self.different(ours.error(), &theirs),
            (false, Err(error)) => self.different(&ours.content, &Err(error)),
            (false, Ok(theirs)) => {
                let ours = match self.kind {
                    Kind::Search => self.our_records(&ours.content),
                    Kind::Count => ours.content["count"].clone(),
                    Kind::Series => self.our_groups(&ours.content, &theirs),
                };
                if same(&ours, &theirs) {
                    Verdict::Same
                } else {
                    self.different(&ours, &Ok(theirs))
                }
            }
        }
    }

    fn different(&self, ours: &Value, theirs: &Result<Value, OdooError>) -> Verdict {
        let (tool, arguments) = self.call();
        let theirs = theirs
            .as_ref()
            .map_or_else(ToString::to_string, ToString::to_string);
        let cut = |text: String| text.chars().take(3000).collect::<String>();
        Verdict::Different(format!(
            "{tool} {arguments}\n   ours: {}\n   odoo: {}",
            cut(ours.to_string()),
            cut(theirs)
        ))
    }

    /// `{records, total}` of `search_read` and `search_count`.
    fn odoo_records(&self, odoo: &OdooClient) -> Result<Value, OdooError> {
        let mut arguments = json!({"domain": self.domain, "context": self.context});
        let total = odoo.call(&self.model, "search_count", &arguments)?;
        for key in ["fields", "limit", "offset", "order"] {
            if let Some(value) = self.more.get(key) {
                arguments[key] = value.clone();
            }
        }
        let records = odoo.call(&self.model, "search_read", &arguments)?;
        Ok(json!({"records": self.sorted(records), "total": total}))
    }

    fn odoo_count(&self, odoo: &OdooClient) -> Result<Value, OdooError> {
        let arguments = json!({"domain": self.domain, "context": self.context});
        odoo.call(&self.model, "search_count", &arguments)
    }

    fn our_records(&self, content: &Value) -> Value {
        json!({"records": self.sorted(content["records"].clone()), "total": content["total"]})
    }

    /// By id, where the order leaves records equal.
    fn sorted(&self, mut records: Value) -> Value {
        if let Some(list) = records.as_array_mut().filter(|_| !self.is_ordered) {
            list.sort_by_key(|record| record["id"].as_i64());
        }
        records
    }

    /// Figures by `start | group | currency`, of `formatted_read_group`.
    fn odoo_groups(&self, odoo: &OdooClient) -> Result<Value, OdooError> {
        let more = &self.more;
        let date_field = more["date_field"].as_str().unwrap_or_default();
        let by_date = format!(
            "{date_field}:{}",
            more["period"].as_str().unwrap_or_default()
        );
        let mut domain = self.domain.clone();
        let bounds = [("from", ">="), ("to", "<=")];
        for (key, operator) in bounds {
            if let (Some(day), Some(parts)) = (more.get(key), domain.as_array_mut()) {
                parts.push(json!([date_field, operator, day]));
            }
        }
        let mut groupby = vec![json!(by_date)];
        groupby.extend(more.get("group_by").cloned());
        let currency = more["_currency"].as_str().filter(|name| !name.is_empty());
        groupby.extend(currency.map(|name| json!(name)));
        let groups = odoo.call(
            &self.model,
            "formatted_read_group",
            &json!({"domain": domain, "groupby": groupby, "aggregates": more["measures"], "context": self.context}),
        )?;
        let zone: Tz = self.context["tz"]
            .as_str()
            .and_then(|name| name.parse().ok())
            .unwrap_or(Tz::UTC);
        let mut figures = BTreeMap::new();
        for group in groups.as_array().into_iter().flatten() {
            let Some(start) = group[&by_date][0].as_str() else {
                continue; // records without a date
            };
            let key = key(
                &local(start, zone),
                more.get("group_by")
                    .map(|name| &group[name.as_str().unwrap_or_default()]),
                currency.and_then(|name| group[name][1].as_str()),
            );
            figures.insert(key, self.measures(|name| group[name].clone()));
        }
        Ok(json!(figures))
    }

    /// The same out of our table. Filled periods, which Odoo does not list, must be empty.
    fn our_groups(&self, content: &Value, theirs: &Value) -> Value {
        let columns: Vec<&str> = content["columns"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let at = |name: &str| columns.iter().position(|column| *column == name);
        let only_currency = content["currencies"][0].as_str();
        let has_currency = self.more["_currency"] != "";
        let mut figures = BTreeMap::new();
        for row in content["rows"].as_array().into_iter().flatten() {
            let start = row[0].as_str().unwrap_or_default();
            let currency = at("currency").map_or(only_currency, |i| row[i].as_str());
            let key = key(
                start,
                self.more
                    .get("group_by")
                    .and_then(Value::as_str)
                    .and_then(at)
                    .map(|i| &row[i]),
                currency.filter(|_| has_currency),
            );
            let values = self.measures(|name| at(name).map_or(Value::Null, |i| row[i].clone()));
            let is_empty = values.as_array().is_some_and(|values| {
                values
                    .iter()
                    .all(|value| value.is_null() || value.as_f64() == Some(0.0))
            });
            if theirs.get(&key).is_some() || !is_empty {
                figures.insert(key, values);
            }
        }
        json!(figures)
    }

    fn measures(&self, value: impl Fn(&str) -> Value) -> Value {
        let values = self.more["measures"].as_array().into_iter().flatten();
        values
            .filter_map(Value::as_str)
            .map(|name| match value(name) {
                // Odoo says false for a sum of nothing, we say 0 or null as `fill` asks
                Value::Bool(false) | Value::Null => json!(0),
                figure => figure,
            })
            .collect()
    }
}

/// Local time of a start that Odoo gives in UTC; dates have none.
fn local(start: &str, zone: Tz) -> String {
    match NaiveDateTime::parse_from_str(start, "%Y-%m-%d %H:%M:%S") {
        Ok(utc) => zone
            .from_utc_datetime(&utc)
            .format("%Y-%m-%d %H:%M:%S")
            .to_string(),
        Err(_) => start.to_owned(),
    }
}

fn key(start: &str, group: Option<&Value>, currency: Option<&str>) -> String {
    // a day is written with and without its midnight
    let start = start.strip_suffix(" 00:00:00").unwrap_or(start);
    let group = match group {
        None => String::new(),
        Some(Value::Array(record)) => record[0].to_string(),
        Some(value) => value.to_string(),
    };
    format!("{start} | {group} | {}", currency.unwrap_or_default())
}

fn refusals_agree(code: &str, error: &OdooError) -> bool {
    match error.status {
        403 => code == "access_denied",
        _ => matches!(
            code,
            "invalid_domain" | "invalid_arguments" | "unknown_field"
        ),
    }
}

/// Equal, numbers by value; a many2one whose name we leave open by its id.
fn same(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Number(a), Value::Number(b)) => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => a == b || (a - b).abs() <= 1e-9 * a.abs().max(b.abs()),
            _ => a == b,
        },
        (Value::Array(a), Value::Array(b)) if a.len() == 2 && a[1].is_null() && b.len() == 2 => {
            a[0] == b[0]
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => ours == theirs,
    }
}

/// A reason without the names of models and fields, to be counted.
fn reason(message: &str) -> String {
    message
        .split_whitespace()
        .filter(|word| !word.contains(['.', '"', '_']))
        .collect::<Vec<_>>()
        .join(" ")
}
