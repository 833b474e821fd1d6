//! What Odoo's registry and PostgreSQL's catalog say of models, as plain data.

mod description;
mod dialect;
mod field;
mod fields;
mod known;
mod model;
mod near;
mod standing;
mod wanted;

pub use description::{FieldDescription, ListedModel, ModelDescription};
pub use dialect::Dialect;
pub use field::{Field, FieldType, LinkTable};
pub use fields::Fields;
pub(crate) use known::{KNOWN_MODELS, known_models};
pub use model::{AccessList, Model, RecordRule, Table};
pub use near::{nearest, shortened, suggestion};
pub use standing::{
    Engine, EngineSetting, InstalledModule, ScannedModule, ScannedModules, Standing, UNREAD,
};
pub(crate) use wanted::Wanted;

use crate::error::Result;
use crate::sql::Statement;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Where models come from: the extension reads them in the call's snapshot, tests from a fixture.
pub trait Catalog {
    /// The model of that exact name, or nothing.
    fn model(&self, name: &str) -> Result<Option<Rc<Model>>>;

    /// `decimal_precision.digits` of that name, which rounds the floats declared with it.
    fn decimal_precision(&self, name: &str) -> Result<Option<u8>>;

    /// What the fields of a model hold for a company that has no value of its own, as JSON, by name.
    fn company_defaults(
        &self,
        model: &str,
        company_id: i64,
    ) -> Result<Rc<BTreeMap<String, String>>>;

    /// The transaction's time in UTC, `YYYY-MM-DD HH:MM:SS`: what relative dates are relative to.
    fn now(&self) -> Result<String>;

    /// Today's rate of each currency by its id, of a company and of all; `sql::currency_rates` is its statement.
    fn currency_rates(
        &self,
        rates: &Table,
        company_id: i64,
        timezone: &str,
    ) -> Result<Vec<(i64, String)>>;

    /// The id at the end of a chain of many2one columns that starts from the user, if it leads
    /// somewhere; `sql::user_path` is its statement.
    fn user_path(&self, user_id: i64, steps: &[Step]) -> Result<Option<i64>>;

    /// Whether `unaccent(text)` in Odoo's schema is the one that Odoo would use in `ilike`:
    /// nothing there, the trusted extension's, or one that must not be run.
    fn unaccent(&self) -> Result<Unaccent>;

    /// About how many rows a table has; nothing where nobody has counted.
    fn row_estimate(&self, table: &Table) -> Option<f64> {
        let _ = table;
        None
    }

    /// The ids that a statement of the compiler's yields, unless they are more than `most`.
    fn ids(&self, statement: &Statement, most: u64) -> Result<Option<Vec<i64>>> {
        let _ = (statement, most);
        Ok(None)
    }

    /// How this Odoo reads domains.
    fn dialect(&self) -> Dialect {
        Dialect::default()
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
