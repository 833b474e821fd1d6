//! Every name resolved, every limit set: what a request becomes before it is SQL.

mod aggregate;
mod column;
mod condition;
mod display;
mod hierarchy;
mod literal;
mod name_search;
mod order;
mod predicate;
mod read;
mod series;
mod source;

pub use aggregate::{Aggregate, Measure, listed as listed_aggregates};
pub use display::{Display, display};
pub use order::{OrderTerm, Sorting};
pub use predicate::{Column, Descendants, Form, Inequality, Predicate, Subquery};
pub use read::{Cell, CountPlan, Output, ReadPlan, Skipped, count, read};
pub use series::{Currency, GroupKey, Period, SeriesPlan, SeriesRequest, series};
pub use source::{Join, Source};
