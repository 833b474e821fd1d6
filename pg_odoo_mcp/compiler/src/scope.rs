//! The frame of one call: who asks, in which language, timezone and companies, and what was
//! noticed on the way.

use crate::catalog::{Catalog, Dialect, Table, nearest, shortened};
use crate::error::{Code, Error, Result};
use crate::principal::{Company, Principal};
use crate::sql::{Param, Statement};
use chrono::{LocalResult, NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

/// How many subqueries one statement may hold.
const MAX_SUBQUERIES: u32 = 32;

/// The `context` argument of every read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// Language code.
    pub lang: Option<String>,
    /// IANA timezone.
    pub tz: Option<String>,
    /// Companies to answer for, the current one first.
    pub allowed_company_ids: Option<Vec<i64>>,
    /// Whether archived records are left out.
    pub active_test: Option<bool>,
}

/// Something the reader of an answer should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// Stable name.
    pub code: &'static str,
    /// For people and agents.
    pub message: String,
}

/// A record rule as it was applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AppliedRule {
    /// The model it limits.
    pub model: String,
    /// `ir_rule.name`
    pub name: String,
    /// `global` or `group`
    pub kind: &'static str,
    /// The rule's expression.
    pub domain: String,
}

/// The frame of one call.
pub struct Scope<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// Where models come from.
    pub catalog: &'a dyn Catalog,
    /// Language of translated values, labels and the week.
    pub lang: String,
    /// Timezone of dates and buckets.
    pub tz: Tz,
    /// Companies the answer is for; the first is Odoo's `env.company`.
    pub company_ids: Vec<i64>,
    /// Whether archived records are left out.
    pub active_test: bool,
    /// How this Odoo reads domains.
    pub dialect: Dialect,
    next_alias: Cell<u32>,
    relations: RefCell<Vec<Table>>,
    rules: RefCell<Vec<AppliedRule>>,
    of_user: RefCell<BTreeMap<String, Option<i64>>>,
    before: RefCell<Vec<(Statement, Option<Param>)>>,
    warnings: RefCell<Vec<Warning>>,
    asks_names: Cell<bool>,
    refuses_open_names: Cell<bool>,
    met_methods: Cell<usize>,
    searched: RefCell<BTreeSet<(String, String)>>,
}

impl<'a> Scope<'a> {
    /// The frame for a call's context; what it omits comes from the user.
    pub fn new(
        principal: &'a Principal,
        catalog: &'a dyn Catalog,
        context: &Context,
    ) -> Result<Self> {
        let installed = |code: &str| principal.languages.iter().any(|l| l.code == code);
        let lang = match &context.lang {
            Some(lang) if installed(lang) => lang.clone(),
            Some(lang) => {
                let known: Vec<&str> = principal
                    .languages
                    .iter()
                    .map(|l| l.code.as_str())
                    .collect();
                return Err(Error::new(
                    Code::InvalidArguments,
                    format!("language {:?} is not installed", shortened(lang)),
                )
                .hint(format!("installed languages: {}", known.join(", "))));
            }
            None => principal
                .lang
                .clone()
                .filter(|l| installed(l))
                .unwrap_or_else(|| "en_US".into()),
        };
        let tz = match &context.tz {
            Some(name) => timezone(name)?,
            None => principal
                .tz
                .as_deref()
                .and_then(|name| timezone(name).ok())
                .unwrap_or(Tz::UTC),
        };
        Ok(Scope {
            principal,
            catalog,
            lang,
            tz,
            company_ids: companies(principal, context.allowed_company_ids.as_deref())?,
            active_test: context.active_test.unwrap_or(true),
            dialect: catalog.dialect(),
            next_alias: Cell::new(0),
            relations: RefCell::default(),
            rules: RefCell::default(),
            of_user: RefCell::default(),
            before: RefCell::default(),
            warnings: RefCell::default(),
            asks_names: Cell::new(false),
            refuses_open_names: Cell::new(false),
            met_methods: Cell::new(0),
            searched: RefCell::default(),
        })
    }

    /// Whether this is the statement's first condition on a field whose conditions Odoo puts together before it asks the
    /// field's method.
    pub fn is_first_search(&self, model: &str, field: &str) -> bool {
        let key = (model.to_owned(), field.to_owned());
        self.searched.borrow_mut().insert(key)
    }

