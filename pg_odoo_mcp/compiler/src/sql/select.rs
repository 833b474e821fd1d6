use super::fragment::Fragment;
use super::{Param, Statement};
use crate::catalog::Table;
use crate::plan::{CountPlan, OrderTerm, ReadPlan, Sorting, Subquery};

/// Each record as one JSON object.
pub fn select(plan: &ReadPlan, relations: Vec<Table>) -> Statement {
    let mut f = Fragment::default();
    f.push("SELECT row_to_json(record)::text\nFROM (SELECT ");
    for (i, output) in plan.outputs.iter().enumerate() {
        if i > 0 {
            f.push(", ");
        }
        f.push_json(&output.cell)
            .push(" AS ")
            .push_identifier(&output.key);
    }
    f.push_source(&plan.source)
        .push_where(&plan.predicate)
        .push_order_by(&plan.order);
    f.push("\nLIMIT ")
        .push_param(&int8(plan.limit))
        .push(" OFFSET ")
        .push_param(&int8(plan.offset))
        .push(") AS record");
    f.finish(relations)
}

/// The number of records.
pub fn count(plan: &CountPlan, relations: Vec<Table>) -> Statement {
    let mut f = Fragment::default();
    f.push("SELECT count(*)::text")
        .push_source(&plan.source)
        .push_where(&plan.predicate);
    f.finish(relations)
}

/// The ids of a subquery's records, and one more than `most` where they are more.
pub fn ids(subquery: &Subquery, most: u64, relations: Vec<Table>) -> Statement {
    let mut f = Fragment::default();
    f.push_ids(subquery, "::text")
        .push("\nLIMIT ")
        .push_param(&int8(most + 1));
    f.finish(relations)
}

pub(super) fn int8(value: u64) -> Param {
    Param::int8(i64::try_from(value).unwrap_or(i64::MAX))
}

impl Fragment {
    /// `ORDER BY …`, where there is an order.
    pub(super) fn push_order_by(&mut self, order: &[OrderTerm]) -> &mut Self {
        for (i, term) in order.iter().enumerate() {
            self.push(if i == 0 { "\nORDER BY " } else { ", " })
                .push_order(term);
        }
        self
    }

    fn push_order(&mut self, term: &OrderTerm) -> &mut Self {
        match &term.by {
            Sorting::Column(column) => self.push_column(column),
            Sorting::Boolean(column) => self.push("COALESCE(").push_column(column).push(", FALSE)"),
            Sorting::IsNull(column) => self.push("(").push_column(column).push(" IS NULL)"),
            Sorting::Weekday { column, first } => self
                .push("mod(7 - ")
                .push_number(u64::from(*first))
                .push(" + ")
                .push_column(column)
                .push("::int, 7)"),
        };
        if term.descending {
            self.push(" DESC");
        }
        match term.nulls_first {
            None => self,
            Some(true) => self.push(" NULLS FIRST"),
            Some(false) => self.push(" NULLS LAST"),
        }
    }
}
