//! The same question to Odoo's RPC and to the front, as the same user, in the same context.
//!
//! | module | what it is |
//! |---|---|
//! | [`random`] | numbers from a seed, the same everywhere |
//! | [`shape`] | the models and fields that questions are made of, with values that occur |
//! | `domain` | domains over all operators |
//! | [`question`] | a question, made from a seed |
//! | `records`, `reads`, `names`, `groups`, `series`, `pivot` | what one kind of question asks of both, and the answers in one form |
//! | `calendar` | local time and periods, apart from ours |
//! | `measured` | what figures are asked of: models with their dates, sums and keys |
//! | `mistake` | a question with something wrong in it |
//! | `sameness` | when two values are the same |
//! | [`sweep`] | every model and every field of it |
//! | [`verdict`] | both answers side by side |

mod calendar;
mod domain;
mod groups;
mod measured;
mod mistake;
mod names;
mod pivot;
pub mod question;
pub mod random;
mod reads;
mod records;
mod sameness;
mod series;
pub mod shape;
pub mod sweep;
pub mod verdict;

pub use domain::domain;
pub use question::{Kind, Language, Question};
pub use random::Random;
pub use shape::Shape;
pub use verdict::Verdict;
