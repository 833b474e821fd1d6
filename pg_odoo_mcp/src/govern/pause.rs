//! A pause: fronts let go of the database, so that Odoo can copy or drop it.

use crate::exec::plan::Bind;
use crate::exec::{native, owner, settings};
use crate::govern::identity;
use crate::govern::installation::Installation;
use odoo_compiler::error::{Code, Error, Result};
use odoo_compiler::refusal::Refusal;
use pgrx::datum::Interval;
use pgrx::pg_sys;

const PAUSE_NOTE: &str = include_str!("../../../sql/statements/pause_note.sql");

const HOUR: i128 = 3_600 * 1_000_000;

/// Longest pause: whoever forgets to end one gets the service back.
const LONGEST_MICROS: i128 = 7 * 24 * HOUR;

/// And of a front's role: whoever takes one over stops all fronts no longer than that.
const LONGEST_OF_FRONT_MICROS: i128 = 4 * HOUR;

/// Notes a pause of that length, or its end; returns until when.
pub(crate) fn note(duration: Option<Interval>) -> Result<Option<String>> {
    if let Some(duration) = &duration {
        let days = i128::from(duration.months()) * 30 + i128::from(duration.days());
        let micros = days * 86_400 * 1_000_000 + i128::from(duration.micros());
        let is_front = !native::is_superuser(native::session_role()) && identity::is_front();
        let (longest, message) = match is_front {
            true => (
                LONGEST_OF_FRONT_MICROS,
                "a pause by a front's role lasts up to 4 hours",
            ),
            false => (LONGEST_MICROS, "a pause lasts up to 7 days"),
        };
        if !(1..=longest).contains(&micros) {
            return Err(Error::new(Code::InvalidArguments, message).hint(
                "as in '1 hour'; resume ends it earlier, and a superuser or the admin role may pause for up to 7 days: call odoo_mcp.pause('1 day')",
            ));
        }
    }
    Installation::get()?;
    let lifetime = Bind::new(
        pg_sys::INTERVALOID,
        duration.map(|interval| interval.to_string()),
    );
    let rows = owner::run(PAUSE_NOTE, &[lifetime]);
    release_session();
    Ok(rows.into_iter().flatten().flatten().next())
}

/// The answer to every call of a front in a pause. What connection it came by is not kept: neither
/// by the front nor by a pooler in between, which knows nothing of a pause.
pub(crate) fn refusal(installation: Option<&Installation>) -> Option<String> {
    let retry_after = installation?.paused_seconds()?;
    release_session();
    Some(Refusal::Paused { retry_after }.to_json())
}

/// The server ends this session soon after it is idle, if it is a front's.
pub(crate) fn release_session() {
    // before 14 there is no such setting
    if cfg!(not(feature = "pg13"))
        && !native::is_superuser(native::session_role())
        && identity::is_front()
    {
        settings::set_for_session(c"idle_session_timeout", c"300ms");
    }
}
