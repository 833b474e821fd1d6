use super::DatePart;
use crate::catalog::Table;
use crate::domain::Operator;
use crate::sql::{Param, PgType};

/// A column of a table alias, as the planner's stages see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The alias's number.
    pub alias: u32,
    /// `pg_attribute.attname`
    pub name: String,
    /// How its value is taken.
    pub form: Form,
}

/// How a column's value is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// As it is.
    Plain,
    /// The language's entry of a translated jsonb column, else the English one.
    Translated(String),
    /// The company's entry of a jsonb column, or what it is where the company has none.
    OfCompany(Box<OfCompany>),
    /// A number of a date; of one with a time, the number that it has in the timezone.
    Part {
        /// Which number.
        part: DatePart,
        /// IANA name; nothing for a date without a time.
        timezone: Option<String>,
        /// How the date is taken.
        of: Box<Form>,
    },
}

/// How the value of a company is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfCompany {
    /// `res_company.id`, as the entries are named.
    pub company: String,
    /// The type of the value.
    pub pg_type: PgType,
    /// What a company without an entry has, if anything.
    pub default: Option<Param>,
    /// The records that a many2one points to, and an alias for them: an entry outlives its record.
    pub comodel: Option<(Table, u32)>,
}

impl Column {
    /// A column as it is.
    pub fn plain(alias: u32, name: impl Into<String>) -> Column {
        Column {
            alias,
            name: name.into(),
            form: Form::Plain,
        }
    }
}

/// An inequality.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Inequality {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Inequality {
    /// The operator that it is.
    pub(super) fn operator(self) -> Operator {
        match self {
            Inequality::Less => Operator::Less,
            Inequality::LessOrEqual => Operator::LessOrEqual,
            Inequality::Greater => Operator::Greater,
            Inequality::GreaterOrEqual => Operator::GreaterOrEqual,
        }
    }

    /// The inequality that the operator is, if it is one.
    pub(super) fn of(operator: Operator) -> Option<Inequality> {
        match operator {
            Operator::Less => Some(Inequality::Less),
            Operator::LessOrEqual => Some(Inequality::LessOrEqual),
            Operator::Greater => Some(Inequality::Greater),
            Operator::GreaterOrEqual => Some(Inequality::GreaterOrEqual),
            _ => None,
        }
    }
}

impl Predicate {
    /// A test of a column that NULL does not pass.
    pub(super) fn without_null(mut self) -> Predicate {
        if let Predicate::In { or_null, .. } = &mut self {
            *or_null = false;
        }
        self
    }
}

/// A filter with every name resolved and every value typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Predicate {
    /// Every record, or none.
    Const(bool),
    /// All of them hold.
    All(Vec<Predicate>),
    /// Any of them holds.
    Any(Vec<Predicate>),
    /// `IS NULL`, or `IS NOT NULL`.
    Null {
        /// The column.
        column: Column,
        /// `IS NOT NULL`
        negated: bool,
    },
    /// `IS TRUE`, or `IS NOT TRUE`.
    True {
        /// A boolean column.
        column: Column,
        /// `IS NOT TRUE`
        negated: bool,
    },
    /// The column is, or is not, one of the values of an array.
    In {
        /// The column.
        column: Column,
        /// An array parameter.
        values: Param,
        /// `NOT IN`
        negated: bool,
        /// NULL counts as a match.
        or_null: bool,
    },
    /// An inequality.
    Compare {
        /// The column.
        column: Column,
        /// How it compares.
        inequality: Inequality,
        /// The value.
        value: Param,
        /// NULL counts as a match.
        or_null: bool,
    },
    /// A pattern match on the column's text.
    Like {
        /// The column.
        column: Column,
        /// The pattern, wildcards included.
        pattern: Param,
        /// `ILIKE`
        ignore_case: bool,
        /// `NOT LIKE`
        negated: bool,
        /// Both sides go through `unaccent` of that schema.
        unaccent: Option<String>,
        /// NULL counts as a match.
        or_null: bool,
    },
    /// The column is, or is not, an id that the subquery yields.
    Within {
        /// A many2one or id column.
        column: Column,
        /// `NOT IN`
        negated: bool,
        /// NULL counts as a match.
        or_null: bool,
        /// The comodel's records.
        subquery: Subquery,
    },
    /// The column is, or is not, the id of a record in a hierarchy.
    InHierarchy {
        /// A many2one or id column.
        column: Column,
        /// `NOT IN`
        negated: bool,
        /// NULL counts as a match.
        or_null: bool,
        /// Which records.
        hierarchy: Hierarchy,
    },
    /// The id is among the highest of the table.
    Latest {
        /// The record's id.
        id: Column,
        /// Its table.
        table: Table,
        /// The table's alias in the subquery.
        alias: u32,
        /// So many of them.
        most: u64,
    },
    /// There is, or is not, some record that the subquery yields, whichever record is looked at.
    Found {
        /// `NOT EXISTS`
        negated: bool,
        /// The records.
        subquery: Subquery,
    },
    /// There is, or is not, a row that holds the record's id.
    Exists {
        /// The record's id.
        id: Column,
        /// `NOT EXISTS`
        negated: bool,
        /// The column that holds it, among the rows.
        back: Column,
        /// A one2many's records, or the table of a many2many.
        rows: Subquery,
    },
}

/// Records with all that stand below or above them, archived ones too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hierarchy {
    /// The comodel's table.
    pub table: Table,
    /// How a record knows the one above it.
    pub kinship: Kinship,
    /// All that stand above, instead of below.
    pub upwards: bool,
    /// Ids to start from, an array parameter.
    pub ids: Option<Param>,
    /// Records to start from.
    pub found: Option<Subquery>,
}

/// How a record knows the one above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kinship {
    /// `parent_path`: the ids from the top down to the record, each followed by `/`.
    Path,
    /// A many2one to its own model.
    Parent(String),
}

/// `SELECT id FROM table WHERE predicate`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subquery {
    /// The comodel's table.
    pub table: Table,
    /// Its alias.
    pub alias: u32,
    /// Which records.
    pub predicate: Box<Predicate>,
}

impl Predicate {
    /// The conjunction, simplified where a side is constant.
    pub fn all(parts: Vec<Predicate>) -> Predicate {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Predicate::Const(true) => {}
                Predicate::Const(false) => return Predicate::Const(false),
                Predicate::All(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        if has_opposites(&kept) {
            return Predicate::Const(false);
        }
        match kept.len() {
            0 => Predicate::Const(true),
            1 => kept.remove(0),
            _ => Predicate::All(kept),
        }
    }

    /// The disjunction, simplified where a side is constant.
    pub fn any(parts: Vec<Predicate>) -> Predicate {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Predicate::Const(false) => {}
                Predicate::Const(true) => return Predicate::Const(true),
                Predicate::Any(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        if has_opposites(&kept) {
            return Predicate::Const(true);
        }
        match kept.len() {
            0 => Predicate::Const(false),
            1 => kept.remove(0),
            _ => Predicate::Any(kept),
        }
    }
}

/// Whether a boolean is asked to be true, and not to be. Odoo sees that the two come to a constant,
/// and then no longer that the domain names the field.
fn has_opposites(parts: &[Predicate]) -> bool {
    let mut seen: Vec<(&Column, bool)> = Vec::new();
    parts.iter().any(|part| {
        let Predicate::True { column, negated } = part else {
            return false;
        };
        if seen.contains(&(column, !negated)) {
            return true;
        }
        // as many as there are columns of booleans, whatever is asked of them
        if !seen.contains(&(column, *negated)) {
            seen.push((column, *negated));
        }
        false
    })
}
