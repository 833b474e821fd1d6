use super::fragment::Fragment;
use super::select::int8;
use super::{Param, PgType, Statement};
use crate::catalog::Table;
use crate::plan::{
    Aggregate, Bucket, Column, Currencies, Currency, Figure, GroupColumn, GroupPlan, Groups,
    KeyExpression, KeyValue, Period, key_column, measure_column,
};

/// Groups with their figures; the columns are those of [`GroupPlan::columns`], each as text.
pub fn groups(plan: &GroupPlan, relations: Vec<Table>) -> Statement {
    let mut f = Fragment::default();
    for (i, column) in plan.columns().into_iter().enumerate() {
        f.push(if i == 0 { "SELECT " } else { ", " })
            .push_group_column(plan, column);
    }
    match plan.limit {
        None => f.push_source(&plan.source).push_where(&plan.having),
        // names and texts are made of the groups of the page alone, which may be a few of a hundred thousand
        Some(limit) => {
            let alias = plan.source.alias;
            f.push("\nFROM (SELECT ")
                .push_alias(alias)
                .push(".*, count(*) OVER () AS all_groups")
                .push_source(&plan.source)
                .push_where(&plan.having)
                .push_order_by(&plan.order)
                .push("\nLIMIT ")
                .push_param(&int8(limit))
                .push(" OFFSET ")
                .push_param(&int8(plan.offset))
                .push(") AS ")
                .push_alias(alias)
                .push_joins(&plan.source)
        }
    };
    f.push_order_by(&plan.order);
    f.finish(relations)
}

/// The ISO code of a currency.
pub fn currency_code(table: &Table, id: i64) -> Statement {
    let mut f = Fragment::default();
    f.push("SELECT t0.name::text FROM ")
        .push_table(table, 0)
        .push(" WHERE t0.id = ")
        .push_param(&Param::int8(id));
    f.finish(vec![table.clone()])
}

/// A row where the table has more than so many.
pub fn has_more(table: &Table, than: u64) -> Statement {
    let mut f = Fragment::default();
    f.push("SELECT 'more'::text FROM ")
        .push_table(table, 0)
        .push(" LIMIT 1 OFFSET ")
        .push_number(than);
    f.finish(vec![table.clone()])
}

/// The number of groups.
pub fn group_count(plan: &GroupPlan, relations: Vec<Table>) -> Statement {
    let mut f = Fragment::default();
    f.push("SELECT count(*)::text")
        .push_source(&plan.source)
        .push_where(&plan.having);
    f.finish(relations)
}

impl Fragment {
    fn push_group_column(&mut self, plan: &GroupPlan, column: GroupColumn) -> &mut Self {
        let alias = plan.source.alias;
        let of_groups = |name: &str| Column::plain(alias, name);
        match column {
            GroupColumn::Key(at) => {
                let key = key_column(&plan.source, at);
                match &plan.keys[at].value {
                    KeyValue::Bucket(_) => self.push_moment(&key),
                    _ => self.push_column(&key).push("::text"),
                }
            }
            GroupColumn::Name(at) => match &plan.keys[at].value {
                KeyValue::Record { name, .. } => {
                    self.push("(").push_name_json(name).push(")::text")
                }
                _ => self.push("NULL::text"),
            },
            GroupColumn::Currency => match &plan.currency_code {
                Some(code) => self.push_column(code).push("::text"),
                None => self.push("NULL::text"),
            },
            GroupColumn::LowestCurrency => self
                .push_column(&of_groups("lowest_currency"))
                .push("::text"),
            GroupColumn::HighestCurrency => self
                .push_column(&of_groups("highest_currency"))
                .push("::text"),
            GroupColumn::Set => self.push_column(&of_groups("set")).push("::text"),
            GroupColumn::Records => self.push_column(&of_groups("records")).push("::text"),
            GroupColumn::Measure(at) => {
                let figure = measure_column(&plan.source, at);
                match plan.measures[at].figure {
                    // the shortest digits that give the same double
                    Figure::Float => self.push_column(&figure).push("::float8::text"),
                    Figure::Number | Figure::Boolean | Figure::Text => {
                        self.push_column(&figure).push("::text")
                    }
                    Figure::Array { .. } => {
                        self.push("to_json(").push_column(&figure).push(")::text")
                    }
                    Figure::Date => self
                        .push("to_char(")
                        .push_column(&figure)
                        .push(", 'YYYY-MM-DD')"),
                    Figure::Datetime => self.push_moment(&figure),
                }
            }
            GroupColumn::Total => self.push_column(&of_groups("all_groups")).push("::text"),
        }
    }

    fn push_moment(&mut self, column: &Column) -> &mut Self {
        self.push("to_char(")
            .push_column(column)
            .push(", 'YYYY-MM-DD HH24:MI:SS')")
    }

