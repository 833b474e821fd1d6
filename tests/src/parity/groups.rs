//! Grouped reads: `formatted_read_group`.

use serde_json::{Value, json};

use super::domain::domain;
use super::measured::{Key, MEASURED, any_key, keys};
use super::question::{Kind, Question};
use super::random::Random;
use super::shape::{Model, Shape};
use crate::odoo::{OdooClient, OdooError};

/// Groups of an answer without a limit, and at most.
const DEFAULT_LIMIT: usize = 200;
const MAX_LIMIT: usize = 2000;

pub(super) fn groups(random: &mut Random, shape: &Shape, context: Value) -> Question {
    let (model, keys, mut aggregates) = if random.once_in(3) {
        let model = shape.any_model(random);
        let mut keys: Vec<Key> = Vec::new();
        for _ in 0..random.below(3) {
            let key = any_key(random, shape, model);
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        (model, keys, Vec::new())
    } else {
        let measured = random.pick(MEASURED);
        let keys = keys(random, shape, measured, 0, 3);
        let some = measured.measures.iter().filter(|_| !random.once_in(3));
        (
            measured.of(shape),
            keys,
            some.map(|m| (*m).to_owned()).collect(),
        )
    };
    for _ in 0..random.below(3) {
        let next = aggregate(random, model);
        if !aggregates.contains(&next) {
            aggregates.push(next);
        }
    }
    if aggregates.is_empty() {
        // what we answer unasked
        aggregates.push("__count".into());
    }
    let specs: Vec<&str> = keys.iter().map(|key| key.spec.as_str()).collect();
    let (mut order, mut names_every_key) = order(random, &specs, &aggregates);
    if model.rows > MAX_LIMIT && !names_every_key {
        (order, names_every_key) = (None, true);
    }
    let is_ordered = names_every_key && keys.iter().all(|key| key.is_total);
    let mut more = json!({"groupby": specs, "aggregates": aggregates});
    if let Some(order) = order {
        more["order"] = json!(order);
    }
    // without keys Odoo takes no notice of it, and we refuse it
    if !keys.is_empty() && random.once_in(4) {
        more["having"] = having(random, &aggregates);
    }
    if !is_ordered {
        more["limit"] = json!(MAX_LIMIT);
    } else if random.once_in(2) {
        more["limit"] = json!(1 + random.below(12));
        let most = *random.pick(&[4, 4, 4, 4000]);
        more["offset"] = json!(random.below(most));
    }
    let mut question = Question {
        kind: Kind::Group,
        model: model.name.clone(),
        domain: if random.once_in(2) {
            domain(random, shape, model)
        } else {
            json!([])
        },
        context,
        more,
        is_ordered,
    };
    question.narrow(model, MAX_LIMIT);
    question
}

fn aggregate(random: &mut Random, model: &Model) -> String {
    const NUMBER: &[&str] = &["sum", "avg", "min", "max", "count", "count_distinct"];
    const OTHER: &[&str] = &["count", "count_distinct"];
    if random.once_in(3) {
        return "__count".into();
    }
    let numbers = model.of_kind(&["integer", "float", "monetary"]);
    if !numbers.is_empty() && !random.once_in(3) {
        return format!("{}:{}", random.pick(&numbers).name, random.pick(NUMBER));
    }
    let plain: Vec<_> = model.fields.iter().filter(|f| !f.is_to_many()).collect();
    let field = random.pick(&plain);
    let function = match field.kind.as_str() {
        // Odoo adds up the ids of records; we refuse that, and say what to take
        "many2one" if random.once_in(12) => *random.pick(&["bool_or", "max"]),
        _ if random.once_in(12) => *random.pick(&["sum", "bool_or", "max"]),
        "boolean" => *random.pick(&["bool_and", "bool_or", "count"]),
        "date" | "datetime" => *random.pick(&["min", "max", "count_distinct"]),
        "integer" | "float" | "monetary" => random.pick(NUMBER),
        _ => random.pick(OTHER),
    };
    format!("{}:{function}", field.name)
}

/// An order over keys and aggregates, and whether it names every key.
fn order(random: &mut Random, specs: &[&str], aggregates: &[String]) -> (Option<String>, bool) {
    if random.once_in(2) {
        return (None, true);
    }
    let mut terms: Vec<&str> = Vec::new();
    if !aggregates.is_empty() && random.once_in(2) {
        terms.push(random.pick::<String>(aggregates));
    }
    let is_whole = !random.once_in(5);
    let mut rest = specs.to_vec();
    while !rest.is_empty() && (is_whole || random.once_in(2)) {
        let at = random.below(rest.len());
        terms.push(rest.remove(at));
    }
    let terms: Vec<String> = terms
        .into_iter()
        .map(|term| {
            let direction =
                *random.pick(&["", " desc", " asc", " desc nulls last", " nulls first"]);
            format!("{term}{direction}")
        })
        .collect();
    if terms.is_empty() {
        return (None, true);
    }
    (Some(terms.join(", ")), rest.is_empty())
}

fn having(random: &mut Random, aggregates: &[String]) -> Value {
    let mut condition = || {
        let by = if aggregates.is_empty() || random.once_in(2) {
            "__count"
        } else {
            random.pick(aggregates)
        };
        // Odoo makes wrong SQL of a list behind `in`
        match random.below(3) {
            0 => json!([by, *random.pick(&["=", "!="]), 1]),
            _ => json!([
                by,
                *random.pick(&[">", ">=", "<", "<="]),
                *random.pick(&[1, 2, 100])
            ]),
        }
    };
    match condition() {
        one if random.once_in(2) => json!([one]),
        one => json!(["|", one, ["__count", ">", 3]]),
    }
}

impl Question {
    /// The groups of the page, how many there are in all, and the names in their order.
    pub(super) fn odoo_groups(&self, odoo: &OdooClient) -> Result<Value, OdooError> {
        let mut arguments = json!({"domain": self.domain, "context": self.context});
        for key in ["groupby", "aggregates", "having", "order"] {
            if let Some(value) = self.more.get(key) {
                arguments[key] = value.clone();
            }
        }
        let groups = odoo.call(&self.model, "formatted_read_group", &arguments)?;
        let all = groups.as_array().cloned().unwrap_or_default();
        let number = |key: &str| self.more[key].as_u64().map(|n| n as usize);
        let total = all.len();
        let (limit, offset) = (
            number("limit").unwrap_or(DEFAULT_LIMIT),
            number("offset").unwrap_or(0),
        );
        let page: Vec<Value> = all.into_iter().skip(offset).take(limit).collect();
        let has_more = offset + page.len() < total;
        Ok(self.page(page, json!(total), json!(has_more)))
    }

    /// The same out of our answer.
    pub(super) fn our_groups(&self, content: &Value, theirs: &Value) -> Value {
        let page = content["groups"].as_array().cloned().unwrap_or_default();
        let mut warnings = content["warnings"].as_array().into_iter().flatten();
        // where Odoo answers, groups far from the page are not counted, and that is said
        let total = match warnings.any(|warning| warning["code"] == "total_open") {
            true => theirs["total"].clone(),
            false => content["total"].clone(),
        };
        self.page(page, total, content["has_more"].clone())
    }

    fn page(&self, mut groups: Vec<Value>, total: Value, has_more: Value) -> Value {
        let names: Vec<String> = groups
            .first()
            .and_then(Value::as_object)
            .map(|group| group.keys().cloned().collect())
            .unwrap_or_default();
        if !self.is_ordered {
            groups.sort_by_cached_key(|group| self.group_key(group));
        }
        json!({"groups": groups, "total": total, "has_more": has_more, "names": names})
    }

    /// The values of the keys, as text; a record by its id.
    fn group_key(&self, group: &Value) -> String {
        let specs = self.more["groupby"].as_array().into_iter().flatten();
        let values: Vec<Value> = specs
            .filter_map(Value::as_str)
            .map(|spec| match &group[spec] {
                Value::Array(pair) => pair[0].clone(),
                value => value.clone(),
            })
            .collect();
        json!(values).to_string()
    }
}
