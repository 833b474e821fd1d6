//! Every name resolved, every limit set: what a request becomes before it is SQL.

mod aggregate;
mod condition;
mod display;
mod hierarchy;
mod literal;
mod order;
mod predicate;
mod read;
mod series;
mod source;

pub use aggregate::{Aggregate, Measure};
pub use display::{Display, display};
pub use order::{OrderTerm, Sorting};
pub use predicate::{Column, Form, Predicate, Subquery};
pub use read::{Cell, CountPlan, Output, ReadPlan, Skipped, count, read};
pub use series::{Currency, GroupKey, Period, SeriesPlan, SeriesRequest, series};
pub use source::{Join, Source};
