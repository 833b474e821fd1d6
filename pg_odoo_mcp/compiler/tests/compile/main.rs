//! From a call to SQL, and from rows to an answer, without a database.

mod answers;
mod descriptions;
mod domains;
mod odoo;
mod rights;
