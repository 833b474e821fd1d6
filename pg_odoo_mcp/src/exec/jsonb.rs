//! Arguments of type jsonb, as text. PostgreSQL takes deeper ones and larger numbers than are parsed here, and pgrx's own type
//! panics at them; so whoever parses says what is wrong.

use pgrx::callconv::{Arg, ArgAbi};
use pgrx::{FromDatum, direct_function_call, pg_sys};
use std::ffi::CStr;

/// What `jsonb_out` makes of it.
pub(crate) struct JsonbText(pub(crate) String);

impl FromDatum for JsonbText {
    unsafe fn from_polymorphic_datum(
        datum: pg_sys::Datum,
        is_null: bool,
        _type_oid: pg_sys::Oid,
    ) -> Option<Self> {
        if is_null {
            return None;
        }
        // SAFETY: the caller's datum is one of type jsonb, as the function is declared; `jsonb_out` detoasts it itself
        let text = unsafe { direct_function_call::<&CStr>(pg_sys::jsonb_out, &[Some(datum)]) }?;
        Some(JsonbText(text.to_string_lossy().into_owned()))
    }
}

// SAFETY: as pgrx does for its own type of jsonb
unsafe impl<'fcx> ArgAbi<'fcx> for JsonbText {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> Self {
        // SAFETY: the argument is the one that the function declares as jsonb
        let text: Option<Self> = unsafe { arg.unbox_arg_using_from_datum() };
        text.unwrap_or(JsonbText(String::from("null")))
    }
}

pgrx::impl_sql_translatable!(JsonbText, arg_only = "jsonb");
