//! Every name resolved, every limit set: what a request becomes before it is SQL.

mod aggregate;
mod column;
mod condition;
mod currency;
mod display;
mod group;
mod hierarchy;
mod inherited;
mod key;
mod linked;
mod literal;
mod merge;
mod name_search;
mod order;
mod period;
mod pivot;
mod predicate;
mod read;
mod read_group;
mod series;
mod source;
mod x2many;

pub use aggregate::{Aggregate, Figure, Measure, listed as listed_aggregates};
pub use currency::Currency;
pub use display::{Display, display};
pub use group::{Currencies, GroupColumn, GroupKey, GroupPlan, Groups, KeyExpression, KeyValue};
pub use linked::Linked;
pub use order::{OrderTerm, Sorting};
pub use period::{Bucket, Period};
pub use pivot::{PivotPart, PivotPlan, PivotRequest, pivot};
pub use predicate::{Column, Form, Hierarchy, Inequality, Kinship, Predicate, Subquery};
pub use read::{Cell, CountPlan, Output, ReadPlan, Skipped, count, read};
pub use read_group::{ReadGroupPlan, ReadGroupRequest, currencies, read_group};
pub use series::{SeriesPlan, SeriesRequest, series};
pub use source::{From, Join, Source};
