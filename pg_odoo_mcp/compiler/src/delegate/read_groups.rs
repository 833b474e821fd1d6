//! The groups of Odoo's `formatted_read_group`.

use super::body::Object;
use super::money::without_noise;
use super::{Shape, Warned, body};
use crate::answer::Answer;
use crate::error::Result;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// So many groups beyond the page are counted, and pages that begin at most so far on.
pub(super) const COUNTED: u64 = 2000;

/// A page of groups.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Page {
    pub(super) keys: Vec<String>,
    pub(super) measures: Vec<String>,
    /// Those that are amounts of money.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) money: Vec<String>,
    pub(super) limit: u64,
    pub(super) offset: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) timezone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) week_start: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) companies: Vec<String>,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    head: body::Head<'a>,
    groups: Vec<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
    has_more: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    timezone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    week_start: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    companies: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Warned>,
    lineage: Lineage<'a>,
}

#[derive(Serialize)]
struct Lineage<'a> {
    model: &'a str,
}

impl Page {
    /// The answer of what Odoo says.
    pub(super) fn complete(
        &self,
        shape: &Shape,
        page: &RawValue,
        all: Option<&RawValue>,
    ) -> Result<Answer> {
        let found: Vec<Object> = body::read(page, "list of groups")?;
        let has_more = found.len() as u64 > self.limit;
        let groups = found
            .into_iter()
            .take(self.limit as usize)
            .map(|group| self.group(group))
            .collect::<Result<Vec<_>>>()?;
        let row_count = groups.len() as u64;
        let mut noted = Vec::new();
        let all: Option<Vec<&RawValue>> = all
            .map(|all| {
                serde_json::from_str(all.get())
                    .map_err(|_| body::unexpected("it is no list of groups"))
            })
            .transpose()?;
        let counted = match self.keys.as_slice() {
            [] => Some(1),
            _ => all.map(|all| all.len() as u64),
        };
        let total = if has_more {
            counted
                .filter(|all| *all <= self.offset + self.limit + COUNTED)
                // the one group more was there
                .map(|all| all.max(self.offset + self.limit + 1))
        } else if row_count > 0 || self.offset == 0 {
            Some(self.offset + row_count)
        } else {
            // an empty page after others may be far behind the last one
            counted.map(|all| all.min(self.offset))
        };
        if total.is_none() {
            noted.push(Warned::new(
                "total_open",
                if has_more {
                    "how many groups there are in all is not counted: there are many more"
                } else {
                    "there are no groups at this offset; how many there are before it is not counted"
                },
            ));
        }
        let body = Body {
            head: body::Head::new(shape),
            groups,
            total,
            has_more,
            timezone: self.timezone.as_deref(),
            week_start: self.week_start.as_deref(),
            companies: &self.companies,
            warnings: body::warnings(shape, noted),
            lineage: Lineage {
                model: &shape.model,
            },
        };
        body::answer(shape, &body, row_count)
    }

    /// One group: its keys, the domain of its records, its figures.
    fn group(&self, mut group: Object) -> Result<Box<RawValue>> {
        for name in &self.money {
            if let Some(value) = group.get_mut(name)
                && let Some(clean) = without_noise(value)
            {
                *value = clean;
            }
        }
        let names = self.keys.iter().map(String::as_str);
        let names = names
            .chain(["__extra_domain"])
            .chain(self.measures.iter().map(String::as_str));
        let members = names
            .map(|name| {
                let value = group
                    .get(name)
                    .filter(|value| name != "__extra_domain" || value.get().starts_with('['));
                let value = value.ok_or_else(|| {
                    body::unexpected("a group has not the keys and figures that were asked for")
                })?;
                Ok((name, &**value))
            })
            .collect::<Result<Vec<_>>>()?;
        body::object(members)
    }
}
