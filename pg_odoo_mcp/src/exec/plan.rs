//! Prepared statements over SPI: bind by text, read by text.

use odoo_compiler::error::Result;
use pgrx::pg_sys;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::{CStr, CString};

/// A row: every column as text, or nothing for NULL.
pub(crate) type Row = Vec<Option<String>>;

/// A value to bind, in PostgreSQL's text form for its type.
#[derive(Debug, Clone)]
pub(crate) struct Bind {
    type_oid: pg_sys::Oid,
    text: Option<String>,
}

impl Bind {
    pub(crate) fn new(type_oid: pg_sys::Oid, text: Option<String>) -> Self {
        Bind { type_oid, text }
    }

    pub(crate) fn text(value: impl Into<String>) -> Self {
        Bind::new(pg_sys::TEXTOID, Some(value.into()))
    }

    pub(crate) fn int4(value: impl Into<i64>) -> Self {
        Bind::new(pg_sys::INT4OID, Some(value.into().to_string()))
    }

    pub(crate) fn int8(value: Option<i64>) -> Self {
        Bind::new(pg_sys::INT8OID, value.map(|value| value.to_string()))
    }

    pub(crate) fn int4_array<'a>(values: impl Iterator<Item = &'a i64>) -> Self {
        let list: Vec<String> = values.map(i64::to_string).collect();
        Bind::new(
            pg_sys::INT4ARRAYOID,
            Some(format!("{{{}}}", list.join(","))),
        )
    }

    pub(crate) fn int8_array<'a>(values: impl Iterator<Item = &'a i64>) -> Self {
        Bind {
            type_oid: pg_sys::INT8ARRAYOID,
            ..Bind::int4_array(values)
        }
    }

    pub(crate) fn uuid(value: impl Into<String>) -> Self {
        Bind::new(pg_sys::UUIDOID, Some(value.into()))
    }

    /// Values that hold no NUL character.
    pub(crate) fn text_array<'a>(values: impl Iterator<Item = &'a str>) -> Self {
        let list: Vec<String> = values
            .map(|value| format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")))
            .collect();
        Bind::new(
            pg_sys::TEXTARRAYOID,
            Some(format!("{{{}}}", list.join(","))),
        )
    }

    pub(crate) fn oid(value: pg_sys::Oid) -> Self {
        Bind::new(pg_sys::OIDOID, Some(value.to_u32().to_string()))
    }

    pub(crate) fn bytes(value: &[u8]) -> Self {
        let hex: String = value.iter().map(|byte| format!("{byte:02x}")).collect();
        Bind::new(pg_sys::BYTEAOID, Some(format!("\\x{hex}")))
    }

    pub(super) fn type_oid(&self) -> pg_sys::Oid {
        self.type_oid
    }

    pub(super) fn datum(&self) -> (pg_sys::Datum, bool) {
        let Some(text) = self
            .text
            .as_deref()
            .and_then(|text| CString::new(text).ok())
        else {
            return (pg_sys::Datum::null(), true);
        };
        let mut function = pg_sys::InvalidOid;
        let mut parameter = pg_sys::InvalidOid;
        // SAFETY: the type's own input function on a string that ends in NUL; it does not keep it
        let datum = unsafe {
            pg_sys::getTypeInputInfo(self.type_oid, &mut function, &mut parameter);
            pg_sys::OidInputFunctionCall(function, text.as_ptr().cast_mut(), parameter, -1)
        };
        (datum, false)
    }
}

/// An SPI connection for the length of a closure. An error ends it with its (sub)transaction.
pub(crate) fn connected<T>(work: impl FnOnce() -> T) -> T {
    // SAFETY: paired below; an error in between is cleaned up at the end of the (sub)transaction
    unsafe { pg_sys::SPI_connect() };
    let value = work();
    // SAFETY: the connection opened above is the innermost
    unsafe { pg_sys::SPI_finish() };
    value
}

/// A statement prepared in this backend.
#[derive(Clone, Copy)]
pub(crate) struct Plan(pg_sys::SPIPlanPtr);

thread_local! {
    /// Plans of the named statements. Their texts are few and fixed but for Odoo's schema.
    static KEPT: RefCell<HashMap<String, Plan>> = RefCell::new(HashMap::new());
}

