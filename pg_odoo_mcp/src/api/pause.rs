//! The flag that has fronts let go of the database.

use crate::govern::pause;
use crate::report::or_raise;
use pgrx::datum::Interval;
use pgrx::prelude::*;

/// Has fronts refuse calls and hold no connections for so long, or no longer for NULL; until when.
/// It is in force once its transaction is committed: `odoo_mcp.pause()` does that.
#[pg_extern(schema = "odoo_mcp", volatile, parallel_unsafe)]
pub(crate) fn note_pause(duration: Option<Interval>) -> Option<String> {
    or_raise(pause::note(duration))
}
