//! From a call to SQL, and from rows to an answer, without a database.

mod answers;
mod descriptions;
mod domains;
mod groups;
mod odoo;
mod rights;
