use super::fragment::Fragment;
use super::{Param, Statement};
use crate::catalog::Table;
use crate::plan::{Aggregate, Cell, Display, Period, SeriesPlan};

/// Measures by bucket, group and currency. Columns: the bucket's start in local time, or NULL for
/// records without a date; for each group key its value and, for records, its name; the currency,
/// if there is one; the number of records; the measures. Rows are in the order of the buckets.
pub fn series(plan: &SeriesPlan, relations: Vec<Table>) -> Statement {
    let mut f = Fragment::default();
    f.push("SELECT to_char(bucket, 'YYYY-MM-DD HH24:MI:SS')");
    let mut keys = 0;
    let mut key = |f: &mut Fragment| {
        keys += 1;
        f.push(", k").push_number(keys).push("::text");
    };
    for group in &plan.groups {
        key(&mut f);
        if matches!(group.cell, Cell::Record { .. }) {
            key(&mut f);
        }
    }
    if plan.currency.is_some() {
        key(&mut f);
    }
    f.push(", records::text");
    for i in 1..=plan.measures.len() {
        f.push(", m").push_number(i as u64).push("::text");
    }
    f.push("\nFROM (SELECT ")
        .push_bucket(plan)
        .push(" AS bucket");
    let mut keys = 0;
    for group in &plan.groups {
        keys += 1;
        match &group.cell {
            Cell::Record { id, name } => {
                f.push(", ").push_column(id).push(" AS k").push_number(keys);
                keys += 1;
                f.push(", ")
                    .push_label(name)
                    .push(" AS k")
                    .push_number(keys);
            }
            Cell::Boolean(column) => {
                f.push(", COALESCE(")
                    .push_column(column)
                    .push(", FALSE) AS k")
                    .push_number(keys);
            }
            Cell::Text(column)
            | Cell::Number(column)
            | Cell::Date(column)
            | Cell::Datetime(column) => {
                f.push(", ")
                    .push_column(column)
                    .push(" AS k")
                    .push_number(keys);
            }
            Cell::Name(name) => {
                f.push(", ")
                    .push_label(name)
                    .push(" AS k")
                    .push_number(keys);
            }
        }
    }
    if let Some(currency) = &plan.currency {
        keys += 1;
        match &currency.without_company {
            None => f.push(", ").push_column(&currency.code),
            Some((company, code)) => f
                .push(", CASE WHEN ")
                .push_column(company)
                .push(" IS NULL THEN ")
                .push_param(&Param::text(code.as_str()))
                .push(" ELSE ")
                .push_column(&currency.code)
                .push(" END"),
        };
        f.push(" AS k").push_number(keys);
    }
    f.push(", count(*) AS records");
    for (i, measure) in plan.measures.iter().enumerate() {
        f.push(", ")
            .push_aggregate(&measure.aggregate)
            .push(" AS m")
            .push_number(i as u64 + 1);
    }
    f.push_source(&plan.source)
        .push_where(&plan.predicate)
        .push("\nGROUP BY 1");
    for i in 0..keys {
        f.push(", ").push_number(i + 2);
    }
    f.push("\nORDER BY 1) AS grouped");
    f.finish(relations)
}

/// The unit of `date_trunc`.
fn unit(period: Period) -> &'static str {
    match period {
        Period::Hour => "hour",
        Period::Day => "day",
        Period::Week => "week",
        Period::Month => "month",
        Period::Quarter => "quarter",
        Period::Year => "year",
    }
}

impl Fragment {
    fn push_bucket(&mut self, plan: &SeriesPlan) -> &mut Self {
        // a week that starts on another day than Monday is moved there and back
        let shift = if plan.period == Period::Week {
            (8 - i64::from(plan.week_start)) % 7
        } else {
            0
        };
        self.push("date_trunc(")
            .push_param(&Param::text(unit(plan.period)))
            .push(", ");
        if plan.is_datetime {
            self.push("timezone(")
                .push_param(&Param::text(plan.timezone.as_str()))
                .push(", timezone('UTC', ")
                .push_column(&plan.date)
                .push("))");
        } else {
            self.push_column(&plan.date).push("::timestamp");
        }
        if shift == 0 {
            return self.push(")");
        }
        let days = shift.unsigned_abs();
        self.push(" + interval '1 day' * ")
            .push_number(days)
            .push(") - interval '1 day' * ")
            .push_number(days)
    }

    /// A group's name. Names that stay open are one group of their record all the same.
    fn push_label(&mut self, name: &Display) -> &mut Self {
        match name {
            Display::Partner {
                name: Some(own), ..
            } => self
                .push("CASE WHEN COALESCE(")
                .push_column(own)
                .push(", '') = '' THEN NULL ELSE ")
                .push_name(name)
                .push(" END"),
            other => self.push_name(other),
        }
    }

    fn push_aggregate(&mut self, aggregate: &Aggregate) -> &mut Self {
        match aggregate {
            Aggregate::Records => self.push("count(*)"),
            Aggregate::Sum(column) => self.push("sum(").push_column(column).push(")"),
            Aggregate::Average(column) => self.push("avg(").push_column(column).push(")"),
            Aggregate::Minimum(column) => self.push("min(").push_column(column).push(")"),
            Aggregate::Maximum(column) => self.push("max(").push_column(column).push(")"),
            Aggregate::Count(column) => self.push("count(").push_column(column).push(")"),
            Aggregate::CountDistinct(column) => {
                self.push("count(DISTINCT ").push_column(column).push(")")
            }
        }
    }
}
