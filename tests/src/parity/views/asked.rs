//! A question for each filter, key, field, column and measure.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use serde_json::{Value, json};

use super::super::question::{self, Kind, Question};
use super::super::random::Random;
use super::super::shape::{Model, Shape};
use super::arch::{Action, Filter, Table, Views};
use super::expression::{Names, evaluate};
use super::{Asker, Questions, searched};

/// Why none is asked of them.
pub(super) const OF_PROPERTIES: &str = "a web client asks for each property that is defined";

/// Of one action.
pub(super) struct Maker<'a> {
    pub(super) shape: &'a Shape,
    pub(super) model: &'a Model,
    pub(super) who: Asker<'a>,
    pub(super) action: &'a Action,
    pub(super) views: &'a Views,
    pub(super) random: &'a mut Random,
    pub(super) one_in: usize,
    /// What has been asked of this model, in words.
    pub(super) known: &'a mut BTreeSet<String>,
    pub(super) found: &'a mut Questions,
}

/// The language, zone and companies of one question, and what names mean there.
pub(super) struct Setting {
    pub(super) context: Value,
    pub(super) week_start: u32,
    pub(super) names: Names,
}

impl Maker<'_> {
    pub(super) fn make(mut self) {
        let views = self.views;
        let domain = &self.action.domain;
        let columns = views.columns().join(" ");
        if !columns.is_empty() {
            self.once(
                &format!("list {domain} {:?} {columns}", self.action.chosen),
                Self::list,
            );
        }
        for filter in views.filters(true) {
            self.once(&format!("filter {}", filter.domain), |maker| {
                maker.records("hidden filter", &[filter])
            });
        }
        let filters = views.filters(false);
        let mut keys = Vec::new();
        for context in views.contexts() {
            match views.key_of(context) {
                Ok(key) => keys.push(key),
                Err(error) => self.once(context, |_| Err(error)),
            }
        }
        let known = self.known.len();
        for &filter in &filters {
            self.once(&format!("filter {}", filter.domain), |maker| {
                maker.records("filter", &[filter])
            });
        }
        for key in &keys {
            self.once(&format!("group-by {key}"), |maker| {
                maker.groups("group-by", &[], &[key])
            });
        }
        // as many as half of what this view has and others of the model have not
        self.combinations(&filters, &keys, (self.known.len() - known).div_ceil(2));
        for element in views.searched() {
            let text = |key: &str| element.get(key).map_or("", String::as_str);
            if text("parent") == "searchpanel" {
                self.once(&format!("panel {}", text("name")), |maker| {
                    maker.panel(element)
                });
            } else if text("tag") == "field" {
                let what = format!("field {} {}", text("name"), text("filter_domain"));
                self.once(&what, |maker| maker.field(element));
            } else if element.contains_key("date") {
                self.once(&format!("period {}", text("date")), |maker| {
                    maker.period(element)
                });
            }
        }
        for kind in ["pivot", "graph"] {
            if let Some(table) = views.table(kind) {
                let Table {
                    rows,
                    columns,
                    measures,
                    ..
                } = &table;
                let what = format!("{kind} {domain} {rows:?} {columns:?} {measures:?}");
                self.once(&what, |maker| maker.figures(kind, table));
            }
        }
    }

    /// What people choose together.
    fn combinations(&mut self, filters: &[Filter<'_>], keys: &[String], count: usize) {
        for _ in 0..count {
            let (Some(&a), Some(&b)) = (self.one_of(filters), self.one_of(filters)) else {
                return;
            };
            match self.one_of(keys).filter(|_| self.random.once_in(2)) {
                Some(key) => self.once(&format!("{} by {key}", a.domain), |maker| {
                    maker.groups("filter by key", &[a], &[key])
                }),
                None if a.domain != b.domain => self
                    .once(&format!("{} and {}", a.domain, b.domain), |maker| {
                        maker.records("two filters", &[a, b])
                    }),
                None => {}
            }
        }
    }

    fn one_of<'b, T>(&mut self, list: &'b [T]) -> Option<&'b T> {
        (!list.is_empty()).then(|| self.random.pick(list))
    }

    /// Makes a question that was not made yet, if it is the model's first, or one of the share.
    fn once(&mut self, what: &str, make: impl FnOnce(&mut Self) -> Result<(), String>) {
        let is_first = self.known.is_empty();
        if !self.known.insert(what.to_owned()) || !(is_first || self.random.once_in(self.one_in)) {
            return;
        }
        if let Err(error) = make(self) {
            self.found
                .left_out
                .push(format!("{}: {what}: {error}", self.action.model));
        }
    }

    pub(super) fn setting(&mut self) -> Setting {
        let language = self.random.pick(self.who.languages);
        let mut context = question::context(self.random, self.who.companies, &language.code);
        if let Some(context) = context.as_object_mut() {
            context.remove("active_test"); // no view says so
        }
        let zone = zone(&context);
        let names = Names::from([
            ("uid", json!(self.who.uid)),
            (
                "allowed_company_ids",
                context["allowed_company_ids"].clone(),
            ),
            ("active_id", json!(searched::OPENED)),
            ("active_ids", json!([searched::OPENED])),
            ("current_date", json!(searched::today(zone).to_string())),
        ]);
        Setting {
            context,
            week_start: language.week_start,
            names,
        }
    }

    /// The domains of filters, one after the other, and now and then the action's before them.
    pub(super) fn domain(
        &mut self,
        setting: &Setting,
        filters: &[Filter<'_>],
    ) -> Result<Vec<Value>, String> {
        let mut domain = match self.random.once_in(2) {
            // where that can't be read, the action's own list is left out
            true => self.opened(setting).unwrap_or_default(),
            false => Vec::new(),
        };
        domain.extend(together(filters, &setting.names)?);
        Ok(domain)
    }

    /// The action's domain, of a record that it may be opened of.
    pub(super) fn opened(&mut self, setting: &Setting) -> Result<Vec<Value>, String> {
        let domain = terms(&self.action.domain, &setting.names)?;
        searched::opened(self.random, self.shape, self.model, domain)
    }

    pub(super) fn push(
        &mut self,
        of: &'static str,
        kind: Kind,
        domain: Vec<Value>,
        more: Value,
        setting: Setting,
        is_ordered: bool,
    ) {
        let mut question = Question {
            kind,
            model: self.model.name.clone(),
            domain: Value::Array(domain),
            context: setting.context,
            more,
            is_ordered,
        };
        question.settle(self.shape, setting.week_start);
        self.found.questions.push((of, question));
    }
}

