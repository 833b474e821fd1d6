//! Odoo's rights: access lists, record rules, field groups, and which models are answered at all.

mod acl;
mod coverage;
mod field_groups;
mod rule;
mod user_path;
mod vetting;

pub use acl::check_read;
pub use coverage::Coverage;
pub use field_groups::{check_field, is_readable};
pub use rule::record_rules;
pub use vetting::{Subject, asked, subject};
pub(crate) use vetting::{Unanswered, verdict};
