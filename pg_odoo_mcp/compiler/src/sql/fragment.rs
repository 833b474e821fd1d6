//! SQL text under construction, with its parameters.

use super::{Param, PgType, Statement};
use crate::catalog::Table;
use crate::plan::{Column, Form, From, OfCompany, Predicate, Source};

/// Text and parameters. Text is pushed as literals of this crate, quoted identifiers and
/// placeholders; there is no way to push a value.
#[derive(Debug, Default)]
pub(super) struct Fragment {
    text: String,
    params: Vec<Param>,
}

impl Fragment {
    /// SQL of ours.
    pub(super) fn push(&mut self, sql: &'static str) -> &mut Self {
        self.text.push_str(sql);
        self
    }

    /// A number of ours, such as an ordinal.
    pub(super) fn push_number(&mut self, number: u64) -> &mut Self {
        self.text.push_str(&number.to_string());
        self
    }

    /// A quoted identifier.
    pub(super) fn push_identifier(&mut self, name: &str) -> &mut Self {
        self.text.push('"');
        self.text.push_str(&name.replace('"', "\"\""));
        self.text.push('"');
        self
    }

    /// An alias by its number.
    pub(super) fn push_alias(&mut self, alias: u32) -> &mut Self {
        self.text.push('t');
        self.text.push_str(&alias.to_string());
        self
    }

    /// A placeholder with its type; equal parameters share one, so that equal expressions stay
    /// equal to the planner.
    pub(super) fn push_param(&mut self, param: &Param) -> &mut Self {
        let position = self
            .params
            .iter()
            .position(|p| p == param)
            .unwrap_or_else(|| {
                self.params.push(param.clone());
                self.params.len() - 1
            });
        self.text.push('$');
        self.text.push_str(&(position + 1).to_string());
        self.text.push_str("::");
        self.text.push_str(param.pg_type.name());
        self
    }

    /// A column's value.
    pub(super) fn push_column(&mut self, column: &Column) -> &mut Self {
        match &column.form {
            Form::Plain => self.push_plain(column),
            Form::Translated(lang) => {
                let lang = Param {
                    pg_type: PgType::Text,
                    text: Some(lang.clone()),
                };
                self.push("COALESCE(")
                    .push_plain(column)
                    .push("->>")
                    .push_param(&lang);
                self.push(", ").push_plain(column).push("->>'en_US')")
            }
            Form::OfCompany(of) => self.push_of_company(column, of),
            Form::Part { part, timezone, of } => {
                let date = Column {
                    form: of.as_ref().clone(),
                    ..column.clone()
                };
                let unit = Param::text(part.unit());
                self.push("date_part(").push_param(&unit).push(", ");
                match timezone {
                    Some(timezone) => self.push_local(&date, timezone),
                    None => self.push_column(&date).push("::timestamp"),
                }
                .push(")")
            }
        }
    }

    /// A moment in UTC as the clocks of a timezone show it.
    pub(super) fn push_local(&mut self, column: &Column, timezone: &str) -> &mut Self {
        self.push("timezone(")
            .push_param(&Param::text(timezone))
            .push(", timezone('UTC', ")
            .push_column(column)
            .push("))")
    }

    fn push_of_company(&mut self, column: &Column, of: &OfCompany) -> &mut Self {
        if let Some((_, alias)) = &of.comodel {
            self.push("(SELECT ").push_alias(*alias).push(".id FROM ");
        }
        if let Some((table, alias)) = &of.comodel {
            self.push_table(table, *alias)
                .push(" WHERE ")
                .push_alias(*alias)
                .push(".id = ");
        }
        let company = Param::text(of.company.as_str());
        self.push(if of.default.is_some() {
            "(COALESCE("
        } else {
            "("
        });
        self.push_plain(column).push("->").push_param(&company);
        if let Some(default) = &of.default {
            self.push(", to_jsonb(").push_param(default).push("))");
        }
        // an entry may be JSON's null
        let is_bare = matches!(
            of.pg_type,
            PgType::Bool | PgType::Int4 | PgType::Float8 | PgType::Numeric
        ) && of.comodel.is_none();
        self.push(if is_bare { ")::" } else { "->>0)::" })
            .push(of.pg_type.name());
        if of.comodel.is_some() {
            self.push(")");
        }
        self
    }

    fn push_plain(&mut self, column: &Column) -> &mut Self {
        self.push_alias(column.alias)
            .push(".")
            .push_identifier(&column.name)
    }

    /// `schema.table AS alias`
    pub(super) fn push_table(&mut self, table: &Table, alias: u32) -> &mut Self {
        self.push_identifier(&table.schema)
            .push(".")
            .push_identifier(&table.name)
            .push(" AS ")
            .push_alias(alias)
    }

    /// `FROM …` with its joins.
    pub(super) fn push_source(&mut self, source: &Source) -> &mut Self {
        self.push("\nFROM ");
        match &source.from {
            From::Table(table) => self.push_table(table, source.alias),
            From::Groups(groups) => self
                .push("(")
                .push_groups(groups)
                .push(") AS ")
                .push_alias(source.alias),
        };
        self.push_joins(source)
    }

    /// The joins of a source.
    pub(super) fn push_joins(&mut self, source: &Source) -> &mut Self {
        for join in &source.joins {
            self.push("\nLEFT JOIN ")
                .push_table(&join.table, join.alias)
                .push(" ON ")
                .push_column(&join.link)
                .push(" = ")
                .push_column(&Column::plain(join.alias, join.column.as_str()));
            if join.predicate != Predicate::Const(true) {
                self.push(" AND ").push_predicate(&join.predicate);
            }
        }
        self
    }

    /// The finished statement.
    pub(super) fn finish(self, relations: Vec<Table>) -> Statement {
        Statement {
            text: self.text,
            params: self.params,
            relations,
        }
    }
}