/// The context's zone.
pub(super) fn zone(context: &Value) -> Tz {
    let zone = context["tz"].as_str().and_then(|zone| zone.parse().ok());
    zone.unwrap_or(Tz::UTC)
}

/// The terms of a domain.
pub(super) fn terms(text: &str, names: &Names) -> Result<Vec<Value>, String> {
    match evaluate(if text.is_empty() { "[]" } else { text }, names)? {
        Value::Array(terms) => Ok(terms),
        other => Err(format!("no domain: {other}")),
    }
}

/// One after the other, as they are chosen together: one of each group has to hold.
pub(super) fn together(filters: &[Filter<'_>], names: &Names) -> Result<Vec<Value>, String> {
    let mut groups: BTreeMap<usize, Vec<Vec<Value>>> = BTreeMap::new();
    for filter in filters {
        let of_group = groups.entry(filter.group).or_default();
        of_group.push(one_term(terms(filter.domain, names)?));
    }
    let mut domain = Vec::new();
    for of_group in groups.into_values() {
        domain.extend(std::iter::repeat_n(json!("|"), of_group.len() - 1));
        domain.extend(of_group.into_iter().flatten());
    }
    Ok(domain)
}

/// The domain as a single term, so that a connective can stand before it.
fn one_term(domain: Vec<Value>) -> Vec<Value> {
    let count = |part: &Value| match part.as_str() {
        Some("!") => 0,
        Some(_) => -1,
        None => 1,
    };
    let terms: i32 = domain.iter().map(count).sum();
    let joints = std::iter::repeat_n(json!("&"), terms.saturating_sub(1).unsigned_abs() as usize);
    joints.chain(domain).collect()
}

#[cfg(test)]
mod tests {
    use super::{Filter, Names, together};
    use serde_json::json;

    #[test]
    fn of_filters_between_two_separators_one_is_enough() {
        let filter = |domain, group| Filter {
            name: "",
            domain,
            group,
        };
        let (a, b) = ("[('a', '=', 1), ('b', '=', 2)]", "['!', ('c', '=', 3)]");
        let domain = |filters: &[Filter<'_>]| together(filters, &Names::new());
        assert_eq!(
            domain(&[filter(a, 0), filter(b, 1)]).map(|terms| json!(terms)),
            Ok(json!([
                "&",
                ["a", "=", 1],
                ["b", "=", 2],
                "!",
                ["c", "=", 3]
            ]))
        );
        assert_eq!(
            domain(&[filter(a, 0), filter(b, 0)]).map(|terms| json!(terms)),
            Ok(json!([
                "|",
                "&",
                ["a", "=", 1],
                ["b", "=", 2],
                "!",
                ["c", "=", 3]
            ]))
        );
        assert_eq!(domain(&[]), Ok(Vec::new()));
        assert!(domain(&[filter("[('a', '=', context.get('b'))]", 0)]).is_err());
    }
}
