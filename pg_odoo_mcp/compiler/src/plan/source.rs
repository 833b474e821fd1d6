use super::{Column, Groups, Predicate};
use crate::catalog::Table;
use crate::scope::Scope;

/// What a statement reads from: rows, and the records their many2one columns point to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Where the rows come from.
    pub from: From,
    /// Their alias.
    pub alias: u32,
    /// Joined in this order; each may use the aliases before it.
    pub joins: Vec<Join>,
}

/// Where rows come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// A model's table.
    Table(Table),
    /// One row for each group of another source's rows.
    Groups(Box<Groups>),
}

/// `LEFT JOIN table alias ON link = alias.column AND predicate`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// The column on the side that is there already.
    pub link: Column,
    /// The table that is joined.
    pub table: Table,
    /// Its alias.
    pub alias: u32,
    /// Its column: `id`, but for the table of a many2many field.
    pub column: String,
    /// Which of its rows count.
    pub predicate: Predicate,
}

impl Source {
    /// The table alone.
    pub fn new(scope: &Scope<'_>, table: &Table) -> Source {
        Source {
            from: From::Table(table.clone()),
            alias: scope.alias(table),
            joins: Vec::new(),
        }
    }

    /// The groups alone.
    pub fn of_groups(scope: &Scope<'_>, groups: Groups) -> Source {
        Source {
            from: From::Groups(Box::new(groups)),
            alias: scope.derived_alias(),
            joins: Vec::new(),
        }
    }

    /// The alias of the records that `link` points to; one join for a link, however often used.
    pub fn join(&mut self, scope: &Scope<'_>, link: &Column, table: &Table) -> u32 {
        let known = self.joins.iter().find(|j| {
            j.link == *link
                && j.table == *table
                && j.column == "id"
                && j.predicate == Predicate::Const(true)
        });
        if let Some(join) = known {
            return join.alias;
        }
        let alias = scope.alias(table);
        self.joins.push(Join {
            link: link.clone(),
            table: table.clone(),
            alias,
            column: "id".into(),
            predicate: Predicate::Const(true),
        });
        alias
    }
}
