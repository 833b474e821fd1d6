//! The same question to Odoo's RPC and to the front, as the same user, in the same context.
//!
//! | module | what it is |
//! |---|---|
//! | [`random`] | numbers from a seed, the same everywhere |
//! | [`shape`] | the models and fields that questions are made of, with values that occur |
//! | [`question`] | a question, made from a seed |
//! | [`verdict`] | both answers side by side |

pub mod question;
pub mod random;
pub mod shape;
pub mod verdict;

pub use question::{Kind, Question};
pub use random::Random;
pub use shape::Shape;
pub use verdict::Verdict;
