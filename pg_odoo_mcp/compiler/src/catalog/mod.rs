//! What Odoo's registry and PostgreSQL's catalog say of models, as plain data.

mod description;
mod field;
mod fields;
mod known;
mod model;
mod near;
mod standing;
mod wanted;

pub use description::{FieldDescription, ListedModel, ModelDescription};
pub use field::{Field, FieldType, LinkTable};
pub use fields::Fields;
pub(crate) use known::KNOWN_MODELS;
pub use model::{AccessList, Model, RecordRule, Table};
pub use near::{nearest, shortened, suggestion};
pub use standing::{
    Engine, EngineSetting, InstalledModule, ScannedModule, ScannedModules, Standing, UNREAD,
};
pub(crate) use wanted::Wanted;

use crate::answer::Moment;
use crate::error::Result;
use std::rc::Rc;

/// Where models come from: the extension reads them in the call's snapshot, tests from a fixture.
pub trait Catalog {
    /// The model of that exact name, or nothing.
    fn model(&self, name: &str) -> Result<Option<Rc<Model>>>;

    /// `decimal_precision.digits` of that name, which rounds the floats declared with it.
    fn decimal_precision(&self, name: &str) -> Result<Option<u8>>;

    /// The id at the end of a chain of many2one columns that starts from the user, if it leads
    /// somewhere; `sql::user_path` is its statement.
    fn user_path(&self, user_id: i64, steps: &[Step]) -> Result<Option<i64>>;

    /// Whether `unaccent(text)` in Odoo's schema is the one that Odoo would use in `ilike`:
    /// nothing there, the trusted extension's, or one that must not be run.
    fn unaccent(&self) -> Result<Unaccent>;

    /// The time in UTC that dates such as `today -7d` are relative to, where Odoo has them: from 19 on.
    fn now(&self) -> Result<Option<Moment>> {
        Ok(None)
    }

    /// Whether Odoo can be asked what SQL may not answer.
    fn delegates(&self) -> bool {
        false
    }

    /// Whether Odoo is to be asked all that it has a method for, whatever SQL could answer.
    fn delegates_all(&self) -> bool {
        false
    }
}

/// A many2one column on the way from the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The table that has it.
    pub table: Table,
    /// Its name; its value is the id in the next step's table.
    pub column: String,
}

/// The state of `unaccent(text)` in Odoo's schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unaccent {
    /// Odoo compares without it.
    Absent,
    /// The C function of the extension of that name, owned by a superuser.
    Trusted,
    /// Somebody else's function: never executed.
    Foreign,
}
