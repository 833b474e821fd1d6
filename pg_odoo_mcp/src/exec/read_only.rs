//! Reading Odoo's tables: as the role that may do nothing else, in one snapshot, within budgets.

use super::function_guard::{self, FunctionGuard};
use super::plan::{Bind, Plan, Row, connected};
#[cfg(not(feature = "pg13"))]
use super::stream::stream;
use super::{plan_cache, relation, role, stand_in};
use crate::gucs;
use odoo_compiler::error::{Code, Error, Result};
use odoo_compiler::sql::Statement;
use pgrx::pg_sys;
use std::cell::Cell;

/// Whose tables are read, and as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    /// The role the statements run as.
    pub role: pg_sys::Oid,
    /// The role that must own what is read.
    pub odoo_role: pg_sys::Oid,
    /// The schema that it must be in.
    pub odoo_schema: String,
    /// Another one with each change of the facts that models are made of, too.
    pub facts_generation: i64,
}

/// The right to read, for the length of the closure given to [`Reader::within`].
pub(crate) struct Reader<'a> {
    source: &'a Source,
    bytes_read: Cell<usize>,
    /// The one function of Odoo's schema that statements may call.
    unaccent: Cell<Option<pg_sys::Oid>>,
}

impl Reader<'_> {
    /// Becomes the source's role, security restricted, with every setting pinned, for `work`.
    pub(crate) fn within<T>(
        source: &Source,
        work: impl FnOnce(&Reader<'_>) -> Result<T>,
    ) -> Result<T> {
        let _guard = FunctionGuard::up();
        role::acting_as(source.role, || {
            connected(|| {
                work(&Reader {
                    source,
                    bytes_read: Cell::new(0),
                    unaccent: Cell::new(None),
                })
            })
        })
    }

    /// Whose tables are read, and as whom.
    pub(crate) fn source(&self) -> &Source {
        self.source
    }

    /// The schema of Odoo's tables.
    pub(crate) fn odoo_schema(&self) -> &str {
        &self.source.odoo_schema
    }

    /// Statements may call this function from now on.
    pub(crate) fn trust_unaccent(&self, function: pg_sys::Oid) {
        self.unaccent.set(Some(function));
        function_guard::trust(function);
    }

    /// Runs a named statement, in which `:odoo.` stands for Odoo's schema, and returns all its rows. A table that
    /// this Odoo lacks has none.
    pub(crate) fn named(&self, text: &'static str, binds: &[Bind]) -> Result<Vec<Row>> {
        let text = stand_in::with(text, &self.source.odoo_schema)
            .replace(":odoo.", &format!("{}.", quoted(&self.source.odoo_schema)));
        let mut plan = Plan::kept(&text, binds);
        relation::lock(&plan.dependencies().0);
        if !plan.is_valid() {
            // the locks brought news of a change; analysing anew locks what is there now
            Plan::forget(&text);
            plan = Plan::kept(&text, binds);
        }
        self.check(plan)?;
        let mut rows = Vec::new();
        plan.read(binds, &mut |row| {
            rows.push(row);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Runs a statement of the compiler's, and hands on its rows as they come.
    pub(crate) fn rows(
        &self,
        statement: &Statement,
        binds: &[Bind],
        each: &mut dyn FnMut(Row) -> Result<()>,
    ) -> Result<()> {
        // by name first, so that a refusal names the relation; then what the statement really
        // depends on, whatever happened to the names in between
        for table in &statement.relations {
            relation::check_named(table, self.source)?;
        }
        let lease = plan_cache::lease(&statement.text, binds);
        let plan = lease.plan();
        self.check(plan)?;
        let budget = gucs::answer_budget();
        let mut count = |row: Row| {
            let bytes: usize = row.iter().flatten().map(String::len).sum();
            let total = self.bytes_read.get() + bytes;
            self.bytes_read.set(total);
            if total > budget {
                return Err(
                    Error::new(Code::OverBudget, "the answer is larger than its budget")
                        .detail(format!("the budget is {budget} bytes of values"))
                        .hint("ask for fewer fields or a smaller limit"),
                );
            }
            each(row)
        };
        stream(plan, binds, &mut count)
    }

    /// Locks a relation that is read by other means than a statement, and refuses it unless that runs
    /// nobody's code.
    pub(crate) fn check_relation(&self, relation: pg_sys::Oid) -> Result<()> {
        relation::check(relation, self.source)
    }

    /// Locks relations against change, which brings in the news of them.
    pub(crate) fn lock_relations(&self, relations: impl Iterator<Item = pg_sys::Oid>) {
        relation::lock(&relations.collect::<Vec<_>>());
    }

    fn check(&self, plan: Plan) -> Result<()> {
        let (relations, functions) = plan.dependencies();
        for relation in relations {
            relation::check(relation, self.source)?;
        }
        relation::check_functions(&functions, self.unaccent.get())
    }
}

/// An identifier as SQL text. The schema's name comes from `pg_namespace`.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

// before 14 SPI has no receiver of one's own
#[cfg(feature = "pg13")]
fn stream(plan: Plan, binds: &[Bind], each: &mut dyn FnMut(Row) -> Result<()>) -> Result<()> {
    plan.read(binds, each)
}
