//! Rows as the executor makes them.
//!
//! An SQL cursor may be read in parts, so PostgreSQL never runs it in parallel. A plan that is run
//! at once with a receiver of our own may be, and still no result is ever held as a whole.

use super::plan::{Bind, Plan, Row};
use odoo_compiler::error::Result;
use pgrx::{FromDatum, pg_guard, pg_sys};
use std::ffi::c_int;

/// A receiver as C sees it, and behind it what we do with each row.
#[repr(C)]
struct Receiver<'a> {
    base: pg_sys::DestReceiver,
    each: &'a mut dyn FnMut(Row) -> Result<()>,
    outcome: Result<()>,
}

/// Runs the plan in the caller's snapshot and hands each row to `each`, which may stop it by an
/// error. Nothing the plan calls may write. Every column is of type text.
pub(super) fn stream(
    plan: Plan,
    binds: &[Bind],
    each: &mut dyn FnMut(Row) -> Result<()>,
) -> Result<()> {
    let mut receiver = Receiver {
        base: pg_sys::DestReceiver {
            receiveSlot: Some(receive),
            rStartup: Some(start),
            rShutdown: Some(finish),
            rDestroy: Some(finish),
            mydest: pg_sys::CommandDest::DestTuplestore,
        },
        each,
        outcome: Ok(()),
    };
    let options = pg_sys::SPIExecuteOptions {
        params: parameters(binds),
        read_only: true,
        dest: (&raw mut receiver).cast(),
        ..Default::default()
    };
    // SAFETY: options and receiver outlive the call; the receiver's first field is what C expects
    let code = unsafe { pg_sys::SPI_execute_plan_extended(plan.as_ptr(), &options) };
    assert!(code > 0, "the statement could not be run");
    receiver.outcome
}

fn parameters(binds: &[Bind]) -> pg_sys::ParamListInfo {
    if binds.is_empty() {
        return std::ptr::null_mut();
    }
    // SAFETY: makeParamList allocates that many parameters behind the list's head
    unsafe {
        let list = pg_sys::makeParamList(binds.len() as c_int);
        for (place, bind) in (*list)
            .params
            .as_mut_slice(binds.len())
            .iter_mut()
            .zip(binds)
        {
            let (value, isnull) = bind.datum();
            *place = pg_sys::ParamExternData {
                value,
                isnull,
                pflags: pg_sys::PARAM_FLAG_CONST as u16,
                ptype: bind.type_oid(),
            };
        }
        list
    }
}

#[pg_guard]
unsafe extern "C-unwind" fn start(
    _receiver: *mut pg_sys::DestReceiver,
    _operation: c_int,
    row: pg_sys::TupleDesc,
) {
    // SAFETY: the executor's row description, with natts columns
    let is_text = unsafe {
        (1..=(*row).natts).all(|column| pg_sys::SPI_gettypeid(row, column) == pg_sys::TEXTOID)
    };
    assert!(is_text, "a statement has a column that is not text");
}

#[pg_guard]
unsafe extern "C-unwind" fn finish(_receiver: *mut pg_sys::DestReceiver) {}

#[pg_guard]
unsafe extern "C-unwind" fn receive(
    slot: *mut pg_sys::TupleTableSlot,
    receiver: *mut pg_sys::DestReceiver,
) -> bool {
    // SAFETY: the receiver is the one `stream` passed, alive and not used elsewhere while it runs;
    // the slot is the executor's, its values are texts as `start` has seen
    unsafe {
        let receiver = &mut *receiver.cast::<Receiver<'_>>();
        let width = (*(*slot).tts_tupleDescriptor).natts;
        if i32::from((*slot).tts_nvalid) < width {
            pg_sys::slot_getsomeattrs_int(slot, width);
        }
        let row = (0..width as usize)
            .map(|at| String::from_datum(*(*slot).tts_values.add(at), *(*slot).tts_isnull.add(at)))
            .collect();
        receiver.outcome = (receiver.each)(row);
        receiver.outcome.is_ok()
    }
}
