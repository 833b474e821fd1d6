//! A question, made from a seed: kind, model, domain, context, and what only its kind has.

use serde_json::{Value, json};

use super::random::Random;
use super::shape::{Model, Shape};
use super::{descriptions, groups, mistake, names, pivot, reads, records, series};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Records.
    Search,
    /// How many.
    Count,
    /// Measures by keys.
    Group,
    /// Measures by period.
    Series,
    /// Measures by rows and columns.
    Pivot,
    /// Records by their ids.
    Read,
    /// Records by what they are called.
    NameSearch,
    /// A model's fields.
    Describe,
}

/// One question to both.
#[derive(Clone, Debug)]
pub struct Question {
    /// What is asked.
    pub kind: Kind,
    /// The model.
    pub model: String,
    /// The domain.
    pub domain: Value,
    /// Sent to both, spelled out.
    pub context: Value,
    /// The arguments that only this kind has; what begins with `_` is for the comparison.
    pub more: Value,
    /// Whether the order of what is answered is settled.
    pub is_ordered: bool,
}

/// An active language.
#[derive(Clone, Debug)]
pub struct Language {
    /// `fr_FR`
    pub code: String,
    /// The day its weeks start on; 1 is Monday.
    pub week_start: u32,
}

/// Records of which Odoo makes groups in seconds.
const MANY: usize = 200_000;

const ZONES: &[&str] = &[
    "UTC",
    "Europe/Brussels",
    "America/New_York",
    "Asia/Kolkata",
    "Pacific/Auckland",
];

impl Kind {
    /// The tool that answers it.
    #[must_use]
    pub fn tool(self) -> &'static str {
        match self {
            Self::Search => "odoo_search",
            Self::Count => "odoo_count",
            Self::Group => "odoo_read_group",
            Self::Series => "odoo_time_series",
            Self::Pivot => "odoo_pivot",
            Self::Read => "odoo_read",
            Self::NameSearch => "odoo_name_search",
            Self::Describe => "odoo_describe_model",
        }
    }
}

impl Question {
    /// A question as a user with these companies might ask it, in one of these languages.
    #[must_use]
    pub fn random(
        random: &mut Random,
        shape: &Shape,
        companies: &[i64],
        languages: &[Language],
    ) -> Self {
        let language = random.pick(languages);
        let context = context(random, companies, &language.code);
        let mut question = match random.below(49) {
            48 => descriptions::describe(random, shape, context),
            drawn => Self::of_kind(drawn / 4, random, shape, context),
        };
        question.finish(random, shape, language);
        question
    }

    /// A question that groups, and nothing else.
    #[must_use]
    pub fn grouped(
        random: &mut Random,
        shape: &Shape,
        companies: &[i64],
        languages: &[Language],
    ) -> Self {
        let language = random.pick(languages);
        let context = context(random, companies, &language.code);
        let drawn = *random.pick(&[5, 5, 5, 8, 9]);
        let mut question = Self::of_kind(drawn, random, shape, context);
        let rows = shape.model(&question.model).map_or(0, |model| model.rows);
        if rows > MANY && !random.once_in(8) {
            let parts = question.domain.as_array_mut();
            parts.expect("a domain").push(json!(["id", "<", MANY]));
        }
        question.finish(random, shape, language);
        question
    }

    fn of_kind(drawn: usize, random: &mut Random, shape: &Shape, context: Value) -> Self {
        match drawn {
            0..3 => records::search(random, shape, context),
            3..5 => records::count(random, shape, context),
            5..8 => groups::groups(random, shape, context),
            8 => series::series(random, shape, context),
            9 => pivot::pivot(random, shape, context),
            10 => reads::read(random, shape, context),
            _ => names::name_search(random, shape, context),
        }
    }

    fn finish(&mut self, random: &mut Random, shape: &Shape, language: &Language) {
        self.settle(shape, language.week_start);
        if random.once_in(20) {
            mistake::make(random, self);
            self.more["_mistake"] = json!(true);
        }
    }

    /// What the comparison has to know of it.
    pub(super) fn settle(&mut self, shape: &Shape, week_start: u32) {
        self.more["_week_start"] = json!(week_start);
        let is_float8 = shape.model(&self.model).is_some_and(|model| {
            let measures = [&self.more["aggregates"], &self.more["measures"]];
            let names = measures.into_iter().filter_map(Value::as_array).flatten();
            model.has_float8(names.filter_map(Value::as_str))
        });
        self.more["_is_float8"] = json!(is_float8);
    }

    /// Where records that Odoo's order leaves equal may be more than one answer holds: only the first of them.
    pub(super) fn narrow(&mut self, model: &Model, most: usize) {
        if !self.is_ordered && model.rows > most {
            let parts = self.domain.as_array_mut();
            parts.expect("a domain").push(json!(["id", "<", most]));
        }
    }

    /// Whether something is wrong with it on purpose.
    pub(super) fn has_mistake(&self) -> bool {
        self.more["_mistake"] == true
    }

    /// The tool and its arguments.
    #[must_use]
    pub fn call(&self) -> (&'static str, Value) {
        let mut arguments = json!({"model": self.model, "context": self.context});
        if self.kind == Kind::Describe {
            // Odoo's answer depends on nothing else
            arguments["context"] = json!({"lang": self.context["lang"]});
        } else if self.kind != Kind::Read {
            arguments["domain"] = self.domain.clone();
        }
        for (key, value) in self.more.as_object().into_iter().flatten() {
            if !key.starts_with('_') {
                arguments[key] = value.clone();
            }
        }
        (self.kind.tool(), arguments)
    }
}

impl Question {
    /// The context as Odoo gets it: files are told by their size, as we tell them.
    pub(super) fn odoo_context(&self) -> Value {
        let mut context = self.context.clone();
        context["bin_size"] = json!(true);
        context
    }
}

pub(super) fn context(random: &mut Random, companies: &[i64], language: &str) -> Value {
    let mut allowed = companies.to_vec();
    // every order of the companies, and every number of them
    for at in (1..allowed.len()).rev() {
        allowed.swap(at, random.below(at + 1));
    }
    allowed.truncate(1 + random.below(companies.len()));
    let mut context = json!({
        "lang": language,
        "tz": random.pick(ZONES),
        "allowed_company_ids": allowed,
    });
    if random.once_in(6) {
        context["active_test"] = json!(random.once_in(4));
    }
    context
}
