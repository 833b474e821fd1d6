//! From a call to SQL, and from rows to an answer, without a database.

mod answers;
mod arbitrary;
mod archived;
mod batches;
mod delegation;
mod descriptions;
mod domains;
mod engines;
mod facts;
mod field_verdicts;
mod formed_names;
mod groups;
mod hierarchy;
mod inheritance;
mod names;
mod odoo;
mod other_records;
mod overrides;
mod pivots;
mod reads;
mod rights;
mod user_paths;
mod x2many;
mod x2many_values;