impl Plan {
    /// Parses and analyses `text`, which locks the relations it names and runs nothing. Whether it is
    /// planned for each set of values or once is PostgreSQL's choice.
    pub(super) fn prepare(text: &str, binds: &[Bind]) -> Plan {
        Plan::prepare_with(text, binds, pg_sys::CURSOR_OPT_PARALLEL_OK)
    }

    /// From now on it is planned for each set of values that it is run with.
    pub(super) fn plan_for_values(self) {
        // SAFETY: a living plan that is not being run; the option is looked at when it is
        unsafe {
            for cell in cells(pg_sys::SPI_plan_get_plan_sources(self.0)) {
                let source: *mut pg_sys::CachedPlanSource = cell.ptr_value.cast();
                (*source).cursor_options |= pg_sys::CURSOR_OPT_CUSTOM_PLAN as i32;
            }
        }
    }

    /// The memory that it takes, in bytes.
    pub(super) fn size(self) -> usize {
        // SAFETY: memory contexts of a living plan, which are only measured
        unsafe {
            cells(pg_sys::SPI_plan_get_plan_sources(self.0))
                .iter()
                .map(|cell| {
                    let source: *const pg_sys::CachedPlanSource = cell.ptr_value.cast();
                    let planned = (*source).gplan;
                    let planned = match planned.is_null() {
                        true => 0,
                        false => pg_sys::MemoryContextMemAllocated((*planned).context, true),
                    };
                    pg_sys::MemoryContextMemAllocated((*source).context, true) + planned
                })
                .sum()
        }
    }

    /// Keeps it beyond the end of the connection it was prepared in.
    pub(super) fn keep(self) {
        // SAFETY: a plan just prepared
        unsafe { pg_sys::SPI_keepplan(self.0) };
    }

    /// Ends a kept plan; no copy of it may be used after.
    pub(super) fn free(self) {
        // SAFETY: it is not being run, and whoever calls holds the only copy
        unsafe { pg_sys::SPI_freeplan(self.0) };
    }

    fn prepare_with(text: &str, binds: &[Bind], options: u32) -> Plan {
        let mut types: Vec<pg_sys::Oid> = binds.iter().map(|bind| bind.type_oid).collect();
        let text = CString::new(text).unwrap_or_default();
        // SAFETY: text and types outlive the call, which copies them; connected by the caller
        let plan = unsafe {
            pg_sys::SPI_prepare_cursor(
                text.as_ptr(),
                types.len() as i32,
                types.as_mut_ptr(),
                options as i32,
            )
        };
        assert!(!plan.is_null(), "the statement could not be prepared");
        Plan(plan)
    }

    /// The plan of a named statement, kept for the life of the backend.
    pub(crate) fn kept(text: &str, binds: &[Bind]) -> Plan {
        if let Some(plan) = KEPT.with_borrow(|kept| kept.get(text).copied()) {
            return plan;
        }
        // planned once: these look up by key, whatever the value
        let plan = Plan::prepare_with(text, binds, pg_sys::CURSOR_OPT_GENERIC_PLAN);
        plan.keep();
        KEPT.with_borrow_mut(|kept| kept.insert(text.to_owned(), plan));
        plan
    }

    /// Frees a kept plan, to be prepared anew.
    pub(crate) fn forget(text: &str) {
        if let Some(plan) = KEPT.with_borrow_mut(|kept| kept.remove(text)) {
            plan.free();
        }
    }

    pub(super) fn as_ptr(self) -> pg_sys::SPIPlanPtr {
        self.0
    }

    /// Whether what was analysed still holds.
    pub(crate) fn is_valid(self) -> bool {
        // SAFETY: the plan is alive
        unsafe { pg_sys::SPI_plan_is_valid(self.0) }
    }

    /// What the analysed statement depends on: its relations, and the hashes of the functions that
    /// did not come with PostgreSQL.
    pub(crate) fn dependencies(self) -> (Vec<pg_sys::Oid>, Vec<u32>) {
        let mut relations = Vec::new();
        let mut functions = Vec::new();
        // SAFETY: lists of a living plan, of the node types that plancache.h gives them
        unsafe {
            let sources = pg_sys::SPI_plan_get_plan_sources(self.0);
            for cell in cells(sources) {
                let source: *const pg_sys::CachedPlanSource = cell.ptr_value.cast();
                relations.extend(
                    cells((*source).relationOids)
                        .iter()
                        .map(|cell| cell.oid_value),
                );
                for cell in cells((*source).invalItems) {
                    let item: *const pg_sys::PlanInvalItem = cell.ptr_value.cast();
                    if (*item).cacheId == pg_sys::SysCacheIdentifier::PROCOID as i32 {
                        functions.push((*item).hashValue);
                    }
                }
            }
        }
        (relations, functions)
    }

