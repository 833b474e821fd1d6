use super::Column;
use crate::catalog::Table;
use crate::scope::Scope;

/// What a statement reads from: one table and the records its many2one columns point to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The model's table.
    pub table: Table,
    /// Its alias.
    pub alias: u32,
    /// Joined in this order; each may use the aliases before it.
    pub joins: Vec<Join>,
}

/// `LEFT JOIN table alias ON link = alias.id`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// The many2one column.
    pub link: Column,
    /// The comodel's table.
    pub table: Table,
    /// Its alias.
    pub alias: u32,
}

impl Source {
    /// The table alone.
    pub fn new(scope: &Scope<'_>, table: &Table) -> Source {
        Source {
            table: table.clone(),
            alias: scope.alias(table),
            joins: Vec::new(),
        }
    }

    /// The alias of the records that `link` points to; one join for a link, however often used.
    pub fn join(&mut self, scope: &Scope<'_>, link: &Column, table: &Table) -> u32 {
        if let Some(join) = self
            .joins
            .iter()
            .find(|j| j.link == *link && j.table == *table)
        {
            return join.alias;
        }
        let alias = scope.alias(table);
        self.joins.push(Join {
            link: link.clone(),
            table: table.clone(),
            alias,
        });
        alias
    }
}
