//! Odoo's reads, compiled to SQL: the map of this crate.
//!
//! A call walks through the folders in this order, and a stage uses only the types of those before
//! it; [`answer`], where a call also comes in, sends it to its [`tool`]:
//!
//! - [`tool`]: the table of tools. Arguments are checked here; bad ones are `invalid_arguments`.
//! - [`domain`]: filters and record rules, from JSON or a rule's Python expression to a tree.
//!   Malformed ones are `invalid_domain`.
//! - [`access`]: access lists, record rules, field groups, and which models are answered at all:
//!   `access_denied`, `unknown_model`, `not_supported`.
//! - [`plan`]: every name resolved against the [`catalog`], every value typed, limits set. A plan
//!   can be printed. What cannot be answered exactly is `not_supported`; nothing is approximated.
//! - [`sql`]: the only place where SQL text is made.
//! - [`answer`]: rows to the answer's JSON; the traits by which the extension lends its database.
//! - [`delegate`]: what SQL may not answer, as requests to Odoo's RPC, and the answers made of what it says.
//!
//! Beside them: [`principal`] (who asks), [`scope`] (the frame of one call), [`facts`] (what only
//! Odoo's Python knows), [`value`] (literals), [`error`] (the table of errors), [`refusal`] (calls that do not get this far).
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod access;
pub mod answer;
pub mod catalog;
pub mod delegate;
pub mod domain;
pub mod error;
pub mod facts;
pub mod plan;
pub mod principal;
pub mod refusal;
pub mod scope;
pub mod sql;
pub mod tool;
pub mod value;
