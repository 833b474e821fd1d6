//! The questions that Odoo's own views ask: what people see when they open a menu, choose a filter, group by something or
//! look for a text. Parity's own questions draw every field evenly, which tests exactness; these measure who answers what
//! is asked.
//!
//! | module | what it is |
//! |---|---|
//! | `arch` | views as a user gets them |
//! | `expression` | the literals of Python that domains of views are written in |
//! | `searched` | texts and records that a search view looks for, and periods |
//! | `asked` | a question for each filter, key, field, column, measure, and for some of them together |
//! | `records`, `figures` | how it is asked |

mod arch;
mod asked;
mod expression;
mod figures;
mod records;
mod searched;

use std::collections::BTreeSet;

use postgres::Client;

use super::question::{Language, Question};
use super::random::Random;
use super::shape::Shape;
use crate::odoo::{OdooClient, OdooError};

pub use arch::Action;

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a> {
    /// `res.users` id.
    pub uid: i32,
    /// Their companies.
    pub companies: &'a [i64],
    /// The languages they may ask in.
    pub languages: &'a [Language],
}

/// The questions of a model's views.
#[derive(Clone, Debug, Default)]
pub struct Questions {
    /// Each with what it was made of: `filter`, `list`.
    pub questions: Vec<(&'static str, Question)>,
    /// What can't be read without a web client, and why.
    pub left_out: Vec<String>,
}

/// The questions that the views of these actions, all of one model, ask of a user: each once, and of all that can be
/// asked one in so many.
///
/// # Errors
/// Odoo's, if it shows the user no view.
pub fn questions(
    actions: &[Action],
    shape: &Shape,
    who: Asker<'_>,
    random: &mut Random,
    one_in: usize,
    (odoo, reader): (&OdooClient, &mut Client),
) -> Result<Questions, OdooError> {
    let mut found = Questions::default();
    let mut known = BTreeSet::new();
    for action in actions {
        let Some(model) = shape.model(&action.model) else {
            continue;
        };
        let views = arch::Views::of(action, odoo, reader)?;
        asked::Maker {
            shape,
            model,
            who,
            action,
            views: &views,
            random,
            one_in,
            known: &mut known,
            found: &mut found,
        }
        .make();
    }
    Ok(found)
}
