//! Odoo's rights: access lists, record rules, field groups, and which models are answered at all.

mod acl;
mod coverage;
mod engine;
mod field_groups;
mod rule;
mod user_path;

pub use acl::check_read;
pub use coverage::Coverage;
pub(crate) use engine::known;
pub use engine::{
    Answered, Asker, Subject, Unanswered, asked, asked_by_id, exceptions, field_exception, subject,
    subject_as, verdict,
};
pub use field_groups::{check_field, is_readable};
pub use rule::record_rules;
