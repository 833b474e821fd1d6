//! Who, may they, written down.

pub(crate) mod admission;
pub(crate) mod audit;
mod base64;
mod batch;
pub(crate) mod delegation;
pub(crate) mod engine;
pub(crate) mod facts;
pub(crate) mod identity;
pub(crate) mod installation;
pub(crate) mod key;
pub(crate) mod pause;
pub(crate) mod perform;
pub(crate) mod status;
pub(crate) mod token;
