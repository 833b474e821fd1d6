//! The same question to Odoo's RPC and to the front, as the same user, in the same context.
//!
//! | module | what it is |
//! |---|---|
//! | [`random`] | numbers from a seed, the same everywhere |
//! | [`models`] | the models that people use |
//! | [`shape`] | the models and fields that questions are made of, with values that occur |
//! | `loading` | how the shape is read |
//! | `domain` | domains over all operators |
//! | `odd` | values that fit no field, or hardly |
//! | [`question`] | a question, made from a seed |
//! | [`matrix`] | every operator on a field of every type, with every kind of value |
//! | `records`, `reads`, `names`, `groups`, `series`, `pivot`, `descriptions` | what one kind of question asks of both, and the answers in one form |
//! | `calendar` | local time and periods, apart from ours |
//! | `measured` | what figures are asked of: models with their dates, sums and keys |
//! | `mistake` | a question with something wrong in it |
//! | `parts` | what Odoo refuses of a question |
//! | `sameness` | when two values are the same |
//! | [`sweep`] | every model and every field of it |
//! | [`verdict`] | both answers side by side |
//! | [`views`] | what Odoo's own views ask |
//! | [`batch`] | several questions in one |
//! | [`tally`] | what came of all of them, by tool and by model |

pub mod batch;
mod calendar;
mod descriptions;
mod domain;
mod groups;
mod loading;
pub mod matrix;
mod measured;
mod mistake;
pub mod models;
mod names;
mod odd;
mod parts;
mod pivot;
pub mod question;
pub mod random;
mod reads;
mod records;
mod sameness;
mod series;
pub mod shape;
pub mod sweep;
pub mod tally;
pub mod verdict;
pub mod views;

pub use domain::domain;
pub use question::{Kind, Language, Question};
pub use random::Random;
pub use shape::Shape;
pub use tally::Tally;
pub use verdict::Verdict;
