//! From a call to SQL, and from rows to an answer, without a database.

mod answers;
mod domains;
mod groups;
mod odoo;
mod rights;
