//! One call from arguments to answer. The extension lends a [`Database`]; everything else is here.

mod calendar;
mod group;
mod pivot;
mod read_group;
mod series;
mod timeline;

pub(crate) use pivot::Pivot;
pub(crate) use read_group::FormattedGroups;
pub(crate) use series::{Fill, Frame, assemble};
pub(crate) use timeline::{Timeline, weekday};

use crate::catalog::{Catalog, ListedModel, ModelDescription};
use crate::delegate::Delegation;
use crate::error::{Code, Error, Result};
use crate::principal::Principal;
use crate::sql::Statement;
use chrono::NaiveDateTime;
use std::collections::BTreeMap;

/// A row: every column as text, or nothing for NULL.
pub type Row = Vec<Option<String>>;

/// What a call may do with the database: read models, run one checked statement.
pub trait Database: Catalog {
    /// Runs the statement under the reading role and hands each row to `each`, which may stop the
    /// run by an error. Budgets of time and bytes are the implementor's.
    fn rows(&self, statement: &Statement, each: &mut dyn FnMut(Row) -> Result<()>) -> Result<()>;

    /// The models that some access list lets the principal read.
    fn readable_models(&self, principal: &Principal) -> Result<Vec<String>>;

    /// The models that some access list lets the principal read and that have records of their own,
    /// labels in that language.
    fn listed_models(&self, principal: &Principal, lang: &str) -> Result<Vec<ListedModel>>;

    /// What Odoo tells people of these models, in that language, by model name.
    fn described_models(
        &self,
        names: &[&str],
        lang: &str,
    ) -> Result<BTreeMap<String, ModelDescription>>;

    /// What the answer needs to know of the surroundings.
    fn environment(&self) -> Result<Environment>;
}

/// Facts of the surroundings, for `odoo_context`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// `YYYY-MM-DD HH:MM:SS` in UTC: the transaction's time.
    pub now_utc: String,
    /// `ir_module_module.latest_version` of `base`, as `19.0.1.3`.
    pub odoo_version: String,
    /// The token the call came with; nothing in psql.
    pub token: Option<Token>,
}

impl Environment {
    /// The transaction's time in UTC.
    pub(crate) fn now(&self) -> Result<NaiveDateTime> {
        NaiveDateTime::parse_from_str(&self.now_utc, "%Y-%m-%d %H:%M:%S").map_err(|_| {
            Error::new(
                Code::Internal,
                "the time of the transaction is not readable",
            )
        })
    }
}

/// What a caller may know of its own token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The name it was issued with.
    pub name: String,
    /// `read`
    pub scope: String,
    /// `YYYY-MM-DD HH:MM:SS` in UTC; nothing means it does not expire.
    pub expires_at: Option<String>,
}

/// A finished answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The JSON object that is the tool's `structuredContent`.
    pub json: String,
    /// The model that was read, for the audit.
    pub model: Option<String>,
    /// Records, rows or groups in the answer.
    pub row_count: u64,
}

/// How a call goes on.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one in a call, and it is not kept"
)]
pub enum Reply {
    /// SQL has answered it.
    Answer(Answer),
    /// Odoo is to answer it.
    Delegate(Delegation),
}

/// Answers one tool call.
///
/// `tool` is a name of the table of tools, `arguments` the text of a JSON object.
pub fn answer(
    tool: &str,
    arguments: &str,
    principal: &Principal,
    database: &dyn Database,
) -> Result<Reply> {
    crate::tool::dispatch(tool, arguments, principal, database)
}

/// Says how a call would be answered, without running it: `{engine, reason, model, statements
/// [{sql, params}], rules [{model, name, kind, domain}], ...}`.
pub fn explain(
    tool: &str,
    arguments: &str,
    principal: &Principal,
    database: &dyn Database,
) -> Result<Answer> {
    crate::tool::explain(tool, arguments, principal, database)
}

/// The one value of a statement that yields one.
pub(crate) fn single(database: &dyn Database, statement: &Statement) -> Result<String> {
    let mut found = None;
    database.rows(statement, &mut |row| {
        found = row.into_iter().next().flatten();
        Ok(())
    })?;
    found.ok_or_else(|| {
        Error::new(
            Code::Internal,
            "a statement that yields one value yielded none",
        )
    })
}
