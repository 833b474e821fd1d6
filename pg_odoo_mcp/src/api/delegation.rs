//! What a front needs to have Odoo answer a call.

use crate::api::serve::{envelope, not_alone};
use crate::exec::native;
use crate::exec::subxact::Failure;
use crate::govern::delegation::{self, Ending};
use crate::govern::installation::Installation;
use crate::govern::key;
use crate::govern::pause;
use crate::govern::perform::internal;
use odoo_compiler::error::{Code, Error, Result};
use odoo_compiler::refusal::Refusal;
use pgrx::Uuid;
use pgrx::prelude::*;

/// Makes a key of Odoo's for the user of a call that waits, in the place of that front's former one.
#[pg_extern(schema = "odoo_mcp", volatile, parallel_unsafe)]
pub(crate) fn delegation_key(call_id: Uuid, front: Uuid) -> String {
    if native::is_in_transaction_block() || native::is_in_subtransaction() {
        // Odoo would not see it
        return envelope(Err(not_alone("delegation_key")));
    }
    let call_id = call_id.to_string();
    let Some(token_id) = delegation::waiting_token(&call_id) else {
        return envelope(Err(delegation::not_waiting()));
    };
    match mint(&call_id, token_id, &front.to_string()) {
        Ok(Some(told)) => told,
        Ok(None) => Refusal::Unauthorized.to_json(),
        Err(error) => envelope(Err(error)),
    }
}

fn mint(call_id: &str, token_id: i64, front: &str) -> Result<Option<String>> {
    let installation = Installation::get()?;
    if let Some(refusal) = pause::refusal(Some(&installation)) {
        return Ok(Some(refusal));
    }
    let Some(minter) = installation.minter else {
        return Err(
            Error::new(Code::NotSupported, "delegation is switched off here")
                .hint("a DBA who wants it runs: select odoo_mcp.setup(delegation => true)"),
        );
    };
    if !installation.is_at_home()? {
        return Ok(None);
    }
    // a crash takes the key with its notes, or neither; what was done with it in Odoo is on the disk after them
    delegation::commit_without_waiting();
    key::mint(call_id, token_id, front, &installation, minter).map_err(|failure| match failure {
        Failure::Expected(error) => error,
        Failure::Unexpected(text) => {
            pgrx::log!("odoo_mcp: no key for call {call_id}: {text}");
            internal(call_id)
        }
    })
}

/// Makes the answer of what Odoo said to a delegated call, once.
#[pg_extern(schema = "odoo_mcp", volatile, parallel_unsafe)]
pub(crate) fn complete(call_id: Uuid, outcome: &str) -> String {
    if native::is_in_transaction_block() || native::is_in_subtransaction() {
        // whoever can roll back could keep the outcome out of the audit
        return envelope(Err(not_alone("complete")));
    }
    if Installation::find().is_some_and(|installation| installation.paused_seconds().is_some()) {
        // what was begun is told, and the connection let go of
        pause::release_session();
    }
    match delegation::end(&call_id.to_string(), outcome) {
        Ending::Said(answer) => envelope(answer.map(|answer| answer.json)),
        Ending::Unauthorized => Refusal::Unauthorized.to_json(),
    }
}

/// Removes minted keys that are due; what stands in the way, if anything does.
#[pg_extern(schema = "odoo_mcp_private", volatile, parallel_unsafe)]
pub(crate) fn remove_keys() -> Option<String> {
    key::remove_due()
}
