//! What only Odoo's Python knows, read from its source without running it.
//!
//! - [`addons`]: which modules there are under some folders, their manifests, and the order in which
//!   Odoo loads the installed ones.
//! - [`python`]: the classes of a module as they are written: attributes, fields, methods.
//! - [`registry`]: what the classes of all installed modules make of each model, as Odoo puts them
//!   together: the facts.
//! - [`scan()`]: all of it, from folders to the document of facts;
//! - [`review`]: which overrides somebody has read, by the digest of their text, and what they do.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod addons;
pub mod python;
pub mod registry;
pub mod review;
mod scan;

pub use scan::{Progress, Scan, scan};
