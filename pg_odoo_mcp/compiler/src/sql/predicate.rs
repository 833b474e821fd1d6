use super::fragment::Fragment;
use crate::plan::{Column, Inequality, Predicate, Subquery};

impl Fragment {
    /// `WHERE predicate`, unless it is always true.
    pub(super) fn push_where(&mut self, predicate: &Predicate) -> &mut Self {
        match predicate {
            Predicate::Const(true) => self,
            Predicate::All(parts) => self.push("\nWHERE ").push_joined(parts, "\n  AND "),
            other => self.push("\nWHERE ").push_predicate(other),
        }
    }

    fn push_joined(&mut self, parts: &[Predicate], connective: &'static str) -> &mut Self {
        for (i, part) in parts.iter().enumerate() {
            if i > 0 {
                self.push(connective);
            }
            self.push_predicate(part);
        }
        self
    }

    pub(super) fn push_predicate(&mut self, predicate: &Predicate) -> &mut Self {
        match predicate {
            Predicate::Const(true) => self.push("TRUE"),
            Predicate::Const(false) => self.push("FALSE"),
            Predicate::All(parts) => self.push("(").push_joined(parts, " AND ").push(")"),
            Predicate::Any(parts) => self.push("(").push_joined(parts, " OR ").push(")"),
            Predicate::Null { column, negated } => {
                self.push_column(column)
                    .push(if *negated { " IS NOT NULL" } else { " IS NULL" })
            }
            Predicate::True { column, negated } => {
                self.push_column(column)
                    .push(if *negated { " IS NOT TRUE" } else { " IS TRUE" })
            }
            Predicate::Latest {
                id,
                table,
                alias,
                most,
            } => {
                let of_table = Column::plain(*alias, "id");
                self.push_column(id)
                    .push(" IN (SELECT ")
                    .push_column(&of_table)
                    .push(" FROM ")
                    .push_table(table, *alias)
                    .push(" ORDER BY ")
                    .push_column(&of_table)
                    .push(" DESC LIMIT ")
                    .push_number(*most)
                    .push(")")
            }
            Predicate::In {
                column,
                values,
                negated,
                or_null,
            } => self.or_null(column, *or_null, |f| {
                f.push_column(column)
                    .push(if *negated { " <> ALL (" } else { " = ANY (" })
                    .push_param(values)
                    .push(")");
            }),
            Predicate::Compare {
                column,
                inequality,
                value,
                or_null,
            } => self.or_null(column, *or_null, |f| {
                f.push_column(column).push(match inequality {
                    Inequality::Less => " < ",
                    Inequality::LessOrEqual => " <= ",
                    Inequality::Greater => " > ",
                    Inequality::GreaterOrEqual => " >= ",
                });
                f.push_param(value);
            }),
            Predicate::Like {
                column,
                pattern,
                ignore_case,
                negated,
                unaccent,
                or_null,
            } => self.or_null(column, *or_null, |f| {
                f.push_unaccented(unaccent.as_deref(), |f| {
                    f.push_column(column).push("::text");
                });
                f.push(match (ignore_case, negated) {
                    (false, false) => " LIKE ",
                    (false, true) => " NOT LIKE ",
                    (true, false) => " ILIKE ",
                    (true, true) => " NOT ILIKE ",
                });
                f.push_unaccented(unaccent.as_deref(), |f| {
                    f.push_param(pattern);
                });
            }),
            Predicate::InHierarchy {
                column,
                negated,
                or_null,
                hierarchy,
            } => self.or_null(column, *or_null, |f| {
                f.push_column(column)
                    .push(if *negated { " NOT IN (" } else { " IN (" })
                    .push_hierarchy(hierarchy)
                    .push(")");
            }),
            Predicate::Exists {
                id,
                negated,
                back,
                rows,
            } => {
                self.push(if *negated {
                    "NOT EXISTS (SELECT FROM "
                } else {
                    "EXISTS (SELECT FROM "
                })
                .push_table(&rows.table, rows.alias)
                .push(" WHERE ")
                .push_column(back)
                .push(" = ")
                .push_column(id);
                if *rows.predicate != Predicate::Const(true) {
                    self.push(" AND ").push_predicate(&rows.predicate);
                }
                self.push(")")
            }
            Predicate::Found { negated, subquery } => self
                .push(if *negated { "NOT EXISTS (" } else { "EXISTS (" })
                .push_ids(subquery, "")
                .push(")"),
            Predicate::Within {
                column,
                negated,
                or_null,
                subquery,
            } => self.or_null(column, *or_null, |f| {
                f.push_column(column)
                    .push(if *negated { " NOT IN (" } else { " IN (" })
                    .push_ids(subquery, "")
                    .push(")");
            }),
        }
    }

    /// The ids of a subquery's records, cast as said.
    pub(super) fn push_ids(&mut self, subquery: &Subquery, cast: &'static str) -> &mut Self {
        self.push("SELECT ").push_alias(subquery.alias);
        self.push(".id")
            .push(cast)
            .push(" FROM ")
            .push_table(&subquery.table, subquery.alias)
            .push_where(&subquery.predicate)
    }

    fn or_null(
        &mut self,
        column: &Column,
        or_null: bool,
        test: impl FnOnce(&mut Self),
    ) -> &mut Self {
        if !or_null {
            test(self);
            return self;
        }
        self.push("(");
        test(self);
        self.push(" OR ").push_column(column).push(" IS NULL)")
    }

    fn push_unaccented(
        &mut self,
        schema: Option<&str>,
        inner: impl FnOnce(&mut Self),
    ) -> &mut Self {
        match schema {
            None => {
                inner(self);
                self
            }
            Some(schema) => {
                self.push_identifier(schema).push(".unaccent(");
                inner(self);
                self.push(")")
            }
        }
    }
}