    /// Notes a condition that Odoo gives to a method, which may ask rights before anything is simplified.
    pub fn meet_method(&self) {
        self.met_methods.set(self.met_methods.get() + 1);
    }

    /// How often that was so.
    pub fn met_methods(&self) -> usize {
        self.met_methods.get()
    }

    /// From now on names that SQL can't make are asked of Odoo, if it can be, when all else is answered.
    pub fn ask_names(&self) {
        self.asks_names.set(self.catalog.delegates());
    }

    /// Whether names that SQL can't make are asked for.
    pub fn asks_names(&self) -> bool {
        self.asks_names.get()
    }

    /// From now on a question for names that SQL can't make, and that can't be asked for by themselves, is
    /// Odoo's, if it can be asked, instead of their being left open.
    pub fn refuse_open_names(&self) {
        self.refuses_open_names.set(self.catalog.delegates());
    }

    /// Whether that is so.
    pub fn refuses_open_names(&self) -> bool {
        self.refuses_open_names.get()
    }

    /// Whether the names of a model's records may be left open.
    pub fn open_names(&self, model: &str) -> Result<()> {
        if !self.refuses_open_names() {
            return Ok(());
        }
        Err(Error::new(
            Code::NotSupported,
            format!("the names of {model} are made by Odoo's Python"),
        ))
    }

    /// The companies of the answer, as the user has them.
    pub fn companies(&self) -> impl Iterator<Item = &Company> {
        self.company_ids
            .iter()
            .filter_map(|id| self.principal.companies.iter().find(|c| c.id == *id))
    }

    /// The day a week starts on, 1 is Monday: Odoo takes it from the language.
    pub fn week_start(&self) -> u8 {
        if !self.dialect.local_weeks {
            return 1;
        }
        let of = |code: &str| {
            self.principal
                .languages
                .iter()
                .find(|l| l.code == code)
                .map(|l| l.week_start)
        };
        of(&self.lang).or_else(|| of("en_US")).unwrap_or(7)
    }

    /// The transaction's time in UTC.
    pub fn now(&self) -> Result<NaiveDateTime> {
        NaiveDateTime::parse_from_str(&self.catalog.now()?, "%Y-%m-%d %H:%M:%S")
            .map_err(|e| Error::new(Code::Internal, e.to_string()))
    }

    /// How far the clock of the call's timezone is from UTC then.
    pub fn offset_of_now(&self) -> Result<TimeDelta> {
        let offset = self.tz.offset_from_utc_datetime(&self.now()?).fix();
        Ok(TimeDelta::seconds(i64::from(offset.local_minus_utc())))
    }

    /// A new table alias; the table is noted as one the statement reads.
    pub fn alias(&self, table: &Table) -> u32 {
        let mut relations = self.relations.borrow_mut();
        if !relations.contains(table) {
            relations.push(table.clone());
        }
        self.next_alias.replace(self.next_alias.get() + 1)
    }

    /// Begins another statement: its aliases and its relations are its own.
    pub fn begin_statement(&self) {
        self.next_alias.set(0);
        self.relations.borrow_mut().clear();
        self.searched.borrow_mut().clear();
    }

    /// A new alias for rows that are no table's.
    pub fn derived_alias(&self) -> u32 {
        self.next_alias.replace(self.next_alias.get() + 1)
    }

    /// The alias of a subquery's table. The planner's memory grows with every subquery, before any
    /// budget counts it, so a statement holds a bounded number.
    pub fn subquery_alias(&self, table: &Table) -> Result<u32> {
        if self.next_alias.get() >= MAX_SUBQUERIES {
            return Err(Error::new(
                Code::OverBudget,
                format!("the domain and the record rules lead through more than {MAX_SUBQUERIES} related models"),
            )
            .hint("use fewer conditions with dotted paths or child_of, or ask for ids first and compare those"));
        }
        Ok(self.alias(table))
    }

    /// Whether names may still join what they are made of: subqueries come first.
    pub fn has_room(&self) -> bool {
        self.next_alias.get() < MAX_SUBQUERIES / 2
    }

    /// Every table that got an alias in the statement.
    pub fn relations(&self) -> Vec<Table> {
        self.relations.borrow().clone()
    }