    /// Reads rows in the caller's snapshot, a batch at a time; nothing it calls may write.
    pub(crate) fn read(
        self,
        binds: &[Bind],
        each: &mut dyn FnMut(Row) -> Result<()>,
    ) -> Result<()> {
        const BATCH: i64 = 100;
        let (mut values, nulls) = datums(binds);
        // SAFETY: values and nulls are as many as the plan's parameters; the cursor is closed below
        // or, after an error, with its (sub)transaction
        let cursor = unsafe {
            pg_sys::SPI_cursor_open(
                std::ptr::null(),
                self.0,
                values.as_mut_ptr(),
                nulls.as_ptr().cast(),
                true,
            )
        };
        let mut outcome = Ok(());
        loop {
            // SAFETY: the cursor is open
            unsafe { pg_sys::SPI_cursor_fetch(cursor, true, BATCH) };
            let rows = take_rows();
            let is_last = (rows.len() as i64) < BATCH;
            for row in rows {
                outcome = each(row);
                if outcome.is_err() {
                    break;
                }
            }
            if is_last || outcome.is_err() {
                break;
            }
        }
        // SAFETY: the cursor is open and not used after
        unsafe { pg_sys::SPI_cursor_close(cursor) };
        outcome
    }

    /// Runs a statement that may write, and returns its rows.
    pub(crate) fn write(self, binds: &[Bind]) -> Vec<Row> {
        let (mut values, nulls) = datums(binds);
        // SAFETY: values and nulls are as many as the plan's parameters
        let code = unsafe {
            pg_sys::SPI_execute_plan(self.0, values.as_mut_ptr(), nulls.as_ptr().cast(), false, 0)
        };
        assert!(code > 0, "the statement could not be run");
        take_rows()
    }
}

fn datums(binds: &[Bind]) -> (Vec<pg_sys::Datum>, Vec<u8>) {
    binds
        .iter()
        .map(Bind::datum)
        .map(|(datum, is_null)| (datum, if is_null { b'n' } else { b' ' }))
        .unzip()
}

/// Copies the rows of the last statement out of the server's memory and frees them there.
fn take_rows() -> Vec<Row> {
    // SAFETY: the table of the last SPI call of this connection, freed once it is copied
    unsafe {
        let table = pg_sys::SPI_tuptable;
        if table.is_null() {
            return Vec::new();
        }
        let count = pg_sys::SPI_processed as usize;
        let description = (*table).tupdesc;
        let columns = (*description).natts;
        let rows = (0..count)
            .map(|at| {
                let tuple = *(*table).vals.add(at);
                (1..=columns)
                    .map(|column| cell(tuple, description, column))
                    .collect()
            })
            .collect();
        pg_sys::SPI_freetuptable(table);
        rows
    }
}

/// # Safety
/// `tuple` must be of `description`, and `column` one of its columns.
unsafe fn cell(
    tuple: pg_sys::HeapTuple,
    description: pg_sys::TupleDesc,
    column: i32,
) -> Option<String> {
    // SAFETY: the output function's string ends in NUL and is ours to free
    unsafe {
        let text = pg_sys::SPI_getvalue(tuple, description, column);
        if text.is_null() {
            return None;
        }
        let owned = CStr::from_ptr(text).to_string_lossy().into_owned();
        pg_sys::pfree(text.cast());
        Some(owned)
    }
}

/// # Safety
/// `list` must be a list of the server or null, and outlive the slice.
unsafe fn cells<'a>(list: *const pg_sys::List) -> &'a [pg_sys::ListCell] {
    if list.is_null() {
        return &[];
    }
    // SAFETY: a list keeps its cells in one array of that length
    unsafe { std::slice::from_raw_parts((*list).elements, (*list).length as usize) }
}