    /// `SELECT … GROUP BY …`
    pub(super) fn push_groups(&mut self, groups: &Groups) -> &mut Self {
        self.push("SELECT ");
        for (i, key) in groups.keys.iter().enumerate() {
            self.push_key(key)
                .push(" AS k")
                .push_number(i as u64 + 1)
                .push(", ");
        }
        let splits = groups.currency.is_some() && groups.currencies == Currencies::Split;
        if let Some(currency) = &groups.currency {
            if splits {
                self.push_currency(currency).push(" AS currency, ");
            } else {
                self.push("min(")
                    .push_currency(currency)
                    .push(") AS lowest_currency, max(")
                    .push_currency(currency)
                    .push(") AS highest_currency, ");
            }
        }
        if !groups.sets.is_empty() {
            self.push_set(&groups.keys);
        }
        self.push("count(*) AS records");
        for (i, aggregate) in groups.aggregates.iter().enumerate() {
            self.push(", ")
                .push_aggregate(aggregate)
                .push(" AS m")
                .push_number(i as u64 + 1);
        }
        self.push_source(&groups.source)
            .push_where(&groups.predicate);
        // by the places of the select list
        let width = groups.keys.len() + usize::from(splits);
        if groups.sets.is_empty() {
            return self.push_places("\nGROUP BY ", 0..width);
        }
        for (i, set) in groups.sets.iter().enumerate() {
            self.push(if i == 0 {
                "\nGROUP BY GROUPING SETS ("
            } else {
                ", "
            });
            self.push("(");
            let currency = splits.then_some(groups.keys.len());
            self.push_places("", set.iter().copied().chain(currency))
                .push(")");
        }
        self.push(")")
    }

    fn push_places(
        &mut self,
        before: &'static str,
        places: impl Iterator<Item = usize>,
    ) -> &mut Self {
        for (i, place) in places.enumerate() {
            self.push(if i == 0 { before } else { ", " })
                .push_number(place as u64 + 1);
        }
        self
    }

    fn push_set(&mut self, keys: &[KeyExpression]) -> &mut Self {
        if keys.is_empty() {
            return self.push("0 AS set, ");
        }
        for (i, key) in keys.iter().enumerate() {
            self.push(if i == 0 { "GROUPING(" } else { ", " })
                .push_key(key);
        }
        self.push(") AS set, ")
    }

    fn push_key(&mut self, key: &KeyExpression) -> &mut Self {
        match key {
            KeyExpression::Column(column) => self.push_column(column),
            KeyExpression::Boolean(column) => {
                self.push("COALESCE(").push_column(column).push(", FALSE)")
            }
            KeyExpression::Bucket(bucket) => self.push_bucket(bucket),
        }
    }

    fn push_currency(&mut self, currency: &Currency) -> &mut Self {
        match currency {
            Currency::Column(column) => self.push_column(column),
            Currency::OfCompany {
                company,
                currency,
                default_company,
                companies,
            } => self
                .push("CASE WHEN ")
                .push_column(company)
                .push(" IS NULL THEN (SELECT c.currency_id FROM ")
                .push_identifier(&companies.schema)
                .push(".")
                .push_identifier(&companies.name)
                .push(" AS c WHERE c.id = ")
                .push_param(&Param::int8(*default_company))
                .push(") ELSE ")
                .push_column(currency)
                .push(" END"),
        }
    }

    fn push_bucket(&mut self, bucket: &Bucket) -> &mut Self {
        // a week that starts on another day than Monday is moved there and back
        let shift = if bucket.period == Period::Week {
            (8 - i64::from(bucket.week_start)) % 7
        } else {
            0
        };
        self.push("date_trunc(")
            .push_param(&Param::text(bucket.period.name()))
            .push(", ");
        if bucket.is_datetime {
            self.push_local(&bucket.date, &bucket.timezone);
        } else {
            self.push_column(&bucket.date).push("::timestamp");
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

    fn push_aggregate(&mut self, aggregate: &Aggregate) -> &mut Self {
        let (function, column) = match aggregate {
            Aggregate::Array { column, by } => {
                self.push(if by.is_some() {
                    "array_agg("
                } else {
                    "array_agg(DISTINCT "
                });
                return self
                    .push_column(column)
                    .push(" ORDER BY ")
                    .push_column(by.as_ref().unwrap_or(column))
                    .push(")");
            }
            Aggregate::Converted {
                amount,
                currency,
                rates,
            } => {
                let ids = rates.iter().map(|(id, _)| id.to_string());
                let each = rates.iter().map(|(_, rate)| rate.clone());
                let (ids, each) = (
                    Param::array(PgType::Int8, ids),
                    Param::array(PgType::Numeric, each),
                );
                return self
                    .push("sum(")
                    .push_column(amount)
                    .push(" / COALESCE((")
                    .push_param(&each)
                    .push(")[array_position(")
                    .push_param(&ids)
                    .push(", ")
                    .push_currency(currency)
                    .push("::bigint)], 1.0))");
            }
            Aggregate::Records => return self.push("count(*)"),
            Aggregate::Sum(column) => ("sum(", column),
            Aggregate::Average(column) => ("avg(", column),
            Aggregate::Minimum(column) => ("min(", column),
            Aggregate::Maximum(column) => ("max(", column),
            Aggregate::Count(column) => ("count(", column),
            Aggregate::CountDistinct(column) => ("count(DISTINCT ", column),
            Aggregate::BoolAnd(column) => ("bool_and(", column),
            Aggregate::BoolOr(column) => ("bool_or(", column),
        };
        self.push(function).push_column(column).push(")")
    }
}
