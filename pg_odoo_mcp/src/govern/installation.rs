//! What `setup` wrote down, and whether this is still the database it was written in.

use crate::catalog;
use crate::exec::read_only::Source;
use crate::exec::{native, owner};
use odoo_compiler::error::{Code, Error, Result};
use pgrx::pg_sys;

const RESTORED: &str = include_str!("../../../sql/statements/restored.sql");
const INSTALLATION: &str = include_str!("../../../sql/statements/installation.sql");

/// The one row of `odoo_mcp_private.installation`.
#[derive(Debug, Clone)]
pub(crate) struct Installation {
    /// Whose tables are read, and as whom.
    pub source: Source,
    database_uuid: String,
    database_oid: pg_sys::Oid,
    system_identifier: i64,
    /// Negative where a pause is over.
    paused_seconds: Option<f64>,
    /// Who makes keys for Odoo; nobody where nothing is delegated.
    pub minter: Option<pg_sys::Oid>,
}

impl Installation {
    /// The row, if there is one.
    pub(crate) fn find() -> Option<Installation> {
        let row = owner::read(INSTALLATION, &[]).into_iter().next()?;
        let mut cells = row.into_iter().map(Option::unwrap_or_default);
        let oid = |text: Option<String>| Some(pg_sys::Oid::from_u32(text?.parse().ok()?));
        let (role, odoo_role, odoo_schema) =
            (oid(cells.next())?, oid(cells.next())?, cells.next()?);
        Some(Installation {
            database_uuid: cells.next()?,
            database_oid: oid(cells.next())?,
            system_identifier: cells.next()?.parse().ok()?,
            source: Source {
                role,
                odoo_role,
                odoo_schema,
                facts_generation: cells.next()?.parse().ok()?,
            },
            paused_seconds: cells.next()?.parse().ok(),
            minter: oid(cells.next()),
        })
    }

    /// The row, or what to do where there is none.
    pub(crate) fn get() -> Result<Installation> {
        Installation::find().ok_or_else(Installation::missing)
    }

    /// That there is none, and what makes one: where a dump waits to be taken in, setting up alone would leave a copy.
    pub(crate) fn missing() -> Error {
        let error = Error::new(
            Code::NotSupported,
            "the extension is not set up in this database",
        );
        if owner::read(RESTORED, &[]).is_empty() {
            return error.hint("a superuser runs: select odoo_mcp.setup()");
        }
        error.hint(
            "it was restored from a dump: a superuser runs select odoo_mcp.adopt_database(), or, where the original is gone, select odoo_mcp.adopt_database(keep_tokens => true)",
        )
    }

    /// How many seconds fronts are to stay away, if they are. A copy that was made in a pause is not paused.
    pub(crate) fn paused_seconds(&self) -> Option<u64> {
        let seconds = self.paused_seconds.filter(|seconds| *seconds > 0.0)?;
        (self.database_oid == native::database_oid()).then_some(seconds.ceil() as u64)
    }

    /// Whether the database is the one that was set up: a copy is not, until somebody adopts it.
    pub(crate) fn is_at_home(&self) -> Result<bool> {
        Ok(self.database_oid == native::database_oid()
            && self.system_identifier == native::system_identifier()
            && catalog::database_uuid(&self.source)?.as_deref()
                == Some(self.database_uuid.as_str()))
    }
}