    /// The value of a chain of the user's fields, read at its first use.
    pub fn once_of_user(
        &self,
        path: &str,
        read: impl FnOnce() -> Result<Option<i64>>,
    ) -> Result<Option<i64>> {
        if let Some(id) = self.of_user.borrow().get(path) {
            return Ok(*id);
        }
        let id = read()?;
        self.of_user.borrow_mut().insert(path.to_owned(), id);
        Ok(id)
    }

    /// What a statement finds that others are made with, if it is of use; it is run once.
    pub fn once_before(
        &self,
        statement: Statement,
        run: impl FnOnce(&Statement) -> Result<Option<Param>>,
    ) -> Result<Option<Param>> {
        let known = self.before.borrow();
        if let Some((_, found)) = known.iter().find(|(known, _)| *known == statement) {
            return Ok(found.clone());
        }
        drop(known);
        let found = run(&statement)?;
        self.before.borrow_mut().push((statement, found.clone()));
        Ok(found)
    }

    /// The statements that were run for it.
    pub fn before(&self) -> Vec<Statement> {
        let before = self.before.borrow();
        before
            .iter()
            .map(|(statement, _)| statement.clone())
            .collect()
    }

    /// Notes a rule, once.
    pub fn note_rule(&self, rule: AppliedRule) {
        let mut rules = self.rules.borrow_mut();
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }

    /// The rules noted so far.
    pub fn rules(&self) -> Vec<AppliedRule> {
        self.rules.borrow().clone()
    }

    /// Notes a warning, once.
    pub fn warn(&self, code: &'static str, message: impl Into<String>) {
        let warning = Warning {
            code,
            message: message.into(),
        };
        let mut warnings = self.warnings.borrow_mut();
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }

    /// How many warnings there are.
    pub fn warning_count(&self) -> usize {
        self.warnings.borrow().len()
    }

    /// Takes back the warnings behind so many: they are of what the user may not read.
    pub fn forget_warnings(&self, behind: usize) {
        self.warnings.borrow_mut().truncate(behind);
    }

    /// The warnings noted so far.
    pub fn warnings(&self) -> Vec<Warning> {
        self.warnings.borrow().clone()
    }
}

/// The timezone of that IANA name.
pub fn timezone(name: &str) -> Result<Tz> {
    name.parse().map_err(|_| {
        let near = nearest(name, chrono_tz::TZ_VARIANTS.iter().map(|tz| tz.name()), 3);
        let hint = if near.is_empty() {
            "use an IANA name such as Europe/Brussels or UTC".into()
        } else {
            format!("did you mean {}?", near.join(", "))
        };
        let shown = shortened(name);
        Error::new(
            Code::InvalidArguments,
            format!("unknown timezone {shown:?}"),
        )
        .hint(hint)
    })
}

/// The moment in UTC of a local time. Where the clock shows it twice or never, standard time
/// decides, as in Odoo's timezone library.
pub fn utc(tz: Tz, local: NaiveDateTime) -> NaiveDateTime {
    let offset = match tz.offset_from_local_datetime(&local) {
        LocalResult::Single(offset) => offset.fix(),
        LocalResult::Ambiguous(_, standard) => standard.fix(),
        LocalResult::None => tz
            .offset_from_utc_datetime(&(local - TimeDelta::days(1)))
            .fix(),
    };
    local - TimeDelta::seconds(i64::from(offset.local_minus_utc()))
}

fn companies(principal: &Principal, asked: Option<&[i64]>) -> Result<Vec<i64>> {
    let own: Vec<i64> = principal.companies.iter().map(|c| c.id).collect();
    let Some(asked) = asked.filter(|ids| !ids.is_empty()) else {
        return Ok(own);
    };
    let mut seen = BTreeSet::new();
    for id in asked {
        if !own.contains(id) {
            let known: Vec<String> = principal
                .companies
                .iter()
                .map(|c| format!("{} ({})", c.id, c.name))
                .collect();
            return Err(Error::new(
                Code::AccessDenied,
                format!("company {id} is not one of the user's active companies"),
            )
            .hint(format!("the user's companies: {}", known.join(", "))));
        }
        if !seen.insert(*id) {
            return Err(Error::new(
                Code::InvalidArguments,
                format!("company {id} is named twice in allowed_company_ids"),
            ));
        }
    }
    Ok(asked.to_vec())
}
