//! What SQL sees: decode, call, encode.

pub(crate) mod delegation;
pub(crate) mod doctor;
pub(crate) mod explanation;
pub(crate) mod facts;
pub(crate) mod grants;
pub(crate) mod pause;
pub(crate) mod query;
pub(crate) mod serve;
pub(crate) mod setup;
pub(crate) mod token;
